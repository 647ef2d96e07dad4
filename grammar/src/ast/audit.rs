//! Rules on fields, and alerts.

use super::expr::{Amount, Expr};
use super::flow::Flow;
use super::{Name, Path};
use crate::span::Span;

/// `audit plant { … }`.
#[derive(Clone, Debug)]
pub struct Audit {
    /// The context whose fields its rules name.
    pub context: Path,
    /// Its rules in order.
    pub rules: Vec<Rule>,
}

/// `u in -1.0..=1.0  level B after 3 of 100`.
#[derive(Clone, Debug)]
pub struct Rule {
    /// `///` lines.
    pub docs: Vec<String>,
    /// What must hold.
    pub holds: Expr,
    /// What happens where it does not.
    pub level: (Level, Span),
    /// `after 3`: the violation in a row that counts; `of 100`: among so many ticks.
    pub after: Option<(Expr, Option<Expr>)>,
    /// The whole rule.
    pub span: Span,
}

/// What a violation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// `S`: everything stops, and stays stopped.
    S,
    /// `A`: the pipeline is aborted.
    A,
    /// `B`: the process is undone.
    B,
    /// `C`: it is counted and logged.
    C,
}

impl Level {
    /// Every level, the gravest first.
    pub const ALL: [Self; 4] = [Self::S, Self::A, Self::B, Self::C];

    /// The letter in source and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        }
    }
}

/// `alert slow { when … for 3 ticks  clear below 0.9  do { … } }`.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Its name.
    pub name: Name,
    /// When it is raised.
    pub when: Expr,
    /// For how long that must hold.
    pub held: Option<Amount>,
    /// When it is over; without it, as soon as `when` does not hold.
    pub clear: Option<Clear>,
    /// What to do when it is raised.
    pub body: Vec<Flow>,
}

/// When an alert is over.
#[derive(Clone, Debug)]
pub enum Clear {
    /// `clear below 0.9`: the left side of `when` is below that share of the right side.
    Below(Expr),
    /// `clear above 1.1`.
    Above(Expr),
    /// `clear when e`.
    When(Expr),
}
