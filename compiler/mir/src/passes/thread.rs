//! `thread`: an edge that decides the branch at the end of a short block goes straight to
//! where that branch leads, with a copy of the block on the way.
//!
//! This is what makes an inlined call free: every `return` of the callee knows its status,
//! and the caller tests the status next. Values of the block that other blocks use go
//! through slots, which `promote` turns into values again.

use cranelift_entity::SecondaryMap;

use super::address::{Address, Root};
use super::constant::{Const, def, is_constant};
use super::fold;
use crate::dom::Dominators;
use crate::func::{BlockCall, BlockData, Func, Inst, Terminator};
use crate::ids::{Block, InstId, Slot, Value};
use theus_abi::Repr;

/// A block with more instructions is not copied.
const MOST_INSTS: usize = 8;
/// In a function with more blocks nothing is copied: a long row of tests would become a
/// ladder of edges, on which dominators and block parameters take quadratic time.
const MOST_BLOCKS: usize = 4_000;

/// An edge that decides where its target goes on.
#[derive(Clone, Copy, Debug)]
struct Decided {
    pred: Block,
    /// Number of the edge in the terminator of `pred`.
    edge: usize,
    block: Block,
    /// Number of the edge that is taken.
    taken: usize,
}

/// Runs the pass.
pub(crate) fn run(func: &mut Func) {
    if func.layout.len() > MOST_BLOCKS {
        return;
    }
    let tree = Dominators::new(func);
    let mut decided = Vec::new();
    for &block in &tree.cfg.order {
        if is_candidate(func, &tree, block) {
            edges_into(func, &tree, block, &mut decided);
        }
    }
    // A copy takes the values of its edge: where that comes from a block that is copied
    // itself, the next run finds it.
    let sources = targets(&decided);
    decided.retain(|found| !sources[found.pred]);
    if decided.is_empty() {
        return;
    }
    let copied = targets(&decided);
    demote(func, &tree, &copied);
    let mut after: SecondaryMap<Block, Vec<Block>> = SecondaryMap::new();
    for found in &decided {
        if let Some(copy) = copy(func, *found) {
            after[found.pred].push(copy);
        }
    }
    let old = std::mem::take(&mut func.layout);
    for block in old {
        func.layout.push(block);
        func.layout.extend(&after[block]);
    }
}

fn targets(decided: &[Decided]) -> SecondaryMap<Block, bool> {
    let mut targets = SecondaryMap::with_default(false);
    decided.iter().for_each(|found| targets[found.block] = true);
    targets
}

fn is_candidate(func: &Func, tree: &Dominators, block: Block) -> bool {
    let data = &func.blocks[block];
    let branches = matches!(
        data.term,
        Some(
            Terminator::Branch { .. }
                | Terminator::Check { .. }
                | Terminator::Switch { .. }
        )
    );
    branches
        && tree.cfg.preds[block].len() > 1
        && data.insts.len() <= MOST_INSTS
        && data.insts.iter().all(|&id| is_copied(func, id))
        && Some(block) != func.entry()
        && !tree.is_header(block)
}

/// Whether an instruction may be in a copied block. Addresses may not: as block parameters
/// they would keep slots in memory.
fn is_copied(func: &Func, id: InstId) -> bool {
    let inst = &func.insts[id];
    let is_address = |&value: &Value| Address::of(func, value).root != Root::Other;
    let addresses = func.results[id].iter().any(is_address);
    inst.is_pure()
        && !matches!(inst, Inst::Element { .. })
        && (is_constant(inst) || !addresses)
}

fn edges_into(func: &Func, tree: &Dominators, block: Block, decided: &mut Vec<Decided>) {
    let mut preds = tree.cfg.preds[block].to_vec();
    preds.dedup();
    for pred in preds {
        let Some(term) = &func.blocks[pred].term else {
            continue;
        };
        let mut number = 0;
        term.each_edge(|edge| {
            if edge.block == block
                && let Some(taken) = taken(func, block, &edge.args)
            {
                decided.push(Decided {
                    pred,
                    edge: number,
                    block,
                    taken,
                });
            }
            number += 1;
        });
    }
}

