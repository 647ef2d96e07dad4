//! Operations on floats. Every NaN that arithmetic makes is the canonical one.

use theus_abi::Repr;

use super::{canonical_nan, mask, sign_extend};
use crate::op::{BinaryOp, UnaryOp};

/// Low 32 bits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the low half is what is meant"
)]
const fn low(bits: u64) -> u32 {
    bits as u32
}

fn f32_bits(value: f32) -> u64 {
    if value.is_nan() {
        canonical_nan(Repr::F32)
    } else {
        value.to_bits().into()
    }
}

fn f64_bits(value: f64) -> u64 {
    if value.is_nan() {
        canonical_nan(Repr::F64)
    } else {
        value.to_bits()
    }
}

/// The scalar as an `f64`, exactly.
fn wide(repr: Repr, bits: u64) -> f64 {
    if repr == Repr::F32 {
        f32::from_bits(low(bits)).into()
    } else {
        f64::from_bits(bits)
    }
}

/// The `f64` rounded once to the representation.
#[expect(clippy::cast_possible_truncation, reason = "rounding is what is meant")]
fn round(repr: Repr, value: f64) -> u64 {
    if repr == Repr::F32 {
        f32_bits(value as f32)
    } else {
        f64_bits(value)
    }
}

/// Operations on the bits, and changes of precision.
pub(super) fn bitwise(op: UnaryOp, from: Repr, bits: u64) -> u64 {
    let sign = 1 << (from.bits() - 1);
    match op {
        UnaryOp::Fneg => bits ^ sign,
        UnaryOp::Fabs => bits & !sign,
        UnaryOp::Fpromote => round(Repr::F64, wide(Repr::F32, bits)),
        UnaryOp::Fdemote => round(Repr::F32, wide(Repr::F64, bits)),
        _ if wide(from, bits).is_nan() => canonical_nan(from),
        _ => bits,
    }
}

/// Square root and roundings. In `f64` and rounded, they are exact for `f32` too.
pub(super) fn unary(op: UnaryOp, repr: Repr, bits: u64) -> u64 {
    let value = wide(repr, bits);
    let result = match op {
        UnaryOp::Fsqrt => value.sqrt(),
        UnaryOp::Ffloor => value.floor(),
        UnaryOp::Fceil => value.ceil(),
        UnaryOp::Ftrunc => value.trunc(),
        _ => value.round_ties_even(),
    };
    round(repr, result)
}

/// Signed integer to float, rounded once.
#[expect(clippy::cast_precision_loss, reason = "rounding is what is meant")]
pub(super) fn from_signed(to: Repr, value: i64) -> u64 {
    if to == Repr::F32 {
        f32_bits(value as f32)
    } else {
        f64_bits(value as f64)
    }
}

/// Unsigned integer to float, rounded once.
#[expect(clippy::cast_precision_loss, reason = "rounding is what is meant")]
pub(super) fn from_unsigned(to: Repr, value: u64) -> u64 {
    if to == Repr::F32 {
        f32_bits(value as f32)
    } else {
        f64_bits(value as f64)
    }
}

/// Float to signed integer: towards zero, saturating, NaN to 0.
#[expect(
    clippy::cast_possible_truncation,
    reason = "`as` saturates as the operation does"
)]
pub(super) fn to_signed(from: Repr, to: Repr, bits: u64) -> u64 {
    let most = sign_extend(Repr::I64, mask(to) >> 1);
    (wide(from, bits) as i64)
        .clamp(-most - 1, most)
        .cast_unsigned()
}

/// Float to unsigned integer: towards zero, saturating, NaN to 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates as the operation does"
)]
pub(super) fn to_unsigned(from: Repr, to: Repr, bits: u64) -> u64 {
    (wide(from, bits) as u64).min(mask(to))
}

/// A binary operation on floats.
pub(super) fn binary(op: BinaryOp, repr: Repr, a: u64, b: u64) -> u64 {
    let (x, y) = (wide(repr, a), wide(repr, b));
    let sign = 1 << (repr.bits() - 1);
    match op {
        // A sum, product or quotient of two `f32`s, computed in `f64` and rounded again, is
        // the correctly rounded one: 53 >= 2 * 24 + 2.
        BinaryOp::Fadd => round(repr, x + y),
        BinaryOp::Fsub => round(repr, x - y),
        BinaryOp::Fmul => round(repr, x * y),
        BinaryOp::Fdiv => round(repr, x / y),
        BinaryOp::Fmin => round(repr, minimum(x, y)),
        BinaryOp::Fmax => round(repr, -minimum(-x, -y)),
        BinaryOp::Fcopysign => (a & !sign) | (b & sign),
        BinaryOp::Feq => (x == y).into(),
        BinaryOp::Fne => (x != y).into(),
        BinaryOp::Flt => (x < y).into(),
        _ => (x <= y).into(),
    }
}

/// IEEE 754-2019 `minimum`.
fn minimum(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        f64::NAN
    } else if x == y {
        if x.is_sign_negative() { x } else { y }
    } else if x < y {
        x
    } else {
        y
    }
}

/// `a * b + c`, rounded once.
pub(super) fn fma(repr: Repr, a: u64, b: u64, c: u64) -> u64 {
    if repr == Repr::F32 {
        let [a, b, c] = [a, b, c].map(|bits| f32::from_bits(low(bits)));
        f32_bits(a.mul_add(b, c))
    } else {
        let [a, b, c] = [a, b, c].map(f64::from_bits);
        f64_bits(a.mul_add(b, c))
    }
}
