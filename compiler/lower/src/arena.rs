//! How much scratch each pipeline has for values of open size, and each element of an `each`.

use theus_abi::{Repr, header};
use theus_hir::PipelineId;
use theus_hir::item::Each;
use theus_mir::BinaryOp;

use crate::frame::FnCx;
use crate::place::low_bits;
use crate::program::{Cx, OPEN_SCRATCH};

impl Cx<'_> {
    /// Whether pipelines or elements say how much they have: then it is not the same for all.
    pub(crate) fn limits_scratch(&self) -> bool {
        let mut pipelines = self.typed.pipelines.values();
        self.has_arenas() || pipelines.any(|pipeline| pipeline.scratch.is_some())
    }

    /// Whether elements say how much they have.
    pub(crate) fn has_arenas(&self) -> bool {
        self.arenas().next().is_some()
    }

    fn arenas(&self) -> impl Iterator<Item = u32> {
        let processes = self.typed.run_processes();
        processes.filter_map(|(_, process)| Some(process.each.as_ref()?.scratch?.0))
    }

    /// Bytes that values of open size may take, in whatever runs.
    pub(crate) fn most_scratch(&self) -> u32 {
        let free = if self.opens { OPEN_SCRATCH } else { 0 };
        let pipelines = self.typed.pipelines.values();
        let most = pipelines
            .map(|pipeline| pipeline.scratch.unwrap_or(free))
            .max();
        // Tests and starts have what a pipeline has that says nothing.
        let tests = self.options.tests && self.typed.tests.iter().len() > 0;
        let others = if tests { free } else { 0 };
        let most = most.map_or(free, |most| most.max(others));
        // An element begins where its process is, with all that the clause says.
        let element = self.arenas().filter(|_| self.opens).max().unwrap_or(0);
        let most = most.saturating_add(element);
        most.checked_next_multiple_of(16).unwrap_or(most)
    }
}

impl FnCx<'_, '_> {
    /// From here on there is as much scratch as the pipeline has; `None`: as one that says
    /// nothing.
    pub(crate) fn limit_scratch(&mut self, pipeline: Option<PipelineId>) {
        if !self.cx.limits_scratch() {
            return;
        }
        let size = pipeline.and_then(|id| self.cx.typed.pipelines[id].scratch);
        self.arena = Some(size.unwrap_or(OPEN_SCRATCH));
        self.set_end();
    }

    /// What runs from here on is in no element: it has what its pipeline has.
    pub(crate) fn widen_scratch(&mut self) {
        if !self.cx.has_arenas() {
            return;
        }
        match self.own {
            Some(own) => self.b.store(own.end, own.header, header::SCRATCH_END),
            None => self.set_end(),
        }
    }

    fn set_end(&mut self) {
        let Some(size) = self.arena else { return };
        let header = self.b.base(0);
        let start = self.b.load(Repr::I64, header, header::SCRATCH_BASE);
        let size = self.b.iconst(Repr::I64, low_bits(size.into()));
        let end = self.b.binary(BinaryOp::Iadd, start, size);
        self.b.store(end, header, header::SCRATCH_END);
    }

    /// Runs `f`, in which each element has as much scratch as any other: what the clause says, or
    /// what the process has left.
    pub(crate) fn in_arenas(&mut self, each: &Each, f: impl FnOnce(&mut Self)) {
        let header = self.header();
        let before = self.b.load(Repr::I64, header, header::SCRATCH_NEXT);
        let outer = self.element_scratch.replace(before);
        if let Some((size, _)) = each.scratch {
            let size = self.b.iconst(Repr::I64, low_bits(size.into()));
            let mut end = self.b.binary(BinaryOp::Iadd, before, size);
            if let Some(own) = self.own {
                // With less than it says, all run once more, where there is as much.
                let fits = self.b.binary(BinaryOp::Slt, end, own.end);
                end = self.b.select(fits, end, own.end);
            }
            self.b.store(end, header, header::SCRATCH_END);
        }
        f(self);
        if each.scratch.is_some() {
            self.widen_scratch();
        }
        self.element_scratch = outer;
    }

    /// What an element has taken is given back.
    pub(crate) fn end_arena(&mut self) {
        if let Some(before) = self.element_scratch {
            self.scratch_from(before);
        }
    }
}
