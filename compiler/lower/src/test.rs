//! Tests: a function for each test and each combination of its parameters. A test acts as
//! the host: it writes fields between runs and starts pipelines.

use theus_abi::header::{self, Status};
use theus_abi::image::{ArgKind, Test, Zone};
use theus_abi::{Fault, Repr};
use theus_grammar::Span;
use theus_hir::body::{Amount, Expected, Ran};
use theus_hir::item::{Period, TestKind};
use theus_hir::walk::each_expr;
use theus_hir::{Block as HirBlock, Expr, ExprKind, FieldId, PipelineId, TestId, Ty};
use theus_mir::{BinaryOp, Block, FuncId, Value};

use crate::access::root_field;
use crate::frame::{Binding, Failure, FnCx};
use crate::parts::Parts;
use crate::program::{Cx, index, loc};
use crate::site::{STATUS, failure_number};

impl<'a> Cx<'a> {
    /// Lowers every test.
    pub(crate) fn lower_tests(&mut self) {
        let ids: Vec<TestId> = self.typed.tests.keys().collect();
        for id in ids {
            let def = &self.typed.tests[id];
            if def.kind == TestKind::Property {
                self.lower_property(id);
                continue;
            }
            let mut combinations: Vec<Vec<&'a Expr>> = vec![Vec::new()];
            for (_, _, values) in &def.params {
                combinations = combinations
                    .into_iter()
                    .flat_map(|chosen| {
                        values.iter().map(move |value| {
                            let mut chosen = chosen.clone();
                            chosen.push(value);
                            chosen
                        })
                    })
                    .collect();
            }
            for values in combinations {
                self.lower_test(id, &values);
            }
        }
    }

    fn lower_test(&mut self, id: TestId, values: &[&'a Expr]) {
        let def = &self.typed.tests[id];
        let named: Vec<String> = def
            .params
            .iter()
            .zip(values)
            .map(|((_, name, _), value)| format!("{name} = {}", self.show(value)))
            .collect();
        let mut name = def.head.name.to_string();
        if !named.is_empty() {
            name = format!("{name} [{}]", named.join(", "));
        }
        let (word, count) = match def.kind {
            TestKind::Bench => ("bench", self.image.benches.len()),
            TestKind::Test | TestKind::Property => ("test", self.image.tests.len()),
        };
        let func = self.declare(&format!("{word}.{count}"));
        let text = self.funcs[func].name.clone();
        let mut fx = FnCx::entry(self, &text);
        let frame = fx.push_frame(&def.body, Vec::new());
        fx.frame = frame;
        for ((local, _, _), value) in def.params.iter().zip(values) {
            let binding = if fx.is_scalar(value.ty) {
                Binding::Value(fx.value(value))
            } else {
                Binding::Place(fx.place(value))
            };
            fx.bind(*local, binding);
        }
        fx.start_clock();
        fx.prepare_totals(&def.body.block);
        fx.block(&def.body.block);
        fx.finish_entry(func);
        let test = Test {
            name,
            func: func.as_u32(),
            loc: loc(def.head.span),
        };
        match def.kind {
            TestKind::Bench => self.image.benches.push(test),
            TestKind::Test | TestKind::Property => self.image.tests.push(test),
        }
    }

    /// A constant as people write it, for names of tests.
    fn show(&self, e: &Expr) -> String {
        match &e.kind {
            ExprKind::Int(value) => value.to_string(),
            ExprKind::Float(value) => format!("{value:?}"),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Duration(ns) => format!("{ns}ns"),
            ExprKind::Variant(id, n, _) => self.typed.enums[*id]
                .variants
                .get(*n as usize)
                .map_or_else(String::new, |variant| variant.name.to_string()),
            ExprKind::Const(id) => self.typed.consts[*id].head.name.to_string(),
            ExprKind::Array(elems) => {
                let elems: Vec<String> =
                    elems.iter().map(|elem| self.show(elem)).collect();
                format!("[{}]", elems.join(", "))
            }
            _ => "…".to_owned(),
        }
    }
}

/// The functions of what a test runs, by index.
struct Entries {
    start: Option<u32>,
    ticks: u32,
    stop: Option<u32>,
}

impl<'a> FnCx<'_, 'a> {
    /// `set c.f = e`. Defaults that depend on a global are taken again.
    pub(crate) fn set_field(&mut self, place: &'a Expr, value: &'a Expr) {
        self.assign(place, value);
        let Some(changed) = root_field(place) else {
            return;
        };
        if self.cx.typed.fields[changed].zone != Zone::Global {
            return self.wake_cached(&[changed]);
        }
        let mut changed = vec![changed];
        for (id, field) in self.cx.typed.stored() {
            let depends = |default: &Expr| mentions(default, &changed);
            if field.default.as_ref().is_some_and(depends) && !changed.contains(&id) {
                self.default_field(id);
                self.check_default(id);
                changed.push(id);
            }
        }
        self.wake_cached(&changed);
    }

