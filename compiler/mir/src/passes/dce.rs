//! `dce`: what nobody uses goes: instructions, block parameters, stores to slots that are
//! never read, blocks that are never reached.

use cranelift_entity::packed_option::PackedOption;
use cranelift_entity::{EntitySet, SecondaryMap};

use super::address::{Address, Escapes, Root};
use crate::cfg::Cfg;
use crate::func::{Func, Inst, Terminator, ValueDef};
use crate::ids::{Block, Slot, Value};

/// Runs the pass.
pub(crate) fn run(func: &mut Func) {
    let cfg = Cfg::new(func);
    func.layout.retain(|&block| cfg.is_reachable(block));
    let escapes = Escapes::new(func, &cfg);
    let live = Live::new(func, &cfg, &escapes);
    sweep(func, &escapes, &live.values);
    drop_params(func, &live.values);
    drop_slots(func);
}

/// Whether the instruction does something besides making its results.
fn has_effect(func: &Func, inst: &Inst, escapes: &Escapes) -> bool {
    let seen = |addr: Value| match Address::of(func, addr).root {
        Root::Slot(slot) => escapes.is_seen(slot),
        Root::Base | Root::Other => true,
    };
    match inst {
        Inst::Store { addr, .. } => seen(*addr),
        Inst::Copy { dst, .. } | Inst::Zero { dst, .. } => seen(*dst),
        Inst::Call { .. } | Inst::Host { .. } => true,
        Inst::Iconst { .. }
        | Inst::Fconst { .. }
        | Inst::Unary { .. }
        | Inst::Binary { .. }
        | Inst::Ternary { .. }
        | Inst::Math { .. }
        | Inst::Base { .. }
        | Inst::SlotAddr { .. }
        | Inst::Element { .. }
        | Inst::Load { .. } => false,
    }
}

/// The operands of a terminator, without the arguments of its edges.
fn each_own_arg(term: &Terminator, mut f: impl FnMut(Value)) {
    match term {
        Terminator::Jump(_) => {}
        Terminator::Branch { cond, .. } => f(*cond),
        Terminator::Switch { value, .. } => f(*value),
        Terminator::Check { cond, args, .. } => {
            f(*cond);
            args.iter().copied().for_each(f);
        }
        Terminator::Return(args) => args.iter().copied().for_each(f),
    }
}

struct Live {
    values: EntitySet<Value>,
    work: Vec<Value>,
}

impl Live {
    fn new(func: &Func, cfg: &Cfg, escapes: &Escapes) -> Self {
        let mut live = Self {
            values: EntitySet::with_capacity(func.values.len()),
            work: Vec::new(),
        };
        for &block in &cfg.order {
            for &id in &func.blocks[block].insts {
                let inst = &func.insts[id];
                if has_effect(func, inst, escapes) {
                    inst.each_arg(|arg| live.mark(arg));
                }
            }
            live.terminator(func, block);
        }
        if let Some(entry) = func.entry() {
            func.blocks[entry]
                .params
                .iter()
                .for_each(|&param| live.mark(param));
        }
        while let Some(value) = live.work.pop() {
            match func.values[value].def {
                ValueDef::Result(inst, _) => {
                    func.insts[inst].each_arg(|arg| live.mark(arg));
                }
                ValueDef::Param(block, at) => live.param(func, cfg, block, at),
            }
        }
        live
    }

    fn mark(&mut self, value: Value) {
        if self.values.insert(value) {
            self.work.push(value);
        }
    }

    /// Operands of the terminator itself; arguments of edges live only if the parameter does.
    fn terminator(&mut self, func: &Func, block: Block) {
        let Some(term) = &func.blocks[block].term else {
            return;
        };
        each_own_arg(term, |arg| self.mark(arg));
    }

    fn param(&mut self, func: &Func, cfg: &Cfg, block: Block, at: u32) {
        for &pred in &cfg.preds[block] {
            let Some(term) = &func.blocks[pred].term else {
                continue;
            };
            term.each_edge(|edge| {
                if edge.block == block
                    && let Some(&arg) = edge.args.get(at as usize)
                {
                    self.mark(arg);
                }
            });
        }
    }
}

fn sweep(func: &mut Func, escapes: &Escapes, live: &EntitySet<Value>) {
    for at in 0..func.layout.len() {
        let block = func.layout[at];
        let mut insts = std::mem::take(&mut func.blocks[block].insts);
        insts.retain(|&id| {
            func.results[id].iter().any(|&result| live.contains(result))
                || has_effect(func, &func.insts[id], escapes)
        });
        func.blocks[block].insts = insts;
    }
}

fn drop_params(func: &mut Func, live: &EntitySet<Value>) {
    let entry = func.entry();
    let mut keep: SecondaryMap<Block, Option<Vec<bool>>> = func.per_block(None);
    for &block in &func.layout {
        let params = &func.blocks[block].params;
        if Some(block) == entry || params.iter().all(|&param| live.contains(param)) {
            continue;
        }
        keep[block] = Some(params.iter().map(|&param| live.contains(param)).collect());
    }
    for &block in &func.layout {
        if let Some(keep) = &keep[block] {
            retain(&mut func.blocks[block].params, keep);
            for (&param, at) in func.blocks[block].params.iter().zip(0..) {
                func.values[param].def = ValueDef::Param(block, at);
            }
        }
        if let Some(term) = &mut func.blocks[block].term {
            term.each_edge_mut(|edge| {
                if let Some(keep) = &keep[edge.block] {
                    retain(&mut edge.args, keep);
                }
            });
        }
    }
}

fn retain(values: &mut Vec<Value>, keep: &[bool]) {
    let mut keep = keep.iter();
    values.retain(|_| keep.next().copied().unwrap_or(true));
}

/// Slots that nothing refers to go; the others are numbered anew.
fn drop_slots(func: &mut Func) {
    let old = std::mem::take(&mut func.slots);
    if old.is_empty() {
        return;
    }
    let mut moved: SecondaryMap<Slot, PackedOption<Slot>> = SecondaryMap::new();
    for &block in &func.layout {
        for &id in &func.blocks[block].insts {
            if let Inst::SlotAddr { slot } = &mut func.insts[id] {
                let new = moved[*slot]
                    .expand()
                    .unwrap_or_else(|| func.slots.push(old[*slot]));
                moved[*slot] = Some(new).into();
                *slot = new;
            }
        }
    }
}
