//! A conversion to the type that a value has already.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_hir::{ExprKind, TyKind};

use crate::cx::Cx;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    cx.each_expr(&mut |expr, _| {
        let ExprKind::Cast(inner) = &expr.kind else {
            return;
        };
        let is_known = matches!(
            cx.typed.types.kind(expr.ty),
            TyKind::Int(_) | TyKind::Float(_)
        );
        // A literal may be the first that says what type a formula has.
        let literal = matches!(inner.kind, ExprKind::Int(_) | ExprKind::Float(_));
        if !is_known || inner.ty != expr.ty || literal {
            return;
        }
        let name = theus_hir::show::ty(cx.typed, &[], expr.ty);
        let cut = Span::new(expr.span.file, inner.span.end, expr.span.end);
        let found = Diagnostic::new(
            Code::NeedlessCast,
            expr.span,
            format!("is `{name}` already"),
        )
        .title("a conversion that changes nothing");
        tell(match cx.text(cut).trim_start().starts_with("as") {
            true => found.fix("leave it out", cut, ""),
            false => found.help("leave it out"),
        });
    });
}
