//! Natural loops: the blocks that lead back to a header that dominates them.

use cranelift_entity::SecondaryMap;

use super::graph::Graph;
use crate::ids::Block;

/// A natural loop.
#[derive(Debug)]
pub(crate) struct Loop {
    /// The block that dominates the others.
    pub(crate) header: Block,
    /// All blocks, the header included, in reverse post-order.
    pub(crate) blocks: Vec<Block>,
}

/// Whether the block is the header of a natural loop.
pub(crate) fn is_header(graph: &Graph, block: Block) -> bool {
    graph.preds[block]
        .iter()
        .any(|&pred| graph.dominates(block, pred))
}

/// All natural loops, inner ones before the loops around them.
pub(crate) fn find(graph: &Graph) -> Vec<Loop> {
    let mut position = SecondaryMap::with_default(0_u32);
    for (&block, at) in graph.order.iter().zip(0..) {
        position[block] = at;
    }
    let mut seen = SecondaryMap::with_default(u32::MAX);
    let mut loops = Vec::new();
    for (&header, stamp) in graph.order.iter().rev().zip(0..) {
        if !is_header(graph, header) {
            continue;
        }
        let mut blocks = vec![header];
        seen[header] = stamp;
        let latches = graph.preds[header].iter().copied();
        let mut work: Vec<Block> = latches
            .filter(|&pred| graph.dominates(header, pred))
            .collect();
        while let Some(block) = work.pop() {
            if seen[block] != stamp {
                seen[block] = stamp;
                blocks.push(block);
                work.extend(&graph.preds[block]);
            }
        }
        blocks.sort_unstable_by_key(|&block| position[block]);
        loops.push(Loop { header, blocks });
    }
    loops
}