    /// `run p for …`: a run of its own, on the state that is there; the clock goes on.
    pub(crate) fn run_ticks(
        &mut self,
        ran: &'a Ran,
        amount: &'a Amount,
        until: Option<&'a Expr>,
        span: Span,
    ) {
        let Some(Entries { start, ticks, stop }) = self.entries(ran) else {
            return;
        };
        let validate = self.cx.image.validate;
        self.call_entry(validate);
        let period = self.period(ran.pipeline());
        self.wind(period);
        let count = self.tick_count(amount, period, span);
        if let Some(start) = start {
            self.call_entry(start);
        }
        let header = self.b.base(0);
        let first = self.b.load(Repr::I64, header, header::TICK);
        let end = self.b.binary(BinaryOp::Iadd, first, count);
        match until {
            None => {
                self.b.store(end, header, header::TICK_END);
                self.call_entry(ticks);
            }
            Some(until) => self.run_until(ticks, end, until),
        }
        if let Some(stop) = stop {
            self.call_entry(stop);
        }
        self.limit_scratch(None);
    }

    /// The functions of what runs.
    fn entries(&mut self, ran: &'a Ran) -> Option<Entries> {
        let (body, like) = match ran {
            Ran::Pipeline(id) => {
                let image = self.cx.image.pipelines.get(index(*id) as usize)?;
                return Some(Entries {
                    start: image.start,
                    ticks: image.ticks,
                    stop: image.stop,
                });
            }
            Ran::Process(body, like) => (body, *like),
        };
        let keeps = like.map(|like| self.cx.keeps_of(like));
        let name = format!("alone.{}", self.cx.funcs.len());
        let parts = Parts::default();
        let keeps = keeps.unwrap_or_default();
        let ticks = self.cx.lower_ticks(&name, body, &parts, keeps);
        Some(Entries {
            start: None,
            ticks,
            stop: None,
        })
    }

    fn period(&mut self, pipeline: Option<PipelineId>) -> Value {
        let period = pipeline.map(|id| self.cx.typed.pipelines[id].period);
        match period {
            Some(Period::Fixed(ns)) => self.b.iconst(Repr::I64, ns),
            Some(Period::Global(field)) => self.field_value(field),
            Some(Period::None | Period::Error) | None => self.b.iconst(Repr::I64, 0),
        }
    }

    /// One clock for all runs of a test: the first tick is the next multiple of the period
    /// that is not before the end of the last run. Ticks without a period are counted apart.
    fn wind(&mut self, period: Value) {
        let clock = self.clock;
        let header = self.b.base(0);
        let tick = self.b.load(Repr::I64, header, header::TICK);
        let before = self.b.load(Repr::I64, header, header::PERIOD);
        let zero = self.b.iconst(Repr::I64, 0);
        let timed = self.b.binary(BinaryOp::Slt, zero, before);
        let now = self.b.binary(BinaryOp::Imul, tick, before);
        let (time, rounds) = clock.map_or((zero, zero), |(time, rounds)| {
            (self.load(time), self.load(rounds))
        });
        let time = self.b.select(timed, now, time);
        let rounds = self.b.select(timed, rounds, tick);
        if let Some((time_at, rounds_at)) = clock {
            self.store(time_at, time);
            self.store(rounds_at, rounds);
        }
        let (has, none, on) =
            (self.b.new_block(), self.b.new_block(), self.b.new_block());
        let first = self.b.param(on, Repr::I64);
        let some = self.b.binary(BinaryOp::Slt, zero, period);
        self.b.branch(some, has, none);
        self.b.switch_to(none);
        self.b.jump(on, &[rounds]);
        self.b.switch_to(has);
        let one = self.b.iconst(Repr::I64, 1);
        let last = self.b.binary(BinaryOp::Isub, period, one);
        let end = self.b.binary(BinaryOp::Iadd, time, last);
        let ticks = self.b.binary(BinaryOp::Udiv, end, period);
        self.b.jump(on, &[ticks]);
        self.b.switch_to(on);
        self.b.store(first, header, header::TICK);
        self.b.store(period, header, header::PERIOD);
    }

    /// What has passed before the first run of a test: nothing.
    pub(crate) fn start_clock(&mut self) {
        let zero = self.b.iconst(Repr::I64, 0);
        let (time, rounds) = (self.temp(Ty::I64), self.temp(Ty::I64));
        self.store(time, zero);
        self.store(rounds, zero);
        self.clock = Some((time, rounds));
    }

