//! `on idle d { … }`: items that run when nothing has arrived for a time. What arrives are
//! signals and rows of sources.

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr::{self as tree, BinaryOp};
use theus_grammar::ast::flow as tree_flow;

use super::Checker;
use crate::body::{Expr, ExprKind, TickField};
use crate::cx::Cx;
use crate::flow::{Begins, FlowKind, each_flow};
use crate::item::{Latch, Period};
use crate::ty::Ty;
use crate::value::Value;

/// Reports `on idle` where nothing can arrive.
pub(super) fn all(cx: &mut Cx<'_>) {
    if !cx.out.asked.contains(&TickField::Idle) {
        return;
    }
    let signals = cx.out.fields.values();
    let mut arrives = signals.into_iter().any(|field| field.zone == Zone::Signal);
    let mut found: Vec<Span> = Vec::new();
    for pipeline in cx.out.pipelines.values() {
        each_flow(&pipeline.body, &mut |flow| match &flow.kind {
            FlowKind::Source(_) | FlowKind::Error => arrives = true,
            FlowKind::On(cond, ..) if is_idle(cond) => found.push(cond.span),
            _ => {}
        });
    }
    if arrives {
        return;
    }
    for span in found {
        let found = Diagnostic::new(Code::NothingArrives, span, "idle from the start")
            .title("`on idle` where nothing can arrive")
            .help("signals and rows of sources arrive: declare a signal, or run the items `on tick.time >= 5s`");
        cx.report(found);
    }
}

fn is_idle(cond: &Expr) -> bool {
    match &cond.kind {
        ExprKind::Binary(_, left, _) => {
            matches!(left.kind, ExprKind::Tick(TickField::Idle))
        }
        _ => false,
    }
}

impl Checker<'_, '_> {
    /// `on idle 5s { … }`.
    pub(super) fn idle_flow(
        &mut self,
        amount: &tree::Amount,
        body: &[tree_flow::Flow],
        period: Period,
    ) -> FlowKind {
        let (module, span) = (self.env.module, amount.value.span);
        let body = self.flows(body, period);
        if amount.ticks {
            self.no_idle_time(span, "these are ticks");
            return FlowKind::Error;
        }
        let due = Some(Ty::DURATION);
        let what = "how long nothing arrives";
        let value = self.cx.constant_value(module, &amount.value, due, what);
        let Some((Value::Duration(ns), _)) = value else {
            return FlowKind::Error;
        };
        if ns <= 0 {
            self.no_idle_time(span, "not longer than zero");
            return FlowKind::Error;
        }
        if period == Period::None {
            self.no_clock(span);
            return FlowKind::Error;
        }
        self.cx.out.asked.insert(TickField::Idle);
        let part = |kind, ty| Box::new(Expr { kind, ty, span });
        let idle = part(ExprKind::Tick(TickField::Idle), Ty::DURATION);
        let long = part(ExprKind::Duration(ns), Ty::DURATION);
        let cond = *part(ExprKind::Binary(BinaryOp::Ge, idle, long), Ty::BOOL);
        let name = format!("idle {}", crate::text::expr(&amount.value)).into();
        let latch = self.cx.out.latches.push(Latch { name });
        FlowKind::On(cond, Begins::Latch(latch), body)
    }

    fn no_idle_time(&mut self, span: Span, label: &str) {
        let found = Diagnostic::new(Code::BadPeriod, span, label)
            .title("`on idle` waits for a time")
            .help("write `on idle 5s { … }`");
        self.report(found);
    }
}
