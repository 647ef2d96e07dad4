//! Arithmetic with its faults: overflow, division by zero, shift.

use theus_abi::image::ArgKind;
use theus_abi::{Fault, Repr};
use theus_grammar::Span;
use theus_grammar::ast::expr::BinaryOp as Op;
use theus_hir::{Ty, TyKind};
use theus_mir::{BinaryOp, Block, UnaryOp, Value};

use crate::frame::FnCx;
use crate::place::low_bits;

impl FnCx<'_, '_> {
    /// `a op b` on scalars: floats, integers, durations.
    pub(crate) fn arith(
        &mut self,
        guard: Option<Block>,
        op: Op,
        (a, a_ty): (Value, Ty),
        (b, b_ty): (Value, Ty),
        ty: Ty,
        span: Span,
    ) -> Value {
        if self.b.func().repr(a).is_float() {
            return self.float(op, a, b);
        }
        if a_ty == Ty::DURATION || b_ty == Ty::DURATION {
            return self.duration(guard, op, (a, a_ty), (b, b_ty), span);
        }
        match op {
            Op::Shl | Op::Shr => self.shift(guard, op, (a, a_ty), (b, b_ty), span),
            Op::BitAnd => self.b.binary(BinaryOp::And, a, b),
            Op::BitOr => self.b.binary(BinaryOp::Or, a, b),
            Op::BitXor => self.b.binary(BinaryOp::Xor, a, b),
            _ => self.integer(guard, op, a, b, ty, span),
        }
    }

    fn float(&mut self, op: Op, a: Value, b: Value) -> Value {
        match op {
            Op::Add => self.b.binary(BinaryOp::Fadd, a, b),
            Op::Sub => self.b.binary(BinaryOp::Fsub, a, b),
            Op::Mul => self.b.binary(BinaryOp::Fmul, a, b),
            Op::Div => self.b.binary(BinaryOp::Fdiv, a, b),
            _ => self.float_rem(a, b),
        }
    }

    fn float_rem(&mut self, a: Value, b: Value) -> Value {
        if self.b.func().repr(a) == Repr::F64 {
            return self.b.math(theus_abi::MathFn::Fmod, a, b);
        }
        let a = self.b.unary(UnaryOp::Fpromote, Repr::F64, a);
        let b = self.b.unary(UnaryOp::Fpromote, Repr::F64, b);
        let rem = self.b.math(theus_abi::MathFn::Fmod, a, b);
        self.b.unary(UnaryOp::Fdemote, Repr::F32, rem)
    }

    /// `+ - * / %` on integers of one type.
    fn integer(
        &mut self,
        guard: Option<Block>,
        op: Op,
        a: Value,
        b: Value,
        ty: Ty,
        span: Span,
    ) -> Value {
        if let Some(value) = self.fold_integer(op, a, b, ty) {
            return value;
        }
        let signed = self.is_signed(ty);
        let (plain, overflow) = match (op, signed) {
            (Op::Add, true) => (BinaryOp::Iadd, BinaryOp::SaddOvf),
            (Op::Add, false) => (BinaryOp::Iadd, BinaryOp::UaddOvf),
            (Op::Sub, true) => (BinaryOp::Isub, BinaryOp::SsubOvf),
            (Op::Sub, false) => (BinaryOp::Isub, BinaryOp::UsubOvf),
            (Op::Mul, true) => (BinaryOp::Imul, BinaryOp::SmulOvf),
            (Op::Mul, false) => (BinaryOp::Imul, BinaryOp::UmulOvf),
            (Op::Div, _) => return self.divide(guard, (a, b), ty, span, true),
            _ => return self.divide(guard, (a, b), ty, span, false),
        };
        let over = self.b.binary(overflow, a, b);
        let fits = self.b.unary(UnaryOp::Not, Repr::I8, over);
        let kind = self.arg_kind(ty);
        self.check_or(
            guard,
            fits,
            Fault::Overflow,
            span,
            &[("left", a, kind), ("right", b, kind)],
        );
        self.b.binary(plain, a, b)
    }

    /// Constants are folded while lowering, so that unrolled loops have constant indices.
    fn fold_integer(&mut self, op: Op, a: Value, b: Value, ty: Ty) -> Option<Value> {
        let repr = self.b.func().repr(a);
        let wide = |value: i64| {
            if self.is_signed(ty) || repr != Repr::I64 {
                i128::from(value)
            } else {
                i128::from(value.cast_unsigned())
            }
        };
        let (x, y) = (wide(self.const_of(a)?), wide(self.const_of(b)?));
        let result = match op {
            Op::Add => x + y,
            Op::Sub => x - y,
            Op::Mul => x.checked_mul(y)?,
            _ => return None,
        };
        let (lo, hi) = self.int_bounds(ty)?;
        (lo <= result && result <= hi).then(|| self.b.iconst(repr, low_bits(result)))
    }

