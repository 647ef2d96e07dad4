//! Equality: member by member, element by element; floats by IEEE.

use theus_hir::{Expr, Ty, TyKind};
use theus_mir::{BinaryOp, UnaryOp, Value};

use crate::frame::FnCx;
use crate::place::Place;

impl<'a> FnCx<'_, 'a> {
    /// `left == right`.
    pub(crate) fn equal(&mut self, left: &'a Expr, right: &'a Expr) -> Value {
        let ty = self.ty(left.ty);
        if self.is_text(ty) {
            let (a, b) = (self.run_of(left, Some(right)), self.run_of(right, None));
            return self.equal_runs(a, b);
        }
        if self.is_scalar(ty) {
            let (a, b) = (self.value(left), self.value(right));
            return self.equal_scalars(a, b, false);
        }
        let a = self.stable_place(left, right);
        let b = self.place(right);
        self.equal_places(a, b, false)
    }

    /// Equal scalars; `bits` compares floats by their bits (any NaN is canonical).
    pub(crate) fn equal_scalars(&mut self, a: Value, b: Value, bits: bool) -> Value {
        let repr = self.b.func().repr(a);
        if !repr.is_float() {
            return self.b.binary(BinaryOp::Ieq, a, b);
        }
        if !bits {
            return self.b.binary(BinaryOp::Feq, a, b);
        }
        let (a, b) = (self.float_bits(a), self.float_bits(b));
        self.b.binary(BinaryOp::Ieq, a, b)
    }

    /// The bits of a float, NaN made canonical.
    pub(crate) fn float_bits(&mut self, value: Value) -> Value {
        use theus_abi::Repr;
        let repr = self.b.func().repr(value);
        let value = self.canonical(value, repr);
        let int = if repr == Repr::F32 {
            Repr::I32
        } else {
            Repr::I64
        };
        self.b.unary(UnaryOp::Bitcast, int, value)
    }

    /// Equal aggregates of one type.
    pub(crate) fn equal_places(&mut self, a: Place, b: Place, bits: bool) -> Value {
        if let (Some(a), Some(b)) = (self.list_of(a), self.list_of(b)) {
            return self.equal_lists(a, b, bits);
        }
        match self.cx.types.kind(a.ty).clone() {
            TyKind::Struct(..) | TyKind::Tuple(_) => {
                let mut all = self.b.bool(true);
                let members = self.member_types(a.ty).len();
                for n in 0..u32::try_from(members).unwrap_or(u32::MAX) {
                    let (x, y) = (self.member(a, n), self.member(b, n));
                    let same = self.equal_places(x, y, bits);
                    all = self.b.binary(BinaryOp::And, all, same);
                }
                all
            }
            TyKind::Array(..) => self.equal_arrays(a, b, bits),
            TyKind::Enum(..) if !self.is_scalar(a.ty) => self.equal_variants(a, b, bits),
            TyKind::Option(_) => self.equal_options(a, b, bits),
            TyKind::Str(_) | TyKind::Text => {
                let (a, b) = (self.run_at(a), self.run_at(b));
                self.equal_runs(a, b)
            }
            _ => {
                let (x, y) = (self.load(a), self.load(b));
                self.equal_scalars(x, y, bits)
            }
        }
    }

    fn equal_arrays(&mut self, a: Place, b: Place, bits: bool) -> Value {
        let Some((count, elem)) = self.array_count(a.ty) else {
            return self.b.bool(true);
        };
        let size = self.size(elem);
        let all = self.temp(Ty::BOOL);
        let holds = self.b.bool(true);
        self.store(all, holds);
        self.each_at(count, |cx, at| {
            let x = cx.element_at(a, elem, size, at);
            let y = cx.element_at(b, elem, size, at);
            let same = cx.equal_places(x, y, bits);
            let before = cx.load(all);
            let both = cx.b.binary(BinaryOp::And, before, same);
            cx.store(all, both);
        });
        self.load(all)
    }

    /// Two `none`s are equal; the value under `none` is not looked at.
    fn equal_options(&mut self, a: Place, b: Place, bits: bool) -> Value {
        let ((a_tag, a_value), (b_tag, b_value)) =
            (self.option_parts(a), self.option_parts(b));
        let (x, y) = (self.load(a_tag), self.load(b_tag));
        let same_tag = self.b.binary(BinaryOp::Ieq, x, y);
        let both = self.b.binary(BinaryOp::And, x, same_tag);
        let result = self.temp(Ty::BOOL);
        self.store(result, same_tag);
        let (look, join) = (self.b.new_block(), self.b.new_block());
        self.b.branch(both, look, join);
        self.b.switch_to(look);
        let same = self.equal_places(a_value, b_value, bits);
        self.store(result, same);
        self.b.jump(join, &[]);
        self.b.switch_to(join);
        self.load(result)
    }
}
