//! The parts of expressions and statements, in the order in which they are evaluated.

use crate::body::{
    Amount, Block, ClosureBody, Expr, ExprKind, Otherwise, Stmt, StmtKind,
};

/// A part of an expression or statement.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// A value (or a place).
    Expr(&'a Expr),
    /// A block.
    Block(&'a Block),
}

/// A receiver of parts.
pub type Take<'f, 'a> = &'f mut dyn FnMut(Part<'a>);

/// A part that may be changed.
pub(crate) enum PartMut<'a> {
    Expr(&'a mut Expr),
    Block(&'a mut Block),
}

/// A receiver of parts that may be changed.
pub(crate) type TakeMut<'f, 'a> = &'f mut dyn FnMut(PartMut<'a>);

/// The match behind the parts of an expression, for those who read and those who change.
macro_rules! expr_parts {
    ($expr:ident, $take:ident, $Part:ident, $exprs:ident $(, $change:tt)?) => {
        match & $($change)? $expr.kind {
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
            | ExprKind::Timer(..)
            | ExprKind::Error => {}
            ExprKind::Some(one)
            | ExprKind::Member(one, _)
            | ExprKind::Elem(one)
            | ExprKind::Owned(one, _)
            | ExprKind::Unary(_, one)
            | ExprKind::Cast(one)
            | ExprKind::View(one)
            | ExprKind::Show(one, _)
            | ExprKind::Bounded(one)
            | ExprKind::Fill(one)
            | ExprKind::Let(one, _)
            | ExprKind::Old(one) => $take($Part::Expr(one)),
            ExprKind::PoolAt(a, b)
            | ExprKind::RingIndex(a, b)
            | ExprKind::Binary(_, a, b) => $exprs([& $($change)? **a, b], $take),
            ExprKind::If(a, b, c) => $exprs([& $($change)? **a, b, c], $take),
            ExprKind::InRange { value, lo, hi, .. } => {
                $exprs([& $($change)? **value, lo, hi], $take);
            }
            ExprKind::Quantifier { lo, hi, body, .. } => {
                $exprs([& $($change)? **lo, hi, body], $take);
            }
            ExprKind::Index(base, some) => {
                $take($Part::Expr(base));
                $exprs(some, $take);
            }
            ExprKind::Match(head, arms) => {
                $take($Part::Expr(head));
                for arm in arms {
                    $exprs(& $($change)? arm.guard, $take);
                    $take($Part::Expr(& $($change)? arm.body));
                }
            }
            ExprKind::Update(base, some) => {
                $take($Part::Expr(base));
                for (_, value) in some {
                    $take($Part::Expr(value));
                }
            }
            ExprKind::Array(some)
            | ExprKind::Concat(some)
            | ExprKind::Tuple(some)
            | ExprKind::Struct(_, some)
            | ExprKind::Variant(_, _, some)
            | ExprKind::Call(_, _, some)
            | ExprKind::Intrinsic(_, some)
            | ExprKind::Pool(_, some)
            | ExprKind::CallLocal(_, some) => $exprs(some, $take),
            ExprKind::After(block, value) => {
                $take($Part::Block(block));
                $take($Part::Expr(value));
            }
            ExprKind::Closure(_, body) => match & $($change)? **body {
                ClosureBody::Expr(value) => $take($Part::Expr(value)),
                ClosureBody::Block(block) => $take($Part::Block(block)),
            },
            ExprKind::OrElse(value, otherwise) => {
                $take($Part::Expr(value));
                match otherwise {
                    Otherwise::Value(value) => $take($Part::Expr(value)),
                    Otherwise::Raise(_, some) => $exprs(some, $take),
                    Otherwise::Block(block) => $take($Part::Block(block)),
                }
            }
        }
    };
}

