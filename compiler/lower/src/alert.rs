//! Alerts: looked at at the end of each tick of the pipelines that write what they watch.
//!
//! An alert has two words: whether it is raised, and for how long its condition has held: so
//! many ticks, or one more than the time at which it began to hold.

use theus_abi::audit::Event;
use theus_abi::{Repr, header};
use theus_hir::walk::each_expr;
use theus_hir::{Alert, Clear, Expr, FieldId, Flow, Held, Ty, TyKind};
use theus_mir::{BinaryOp, Block, UnaryOp, Value};

use crate::access::root_field;
use crate::frame::FnCx;
use crate::place::low_bits;
use crate::program::{Cx, loc};

impl<'a> Cx<'a> {
    /// The alerts that a pipeline with those items looks at: those that watch a field that it
    /// writes, and those that watch none that any pipeline writes.
    pub(crate) fn alerts_of(&self, body: &[Flow]) -> Vec<usize> {
        let own = self.written_by(body);
        let pipelines = self.typed.pipelines.values();
        let all: Vec<FieldId> = pipelines
            .flat_map(|pipeline| self.written_by(&pipeline.body))
            .collect();
        let alerts = self.typed.alerts.iter().enumerate();
        let looks = |alert: &Alert| {
            let mut fields = Vec::new();
            each_expr(&alert.when, &mut |e| fields.extend(root_field(e)));
            let in_own = fields.iter().any(|field| own.contains(field));
            in_own || !fields.iter().any(|field| all.contains(field))
        };
        alerts
            .filter(|(_, alert)| looks(alert))
            .map(|(at, _)| at)
            .collect()
    }

    /// Tells the VM of the alerts.
    pub(crate) fn index_alerts(&mut self) {
        for alert in &self.typed.alerts {
            let told = self.told(&alert.when);
            let args = told
                .into_iter()
                .map(|(label, e)| (label, crate::site::kind_of(&self.types, e.ty)));
            let args = args.collect();
            self.image.alerts.push(theus_abi::audit::Alert {
                name: alert.head.name.to_string(),
                loc: loc(alert.when.span),
                args,
            });
        }
    }
}

impl<'a> FnCx<'_, 'a> {
    /// At the end of a tick.
    pub(crate) fn alerts(&mut self, alerts: &[usize]) {
        for at in alerts {
            let Some(alert) = self.cx.typed.alerts.get(*at) else {
                continue;
            };
            let state = self.cx.log.alerts.get(*at).copied().unwrap_or(0);
            let frame = self.push_frame(&alert.locals, Vec::new());
            self.in_frame(frame, |cx| cx.alert(*at, alert, state));
        }
    }

    fn alert(&mut self, at: usize, alert: &'a Alert, state: u32) {
        let raised = self.block_word(state);
        let zero = self.b.iconst(Repr::I64, 0);
        let up = self.b.binary(BinaryOp::Ine, raised, zero);
        let (high, low, on) =
            (self.b.new_block(), self.b.new_block(), self.b.new_block());
        self.b.branch(up, high, low);
        self.b.switch_to(low);
        let fire = self.held(alert, state + 8, on);
        self.b.switch_to(fire);
        let one = self.b.iconst(Repr::I64, 1);
        self.put_word(state, one);
        self.tell_alert(at, alert, Event::Raised);
        self.flow_list(&alert.body);
        self.b.jump(on, &[]);
        self.b.switch_to(high);
        let over = self.is_over_now(alert);
        let clear = self.b.cold_block();
        self.b.branch(over, clear, on);
        self.b.switch_to(clear);
        self.put_word(state, zero);
        self.tell_alert(at, alert, Event::Cleared);
        self.b.jump(on, &[]);
        self.b.switch_to(on);
    }

    /// Counts for how long the condition has held; gives the block where that is enough.
    fn held(&mut self, alert: &'a Alert, held: u32, on: Block) -> Block {
        let zero = self.b.iconst(Repr::I64, 0);
        let cond = self.value(&alert.when);
        let (yes, no, fire) =
            (self.b.cold_block(), self.b.new_block(), self.b.cold_block());
        self.b.branch(cond, yes, no);
        self.b.switch_to(no);
        self.put_word(held, zero);
        self.b.jump(on, &[]);
        self.b.switch_to(yes);
        let (long, most) = match alert.held {
            Held::Ticks(ticks) => (self.bump_word(held), low_bits(ticks.into())),
            Held::Time(ns, _) => (self.since(held), ns),
        };
        let most = self.b.iconst(Repr::I64, most);
        let short = self.b.binary(BinaryOp::Ult, long, most);
        self.b.branch(short, on, fire);
        self.b.switch_to(fire);
        self.put_word(held, zero);
        let raise = self.b.new_block();
        self.b.jump(raise, &[]);
        raise
    }

    /// How long ago a condition began to hold, in ns.
    fn since(&mut self, held: u32) -> Value {
        let header = self.b.base(0);
        let count = self.b.load(Repr::I64, header, header::TICK);
        let period = self.b.load(Repr::I64, header, header::PERIOD);
        let time = self.b.binary(BinaryOp::Imul, count, period);
        let one = self.b.iconst(Repr::I64, 1);
        let now = self.b.binary(BinaryOp::Iadd, time, one);
        let before = self.block_word(held);
        let zero = self.b.iconst(Repr::I64, 0);
        let fresh = self.b.binary(BinaryOp::Ieq, before, zero);
        let begun = self.b.select(fresh, now, before);
        self.put_word(held, begun);
        self.b.binary(BinaryOp::Isub, now, begun)
    }

    /// Whether a raised alert is over.
    fn is_over_now(&mut self, alert: &'a Alert) -> Value {
        match &alert.clear {
            None => {
                let cond = self.value(&alert.when);
                self.b.unary(UnaryOp::Not, Repr::I8, cond)
            }
            Some(Clear::When(cond)) => self.value(cond),
            Some(Clear::Share {
                value,
                limit,
                share,
                below,
            }) => {
                let value = self.wide_float(value);
                let limit = self.wide_float(limit);
                let share = self.b.f64(*share);
                let limit = self.b.binary(BinaryOp::Fmul, limit, share);
                match below {
                    true => self.b.binary(BinaryOp::Flt, value, limit),
                    false => self.b.binary(BinaryOp::Flt, limit, value),
                }
            }
        }
    }

    /// A number or a duration as an `f64`.
    fn wide_float(&mut self, e: &'a Expr) -> Value {
        let value = self.value(e);
        let ty: Ty = self.ty(e.ty);
        let repr = self.b.func().repr(value);
        match (repr, self.cx.types.kind(ty)) {
            (Repr::F64, _) => value,
            (Repr::F32, _) => self.b.unary(UnaryOp::Fpromote, Repr::F64, value),
            (_, TyKind::Int(int)) if !int.signed => {
                self.b.unary(UnaryOp::UintToF, Repr::F64, value)
            }
            _ => self.b.unary(UnaryOp::SintToF, Repr::F64, value),
        }
    }

    /// Writes an entry about an alert, with what its condition compares.
    fn tell_alert(&mut self, at: usize, alert: &'a Alert, event: Event) {
        let told = self.cx.told(&alert.when);
        for ((_, e), word) in told.into_iter().zip(0_i32..) {
            let ty = self.ty(e.ty);
            let (value, kind) = (self.value(e), self.arg_kind(ty));
            let wide = self.report_bits(value, kind);
            let header = self.b.base(0);
            self.b.store(wide, header, header::FAULT_ARGS + 8 * word);
        }
        let index = self.b.iconst(Repr::I64, i64::try_from(at).unwrap_or(0));
        self.log(event, index);
    }
}
