//! Identities of integer operations, wrapping at every width.

use super::{Editor, Folded, is_bool};
use crate::func::Inst;
use crate::ids::Value;
use crate::op::{BinaryOp, UnaryOp};
use crate::passes::constant::{Const, mask};
use theus_abi::Repr;

/// No operand is constant.
pub(super) fn same(editor: &Editor<'_>, op: BinaryOp, [a, b]: [Value; 2]) -> Folded {
    if a != b {
        return Folded::Keep;
    }
    let repr = editor.func.repr(a);
    match op {
        BinaryOp::And | BinaryOp::Or => Folded::Value(a),
        BinaryOp::Isub | BinaryOp::Xor | BinaryOp::Srem | BinaryOp::Urem => {
            known(Const::new(repr, 0))
        }
        BinaryOp::Sdiv | BinaryOp::Udiv => known(Const::new(repr, 1)),
        BinaryOp::Ieq | BinaryOp::Sle | BinaryOp::Ule => known(Const::bool(true)),
        BinaryOp::Ine
        | BinaryOp::Slt
        | BinaryOp::Ult
        | BinaryOp::SsubOvf
        | BinaryOp::UsubOvf => known(Const::bool(false)),
        _ => Folded::Keep,
    }
}

/// The left operand is constant, the operation not commutative.
pub(super) fn left(op: BinaryOp, c: Const) -> Folded {
    let (lowest, highest) = signed_bounds(c.repr);
    match op {
        BinaryOp::Ule if c.bits == 0 => known(Const::bool(true)),
        BinaryOp::Ult if c.bits == mask(c.repr) => known(Const::bool(false)),
        BinaryOp::Sle if c.signed() == lowest => known(Const::bool(true)),
        BinaryOp::Slt if c.signed() == highest => known(Const::bool(false)),
        BinaryOp::Shl | BinaryOp::Sshr | BinaryOp::Ushr if c.bits == 0 => known(c),
        _ => Folded::Keep,
    }
}

/// The right operand is constant.
pub(super) fn right(
    editor: &mut Editor<'_>,
    op: BinaryOp,
    [a, b]: [Value; 2],
    c: Const,
) -> Folded {
    let width = u64::from(c.repr.bits());
    match op {
        BinaryOp::Iadd => add(editor, a, c),
        BinaryOp::Isub => {
            let minus = editor.constant(Const::new(c.repr, c.bits.wrapping_neg()));
            minus.map_or(Folded::Keep, |minus| make(BinaryOp::Iadd, a, minus))
        }
        BinaryOp::Imul => multiply(editor, a, c),
        BinaryOp::Shl | BinaryOp::Sshr | BinaryOp::Ushr
            if c.bits.is_multiple_of(width) =>
        {
            Folded::Value(a)
        }
        BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => bits(editor, op, [a, b], c),
        BinaryOp::Sdiv | BinaryOp::Udiv if c.is_int(1) => Folded::Value(a),
        BinaryOp::Sdiv if c.is_int(-1) => Folded::Inst(Inst::Unary {
            op: UnaryOp::Ineg,
            repr: c.repr,
            arg: a,
        }),
        BinaryOp::Srem | BinaryOp::Urem if c.is_int(1) => known(Const::new(c.repr, 0)),
        BinaryOp::Srem if c.is_int(-1) => known(Const::new(c.repr, 0)),
        BinaryOp::Udiv if c.bits.is_power_of_two() => {
            let amount =
                editor.constant(Const::new(c.repr, c.bits.trailing_zeros().into()));
            amount.map_or(Folded::Keep, |amount| make(BinaryOp::Ushr, a, amount))
        }
        BinaryOp::Urem if c.bits.is_power_of_two() => {
            let low = editor.constant(Const::new(c.repr, c.bits - 1));
            low.map_or(Folded::Keep, |low| make(BinaryOp::And, a, low))
        }
        BinaryOp::SmulOvf if matches!(c.signed(), 0 | 1) => known(Const::bool(false)),
        BinaryOp::UmulOvf if matches!(c.bits, 0 | 1) => known(Const::bool(false)),
        BinaryOp::SaddOvf | BinaryOp::UaddOvf | BinaryOp::SsubOvf | BinaryOp::UsubOvf
            if c.bits == 0 =>
        {
            known(Const::bool(false))
        }
        _ => compare(editor, op, a, c),
    }
}

