//! Items of pipelines, in text order.

use theus_abi::Repr;
use theus_abi::header::{self, Status};
use theus_grammar::Span;
use theus_hir::flow::ResetTarget;
use theus_hir::{Expr, Flow, FlowKind};
use theus_mir::BinaryOp;

use crate::frame::FnCx;
use crate::unit::fields_of;

impl<'a> FnCx<'_, 'a> {
    /// A list of items; its handlers are for the items in it.
    pub(crate) fn flow_list(&mut self, list: &'a [Flow]) {
        self.enter_list(list);
        list.iter().for_each(|flow| self.flow(flow));
        self.lists.pop();
    }

    /// One item.
    pub(crate) fn flow(&mut self, flow: &'a Flow) {
        match &flow.kind {
            FlowKind::Run(id) => self.run_process(*id, flow.span),
            FlowKind::Par(members) => self.group(members, flow.span),
            FlowKind::Atomic(body) => self.atomic(body, flow.span),
            FlowKind::When(cond, then, other) => self.when(cond, then, other),
            FlowKind::Match(value, arms) => {
                self.match_arms(value, arms, |cx, body| cx.flow_list(body))
            }
            FlowKind::EveryTicks(ticks, body) => self.every_ticks(*ticks, body),
            FlowKind::EveryTime(ns, body) => self.every_time(*ns, body),
            FlowKind::Measure(measure, body) => self.measure(measure, body),
            FlowKind::On(cond, begins, body) => self.on_flow(cond, *begins, body),
            FlowKind::Repeat(repeat, body) => self.repeat_flow(repeat, body),
            FlowKind::Mode(id, at, body) => self.mode(*id, *at, body),
            FlowKind::Enter(id, at, cond) => self.enter(*id, *at, cond.as_ref()),
            FlowKind::Nested(id, body) => self.nested(*id, body),
            FlowKind::Skip => self.jump_out(self.leave.item),
            FlowKind::Drop => self.jump_out(self.leave.tick),
            FlowKind::Stop(text) => self.stop(text.as_ref(), Status::Stopped, flow.span),
            FlowKind::Fail(text) => self.stop(text.as_ref(), Status::Declared, flow.span),
            FlowKind::Reset(target) => self.reset(*target),
            FlowKind::Sink(stream) => self.sink(stream, flow.span),
            FlowKind::Source(stream) => self.source(stream, flow.span),
            FlowKind::OnStart(_)
            | FlowKind::OnStop(_)
            | FlowKind::OnEnter(_)
            | FlowKind::OnExit(_)
            | FlowKind::Handler(_)
            | FlowKind::Error => {}
        }
    }

    /// The handlers of a list are for what comes now.
    pub(crate) fn enter_list(&mut self, list: &'a [Flow]) {
        self.lists.push(list);
        for flow in list {
            if let FlowKind::Handler(handler) = &flow.kind {
                self.handler_frames.push((handler, self.frame));
            }
        }
    }

    pub(crate) fn jump_out(&mut self, to: Option<theus_mir::Block>) {
        let Some(to) = to else { return };
        self.b.jump(to, &[]);
        let dead = self.b.new_block();
        self.b.switch_to(dead);
    }

    fn when(&mut self, cond: &'a Expr, then: &'a [Flow], other: &'a [Flow]) {
        let cond = self.value(cond);
        let (yes, no, join) =
            (self.b.new_block(), self.b.new_block(), self.b.new_block());
        self.b.branch(cond, yes, no);
        self.b.switch_to(yes);
        self.flow_list(then);
        self.b.jump(join, &[]);
        self.b.switch_to(no);
        self.flow_list(other);
        self.b.jump(join, &[]);
        self.b.switch_to(join);
    }

    fn every_ticks(&mut self, ticks: u64, body: &'a [Flow]) {
        let header = self.b.base(0);
        let count = self.b.load(Repr::I64, header, header::TICK);
        let each = self
            .b
            .iconst(Repr::I64, i64::try_from(ticks.max(1)).unwrap_or(i64::MAX));
        let rest = self.b.binary(BinaryOp::Urem, count, each);
        let zero = self.b.iconst(Repr::I64, 0);
        let due = self.b.binary(BinaryOp::Ieq, rest, zero);
        self.if_due(due, body);
    }

    /// Due when a multiple of `ns` lies in `time-dt..=time`.
    fn every_time(&mut self, ns: i64, body: &'a [Flow]) {
        let header = self.b.base(0);
        let count = self.b.load(Repr::I64, header, header::TICK);
        let period = self.b.load_invariant(Repr::I64, header, header::PERIOD);
        let time = self.b.binary(BinaryOp::Imul, count, period);
        let each = self.b.iconst(Repr::I64, ns.max(1));
        let rest = self.b.binary(BinaryOp::Urem, time, each);
        let due = self.b.binary(BinaryOp::Slt, rest, period);
        self.if_due(due, body);
    }

    /// Runs a list where a condition holds.
    pub(crate) fn if_due(&mut self, due: theus_mir::Value, body: &'a [Flow]) {
        let (yes, join) = (self.b.new_block(), self.b.new_block());
        self.b.branch(due, yes, join);
        self.b.switch_to(yes);
        self.flow_list(body);
        self.b.jump(join, &[]);
        self.b.switch_to(join);
    }

    /// `stop` and `fail`: the run ends here; a stopped tick counts.
    fn stop(&mut self, text: Option<&'a Expr>, status: Status, span: Span) {
        let number = self.stop_text(text, span);
        let header = self.b.base(0);
        self.b.store(number, header, header::STOP);
        if self.leave.counts {
            self.count_tick();
        }
        self.end_run(status);
    }

    /// One more tick is done.
    pub(crate) fn count_tick(&mut self) {
        self.keep();
        let header = self.b.base(0);
        let count = self.b.load(Repr::I64, header, header::TICK);
        let one = self.b.iconst(Repr::I64, 1);
        let count = self.b.binary(BinaryOp::Iadd, count, one);
        self.b.store(count, header, header::TICK);
    }

    fn reset(&mut self, target: ResetTarget) {
        let fields = fields_of(self.cx.typed, target);
        for field in &fields {
            self.default_field(*field);
        }
        self.wake_cached(&fields);
    }
}
