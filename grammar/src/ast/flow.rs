//! What a pipeline says.

use super::expr::{Amount, Arm, Expr};
use super::item::Applied;
use super::{Name, Path};
use crate::span::Span;

/// An item of a pipeline.
#[derive(Clone, Debug)]
pub struct Flow {
    /// What it is.
    pub kind: FlowKind,
    /// Where.
    pub span: Span,
}

/// The kinds of pipeline items.
#[derive(Clone, Debug)]
pub enum FlowKind {
    /// A process by name; `a -> b` gives two of these in order.
    Run(Applied),
    /// `par { a, b -> c }`: members, each a sequence.
    Par(Vec<Vec<Flow>>),
    /// `atomic { a -> b }`: one transaction.
    Atomic(Vec<Flow>),
    /// `when c { } else { }`.
    When(Expr, Vec<Flow>, Vec<Flow>),
    /// `match e { p => …, }`.
    Match(Expr, Vec<Arm<Vec<Flow>>>),
    /// `measure plant.t { }`: how long the items take goes to samples.
    Measure(Expr, Vec<Flow>),
    /// `every 10 ticks { }`, `every 100ms { }`.
    Every(Amount, Vec<Flow>),
    /// `on c { }`: when the condition begins to hold; `on s as v { }`: with the value of a signal.
    On(Expr, Option<Name>, Vec<Flow>),
    /// `on idle 5s { }`: when nothing has arrived for so long.
    OnIdle(Amount, Vec<Flow>),
    /// `repeat n until c { }`.
    Repeat(Expr, Option<Expr>, Vec<Flow>),
    /// `mode Balance start { }`: name, the word `start`, items.
    Mode(Name, Option<Span>, Vec<Flow>),
    /// `enter Balance`, `enter Balance when c`.
    Enter(Name, Option<Expr>),
    /// `on enter { }`, in a mode.
    OnEnter(Vec<Flow>),
    /// `on exit { }`, in a mode.
    OnExit(Vec<Flow>),
    /// `on start { }`.
    OnStart(Vec<Flow>),
    /// `on stop { }`.
    OnStop(Vec<Flow>),
    /// `on error A, B [from p] { … }` (handler).
    OnError {
        /// Names of errors.
        names: Vec<Name>,
        /// `from p`.
        from: Vec<Applied>,
        /// What to do, ended by a `FlowKind` that leaves.
        body: Vec<Flow>,
    },
    /// `on fault Index|Range [from p] { … }`, `on fault { … }` (any).
    OnFault {
        /// Names of faults; empty for any.
        names: Vec<Name>,
        /// `from p`.
        from: Vec<Applied>,
        /// What to do, ended by a `FlowKind` that leaves.
        body: Vec<Flow>,
    },
    /// `skip`: go on after the failed item.
    Skip,
    /// `drop`: leave the rest of the tick.
    Drop,
    /// `stop`, `stop "why"`, `stop "at {c.x}"`.
    Stop(Option<Expr>),
    /// `fail`, `fail "why"`.
    Fail(Option<Expr>),
    /// `reset plant`, `reset plant.x`.
    Reset(Path),
    /// `sink csv("run.csv") { tick.time, plant.x as "state" }`.
    Sink(Stream),
    /// `source csv("ref.csv") { plant.r as "reference" }`.
    Source(Stream),
    /// Unreadable or not built; reported.
    Bad,
}

/// A sink or a source.
#[derive(Clone, Debug)]
pub struct Stream {
    /// `csv`.
    pub format: Name,
    /// The path, if written as one plain string.
    pub path: Option<(String, Span)>,
    /// Expressions (places, for sources) with `as "name"`.
    pub columns: Vec<(Expr, Option<Name>)>,
    /// `into cam.frame`, instead of columns.
    pub into: Option<Expr>,
}
