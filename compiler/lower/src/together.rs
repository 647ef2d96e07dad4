//! Pipelines that run together: a schedule that calls the ticks of each when they are due.

use theus_abi::header::{self, Status};
use theus_abi::image::ArgKind;
use theus_abi::{Fault, Repr, image};
use theus_grammar::Span;
use theus_hir::PipelineId;
use theus_hir::item::Period;
use theus_mir::{BinaryOp, FuncId, Value};

use crate::batch::Waits;
use crate::frame::FnCx;
use crate::program::{Cx, index, loc};
use crate::site::STATUS;

/// Most steps of the clock in the shortest of the periods.
const MAX_STEPS: i64 = 1000;

/// A time in ns.
#[derive(Clone, Copy)]
enum Length {
    Fixed(i64),
    /// A global of that offset.
    Global(u32),
}

/// A pipeline in a schedule.
#[derive(Clone, Copy)]
struct Member<'a> {
    ticks: u32,
    start: Option<u32>,
    stop: Option<u32>,
    /// That of a pipeline of batches is a step of the clock.
    period: Length,
    waits: Option<Waits<'a>>,
}

impl<'a> Cx<'a> {
    /// Lowers pipelines that run together.
    pub(crate) fn lower_together(&mut self, id: PipelineId) {
        let def = &self.typed.pipelines[id];
        let step = self.length(def.period);
        let members: Vec<Member<'a>> = def
            .together
            .iter()
            .filter_map(|of| self.member(*of, step))
            .collect();
        let name = def.head.name.to_string();
        let (tick, span) = (format!("tick.{name}"), def.head.span);
        let ticks = self.schedule(&tick, &members, step, span);
        let start = members.iter().any(|member| member.start.is_some());
        let start = start.then(|| {
            self.around(&format!("start.{name}"), &members, step, |member| {
                member.start
            })
        });
        let stop = members.iter().any(|member| member.stop.is_some());
        let stop = stop.then(|| {
            self.around(&format!("stop.{name}"), &members, step, |member| {
                member.stop
            })
        });
        let mut processes = Vec::new();
        for of in &def.together {
            let found = self.image.pipelines.get(index(*of) as usize);
            for process in found.iter().flat_map(|found| &found.processes) {
                if !processes.contains(process) {
                    processes.push(*process);
                }
            }
        }
        if self.typed.all == Some(id) {
            self.image.all = u32::try_from(self.image.pipelines.len()).ok();
        }
        self.image.pipelines.push(image::Pipeline {
            name,
            period: match step {
                Length::Fixed(ns) => image::Period::Fixed(ns),
                Length::Global(offset) => image::Period::Global(offset),
            },
            ticks,
            start,
            stop,
            processes,
            loc: loc(def.head.span),
        });
    }

    fn length(&self, period: Period) -> Length {
        match period {
            Period::Fixed(ns) => Length::Fixed(ns.max(1)),
            Period::Global(field) => {
                Length::Global(self.offsets.get(&field).copied().unwrap_or(0))
            }
            Period::None | Period::Error => Length::Fixed(1),
        }
    }

