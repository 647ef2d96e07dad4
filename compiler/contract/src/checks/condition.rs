//! Conditions and columns of pipelines, rules and alerts cannot fail: there is no process to undo.

use theus_diag::{Code, Diagnostic, Sink};
use theus_hir::{Expr, Typed};

use crate::Cx;
use crate::fallible::{Fallible, Why};
use crate::roots::{Role, each_flow_expr};

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    let mut fallible = Fallible::new(cx.typed);
    let mut check = |role, expr: &Expr| {
        if let Some(why) = fallible.expr(expr) {
            sink.push(can_fail(cx.typed, role, &why));
        }
    };
    for list in cx.typed.flows() {
        each_flow_expr(list, &mut check);
    }
    let rules = cx.typed.audits.iter().flat_map(|audit| &audit.rules);
    rules.for_each(|rule| check(Role::Rule, &rule.holds));
    let alerts = cx
        .typed
        .alerts
        .iter()
        .flat_map(theus_hir::Alert::conditions);
    alerts.for_each(|expr| check(Role::Alert, expr));
}

fn can_fail(typed: &Typed, role: Role, why: &Why) -> Diagnostic {
    let title = format!("{} can fail: {}", role.text(), why.text);
    let Some((callee, span)) = why.within else {
        return Diagnostic::new(Code::FallibleCondition, why.span, why.text)
            .title(title)
            .help("say what holds then, with `… ?? value`, or compute it in a process");
    };
    let name = &typed.fns[callee].head.name;
    Diagnostic::new(
        Code::FallibleCondition,
        why.span,
        format!("calls `{name}`, which can fail"),
    )
    .title(title)
    .label(span, why.text)
    .help("compute it in a process, and test the field that it writes")
}
