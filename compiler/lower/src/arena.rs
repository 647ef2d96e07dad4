//! How much scratch each pipeline has for values of open size.

use theus_abi::{Repr, header};
use theus_hir::PipelineId;
use theus_mir::BinaryOp;

use crate::frame::FnCx;
use crate::place::low_bits;
use crate::program::{Cx, OPEN_SCRATCH};

impl Cx<'_> {
    /// Whether pipelines say how much they have: then it is not the same for all.
    pub(crate) fn limits_scratch(&self) -> bool {
        let mut pipelines = self.typed.pipelines.values();
        pipelines.any(|pipeline| pipeline.scratch.is_some())
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
        let size = i128::from(size.unwrap_or(OPEN_SCRATCH));
        let header = self.b.base(0);
        let start = self.b.load(Repr::I64, header, header::SCRATCH_BASE);
        let size = self.b.iconst(Repr::I64, low_bits(size));
        let end = self.b.binary(BinaryOp::Iadd, start, size);
        self.b.store(end, header, header::SCRATCH_END);
    }
}
