//! `session lab { … }`: what happens between the cells of a session.

use super::{Expr, Name, Path};

/// The rules of a session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its name.
    pub name: Name,
    /// In order.
    pub rules: Vec<SessionRule>,
}

/// `every 100 cells, idle 5min { clean }`.
#[derive(Clone, Debug)]
pub struct SessionRule {
    /// Any of them will do.
    pub when: Vec<Between>,
    /// In order: `clean`, `trim`, processes, pipelines.
    pub actions: Vec<Path>,
}

/// When a rule of a session acts. The numbers are literals.
#[derive(Clone, Debug)]
pub enum Between {
    /// `every 100 cells`
    Every(Expr),
    /// `pressure > 0.8`, `pressure(model) > 0.8`
    Pressure(Option<Path>, Expr),
    /// `idle 5min`
    Idle(Expr),
}
