//! `Cfg`: the edges between the blocks of a function, and the order that follows from them.

use std::ops::{Index, Range};

use cranelift_entity::SecondaryMap;

use crate::func::Func;
use crate::ids::Block;

/// A list of blocks for each block, all in one: most functions have many blocks with one or
/// two edges each.
#[derive(Clone, Debug, Default)]
pub struct Edges {
    spans: SecondaryMap<Block, (u32, u32)>,
    all: Vec<Block>,
}

impl Edges {
    fn range(&self, block: Block) -> Range<usize> {
        let (start, end) = self.spans[block];
        start as usize..end as usize
    }

    fn end(&self) -> u32 {
        u32::try_from(self.all.len()).unwrap_or(u32::MAX)
    }
}

impl Index<Block> for Edges {
    type Output = [Block];

    fn index(&self, block: Block) -> &[Block] {
        &self.all[self.range(block)]
    }
}

/// The edges between the blocks of a function, as they were when it was made.
#[derive(Clone, Debug, Default)]
pub struct Cfg {
    /// Sources of the incoming edges of a block, one per edge, from reachable blocks only.
    pub preds: Edges,
    /// Targets of the outgoing edges of a block, one per edge.
    pub succs: Edges,
    /// Reachable blocks in reverse postorder, the entry first.
    pub order: Vec<Block>,
    reachable: SecondaryMap<Block, bool>,
}

impl Cfg {
    /// The edges of a function. Edges to blocks that do not exist are left out.
    pub fn new(func: &Func) -> Self {
        let mut cfg = Self::default();
        let Some(entry) = func.entry() else {
            return cfg;
        };
        let count = func.blocks.len();
        cfg.succs.spans.resize(count);
        cfg.preds.spans.resize(count);
        cfg.succs.all.reserve(2 * func.layout.len());
        cfg.order.reserve(func.layout.len());
        cfg.reachable.resize(count);
        let mut exists = func.per_block(false);
        let in_layout = func.layout.iter().copied();
        for block in in_layout.filter(|&block| func.blocks.is_valid(block)) {
            exists[block] = true;
        }
        for &block in func.layout.iter().filter(|&&block| exists[block]) {
            let Some(term) = &func.blocks[block].term else {
                continue;
            };
            let start = cfg.succs.end();
            term.each_edge(|edge| {
                if exists[edge.block] {
                    cfg.succs.all.push(edge.block);
                }
            });
            cfg.succs.spans[block] = (start, cfg.succs.end());
        }
        cfg.number(entry);
        cfg.turn();
        cfg
    }

    /// Whether a path leads from the entry to the block.
    pub fn is_reachable(&self, block: Block) -> bool {
        self.reachable[block]
    }

    /// The block whose only edge here is the only way in, if there is one.
    pub fn only_pred(&self, block: Block) -> Option<Block> {
        match &self.preds[block] {
            [pred] => Some(*pred),
            _ => None,
        }
    }

    /// The edges from the other side, in the order of their sources.
    fn turn(&mut self) {
        let Self {
            preds,
            succs,
            order,
            ..
        } = self;
        for &block in &*order {
            for &target in &succs[block] {
                preds.spans[target].1 += 1;
            }
        }
        let mut start = 0;
        for &block in &*order {
            let count = preds.spans[block].1;
            preds.spans[block] = (start, start);
            start += count;
        }
        preds.all = vec![Block::from_u32(0); start as usize];
        for &block in &*order {
            for &target in &succs[block] {
                let end = &mut preds.spans[target].1;
                preds.all[*end as usize] = block;
                *end += 1;
            }
        }
    }

    /// Depth-first, with an explicit stack.
    fn number(&mut self, entry: Block) {
        let mut stack = vec![(entry, 0)];
        self.reachable[entry] = true;
        while let Some((block, at)) = stack.last_mut() {
            let Some(&target) = self.succs[*block].get(*at) else {
                self.order.push(*block);
                stack.pop();
                continue;
            };
            *at += 1;
            if !std::mem::replace(&mut self.reachable[target], true) {
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
