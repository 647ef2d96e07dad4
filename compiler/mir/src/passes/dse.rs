//! `dse`: a store that is overwritten in the same block before anything can read it goes.
//! The end of a block ends the search: whatever follows may read memory.

use std::collections::BTreeMap;

use super::address::{Address, Escapes, Root};
use crate::cfg::Cfg;
use crate::func::{Func, Inst};
use crate::ids::{Block, Value};

/// Runs the pass.
pub(crate) fn run(func: &mut Func) {
    let cfg = Cfg::new(func);
    let escapes = Escapes::new(func, &cfg);
    for &block in &cfg.order {
        sweep(func, &escapes, block);
    }
}

fn sweep(func: &mut Func, escapes: &Escapes, block: Block) {
    let mut insts = std::mem::take(&mut func.blocks[block].insts);
    let mut later = Later {
        func,
        escapes,
        stored: BTreeMap::new(),
    };
    let mut keep: Vec<bool> = insts
        .iter()
        .rev()
        .map(|&id| later.visit(&func.insts[id]))
        .collect();
    insts.retain(|_| keep.pop().unwrap_or(true));
    func.blocks[block].insts = insts;
}

/// What is stored later in the block, before it is read.
struct Later<'f> {
    func: &'f Func,
    escapes: &'f Escapes,
    stored: BTreeMap<(Root, i64), u32>,
}

impl Later<'_> {
    /// Whether the instruction stays.
    fn visit(&mut self, inst: &Inst) -> bool {
        match *inst {
            Inst::Store {
                value,
                addr,
                offset,
            } => {
                let size = self.func.repr(value).size();
                self.store(addr, offset, size)
            }
            Inst::Load {
                repr, addr, offset, ..
            } => {
                self.read(Address::of(self.func, addr).plus(offset), repr.size());
                true
            }
            Inst::Copy { src, size, .. } => {
                self.read(Address::of(self.func, src), size);
                true
            }
            Inst::Call { .. } | Inst::Host { .. } => {
                self.read(
                    Address {
                        root: Root::Other,
                        offset: None,
                    },
                    0,
                );
                true
            }
            _ => true,
        }
    }

    fn store(&mut self, addr: Value, offset: i32, size: u32) -> bool {
        let address = Address::of(self.func, addr).plus(offset);
        let Some(at) = address.offset else {
            return true;
        };
        let known = self.stored.entry((address.root, at)).or_insert(0);
        let is_dead = *known >= size;
        *known = (*known).max(size);
        !is_dead
    }

    fn read(&mut self, address: Address, size: u32) {
        let escapes = self.escapes;
        match (address.root, address.offset) {
            (Root::Other, _) => self.stored.retain(|(root, _), _| match root {
                Root::Slot(slot) => !escapes.has_escaped(*slot),
                Root::Base | Root::Other => false,
            }),
            (root, None) => self.stored.retain(|(other, _), _| *other != root),
            (root, Some(at)) => {
                let range =
                    (root, at.saturating_sub(7))..(root, at.saturating_add(size.into()));
                let hit: Vec<_> =
                    self.stored.range(range).map(|(&place, _)| place).collect();
                for place in hit {
                    self.stored.remove(&place);
                }
            }
        }
    }
}
