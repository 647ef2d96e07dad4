//! `licm`: expressions that are the same in every round of a loop are computed before it.

use cranelift_entity::{EntitySet, SecondaryMap};

use super::constant::{Const, def, is_constant};
use crate::dom::{Dominators, Loop};
use crate::func::{BlockCall, BlockData, Func, Inst, Terminator, ValueDef};
use crate::ids::{Block, InstId, Value};
use crate::op::BinaryOp;

/// Loads that nothing hoisted needs are hoisted out of loops with at most this many
/// candidates only: elsewhere a register is worth more than a load.
const MOST_LOADS: usize = 12;

/// Runs the pass.
pub(crate) fn run(func: &mut Func) {
    let tree = Dominators::new(func);
    let headers: Vec<Block> = tree
        .cfg
        .order
        .iter()
        .copied()
        .filter(|&block| tree.is_header(block))
        .collect();
    if headers.is_empty() || headers.first().copied() == func.entry() {
        return;
    }
    let mut before = SecondaryMap::with_default(None);
    for &header in &headers {
        before[header] = Some(preheader(func, &tree, header));
    }
    let tree = Dominators::new(func);
    for found in tree.loops() {
        if let Some(target) = before[found.header] {
            hoist(func, &found, target);
        }
    }
}

/// The block that every way into the loop passes last, made if there is none.
fn preheader(func: &mut Func, tree: &Dominators, header: Block) -> Block {
    let outside: Vec<Block> = tree.cfg.preds[header]
        .iter()
        .copied()
        .filter(|&pred| !tree.dominates(header, pred))
        .collect();
    if let [only] = *outside.as_slice()
        && matches!(func.blocks[only].term, Some(Terminator::Jump(_)))
    {
        return only;
    }
    let block = func.blocks.push(BlockData::default());
    let at = func
        .layout
        .iter()
        .position(|&at| at == header)
        .unwrap_or(func.layout.len());
    func.layout.insert(at, block);
    let reprs: Vec<_> = func.blocks[header]
        .params
        .iter()
        .map(|&param| func.repr(param))
        .collect();
    let args = reprs
        .into_iter()
        .map(|repr| func.block_param(block, repr))
        .collect();
    func.blocks[block].term = Some(Terminator::Jump(BlockCall {
        block: header,
        args,
    }));
    func.blocks[block].cold = func.blocks[header].cold;
    for pred in outside {
        if let Some(term) = &mut func.blocks[pred].term {
            term.each_edge_mut(|edge| {
                if edge.block == header {
                    edge.block = block;
                }
            });
        }
    }
    block
}

/// What is known about the instructions of one loop.
#[derive(Default)]
struct Work {
    inside: EntitySet<InstId>,
    params: EntitySet<Block>,
    /// Invariant: could be computed before the loop.
    steady: EntitySet<InstId>,
    /// To be moved.
    moved: EntitySet<InstId>,
    loads: Vec<InstId>,
}

fn hoist(func: &mut Func, found: &Loop, target: Block) {
    let mut work = Work::default();
    for &block in &found.blocks {
        work.params.insert(block);
        func.blocks[block].insts.iter().for_each(|&id| {
            work.inside.insert(id);
        });
    }
    for &block in &found.blocks {
        if !func.blocks[block].cold {
            for &id in &func.blocks[block].insts {
                work.visit(func, id);
            }
        }
    }
    if work.loads.len() <= MOST_LOADS {
        for id in std::mem::take(&mut work.loads) {
            work.take(func, id);
        }
    }
    let mut out = std::mem::take(&mut func.blocks[target].insts);
    for &block in &found.blocks {
        func.blocks[block].insts.retain(|&id| {
            let goes = work.moved.contains(id);
            if goes {
                out.push(id);
            }
            !goes
        });
    }
    func.blocks[target].insts = out;
}

impl Work {
    fn visit(&mut self, func: &Func, id: InstId) {
        let inst = &func.insts[id];
        if is_constant(inst) {
            self.steady.insert(id);
            return;
        }
        let (mut steady, mut constant) = (is_movable(func, inst), true);
        inst.each_arg(|arg| {
            steady &= self.is_steady(func, arg);
            constant &= def(func, arg).is_some_and(is_constant);
        });
        if !steady {
            return;
        }
        self.steady.insert(id);
        if matches!(inst, Inst::Load { .. }) {
            self.loads.push(id);
        } else if !constant {
            self.take(func, id);
        }
    }

    fn is_steady(&self, func: &Func, value: Value) -> bool {
        match func.values[value].def {
            ValueDef::Param(block, _) => !self.params.contains(block),
            ValueDef::Result(id, _) => {
                !self.inside.contains(id) || self.steady.contains(id)
            }
        }
    }

    /// Moves an instruction and what it needs.
    fn take(&mut self, func: &Func, id: InstId) {
        let mut work = vec![id];
        while let Some(id) = work.pop() {
            if !self.inside.contains(id) || !self.moved.insert(id) {
                continue;
            }
            func.insts[id].each_arg(|arg| {
                if let ValueDef::Result(needed, _) = func.values[arg].def {
                    work.push(needed);
                }
            });
        }
    }
}

/// Whether the instruction may run even if the loop would not have reached it. A division
/// may if its divisor is a constant that is neither 0 nor -1.
fn is_movable(func: &Func, inst: &Inst) -> bool {
    match inst {
        Inst::Binary {
            op: BinaryOp::Sdiv | BinaryOp::Udiv | BinaryOp::Srem | BinaryOp::Urem,
            args: [_, by],
        } => Const::of(func, *by).is_some_and(|c| !c.is_int(0) && !c.is_int(-1)),
        _ => inst.is_pure(),
    }
}
