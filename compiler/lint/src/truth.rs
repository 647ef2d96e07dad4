//! Conditions that are the same in every run: by their literals, and by the ranges of fields.

use theus_grammar::ast::expr::{BinaryOp, UnaryOp};
use theus_hir::{Expr, ExprKind};

use crate::bounds::{Bounds, Locals, bounds};
use crate::cx::Cx;

/// Whether a condition always holds, or never; `None` if it depends.
pub(crate) fn truth(cx: &Cx<'_>, expr: &Expr) -> Option<bool> {
    Truth { cx, ranges: true }.of(expr)
}

/// The same by its literals alone: what a process promises of a field with a range may say
/// again what the range says.
pub(crate) fn literal_truth(cx: &Cx<'_>, expr: &Expr) -> Option<bool> {
    Truth { cx, ranges: false }.of(expr)
}

struct Truth<'c, 'a> {
    cx: &'c Cx<'a>,
    /// Whether the ranges of fields count.
    ranges: bool,
}

impl Truth<'_, '_> {
    fn of(&self, expr: &Expr) -> Option<bool> {
        match &expr.kind {
            ExprKind::Bool(value) => Some(*value),
            ExprKind::Const(id) => self.of(&self.cx.typed.consts[*id].value),
            ExprKind::Unary(UnaryOp::Not, inner) => self.of(inner).map(|value| !value),
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right),
            ExprKind::InRange {
                value,
                lo,
                hi,
                inclusive,
            } => {
                let below = if *inclusive {
                    BinaryOp::Le
                } else {
                    BinaryOp::Lt
                };
                let (lo, hi) = (
                    self.binary(BinaryOp::Ge, value, lo),
                    self.binary(below, value, hi),
                );
                both(lo, hi)
            }
            _ => None,
        }
    }

    fn binary(&self, op: BinaryOp, left: &Expr, right: &Expr) -> Option<bool> {
        match op {
            BinaryOp::And => both(self.of(left), self.of(right)),
            BinaryOp::Or => either(self.of(left), self.of(right)),
            BinaryOp::Implies => {
                let premise = self.of(left).map(|value| !value);
                either(premise, self.of(right))
            }
            BinaryOp::Lt => less(self.bounds(left)?, self.bounds(right)?),
            BinaryOp::Gt => less(self.bounds(right)?, self.bounds(left)?),
            BinaryOp::Ge => {
                less(self.bounds(left)?, self.bounds(right)?).map(|less| !less)
            }
            BinaryOp::Le => {
                less(self.bounds(right)?, self.bounds(left)?).map(|less| !less)
            }
            BinaryOp::Eq => equal(self.bounds(left)?, self.bounds(right)?),
            BinaryOp::Ne => {
                equal(self.bounds(left)?, self.bounds(right)?).map(|equal| !equal)
            }
            BinaryOp::Add
            | BinaryOp::Sub
            | BinaryOp::Mul
            | BinaryOp::Div
            | BinaryOp::Rem
            | BinaryOp::MatMul
            | BinaryOp::BitAnd
            | BinaryOp::BitOr
            | BinaryOp::BitXor
            | BinaryOp::Shl
            | BinaryOp::Shr => None,
        }
    }

    fn bounds(&self, expr: &Expr) -> Option<Bounds> {
        bounds(self.cx, &Locals::new(), self.ranges, expr)
    }
}

fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        (None | Some(true), None) | (None, Some(true)) => None,
    }
}

fn either(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    let not = |value: Option<bool>| value.map(|value| !value);
    not(both(not(a), not(b)))
}

fn less(a: Bounds, b: Bounds) -> Option<bool> {
    if a.1 < b.0 {
        Some(true)
    } else if a.0 >= b.1 {
        Some(false)
    } else {
        None
    }
}

fn equal(a: Bounds, b: Bounds) -> Option<bool> {
    if a.1 < b.0 || b.1 < a.0 {
        Some(false)
    } else if a == b && a.0 == a.1 {
        Some(true)
    } else {
        None
    }
}
