//! Identities of `select`.

use super::{Editor, Folded, is_bool};
use crate::func::Inst;
use crate::ids::Value;
use crate::op::{BinaryOp, TernaryOp, UnaryOp};
use theus_abi::Repr;

/// `cond` is not 0: `a`, else `b`.
pub(super) fn select(editor: &Editor<'_>, [cond, a, b]: [Value; 3]) -> Folded {
    if let Some(c) = editor.known(cond) {
        return Folded::Value(if c.bits == 0 { b } else { a });
    }
    if a == b {
        return Folded::Value(a);
    }
    match condition(editor, cond) {
        Some((cond, false)) => again(cond, a, b),
        Some((cond, true)) => again(cond, b, a),
        None => choose(editor, cond, a, b),
    }
}

const fn again(cond: Value, a: Value, b: Value) -> Folded {
    Folded::Inst(Inst::Ternary {
        op: TernaryOp::Select,
        args: [cond, a, b],
    })
}

/// A simpler condition that is 0 when `cond` is, or when it is not (`true`).
pub(crate) fn condition(editor: &Editor<'_>, cond: Value) -> Option<(Value, bool)> {
    match editor.def(cond)? {
        Inst::Unary {
            op: UnaryOp::Not,
            arg,
            ..
        } => Some((*arg, true)),
        Inst::Binary {
            op: BinaryOp::Ine,
            args: [x, c],
        } => {
            let zero = editor
                .known(*c)
                .is_some_and(|c| c.bits == 0 && c.repr == Repr::I8);
            zero.then_some((*x, false))
        }
        _ => None,
    }
}

/// The condition itself, as a value.
fn choose(editor: &Editor<'_>, cond: Value, a: Value, b: Value) -> Folded {
    let (Some(yes), Some(no)) = (editor.known(a), editor.known(b)) else {
        return Folded::Keep;
    };
    if yes.repr != Repr::I8 {
        return Folded::Keep;
    }
    match (yes.bits, no.bits) {
        (1, 0) if is_bool(editor.func, cond, 4) => Folded::Value(cond),
        (0, 1) => Folded::Inst(Inst::Unary {
            op: UnaryOp::Not,
            repr: Repr::I8,
            arg: cond,
        }),
        _ => Folded::Keep,
    }
}
