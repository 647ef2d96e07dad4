//! Pipelines, their modes and periods, and what they keep.

use std::sync::Arc;

use theus_grammar::Span;

use super::Head;
use crate::body::{Body, Expr};
use crate::flow::Flow;
use crate::ids::{ContextId, EnumId, FieldId, PipelineId};

/// A pipeline.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// Name and place.
    pub head: Head,
    /// `every …`.
    pub period: Period,
    /// `on c.inbox max 100 or 50ms`: it has no period, and a tick for each batch.
    pub batch: Option<Batch>,
    /// Pipelines that run together on one clock, in order of text: this is no pipeline of
    /// the text, and its period is the time that all of theirs are multiples of.
    pub together: Vec<PipelineId>,
    /// `scratch …`: bytes for values of open size.
    pub scratch: Option<u32>,
    /// What its modes are, if it has some.
    pub modes: Option<Modes>,
    /// Its items.
    pub body: Vec<Flow>,
    /// Locals of its conditions and columns (quantifiers, closures).
    pub locals: Body,
}

/// What a pipeline waits for where it runs together with others: its ticks are batches.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The field that they wait in: a queue or a list.
    pub field: FieldId,
    /// How many there are: an `i64`.
    pub waiting: Expr,
    /// So many are a batch.
    pub most: u64,
    /// Fewer are one after so many ns.
    pub wait: Option<i64>,
    /// From `on` to the end.
    pub span: Span,
}

/// The modes of a pipeline.
#[derive(Clone, Copy, Debug)]
pub struct Modes {
    /// Their names, in order of text.
    pub names: EnumId,
    /// The mode that a pipeline begins in.
    pub first: u32,
    /// The context of the one field that says which is in force; it has the pipeline's name.
    pub context: ContextId,
}

/// What an `on` remembers: whether its condition held when the item was last reached.
#[derive(Clone, Debug)]
pub struct Latch {
    /// The condition as it is written.
    pub name: Arc<str>,
}

/// Samples of a field, one for each tick of the pipeline that writes it.
#[derive(Clone, Debug)]
pub struct Window {
    /// The field.
    pub field: FieldId,
    /// As it is written: `plant.x[0]`.
    pub name: Arc<str>,
    /// The sample, an `f64`, taken at the end of a tick.
    pub sample: Expr,
    /// How far it reaches back, in ns.
    pub span_ns: i64,
    /// Samples at most: those of the shortest period.
    pub capacity: u64,
}

/// The period of a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// None: a batch pipeline.
    None,
    /// In ns, more than 0.
    Fixed(i64),
    /// A `duration` global.
    Global(FieldId),
    /// Reported.
    Error,
}
