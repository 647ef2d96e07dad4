//! A condition that is compared with `true` or `false`.

use theus_diag::{Code, Diagnostic};
use theus_grammar::ast::expr::BinaryOp;
use theus_hir::{Expr, ExprKind};

use crate::cx::Cx;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    cx.each_expr(&mut |expr, _| {
        let ExprKind::Binary(op @ (BinaryOp::Eq | BinaryOp::Ne), left, right) =
            &expr.kind
        else {
            return;
        };
        let (value, literal) = match (&left.kind, &right.kind) {
            (_, ExprKind::Bool(literal)) => (left, *literal),
            (ExprKind::Bool(literal), _) => (right, *literal),
            _ => return,
        };
        let wanted = literal == (*op == BinaryOp::Eq);
        let text = cx.text(value.span);
        let better = match wanted {
            true => text.to_owned(),
            false => format!("not {text}"),
        };
        let found =
            Diagnostic::new(Code::BoolLiteral, expr.span, "is a condition by itself")
                .title("a condition is compared with a literal");
        tell(match is_simple(value) {
            true => found.fix(format!("write `{better}`"), expr.span, better),
            false => found.help("leave the comparison out"),
        });
    });
}

/// Whether an operator may stand before it.
fn is_simple(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Local(_)
            | ExprKind::Field(_)
            | ExprKind::Member(..)
            | ExprKind::Index(..)
            | ExprKind::Call(..)
    )
}
