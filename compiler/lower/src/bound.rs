//! Static bounds: how often one run of a process can push to a ring.

use theus_hir::item::{Process, Target};
use theus_hir::walk::{each_expr, each_expr_of_stmt};
use theus_hir::{
    Block, Expr, ExprKind, FieldId, GenericArg, Size, Stmt, StmtKind, TyKind, Typed,
};
use theus_stdlib::Intrinsic;

use crate::access::root_field;
use crate::weight::rounds;

/// Spare slots that make a ring undoable without a copy: as many as one process run can
/// push, or none if that is more than its capacity (then the process copies the ring).
pub(crate) fn spare_slots(typed: &Typed, field: FieldId, capacity: u64) -> u64 {
    let context = typed.fields[field].context;
    // What a process writes stands in its contract.
    let written = |process: &&Process| {
        process.outputs.iter().any(|entry| match &entry.target {
            Target::Field(named, _) => *named == field,
            Target::Context(named) => *named == context,
            Target::Tick | Target::Random | Target::Error => false,
        })
    };
    let processes = typed.processes.values().filter(written);
    let pushes = processes.map(|process| pushes_of(typed, process, field));
    pushes
        .filter(|pushes| *pushes <= capacity)
        .max()
        .unwrap_or(0)
}

/// Most pushes to a field in one run of a process.
pub(crate) fn pushes_of(typed: &Typed, process: &Process, field: FieldId) -> u64 {
    let once = pushes(typed, &process.body.block, field);
    let Some(each) = &process.each else {
        return once;
    };
    let elements = match typed.types.kind(typed.fields[each.field].ty) {
        TyKind::Array(_, dims) => dims.first().map_or(u64::MAX, known),
        TyKind::Pool(_, size, _) => known(size),
        _ => typed
            .list_parts(typed.fields[each.field].ty)
            .map_or(u64::MAX, |(_, size)| known(&size)),
    };
    saturating(once, elements)
}

/// Most pushes to a field in one run of a block; `u64::MAX` where that is not known.
pub(crate) fn pushes(typed: &Typed, block: &Block, field: FieldId) -> u64 {
    block
        .stmts
        .iter()
        .map(|stmt| of_stmt(typed, stmt, field))
        .fold(0, u64::saturating_add)
}

/// How many values a collection has room for.
pub(crate) fn room_of(typed: &Typed, field: FieldId) -> u64 {
    let size = match typed.types.kind(typed.fields[field].ty) {
        TyKind::Ring(_, size) | TyKind::Pool(_, size, _) => Some(*size),
        TyKind::Struct(_, args) => args.iter().find_map(|arg| match arg {
            GenericArg::Size(size) => Some(*size),
            GenericArg::Ty(_) => None,
        }),
        _ => None,
    };
    size.map_or(0, crate::layout::size_of)
}

fn of_stmt(typed: &Typed, stmt: &Stmt, field: FieldId) -> u64 {
    let inside = |block: &Block| pushes(typed, block, field);
    match &stmt.kind {
        // A whole ring, or an element that is there.
        StmtKind::Assign(target, _) | StmtKind::OpAssign(target, ..)
            if root_field(target) == Some(field) =>
        {
            u64::MAX
        }
        StmtKind::ForRange {
            lo,
            hi,
            inclusive,
            body,
            ..
        } => {
            let rounds = rounds(lo, hi, *inclusive, &[]);
            saturating(inside(body), rounds.unwrap_or(u64::MAX))
        }
        StmtKind::ForEach { over, body, .. } => {
            let rounds = match typed.types.kind(over.ty) {
                TyKind::Array(_, dims) => dims.first().map_or(u64::MAX, known),
                TyKind::Ring(_, size) => known(size),
                TyKind::Pool(_, _, rules) if is_owned(over) => {
                    rules.owner.map_or(u64::MAX, |owner| owner.max)
                }
                _ => typed
                    .list_parts(over.ty)
                    .map_or(u64::MAX, |(_, size)| known(&size)),
            };
            saturating(inside(body), rounds)
        }
        StmtKind::While { top, body, .. } => saturating(inside(body), *top),
        StmtKind::If(cond, then, other) => {
            of_expr(cond, field).saturating_add(inside(then).max(inside(other)))
        }
        StmtKind::Match(value, arms) => {
            let most = arms.iter().map(|arm| inside(&arm.body)).max();
            let guards = arms.iter().filter_map(|arm| arm.guard.as_ref());
            let guards = guards.map(|guard| of_expr(guard, field));
            guards
                .fold(of_expr(value, field), u64::saturating_add)
                .saturating_add(most.unwrap_or(0))
        }
        StmtKind::Block(block) => inside(block),
        _ => {
            let mut total = 0_u64;
            each_expr_of_stmt(stmt, &mut |e| {
                total = total.saturating_add(of_node(e, field))
            });
            total
        }
    }
}

/// Whether it is what belongs to one element, or the handles of that.
fn is_owned(over: &Expr) -> bool {
    match &over.kind {
        ExprKind::Owned(..) => true,
        ExprKind::Pool(_, args) => args.first().is_some_and(is_owned),
        _ => false,
    }
}

fn of_expr(e: &Expr, field: FieldId) -> u64 {
    let mut total = 0_u64;
    each_expr(e, &mut |inner| {
        total = total.saturating_add(of_node(inner, field))
    });
    total
}

fn of_node(e: &Expr, field: FieldId) -> u64 {
    match &e.kind {
        ExprKind::Intrinsic(Intrinsic::Push, args) => {
            u64::from(args.first().and_then(root_field) == Some(field))
        }
        // A function that gets the ring may push as often as it likes.
        ExprKind::Call(_, _, args) | ExprKind::CallLocal(_, args)
            if args.iter().any(|arg| root_field(arg) == Some(field)) =>
        {
            u64::MAX
        }
        _ => 0,
    }
}

const fn known(size: &Size) -> u64 {
    match size {
        Size::Const(size) => *size,
        Size::Param(_) | Size::Of(_) | Size::Start(_) | Size::Error => u64::MAX,
    }
}

/// A product in which nothing times anything stays nothing.
const fn saturating(a: u64, b: u64) -> u64 {
    if a == 0 { 0 } else { a.saturating_mul(b) }
}
