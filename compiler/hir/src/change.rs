//! Changes every expression of a body, from the inside out.

use crate::body::{Block, Expr};
use crate::walk::{PartMut, parts_of_expr_mut, parts_of_stmt_mut};

/// A change of one expression, whose parts have been changed.
type Change<'f> = &'f mut dyn FnMut(&mut Expr);

/// Changes every expression in a block.
pub(crate) fn change_block(block: &mut Block, change: Change<'_>) {
    for stmt in &mut block.stmts {
        parts_of_stmt_mut(stmt, &mut |part| change_part(part, change));
    }
}

/// Changes an expression and all in it.
pub(crate) fn change_expr(expr: &mut Expr, change: Change<'_>) {
    parts_of_expr_mut(expr, &mut |part| change_part(part, change));
    change(expr);
}

fn change_part(part: PartMut<'_>, change: Change<'_>) {
    match part {
        PartMut::Expr(expr) => change_expr(expr, change),
        PartMut::Block(block) => change_block(block, change),
    }
}
