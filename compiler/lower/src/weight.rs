//! Facts of syntax: what an expression contains, and how much code a block makes.

use theus_grammar::ast::expr::{BinaryOp as Op, UnaryOp as Prefix};
use theus_hir::walk::{each_expr, each_expr_of_block, each_expr_of_stmt, each_stmt};
use theus_hir::{
    Block, Expr, ExprKind, GenericArg, Size, Stmt, StmtKind, Ty, TyKind, Typed,
};
use theus_stdlib::Intrinsic;

/// The expression that a place expression starts from.
pub(crate) fn root(e: &Expr) -> &Expr {
    match &e.kind {
        ExprKind::Member(base, _)
        | ExprKind::Index(base, _)
        | ExprKind::Elem(base)
        | ExprKind::PoolAt(base, _)
        | ExprKind::RingIndex(base, _) => root(base),
        _ => e,
    }
}

/// Whether a scalar expression is short and can neither fail nor have an effect, so that it
/// may be evaluated although its value is not needed.
pub(crate) fn is_simple(e: &Expr) -> bool {
    let (mut simple, mut nodes) = (true, 0);
    each_expr(e, &mut |inner| {
        nodes += 1;
        simple &= is_simple_node(inner);
    });
    simple && nodes <= 10
}

fn is_simple_node(e: &Expr) -> bool {
    let float = e.ty == Ty::F64 || e.ty == Ty::F32;
    match &e.kind {
        ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Bool(_)
        | ExprKind::Duration(_)
        | ExprKind::SizeParam(_)
        | ExprKind::Local(_)
        | ExprKind::Field(_)
        | ExprKind::Tick(_)
        | ExprKind::Member(..)
        | ExprKind::InRange { .. } => true,
        ExprKind::Variant(_, _, payload) => payload.is_empty(),
        ExprKind::Unary(op, _) => *op != Prefix::Neg || float,
        ExprKind::Binary(op, left, _) => match op {
            Op::And | Op::Or | Op::Lt | Op::Le | Op::Gt | Op::Ge => true,
            Op::Eq | Op::Ne => matches!(left.ty, Ty::F64 | Ty::F32 | Ty::BOOL | Ty::I64),
            Op::Add | Op::Sub | Op::Mul | Op::Div => float,
            _ => false,
        },
        ExprKind::Intrinsic(
            Intrinsic::Abs | Intrinsic::Min | Intrinsic::Max | Intrinsic::IsNan,
            _,
        ) => float || e.ty == Ty::BOOL,
        _ => false,
    }
}

/// About how many instructions a block makes; bodies of loops that will be unrolled count
/// once a round.
pub(crate) fn block(typed: &Typed, block: &Block, generics: &[GenericArg]) -> u64 {
    block
        .stmts
        .iter()
        .map(|s| stmt(typed, s, generics))
        .fold(0, u64::saturating_add)
}

fn stmt(typed: &Typed, stmt: &Stmt, generics: &[GenericArg]) -> u64 {
    let of = |e: &Expr| expr(typed, e, generics);
    let inside = |b: &Block| block(typed, b, generics);
    match &stmt.kind {
        StmtKind::ForRange {
            lo,
            hi,
            inclusive,
            body,
            ..
        } => {
            let rounds = rounds(lo, hi, *inclusive, generics).unwrap_or(8);
            inside(body).saturating_mul(rounds).saturating_add(4)
        }
        StmtKind::ForEach { over, body, .. } => {
            let rounds = elements(typed, over.ty, generics);
            inside(body).saturating_mul(rounds).saturating_add(of(over))
        }
        StmtKind::While { body, .. } => inside(body).saturating_add(8),
        StmtKind::If(cond, then, other) => of(cond)
            .saturating_add(inside(then))
            .saturating_add(inside(other)),
        StmtKind::Match(value, arms) => arms
            .iter()
            .map(|arm| {
                let guard = arm.guard.as_ref().map_or(0, of);
                inside(&arm.body).saturating_add(guard)
            })
            .fold(of(value), u64::saturating_add),
        StmtKind::Block(b) | StmtKind::Expect(_, b) => inside(b),
        _ => {
            let mut total = 0_u64;
            // Only expressions directly in this statement are left.
            each_expr_of_stmt(stmt, &mut |e| {
                total = total.saturating_add(node(typed, e, generics))
            });
            total
        }
    }
}

fn expr(typed: &Typed, e: &Expr, generics: &[GenericArg]) -> u64 {
    let mut total = 0_u64;
    each_expr(e, &mut |inner| {
        total = total.saturating_add(node(typed, inner, generics))
    });
    total
}

pub(crate) fn node(typed: &Typed, e: &Expr, generics: &[GenericArg]) -> u64 {
    let scalars = elements(typed, e.ty, generics);
    match &e.kind {
        ExprKind::Call(..) => 12,
        ExprKind::CallLocal(..) => 40,
        ExprKind::Binary(Op::MatMul, ..) => scalars.saturating_mul(16),
        ExprKind::Binary(..) | ExprKind::Unary(..) | ExprKind::Fill(_) => scalars,
        _ => 1,
    }
}

pub(crate) fn elements(typed: &Typed, ty: Ty, generics: &[GenericArg]) -> u64 {
    match typed.types.kind(ty) {
        TyKind::Array(_, dims) => dims
            .iter()
            .map(|dim| typed.types.size_number(*dim, generics).unwrap_or(8))
            .fold(1, u64::saturating_mul),
        _ => 1,
    }
}

/// Rounds of a loop between literals or size parameters.
pub(crate) fn rounds(
    lo: &Expr,
    hi: &Expr,
    inclusive: bool,
    generics: &[GenericArg],
) -> Option<u64> {
    let known = |e: &Expr| match &e.kind {
        ExprKind::Int(value) => Some(*value),
        ExprKind::SizeParam(n) => match generics.get(*n as usize) {
            Some(GenericArg::Size(Size::Const(size))) => Some(i128::from(*size)),
            Some(_) | None => None,
        },
        _ => None,
    };
    Some(crate::loops::rounds(known(lo)?, known(hi)?, inclusive))
}

/// Whether a block may write to what a place expression starts from.
pub(crate) fn writes(typed: &Typed, block: &Block, place: &Expr) -> bool {
    let root = root(place);
    let same = |target: &Expr| match (&self::root(target).kind, &root.kind) {
        (ExprKind::Local(a), ExprKind::Local(b)) => a == b,
        (ExprKind::Field(a), ExprKind::Field(b)) => a == b,
        _ => false,
    };
    let mut found = false;
    each_stmt(block, &mut |stmt| {
        found |= match &stmt.kind {
            StmtKind::Assign(target, _) | StmtKind::OpAssign(target, ..) => same(target),
            _ => false,
        };
    });
    each_expr_of_block(block, &mut |e| {
        if let ExprKind::Call(id, _, args) = &e.kind {
            let params = &typed.fns[*id].params;
            found |= params
                .iter()
                .zip(args)
                .any(|(param, arg)| param.inout && same(arg));
        }
    });
    found
}
