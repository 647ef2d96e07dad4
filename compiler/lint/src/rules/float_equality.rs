//! Two floats that are the same to the last bit.

use indexmap::IndexSet;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr::BinaryOp;
use theus_hir::walk::each_expr;
use theus_hir::{ExprKind, TyKind};

use crate::cx::Cx;
use crate::same::{is_literal, same};
use crate::visit::Home;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    let ties = ties(cx);
    cx.each_expr(&mut |expr, home| {
        let ExprKind::Binary(op @ (BinaryOp::Eq | BinaryOp::Ne), left, right) =
            &expr.kind
        else {
            return;
        };
        let is_float = matches!(cx.typed.types.kind(left.ty), TyKind::Float(_));
        // A literal is meant to the bit, `x != x` asks for NaN, and tests repeat to the bit.
        let meant = is_literal(left) || is_literal(right) || same(cx, left, right);
        if is_float && !meant && home != Home::Test && !ties.contains(&expr.span) {
            let (a, b) = (cx.text(left.span), cx.text(right.span));
            let sign = if *op == BinaryOp::Eq { "<" } else { ">=" };
            tell(
                Diagnostic::new(Code::FloatEquality, expr.span, "compares every bit")
                    .help(format!(
                        "say how near is near enough: `abs({a} - ({b})) {sign} 1e-9`"
                    )),
            );
        }
    });
}

/// Equalities that break ties: `a > b or (a == b and …)`.
fn ties(cx: &Cx<'_>) -> IndexSet<Span> {
    let mut found = IndexSet::new();
    cx.each_expr(&mut |expr, _| {
        let ExprKind::Binary(BinaryOp::Or, ordered, tied) = &expr.kind else {
            return;
        };
        let ExprKind::Binary(BinaryOp::Lt | BinaryOp::Gt, a, b) = &ordered.kind else {
            return;
        };
        each_expr(tied, &mut |part| {
            if let ExprKind::Binary(BinaryOp::Eq, left, right) = &part.kind
                && (same(cx, left, a) && same(cx, right, b)
                    || same(cx, left, b) && same(cx, right, a))
            {
                found.insert(part.span);
            }
        });
    });
    found
}
