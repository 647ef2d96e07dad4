//! `Cfg`: the edges between the blocks of a function, and the order that follows from them.

use cranelift_entity::{EntitySet, SecondaryMap};

use crate::func::Func;
use crate::ids::Block;

/// The edges between the blocks of a function, as they were when it was made.
#[derive(Clone, Debug, Default)]
pub struct Cfg {
    /// Sources of the incoming edges of a block, one per edge, from reachable blocks only.
    pub preds: SecondaryMap<Block, Vec<Block>>,
    /// Targets of the outgoing edges of a block, one per edge.
    pub succs: SecondaryMap<Block, Vec<Block>>,
    /// Reachable blocks in reverse postorder, the entry first.
    pub order: Vec<Block>,
    reachable: EntitySet<Block>,
}

impl Cfg {
    /// The edges of a function. Edges to blocks that do not exist are left out.
    pub fn new(func: &Func) -> Self {
        let mut cfg = Self::default();
        let Some(entry) = func.entry() else {
            return cfg;
        };
        let mut exists = EntitySet::with_capacity(func.blocks.len());
        let in_layout = func.layout.iter().copied();
        exists.extend(in_layout.filter(|&block| func.blocks.is_valid(block)));
        for block in exists.iter() {
            let Some(term) = &func.blocks[block].term else {
                continue;
            };
            let list = &mut cfg.succs[block];
            term.each_edge(|edge| {
                if exists.contains(edge.block) {
                    list.push(edge.block);
                }
            });
        }
        cfg.number(entry);
        for &block in &cfg.order {
            for &target in &cfg.succs[block] {
                cfg.preds[target].push(block);
            }
        }
        cfg
    }

    /// Whether a path leads from the entry to the block.
    pub fn is_reachable(&self, block: Block) -> bool {
        self.reachable.contains(block)
    }

    /// The block whose only edge here is the only way in, if there is one.
    pub fn only_pred(&self, block: Block) -> Option<Block> {
        match self.preds[block].as_slice() {
            [pred] => Some(*pred),
            _ => None,
        }
    }

    /// Depth-first, with an explicit stack.
    fn number(&mut self, entry: Block) {
        let mut stack = vec![(entry, 0)];
        self.reachable.insert(entry);
        while let Some((block, at)) = stack.last_mut() {
            let Some(&target) = self.succs[*block].get(*at) else {
                self.order.push(*block);
                stack.pop();
                continue;
            };
            *at += 1;
            if self.reachable.insert(target) {
                stack.push((target, 0));
            }
        }
        self.order.reverse();
    }
}

/// Takes the blocks that nothing reaches out of the layout.
pub fn remove_unreachable(func: &mut Func) {
    let cfg = Cfg::new(func);
    func.layout.retain(|&block| cfg.is_reachable(block));
}
