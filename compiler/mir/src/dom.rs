//! `Dominators`: which blocks every path to a block passes, and the natural loops that
//! follow from it.

use cranelift_entity::packed_option::PackedOption;
use cranelift_entity::{EntitySet, SecondaryMap};

use crate::cfg::Cfg;
use crate::ids::Block;

/// The dominator tree of a function (Cooper, Harvey and Kennedy).
#[derive(Clone, Debug, Default)]
pub struct Dominators {
    idom: SecondaryMap<Block, PackedOption<Block>>,
    /// Position in reverse postorder.
    position: SecondaryMap<Block, u32>,
    /// Position in a preorder walk of the tree, and the one past all that it dominates; the
    /// second is 0 for blocks that are not reachable.
    span: SecondaryMap<Block, (u32, u32)>,
}

/// A natural loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// The block that dominates the others, and to which they lead back.
    pub header: Block,
    /// All blocks, the header included.
    pub blocks: EntitySet<Block>,
}

impl Dominators {
    /// The tree of those edges.
    pub fn new(cfg: &Cfg) -> Self {
        let mut tree = Self::default();
        let Some(&entry) = cfg.order.first() else {
            return tree;
        };
        for (&block, at) in cfg.order.iter().zip(0..) {
            tree.position[block] = at;
        }
        let mut changed = true;
        while changed {
            changed = false;
            for &block in cfg.order.iter().filter(|&&block| block != entry) {
                let idom = tree.meet_of_preds(cfg, block, entry);
                changed |= tree.idom[block] != idom;
                tree.idom[block] = idom;
            }
        }
        tree.number(cfg, entry);
        tree
    }

    /// The block that every path to `block` passes last; none for the entry and for blocks
    /// that are not reachable.
    pub fn idom(&self, block: Block) -> Option<Block> {
        self.idom[block].expand()
    }

    /// Whether every path to `below` passes `above`; a reachable block dominates itself.
    pub fn dominates(&self, above: Block, below: Block) -> bool {
        let ((start, end), (at, past)) = (self.span[above], self.span[below]);
        past != 0 && start <= at && at < end
    }

    /// Later predecessors first: where many checks fail to one block, each meet is then one
    /// step up the tree.
    fn meet_of_preds(
        &self,
        cfg: &Cfg,
        block: Block,
        entry: Block,
    ) -> PackedOption<Block> {
        let known = |pred: &Block| *pred == entry || self.idom[*pred].is_some();
        let preds = cfg.preds[block].iter().rev().copied().filter(known);
        preds.reduce(|a, b| self.meet(a, b)).into()
    }

    fn meet(&self, mut a: Block, mut b: Block) -> Block {
        while a != b {
            let low = if self.position[a] > self.position[b] {
                &mut a
            } else {
                &mut b
            };
            match self.idom[*low].expand() {
                Some(up) => *low = up,
                None => return *low,
            }
        }
        a
    }

    fn number(&mut self, cfg: &Cfg, entry: Block) {
        let mut children: SecondaryMap<Block, Vec<Block>> = SecondaryMap::new();
        for &block in &cfg.order {
            if let Some(up) = self.idom[block].expand() {
                children[up].push(block);
            }
        }
        let mut count = 0;
        let mut stack = vec![(entry, false)];
        while let Some((block, done)) = stack.pop() {
            if done {
                self.span[block].1 = count;
                continue;
            }
            self.span[block].0 = count;
            count += 1;
            stack.push((block, true));
            stack.extend(children[block].iter().map(|&below| (below, false)));
        }
    }
}

/// All natural loops, headers in reverse postorder (so an outer loop before the loops in
/// it). Loops with one header are one loop.
pub fn loops(cfg: &Cfg, tree: &Dominators) -> Vec<Loop> {
    let natural = |&header: &Block| {
        let latches = cfg.preds[header].iter().copied();
        let mut work: Vec<Block> = latches
            .filter(|&latch| tree.dominates(header, latch))
            .collect();
        if work.is_empty() {
            return None;
        }
        let mut blocks = EntitySet::new();
        blocks.insert(header);
        while let Some(block) = work.pop() {
            if blocks.insert(block) {
                work.extend(&cfg.preds[block]);
            }
        }
        Some(Loop { header, blocks })
    };
    cfg.order.iter().filter_map(natural).collect()
}
