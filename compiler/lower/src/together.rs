//! Pipelines that run together: a schedule that calls the ticks of each when they are due.

use theus_abi::header::{self, Status};
use theus_abi::{Repr, image};
use theus_hir::PipelineId;
use theus_hir::item::Period;
use theus_mir::{BinaryOp, FuncId, Value};

use crate::frame::FnCx;
use crate::program::{Cx, index, loc};
use crate::site::STATUS;

/// A pipeline in a schedule.
struct Member {
    ticks: u32,
    start: Option<u32>,
    stop: Option<u32>,
    /// Its period in ns.
    period: i64,
    /// In how many steps of the clock it is due once.
    steps: i64,
}

impl Cx<'_> {
    /// Lowers pipelines that run together.
    pub(crate) fn lower_together(&mut self, id: PipelineId) {
        let def = &self.typed.pipelines[id];
        let step = match def.period {
            Period::Fixed(ns) => ns.max(1),
            Period::Global(_) | Period::None | Period::Error => 1,
        };
        let members: Vec<Member> = def
            .together
            .iter()
            .filter_map(|of| self.member(*of, step))
            .collect();
        let name = def.head.name.to_string();
        let ticks = self.schedule(&format!("tick.{name}"), &members, step);
        let start = members.iter().any(|member| member.start.is_some());
        let start = start.then(|| {
            self.around(&format!("start.{name}"), &members, |member| member.start)
        });
        let stop = members.iter().any(|member| member.stop.is_some());
        let stop = stop.then(|| {
            self.around(&format!("stop.{name}"), &members, |member| member.stop)
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
            period: image::Period::Fixed(step),
            ticks,
            start,
            stop,
            processes,
            loc: loc(def.head.span),
        });
    }

    fn member(&self, id: PipelineId, step: i64) -> Option<Member> {
        let found = self.image.pipelines.get(index(id) as usize)?;
        let image::Period::Fixed(period) = found.period else {
            return None;
        };
        Some(Member {
            ticks: found.ticks,
            start: found.start,
            stop: found.stop,
            period,
            steps: period / step,
        })
    }

    /// The loop over the steps of the clock: runs until `TICK` is `TICK_END`.
    fn schedule(&mut self, name: &str, members: &[Member], step: i64) -> u32 {
        let func = self.declare(name);
        let mut fx = FnCx::entry(self, name);
        let (head, tick, done) = (fx.b.new_block(), fx.b.new_block(), fx.b.new_block());
        fx.b.jump(head, &[]);
        fx.b.switch_to(head);
        let base = fx.b.base(0);
        let count = fx.b.load(Repr::I64, base, header::TICK);
        let last = fx.b.load(Repr::I64, base, header::TICK_END);
        let more = fx.b.binary(BinaryOp::Ult, count, last);
        fx.b.branch(more, tick, done);
        fx.b.switch_to(tick);
        for member in members {
            fx.member_tick(member, count, last, step);
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
        members: &[Member],
        role: fn(&Member) -> Option<u32>,
    ) -> u32 {
        let func = self.declare(name);
        let mut fx = FnCx::entry(self, name);
        let base = fx.b.base(0);
        let count = fx.b.load(Repr::I64, base, header::TICK);
        let step = fx.b.load(Repr::I64, base, header::PERIOD);
        for member in members {
            let Some(role) = role(member) else { continue };
            let most = fx.b.iconst(Repr::I64, member.steps - 1);
            let up = fx.b.binary(BinaryOp::Iadd, count, most);
            let steps = fx.b.iconst(Repr::I64, member.steps);
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

impl FnCx<'_, '_> {
    /// One tick of a member, if it is due at this step.
    fn member_tick(&mut self, member: &Member, count: Value, last: Value, step: i64) {
        let steps = self.b.iconst(Repr::I64, member.steps);
        let rest = self.b.binary(BinaryOp::Urem, count, steps);
        let zero = self.b.iconst(Repr::I64, 0);
        let due = self.b.binary(BinaryOp::Ieq, rest, zero);
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
        let step = self.b.iconst(Repr::I64, step);
        self.b.store(step, base, header::PERIOD);
        self.unless_reached(status);
        self.b.jump(join, &[]);
        self.b.switch_to(join);
    }

    /// What runs now sees the clock of one member.
    fn on_clock(&mut self, number: Value, period: i64) {
        let base = self.b.base(0);
        self.b.store(number, base, header::TICK);
        let period = self.b.iconst(Repr::I64, period);
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
