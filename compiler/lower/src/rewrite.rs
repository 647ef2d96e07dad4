//! How much of a field one run of a process surely writes.

use theus_hir::{Block, Expr, ExprKind, FieldId, Size, Stmt, StmtKind, TyKind, Typed};

use crate::access::root_field;
use crate::layout::shape;

/// Bytes that every run of a block writes to a field, as far as its text shows: what is
/// written under a condition, or a number of times that is not known, does not count.
pub(crate) fn surely(typed: &Typed, block: &Block, field: FieldId) -> u64 {
    let bytes = block.stmts.iter().map(|stmt| of_stmt(typed, stmt, field));
    bytes.fold(0, u64::saturating_add)
}

fn of_stmt(typed: &Typed, stmt: &Stmt, field: FieldId) -> u64 {
    let inside = |block: &Block| surely(typed, block, field);
    match &stmt.kind {
        StmtKind::Assign(target, _) | StmtKind::OpAssign(target, ..)
            if root_field(target) == Some(field) =>
        {
            shape(typed, &mut typed.types.clone(), target.ty).size()
        }
        StmtKind::ForRange {
            lo,
            hi,
            inclusive,
            body,
            ..
        } => inside(body).saturating_mul(rounds(lo, hi, *inclusive)),
        StmtKind::ForEach { over, body, .. } => {
            let rounds = match typed.types.kind(over.ty) {
                TyKind::Array(_, dims) => dims.first().map_or(0, known),
                _ => 0,
            };
            inside(body).saturating_mul(rounds)
        }
        StmtKind::If(_, then, other) => inside(then).min(inside(other)),
        StmtKind::Block(block) => inside(block),
        _ => 0,
    }
}

/// Rounds of a loop between literals; else none that are sure.
fn rounds(lo: &Expr, hi: &Expr, inclusive: bool) -> u64 {
    match (&lo.kind, &hi.kind) {
        (ExprKind::Int(lo), ExprKind::Int(hi)) => {
            let rounds = hi.saturating_sub(*lo).saturating_add(inclusive.into());
            u64::try_from(rounds.max(0)).unwrap_or(u64::MAX)
        }
        _ => 0,
    }
}

const fn known(size: &Size) -> u64 {
    match size {
        Size::Const(size) => *size,
        Size::Param(_) | Size::Start(_) | Size::Error => 0,
    }
}
