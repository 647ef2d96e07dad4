//! Pipelines: the tick loop, what comes before the first tick and after the last.

use theus_abi::image::{self, Zone};
use theus_abi::{Repr, header};
use theus_hir::flow::each_flow;
use theus_hir::item::Period;
use theus_hir::{FieldId, Flow, FlowKind, PipelineId};
use theus_mir::BinaryOp;

use crate::delay::Keeps;
use crate::frame::FnCx;
use crate::program::{Cx, loc};

impl<'a> Cx<'a> {
    /// Lowers every pipeline of the program.
    pub(crate) fn lower_pipelines(&mut self) {
        let ids: Vec<PipelineId> = self.typed.pipelines.keys().collect();
        for id in ids {
            self.lower_pipeline(id);
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
        let once = |kind: fn(&FlowKind) -> Option<&Vec<Flow>>| -> Vec<&'a [Flow]> {
            def.body
                .iter()
                .filter_map(|flow| kind(&flow.kind))
                .map(Vec::as_slice)
                .collect()
        };
        let on_start = once(|kind| match kind {
            FlowKind::OnStart(body) => Some(body),
            _ => None,
        });
        let on_stop = once(|kind| match kind {
            FlowKind::OnStop(body) => Some(body),
            _ => None,
        });
        let keeps = self.keeps_of(id);
        let text = format!("start.{name}");
        let start = self.lower_once(&text, &def.body, &on_start, &keeps.prevs);
        let ticks = self.lower_ticks(&format!("tick.{name}"), &def.body, keeps);
        let stop = self.lower_once(&format!("stop.{name}"), &def.body, &on_stop, &[]);
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

    /// `fn() -> status` that runs lists of items once, and then keeps the fields of `prevs`.
    fn lower_once(
        &mut self,
        name: &str,
        whole: &'a [Flow],
        lists: &[&'a [Flow]],
        prevs: &[FieldId],
    ) -> Option<u32> {
        if lists.is_empty() && prevs.is_empty() {
            return None;
        }
        let func = self.declare(name);
        let mut fx = FnCx::entry(self, name);
        fx.globals_fixed = true;
        let end = fx.b.new_block();
        fx.leave.tick = Some(end);
        fx.lists.push(whole);
        for list in lists {
            fx.flow_list(list);
        }
        fx.b.jump(end, &[]);
        fx.b.switch_to(end);
        fx.keep_prevs(prevs);
        fx.finish_entry(func);
        Some(func.as_u32())
    }

    /// The tick loop: runs until `TICK` is `TICK_END`.
    fn lower_ticks(&mut self, name: &str, body: &'a [Flow], keeps: Keeps) -> u32 {
        let func = self.declare(name);
        let mut fx = FnCx::entry(self, name);
        fx.globals_fixed = true;
        let (head, tick, end, done) = (
            fx.b.new_block(),
            fx.b.new_block(),
            fx.b.new_block(),
            fx.b.new_block(),
        );
        fx.b.jump(head, &[]);
        fx.b.switch_to(head);
        let base = fx.b.base(0);
        let count = fx.b.load(Repr::I64, base, header::TICK);
        let last = fx.b.load(Repr::I64, base, header::TICK_END);
        let more = fx.b.binary(BinaryOp::Ult, count, last);
        fx.b.branch(more, tick, done);
        fx.b.switch_to(tick);
        fx.clear_signals();
        fx.leave.tick = Some(end);
        fx.leave.counts = true;
        fx.keeps = keeps;
        fx.flow_list(body);
        fx.b.jump(end, &[]);
        fx.b.switch_to(end);
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
