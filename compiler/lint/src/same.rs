//! When two expressions are the same: equal words, and nothing in them that differs from one
//! evaluation to the next.

use theus_hir::walk::each_expr;
use theus_hir::{Expr, ExprKind};

use crate::cx::Cx;

/// Whether two expressions surely have the same value.
pub(crate) fn same(cx: &Cx<'_>, a: &Expr, b: &Expr) -> bool {
    let (a_text, b_text) = (words(cx.text(a.span)), words(cx.text(b.span)));
    !a_text.is_empty() && a_text == b_text && kinds(a) == kinds(b) && is_pure(a)
}

/// What an expression is made of: `prev(x)` stands where `x` stands in it.
fn kinds(expr: &Expr) -> Vec<std::mem::Discriminant<ExprKind>> {
    let mut found = Vec::new();
    each_expr(expr, &mut |expr| {
        found.push(std::mem::discriminant(&expr.kind))
    });
    found
}

/// A text without its blanks.
pub(crate) fn words(text: &str) -> String {
    text.split_whitespace().collect()
}

fn is_pure(expr: &Expr) -> bool {
    let mut pure = true;
    each_expr(expr, &mut |expr| {
        pure &= !matches!(
            expr.kind,
            ExprKind::Draw
                | ExprKind::Timer(..)
                | ExprKind::Call(..)
                | ExprKind::CallLocal(..)
                | ExprKind::Pool(..)
        );
    });
    pure
}

/// Whether an expression is a literal: whoever compares two of them says so on purpose.
pub(crate) fn is_literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Bool(_)
        | ExprKind::Duration(_)
        | ExprKind::Const(_)
        | ExprKind::Str(_)
        | ExprKind::None => true,
        ExprKind::Unary(_, inner) => is_literal(inner),
        _ => false,
    }
}
