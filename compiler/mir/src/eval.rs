//! The one definition of every pure operation, on the bits of scalars: what the interpreter
//! and constant folding compute. Bits above the width of a scalar are zero.

mod float;
mod integer;

use theus_abi::{MathFn, Repr};

use crate::op::{BinaryOp, TernaryOp, UnaryOp};

/// All bits of a representation.
pub const fn mask(repr: Repr) -> u64 {
    u64::MAX >> (64 - repr.bits())
}

/// The low bits of `bits` as a signed integer of that representation.
pub const fn sign_extend(repr: Repr, bits: u64) -> i64 {
    let shift = 64 - repr.bits();
    (bits << shift).cast_signed() >> shift
}

/// The bits of the canonical NaN of a float representation.
pub const fn canonical_nan(repr: Repr) -> u64 {
    match repr {
        Repr::F32 => 0x7fc0_0000,
        Repr::I8 | Repr::I16 | Repr::I32 | Repr::I64 | Repr::F64 => 0x7ff8_0000_0000_0000,
    }
}

/// A unary operation on an operand of `from` with a result of `to`.
pub fn unary(op: UnaryOp, from: Repr, to: Repr, bits: u64) -> u64 {
    use UnaryOp as Op;
    let result = match op {
        Op::Ineg => bits.wrapping_neg(),
        Op::Bnot => !bits,
        Op::Not => (bits == 0).into(),
        Op::Clz => u64::from(bits.leading_zeros() - (64 - from.bits())),
        Op::Ctz => bits.trailing_zeros().min(from.bits()).into(),
        Op::Popcnt => bits.count_ones().into(),
        Op::Sext => sign_extend(from, bits).cast_unsigned(),
        Op::Zext | Op::Trunc | Op::Bitcast => bits,
        Op::Fneg | Op::Fabs | Op::Fcanon | Op::Fpromote | Op::Fdemote => {
            float::bitwise(op, from, bits)
        }
        Op::Fsqrt | Op::Ffloor | Op::Fceil | Op::Ftrunc | Op::Fnearest => {
            float::unary(op, from, bits)
        }
        Op::SintToF => float::from_signed(to, sign_extend(from, bits)),
        Op::UintToF => float::from_unsigned(to, bits),
        Op::FToSint => float::to_signed(from, to, bits),
        Op::FToUint => float::to_unsigned(from, to, bits),
    };
    result & mask(to)
}

/// A binary operation on operands of `repr`; `None` where the operation has no value: a
/// divisor of 0, or a signed quotient that does not fit.
pub fn binary(op: BinaryOp, repr: Repr, a: u64, b: u64) -> Option<u64> {
    if op.is_float() {
        Some(float::binary(op, repr, a, b))
    } else {
        integer::binary(op, repr, a, b)
    }
}

/// A function of the host, with the canonical NaN.
pub fn math(math: MathFn, a: f64, b: f64) -> u64 {
    let value = math.eval(a, b);
    if value.is_nan() {
        canonical_nan(Repr::F64)
    } else {
        value.to_bits()
    }
}

/// A ternary operation whose result (and second operand) is of `repr`.
pub fn ternary(op: TernaryOp, repr: Repr, a: u64, b: u64, c: u64) -> u64 {
    match op {
        TernaryOp::Select if a != 0 => b,
        TernaryOp::Select => c,
        TernaryOp::Fma => float::fma(repr, a, b, c),
    }
}
