//! `repeat n until c { … }` and `on c { … }`: items that run again, or when something begins.

use theus_abi::image::{Range, Zone};
use theus_diag::{Code, Diagnostic};
use theus_grammar::ast::expr as tree;
use theus_grammar::ast::flow as tree_flow;

use super::Checker;
use super::mismatch::at;
use crate::body::{Expr, ExprKind};
use crate::flow::{Begins, FlowKind, Repeat};
use crate::item::{Latch, Period};
use crate::ty::Ty;
use crate::value::Value;

/// Most turns of a `repeat`.
const MAX_TURNS: u64 = 1_000_000;

impl Checker<'_, '_> {
    /// `on c { … }`. A signal is gone at the end of its tick, so nothing need be remembered.
    pub(super) fn on_flow(
        &mut self,
        cond: &tree::Expr,
        body: &[tree_flow::Flow],
        period: Period,
    ) -> FlowKind {
        let found = self.condition(cond);
        let body = self.flows(body, period);
        if matches!(found.kind, ExprKind::Error) {
            return FlowKind::Error;
        }
        let begins = match self.is_signal(&found) {
            true => Begins::Signal,
            false => {
                let name = crate::text::expr(cond).into();
                Begins::Latch(self.cx.out.latches.push(Latch { name }))
            }
        };
        FlowKind::On(found, begins, body)
    }

    pub(super) fn is_signal(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Field(id) => self.cx.out.fields[*id].zone == Zone::Signal,
            ExprKind::Member(base, _) | ExprKind::Index(base, _) => self.is_signal(base),
            _ => false,
        }
    }

    /// `repeat n until c { … }`.
    pub(super) fn repeat_flow(
        &mut self,
        times: &tree::Expr,
        until: Option<&tree::Expr>,
        body: &[tree_flow::Flow],
        period: Period,
    ) -> FlowKind {
        let why = at(times.span, "how often is an `i64`");
        let times = self.check(times, Ty::I64, why);
        let until = until.map(|until| self.condition(until));
        let body = self.flows(body, period);
        let Some((times, top)) = self.turns(times) else {
            return FlowKind::Error;
        };
        FlowKind::Repeat(Repeat { times, top, until }, body)
    }

    /// How often at most, and the greatest value of that.
    fn turns(&mut self, times: Expr) -> Option<(Expr, u64)> {
        if matches!(times.kind, ExprKind::Error) || times.ty == Ty::ERROR {
            return None;
        }
        let span = times.span;
        let most = match self.global_range(&times) {
            Some(Some(Range::Int { hi, .. })) => hi,
            Some(_) => {
                let found = Diagnostic::new(Code::BadRepeat, span, "at most how often?")
                    .title("how often a list repeats has no bound")
                    .help("give the global a range: `global n: i64 in 1..=20 = 5`");
                self.report(found);
                return None;
            }
            None => match self.cx.evaluate(&times) {
                Ok(Value::Int(times)) => times,
                Ok(_) => return None,
                Err(_) => {
                    let found = Diagnostic::new(Code::BadRepeat, span, "this can change")
                        .title("how often a list repeats is a constant or a global")
                        .help("write the most that it may be, and end it early: `repeat 20 until c { … }`");
                    self.report(found);
                    return None;
                }
            },
        };
        match u64::try_from(most) {
            Ok(top @ 1..=MAX_TURNS) => Some((times, top)),
            Ok(0) | Err(_) => {
                let found =
                    Diagnostic::new(Code::BadRepeat, span, "this is less than one")
                        .title("a list that never runs")
                        .help("repeat it once at least, or remove it");
                self.report(found);
                None
            }
            Ok(_) => {
                let found =
                    Diagnostic::new(Code::BadRepeat, span, format!("up to {most}"))
                        .title(format!(
                            "a list repeats at most {MAX_TURNS} times in a tick"
                        ))
                        .help("a tick must end soon: let it go on in the next ticks");
                self.report(found);
                None
            }
        }
    }
}
