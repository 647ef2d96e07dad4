//! Changes every expression of a body, from the inside out.

use crate::body::{
    Amount, Block, ClosureBody, Expr, ExprKind, Otherwise, Stmt, StmtKind,
};

/// A change of one expression, whose parts have been changed.
type Change<'f> = &'f mut dyn FnMut(&mut Expr);

/// Changes every expression in a block.
pub(crate) fn change_block(block: &mut Block, change: Change<'_>) {
    block
        .stmts
        .iter_mut()
        .for_each(|stmt| change_stmt(stmt, change));
}

/// Changes an expression and all in it.
pub(crate) fn change_expr(expr: &mut Expr, change: Change<'_>) {
    match &mut expr.kind {
        ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Bool(_)
        | ExprKind::Duration(_)
        | ExprKind::SizeParam(_)
        | ExprKind::None
        | ExprKind::Str(_)
        | ExprKind::Local(_)
        | ExprKind::Const(_)
        | ExprKind::Field(_)
        | ExprKind::Prev(_)
        | ExprKind::Window(_)
        | ExprKind::Tick(_)
        | ExprKind::Draw
        | ExprKind::Error => {}
        ExprKind::Some(one)
        | ExprKind::Member(one, _)
        | ExprKind::Elem(one)
        | ExprKind::Unary(_, one)
        | ExprKind::Cast(one)
        | ExprKind::View(one)
        | ExprKind::Show(one, _)
        | ExprKind::Bounded(one)
        | ExprKind::Fill(one)
        | ExprKind::Let(one, _)
        | ExprKind::Old(one) => change_expr(one, change),
        ExprKind::PoolAt(a, b)
        | ExprKind::RingIndex(a, b)
        | ExprKind::Binary(_, a, b) => {
            all([&mut **a, b], change);
        }
        ExprKind::If(a, b, c) => all([&mut **a, b, c], change),
        ExprKind::InRange { value, lo, hi, .. } => all([&mut **value, lo, hi], change),
        ExprKind::Quantifier { lo, hi, body, .. } => all([&mut **lo, hi, body], change),
        ExprKind::Index(base, some) => {
            change_expr(base, change);
            all(some, change);
        }
        ExprKind::Match(head, arms) => {
            change_expr(head, change);
            for arm in arms {
                all(&mut arm.guard, change);
                change_expr(&mut arm.body, change);
            }
        }
        ExprKind::Update(base, some) => {
            change_expr(base, change);
            all(some.iter_mut().map(|(_, value)| value), change);
        }
        ExprKind::Array(some)
        | ExprKind::Concat(some)
        | ExprKind::Tuple(some)
        | ExprKind::Struct(_, some)
        | ExprKind::Variant(_, _, some)
        | ExprKind::Call(_, _, some)
        | ExprKind::Intrinsic(_, some)
        | ExprKind::Pool(_, some)
        | ExprKind::CallLocal(_, some) => all(some, change),
        ExprKind::After(block, value) => {
            change_block(block, change);
            change_expr(value, change);
        }
        ExprKind::Closure(_, body) => match &mut **body {
            ClosureBody::Expr(value) => change_expr(value, change),
            ClosureBody::Block(block) => change_block(block, change),
        },
        ExprKind::OrElse(value, otherwise) => {
            change_expr(value, change);
            match otherwise {
                Otherwise::Value(value) => change_expr(value, change),
                Otherwise::Raise(_, some) => all(some, change),
                Otherwise::Block(block) => change_block(block, change),
            }
        }
    }
    change(expr);
}

fn change_stmt(stmt: &mut Stmt, change: Change<'_>) {
    match &mut stmt.kind {
        StmtKind::Let(_, value) | StmtKind::Return(value) => all(value, change),
        StmtKind::Expr(value) | StmtKind::Assert(value) => change_expr(value, change),
        StmtKind::Unpack(_, value, otherwise) => {
            change_expr(value, change);
            otherwise
                .iter_mut()
                .for_each(|block| change_block(block, change));
        }
        StmtKind::Assign(place, value)
        | StmtKind::OpAssign(place, _, value)
        | StmtKind::Set(place, value) => all([place, value], change),
        StmtKind::If(cond, then, other) => {
            change_expr(cond, change);
            change_block(then, change);
            change_block(other, change);
        }
        StmtKind::Match(head, arms) => {
            change_expr(head, change);
            for arm in arms {
                all(&mut arm.guard, change);
                change_block(&mut arm.body, change);
            }
        }
        StmtKind::ForRange { lo, hi, body, .. } => {
            all([lo, hi], change);
            change_block(body, change);
        }
        StmtKind::ForEach { over, body, .. } => {
            change_expr(over, change);
            change_block(body, change);
        }
        StmtKind::While {
            cond, max, body, ..
        } => {
            all([max, cond], change);
            change_block(body, change);
        }
        StmtKind::Raise(_, some) => all(some, change),
        StmtKind::Block(body) | StmtKind::Expect(_, body) => change_block(body, change),
        StmtKind::Run { amount, until, .. } => {
            match amount {
                Amount::Ticks(value) | Amount::Time(value) => change_expr(value, change),
            }
            all(until, change);
        }
        StmtKind::Break | StmtKind::Continue | StmtKind::Error => {}
    }
}

fn all<'a>(some: impl IntoIterator<Item = &'a mut Expr>, change: Change<'_>) {
    some.into_iter().for_each(|expr| change_expr(expr, change));
}
