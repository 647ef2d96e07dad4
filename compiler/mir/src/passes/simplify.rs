//! `simplify`: fewer blocks: decided branches, jumps to jumps, chains of blocks, and block
//! parameters that are always the same value.

mod params;

use cranelift_entity::SecondaryMap;

use super::constant::{Const, def};
use super::rewrite::Renames;
use crate::cfg::Cfg;
use crate::func::{BlockCall, Func, Inst, Terminator};
use crate::ids::{Block, Value};
use crate::op::UnaryOp;

/// How many jumps one edge may be led through.
const MOST_HOPS: usize = 32;

/// Runs the pass.
pub(crate) fn run(func: &mut Func) {
    for at in 0..func.layout.len() {
        decide(func, func.layout[at]);
    }
    thread(func);
    let cfg = Cfg::new(func);
    func.layout.retain(|&block| cfg.is_reachable(block));
    let mut renames = Renames::new(func);
    merge(func, &cfg, &mut renames);
    params::drop_same(func, &mut renames);
    renames.apply(func);
}

/// Makes the terminator a jump if it can go one way only.
fn decide(func: &mut Func, block: Block) {
    let Some(term) = func.blocks[block].term.take() else {
        return;
    };
    func.blocks[block].term = Some(decided(func, term));
}

fn decided(func: &Func, term: Terminator) -> Terminator {
    match term {
        Terminator::Branch {
            cond,
            then,
            otherwise,
        } => {
            if then == otherwise {
                return Terminator::Jump(then);
            }
            match (Const::of(func, cond), def(func, cond)) {
                (Some(c), _) => {
                    Terminator::Jump(if c.bits == 0 { otherwise } else { then })
                }
                (
                    None,
                    Some(&Inst::Unary {
                        op: UnaryOp::Not,
                        arg,
                        ..
                    }),
                ) => Terminator::Branch {
                    cond: arg,
                    then: otherwise,
                    otherwise: then,
                },
                _ => Terminator::Branch {
                    cond,
                    then,
                    otherwise,
                },
            }
        }
        Terminator::Switch {
            value,
            cases,
            default,
        } => match Const::of(func, value) {
            Some(c) => {
                let case = cases.into_iter().find(|(at, _)| Const::is_int(c, *at));
                Terminator::Jump(case.map_or(default, |(_, target)| target))
            }
            None if cases.is_empty() => Terminator::Jump(default),
            None => Terminator::Switch {
                value,
                cases,
                default,
            },
        },
        Terminator::Check { cond, ok, .. }
            if Const::of(func, cond).is_some_and(|c| c.bits != 0) =>
        {
            Terminator::Jump(ok)
        }
        Terminator::Jump(_) | Terminator::Check { .. } | Terminator::Return(_) => term,
    }
}

/// Leads edges past blocks that only jump on, or that branch on what the edge knows.
fn thread(func: &mut Func) {
    let uses = outside_uses(func);
    for at in 0..func.layout.len() {
        let block = func.layout[at];
        let Some(mut term) = func.blocks[block].term.take() else {
            continue;
        };
        let func_ref = &*func;
        term.each_edge_mut(|edge| {
            for _ in 0..MOST_HOPS {
                if edge.block == block || uses[edge.block] {
                    break;
                }
                match onward(func_ref, edge) {
                    Some(next) => *edge = next,
                    None => break,
                }
            }
        });
        func.blocks[block].term = Some(term);
    }
}

/// Whether a block has instructions, or parameters that other blocks use.
fn outside_uses(func: &Func) -> SecondaryMap<Block, bool> {
    let mut busy = func.per_block(false);
    for &block in &func.layout {
        let data = &func.blocks[block];
        busy[block] |= !data.insts.is_empty();
        let mut used = |value: Value| {
            if let crate::func::ValueDef::Param(owner, _) = func.values[value].def
                && owner != block
            {
                busy[owner] = true;
            }
        };
        data.insts
            .iter()
            .for_each(|&id| func.insts[id].each_arg(&mut used));
        if let Some(term) = &data.term {
            term.each_arg(&mut used);
        }
    }
    busy
}

/// Where an edge to an empty block leads in the end.
fn onward(func: &Func, edge: &BlockCall) -> Option<BlockCall> {
    let data = &func.blocks[edge.block];
    let value = |value: Value| {
        let at = data.params.iter().position(|&param| param == value);
        at.and_then(|at| edge.args.get(at).copied())
            .unwrap_or(value)
    };
    let known = |cond: Value| Const::of(func, value(cond));
    let next = match data.term.as_ref()? {
        Terminator::Jump(next) => next,
        Terminator::Branch {
            cond,
            then,
            otherwise,
        } => {
            if known(*cond)?.bits == 0 {
                otherwise
            } else {
                then
            }
        }
        Terminator::Check { cond, ok, .. } => {
            if known(*cond)?.bits == 0 {
                return None;
            }
            ok
        }
        Terminator::Switch { .. } | Terminator::Return(_) => return None,
    };
    let args = next.args.iter().map(|&arg| value(arg)).collect();
    Some(BlockCall {
        block: next.block,
        args,
    })
}

/// Appends blocks to the only block that leads to them, if that leads nowhere else.
fn merge(func: &mut Func, cfg: &Cfg, renames: &mut Renames) {
    let entry = func.entry();
    let mut gone = func.per_block(false);
    for &block in &cfg.order {
        if gone[block] {
            continue;
        }
        loop {
            let data = &func.blocks[block];
            let Some(Terminator::Jump(edge)) = &data.term else {
                break;
            };
            let next = edge.block;
            if next == block || Some(next) == entry || cfg.preds[next].len() != 1 {
                break;
            }
            let args = edge.args.clone();
            let absorbed = std::mem::take(&mut func.blocks[next]);
            for (&param, &arg) in absorbed.params.iter().zip(&args) {
                renames.set(param, arg);
            }
            let data = &mut func.blocks[block];
            data.insts.extend(absorbed.insts);
            data.term = absorbed.term;
            gone[next] = true;
        }
    }
    func.layout.retain(|&block| !gone[block]);
}
