//! `Dominators`: which blocks every path to a block passes, and the natural loops that
//! follow from it.

use cranelift_entity::packed_option::PackedOption;
use cranelift_entity::{EntityRef, EntitySet, SecondaryMap};

use crate::cfg::Cfg;
use crate::func::Func;
use crate::ids::Block;

/// The dominator tree of a function (Cooper, Harvey and Kennedy), and the edges that it was
/// made of.
#[derive(Clone, Debug, Default)]
pub struct Dominators {
    /// The edges of the function.
    pub cfg: Cfg,
    /// The tree in preorder; blocks with the same parent in reverse postorder.
    pub walk: Vec<Step>,
    idom: SecondaryMap<Block, PackedOption<Block>>,
    /// Position in reverse postorder.
    position: SecondaryMap<Block, u32>,
    /// Position in `walk` among the entered blocks, and the one past all that it dominates;
    /// the second is 0 for blocks that are not reachable.
    span: SecondaryMap<Block, (u32, u32)>,
}

/// A step of a walk over the dominator tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Before the block and all that it dominates.
    Enter(Block),
    /// After them.
    Leave(Block),
}

/// A natural loop: the blocks that lead back to a header that dominates them.
#[derive(Clone, Debug)]
pub struct Loop {
    /// The block that dominates the others, and to which they lead back.
    pub header: Block,
    /// All blocks, the header included, in reverse postorder.
    pub blocks: Vec<Block>,
}

impl Dominators {
    /// The tree of a function.
    pub fn new(func: &Func) -> Self {
        Self::of(Cfg::new(func))
    }

    /// The tree of those edges.
    pub fn of(cfg: Cfg) -> Self {
        let mut tree = Self {
            cfg,
            ..Self::default()
        };
        let Some(&entry) = tree.cfg.order.first() else {
            return tree;
        };
        let count = tree.cfg.order.iter().map(|block| block.index() + 1).max();
        let count = count.unwrap_or(0);
        tree.position.resize(count);
        tree.idom.resize(count);
        tree.span.resize(count);
        for (&block, at) in tree.cfg.order.iter().zip(0..) {
            tree.position[block] = at;
        }
        tree.find_parents(entry);
        tree.number(entry);
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

    /// Whether the block is the header of a natural loop.
    pub fn is_header(&self, block: Block) -> bool {
        self.latches(block).next().is_some()
    }

    /// All natural loops, headers in postorder, so inner loops before the loops around them.
    /// Loops with one header are one loop.
    pub fn loops(&self) -> Vec<Loop> {
        let headers = self.cfg.order.iter().rev();
        headers.filter_map(|&header| self.loop_of(header)).collect()
    }

    /// Sources of the edges that lead back to `header`, one per edge.
    fn latches(&self, header: Block) -> impl Iterator<Item = Block> {
        let preds = self.cfg.preds[header].iter().copied();
        preds.filter(move |&pred| self.dominates(header, pred))
    }

    fn loop_of(&self, header: Block) -> Option<Loop> {
        let mut work: Vec<Block> = self.latches(header).collect();
        if work.is_empty() {
            return None;
        }
        let mut seen = EntitySet::new();
        seen.insert(header);
        let mut blocks = vec![header];
        while let Some(block) = work.pop() {
            if seen.insert(block) {
                blocks.push(block);
                work.extend(&self.cfg.preds[block]);
            }
        }
        blocks.sort_unstable_by_key(|&block| self.position[block]);
        Some(Loop { header, blocks })
    }

    fn find_parents(&mut self, entry: Block) {
        let mut changed = true;
        while changed {
            changed = false;
            for at in 1..self.cfg.order.len() {
                let block = self.cfg.order[at];
                let found = self.meet_of_preds(block, entry);
                changed |= self.idom[block] != found;
                self.idom[block] = found;
            }
        }
    }

    /// Later predecessors first: where many checks fail to one block, each meet is then one
    /// step up the tree.
    fn meet_of_preds(&self, block: Block, entry: Block) -> PackedOption<Block> {
        let known = |pred: &Block| *pred == entry || self.idom[*pred].is_some();
        let preds = self.cfg.preds[block].iter().rev().copied().filter(known);
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

    fn number(&mut self, entry: Block) {
        // The last child of each block, and the child before each.
        let mut last: SecondaryMap<Block, PackedOption<Block>> = SecondaryMap::new();
        let mut before: SecondaryMap<Block, PackedOption<Block>> = SecondaryMap::new();
        last.resize(self.span.as_values_slice().len());
        before.resize(self.span.as_values_slice().len());
        for &block in &self.cfg.order {
            if let Some(up) = self.idom[block].expand() {
                before[block] = std::mem::replace(&mut last[up], block.into());
            }
        }
        self.walk.reserve(2 * self.cfg.order.len());
        let mut count = 0;
        let mut stack = vec![Step::Enter(entry)];
        while let Some(step) = stack.pop() {
            self.walk.push(step);
            match step {
                Step::Enter(block) => {
                    self.span[block].0 = count;
                    count += 1;
                    stack.push(Step::Leave(block));
                    let mut child = last[block];
                    while let Some(below) = child.expand() {
                        stack.push(Step::Enter(below));
                        child = before[below];
                    }
                }
                Step::Leave(block) => self.span[block].1 = count,
            }
        }
    }
}
