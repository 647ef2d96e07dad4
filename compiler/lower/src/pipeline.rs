//! Pipelines: the tick loop, what comes before the first tick and after the last.

use theus_abi::image::{self, Zone};
use theus_abi::{Repr, header};
use theus_hir::flow::each_flow;
use theus_hir::item::Period;
use theus_hir::{FieldId, Flow, FlowKind, PipelineId};

use theus_mir::{BinaryOp, Block, Value};

use crate::delay::Keeps;
use crate::frame::FnCx;
use crate::parts::Parts;
use crate::program::{Cx, loc};

impl<'a> Cx<'a> {
    /// Lowers every pipeline of the program.
    pub(crate) fn lower_pipelines(&mut self) {
        let ids: Vec<PipelineId> = self.typed.pipelines.keys().collect();
        for id in ids {
            let pipeline = &self.typed.pipelines[id];
            if pipeline.together.is_empty() {
                self.lower_pipeline(id);
            } else if self.options.tests || self.typed.all == Some(id) {
                self.lower_together(id);
            }
        }
    }

    fn lower_pipeline(&mut self, id: PipelineId) {
        let def = &self.typed.pipelines[id];
        let name = def.head.name.to_string();
        let period = match def.period {
            Period::Fixed(ns) => image::Period::Fixed(ns),
            Period::Global(field) => {
                image::Period::Global(self.offsets.get(&field).copied().unwrap_or(0))
            }
            Period::None | Period::Error => image::Period::None,
        };
        let parts = Parts::of(self.typed, id);
        let keeps = self.keeps_of(id);
        let start = self.lower_start(&format!("start.{name}"), &parts, &keeps.prevs);
        let ticks = self.lower_ticks(&format!("tick.{name}"), &def.body, &parts, keeps);
        let stop = self.lower_stop(&format!("stop.{name}"), &parts);
        let processes = self.processes_of(&def.body);
        self.image.pipelines.push(image::Pipeline {
            name,
            period,
            ticks,
            start,
            stop,
            processes,
            loc: loc(def.head.span),
        });
    }

    /// `fn() -> status`: what `on` and modes remember is as at first, `on start` runs, modes
    /// are entered, and the fields of `prevs` are kept.
    fn lower_start(
        &mut self,
        name: &str,
        parts: &Parts<'a>,
        prevs: &[FieldId],
    ) -> Option<u32> {
        let idle = parts.start.is_empty() && parts.latches.is_empty();
        let counts = !self.tally.is_empty();
        if idle && !counts && parts.machines.is_empty() && prevs.is_empty() {
            return None;
        }
        let func = self.declare(name);
        let mut fx = FnCx::entry(self, name);
        fx.globals_fixed = true;
        fx.limit_scratch(parts.id);
        fx.refuse_latched();
        fx.forget_machines(parts);
        fx.begin_tally();
        fx.once(&parts.start);
        fx.begin_modes(&parts.machines);
        // What comes before the first tick is in none.
        fx.clear_tally();
        fx.keep_prevs(prevs);
        fx.finish_entry(func);
        Some(func.as_u32())
    }

    /// `fn() -> status` that runs `on stop`.
    fn lower_stop(&mut self, name: &str, parts: &Parts<'a>) -> Option<u32> {
        if parts.stop.is_empty() {
            return None;
        }
        let func = self.declare(name);
        let mut fx = FnCx::entry(self, name);
        fx.globals_fixed = true;
        fx.limit_scratch(parts.id);
        fx.once(&parts.stop);
        fx.finish_entry(func);
        Some(func.as_u32())
    }

    /// The tick loop: runs until `TICK` is `TICK_END`.
    pub(crate) fn lower_ticks(
        &mut self,
        name: &str,
        body: &'a [Flow],
        parts: &Parts<'a>,
        keeps: Keeps,
    ) -> u32 {
        let func = self.declare(name);
        let mut fx = FnCx::entry(self, name);
        fx.globals_fixed = true;
        fx.limit_scratch(parts.id);
        let (head, tick, end, done) = (
            fx.b.new_block(),
            fx.b.new_block(),
            fx.b.new_block(),
            fx.b.new_block(),
        );
        fx.refuse_latched();
        fx.until_end(head, tick, done);
        fx.unless_interrupted();
        fx.clear_signals();
        fx.expire();
        fx.leave.tick = Some(end);
        fx.leave.counts = true;
        fx.keeps = keeps;
        fx.flow_list(body);
        fx.b.jump(end, &[]);
        fx.b.switch_to(end);
        fx.end_tally();
        let alerts = fx.cx.alerts_of(body);
        fx.alerts(&alerts);
        fx.change_modes(&parts.machines);
        fx.count_tick();
        fx.b.jump(head, &[]);
        fx.b.switch_to(done);
        fx.finish_entry(func);
        func.as_u32()
    }

    fn processes_of(&self, body: &[Flow]) -> Vec<u32> {
        let mut found = Vec::new();
        each_flow(body, &mut |flow| {
            if let FlowKind::Run(id) = &flow.kind
                && let Some(index) = self.processes.get(id)
                && !found.contains(index)
            {
                found.push(*index);
            }
        });
        found
    }
}

impl FnCx<'_, '_> {
    /// The head of a loop over ticks: goes on in `tick` until `TICK` is `TICK_END`, which are
    /// given, then in `done`.
    pub(crate) fn until_end(
        &mut self,
        head: Block,
        tick: Block,
        done: Block,
    ) -> (Value, Value) {
        self.b.jump(head, &[]);
        self.b.switch_to(head);
        let base = self.b.base(0);
        let count = self.b.load(Repr::I64, base, header::TICK);
        let last = self.b.load(Repr::I64, base, header::TICK_END);
        let more = self.b.binary(BinaryOp::Ult, count, last);
        self.b.branch(more, tick, done);
        self.b.switch_to(tick);
        (count, last)
    }

    /// Signals are gone at the end of a tick: every tick starts without them.
    fn clear_signals(&mut self) {
        for (id, field) in self.cx.typed.stored() {
            if field.zone == Zone::Signal {
                let place = self.context_place(id);
                self.zero(place);
            }
        }
    }
}
