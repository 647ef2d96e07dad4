//! `as` between numbers: what does not fit is the fault `Conversion`.

use theus_abi::{Fault, Repr};
use theus_grammar::Span;
use theus_hir::{Expr, Ty};
use theus_mir::{BinaryOp, Block, UnaryOp, Value};

use crate::frame::FnCx;
use crate::place::low_bits;

impl<'a> FnCx<'_, 'a> {
    /// `value as ty`.
    pub(crate) fn cast(&mut self, value: &'a Expr, ty: Ty, span: Span) -> Value {
        let guard = self.take_guard();
        let from = self.ty(value.ty);
        let value = self.value(value);
        self.convert(guard, value, from, ty, span)
    }

    /// A number of one type as a number of another.
    pub(crate) fn convert(
        &mut self,
        guard: Option<Block>,
        value: Value,
        from: Ty,
        to: Ty,
        span: Span,
    ) -> Value {
        let repr = self.cx.repr(to).unwrap_or(Repr::I64);
        let (from_float, to_float) =
            (self.b.func().repr(value).is_float(), repr.is_float());
        match (from_float, to_float) {
            (false, false) => self.int_to_int(guard, value, from, to, span),
            (false, true) => {
                let op = if self.is_signed(from) {
                    UnaryOp::SintToF
                } else {
                    UnaryOp::UintToF
                };
                self.b.unary(op, repr, value)
            }
            (true, false) => self.float_to_int(guard, value, from, to, span),
            (true, true) => self.float_to_float(guard, value, repr, span),
        }
    }

    fn int_to_int(
        &mut self,
        guard: Option<Block>,
        value: Value,
        from: Ty,
        to: Ty,
        span: Span,
    ) -> Value {
        let (Some((from_lo, from_hi)), Some((to_lo, to_hi))) =
            (self.int_bounds(from), self.int_bounds(to))
        else {
            return value;
        };
        let (source, repr) = (
            self.b.func().repr(value),
            self.cx.repr(to).unwrap_or(Repr::I64),
        );
        let known = self.const_of(value).map(i128::from);
        let fits = |known: i128| known >= 0 && to_lo <= known && known <= to_hi;
        if let Some(known) = known
            && fits(known)
        {
            return self.b.iconst(repr, low_bits(known));
        }
        let operands = [("value", value, self.arg_kind(from))];
        if from_lo < to_lo {
            let bound = self.b.iconst(source, low_bits(to_lo));
            let inside = self.b.binary(BinaryOp::Sle, bound, value);
            self.check_or(guard, inside, Fault::Conversion, span, &operands);
        }
        if from_hi > to_hi {
            let bound = self.b.iconst(source, low_bits(to_hi));
            let inside = self.less(value, bound, from, true);
            self.check_or(guard, inside, Fault::Conversion, span, &operands);
        }
        match source.bits().cmp(&repr.bits()) {
            std::cmp::Ordering::Equal => value,
            std::cmp::Ordering::Greater => self.b.unary(UnaryOp::Trunc, repr, value),
            std::cmp::Ordering::Less if self.is_signed(from) => {
                self.b.unary(UnaryOp::Sext, repr, value)
            }
            std::cmp::Ordering::Less => self.b.unary(UnaryOp::Zext, repr, value),
        }
    }

    /// Truncates towards zero; the truncated value must be in the range of the target.
    fn float_to_int(
        &mut self,
        guard: Option<Block>,
        value: Value,
        from: Ty,
        to: Ty,
        span: Span,
    ) -> Value {
        let repr = self.cx.repr(to).unwrap_or(Repr::I64);
        let source = self.b.func().repr(value);
        let (lo, hi) = self.int_bounds(to).unwrap_or((0, 0));
        // Both bounds are powers of two (or zero), so exact in every float type; the lower
        // one is reached, the upper one is not.
        let whole = self.b.unary(UnaryOp::Ftrunc, source, value);
        #[expect(clippy::cast_precision_loss, reason = "powers of two are exact")]
        let (lo, hi) = (lo as f64, (hi + 1) as f64);
        let (lo, hi) = (self.float_literal(lo, from), self.float_literal(hi, from));
        let inside = self.between(whole, (lo, hi, false), from);
        let kind = self.arg_kind(from);
        self.check_or(
            guard,
            inside,
            Fault::Conversion,
            span,
            &[("value", value, kind)],
        );
        let op = if self.is_signed(to) {
            UnaryOp::FToSint
        } else {
            UnaryOp::FToUint
        };
        self.b.unary(op, repr, value)
    }

    /// Rounds to nearest; a finite value that becomes infinite does not fit.
    fn float_to_float(
        &mut self,
        guard: Option<Block>,
        value: Value,
        repr: Repr,
        span: Span,
    ) -> Value {
        let source = self.b.func().repr(value);
        match (source, repr) {
            (Repr::F32, Repr::F64) => self.b.unary(UnaryOp::Fpromote, repr, value),
            (Repr::F64, Repr::F32) => {
                let narrow = self.b.unary(UnaryOp::Fdemote, repr, value);
                let back = self.b.unary(UnaryOp::Fpromote, Repr::F64, narrow);
                let size = self.b.unary(UnaryOp::Fabs, Repr::F64, back);
                let inf = self.b.f64(f64::INFINITY);
                let fits = self.b.binary(BinaryOp::Fne, size, inf);
                let same = self.b.binary(BinaryOp::Feq, back, value);
                let fits = self.b.binary(BinaryOp::Or, fits, same);
                let kind = self.arg_kind(Ty::F64);
                self.check_or(
                    guard,
                    fits,
                    Fault::Conversion,
                    span,
                    &[("value", value, kind)],
                );
                narrow
            }
            _ => value,
        }
    }
}
