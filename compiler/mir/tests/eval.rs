//! The meaning of every operation at the edges of its operands.

use theus_abi::MathFn;
use theus_abi::Repr::{self, F32, F64, I8, I16, I32, I64};
use theus_mir::eval::{binary, math, ternary, unary};
use theus_mir::{BinaryOp as B, TernaryOp as T, UnaryOp as U};

const NAN: u64 = 0x7ff8_0000_0000_0000;
const NAN32: u64 = 0x7fc0_0000;
const MIN: u64 = 1 << 63;
const MAX: u64 = MIN - 1;
const ALL: u64 = u64::MAX;

fn d(value: f64) -> u64 {
    value.to_bits()
}

fn s(value: f32) -> u64 {
    value.to_bits().into()
}

#[test]
fn integer_unary() {
    let cases = [
        (U::Ineg, I64, I64, MIN, MIN),
        (U::Ineg, I8, I8, 1, 0xff),
        (U::Ineg, I8, I8, 0x80, 0x80),
        (U::Bnot, I16, I16, 0x00ff, 0xff00),
        (U::Not, I8, I8, 0, 1),
        (U::Not, I8, I8, 2, 0),
        (U::Clz, I8, I8, 1, 7),
        (U::Clz, I8, I8, 0, 8),
        (U::Clz, I64, I64, 0, 64),
        (U::Ctz, I16, I16, 0, 16),
        (U::Ctz, I64, I64, 0, 64),
        (U::Ctz, I32, I32, 8, 3),
        (U::Popcnt, I64, I64, ALL, 64),
        (U::Popcnt, I8, I8, 0xff, 8),
        (U::Sext, I8, I64, 0x80, 0xffff_ffff_ffff_ff80),
        (U::Sext, I8, I16, 0x80, 0xff80),
        (U::Sext, I32, I64, 0x7fff_ffff, 0x7fff_ffff),
        (U::Zext, I8, I64, 0x80, 0x80),
        (U::Trunc, I64, I8, 0x1234, 0x34),
        (U::Trunc, I64, I32, ALL, 0xffff_ffff),
        (U::Bitcast, F64, I64, d(-0.0), MIN),
        (
            U::Bitcast,
            I64,
            F64,
            0xfff0_0000_0000_0001,
            0xfff0_0000_0000_0001,
        ),
        (U::Bitcast, F32, I32, s(1.0), 0x3f80_0000),
    ];
    check_unary(&cases);
}

#[test]
fn float_unary() {
    let cases = [
        (U::Fneg, F64, F64, d(0.0), d(-0.0)),
        (U::Fneg, F64, F64, NAN, NAN | MIN),
        (U::Fneg, F32, F32, s(1.5), s(-1.5)),
        (U::Fabs, F64, F64, d(-0.0), d(0.0)),
        (U::Fabs, F32, F32, NAN32 | 1 << 31, NAN32),
        (U::Fsqrt, F64, F64, d(2.0), d(std::f64::consts::SQRT_2)),
        (U::Fsqrt, F64, F64, d(-0.0), d(-0.0)),
        (U::Fsqrt, F64, F64, d(-1.0), NAN),
        (U::Fsqrt, F32, F32, s(2.0), s(std::f32::consts::SQRT_2)),
        (U::Ffloor, F64, F64, d(-0.5), d(-1.0)),
        (U::Fceil, F64, F64, d(-0.5), d(-0.0)),
        (U::Ftrunc, F64, F64, d(-1.9), d(-1.0)),
        (U::Fnearest, F64, F64, d(2.5), d(2.0)),
        (U::Fnearest, F64, F64, d(3.5), d(4.0)),
        (U::Fnearest, F64, F64, d(-0.4), d(-0.0)),
        (U::Fnearest, F32, F32, s(-2.5), s(-2.0)),
        (U::Fcanon, F64, F64, 0xfff8_0000_0000_1234, NAN),
        (U::Fcanon, F64, F64, 0x7ff0_0000_0000_0001, NAN),
        (
            U::Fcanon,
            F64,
            F64,
            d(f64::NEG_INFINITY),
            d(f64::NEG_INFINITY),
        ),
        (U::Fcanon, F32, F32, 0xffff_ffff, NAN32),
        (U::Fcanon, F32, F32, s(1.0), s(1.0)),
        (U::Fpromote, F32, F64, s(0.1), d(f64::from(0.1_f32))),
        (U::Fpromote, F32, F64, 0xffc0_0001, NAN),
        (U::Fdemote, F64, F32, d(0.1), s(0.1)),
        (U::Fdemote, F64, F32, d(1e300), s(f32::INFINITY)),
        (U::Fdemote, F64, F32, d(1e-300), s(0.0)),
        (U::Fdemote, F64, F32, 0xfff8_0000_0000_0001, NAN32),
    ];
    check_unary(&cases);
}

