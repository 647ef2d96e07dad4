//! An operator with the same operand on both sides.

use theus_diag::{Code, Diagnostic};
use theus_grammar::ast::expr::BinaryOp;
use theus_hir::{ExprKind, TyKind};

use crate::cx::Cx;
use crate::same::{is_literal, same};

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    cx.each_expr(&mut |expr, _| {
        let ExprKind::Binary(op, left, right) = &expr.kind else {
            return;
        };
        let is_float = matches!(cx.typed.types.kind(left.ty), TyKind::Float(_));
        if is_suspect(*op, is_float) && !is_literal(left) && same(cx, left, right) {
            let title = format!("both sides of `{}` are the same", op.text());
            tell(
                Diagnostic::new(Code::SameOperands, expr.span, "the same in every run")
                    .title(title)
                    .help("one of the two is meant to be something else, or this can go"),
            );
        }
    });
}

/// Whether the result is always the same. `x != x` of floats asks for NaN.
fn is_suspect(op: BinaryOp, is_float: bool) -> bool {
    match op {
        BinaryOp::Eq | BinaryOp::Ne => !is_float,
        BinaryOp::Sub
        | BinaryOp::Div
        | BinaryOp::Rem
        | BinaryOp::BitAnd
        | BinaryOp::BitOr
        | BinaryOp::BitXor
        | BinaryOp::Lt
        | BinaryOp::Le
        | BinaryOp::Gt
        | BinaryOp::Ge
        | BinaryOp::And
        | BinaryOp::Or
        | BinaryOp::Implies => true,
        BinaryOp::Add
        | BinaryOp::Mul
        | BinaryOp::MatMul
        | BinaryOp::Shl
        | BinaryOp::Shr => false,
    }
}
