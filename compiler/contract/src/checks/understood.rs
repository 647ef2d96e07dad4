//! The last line before the gate: a part of the program that an earlier stage gave up on
//! without a word. That is a bug in Theus, and reported as one, rather than compiled.

use theus_diag::{Code, Diagnostic, Sink};
use theus_hir::{ExprKind, Ty};

use crate::Cx;
use crate::roots::each_code;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    if sink.has_errors() {
        return;
    }
    let mut found = None;
    each_code(cx.typed, &mut |code| {
        code.each_expr(&mut |expr| {
            let lost = match expr.kind {
                ExprKind::Error => true,
                ExprKind::Call(callee, ..) => !cx.typed.fns[callee].reached,
                _ => expr.ty == Ty::ERROR,
            };
            if lost && found.is_none() {
                found = Some(expr.span);
            }
        });
    });
    if let Some(span) = found {
        sink.push(
            Diagnostic::new(
                Code::Internal,
                span,
                "this was not understood, and not refused",
            )
            .help("this is a bug in Theus: please report it with the program"),
        );
    }
}