#[test]
fn conversions() {
    let cases = [
        (U::SintToF, I64, F64, ALL, d(-1.0)),
        (U::SintToF, I64, F64, MAX, d(9_223_372_036_854_775_808.0)),
        (U::SintToF, I8, F32, 0x80, s(-128.0)),
        // Rounded once: through f64 it would be 2^62.
        (
            U::SintToF,
            I64,
            F32,
            0x4000_0040_0000_0001,
            s(4_611_686_568_183_201_792.0),
        ),
        (U::UintToF, I64, F64, ALL, d(18_446_744_073_709_551_616.0)),
        (U::UintToF, I8, F64, 0x80, d(128.0)),
        (U::FToSint, F64, I64, d(-1.9), ALL),
        (U::FToSint, F64, I64, d(1e300), MAX),
        (U::FToSint, F64, I64, d(-1e300), MIN),
        (U::FToSint, F64, I64, NAN, 0),
        (U::FToSint, F64, I8, d(127.9), 127),
        (U::FToSint, F64, I8, d(128.0), 127),
        (U::FToSint, F64, I8, d(-129.0), 0x80),
        (U::FToSint, F32, I32, s(3e9), 0x7fff_ffff),
        (U::FToUint, F64, I64, d(-1.0), 0),
        (U::FToUint, F64, I64, d(1e300), ALL),
        (U::FToUint, F64, I64, NAN, 0),
        (U::FToUint, F64, I8, d(255.9), 255),
        (U::FToUint, F64, I8, d(256.0), 255),
        (U::FToUint, F32, I16, s(f32::INFINITY), 0xffff),
        (U::FToUint, F64, I64, d(9_223_372_036_854_775_808.0), MIN),
    ];
    check_unary(&cases);
}

fn check_unary(cases: &[(U, Repr, Repr, u64, u64)]) {
    for &(op, from, to, arg, expected) in cases {
        let found = unary(op, from, to, arg);
        assert_eq!(found, expected, "{op:?} {from} {to} {arg:#x}: {found:#x}");
    }
}

#[test]
fn integer_arithmetic() {
    let cases = [
        (B::Iadd, I64, MAX, 1, Some(MIN)),
        (B::Iadd, I8, 0xff, 1, Some(0)),
        (B::Isub, I16, 0, 1, Some(0xffff)),
        (B::Imul, I32, 0x10000, 0x10000, Some(0)),
        (B::Imul, I64, ALL, ALL, Some(1)),
        (
            B::Sdiv,
            I64,
            (-7_i64).cast_unsigned(),
            2,
            Some((-3_i64).cast_unsigned()),
        ),
        (B::Sdiv, I64, 1, 0, None),
        (B::Sdiv, I64, MIN, ALL, None),
        (B::Sdiv, I8, 0x80, 0xff, None),
        (B::Sdiv, I8, 0x81, 0xff, Some(127)),
        (B::Udiv, I8, 0x80, 0xff, Some(0)),
        (B::Udiv, I64, ALL, 2, Some(MAX)),
        (B::Udiv, I64, 1, 0, None),
        (B::Srem, I64, (-7_i64).cast_unsigned(), 2, Some(ALL)),
        (B::Srem, I64, MIN, ALL, Some(0)),
        (B::Srem, I8, 0x80, 0xff, Some(0)),
        (B::Srem, I64, 1, 0, None),
        (B::Urem, I64, ALL, 10, Some(5)),
        (B::Urem, I64, 1, 0, None),
        (B::And, I8, 0b1100, 0b1010, Some(0b1000)),
        (B::Or, I8, 0b1100, 0b1010, Some(0b1110)),
        (B::Xor, I8, 0b1100, 0b1010, Some(0b0110)),
        (B::Shl, I8, 0x81, 1, Some(2)),
        (B::Shl, I8, 1, 8, Some(1)),
        (B::Shl, I64, 1, 65, Some(2)),
        (B::Sshr, I8, 0x80, 7, Some(0xff)),
        (B::Sshr, I32, 0x8000_0000, 33, Some(0xc000_0000)),
        (B::Ushr, I8, 0x80, 7, Some(1)),
        (B::Ushr, I64, ALL, 63, Some(1)),
    ];
    check_binary(&cases);
}