/// The edge on which the block goes on if it gets those arguments.
fn taken(func: &Func, block: Block, args: &[Value]) -> Option<usize> {
    let data = &func.blocks[block];
    let mut known: Vec<(Value, Const)> = Vec::new();
    for (&param, &arg) in data.params.iter().zip(args) {
        known.extend(Const::of(func, arg).map(|c| (param, c)));
    }
    let find = |known: &[(Value, Const)], value: Value| {
        let found = known.iter().find(|(at, _)| *at == value).map(|(_, c)| *c);
        found.or_else(|| Const::of(func, value))
    };
    for &id in &data.insts {
        let value = fold::evaluate(&func.insts[id], |arg| find(&known, arg));
        if let (Some(value), Some(&result)) = (value, func.results[id].first()) {
            known.push((result, value));
        }
    }
    match data.term.as_ref()? {
        Terminator::Branch { cond, .. } => {
            find(&known, *cond).map(|c| usize::from(c.bits == 0))
        }
        Terminator::Check { cond, .. } => {
            find(&known, *cond).filter(|c| c.bits != 0).map(|_| 0)
        }
        Terminator::Switch { value, cases, .. } => find(&known, *value).map(|c| {
            cases
                .iter()
                .position(|(case, _)| c.is_int(*case))
                .unwrap_or(cases.len())
        }),
        Terminator::Jump(_) | Terminator::Return(_) => None,
    }
}

/// Puts values of the blocks that will be copied into slots where other blocks use them.
fn demote(func: &mut Func, tree: &Dominators, copied: &SecondaryMap<Block, bool>) {
    let homes = homes(func, tree, copied);
    for &block in &tree.cfg.order {
        let mut near = Near {
            func,
            homes: &homes,
            block,
            insts: Vec::new(),
            seen: Vec::new(),
        };
        if copied[block] {
            for param in near.func.blocks[block].params.clone() {
                near.store(param);
            }
        }
        for id in std::mem::take(&mut near.func.blocks[block].insts) {
            let mut inst = near.func.insts[id].clone();
            inst.each_arg_mut(|arg| *arg = near.get(*arg));
            near.func.insts[id] = inst;
            near.insts.push(id);
            if copied[block] {
                for at in 0..near.func.results[id].len() {
                    near.store(near.func.results[id][at]);
                }
            }
        }
        if let Some(mut term) = near.func.blocks[block].term.take() {
            term.each_arg_mut(|arg| *arg = near.get(*arg));
            near.func.blocks[block].term = Some(term);
        }
        let insts = near.insts;
        func.blocks[block].insts = insts;
    }
}

type Homes = SecondaryMap<Value, Option<(Block, Slot)>>;

/// A slot for each value of a copied block that another block uses.
fn homes(
    func: &mut Func,
    tree: &Dominators,
    copied: &SecondaryMap<Block, bool>,
) -> Homes {
    let mut owner: SecondaryMap<Value, Option<Block>> = func.per_value(None);
    for &block in tree.cfg.order.iter().filter(|&&block| copied[block]) {
        let data = &func.blocks[block];
        data.params
            .iter()
            .for_each(|&param| owner[param] = Some(block));
        for &id in &data.insts {
            func.results[id]
                .iter()
                .for_each(|&result| owner[result] = Some(block));
        }
    }
    let mut wanted = Vec::new();
    for &block in &tree.cfg.order {
        let mut used = |value: Value| match owner[value] {
            Some(at) if at != block => wanted.push((value, at)),
            Some(_) | None => {}
        };
        let data = &func.blocks[block];
        data.insts
            .iter()
            .for_each(|&id| func.insts[id].each_arg(&mut used));
        if let Some(term) = &data.term {
            term.each_arg(&mut used);
        }
    }
    let mut homes = Homes::new();
    for (value, block) in wanted {
        if homes[value].is_none() {
            let size = func.repr(value).size();
            homes[value] = Some((block, func.new_slot(size, size)));
        }
    }
    homes
}

