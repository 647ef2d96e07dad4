//! Intrinsics: the functions that the library only declares.

use theus_abi::image::ArgKind;
use theus_abi::{Fault, MathFn, Repr, Shape};
use theus_grammar::Span;
use theus_hir::{Expr, Ty, TyKind};
use theus_mir::{BinaryOp, TernaryOp, UnaryOp, Value};
use theus_stdlib::Intrinsic as I;

use crate::access::At;
use crate::frame::FnCx;
use crate::layout::size_of;
use crate::place::{Place, low_bits};

impl<'a> FnCx<'_, 'a> {
    /// A call of an intrinsic whose result is a scalar (or nothing).
    pub(crate) fn intrinsic(
        &mut self,
        intrinsic: I,
        args: &'a [Expr],
        ty: Ty,
        span: Span,
    ) -> Value {
        self.take_guard();
        match intrinsic {
            I::Push => self.effect(args, Self::push_args),
            I::Clear => self.effect(args, Self::clear_args),
            I::HashKey => self.hash_key(args),
            I::OrderBefore => self.order_before(args),
            I::AgeOf => self.age_of(args),
            I::SetAge => self.effect(args, Self::set_age),
            I::NewAge => self.effect(args, Self::new_age),
            I::ForgetAges => self.effect(args, Self::forget_ages),
            I::MustOrder => self.must_order(args, span),
            I::MustFit => {
                self.must(args, Fault::Full, &["held", "more", "capacity"], span)
            }
            I::MustIndex => self.must(args, Fault::Index, &["index", "length"], span),
            I::Len => self.len(args),
            I::RawSet => self.effect(args, Self::raw_set),
            I::RawEdge => self.raw_edge(args, span),
            I::RawFloat => self.raw_float(args, span),
            I::RawBytes | I::RawText | I::RawPart | I::RawSlice => {
                self.b.iconst(Repr::I64, 0)
            }
            I::Capacity => self.capacity(args),
            I::Finite => self.finite(args),
            I::SameBits => self.same_bits(args),
            I::Abs
            | I::Sqrt
            | I::Floor
            | I::Ceil
            | I::Trunc
            | I::RoundEven
            | I::IsNan
            | I::Bits
            | I::FromBits
            | I::Bits32
            | I::FromBits32
            | I::WrappingNeg
            | I::WrappingAsI64
            | I::WrappingAsU64
            | I::CountOnes
            | I::LeadingZeros
            | I::TrailingZeros
            | I::Nanos
            | I::FromNanos => self.one(intrinsic, args, ty, span),
            I::Min
            | I::Max
            | I::CopySign
            | I::WrappingAdd
            | I::WrappingSub
            | I::WrappingMul
            | I::WrappingShl
            | I::WrappingShr
            | I::SaturatingAdd
            | I::SaturatingSub
            | I::SaturatingMul => self.two(intrinsic, args, ty, span),
            I::Fma => self.fma(args),
            I::Math(math) => self.math(math, args),
        }
    }

    fn effect(
        &mut self,
        args: &'a [Expr],
        f: impl FnOnce(&mut Self, &'a [Expr]),
    ) -> Value {
        f(self, args);
        self.b.iconst(Repr::I64, 0)
    }

    fn push_args(&mut self, args: &'a [Expr]) {
        if self.send(args) {
            return;
        }
        if let [ring, value] = args {
            self.count_quota(Some(ring), ring.span);
            self.ring_push(ring, value);
        }
    }

    /// Fails unless the first argument is true; the report has the others.
    fn must(
        &mut self,
        args: &'a [Expr],
        fault: Fault,
        labels: &[&'static str],
        span: Span,
    ) -> Value {
        let holds = self.arg(args, 0);
        let mut operands = Vec::new();
        for (n, label) in labels.iter().enumerate() {
            operands.push((*label, self.arg(args, n + 1), ArgKind::Int));
        }
        self.check(holds, fault, span, &operands);
        self.b.iconst(Repr::I64, 0)
    }

    fn clear_args(&mut self, args: &'a [Expr]) {
        if let [ring] = args {
            self.ring_clear(ring);
        }
    }

    fn arg(&mut self, args: &'a [Expr], n: usize) -> Value {
        match args.get(n) {
            Some(arg) => self.value(arg),
            None => self.b.iconst(Repr::I64, 0),
        }
    }

    fn one(&mut self, intrinsic: I, args: &'a [Expr], ty: Ty, span: Span) -> Value {
        let value = self.arg(args, 0);
        let repr = self.b.func().repr(value);
        let bits = |cx: &mut Self, op| {
            let count = cx.b.unary(op, repr, value);
            cx.extend_count(count)
        };
        match intrinsic {
            I::Abs => self.abs(value, ty, span),
            I::Sqrt => self.b.unary(UnaryOp::Fsqrt, repr, value),
            I::Floor => self.b.unary(UnaryOp::Ffloor, repr, value),
            I::Ceil => self.b.unary(UnaryOp::Fceil, repr, value),
            I::Trunc => self.b.unary(UnaryOp::Ftrunc, repr, value),
            I::RoundEven => self.b.unary(UnaryOp::Fnearest, repr, value),
            I::IsNan => self.b.binary(BinaryOp::Fne, value, value),
            I::Bits | I::Bits32 => self.float_bits(value),
            I::FromBits => {
                let float = self.b.unary(UnaryOp::Bitcast, Repr::F64, value);
                self.canonical(float, Repr::F64)
            }
            I::FromBits32 => {
                let float = self.b.unary(UnaryOp::Bitcast, Repr::F32, value);
                self.canonical(float, Repr::F32)
            }
            I::WrappingNeg => self.b.unary(UnaryOp::Ineg, repr, value),
            I::CountOnes => bits(self, UnaryOp::Popcnt),
            I::LeadingZeros => bits(self, UnaryOp::Clz),
            I::TrailingZeros => bits(self, UnaryOp::Ctz),
            _ => value,
        }
    }

    fn extend_count(&mut self, count: Value) -> Value {
        if self.b.func().repr(count) == Repr::I64 {
            return count;
        }
        self.b.unary(UnaryOp::Zext, Repr::I64, count)
    }

    fn abs(&mut self, value: Value, ty: Ty, span: Span) -> Value {
        let repr = self.b.func().repr(value);
        if repr.is_float() {
            return self.b.unary(UnaryOp::Fabs, repr, value);
        }
        if !self.is_signed(ty) {
            return value;
        }
        let least = self.b.iconst(repr, i64::MIN >> (64 - repr.bits()));
        let fits = self.b.binary(BinaryOp::Ine, value, least);
        let kind = self.arg_kind(ty);
        self.check(fits, Fault::Overflow, span, &[("value", value, kind)]);
        let zero = self.b.iconst(repr, 0);
        let negative = self.b.binary(BinaryOp::Slt, value, zero);
        let negated = self.b.unary(UnaryOp::Ineg, repr, value);
        self.b.select(negative, negated, value)
    }

    fn two(&mut self, intrinsic: I, args: &'a [Expr], ty: Ty, _span: Span) -> Value {
        let (a, b) = (self.arg(args, 0), self.arg(args, 1));
        let repr = self.b.func().repr(a);
        match intrinsic {
            I::Min | I::Max => self.least_greatest(intrinsic == I::Min, a, b, ty),
            I::CopySign => {
                let sign = self.canonical(b, repr);
                self.b.binary(BinaryOp::Fcopysign, a, sign)
            }
            I::WrappingAdd => self.b.binary(BinaryOp::Iadd, a, b),
            I::WrappingSub => self.b.binary(BinaryOp::Isub, a, b),
            I::WrappingMul => self.b.binary(BinaryOp::Imul, a, b),
            I::WrappingShl => {
                let amount = self.resize(b, repr);
                self.b.binary(BinaryOp::Shl, a, amount)
            }
            I::WrappingShr => {
                let amount = self.resize(b, repr);
                let op = if self.is_signed(ty) {
                    BinaryOp::Sshr
                } else {
                    BinaryOp::Ushr
                };
                self.b.binary(op, a, amount)
            }
            _ => self.saturating(intrinsic, a, b, ty),
        }
    }

    fn least_greatest(&mut self, least: bool, a: Value, b: Value, ty: Ty) -> Value {
        if self.b.func().repr(a).is_float() {
            return self.b.binary(
                if least {
                    BinaryOp::Fmin
                } else {
                    BinaryOp::Fmax
                },
                a,
                b,
            );
        }
        let less = self.less(a, b, ty, false);
        if least {
            self.b.select(less, a, b)
        } else {
            self.b.select(less, b, a)
        }
    }

    /// The exact result, or the end of the type that lies in its direction.
    fn saturating(&mut self, intrinsic: I, a: Value, b: Value, ty: Ty) -> Value {
        let repr = self.b.func().repr(a);
        let signed = self.is_signed(ty);
        let (plain, over) = match (intrinsic, signed) {
            (I::SaturatingAdd, true) => (BinaryOp::Iadd, BinaryOp::SaddOvf),
            (I::SaturatingAdd, false) => (BinaryOp::Iadd, BinaryOp::UaddOvf),
            (I::SaturatingSub, true) => (BinaryOp::Isub, BinaryOp::SsubOvf),
            (I::SaturatingSub, false) => (BinaryOp::Isub, BinaryOp::UsubOvf),
            (_, true) => (BinaryOp::Imul, BinaryOp::SmulOvf),
            (_, false) => (BinaryOp::Imul, BinaryOp::UmulOvf),
        };
        let over = self.b.binary(over, a, b);
        let exact = self.b.binary(plain, a, b);
        let (lo, hi) = self.int_bounds(ty).unwrap_or((0, 0));
        let (lo, hi) = (
            self.b.iconst(repr, low_bits(lo)),
            self.b.iconst(repr, low_bits(hi)),
        );
        let zero = self.b.iconst(repr, 0);
        let down = match intrinsic {
            // Overflow goes the way of the first operand; of a product, the way of its sign.
            I::SaturatingAdd | I::SaturatingSub if signed => {
                self.b.binary(BinaryOp::Slt, a, zero)
            }
            I::SaturatingSub => self.b.bool(true),
            I::SaturatingMul if signed => {
                let (x, y) = (
                    self.b.binary(BinaryOp::Slt, a, zero),
                    self.b.binary(BinaryOp::Slt, b, zero),
                );
                self.b.binary(BinaryOp::Xor, x, y)
            }
            _ => self.b.bool(false),
        };
        let end = self.b.select(down, lo, hi);
        self.b.select(over, end, exact)
    }

    fn fma(&mut self, args: &'a [Expr]) -> Value {
        let (a, b, c) = (self.arg(args, 0), self.arg(args, 1), self.arg(args, 2));
        self.b.ternary(TernaryOp::Fma, [a, b, c])
    }

    fn math(&mut self, math: MathFn, args: &'a [Expr]) -> Value {
        let a = self.arg(args, 0);
        let b = if math.arity() == 2 {
            self.arg(args, 1)
        } else {
            a
        };
        // `atan2`, `pow` … may look at the sign of a NaN: it is the canonical one.
        let (a, b) = (self.canonical(a, Repr::F64), self.canonical(b, Repr::F64));
        self.b.math(math, a, b)
    }

    fn len(&mut self, args: &'a [Expr]) -> Value {
        let Some(arg) = args.first() else {
            return self.b.iconst(Repr::I64, 0);
        };
        let ty = self.ty(arg.ty);
        match self.cx.types.kind(ty).clone() {
            TyKind::Ring(..) => {
                let ring = self.ring_of(arg);
                self.ring_len(ring)
            }
            TyKind::Str(_) | TyKind::Text | TyKind::Slice(_) => {
                self.run_of(arg, None).len
            }
            TyKind::Array(_, dims) => {
                let len = dims.first().map_or(At::Const(0), |dim| self.size_at(*dim));
                self.count_value(len)
            }
            _ => self.b.iconst(Repr::I64, 0),
        }
    }

    fn capacity(&mut self, args: &'a [Expr]) -> Value {
        let ty = args.first().map_or(Ty::I64, |arg| arg.ty);
        let ty = self.ty(ty);
        let capacity = match self.cx.types.kind(ty) {
            TyKind::Ring(_, size) => size_of(*size),
            _ => 0,
        };
        self.b.iconst(Repr::I64, low_bits(i128::from(capacity)))
    }

    fn finite(&mut self, args: &'a [Expr]) -> Value {
        let Some(arg) = args.first() else {
            return self.b.bool(true);
        };
        let ty = self.ty(arg.ty);
        if self.is_scalar(ty) {
            let value = self.value(arg);
            return self.finite_scalar(value);
        }
        let place = self.place(arg);
        self.finite_place(place)
    }

    fn finite_scalar(&mut self, value: Value) -> Value {
        let repr = self.b.func().repr(value);
        if !repr.is_float() {
            return self.b.bool(true);
        }
        let size = self.b.unary(UnaryOp::Fabs, repr, value);
        let inf = match repr {
            Repr::F32 => self.b.f32(f32::INFINITY),
            _ => self.b.f64(f64::INFINITY),
        };
        self.b.binary(BinaryOp::Flt, size, inf)
    }

    pub(crate) fn finite_place(&mut self, place: Place) -> Value {
        match &*self.cx.shape(place.ty) {
            Shape::Struct { members, .. } => {
                let mut all = self.b.bool(true);
                for n in 0..u32::try_from(members.len()).unwrap_or(u32::MAX) {
                    let member = self.member(place, n);
                    let one = self.finite_place(member);
                    all = self.b.binary(BinaryOp::And, all, one);
                }
                all
            }
            Shape::Choice { .. } => self.finite_variant(place),
            Shape::Array { .. } => self.finite_array(place),
            _ => {
                let value = self.load(place);
                self.finite_scalar(value)
            }
        }
    }

    fn finite_array(&mut self, place: Place) -> Value {
        let Some((count, elem)) = self.array_count(place.ty) else {
            return self.b.bool(true);
        };
        let size = self.size(elem);
        let all = self.temp(Ty::BOOL);
        let holds = self.b.bool(true);
        self.store(all, holds);
        self.each_at(count, |cx, at| {
            let elem = cx.element_at(place, elem, size, at);
            let one = cx.finite_place(elem);
            let before = cx.load(all);
            let both = cx.b.binary(BinaryOp::And, before, one);
            cx.store(all, both);
        });
        self.load(all)
    }

    fn same_bits(&mut self, args: &'a [Expr]) -> Value {
        let [left, right] = args else {
            return self.b.bool(true);
        };
        let ty = self.ty(left.ty);
        if self.is_scalar(ty) {
            let (a, b) = (self.value(left), self.value(right));
            return self.equal_scalars(a, b, true);
        }
        let (a, b) = (self.stable_place(left, right), self.place(right));
        self.equal_places(a, b, true)
    }

    /// One draw of the process's random stream: a function of seed, process, tick, number.
    pub(crate) fn draw(&mut self) -> Value {
        let (Some(stream), Some(hash)) = (self.stream, self.cx.hash_fn()) else {
            return self.b.iconst(Repr::I64, 0);
        };
        let header = self.b.base(0);
        let seed = self
            .b
            .load_invariant(Repr::I64, header, theus_abi::header::SEED);
        let tick = self.b.load(Repr::I64, header, theus_abi::header::TICK);
        let name = self.stream_of_turn(stream.name);
        let number = self.load(stream.draws);
        let one = self.b.iconst(Repr::I64, 1);
        let next = self.b.binary(BinaryOp::Iadd, number, one);
        self.store(stream.draws, next);
        let returns = [crate::site::STATUS, Repr::I64];
        let results = self.b.call(hash, &[seed, name, tick, number], &returns);
        results.get(1).copied().unwrap_or(number)
    }
}
