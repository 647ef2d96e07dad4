//! `prove`: checks that cannot fail go, and branches that can go one way only.
//!
//! The intervals of all values are found by going through the function again and again until
//! nothing changes (`flow`); ends that keep growing are moved outwards (`widen`). Fields with
//! a range are in it at the start (`ranges`). How long it takes is bounded by the number of
//! rounds, never by a clock.

mod flow;
mod ranges;
mod verdict;
mod widen;

use std::mem;

use crate::dom::Dominators;
use crate::func::{BlockCall, Func, Terminator};
use crate::ids::Block;
use flow::Flow;
pub(crate) use ranges::{Ranges, unsure};
pub use verdict::{Example, Values, Verdict, verdicts};

/// Runs the pass on a function that reads no field with a range.
pub(crate) fn run(func: &mut Func) {
    with(func, &Ranges::default());
}

/// Runs the pass.
pub(crate) fn with(func: &mut Func, ranges: &Ranges) {
    let checks = |block: &Block| {
        matches!(func.blocks[*block].term, Some(Terminator::Check { .. }))
    };
    if !func.layout.iter().any(checks) {
        return;
    }
    let tree = Dominators::new(func);
    let mut decided = Vec::new();
    let mut flow = Flow::new(func, &tree, ranges);
    flow.settle(&mut |flow, block| {
        let cond = match &flow.func.blocks[block].term {
            Some(Terminator::Check { cond, .. } | Terminator::Branch { cond, .. }) => {
                *cond
            }
            Some(
                Terminator::Jump(_) | Terminator::Switch { .. } | Terminator::Return(_),
            )
            | None => return,
        };
        decided.extend(flow.known(cond).map(|holds| (block, holds)));
    });
    for (block, holds) in decided {
        decide(func, block, holds);
    }
}

/// Leaves only the way that is taken. A check that always fails stays.
fn decide(func: &mut Func, block: Block, holds: bool) {
    let target = match &mut func.blocks[block].term {
        Some(Terminator::Check { ok, .. }) if holds => take(ok),
        Some(Terminator::Branch { then, .. }) if holds => take(then),
        Some(Terminator::Branch { otherwise, .. }) => take(otherwise),
        Some(_) | None => return,
    };
    func.blocks[block].term = Some(Terminator::Jump(target));
}

fn take(edge: &mut BlockCall) -> BlockCall {
    mem::replace(edge, BlockCall::to(edge.block))
}
