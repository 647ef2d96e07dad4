//! Pipelines with names resolved.

use std::sync::Arc;

use theus_abi::Fault;
use theus_abi::image::Format;
use theus_grammar::Span;

use crate::body::{Arm, Expr};
use crate::ids::{ContextId, ErrorId, FieldId, LatchId, PipelineId, ProcessId};

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
    /// A process.
    Run(ProcessId),
    /// Members of a group, each a sequence; no order between members.
    Par(Vec<Vec<Flow>>),
    /// One transaction: its processes commit together.
    Atomic(Vec<Flow>),
    /// `when c { } else { }`.
    When(Expr, Vec<Flow>, Vec<Flow>),
    /// `match`: exhaustive.
    Match(Expr, Vec<Arm<Vec<Flow>>>),
    /// In ticks whose count is a multiple of this (0 included).
    EveryTicks(u64, Vec<Flow>),
    /// In ticks at which virtual time reaches a multiple of this many ns.
    EveryTime(i64, Vec<Flow>),
    /// How long the items take goes to samples.
    Measure(Measure, Vec<Flow>),
    /// When a condition begins to hold, or a signal is raised.
    On(Expr, Begins, Vec<Flow>),
    /// Again and again.
    Repeat(Repeat, Vec<Flow>),
    /// The n-th mode of a pipeline: only while it is in force.
    Mode(PipelineId, u32, Vec<Flow>),
    /// The mode changes to the n-th at the end of the tick, if the condition holds.
    Enter(PipelineId, u32, Option<Expr>),
    /// When the mode around it is entered.
    OnEnter(Vec<Flow>),
    /// When the mode around it is left.
    OnExit(Vec<Flow>),
    /// The items of another pipeline.
    Nested(PipelineId, Vec<Flow>),
    /// Once, before the first tick.
    OnStart(Vec<Flow>),
    /// Once, after the last tick of a run that did not fail.
    OnStop(Vec<Flow>),
    /// A handler for the items of the list it stands in, wherever it stands in it.
    Handler(Handler),
    /// Go on after the failed item (in handlers).
    Skip,
    /// Leave the rest of the tick.
    Drop,
    /// End the run well, with this text, at the end of this item.
    Stop(Option<Expr>),
    /// End the run as failed.
    Fail(Option<Expr>),
    /// Back to start values.
    Reset(ResetTarget),
    /// Write a row.
    Sink(Stream),
    /// Read a row.
    Source(Stream),
    /// Reported.
    Error,
}

/// When the items of an `on` run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    /// When the condition holds and did not when the item was reached before.
    Latch(LatchId),
    /// Whenever it holds: a signal is gone at the end of its tick.
    Signal,
    /// Whenever the signal is raised; this field then holds its value for the items.
    Value(FieldId),
}

/// What `measure t { … }` does around its items.
#[derive(Clone, Debug)]
pub struct Measure {
    /// The clock starts.
    pub begin: Expr,
    /// The time is pushed to the samples.
    pub push: Expr,
}

/// How often a list of items runs.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// At most: a constant or a global, an `i64`.
    pub times: Expr,
    /// The greatest value of that.
    pub top: u64,
    /// After a turn in which this holds there is no other one.
    pub until: Option<Expr>,
}

/// `on error …` or `on fault …`.
#[derive(Clone, Debug)]
pub struct Handler {
    /// Errors it handles.
    pub errors: Vec<ErrorId>,
    /// Faults it handles; `Some(empty)` for any.
    pub faults: Option<Vec<Fault>>,
    /// Only failures of these processes; empty for any.
    pub from: Vec<ProcessId>,
    /// Items, the last of which says how to go on.
    pub body: Vec<Flow>,
}

/// What `reset` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetTarget {
    /// All data fields of a context.
    Context(ContextId),
    /// One data field.
    Field(FieldId),
}

/// A sink or a source.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Its format.
    pub format: Format,
    /// The path as written.
    pub path: Arc<str>,
    /// Columns: expression (a place, for sources), and its name: what `as` says, or the text.
    /// A column may be a scalar, an array or a struct of scalars: it is flattened.
    pub columns: Vec<(Expr, Arc<str>)>,
}

/// The match behind the lists of an item, for those who read and those who change.
macro_rules! lists_of {
    ($flow:ident, $visit:ident, $iter:ident $(, $change:tt)?) => {
        match & $($change)? $flow.kind {
            FlowKind::Par(members) => members.$iter().for_each(|list| $visit(list)),
            FlowKind::When(_, then, other) => {
                $visit(then);
                $visit(other);
            }
            FlowKind::Match(_, arms) => arms.$iter().for_each(|arm| $visit(& $($change)? arm.body)),
            FlowKind::Atomic(list)
            | FlowKind::Measure(_, list)
            | FlowKind::On(_, _, list)
            | FlowKind::Repeat(_, list)
            | FlowKind::Mode(_, _, list)
            | FlowKind::OnEnter(list)
            | FlowKind::OnExit(list)
            | FlowKind::Nested(_, list)
            | FlowKind::EveryTicks(_, list)
            | FlowKind::EveryTime(_, list)
            | FlowKind::OnStart(list)
            | FlowKind::OnStop(list) => $visit(list),
            FlowKind::Handler(handler) => $visit(& $($change)? handler.body),
            FlowKind::Run(_)
            | FlowKind::Enter(..)
            | FlowKind::Skip
            | FlowKind::Drop
            | FlowKind::Stop(_)
            | FlowKind::Fail(_)
            | FlowKind::Reset(_)
            | FlowKind::Sink(_)
            | FlowKind::Source(_)
            | FlowKind::Error => {}
        }
    };
}

/// The lists directly in an item: branches, members, bodies; those of handlers too.
pub fn each_list<'a>(flow: &'a Flow, visit: &mut dyn FnMut(&'a [Flow])) {
    lists_of!(flow, visit, iter);
}

/// As `each_list`, to change them.
pub(crate) fn each_list_mut(flow: &mut Flow, visit: &mut dyn FnMut(&mut [Flow])) {
    lists_of!(flow, visit, iter_mut, mut);
}

/// Every item, outside in.
pub fn each_flow<'a>(flows: &'a [Flow], visit: &mut dyn FnMut(&'a Flow)) {
    for flow in flows {
        visit(flow);
        each_list(flow, &mut |list| each_flow(list, visit));
    }
}