    fn divide(
        &mut self,
        guard: Option<Block>,
        (a, b): (Value, Value),
        ty: Ty,
        span: Span,
        quotient: bool,
    ) -> Value {
        let repr = self.b.func().repr(a);
        let kind = self.arg_kind(ty);
        let known = self.const_of(b);
        if known.is_none_or(|known| known == 0) {
            let zero = self.b.iconst(repr, 0);
            let some = self.b.binary(BinaryOp::Ine, b, zero);
            let operands = [("dividend", a, kind)];
            self.check_or(guard, some, Fault::DivideByZero, span, &operands);
        }
        let signed = self.is_signed(ty);
        if quotient && signed && known.is_none_or(|known| known == -1) {
            let least = self.b.iconst(repr, i64::MIN >> (64 - repr.bits()));
            let minus = self.b.iconst(repr, -1);
            let not_least = self.b.binary(BinaryOp::Ine, a, least);
            let not_minus = self.b.binary(BinaryOp::Ine, b, minus);
            let fits = self.b.binary(BinaryOp::Or, not_least, not_minus);
            let operands = [("left", a, kind), ("right", b, kind)];
            self.check_or(guard, fits, Fault::Overflow, span, &operands);
        }
        let op = match (quotient, signed) {
            (true, true) => BinaryOp::Sdiv,
            (true, false) => BinaryOp::Udiv,
            (false, true) => BinaryOp::Srem,
            (false, false) => BinaryOp::Urem,
        };
        self.b.binary(op, a, b)
    }

    /// Negation of a signed integer or duration.
    pub(crate) fn negate(
        &mut self,
        guard: Option<Block>,
        value: Value,
        ty: Ty,
        span: Span,
    ) -> Value {
        let repr = self.b.func().repr(value);
        if let Some(known) = self.const_of(value)
            && known != i64::MIN >> (64 - repr.bits())
        {
            return self.b.iconst(repr, -known);
        }
        let least = self.b.iconst(repr, i64::MIN >> (64 - repr.bits()));
        let fits = self.b.binary(BinaryOp::Ine, value, least);
        let kind = self.arg_kind(ty);
        self.check_or(
            guard,
            fits,
            Fault::Overflow,
            span,
            &[("value", value, kind)],
        );
        self.b.unary(UnaryOp::Ineg, repr, value)
    }

    fn shift(
        &mut self,
        guard: Option<Block>,
        op: Op,
        (a, a_ty): (Value, Ty),
        (b, b_ty): (Value, Ty),
        span: Span,
    ) -> Value {
        let repr = self.b.func().repr(a);
        let wide = self.widen_index(b, b_ty);
        if !self
            .const_of(wide)
            .is_some_and(|by| by >= 0 && by < i64::from(repr.bits()))
        {
            let width = self.b.iconst(Repr::I64, i64::from(repr.bits()));
            let fits = self.b.binary(BinaryOp::Ult, wide, width);
            let kind = self.arg_kind(b_ty);
            self.check_or(guard, fits, Fault::Shift, span, &[("amount", wide, kind)]);
        }
        let amount = self.resize(wide, repr);
        let op = match (op, self.is_signed(a_ty)) {
            (Op::Shl, _) => BinaryOp::Shl,
            (_, true) => BinaryOp::Sshr,
            (_, false) => BinaryOp::Ushr,
        };
        self.b.binary(op, a, amount)
    }

    /// The low bits of an `I64`, in that representation.
    pub(crate) fn resize(&mut self, value: Value, repr: Repr) -> Value {
        if repr == Repr::I64 {
            return value;
        }
        if let Some(known) = self.const_of(value) {
            return self.b.iconst(repr, known);
        }
        self.b.unary(UnaryOp::Trunc, repr, value)
    }

    /// `duration ± duration`, `duration * int`, `int * duration`, `duration / int`,
    /// `duration / duration`, `duration % duration`: all in ns as `i64`.
    fn duration(
        &mut self,
        guard: Option<Block>,
        op: Op,
        (a, a_ty): (Value, Ty),
        (b, b_ty): (Value, Ty),
        span: Span,
    ) -> Value {
        let a = self.as_nanos(guard, a, a_ty, span);
        let b = self.as_nanos(guard, b, b_ty, span);
        self.integer(guard, op, a, b, Ty::I64, span)
    }

    /// An integer operand of a duration as `i64`.
    fn as_nanos(
        &mut self,
        guard: Option<Block>,
        value: Value,
        ty: Ty,
        span: Span,
    ) -> Value {
        if ty == Ty::U64 && self.const_of(value).is_none_or(|known| known < 0) {
            let zero = self.b.iconst(Repr::I64, 0);
            let fits = self.b.binary(BinaryOp::Sle, zero, value);
            self.check_or(
                guard,
                fits,
                Fault::Overflow,
                span,
                &[("value", value, ArgKind::Uint)],
            );
        }
        self.widen_index(value, ty)
    }

    /// Whether a number type is signed.
    pub(crate) fn is_signed(&self, ty: Ty) -> bool {
        !matches!(self.cx.types.kind(ty), TyKind::Int(int) if !int.signed)
    }

    /// Least and greatest value of an integer type.
    pub(crate) fn int_bounds(&self, ty: Ty) -> Option<(i128, i128)> {
        match self.cx.types.kind(ty) {
            TyKind::Int(int) if int.signed => {
                let half = 1_i128 << (int.bits - 1);
                Some((-half, half - 1))
            }
            TyKind::Int(int) => Some((0, (1_i128 << int.bits) - 1)),
            TyKind::Duration | TyKind::Instant => {
                Some((i128::from(i64::MIN), i128::from(i64::MAX)))
            }
            _ => None,
        }
    }
}
