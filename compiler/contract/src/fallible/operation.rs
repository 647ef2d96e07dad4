//! Which operations can fail.

use theus_abi::Fault;
use theus_grammar::ast::expr::{BinaryOp, UnaryOp};
use theus_hir::body::PoolOp;
use theus_hir::{Expr, ExprKind, Size, Ty, TyKind};
use theus_stdlib::Intrinsic;

use super::{Walk, text_of};
use crate::interval::{combine, within};

impl Walk<'_, '_> {
    /// What may go wrong with the outermost operation; its parts are looked at elsewhere.
    pub(super) fn operation(&self, expr: &Expr) -> Option<&'static str> {
        let fault = match &expr.kind {
            ExprKind::Index(base, indices) => self.index(base.ty, indices)?,
            // A ring may hold fewer than its capacity.
            ExprKind::RingIndex(..) => Fault::Index,
            ExprKind::PoolAt(..) | ExprKind::Pool(PoolOp::Free | PoolOp::Owner, _) => {
                Fault::Stale
            }
            ExprKind::Pool(PoolOp::Insert, _) => Fault::Full,
            ExprKind::Unary(UnaryOp::Neg, one) => {
                let (all, (lo, hi)) =
                    (self.known.range_of(expr.ty)?, self.known.interval(one)?);
                let array = self.is_array(expr.ty);
                (array || !within((-hi, -lo), all)).then_some(Fault::Overflow)?
            }
            ExprKind::Binary(op, a, b) => return self.arithmetic(*op, a, b, expr.ty),
            ExprKind::Concat(_)
            | ExprKind::Show(..)
            | ExprKind::Intrinsic(Intrinsic::RawSlice | Intrinsic::RawFloat, _) => {
                Fault::Scratch
            }
            ExprKind::Intrinsic(Intrinsic::RawEdge, _) => Fault::Index,
            ExprKind::Bounded(one) => self.bounded(one, expr.ty)?,
            ExprKind::Cast(one) => self.cast(one, expr.ty)?,
            ExprKind::Intrinsic(Intrinsic::MustFit, _) => Fault::Full,
            ExprKind::Intrinsic(Intrinsic::MustIndex, _) => Fault::Index,
            ExprKind::Intrinsic(Intrinsic::MustOrder, _) => Fault::Key,
            ExprKind::Intrinsic(Intrinsic::Abs, args) => {
                let (all, found) = (
                    self.known.range_of(expr.ty)?,
                    self.known.interval(args.first()?)?,
                );
                (all.0 < 0 && found.0 == all.0).then_some(Fault::Overflow)?
            }
            ExprKind::Struct(id, values) => {
                let members = &self.all.typed.structs[*id].members;
                let mut ranged = members
                    .iter()
                    .zip(values)
                    .filter(|(item, _)| item.range.is_some());
                ranged
                    .any(|(_, value)| !is_literal(value))
                    .then_some(Fault::Range)?
            }
            ExprKind::Update(_, values) => {
                let TyKind::Struct(id, _) = self.all.typed.types.kind(expr.ty) else {
                    return None;
                };
                let members = &self.all.typed.structs[*id].members;
                let ranged = |at: u32| members.get(at as usize)?.range;
                let mut values = values.iter().filter(|(at, _)| ranged(*at).is_some());
                values
                    .any(|(_, value)| !is_literal(value))
                    .then_some(Fault::Range)?
            }
            _ => return None,
        };
        Some(text_of(fault))
    }

    /// A text of known size fits one that is as large.
    fn bounded(&self, value: &Expr, ty: Ty) -> Option<Fault> {
        let size = |ty: Ty| match self.all.typed.types.kind(ty) {
            TyKind::Str(size) => self.known.size(*size),
            _ => None,
        };
        let from = match &value.kind {
            ExprKind::View(inner) => size(inner.ty),
            ExprKind::Str(text) => Some(text.len() as u64),
            _ => None,
        };
        let fits = from.zip(size(ty)).is_some_and(|(from, to)| from <= to);
        (!fits).then_some(Fault::Full)
    }

    fn index(&self, base: Ty, indices: &[Expr]) -> Option<Fault> {
        let TyKind::Array(_, dims) = self.all.typed.types.kind(base) else {
            return Some(Fault::Index);
        };
        let fits = |index: &Expr, dim| {
            // Of contexts indexed by an enum there is one for each variant.
            if matches!(self.all.typed.types.kind(index.ty), TyKind::Enum(..)) {
                return true;
            }
            let (Some(found), Some(size)) =
                (self.known.interval(index), self.known.size(dim))
            else {
                return false;
            };
            // A constant that is out of range has been reported as that.
            let reported = matches!(dim, Size::Const(_))
                && matches!(index.kind, ExprKind::Int(_) | ExprKind::Const(_));
            reported || within(found, (0, i128::from(size) - 1))
        };
        let all = indices
            .iter()
            .zip(dims)
            .all(|(index, dim)| fits(index, *dim));
        (!all).then_some(Fault::Index)
    }

    /// What may go wrong with `a op b`, whose value has the type `ty`.
    pub(super) fn arithmetic(
        &self,
        op: BinaryOp,
        a: &Expr,
        b: &Expr,
        ty: Ty,
    ) -> Option<&'static str> {
        let fault = match op {
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::MatMul => {
                let all = self.known.range_of(ty)?;
                let result = self.known.interval(a).zip(self.known.interval(b));
                let result = result.and_then(|(a, b)| combine(op, a, b));
                let fits = result.is_some_and(|result| within(result, all));
                (!fits || self.is_array(ty)).then_some(Fault::Overflow)?
            }
            BinaryOp::Div | BinaryOp::Rem => {
                let all = self.known.range_of(a.ty)?;
                let (dividend, divisor) =
                    (self.known.interval(a)?, self.known.interval(b)?);
                if divisor == (0, 0) {
                    // It always fails: reported with the types.
                    return None;
                }
                if divisor.0 <= 0 && divisor.1 >= 0 {
                    Fault::DivideByZero
                } else {
                    let minus = divisor.0 <= -1 && divisor.1 >= -1;
                    (minus && all.0 < 0 && dividend.0 == all.0)
                        .then_some(Fault::Overflow)?
                }
            }
            BinaryOp::Shl | BinaryOp::Shr => {
                let all = self.known.range_of(a.ty)?;
                let bits = i128::from((all.1 - all.0).count_ones());
                let fits = self
                    .known
                    .interval(b)
                    .is_some_and(|by| within(by, (0, bits - 1)));
                (!fits).then_some(Fault::Shift)?
            }
            BinaryOp::BitAnd
            | BinaryOp::BitOr
            | BinaryOp::BitXor
            | BinaryOp::Eq
            | BinaryOp::Ne
            | BinaryOp::Lt
            | BinaryOp::Le
            | BinaryOp::Gt
            | BinaryOp::Ge
            | BinaryOp::And
            | BinaryOp::Or
            | BinaryOp::Implies => return None,
        };
        Some(text_of(fault))
    }

    fn cast(&self, one: &Expr, ty: Ty) -> Option<Fault> {
        // To floats: rounded, never failing.
        let target = self.known.range_of(ty)?;
        let fits = self
            .known
            .interval(one)
            .is_some_and(|found| within(found, target));
        (!fits).then_some(Fault::Conversion)
    }

    /// Whether the place is a member with a range, which is checked where it is assigned.
    pub(super) fn ranged(&self, place: &Expr) -> Option<&'static str> {
        let mut at = place;
        loop {
            at = match &at.kind {
                ExprKind::Index(base, _)
                | ExprKind::RingIndex(base, _)
                | ExprKind::PoolAt(base, _)
                | ExprKind::Elem(base) => base,
                ExprKind::Member(base, member) => {
                    if let TyKind::Struct(id, _) = self.all.typed.types.kind(base.ty) {
                        let item =
                            self.all.typed.structs[*id].members.get(*member as usize);
                        if item.is_some_and(|item| item.range.is_some()) {
                            return Some(text_of(Fault::Range));
                        }
                    }
                    base
                }
                _ => return None,
            };
        }
    }

    fn is_array(&self, ty: Ty) -> bool {
        matches!(self.all.typed.types.kind(ty), TyKind::Array(..))
    }
}

/// A literal has been held against its range already.
const fn is_literal(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Duration(_)
    )
}
