//! Identities of unary operations.

use super::{Editor, Folded, is_bool, known};
use crate::func::{Func, Inst};
use crate::ids::Value;
use crate::op::{BinaryOp, TernaryOp, UnaryOp};
use crate::passes::constant::{Const, def};
use theus_abi::Repr;

/// A unary operation.
pub(super) fn fold(editor: &Editor<'_>, op: UnaryOp, repr: Repr, arg: Value) -> Folded {
    if let Some(c) = editor.known(arg) {
        return known::unary(op, repr, c);
    }
    match op {
        UnaryOp::Ineg | UnaryOp::Bnot | UnaryOp::Fneg => match inner(editor, op, arg) {
            Some(x) => Folded::Value(x),
            None => Folded::Keep,
        },
        UnaryOp::Not => not(editor, arg),
        UnaryOp::Fabs => match editor.def(arg) {
            Some(&Inst::Unary {
                op: UnaryOp::Fneg,
                arg: x,
                ..
            }) => unary(op, repr, x),
            Some(Inst::Unary {
                op: UnaryOp::Fabs, ..
            }) => Folded::Value(arg),
            _ => Folded::Keep,
        },
        UnaryOp::Ffloor | UnaryOp::Fceil | UnaryOp::Ftrunc | UnaryOp::Fnearest => {
            if is_whole(editor.func, arg) {
                Folded::Value(arg)
            } else {
                Folded::Keep
            }
        }
        UnaryOp::Fcanon => {
            if is_canonical(editor.func, arg, 4) {
                Folded::Value(arg)
            } else {
                Folded::Keep
            }
        }
        UnaryOp::Fdemote => back(editor, UnaryOp::Fpromote, repr, arg),
        UnaryOp::Bitcast => back(editor, UnaryOp::Bitcast, repr, arg),
        UnaryOp::Trunc => truncate(editor, repr, arg),
        UnaryOp::Sext | UnaryOp::Zext => extend(editor, op, repr, arg),
        UnaryOp::Clz
        | UnaryOp::Ctz
        | UnaryOp::Popcnt
        | UnaryOp::Fsqrt
        | UnaryOp::Fpromote
        | UnaryOp::SintToF
        | UnaryOp::UintToF
        | UnaryOp::FToSint
        | UnaryOp::FToUint => Folded::Keep,
    }
}

const fn unary(op: UnaryOp, repr: Repr, arg: Value) -> Folded {
    Folded::Inst(Inst::Unary { op, repr, arg })
}

/// The operand of `value`, if that is made by `op`.
fn inner(editor: &Editor<'_>, op: UnaryOp, value: Value) -> Option<Value> {
    match editor.def(value) {
        Some(Inst::Unary { op: made, arg, .. }) if *made == op => Some(*arg),
        _ => None,
    }
}

/// A conversion that undoes the conversion `made`, exactly.
fn back(editor: &Editor<'_>, made: UnaryOp, repr: Repr, arg: Value) -> Folded {
    match inner(editor, made, arg) {
        Some(x) if editor.func.repr(x) == repr => Folded::Value(x),
        _ => Folded::Keep,
    }
}

/// Comparisons are inverted where that is exact: `not (a < b)` is not `b <= a` for floats.
fn not(editor: &Editor<'_>, arg: Value) -> Folded {
    match editor.def(arg) {
        Some(&Inst::Unary {
            op: UnaryOp::Not,
            arg: x,
            ..
        }) if is_bool(editor.func, x, 4) => Folded::Value(x),
        Some(&Inst::Binary { op, args: [a, b] }) => match op {
            BinaryOp::Ieq => binary(BinaryOp::Ine, a, b),
            BinaryOp::Ine => binary(BinaryOp::Ieq, a, b),
            BinaryOp::Feq => binary(BinaryOp::Fne, a, b),
            BinaryOp::Fne => binary(BinaryOp::Feq, a, b),
            BinaryOp::Slt => binary(BinaryOp::Sle, b, a),
            BinaryOp::Sle => binary(BinaryOp::Slt, b, a),
            BinaryOp::Ult => binary(BinaryOp::Ule, b, a),
            BinaryOp::Ule => binary(BinaryOp::Ult, b, a),
            _ => Folded::Keep,
        },
        _ => Folded::Keep,
    }
}

const fn binary(op: BinaryOp, a: Value, b: Value) -> Folded {
    Folded::Inst(Inst::Binary { op, args: [a, b] })
}

fn truncate(editor: &Editor<'_>, repr: Repr, arg: Value) -> Folded {
    let Some(&Inst::Unary { op, arg: x, .. }) = editor.def(arg) else {
        return Folded::Keep;
    };
    let from = editor.func.repr(x);
    match op {
        UnaryOp::Trunc => unary(UnaryOp::Trunc, repr, x),
        UnaryOp::Sext | UnaryOp::Zext if from == repr => Folded::Value(x),
        UnaryOp::Sext | UnaryOp::Zext if from.size() < repr.size() => unary(op, repr, x),
        UnaryOp::Sext | UnaryOp::Zext => unary(UnaryOp::Trunc, repr, x),
        _ => Folded::Keep,
    }
}

fn extend(editor: &Editor<'_>, op: UnaryOp, repr: Repr, arg: Value) -> Folded {
    match editor.def(arg) {
        Some(&Inst::Unary {
            op: UnaryOp::Zext,
            arg: x,
            ..
        }) => unary(UnaryOp::Zext, repr, x),
        Some(&Inst::Unary {
            op: UnaryOp::Sext,
            arg: x,
            ..
        }) if op == UnaryOp::Sext => unary(UnaryOp::Sext, repr, x),
        _ => Folded::Keep,
    }
}

/// Whether a float is an integer, an infinity or NaN for certain.
fn is_whole(func: &Func, value: Value) -> bool {
    match def(func, value) {
        Some(Inst::Unary { op, .. }) => matches!(
            op,
            UnaryOp::Ffloor
                | UnaryOp::Fceil
                | UnaryOp::Ftrunc
                | UnaryOp::Fnearest
                | UnaryOp::SintToF
                | UnaryOp::UintToF
        ),
        _ => false,
    }
}

/// Whether a float is not NaN or the canonical one for certain.
fn is_canonical(func: &Func, value: Value, depth: u32) -> bool {
    match def(func, value) {
        Some(inst @ Inst::Fconst { .. }) => {
            Const::of_inst(inst).is_some_and(|c| !c.is_nan() || is_canonical_nan(c))
        }
        Some(Inst::Unary { op, .. }) => {
            matches!(op, UnaryOp::Fcanon | UnaryOp::SintToF | UnaryOp::UintToF)
        }
        Some(Inst::Ternary {
            op: TernaryOp::Select,
            args: [_, a, b],
        }) => {
            depth > 0
                && is_canonical(func, *a, depth - 1)
                && is_canonical(func, *b, depth - 1)
        }
        _ => false,
    }
}

const fn is_canonical_nan(c: Const) -> bool {
    match c.repr {
        Repr::F64 => c.bits == 0x7ff8_0000_0000_0000,
        Repr::F32 => c.bits == 0x7fc0_0000,
        Repr::I8 | Repr::I16 | Repr::I32 | Repr::I64 => false,
    }
}
