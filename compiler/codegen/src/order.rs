//! The order of translation: reverse post-order, in which a definition precedes its uses.

use cranelift_codegen::entity::SecondaryMap;
use theus_mir::{Block, Func};

/// Reachable blocks, and which of them can be entered from one block only.
#[derive(Debug, Default)]
pub(crate) struct Order {
    /// Reverse post-order, the entry first.
    pub(crate) blocks: Vec<Block>,
    preds: SecondaryMap<Block, Preds>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Preds {
    #[default]
    None,
    One(Block),
    Many,
}

impl Order {
    /// The order of a function.
    pub(crate) fn new(func: &Func) -> Self {
        let mut order = Self::default();
        let Some(entry) = func.entry() else {
            return order;
        };
        let mut seen: SecondaryMap<Block, bool> = SecondaryMap::new();
        let mut stack = vec![(entry, successors(func, entry))];
        seen[entry] = true;
        order.preds[entry] = Preds::Many;
        while let Some((block, rest)) = stack.last_mut() {
            let block = *block;
            let Some(next) = rest.pop() else {
                order.blocks.push(block);
                stack.pop();
                continue;
            };
            order.preds[next] = match order.preds[next] {
                Preds::None => Preds::One(block),
                Preds::One(_) | Preds::Many => Preds::Many,
            };
            if !seen[next] {
                seen[next] = true;
                stack.push((next, successors(func, next)));
            }
        }
        order.blocks.reverse();
        order
    }

    /// Whether a path leads to the block.
    pub(crate) fn is_reachable(&self, block: Block) -> bool {
        self.preds[block] != Preds::None
    }

    /// Whether `above` is `below`, or only few blocks with a single way in lie between. It
    /// then dominates `below`.
    pub(crate) fn is_just_above(&self, above: Block, mut below: Block) -> bool {
        for _ in 0..8 {
            if above == below {
                return true;
            }
            match self.preds[below] {
                Preds::One(pred) => below = pred,
                Preds::None | Preds::Many => return false,
            }
        }
        false
    }
}

/// Targets of the edges, the last one first.
fn successors(func: &Func, block: Block) -> Vec<Block> {
    let mut list = Vec::new();
    if let Some(term) = &func.blocks[block].term {
        term.each_edge(|edge| list.push(edge.block));
    }
    list
}
