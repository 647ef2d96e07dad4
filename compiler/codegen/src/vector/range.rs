//! The least and greatest value that lanes can have, read as unsigned integers.

use std::collections::BTreeMap;

use theus_abi::Repr;
use theus_mir::{BinaryOp, Func, Inst, TernaryOp, UnaryOp, Value, ValueDef};

/// How many definitions are looked through.
const DEPTH: u32 = 40;

/// From the first to the second, both included.
pub(crate) type Range = (i128, i128);

/// Ranges that have been found.
#[derive(Debug, Default)]
pub(crate) struct Ranges {
    known: BTreeMap<Value, Range>,
}

/// All values of a representation.
pub(crate) const fn all(repr: Repr) -> Range {
    (0, (1 << repr.bits()) - 1)
}

impl Ranges {
    /// The range of an integer.
    pub(crate) fn of(&mut self, mir: &Func, value: Value) -> Range {
        self.limited(mir, value, DEPTH)
    }

    fn limited(&mut self, mir: &Func, value: Value, depth: u32) -> Range {
        if let Some(range) = self.known.get(&value) {
            return *range;
        }
        let full = all(mir.repr(value));
        let ValueDef::Result(inst, _) = mir.values[value].def else {
            return full;
        };
        if depth == 0 {
            return full;
        }
        let range = self.made(mir, &mir.insts[inst], full, depth - 1);
        self.known.insert(value, range);
        range
    }

    fn made(&mut self, mir: &Func, inst: &Inst, full: Range, depth: u32) -> Range {
        let mut of = |value: Value| self.limited(mir, value, depth);
        match inst {
            Inst::Iconst { imm, .. } => {
                let bits = i128::from(*imm) & full.1;
                (bits, bits)
            }
            Inst::Unary {
                op: UnaryOp::Zext | UnaryOp::Trunc,
                arg,
                ..
            } => within(of(*arg), full),
            Inst::Unary {
                op: UnaryOp::Sext,
                arg,
                ..
            } => {
                let (range, top) = (of(*arg), all(mir.repr(*arg)).1 >> 1);
                if range.1 <= top { range } else { full }
            }
            Inst::Binary { op, .. } if op.is_predicate() => (0, 1),
            Inst::Binary { op, args: [a, b] } => binary(*op, of(*a), of(*b), full),
            Inst::Ternary {
                op: TernaryOp::Select,
                args: [_, a, b],
            } => {
                let (a, b) = (of(*a), of(*b));
                (a.0.min(b.0), a.1.max(b.1))
            }
            _ => full,
        }
    }

    /// Whether a predicate is 0 for all values that its operands can have.
    pub(crate) fn never(&mut self, mir: &Func, op: BinaryOp, [a, b]: [Value; 2]) -> bool {
        let top = all(mir.repr(a)).1;
        let (a, b) = (self.of(mir, a), self.of(mir, b));
        let positive = a.1 <= top >> 1 && b.1 <= top >> 1;
        match op {
            BinaryOp::UaddOvf => a.1 + b.1 <= top,
            BinaryOp::SaddOvf => positive && a.1 + b.1 <= top >> 1,
            BinaryOp::UsubOvf => a.0 >= b.1,
            BinaryOp::SsubOvf => positive,
            BinaryOp::UmulOvf => product(a, b) <= top,
            BinaryOp::SmulOvf => positive && product(a, b) <= top >> 1,
            BinaryOp::Ult => a.0 >= b.1,
            BinaryOp::Ule => a.0 > b.1,
            _ => false,
        }
    }

    /// Whether a predicate is 1 for all values that its operands can have.
    pub(crate) fn always(
        &mut self,
        mir: &Func,
        op: BinaryOp,
        [a, b]: [Value; 2],
    ) -> bool {
        let (a, b) = (self.of(mir, a), self.of(mir, b));
        match op {
            BinaryOp::Ult => a.1 < b.0,
            BinaryOp::Ule => a.1 <= b.0,
            _ => false,
        }
    }
}

fn product(a: Range, b: Range) -> i128 {
    a.1.saturating_mul(b.1)
}

fn within(range: Range, full: Range) -> Range {
    if range.1 <= full.1 { range } else { full }
}

fn binary(op: BinaryOp, a: Range, b: Range, full: Range) -> Range {
    let shift = u32::try_from(b.0).ok().filter(|_| b.0 == b.1 && b.0 < 64);
    let range = match (op, shift) {
        (BinaryOp::Iadd, _) => (a.0 + b.0, a.1 + b.1),
        (BinaryOp::Isub, _) if a.0 >= b.1 => (a.0 - b.1, a.1 - b.0),
        (BinaryOp::Imul, _) => (a.0.saturating_mul(b.0), product(a, b)),
        (BinaryOp::Shl, Some(by)) => (a.0 << by, a.1 << by),
        (BinaryOp::Ushr, Some(by)) => (a.0 >> by, a.1 >> by),
        (BinaryOp::And, _) => (0, a.1.min(b.1)),
        _ => full,
    };
    within(range, full)
}
