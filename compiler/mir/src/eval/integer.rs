//! Binary operations on integers.

use theus_abi::Repr;

use super::{mask, sign_extend};
use crate::op::BinaryOp;

/// A binary operation that is not of floats.
pub(super) fn binary(op: BinaryOp, repr: Repr, a: u64, b: u64) -> Option<u64> {
    use BinaryOp as Op;
    let (sa, sb) = (sign_extend(repr, a), sign_extend(repr, b));
    let amount = u32::try_from(b % u64::from(repr.bits())).unwrap_or(0);
    let result = match op {
        Op::Iadd => a.wrapping_add(b),
        Op::Isub => a.wrapping_sub(b),
        Op::Imul => a.wrapping_mul(b),
        Op::Sdiv => quotient(repr, sa, sb)?,
        Op::Udiv => a.checked_div(b)?,
        Op::Srem if sb == 0 => return None,
        Op::Srem => sa.wrapping_rem(sb).cast_unsigned(),
        Op::Urem => a.checked_rem(b)?,
        Op::And => a & b,
        Op::Or => a | b,
        Op::Xor => a ^ b,
        Op::Shl => a << amount,
        Op::Sshr => (sa >> amount).cast_unsigned(),
        Op::Ushr => a >> amount,
        Op::SaddOvf => leaves(repr, i128::from(sa) + i128::from(sb)),
        Op::SsubOvf => leaves(repr, i128::from(sa) - i128::from(sb)),
        Op::SmulOvf => leaves(repr, i128::from(sa) * i128::from(sb)),
        Op::UaddOvf => exceeds(repr, u128::from(a) + u128::from(b)),
        Op::UsubOvf => (a < b).into(),
        Op::UmulOvf => exceeds(repr, u128::from(a) * u128::from(b)),
        Op::Ieq => (a == b).into(),
        Op::Ine => (a != b).into(),
        Op::Slt => (sa < sb).into(),
        Op::Sle => (sa <= sb).into(),
        Op::Ult => (a < b).into(),
        Op::Ule => (a <= b).into(),
        Op::Fadd | Op::Fsub | Op::Fmul | Op::Fdiv | Op::Fmin | Op::Fmax => return None,
        Op::Fcopysign | Op::Feq | Op::Fne | Op::Flt | Op::Fle => return None,
    };
    Some(result & mask(repr))
}

fn quotient(repr: Repr, a: i64, b: i64) -> Option<u64> {
    let quotient = a.checked_div(b)?;
    let fits = sign_extend(repr, quotient.cast_unsigned()) == quotient;
    fits.then_some(quotient.cast_unsigned())
}

/// 1 if the exact value is not one of the signed integers of the representation.
fn leaves(repr: Repr, exact: i128) -> u64 {
    let half = 1_i128 << (repr.bits() - 1);
    (exact < -half || exact >= half).into()
}

/// 1 if the exact value is not one of the unsigned integers of the representation.
fn exceeds(repr: Repr, exact: u128) -> u64 {
    (exact > u128::from(mask(repr))).into()
}
