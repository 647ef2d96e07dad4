//! Budgets: the steps of a process are counted where they may be too many.

use theus_abi::image::ArgKind;
use theus_abi::{Fault, Repr, header};
use theus_grammar::Span;
use theus_hir::ProcessId;
use theus_mir::BinaryOp;

use crate::frame::FnCx;
use crate::place::low_bits;

impl FnCx<'_, '_> {
    /// From here on steps count, if the process has a budget that it might not keep. Gives
    /// whether they did before.
    pub(crate) fn open_budget(&mut self, id: ProcessId) -> bool {
        let process = &self.cx.typed.processes[id];
        let counted = process.budget.filter(|(budget, _)| {
            let most = theus_contract::steps_of(self.cx.typed, process).most;
            most.is_none_or(|most| most > *budget)
        });
        let counts = self.strict && counted.is_some();
        if let (Some((budget, _)), true) = (counted, counts) {
            let header = self.b.base(0);
            let steps = self.b.iconst(Repr::I64, low_bits(i128::from(budget)));
            self.b.store(steps, header, header::STEPS);
        }
        std::mem::replace(&mut self.counts, counts)
    }

    /// One round of a loop.
    pub(crate) fn step(&mut self) {
        if !self.counts {
            return;
        }
        let header = self.b.base(0);
        let left = self.b.load(Repr::I64, header, header::STEPS);
        let zero = self.b.iconst(Repr::I64, 0);
        let some = self.b.binary(BinaryOp::Slt, zero, left);
        let span: Option<Span> = self.loop_at;
        if let Some(span) = span {
            let operands = [("steps left", left, ArgKind::Int)];
            self.check(some, Fault::Budget, span, &operands);
        }
        let one = self.b.iconst(Repr::I64, 1);
        let left = self.b.binary(BinaryOp::Isub, left, one);
        self.b.store(left, header, header::STEPS);
    }
}
