//! `old(e)` stands in `ensures`, once, and is about the start of the process. In a body it is
//! the front of a heavy field of two buffers.

use indexmap::IndexSet;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::{Expr, ExprKind, LocalId};

use super::swap::swap_of;
use crate::Cx;
use crate::roots::{Role, each_code};
use theus_hir::walk::{Part, each_expr};

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    each_code(cx.typed, &mut |code| {
        if let (Role::Ensures, Part::Expr(clause)) = (code.role, code.part) {
            let names = |local| code.body.and_then(|body| body.locals.get(local));
            ensures(
                clause,
                &mut |local| names(local).map(|item| item.name.to_string()),
                sink,
            );
            return;
        }
        code.each_expr(&mut |expr| {
            let ExprKind::Old(inner) = &expr.kind else {
                return;
            };
            // The front of a heavy field of two buffers can be read all the time.
            let kept = code.role == Role::Process && swap_of(cx.typed, inner).is_some();
            if !kept {
                let found = Diagnostic::new(Code::MisplacedOld, expr.span, "not in `ensures`")
                    .title(format!("`old` in {}", code.role.text()))
                    .help("`old` compares with the start of a process, so only `ensures` has it");
                sink.push(found);
            }
        });
    });
}

fn ensures(
    clause: &Expr,
    name: &mut dyn FnMut(LocalId) -> Option<String>,
    sink: &mut Sink,
) {
    each_expr(clause, &mut |expr| {
        let ExprKind::Old(inner) = &expr.kind else {
            return;
        };
        let (mut own, mut used) = (IndexSet::new(), Vec::new());
        each_expr(inner, &mut |part| match &part.kind {
            ExprKind::Old(_) => sink.push(nested(part.span, expr.span)),
            ExprKind::Local(local) => used.push((*local, part.span)),
            ExprKind::Quantifier { local, .. } => {
                own.insert(*local);
            }
            ExprKind::Closure(params, _) => own.extend(params.iter().copied()),
            _ => {}
        });
        for (local, span) in used.into_iter().filter(|(local, _)| !own.contains(local)) {
            let name = name(local).unwrap_or_default();
            sink.push(outer_local(&name, span, expr.span));
        }
    });
}

fn nested(span: Span, outer: Span) -> Diagnostic {
    Diagnostic::new(Code::MisplacedOld, span, "inside another `old`")
        .title("`old` inside `old`")
        .label(
            outer,
            "all of this is about the start of the process already",
        )
        .help("remove the inner `old`")
}

fn outer_local(name: &str, span: Span, old: Span) -> Diagnostic {
    Diagnostic::new(
        Code::MisplacedOld,
        span,
        "has no value at the start of the process",
    )
    .title(format!("`old` uses `{name}`"))
    .label(old, "evaluated once, at the start of the process")
    .help(format!(
        "take the old value first and use `{name}` after it: `old(a.x)[{name}]`"
    ))
}