#[test]
fn overflow_and_comparison() {
    let cases = [
        (B::SaddOvf, I64, MAX, 1, Some(1)),
        (B::SaddOvf, I64, MAX, 0, Some(0)),
        (B::SaddOvf, I8, 0x80, 0xff, Some(1)),
        (B::SaddOvf, I8, 0xff, 1, Some(0)),
        (B::SsubOvf, I64, MIN, 1, Some(1)),
        (B::SsubOvf, I64, 0, MIN, Some(1)),
        (B::SsubOvf, I16, 0x7fff, 0xffff, Some(1)),
        (B::SmulOvf, I64, MIN, ALL, Some(1)),
        (B::SmulOvf, I64, MIN, 1, Some(0)),
        (B::SmulOvf, I8, 16, 8, Some(1)),
        (B::SmulOvf, I8, 16, 0xf8, Some(0)),
        (B::UaddOvf, I64, ALL, 1, Some(1)),
        (B::UaddOvf, I8, 0xfe, 1, Some(0)),
        (B::UsubOvf, I8, 0, 1, Some(1)),
        (B::UsubOvf, I64, 1, 1, Some(0)),
        (B::UmulOvf, I64, 1 << 32, 1 << 32, Some(1)),
        (B::UmulOvf, I8, 15, 17, Some(0)),
        (B::UmulOvf, I8, 16, 16, Some(1)),
        (B::Ieq, I8, 3, 3, Some(1)),
        (B::Ine, I8, 3, 3, Some(0)),
        (B::Slt, I8, 0x80, 0, Some(1)),
        (B::Slt, I8, 0, 0, Some(0)),
        (B::Sle, I64, MAX, MIN, Some(0)),
        (B::Sle, I64, 5, 5, Some(1)),
        (B::Ult, I8, 0x80, 0, Some(0)),
        (B::Ult, I64, MAX, MIN, Some(1)),
        (B::Ule, I8, 7, 7, Some(1)),
    ];
    check_binary(&cases);
}

#[test]
fn float_binary() {
    let cases = [
        (B::Fadd, F64, d(0.1), d(0.2), Some(d(0.1 + 0.2))),
        (
            B::Fadd,
            F64,
            d(f64::INFINITY),
            d(f64::NEG_INFINITY),
            Some(NAN),
        ),
        (B::Fadd, F32, s(16_777_216.0), s(1.0), Some(s(16_777_216.0))),
        (B::Fsub, F64, d(0.0), d(0.0), Some(d(0.0))),
        (B::Fsub, F64, d(-0.0), d(0.0), Some(d(-0.0))),
        (B::Fmul, F64, d(0.0), d(f64::INFINITY), Some(NAN)),
        (B::Fmul, F32, s(3e38), s(10.0), Some(s(f32::INFINITY))),
        (B::Fdiv, F64, d(1.0), d(-0.0), Some(d(f64::NEG_INFINITY))),
        (B::Fdiv, F64, d(0.0), d(0.0), Some(NAN)),
        (B::Fdiv, F32, s(1.0), s(3.0), Some(s(1.0 / 3.0))),
        (B::Fmin, F64, d(0.0), d(-0.0), Some(d(-0.0))),
        (B::Fmin, F64, d(-0.0), d(0.0), Some(d(-0.0))),
        (B::Fmin, F64, d(1.0), NAN | MIN | 5, Some(NAN)),
        (B::Fmin, F64, d(1.0), d(2.0), Some(d(1.0))),
        (B::Fmax, F64, d(0.0), d(-0.0), Some(d(0.0))),
        (B::Fmax, F64, d(-0.0), d(0.0), Some(d(0.0))),
        (B::Fmax, F64, NAN, d(1.0), Some(NAN)),
        (B::Fmax, F32, s(1.0), s(2.0), Some(s(2.0))),
        (B::Fcopysign, F64, d(1.0), d(-0.0), Some(d(-1.0))),
        (B::Fcopysign, F32, s(-1.0), s(2.0), Some(s(1.0))),
        (B::Feq, F64, d(0.0), d(-0.0), Some(1)),
        (B::Feq, F64, NAN, NAN, Some(0)),
        (B::Fne, F64, NAN, NAN, Some(1)),
        (B::Fne, F64, d(1.0), d(1.0), Some(0)),
        (B::Flt, F64, d(-1.0), d(1.0), Some(1)),
        (B::Flt, F64, NAN, d(1.0), Some(0)),
        (B::Fle, F32, s(1.0), s(1.0), Some(1)),
        (B::Fle, F64, d(1.0), NAN, Some(0)),
    ];
    check_binary(&cases);
}

