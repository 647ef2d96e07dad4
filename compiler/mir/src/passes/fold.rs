//! `fold`: constant folding and identities that keep every bit.

mod float;
mod integer;
mod known;
mod logic;
mod memory;
mod unary;

use super::constant::{Const, def};
use super::rewrite::Renames;
use crate::cfg::Cfg;
use crate::func::{Func, Inst};
use crate::ids::{InstId, Value};
use crate::op::{BinaryOp, TernaryOp, UnaryOp};

/// How often one instruction is folded again before it is left as it is.
const ROUNDS: usize = 8;

/// What an instruction folds to.
#[derive(Debug)]
pub(crate) enum Folded {
    /// Itself.
    Keep,
    /// A value that exists.
    Value(Value),
    /// Another instruction in its place.
    Inst(Inst),
}

/// The instructions of the block that is being rewritten.
#[derive(Debug)]
pub(crate) struct Editor<'f> {
    /// The function.
    pub(crate) func: &'f mut Func,
    /// The instructions so far.
    pub(crate) out: Vec<InstId>,
}

impl Editor<'_> {
    /// Puts an instruction with one result before the current one.
    pub(crate) fn insert(&mut self, inst: Inst) -> Option<Value> {
        let repr = self.func.result_repr(&inst)?;
        let id = self.func.make(inst, &[repr]);
        self.out.push(id);
        self.func.results[id].first().copied()
    }

    /// Puts a constant before the current instruction.
    pub(crate) fn constant(&mut self, value: Const) -> Option<Value> {
        self.insert(value.inst())
    }

    fn def(&self, value: Value) -> Option<&Inst> {
        def(self.func, value)
    }

    fn known(&self, value: Value) -> Option<Const> {
        Const::of(self.func, value)
    }
}

/// Folds every instruction once, operands first.
pub(crate) fn run(func: &mut Func) {
    let cfg = Cfg::new(func);
    let mut renames = Renames::new(func);
    for &block in &cfg.order {
        let insts = std::mem::take(&mut func.blocks[block].insts);
        let mut editor = Editor {
            out: Vec::with_capacity(insts.len()),
            func,
        };
        for id in insts {
            editor.func.insts[id].each_arg_mut(|arg| *arg = renames.get(*arg));
            match inst(&mut editor, id) {
                Some(value) => {
                    if let [result] = *editor.func.results[id].as_slice() {
                        renames.set(result, value);
                    }
                }
                None => editor.out.push(id),
            }
        }
        let out = editor.out;
        func.blocks[block].insts = out;
    }
    renames.apply(func);
}

/// Folds one instruction in place, or finds the value that stands for it. Operands must be
/// folded and renamed.
pub(crate) fn inst(editor: &mut Editor<'_>, id: InstId) -> Option<Value> {
    for _ in 0..ROUNDS {
        match step(editor, id) {
            Folded::Keep => return None,
            Folded::Value(value) => return Some(value),
            Folded::Inst(inst) => editor.func.insts[id] = inst,
        }
    }
    None
}

fn step(editor: &mut Editor<'_>, id: InstId) -> Folded {
    match editor.func.insts[id] {
        Inst::Unary { op, repr, arg } => unary::fold(editor, op, repr, arg),
        Inst::Binary { op, args } => binary(editor, op, args),
        Inst::Ternary {
            op: TernaryOp::Select,
            args,
        } => logic::select(editor, args),
        Inst::Ternary {
            op: TernaryOp::Fma,
            args,
        } => known::ternary(editor, TernaryOp::Fma, args),
        Inst::Math { math, args } => known::math(editor, math, args),
        Inst::Element { addr, index, scale } => {
            memory::element(editor, addr, index, scale)
        }
        Inst::Load {
            repr,
            addr,
            offset,
            invariant,
        } => {
            memory::place(editor, addr, offset).map_or(Folded::Keep, |(addr, offset)| {
                Folded::Inst(Inst::Load {
                    repr,
                    addr,
                    offset,
                    invariant,
                })
            })
        }
        Inst::Store {
            value,
            addr,
            offset,
        } => {
            memory::place(editor, addr, offset).map_or(Folded::Keep, |(addr, offset)| {
                Folded::Inst(Inst::Store {
                    value,
                    addr,
                    offset,
                })
            })
        }
        Inst::Iconst { .. }
        | Inst::Fconst { .. }
        | Inst::Base { .. }
        | Inst::SlotAddr { .. }
        | Inst::Copy { .. }
        | Inst::Zero { .. }
        | Inst::Call { .. }
        | Inst::Host { .. } => Folded::Keep,
    }
}

fn binary(editor: &mut Editor<'_>, op: BinaryOp, args: [Value; 2]) -> Folded {
    let [a, b] = args;
    let (left, right) = (editor.known(a), editor.known(b));
    if let (Some(left), Some(right)) = (left, right) {
        return known::binary(op, left, right);
    }
    if left.is_some() && op.is_commutative() {
        return Folded::Inst(Inst::Binary { op, args: [b, a] });
    }
    if op.is_float() {
        return float::fold(editor, op, args, right);
    }
    match (left, right) {
        (Some(left), _) => integer::left(op, left),
        (None, Some(right)) => integer::right(editor, op, args, right),
        (None, None) => integer::same(editor, op, args),
    }
}

/// What an instruction makes, if `known` knows its operands.
pub(crate) fn evaluate(
    inst: &Inst,
    known: impl Fn(Value) -> Option<Const>,
) -> Option<Const> {
    let folded = match *inst {
        Inst::Unary { op, repr, arg } => known::unary(op, repr, known(arg)?),
        Inst::Binary { op, args: [a, b] } => known::binary(op, known(a)?, known(b)?),
        Inst::Iconst { .. } | Inst::Fconst { .. } => return Const::of_inst(inst),
        _ => return None,
    };
    match folded {
        Folded::Inst(inst) => Const::of_inst(&inst),
        Folded::Keep | Folded::Value(_) => None,
    }
}

/// Whether a value is an `I8` that is 0 or 1.
pub(crate) fn is_bool(func: &Func, value: Value, depth: u32) -> bool {
    match def(func, value) {
        Some(Inst::Iconst {
            repr: theus_abi::Repr::I8,
            imm,
        }) => matches!(imm, 0 | 1),
        Some(Inst::Unary { op, .. }) => *op == UnaryOp::Not,
        Some(Inst::Binary { op, args }) => {
            let mask = matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor);
            op.is_predicate()
                || mask
                    && depth > 0
                    && args.iter().all(|&arg| is_bool(func, arg, depth - 1))
        }
        Some(Inst::Ternary {
            op: TernaryOp::Select,
            args: [_, a, b],
        }) => depth > 0 && is_bool(func, *a, depth - 1) && is_bool(func, *b, depth - 1),
        _ => false,
    }
}
