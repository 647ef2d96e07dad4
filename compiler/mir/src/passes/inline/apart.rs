//! Large parts of small functions that not every call of them takes: `sin` far from zero.
//!
//! Such a function is inlined in many places for the sake of its short path; with the long
//! one, each place would grow many times as much, in code that seldom runs.

use cranelift_entity::SecondaryMap;

use crate::func::{Func, Inst, Terminator};
use crate::ids::{Block, FuncId};

/// The large callees that the function calls on some of its paths only, outside of loops.
pub(super) fn find(func: &Func, large: impl Fn(FuncId) -> bool) -> Vec<FuncId> {
    let mut found = Vec::new();
    for &block in &func.layout {
        for &id in &func.blocks[block].insts {
            if let Inst::Call { func: callee, .. } = &func.insts[id]
                && large(*callee)
                && is_side_path(func, block)
            {
                found.push(*callee);
            }
        }
    }
    found
}

/// Whether a path from the entry to the end avoids the block, and no path repeats it.
fn is_side_path(func: &Func, block: Block) -> bool {
    let Some(entry) = func.entry().filter(|entry| *entry != block) else {
        return false;
    };
    let around = reached(func, entry, block);
    let returns = |at: &&Block| {
        let data = &func.blocks[**at];
        !data.cold && matches!(data.term, Some(Terminator::Return(_)))
    };
    let avoids = func.layout.iter().filter(returns).any(|at| around[*at]);
    let mut repeats = false;
    if let Some(term) = &func.blocks[block].term {
        term.each_edge(|edge| {
            repeats |= edge.block == block || {
                let after = reached(func, edge.block, block);
                func.layout
                    .iter()
                    .filter(|at| after[**at])
                    .any(|at| leads_to(func, *at, block))
            };
        });
    }
    avoids && !repeats
}

/// The blocks that a path from `from` meets before it comes to `wall`.
fn reached(func: &Func, from: Block, wall: Block) -> SecondaryMap<Block, bool> {
    let mut seen = SecondaryMap::with_default(false);
    let mut open = vec![from];
    while let Some(block) = open.pop() {
        if block == wall || std::mem::replace(&mut seen[block], true) {
            continue;
        }
        if let Some(term) = &func.blocks[block].term {
            term.each_edge(|edge| open.push(edge.block));
        }
    }
    seen
}

fn leads_to(func: &Func, block: Block, to: Block) -> bool {
    let mut leads = false;
    if let Some(term) = &func.blocks[block].term {
        term.each_edge(|edge| leads |= edge.block == to);
    }
    leads
}