fn check_binary(cases: &[(B, Repr, u64, u64, Option<u64>)]) {
    for &(op, repr, a, b, expected) in cases {
        let found = binary(op, repr, a, b);
        assert_eq!(found, expected, "{op:?} {repr} {a:#x} {b:#x}: {found:x?}");
    }
}

#[test]
fn every_f32_operation_rounds_once() {
    // The same operations in f32 arithmetic of the machine, over values of many exponents.
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from_bits(state)
    };
    for _ in 0..20_000 {
        let (a, b) = (next(), next());
        let cases = [
            (B::Fadd, a + b),
            (B::Fsub, a - b),
            (B::Fmul, a * b),
            (B::Fdiv, a / b),
        ];
        for (op, value) in cases {
            let expected = if value.is_nan() { NAN32 } else { s(value) };
            assert_eq!(
                binary(op, F32, s(a), s(b)),
                Some(expected),
                "{op:?} {a:e} {b:e}"
            );
        }
        let root = if a.sqrt().is_nan() {
            NAN32
        } else {
            s(a.sqrt())
        };
        assert_eq!(unary(U::Fsqrt, F32, F32, s(a)), root, "sqrt {a:e}");
    }
}

#[test]
fn three_operands() {
    assert_eq!(ternary(T::Select, I64, 2, 10, 20), 10);
    assert_eq!(ternary(T::Select, I64, 0, 10, 20), 20);
    let almost = 1.0 + f64::EPSILON;
    let exact = ternary(
        T::Fma,
        F64,
        d(almost),
        d(almost),
        d(-1.0 - 2.0 * f64::EPSILON),
    );
    assert_eq!(exact, d(f64::EPSILON * f64::EPSILON));
    assert_eq!(ternary(T::Fma, F64, d(0.0), d(f64::INFINITY), d(1.0)), NAN);
    assert_eq!(ternary(T::Fma, F32, s(2.0), s(3.0), s(1.0)), s(7.0));
}

#[test]
fn functions_of_the_host() {
    assert_eq!(math(MathFn::Sin, 0.0, 0.0), d(0.0));
    assert_eq!(math(MathFn::Pow, 2.0, 10.0), d(1024.0));
    assert_eq!(math(MathFn::Log, -1.0, 0.0), NAN);
}

#[test]
fn results_have_no_bits_above_their_width() {
    let samples = [0, 1, 0x7f, 0x80, 0xff, 0x8000, 0xffff_ffff, MAX, MIN, ALL];
    for &op in B::ALL {
        for repr in [I8, I16, I32, I64, F32, F64] {
            if op.is_float() != repr.is_float() {
                continue;
            }
            let mask = u64::MAX >> (64 - repr.bits());
            for (a, b) in samples
                .iter()
                .flat_map(|a| samples.map(|b| (a & mask, b & mask)))
            {
                let found = binary(op, repr, a, b).unwrap_or(0);
                let width = if op.is_predicate() { 1 } else { mask };
                assert_eq!(found & !width, 0, "{op:?} {repr} {a:#x} {b:#x}");
            }
        }
    }
}