/// A block whose operands are taken from slots.
struct Near<'f> {
    func: &'f mut Func,
    homes: &'f Homes,
    block: Block,
    insts: Vec<InstId>,
    /// Values that the block has taken, and what stands for them.
    seen: Vec<(Value, Value)>,
}

impl Near<'_> {
    fn store(&mut self, value: Value) {
        if let Some((_, slot)) = self.homes[value]
            && !self.is_constant(value)
        {
            let addr = self.insert(Inst::SlotAddr { slot }, Repr::I64);
            self.insts.push(self.func.make(
                Inst::Store {
                    value,
                    addr,
                    offset: 0,
                },
                &[],
            ));
        }
    }

    fn get(&mut self, value: Value) -> Value {
        let Some((_, slot)) = self.homes[value].filter(|(owner, _)| *owner != self.block)
        else {
            return value;
        };
        if let Some((_, taken)) = self.seen.iter().find(|(seen, _)| *seen == value) {
            return *taken;
        }
        let repr = self.func.repr(value);
        let inst = match def(self.func, value) {
            Some(inst) if is_constant(inst) => inst.clone(),
            Some(_) | None => {
                let addr = self.insert(Inst::SlotAddr { slot }, Repr::I64);
                Inst::Load {
                    repr,
                    addr,
                    offset: 0,
                    invariant: false,
                }
            }
        };
        let taken = self.insert(inst, repr);
        self.seen.push((value, taken));
        taken
    }

    fn is_constant(&self, value: Value) -> bool {
        def(self.func, value).is_some_and(is_constant)
    }

    fn insert(&mut self, inst: Inst, repr: Repr) -> Value {
        let id = self.func.make(inst, &[repr]);
        self.insts.push(id);
        self.func.results[id][0]
    }
}

/// Copies the block for one edge.
fn copy(func: &mut Func, found: Decided) -> Option<Block> {
    let args = edge_mut(func.blocks[found.pred].term.as_mut()?, found.edge)?
        .args
        .clone();
    let mut map: Vec<(Value, Value)> = func.blocks[found.block]
        .params
        .iter()
        .copied()
        .zip(args)
        .collect();
    let get = |map: &[(Value, Value)], value: Value| {
        map.iter()
            .find(|(old, _)| *old == value)
            .map_or(value, |(_, new)| *new)
    };
    let mut insts = Vec::new();
    for id in func.blocks[found.block].insts.clone() {
        let mut inst = func.insts[id].clone();
        inst.each_arg_mut(|arg| *arg = get(&map, *arg));
        let reprs: Vec<_> = func.results[id]
            .iter()
            .map(|&value| func.repr(value))
            .collect();
        let copy = func.make(inst, &reprs);
        map.extend(
            func.results[id]
                .iter()
                .copied()
                .zip(func.results[copy].iter().copied()),
        );
        insts.push(copy);
    }
    let mut term = func.blocks[found.block].term.clone()?;
    let mut next = edge_mut(&mut term, found.taken)?.clone();
    next.args.iter_mut().for_each(|arg| *arg = get(&map, *arg));
    let cold = func.blocks[found.pred].cold || func.blocks[found.block].cold;
    let copy = func.blocks.push(BlockData {
        params: Vec::new(),
        insts,
        term: Some(Terminator::Jump(next)),
        cold,
    });
    *edge_mut(func.blocks[found.pred].term.as_mut()?, found.edge)? = BlockCall::to(copy);
    Some(copy)
}

/// The edge of that number.
fn edge_mut(term: &mut Terminator, number: usize) -> Option<&mut BlockCall> {
    match term {
        Terminator::Jump(target) => (number == 0).then_some(target),
        Terminator::Branch {
            then, otherwise, ..
        } => match number {
            0 => Some(then),
            1 => Some(otherwise),
            _ => None,
        },
        Terminator::Switch { cases, default, .. } => match cases.get_mut(number) {
            Some((_, target)) => Some(target),
            None => Some(default),
        },
        Terminator::Check { ok, fail, .. } => match number {
            0 => Some(ok),
            1 => Some(fail),
            _ => None,
        },
        Terminator::Return(_) => None,
    }
}