    fn tick_count(&mut self, amount: &'a Amount, period: Value, span: Span) -> Value {
        match amount {
            Amount::Ticks(count) => {
                let ty = self.ty(count.ty);
                let count = self.value(count);
                self.widen_index(count, ty)
            }
            Amount::Time(time) => {
                let time = self.value(time);
                let zero = self.b.iconst(Repr::I64, 0);
                let some = self.b.binary(BinaryOp::Slt, zero, period);
                self.check(some, Fault::DivideByZero, span, &[]);
                self.b.binary(BinaryOp::Udiv, time, period)
            }
        }
    }

    /// Tick by tick, until the condition holds before a tick, or the ticks are done.
    fn run_until(&mut self, ticks: u32, end: Value, until: &'a Expr) {
        let (head, more, run, exit) = (
            self.b.new_block(),
            self.b.new_block(),
            self.b.new_block(),
            self.b.new_block(),
        );
        self.b.jump(head, &[]);
        self.b.switch_to(head);
        let header = self.b.base(0);
        let done = self.b.load(Repr::I64, header, header::TICK);
        let left = self.b.binary(BinaryOp::Ult, done, end);
        self.b.branch(left, more, exit);
        self.b.switch_to(more);
        let reached = self.value(until);
        self.b.branch(reached, exit, run);
        self.b.switch_to(run);
        let one = self.b.iconst(Repr::I64, 1);
        let next = self.b.binary(BinaryOp::Iadd, done, one);
        self.b.store(next, header, header::TICK_END);
        let status = self.call_entry(ticks);
        let zero = self.b.iconst(STATUS, 0);
        let on = self.b.binary(BinaryOp::Ieq, status, zero);
        self.b.branch(on, head, exit);
        self.b.switch_to(exit);
    }

    /// Calls an entry; a run that failed ends the test, unless that is expected.
    fn call_entry(&mut self, func: u32) -> Value {
        let header = self.header();
        let next = self.b.load(Repr::I64, header, header::SCRATCH_NEXT);
        let results = self.b.call(FuncId::from_u32(func), &[], &[STATUS]);
        // What ends in the middle has given nothing back.
        self.scratch_from(next);
        let status = match results.first() {
            Some(status) => *status,
            None => self.b.iconst(STATUS, 0),
        };
        let (failed, declared, on) =
            (self.b.cold_block(), self.b.cold_block(), self.b.new_block());
        let failed_code = i64::from(Status::Failed as i32);
        let declared_code = i64::from(Status::Declared as i32);
        let ended = self.b.cold_block();
        let ended_code = i64::from(Status::Interrupted as i32);
        self.b.switch(
            status,
            &[
                (failed_code, failed),
                (declared_code, declared),
                (ended_code, ended),
            ],
            on,
        );
        self.b.switch_to(ended);
        self.end_run(Status::Interrupted);
        self.b.switch_to(declared);
        self.end_run(Status::Declared);
        self.b.switch_to(failed);
        match self.expecting {
            Some(block) => self.b.jump(block, &[]),
            None => self.end_run(Status::Failed),
        }
        self.b.switch_to(on);
        status
    }

    /// `expect E { … }`: the block must end with that failure.
    pub(crate) fn expect(&mut self, expected: Expected, block: &'a HirBlock, span: Span) {
        let failed: Block = self.b.new_block();
        let outer = self.expecting.replace(failed);
        self.block(block);
        self.expecting = outer;
        let text = match expected {
            Expected::Error(error) => &*self.cx.typed.errors[error].name,
            Expected::Fault(fault) => fault.name(),
        };
        let text = format!("nothing failed, and `{text}` was expected");
        let told = self.told(span, |cx| cx.literal_run(&text.into()));
        let never = self.b.bool(false);
        let operands = [("", told, ArgKind::Text)];
        self.check(never, Fault::Assert, span, &operands);
        let on = self.b.new_block();
        self.b.jump(on, &[]);
        self.b.switch_to(failed);
        self.limit_scratch(None);
        let failure = match expected {
            Expected::Error(error) => Failure::Error(error),
            Expected::Fault(fault) => Failure::Fault(fault),
        };
        let header = self.b.base(0);
        let kind = self.b.load(Repr::I64, header, header::STOP);
        let wanted = self.b.iconst(Repr::I64, failure_number(failure));
        let same = self.b.binary(BinaryOp::Ieq, kind, wanted);
        let other = self.b.cold_block();
        self.b.branch(same, on, other);
        self.b.switch_to(other);
        match self.expecting {
            Some(block) => self.b.jump(block, &[]),
            None => self.end_run(Status::Failed),
        }
        self.b.switch_to(on);
    }
}

fn mentions(e: &Expr, fields: &[FieldId]) -> bool {
    let mut found = false;
    each_expr(e, &mut |inner| {
        found |= matches!(&inner.kind, ExprKind::Field(id) if fields.contains(id));
    });
    found
}
