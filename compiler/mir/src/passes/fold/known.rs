//! Operations on constants, by the one definition of each operation.

use super::{Editor, Folded};
use crate::eval;
use crate::ids::Value;
use crate::op::{BinaryOp, TernaryOp, UnaryOp};
use crate::passes::constant::Const;
use theus_abi::{MathFn, Repr};

/// A unary operation on a constant.
pub(super) fn unary(op: UnaryOp, repr: Repr, arg: Const) -> Folded {
    made(repr, eval::unary(op, arg.repr, repr, arg.bits))
}

/// A binary operation on constants. What has no value, such as a division by zero, stays.
pub(super) fn binary(op: BinaryOp, a: Const, b: Const) -> Folded {
    let repr = if op.is_predicate() { Repr::I8 } else { a.repr };
    match eval::binary(op, a.repr, a.bits, b.bits) {
        Some(bits) => made(repr, bits),
        None => Folded::Keep,
    }
}

/// A ternary operation, if all operands are constants.
pub(super) fn ternary(editor: &Editor<'_>, op: TernaryOp, args: [Value; 3]) -> Folded {
    let [a, b, c] = args.map(|arg| editor.known(arg));
    let (Some(a), Some(b), Some(c)) = (a, b, c) else {
        return Folded::Keep;
    };
    made(b.repr, eval::ternary(op, b.repr, a.bits, b.bits, c.bits))
}

/// A function of the host, if all operands are constants.
pub(super) fn math(editor: &Editor<'_>, math: MathFn, args: [Value; 2]) -> Folded {
    let [a, b] = args.map(|arg| editor.known(arg));
    let (Some(a), Some(b)) = (a, b) else {
        return Folded::Keep;
    };
    let (a, b) = (f64::from_bits(a.bits), f64::from_bits(b.bits));
    made(Repr::F64, eval::math(math, a, b))
}

fn made(repr: Repr, bits: u64) -> Folded {
    Folded::Inst(Const::new(repr, bits).inst())
}