/// The match behind the parts of a statement.
macro_rules! stmt_parts {
    ($stmt:ident, $take:ident, $Part:ident, $exprs:ident $(, $change:tt)?) => {
        match & $($change)? $stmt.kind {
            StmtKind::Let(_, value) | StmtKind::Return(value) => $exprs(value, $take),
            StmtKind::Expr(value) => $take($Part::Expr(value)),
            StmtKind::Assert(value, why) => {
                $take($Part::Expr(value));
                $exprs(why, $take);
            }
            StmtKind::Unpack(_, value, otherwise) => {
                $take($Part::Expr(value));
                if let Some(otherwise) = otherwise {
                    $take($Part::Block(otherwise));
                }
            }
            StmtKind::Assign(place, value)
            | StmtKind::OpAssign(place, _, value)
            | StmtKind::Set(place, value) => $exprs([place, value], $take),
            StmtKind::If(cond, then, other) => {
                $take($Part::Expr(cond));
                $take($Part::Block(then));
                $take($Part::Block(other));
            }
            StmtKind::Match(head, arms) => {
                $take($Part::Expr(head));
                for arm in arms {
                    $exprs(& $($change)? arm.guard, $take);
                    $take($Part::Block(& $($change)? arm.body));
                }
            }
            StmtKind::ForRange { lo, hi, body, .. } => {
                $exprs([lo, hi], $take);
                $take($Part::Block(body));
            }
            StmtKind::ForEach { over, body, .. } => {
                $take($Part::Expr(over));
                $take($Part::Block(body));
            }
            StmtKind::While {
                cond, max, body, ..
            } => {
                $exprs([max, cond], $take);
                $take($Part::Block(body));
            }
            StmtKind::Raise(_, some) => $exprs(some, $take),
            StmtKind::Block(body) | StmtKind::Expect(_, body) => {
                $take($Part::Block(body));
            }
            StmtKind::Run { amount, until, .. } => {
                match amount {
                    Amount::Ticks(value) | Amount::Time(value) => $take($Part::Expr(value)),
                }
                $exprs(until, $take);
            }
            StmtKind::Break | StmtKind::Continue | StmtKind::Error => {}
        }
    };
}

/// The direct parts of an expression.
pub fn parts_of_expr<'a>(expr: &'a Expr, take: Take<'_, 'a>) {
    expr_parts!(expr, take, Part, exprs);
}

/// The direct parts of a statement.
pub fn parts_of_stmt<'a>(stmt: &'a Stmt, take: Take<'_, 'a>) {
    stmt_parts!(stmt, take, Part, exprs);
}

/// The direct parts of an expression, to be changed.
pub(crate) fn parts_of_expr_mut<'a>(expr: &'a mut Expr, take: TakeMut<'_, 'a>) {
    expr_parts!(expr, take, PartMut, exprs_mut, mut);
}

/// The direct parts of a statement, to be changed.
pub(crate) fn parts_of_stmt_mut<'a>(stmt: &'a mut Stmt, take: TakeMut<'_, 'a>) {
    stmt_parts!(stmt, take, PartMut, exprs_mut, mut);
}

fn exprs<'a>(some: impl IntoIterator<Item = &'a Expr>, take: Take<'_, 'a>) {
    some.into_iter().for_each(|expr| take(Part::Expr(expr)));
}

fn exprs_mut<'a>(some: impl IntoIterator<Item = &'a mut Expr>, take: TakeMut<'_, 'a>) {
    some.into_iter().for_each(|expr| take(PartMut::Expr(expr)));
}

/// The expression and every expression in it, blocks of closures included, outside in.
pub fn each_expr<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    visit(expr);
    parts_of_expr(expr, &mut |part| each_in(part, visit));
}

/// Every expression of a block.
pub fn each_expr_of_block<'a>(block: &'a Block, visit: &mut dyn FnMut(&'a Expr)) {
    for stmt in &block.stmts {
        each_expr_of_stmt(stmt, visit);
    }
}

/// Every expression of a statement.
pub fn each_expr_of_stmt<'a>(stmt: &'a Stmt, visit: &mut dyn FnMut(&'a Expr)) {
    parts_of_stmt(stmt, &mut |part| each_in(part, visit));
}

fn each_in<'a>(part: Part<'a>, visit: &mut dyn FnMut(&'a Expr)) {
    match part {
        Part::Expr(expr) => each_expr(expr, visit),
        Part::Block(block) => each_expr_of_block(block, visit),
    }
}

/// Every statement of a block, those in closures included.
pub fn each_stmt<'a>(block: &'a Block, visit: &mut dyn FnMut(&'a Stmt)) {
    for stmt in &block.stmts {
        visit(stmt);
        parts_of_stmt(stmt, &mut |part| match part {
            Part::Block(block) => each_stmt(block, visit),
            Part::Expr(expr) => each_stmt_of_expr(expr, visit),
        });
    }
}

fn each_stmt_of_expr<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Stmt)) {
    parts_of_expr(expr, &mut |part| match part {
        Part::Block(block) => each_stmt(block, visit),
        Part::Expr(expr) => each_stmt_of_expr(expr, visit),
    });
}
