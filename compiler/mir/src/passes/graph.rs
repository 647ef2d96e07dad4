//! `Graph`: edges, reverse post-order and the dominator tree of a function, for passes.

use cranelift_entity::SecondaryMap;
use cranelift_entity::packed_option::PackedOption;

use crate::func::Func;
use crate::ids::Block;

const UNREACHED: u32 = u32::MAX;

/// A step of a walk over the dominator tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Before the block and all that it dominates.
    Enter(Block),
    /// After them.
    Leave(Block),
}

/// The control flow of a function, as it was when the graph was made.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// Reachable blocks in reverse post-order, the entry first.
    pub(crate) order: Vec<Block>,
    /// Sources of the incoming edges, one per edge, of reachable blocks only.
    pub(crate) preds: SecondaryMap<Block, Vec<Block>>,
    /// Targets of the outgoing edges, one per edge.
    pub(crate) succs: SecondaryMap<Block, Vec<Block>>,
    /// The dominator tree in preorder.
    pub(crate) walk: Vec<Step>,
    number: SecondaryMap<Block, u32>,
    idom: SecondaryMap<Block, PackedOption<Block>>,
    span: SecondaryMap<Block, (u32, u32)>,
}

impl Graph {
    /// The graph of a function.
    pub(crate) fn new(func: &Func) -> Self {
        let mut graph = Self {
            number: SecondaryMap::with_default(UNREACHED),
            ..Self::default()
        };
        let Some(entry) = func.entry() else {
            return graph;
        };
        graph.edges(func);
        graph.sort(entry);
        for &block in &graph.order {
            for &next in &graph.succs[block] {
                graph.preds[next].push(block);
            }
        }
        graph.dominators(entry);
        graph.tree(entry);
        graph
    }

    /// Whether a path from the entry leads there.
    pub(crate) fn is_reachable(&self, block: Block) -> bool {
        self.number[block] != UNREACHED
    }

    /// The block that every path to `block` passes last.
    pub(crate) fn idom(&self, block: Block) -> Option<Block> {
        self.idom[block].expand()
    }

    /// Whether every path to `below` passes `above`; a block dominates itself.
    pub(crate) fn dominates(&self, above: Block, below: Block) -> bool {
        let ((start, end), (at, _)) = (self.span[above], self.span[below]);
        self.is_reachable(below) && start <= at && at < end
    }

    /// The block whose only edge here is the only way in, if there is one.
    pub(crate) fn only_pred(&self, block: Block) -> Option<Block> {
        match self.preds[block].as_slice() {
            [pred] => Some(*pred),
            _ => None,
        }
    }

    fn edges(&mut self, func: &Func) {
        for &block in &func.layout {
            let list = &mut self.succs[block];
            if let Some(term) = &func.blocks[block].term {
                term.each_edge(|edge| list.push(edge.block));
            }
        }
    }

    fn sort(&mut self, entry: Block) {
        let mut stack = vec![(entry, 0)];
        self.number[entry] = 0;
        while let Some((block, at)) = stack.last_mut() {
            if let Some(&next) = self.succs[*block].get(*at) {
                *at += 1;
                if self.number[next] == UNREACHED {
                    self.number[next] = 0;
                    stack.push((next, 0));
                }
            } else {
                self.order.push(*block);
                stack.pop();
            }
        }
        self.order.reverse();
        for (&block, n) in self.order.iter().zip(0..) {
            self.number[block] = n;
        }
    }

    /// Cooper, Harvey and Kennedy. Late predecessors go first: a block that a long chain of
    /// checks shares then costs one step per edge.
    fn dominators(&mut self, entry: Block) {
        let mut changed = true;
        while changed {
            changed = false;
            for at in 0..self.order.len() {
                let block = self.order[at];
                if block == entry {
                    continue;
                }
                let found = self.common(block, entry);
                if self.idom[block] != found {
                    self.idom[block] = found;
                    changed = true;
                }
            }
        }
    }

    fn common(&self, block: Block, entry: Block) -> PackedOption<Block> {
        let known = |pred: &&Block| **pred == entry || self.idom[**pred].is_some();
        let mut preds = self.preds[block].iter().rev().filter(known).copied();
        let Some(first) = preds.next() else {
            return None.into();
        };
        Some(preds.fold(first, |a, b| self.meet(a, b))).into()
    }

    fn meet(&self, mut a: Block, mut b: Block) -> Block {
        while a != b {
            let low = if self.number[a] > self.number[b] {
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

    fn tree(&mut self, entry: Block) {
        let mut children: SecondaryMap<Block, Vec<Block>> = SecondaryMap::new();
        for &block in self.order.iter().rev() {
            if let Some(up) = self.idom[block].expand() {
                children[up].push(block);
            }
        }
        let mut stack = vec![Step::Enter(entry)];
        let mut count = 0;
        while let Some(step) = stack.pop() {
            self.walk.push(step);
            match step {
                Step::Enter(block) => {
                    self.span[block].0 = count;
                    count += 1;
                    stack.push(Step::Leave(block));
                    stack.extend(children[block].iter().map(|&below| Step::Enter(below)));
                }
                Step::Leave(block) => self.span[block].1 = count,
            }
        }
    }
}
