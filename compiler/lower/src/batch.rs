//! Pipelines of batches: on a clock that they share with others they are due when enough waits,
//! or when something has waited for long enough.

use theus_abi::{Repr, Shape};
use theus_hir::item::Batch;
use theus_hir::{Body, PipelineId};
use theus_mir::{BinaryOp, Value};

use crate::frame::FnCx;
use crate::place::low_bits;
use crate::program::Cx;

/// What a pipeline waits for, and the word of its wait: 0 where nothing waits, else one more
/// than the ns for which something has.
#[derive(Clone, Copy)]
pub(crate) struct Waits<'a> {
    batch: &'a Batch,
    locals: &'a Body,
    word: u32,
}

impl<'a> Cx<'a> {
    /// Gives the waits of pipelines their words.
    pub(crate) fn place_waits(&mut self, at: &mut u64) {
        for (id, pipeline) in &self.typed.pipelines {
            if pipeline.batch.is_some() {
                let name = format!("wait of {}", pipeline.head.name);
                let word = self.keep_bytes(name, &Shape::Uint(Repr::I64), at);
                self.waits.insert(id, word);
            }
        }
    }

    /// What a pipeline waits for.
    pub(crate) fn waits_of(&self, id: PipelineId) -> Option<Waits<'a>> {
        let typed = self.typed;
        let pipeline = &typed.pipelines[id];
        Some(Waits {
            batch: pipeline.batch.as_ref()?,
            locals: &pipeline.locals,
            word: self.waits.get(&id).copied()?,
        })
    }
}

impl<'a> FnCx<'_, 'a> {
    /// Whether a batch is due at a step of the clock, which is so long.
    pub(crate) fn batch_due(&mut self, waits: Waits<'a>, step: Value) -> Value {
        let waiting = self.waiting(waits);
        let (zero, one) = (self.b.iconst(Repr::I64, 0), self.b.iconst(Repr::I64, 1));
        let before = self.block_word(waits.word);
        let began = self.b.binary(BinaryOp::Ine, before, zero);
        let longer = self.b.binary(BinaryOp::Iadd, before, step);
        let waited = self.b.select(began, longer, one);
        let some = self.b.binary(BinaryOp::Slt, zero, waiting);
        let waited = self.b.select(some, waited, zero);
        self.put_word(waits.word, waited);
        let most = self.b.iconst(Repr::I64, low_bits(waits.batch.most.into()));
        let enough = self.b.binary(BinaryOp::Sle, most, waiting);
        let Some(ns) = waits.batch.wait else {
            return enough;
        };
        let end = self.b.iconst(Repr::I64, ns.saturating_add(1));
        let long = self.b.binary(BinaryOp::Sle, end, waited);
        self.b.binary(BinaryOp::Or, enough, long)
    }

    /// After a batch what is left begins to wait.
    pub(crate) fn batch_done(&mut self, waits: Waits<'a>) {
        let some = self.some_waits(waits);
        let (zero, one) = (self.b.iconst(Repr::I64, 0), self.b.iconst(Repr::I64, 1));
        let waited = self.b.select(some, one, zero);
        self.put_word(waits.word, waited);
    }

    /// Whether anything waits.
    pub(crate) fn some_waits(&mut self, waits: Waits<'a>) -> Value {
        let waiting = self.waiting(waits);
        let zero = self.b.iconst(Repr::I64, 0);
        self.b.binary(BinaryOp::Slt, zero, waiting)
    }

    fn waiting(&mut self, waits: Waits<'a>) -> Value {
        let frame = self.push_frame(waits.locals, Vec::new());
        self.in_frame(frame, |cx| cx.value(&waits.batch.waiting))
    }
}
