//! `repeat`, `on c`, and the items of a pipeline in another.

use theus_abi::{Repr, Shape};
use theus_hir::flow::{Begins, Repeat};
use theus_hir::{Expr, FieldId, Flow, LatchId, PipelineId, Ty};
use theus_mir::{BinaryOp, Value};

use crate::frame::FnCx;
use crate::pattern::Subject;
use crate::place::Place;
use crate::program::Cx;

/// What the turns of a `repeat` are told apart by in its random streams: an odd number.
const TURN: i64 = 0x1f35_7b9d_a1c3_e5a7;
/// The turns of a `repeat` in another one.
const TURNS: i64 = 1 << 20;

impl Cx<'_> {
    /// Gives what each `on` remembers its place.
    pub(crate) fn place_latches(&mut self, at: &mut u64) {
        for (id, latch) in &self.typed.latches {
            let name = format!("on {}", latch.name);
            let offset = self.keep_bytes(name, &Shape::Bool, at);
            self.latches.insert(id, offset);
        }
    }
}

impl<'a> FnCx<'_, 'a> {
    fn latch(&mut self, id: LatchId) -> Place {
        let offset = self.cx.latches.get(&id).copied().unwrap_or(0);
        Place::own(self.b.base(offset), Ty::BOOL)
    }

    pub(crate) fn forget_latches(&mut self, latches: &[LatchId]) {
        for latch in latches {
            let place = self.latch(*latch);
            let never = self.b.bool(false);
            self.store(place, never);
        }
    }

    /// `on c { … }`: where the condition holds and did not before.
    pub(crate) fn on_flow(&mut self, cond: &'a Expr, begins: Begins, body: &'a [Flow]) {
        let latch = match begins {
            Begins::Value(field) => return self.on_value(cond, field, body),
            Begins::Signal => {
                let now = self.value(cond);
                return self.if_due(now, body);
            }
            Begins::Latch(latch) => latch,
        };
        let now = self.value(cond);
        let place = self.latch(latch);
        let before = self.load(place);
        self.store(place, now);
        let (holds, begins, join) =
            (self.b.new_block(), self.b.new_block(), self.b.new_block());
        self.b.branch(now, holds, join);
        self.b.switch_to(holds);
        self.b.branch(before, join, begins);
        self.b.switch_to(begins);
        self.flow_list(body);
        self.b.jump(join, &[]);
        self.b.switch_to(join);
    }

    /// `on s as v { … }`: where the signal is raised, with a copy of its value, which stays
    /// what it was when a process of the items raises the signal anew.
    fn on_value(&mut self, signal: &'a Expr, field: FieldId, body: &'a [Flow]) {
        let kept = self.context_place(field);
        let subject = self.subject(signal);
        let raised = match subject {
            Subject::Place(_) => self.tag(subject),
            Subject::Value(value, _) => {
                let zero = self.b.iconst(self.b.func().repr(value), 0);
                self.b.binary(BinaryOp::Ine, value, zero)
            }
        };
        let (yes, join) = (self.b.new_block(), self.b.new_block());
        self.b.branch(raised, yes, join);
        self.b.switch_to(yes);
        match subject {
            Subject::Place(place) => {
                let (_, value) = self.option_parts(place);
                self.copy(kept, value, true);
            }
            Subject::Value(value, _) => self.store(kept, value),
        }
        self.flow_list(body);
        self.b.jump(join, &[]);
        self.b.switch_to(join);
    }

    /// `repeat n until c { … }`: the condition is asked after each turn.
    pub(crate) fn repeat_flow(&mut self, repeat: &'a Repeat, body: &'a [Flow]) {
        let times = self.value(&repeat.times);
        let (head, run, exit) =
            (self.b.new_block(), self.b.new_block(), self.b.new_block());
        let at = self.b.param(head, Repr::I64);
        let zero = self.b.iconst(Repr::I64, 0);
        self.b.jump(head, &[zero]);
        self.b.switch_to(head);
        let more = self.b.binary(BinaryOp::Slt, at, times);
        self.b.branch(more, run, exit);
        self.b.switch_to(run);
        let turn = self.inner_turn(at);
        let outer = self.turn.replace(turn);
        self.flow_list(body);
        self.turn = outer;
        if let Some(until) = &repeat.until {
            let reached = self.value(until);
            let again = self.b.new_block();
            self.b.branch(reached, exit, again);
            self.b.switch_to(again);
        }
        let one = self.b.iconst(Repr::I64, 1);
        let next = self.b.binary(BinaryOp::Iadd, at, one);
        self.b.jump(head, &[next]);
        self.b.switch_to(exit);
    }

    fn inner_turn(&mut self, at: Value) -> Value {
        let Some(outer) = self.turn else { return at };
        let turns = self.b.iconst(Repr::I64, TURNS);
        let outer = self.b.binary(BinaryOp::Imul, outer, turns);
        self.b.binary(BinaryOp::Iadd, outer, at)
    }

    /// The name of a random stream: each turn of a `repeat` has its own.
    pub(crate) fn stream_of_turn(&mut self, name: i64) -> Value {
        let name = self.b.iconst(Repr::I64, name);
        let Some(turn) = self.turn else { return name };
        let apart = self.b.iconst(Repr::I64, TURN);
        let turn = self.b.binary(BinaryOp::Imul, turn, apart);
        self.b.binary(BinaryOp::Iadd, name, turn)
    }

    /// The items of a pipeline in another one.
    pub(crate) fn nested(&mut self, id: PipelineId, body: &'a [Flow]) {
        let locals = &self.cx.typed.pipelines[id].locals;
        let frame = self.push_frame(locals, Vec::new());
        self.in_frame(frame, |cx| cx.flow_list(body));
    }
}
