//! Between which two values an integer or duration lies, as far as its text tells.

use theus_grammar::ast::expr::{BinaryOp, UnaryOp};
use theus_hir::{Expr, ExprKind, IntTy, Size, Ty, TyKind};
use theus_stdlib::Intrinsic;

use super::Walk;

/// Least and greatest value.
pub(super) type Interval = (i128, i128);

/// Values are looked for this deep in an expression.
const MOST_DEPTH: usize = 32;

impl Walk<'_, '_> {
    /// The interval of an integer or a duration; `None` for other types.
    pub(super) fn interval(&self, expr: &Expr) -> Option<Interval> {
        self.interval_at(expr, MOST_DEPTH)
    }

    fn interval_at(&self, expr: &Expr, depth: usize) -> Option<Interval> {
        let all = self.range_of(expr.ty)?;
        let Some(depth) = depth.checked_sub(1) else {
            return Some(all);
        };
        let part = |part: &Expr| self.interval_at(part, depth);
        let found = match &expr.kind {
            ExprKind::Int(value) => Some((*value, *value)),
            ExprKind::Duration(value) => Some((i128::from(*value), i128::from(*value))),
            ExprKind::Const(id) => part(&self.all.typed.consts[*id].value),
            ExprKind::SizeParam(at) => self
                .size(Size::Param(*at))
                .map(|size| (i128::from(size), i128::from(size))),
            // Counts and times since the start are not negative.
            ExprKind::Tick(_) => Some((0, all.1)),
            ExprKind::Local(local) => self.known.get(local).copied(),
            ExprKind::Unary(UnaryOp::Neg, one) => part(one).map(|(lo, hi)| (-hi, -lo)),
            ExprKind::Cast(one) => part(one),
            ExprKind::If(_, a, b) => part(a)
                .zip(part(b))
                .map(|(a, b)| (a.0.min(b.0), a.1.max(b.1))),
            ExprKind::Binary(op, a, b) => {
                part(a).zip(part(b)).and_then(|(a, b)| combine(*op, a, b))
            }
            ExprKind::Intrinsic(Intrinsic::Len, args) => {
                args.first().and_then(|arg| self.length(arg.ty))
            }
            _ => None,
        };
        // What leaves its type is a fault there, and no value here.
        Some(found.filter(|found| within(*found, all)).unwrap_or(all))
    }

    fn length(&self, ty: Ty) -> Option<Interval> {
        match self.all.typed.types.kind(ty) {
            TyKind::Array(_, dims) => {
                let size = i128::from(self.size(*dims.first()?)?);
                Some((size, size))
            }
            TyKind::Ring(_, size) => Some((0, i128::from(self.size(*size)?))),
            _ => None,
        }
    }

    /// All values of an integer type or of durations.
    pub(super) fn range_of(&self, ty: Ty) -> Option<Interval> {
        match self.all.typed.types.kind(self.scalar(ty)) {
            TyKind::Int(int) => Some(int_range(*int)),
            TyKind::Duration | TyKind::Instant => {
                Some((i128::from(i64::MIN), i128::from(i64::MAX)))
            }
            _ => None,
        }
    }
}

/// Whether all of the first lies in the second.
pub(super) const fn within(inner: Interval, outer: Interval) -> bool {
    inner.0 >= outer.0 && inner.1 <= outer.1
}

/// The interval of `a op b`, without regard to its type.
pub(super) fn combine(op: BinaryOp, a: Interval, b: Interval) -> Option<Interval> {
    match op {
        BinaryOp::Add => Some((a.0 + b.0, a.1 + b.1)),
        BinaryOp::Sub => Some((a.0 - b.1, a.1 - b.0)),
        BinaryOp::Mul => corners(a, b, i128::checked_mul),
        BinaryOp::Div if b.0 > 0 || b.1 < 0 => corners(a, b, i128::checked_div),
        BinaryOp::Rem if b.0 > 0 => {
            let most = b.1 - 1;
            let lo = if a.0 >= 0 { 0 } else { (-most).max(a.0) };
            Some((lo, if a.1 <= 0 { 0 } else { most.min(a.1) }))
        }
        BinaryOp::BitAnd if a.0 >= 0 && b.0 >= 0 => Some((0, a.1.min(b.1))),
        BinaryOp::BitAnd if b.0 >= 0 => Some((0, b.1)),
        BinaryOp::Shr if a.0 >= 0 && b.0 >= 0 && b.1 < 128 => {
            Some((a.0 >> b.1, a.1 >> b.0))
        }
        BinaryOp::Div
        | BinaryOp::Rem
        | BinaryOp::MatMul
        | BinaryOp::BitAnd
        | BinaryOp::BitOr
        | BinaryOp::BitXor
        | BinaryOp::Shl
        | BinaryOp::Shr
        | BinaryOp::Eq
        | BinaryOp::Ne
        | BinaryOp::Lt
        | BinaryOp::Le
        | BinaryOp::Gt
        | BinaryOp::Ge
        | BinaryOp::And
        | BinaryOp::Or
        | BinaryOp::Implies => None,
    }
}

/// The least and greatest result at the four corners: right for `*`, and for `/` where the
/// divisor keeps its sign.
fn corners(
    a: Interval,
    b: Interval,
    of: impl Fn(i128, i128) -> Option<i128>,
) -> Option<Interval> {
    let all = [of(a.0, b.0)?, of(a.0, b.1)?, of(a.1, b.0)?, of(a.1, b.1)?];
    let lo = all.into_iter().min()?;
    Some((lo, all.into_iter().max()?))
}

/// All values of an integer type.
const fn int_range(int: IntTy) -> Interval {
    let bits = if int.bits > 64 { 64 } else { int.bits };
    if int.signed && bits > 0 {
        (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    } else {
        (0, (1 << bits) - 1)
    }
}
