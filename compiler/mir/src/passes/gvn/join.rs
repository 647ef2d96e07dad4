//! What a block with several predecessors knows of memory: all that holds at the end of its
//! immediate dominator and that no block on the way from there can change.

use cranelift_entity::SecondaryMap;
use theus_abi::HostFn;

use super::memory::Effect;
use crate::dom::Dominators;
use crate::func::{Func, Inst, Terminator};
use crate::ids::{Block, InstId};

/// More blocks than this on the way are not looked at: a loop that is a whole program
/// changes most of memory anyway.
const MOST_BLOCKS: usize = 64;

/// More writes than this on the way are not looked at.
const MOST_WRITES: usize = 256;

/// The instructions of each block that write memory.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    of: SecondaryMap<Block, Vec<InstId>>,
}

impl Writes {
    /// Collects them.
    pub(crate) fn new(func: &Func, tree: &Dominators) -> Self {
        let mut writes = Self {
            of: func.per_block(Vec::new()),
        };
        for &block in &tree.cfg.order {
            let insts = func.blocks[block].insts.iter().copied();
            writes.of[block] = insts
                .filter(|&id| effect(&func.insts[id]).is_some())
                .collect();
        }
        writes
    }

    /// All that may happen to memory between the immediate dominator of `join` and `join`;
    /// `None` if that is too much to follow.
    pub(crate) fn before(
        &self,
        func: &Func,
        tree: &Dominators,
        join: Block,
    ) -> Option<Vec<Effect>> {
        let top = tree.idom(join)?;
        let mut between: Vec<Block> = Vec::new();
        let mut work = tree.cfg.preds[join].to_vec();
        while let Some(block) = work.pop() {
            if block == top || between.contains(&block) {
                continue;
            }
            if between.len() == MOST_BLOCKS || work.len() > 4 * MOST_BLOCKS {
                return None;
            }
            between.push(block);
            work.extend(&tree.cfg.preds[block]);
        }
        let mut effects = Vec::new();
        for &block in &between {
            let writes = self.of[block].iter();
            effects.extend(writes.filter_map(|&id| effect(&func.insts[id])));
            if effects.len() > MOST_WRITES {
                return None;
            }
        }
        let reports = between.iter().chain([&top]).any(|&block| {
            let term = &func.blocks[block].term;
            matches!(term, Some(Terminator::Check { fail, .. })
                if fail.block == join || between.contains(&fail.block))
        });
        effects.extend(reports.then_some(Effect::FaultReport));
        Some(effects)
    }
}

/// What an instruction does to memory, if anything. Clocks and sinks only read it.
pub(crate) const fn effect(inst: &Inst) -> Option<Effect> {
    match inst {
        Inst::Store {
            value,
            addr,
            offset,
        } => Some(Effect::Store {
            addr: *addr,
            offset: *offset,
            value: *value,
        }),
        Inst::Copy { dst, size, .. } | Inst::Zero { dst, size } => Some(Effect::Fill {
            addr: *dst,
            size: *size,
        }),
        Inst::Call { .. } => Some(Effect::Unknown),
        Inst::Host { host, .. } => match host {
            HostFn::SourceRow
            | HostFn::ReadFloat
            | HostFn::ClockLate
            | HostFn::Measured
            | HostFn::Interrupted => Some(Effect::Unknown),
            HostFn::ClockStart | HostFn::ClockStop | HostFn::SinkRow => None,
        },
        Inst::Iconst { .. }
        | Inst::Fconst { .. }
        | Inst::Unary { .. }
        | Inst::Binary { .. }
        | Inst::Ternary { .. }
        | Inst::Math { .. }
        | Inst::Base { .. }
        | Inst::SlotAddr { .. }
        | Inst::Element { .. }
        | Inst::Load { .. } => None,
    }
}
