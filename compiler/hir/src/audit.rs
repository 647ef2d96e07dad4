//! Rules on fields, and alerts, with names resolved.

use theus_grammar::Span;
pub use theus_grammar::ast::audit::Level;

use crate::body::{Body, Expr};
use crate::flow::Flow;
use crate::ids::ContextId;
use crate::item::Head;

/// `audit plant { … }`.
#[derive(Clone, Debug)]
pub struct Audit {
    /// The context whose fields its rules name.
    pub context: ContextId,
    /// Its rules in order.
    pub rules: Vec<Rule>,
    /// Locals of its rules (quantifiers, closures).
    pub locals: Body,
}

/// What must hold where a process commits.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The condition, of type `bool`.
    pub holds: Expr,
    /// What a violation does.
    pub level: Level,
    /// Which violation does it.
    pub after: After,
    /// The whole rule.
    pub span: Span,
}

/// Which violation of a rule acts; those before it stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// The first one.
    Once,
    /// That many in a row: one that holds sets the count to zero.
    InRow(u64),
    /// That many ticks with one, among so many ticks.
    Among(u64, u64),
}

/// An alert.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Name and place.
    pub head: Head,
    /// When it is raised.
    pub when: Expr,
    /// For how long that must hold.
    pub held: Held,
    /// When it is over; without it, as soon as `when` does not hold.
    pub clear: Option<Clear>,
    /// What is done when it is raised.
    pub body: Vec<Flow>,
    /// Locals of its conditions (quantifiers, closures).
    pub locals: Body,
}

/// For how long a condition must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// In so many ticks, one after the other.
    Ticks(u64),
    /// From the end of one tick to the end of another, so many ns later.
    Time(i64, Span),
}

/// When an alert is over.
#[derive(Clone, Debug)]
pub enum Clear {
    /// `clear when e`.
    When(Expr),
    /// `clear below 0.9`, `clear above 1.1`: both sides of the comparison, and the share.
    Share {
        /// What is watched.
        value: Box<Expr>,
        /// What it is compared with.
        limit: Box<Expr>,
        /// The share of the limit.
        share: f64,
        /// Whether it is over below that, or above.
        below: bool,
    },
}

impl Clear {
    /// The expressions in it.
    pub fn parts(&self) -> Vec<&Expr> {
        match self {
            Self::When(cond) => vec![cond],
            Self::Share { value, limit, .. } => vec![value, limit],
        }
    }
}

impl Alert {
    /// What it looks at at the end of a tick.
    pub fn conditions(&self) -> Vec<&Expr> {
        let mut all = vec![&self.when];
        all.extend(self.clear.iter().flat_map(Clear::parts));
        all
    }
}
