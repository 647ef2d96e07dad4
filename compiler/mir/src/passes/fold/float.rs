//! Identities of float operations that give the same bits for every operand, -0 and
//! infinities included. Which NaN a result is cannot be seen: `fcanon` stands wherever
//! bits leave. Nothing is reassociated or contracted.

use super::{Editor, Folded};
use crate::func::Inst;
use crate::ids::Value;
use crate::op::BinaryOp;
use crate::passes::constant::Const;
use theus_abi::Repr;

/// A float operation; `right` is the right operand if it is constant.
pub(super) fn fold(
    editor: &mut Editor<'_>,
    op: BinaryOp,
    [a, b]: [Value; 2],
    right: Option<Const>,
) -> Folded {
    match (op, right) {
        (BinaryOp::Fmin | BinaryOp::Fmax | BinaryOp::Fcopysign, _) if a == b => {
            Folded::Value(a)
        }
        (BinaryOp::Flt, _) if a == b => Folded::Inst(Const::bool(false).inst()),
        // x * 1 and x / 1 are x; so are x + -0 and x - +0, but not x + +0, which is +0 for -0.
        (BinaryOp::Fmul | BinaryOp::Fdiv, Some(c)) if c.is_float_bits(1.0) => {
            Folded::Value(a)
        }
        (BinaryOp::Fadd, Some(c)) if c.is_float_bits(-0.0) => Folded::Value(a),
        (BinaryOp::Fsub, Some(c)) if c.is_float_bits(0.0) => Folded::Value(a),
        (BinaryOp::Fdiv, Some(c)) => match reciprocal(c).and_then(|c| editor.constant(c))
        {
            Some(by) => Folded::Inst(Inst::Binary {
                op: BinaryOp::Fmul,
                args: [a, by],
            }),
            None => Folded::Keep,
        },
        _ => Folded::Keep,
    }
}

/// 1 / c where c and 1 / c are normal powers of two: the quotient and the product are then
/// the same exact number before they are rounded.
fn reciprocal(c: Const) -> Option<Const> {
    let (fraction_bits, exponent_mask) = match c.repr {
        Repr::F32 => (23_u32, 0xff_u64),
        Repr::F64 => (52, 0x7ff),
        Repr::I8 | Repr::I16 | Repr::I32 | Repr::I64 => return None,
    };
    let exponent = (c.bits >> fraction_bits) & exponent_mask;
    let bias = exponent_mask >> 1;
    let inverse = (2 * bias).checked_sub(exponent)?;
    let fraction = c.bits & ((1 << fraction_bits) - 1);
    if fraction != 0 || exponent == 0 || exponent == exponent_mask || inverse == 0 {
        return None;
    }
    let sign = c.bits >> (c.repr.bits() - 1) << (c.repr.bits() - 1);
    Some(Const::new(c.repr, sign | (inverse << fraction_bits)))
}