/// Sums of constants are collected on the right.
fn add(editor: &mut Editor<'_>, a: Value, c: Const) -> Folded {
    if c.bits == 0 {
        return Folded::Value(a);
    }
    let Some(&Inst::Binary {
        op: BinaryOp::Iadd,
        args: [inner, by],
    }) = editor.def(a)
    else {
        return Folded::Keep;
    };
    let Some(by) = editor.known(by) else {
        return Folded::Keep;
    };
    let sum = editor.constant(Const::new(c.repr, c.bits.wrapping_add(by.bits)));
    sum.map_or(Folded::Keep, |sum| make(BinaryOp::Iadd, inner, sum))
}

fn multiply(editor: &mut Editor<'_>, a: Value, c: Const) -> Folded {
    match c.signed() {
        0 => known(c),
        1 => Folded::Value(a),
        -1 => Folded::Inst(Inst::Unary {
            op: UnaryOp::Ineg,
            repr: c.repr,
            arg: a,
        }),
        _ if c.bits.is_power_of_two() => {
            let amount =
                editor.constant(Const::new(c.repr, c.bits.trailing_zeros().into()));
            amount.map_or(Folded::Keep, |amount| make(BinaryOp::Shl, a, amount))
        }
        _ => Folded::Keep,
    }
}

fn bits(editor: &Editor<'_>, op: BinaryOp, [a, _]: [Value; 2], c: Const) -> Folded {
    let all = c.bits == mask(c.repr);
    let one_bool = c.is_int(1) && is_bool(editor.func, a, 4);
    match op {
        BinaryOp::And if c.bits == 0 => known(c),
        BinaryOp::And if all || one_bool => Folded::Value(a),
        BinaryOp::Or if c.bits == 0 => Folded::Value(a),
        BinaryOp::Or if all || one_bool => known(c),
        BinaryOp::Xor if c.bits == 0 => Folded::Value(a),
        BinaryOp::Xor if all => Folded::Inst(Inst::Unary {
            op: UnaryOp::Bnot,
            repr: c.repr,
            arg: a,
        }),
        BinaryOp::Xor if one_bool => not(a),
        _ => Folded::Keep,
    }
}

fn compare(editor: &Editor<'_>, op: BinaryOp, a: Value, c: Const) -> Folded {
    let (lowest, highest) = signed_bounds(c.repr);
    let byte = c.repr == Repr::I8;
    match op {
        BinaryOp::Ult if c.bits == 0 => known(Const::bool(false)),
        BinaryOp::Ule if c.bits == mask(c.repr) => known(Const::bool(true)),
        BinaryOp::Slt if c.signed() == lowest => known(Const::bool(false)),
        BinaryOp::Sle if c.signed() == highest => known(Const::bool(true)),
        BinaryOp::Ieq if byte && c.bits == 0 => not(a),
        BinaryOp::Ine if byte && c.bits == 0 && is_bool(editor.func, a, 4) => {
            Folded::Value(a)
        }
        BinaryOp::Ieq if c.is_int(1) && is_bool(editor.func, a, 4) => Folded::Value(a),
        BinaryOp::Ine if c.is_int(1) && is_bool(editor.func, a, 4) => not(a),
        _ => Folded::Keep,
    }
}

const fn signed_bounds(repr: Repr) -> (i64, i64) {
    let shift = 64 - repr.bits();
    (i64::MIN >> shift, i64::MAX >> shift)
}

const fn not(arg: Value) -> Folded {
    Folded::Inst(Inst::Unary {
        op: UnaryOp::Not,
        repr: Repr::I8,
        arg,
    })
}

const fn known(value: Const) -> Folded {
    Folded::Inst(value.inst())
}

const fn make(op: BinaryOp, a: Value, b: Value) -> Folded {
    Folded::Inst(Inst::Binary { op, args: [a, b] })
}
