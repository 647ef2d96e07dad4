//! `Numbers`: the expressions computed so far, by operation and operands.

use cranelift_entity::packed_option::PackedOption;
use indexmap::IndexMap;
use indexmap::map::Entry;

use crate::dom::Dominators;
use crate::func::{Func, Inst};
use crate::ids::{Block, Value};
use crate::op::BinaryOp;
use crate::passes::constant::def;
use theus_abi::Repr;
use theus_abi::hash::Quick;

/// An expression: the kind and operation, representation, operands and constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    kind: Kind,
    repr: Repr,
    args: [PackedOption<Value>; 3],
    constant: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Constant,
    Unary(crate::op::UnaryOp),
    Binary(BinaryOp),
    Ternary(crate::op::TernaryOp),
    Math(theus_abi::MathFn),
    Base,
    SlotAddr,
    Element,
    Load,
}

/// The key of an instruction whose result depends on its operands only. Division counts:
/// where an equal division dominates it, its operands have been checked.
pub(crate) fn key(inst: &Inst) -> Option<Key> {
    let key = |kind, repr, args: [Option<Value>; 3], constant| {
        Some(Key {
            kind,
            repr,
            args: args.map(PackedOption::from),
            constant,
        })
    };
    match *inst {
        Inst::Iconst { repr, imm } => {
            key(Kind::Constant, repr, [None; 3], imm.cast_unsigned())
        }
        Inst::Fconst { repr, bits } => key(Kind::Constant, repr, [None; 3], bits),
        Inst::Unary { op, repr, arg } => {
            key(Kind::Unary(op), repr, [Some(arg), None, None], 0)
        }
        Inst::Binary { op, args } => Some(binary(op, args)),
        Inst::Ternary { op, args } => {
            key(Kind::Ternary(op), Repr::I64, args.map(Some), 0)
        }
        Inst::Math { math, args: [a, b] } => {
            key(Kind::Math(math), Repr::F64, [Some(a), Some(b), None], 0)
        }
        Inst::Base { offset } => key(Kind::Base, Repr::I64, [None; 3], offset.into()),
        Inst::SlotAddr { slot } => {
            key(Kind::SlotAddr, Repr::I64, [None; 3], slot.as_u32().into())
        }
        Inst::Element { addr, index, scale } => key(
            Kind::Element,
            Repr::I64,
            [Some(addr), Some(index), None],
            scale.into(),
        ),
        Inst::Load {
            repr,
            addr,
            offset,
            invariant: true,
        } => key(
            Kind::Load,
            repr,
            [Some(addr), None, None],
            i64::from(offset).cast_unsigned(),
        ),
        Inst::Load {
            invariant: false, ..
        }
        | Inst::Store { .. }
        | Inst::Copy { .. }
        | Inst::Zero { .. }
        | Inst::Call { .. }
        | Inst::Host { .. } => None,
    }
}

fn binary(op: BinaryOp, [a, b]: [Value; 2]) -> Key {
    let (a, b) = if op.is_commutative() && b < a {
        (b, a)
    } else {
        (a, b)
    };
    let kind = Kind::Binary(op);
    Key {
        kind,
        repr: Repr::I64,
        args: [a.into(), b.into(), None.into()],
        constant: 0,
    }
}

/// Comparisons that decide the comparison `cond`: the key, the value that decides, and
/// what `cond` is then.
pub(crate) fn implying(func: &Func, cond: Value) -> [Option<(Key, bool, bool)>; 3] {
    let Some(&Inst::Binary { op, args: [a, b] }) = def(func, cond) else {
        return [None; 3];
    };
    let to = |op, a, b, when, then| Some((binary(op, [a, b]), when, then));
    match op {
        BinaryOp::Slt => [
            to(BinaryOp::Sle, b, a, true, false),
            to(BinaryOp::Sle, b, a, false, true),
            to(BinaryOp::Slt, b, a, true, false),
        ],
        BinaryOp::Sle => [
            to(BinaryOp::Slt, b, a, true, false),
            to(BinaryOp::Slt, b, a, false, true),
            to(BinaryOp::Slt, a, b, true, true),
        ],
        BinaryOp::Ult => [
            to(BinaryOp::Ule, b, a, true, false),
            to(BinaryOp::Ule, b, a, false, true),
            to(BinaryOp::Ult, b, a, true, false),
        ],
        BinaryOp::Ule => [
            to(BinaryOp::Ult, b, a, true, false),
            to(BinaryOp::Ult, b, a, false, true),
            to(BinaryOp::Ult, a, b, true, true),
        ],
        BinaryOp::Ieq => [
            to(BinaryOp::Ine, a, b, true, false),
            to(BinaryOp::Ine, a, b, false, true),
            None,
        ],
        BinaryOp::Ine => [
            to(BinaryOp::Ieq, a, b, true, false),
            to(BinaryOp::Ieq, a, b, false, true),
            None,
        ],
        BinaryOp::Feq => [
            to(BinaryOp::Fne, a, b, true, false),
            to(BinaryOp::Fne, a, b, false, true),
            None,
        ],
        BinaryOp::Fne => [
            to(BinaryOp::Feq, a, b, true, false),
            to(BinaryOp::Feq, a, b, false, true),
            None,
        ],
        BinaryOp::Fle => [to(BinaryOp::Flt, a, b, true, true), None, None],
        _ => [None; 3],
    }
}

/// The expressions of the blocks visited so far.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    known: IndexMap<Key, (Block, Value), Quick>,
}

impl Numbers {
    /// None yet, of about so many.
    pub(crate) fn with_capacity(count: usize) -> Self {
        Self {
            known: IndexMap::with_capacity_and_hasher(count, Quick::default()),
        }
    }

    /// A value for `key` that dominates `block`, or `None`, and `value` is it from now on.
    pub(crate) fn find_or_add(
        &mut self,
        tree: &Dominators,
        key: Key,
        block: Block,
        value: Value,
    ) -> Option<Value> {
        match self.known.entry(key) {
            Entry::Occupied(mut known) => {
                let (made, found) = *known.get();
                if tree.dominates(made, block) {
                    return Some(found);
                }
                // A walk in preorder never comes back below a block that it has left.
                known.insert((block, value));
            }
            Entry::Vacant(free) => {
                free.insert((block, value));
            }
        }
        None
    }

    /// A value for `key` that dominates `block`.
    pub(crate) fn find(
        &self,
        tree: &Dominators,
        key: &Key,
        block: Block,
    ) -> Option<Value> {
        let &(made, value) = self.known.get(key)?;
        tree.dominates(made, block).then_some(value)
    }
}
