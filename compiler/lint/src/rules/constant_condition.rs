//! A branch that is always taken, or never.

use theus_diag::{Code, Diagnostic};
use theus_hir::flow::{FlowKind, each_flow};
use theus_hir::{Expr, ExprKind, StmtKind};

use crate::cx::Cx;
use crate::truth::truth;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    for list in cx.typed.flows() {
        each_flow(list, &mut |flow| match &flow.kind {
            FlowKind::When(cond, ..) | FlowKind::On(cond, ..) => one(cx, cond, tell),
            FlowKind::Enter(_, _, Some(cond)) => one(cx, cond, tell),
            FlowKind::Repeat(repeat, _) => {
                repeat.until.iter().for_each(|cond| one(cx, cond, tell));
            }
            _ => {}
        });
    }
    cx.each_stmt(&mut |stmt, _| {
        if let StmtKind::If(cond, ..) = &stmt.kind {
            one(cx, cond, tell);
        }
    });
    cx.each_expr(&mut |expr, _| {
        if let ExprKind::If(cond, ..) = &expr.kind {
            one(cx, cond, tell);
        }
    });
}

fn one(cx: &Cx<'_>, cond: &Expr, tell: &mut dyn FnMut(Diagnostic)) {
    if let Some(holds) = truth(cx, cond) {
        let (title, help) = match holds {
            true => (
                "a condition that always holds",
                "keep what it guards, without it",
            ),
            false => (
                "a condition that never holds",
                "what it guards never runs: leave it out",
            ),
        };
        let found =
            Diagnostic::new(Code::ConstantCondition, cond.span, "the same in every run");
        tell(found.title(title).help(help));
    }
}
