//! Operators on scalars: from the operator and the types to the work. One line each.

use theus_abi::Repr;
use theus_grammar::Span;
use theus_grammar::ast::expr::{BinaryOp as Op, UnaryOp as Prefix};
use theus_hir::{Expr, Ty, TyKind};
use theus_mir::{BinaryOp, UnaryOp, Value};

use crate::frame::FnCx;
use crate::weight;

impl<'a> FnCx<'_, 'a> {
    /// A prefix operator on a scalar.
    pub(crate) fn unary(
        &mut self,
        op: Prefix,
        arg: &'a Expr,
        ty: Ty,
        span: Span,
    ) -> Value {
        let guard = self.take_guard();
        let value = self.value(arg);
        let repr = self.b.func().repr(value);
        match op {
            Prefix::Not => self.b.unary(UnaryOp::Not, Repr::I8, value),
            Prefix::BitNot => self.b.unary(UnaryOp::Bnot, repr, value),
            Prefix::Neg if repr.is_float() => self.b.unary(UnaryOp::Fneg, repr, value),
            Prefix::Neg => self.negate(guard, value, ty, span),
        }
    }

    /// An infix operator whose result is a scalar.
    pub(crate) fn binary(
        &mut self,
        op: Op,
        left: &'a Expr,
        right: &'a Expr,
        ty: Ty,
        span: Span,
    ) -> Value {
        match op {
            Op::And => self.lazy(left, right, false),
            Op::Or => self.lazy(left, right, true),
            Op::Implies => self.implies(left, right),
            Op::Eq => self.equal(left, right),
            Op::Ne => {
                let equal = self.equal(left, right);
                self.b.unary(UnaryOp::Not, Repr::I8, equal)
            }
            Op::Lt | Op::Le | Op::Gt | Op::Ge => self.ordered(op, left, right),
            Op::MatMul => self.dot(left, right),
            Op::Add
            | Op::Sub
            | Op::Mul
            | Op::Div
            | Op::Rem
            | Op::BitAnd
            | Op::BitOr
            | Op::BitXor
            | Op::Shl
            | Op::Shr => {
                let guard = self.take_guard();
                let (left_ty, right_ty) = (self.ty(left.ty), self.ty(right.ty));
                let (a, b) = (self.value(left), self.value(right));
                self.arith(guard, op, (a, left_ty), (b, right_ty), ty, span)
            }
        }
    }

    fn ordered(&mut self, op: Op, left: &'a Expr, right: &'a Expr) -> Value {
        let ty = self.ty(left.ty);
        let (a, b) = (self.value(left), self.value(right));
        match op {
            Op::Gt => self.less(b, a, ty, false),
            Op::Ge => self.less(b, a, ty, true),
            Op::Lt => self.less(a, b, ty, false),
            _ => self.less(a, b, ty, true),
        }
    }

    /// `a < b` or `a <= b`.
    pub(crate) fn less(&mut self, a: Value, b: Value, ty: Ty, or_equal: bool) -> Value {
        let unsigned = matches!(self.cx.types.kind(ty), TyKind::Int(int) if !int.signed);
        let op = match (self.b.func().repr(a).is_float(), unsigned, or_equal) {
            (true, _, false) => BinaryOp::Flt,
            (true, _, true) => BinaryOp::Fle,
            (false, true, false) => BinaryOp::Ult,
            (false, true, true) => BinaryOp::Ule,
            (false, false, false) => BinaryOp::Slt,
            (false, false, true) => BinaryOp::Sle,
        };
        self.b.binary(op, a, b)
    }

    /// `and`, `or`: the right side is evaluated when it decides; where it is small and
    /// cannot fail that makes no difference, and both are evaluated.
    fn lazy(&mut self, left: &'a Expr, right: &'a Expr, or: bool) -> Value {
        let a = self.value(left);
        if weight::is_simple(right) {
            let b = self.value(right);
            let op = if or { BinaryOp::Or } else { BinaryOp::And };
            return self.b.binary(op, a, b);
        }
        let (more, join) = (self.b.new_block(), self.b.new_block());
        let result = self.b.param(join, Repr::I8);
        let decided = self.b.bool(or);
        if or {
            self.b.branch_args(a, join, &[decided], more, &[]);
        } else {
            self.b.branch_args(a, more, &[], join, &[decided]);
        }
        self.b.switch_to(more);
        let b = self.value(right);
        self.b.jump(join, &[b]);
        self.b.switch_to(join);
        result
    }

    fn implies(&mut self, left: &'a Expr, right: &'a Expr) -> Value {
        let a = self.value(left);
        let (more, join) = (self.b.new_block(), self.b.new_block());
        let result = self.b.param(join, Repr::I8);
        let holds = self.b.bool(true);
        self.b.branch_args(a, more, &[], join, &[holds]);
        self.b.switch_to(more);
        let b = self.value(right);
        self.b.jump(join, &[b]);
        self.b.switch_to(join);
        result
    }

    /// `value in lo..hi`: NaN is in no range.
    pub(crate) fn in_range(
        &mut self,
        value: &'a Expr,
        lo: &'a Expr,
        hi: &'a Expr,
        inclusive: bool,
    ) -> Value {
        let ty = self.ty(value.ty);
        let (value, lo, hi) = (self.value(value), self.value(lo), self.value(hi));
        self.between(value, (lo, hi, inclusive), ty)
    }

    /// `lo <= value` and `value <= hi` (or `<`).
    pub(crate) fn between(
        &mut self,
        value: Value,
        (lo, hi, inclusive): (Value, Value, bool),
        ty: Ty,
    ) -> Value {
        let above = self.less(lo, value, ty, true);
        let below = self.less(value, hi, ty, inclusive);
        self.b.binary(BinaryOp::And, above, below)
    }
}