    fn member(&self, id: PipelineId, step: Length) -> Option<Member<'a>> {
        let found = self.image.pipelines.get(index(id) as usize)?;
        Some(Member {
            ticks: found.ticks,
            start: found.start,
            stop: found.stop,
            period: match self.typed.pipelines[id].batch {
                Some(_) => step,
                None => self.length(self.typed.pipelines[id].period),
            },
            waits: self.waits_of(id),
        })
    }

    /// The loop over the steps of the clock: runs until `TICK` is `TICK_END`.
    fn schedule(
        &mut self,
        name: &str,
        members: &[Member<'a>],
        step: Length,
        span: Span,
    ) -> u32 {
        let func = self.declare(name);
        let mut fx = FnCx::entry(self, name);
        fx.check_clock(members, step, span);
        let (head, tick, done) = (fx.b.new_block(), fx.b.new_block(), fx.b.new_block());
        let (count, last) = fx.until_end(head, tick, done);
        for member in members {
            fx.member_tick(*member, members, (count, last), step);
        }
        let one = fx.b.iconst(Repr::I64, 1);
        let next = fx.b.binary(BinaryOp::Iadd, count, one);
        let base = fx.b.base(0);
        fx.b.store(next, base, header::TICK);
        fx.b.jump(head, &[]);
        fx.b.switch_to(done);
        fx.finish_entry(func);
        func.as_u32()
    }

    /// Calls what each has for the start or the end of a run, on its own clock.
    fn around(
        &mut self,
        name: &str,
        members: &[Member<'a>],
        own: Length,
        role: fn(&Member<'a>) -> Option<u32>,
    ) -> u32 {
        let func = self.declare(name);
        let mut fx = FnCx::entry(self, name);
        let base = fx.b.base(0);
        let count = fx.b.load(Repr::I64, base, header::TICK);
        let step = fx.b.load(Repr::I64, base, header::PERIOD);
        for member in members {
            let Some(role) = role(member) else { continue };
            let steps = fx.steps_of(member.period, own);
            let one = fx.b.iconst(Repr::I64, 1);
            let most = fx.b.binary(BinaryOp::Isub, steps, one);
            let up = fx.b.binary(BinaryOp::Iadd, count, most);
            let number = fx.b.binary(BinaryOp::Udiv, up, steps);
            fx.on_clock(number, member.period);
            let status = fx.call_status(role);
            let base = fx.b.base(0);
            fx.b.store(count, base, header::TICK);
            fx.b.store(step, base, header::PERIOD);
            fx.unless_reached(status);
        }
        fx.finish_entry(func);
        func.as_u32()
    }
}

impl<'a> FnCx<'_, 'a> {
    /// One tick of a member, if it is due at this step.
    fn member_tick(
        &mut self,
        member: Member<'a>,
        all: &[Member<'a>],
        (count, last): (Value, Value),
        step: Length,
    ) {
        let steps = self.steps_of(member.period, step);
        let due = match member.waits {
            Some(waits) => {
                let step = self.length(step);
                self.batch_due(waits, step)
            }
            None => {
                let rest = self.b.binary(BinaryOp::Urem, count, steps);
                let zero = self.b.iconst(Repr::I64, 0);
                self.b.binary(BinaryOp::Ieq, rest, zero)
            }
        };
        let (run, join) = (self.b.new_block(), self.b.new_block());
        self.b.branch(due, run, join);
        self.b.switch_to(run);
        let number = self.b.binary(BinaryOp::Udiv, count, steps);
        self.on_clock(number, member.period);
        let one = self.b.iconst(Repr::I64, 1);
        let end = self.b.binary(BinaryOp::Iadd, number, one);
        let base = self.b.base(0);
        self.b.store(end, base, header::TICK_END);
        let status = self.call_status(member.ticks);
        // A tick that stops the run is done.
        let stopped = self.b.iconst(STATUS, i64::from(Status::Stopped as i32));
        let stopped = self.b.binary(BinaryOp::Ieq, status, stopped);
        let after = self.b.binary(BinaryOp::Iadd, count, one);
        let now = self.b.select(stopped, after, count);
        let base = self.b.base(0);
        self.b.store(now, base, header::TICK);
        self.b.store(last, base, header::TICK_END);
        let ns = self.length(step);
        self.b.store(ns, base, header::PERIOD);
        match member.waits {
            Some(waits) => self.batch_done(waits),
            None => self.last_batches(all, status, (count, last)),
        }
        self.unless_reached(status);
        self.b.jump(join, &[]);
        self.b.switch_to(join);
    }

    /// Where a source has ended, what still waits makes up the last batches.
    fn last_batches(
        &mut self,
        all: &[Member<'a>],
        status: Value,
        (count, last): (Value, Value),
    ) {
        if all.iter().all(|member| member.waits.is_none()) {
            return;
        }
        let ended = self.b.iconst(STATUS, i64::from(Status::SourceEnded as i32));
        let ended = self.b.binary(BinaryOp::Ieq, status, ended);
        let (rest, on) = (self.b.cold_block(), self.b.new_block());
        self.b.branch(ended, rest, on);
        self.b.switch_to(rest);
        for member in all {
            let Some(waits) = member.waits else { continue };
            let some = self.some_waits(waits);
            self.if_holds(some, |cx| {
                let one = cx.b.iconst(Repr::I64, 1);
                let end = cx.b.binary(BinaryOp::Iadd, count, one);
                let base = cx.b.base(0);
                cx.b.store(end, base, header::TICK_END);
                let status = cx.call_status(member.ticks);
                let base = cx.b.base(0);
                cx.b.store(count, base, header::TICK);
                cx.b.store(last, base, header::TICK_END);
                cx.batch_done(waits);
                cx.unless_reached(status);
            });
        }
        self.b.jump(on, &[]);
        self.b.switch_to(on);
    }

    fn length(&mut self, length: Length) -> Value {
        match length {
            Length::Fixed(ns) => self.b.iconst(Repr::I64, ns),
            Length::Global(offset) => {
                let base = self.b.base(offset);
                self.b.load_invariant(Repr::I64, base, 0)
            }
        }
    }

    /// In how many steps of the clock a member is due once.
    fn steps_of(&mut self, period: Length, step: Length) -> Value {
        if let (Length::Fixed(period), Length::Fixed(step)) = (period, step) {
            return self.b.iconst(Repr::I64, period / step);
        }
        let (period, step) = (self.length(period), self.length(step));
        let step = self.at_least_one(step);
        let steps = self.b.binary(BinaryOp::Udiv, period, step);
        self.at_least_one(steps)
    }

    fn at_least_one(&mut self, value: Value) -> Value {
        let one = self.b.iconst(Repr::I64, 1);
        let less = self.b.binary(BinaryOp::Slt, value, one);
        self.b.select(less, one, value)
    }

    /// Sets the clocks of pipelines whose periods are globals: the time that all of theirs are
    /// multiples of.
    pub(crate) fn set_clocks(&mut self) {
        let typed = self.cx.typed;
        for pipeline in typed.pipelines.values() {
            let (Period::Global(clock), false) =
                (pipeline.period, pipeline.together.is_empty())
            else {
                continue;
            };
            let mut step = self.b.iconst(Repr::I64, 0);
            for of in &pipeline.together {
                let length = match &typed.pipelines[*of].batch {
                    Some(batch) => Length::Fixed(batch.wait.unwrap_or(0)),
                    None => self.cx.length(typed.pipelines[*of].period),
                };
                let period = self.length(length);
                step = self.common(period, step);
            }
            let step = self.at_least_one(step);
            let place = self.context_place(clock);
            self.store(place, step);
        }
    }

    /// Whether the globals that are periods have enough in common is known when they run.
    fn check_clock(&mut self, members: &[Member<'a>], step: Length, span: Span) {
        let Length::Global(_) = step else { return };
        let step = self.length(step);
        let step = self.at_least_one(step);
        let (zero, mut least) = (
            self.b.iconst(Repr::I64, 0),
            self.b.iconst(Repr::I64, i64::MAX),
        );
        for member in members.iter().filter(|member| member.waits.is_none()) {
            let period = self.length(member.period);
            let some = self.b.binary(BinaryOp::Slt, zero, period);
            let operands = [("period", period, ArgKind::Duration)];
            self.check(some, Fault::Range, span, &operands);
            let less = self.b.binary(BinaryOp::Slt, period, least);
            least = self.b.select(less, period, least);
        }
        let steps = self.b.binary(BinaryOp::Udiv, least, step);
        let most = self.b.iconst(Repr::I64, MAX_STEPS);
        let few = self.b.binary(BinaryOp::Sle, steps, most);
        let operands = [("steps in the shortest period", steps, ArgKind::Int)];
        self.check(few, Fault::Range, span, &operands);
    }

    /// The greatest common divisor of two times, of which the second may be zero.
    fn common(&mut self, a: Value, b: Value) -> Value {
        let (head, turn, done) =
            (self.b.new_block(), self.b.new_block(), self.b.new_block());
        let (x, y) = (self.b.param(head, Repr::I64), self.b.param(head, Repr::I64));
        self.b.jump(head, &[a, b]);
        self.b.switch_to(head);
        let zero = self.b.iconst(Repr::I64, 0);
        let more = self.b.binary(BinaryOp::Ine, y, zero);
        self.b.branch(more, turn, done);
        self.b.switch_to(turn);
        let rest = self.b.binary(BinaryOp::Urem, x, y);
        self.b.jump(head, &[y, rest]);
        self.b.switch_to(done);
        x
    }

    /// What runs now sees the clock of one member.
    fn on_clock(&mut self, number: Value, period: Length) {
        let base = self.b.base(0);
        self.b.store(number, base, header::TICK);
        let period = self.length(period);
        self.b.store(period, base, header::PERIOD);
    }

    fn call_status(&mut self, func: u32) -> Value {
        let results = self.b.call(FuncId::from_u32(func), &[], &[STATUS]);
        match results.first() {
            Some(status) => *status,
            None => self.b.iconst(STATUS, 0),
        }
    }

    /// Leaves with a status that is not `Reached`.
    fn unless_reached(&mut self, status: Value) {
        let reached = self.b.iconst(STATUS, i64::from(Status::Reached as i32));
        let on = self.b.binary(BinaryOp::Ieq, status, reached);
        let (leave, join) = (self.b.cold_block(), self.b.new_block());
        self.b.branch(on, join, leave);
        self.b.switch_to(leave);
        self.b.ret(&[status]);
        self.b.switch_to(join);
    }
}
