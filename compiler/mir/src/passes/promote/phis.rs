//! Where the scalars of promoted slots need block parameters: pruned, by dominance frontiers.

use cranelift_entity::SecondaryMap;

use super::access::{Place, Places};
use super::partition::Scalars;
use crate::dom::Dominators;
use crate::func::{Func, Inst};
use crate::ids::{Block, Value};

/// The scalars that each block has as new parameters, by number.
pub(crate) type Phis = SecondaryMap<Block, Vec<u32>>;

const NOWHERE: u32 = u32::MAX;

/// Places phis.
pub(crate) fn place(
    func: &Func,
    tree: &Dominators,
    places: &Places,
    scalars: &Scalars,
) -> Phis {
    let mut uses = Uses::new(scalars.reprs.len());
    for &block in &tree.cfg.order {
        for &id in &func.blocks[block].insts {
            each_effect(&func.insts[id], places, scalars, |number, is_write| {
                uses.note(block, number, is_write);
            });
        }
    }
    let frontiers = frontiers(func, tree);
    let mut phis: Phis = func.per_block(Vec::new());
    let mut live = func.per_block(NOWHERE);
    let mut writes = func.per_block(NOWHERE);
    let mut placed = func.per_block(NOWHERE);
    for (number, (reads, written)) in (0..).zip(uses.exposed.iter().zip(&uses.written)) {
        if reads.is_empty() {
            continue;
        }
        written.iter().for_each(|&block| writes[block] = number);
        spread_live(tree, number, reads, &writes, &mut live);
        let mut work = written.clone();
        while let Some(block) = work.pop() {
            for &join in &frontiers[block] {
                if live[join] == number && placed[join] != number {
                    placed[join] = number;
                    phis[join].push(number);
                    work.push(join);
                }
            }
        }
    }
    phis
}

/// Marks the blocks at whose start the scalar is live.
fn spread_live(
    tree: &Dominators,
    number: u32,
    reads: &[Block],
    writes: &SecondaryMap<Block, u32>,
    live: &mut SecondaryMap<Block, u32>,
) {
    let mut work = reads.to_vec();
    work.iter().for_each(|&block| live[block] = number);
    while let Some(block) = work.pop() {
        for &pred in &tree.cfg.preds[block] {
            if writes[pred] != number && live[pred] != number {
                live[pred] = number;
                work.push(pred);
            }
        }
    }
}

/// The blocks where the dominance of each block ends.
fn frontiers(func: &Func, tree: &Dominators) -> SecondaryMap<Block, Vec<Block>> {
    let mut frontiers = func.per_block(Vec::new());
    for &join in &tree.cfg.order {
        if tree.cfg.preds[join].len() < 2 {
            continue;
        }
        let stop = tree.idom(join);
        for &pred in &tree.cfg.preds[join] {
            let mut at = Some(pred);
            while let Some(block) = at.filter(|_| at != stop) {
                if frontiers[block].last() == Some(&join) {
                    break;
                }
                frontiers[block].push(join);
                at = tree.idom(block);
            }
        }
    }
    frontiers
}

/// Calls `f` with the number of each scalar that an instruction reads (`false`), then of
/// each that it writes (`true`).
fn each_effect(
    inst: &Inst,
    places: &Places,
    scalars: &Scalars,
    mut f: impl FnMut(u32, bool),
) {
    let at = |addr: Value, offset: i32| {
        places
            .get(addr, offset)
            .filter(|place| scalars.has(place.slot))
    };
    let mut each = |place: Option<Place>, size: u32, is_write: bool| {
        let within = place
            .map(|place| scalars.within(place, size))
            .unwrap_or_default();
        within.iter().for_each(|scalar| f(scalar.number, is_write));
    };
    match inst {
        Inst::Load {
            repr, addr, offset, ..
        } => each(at(*addr, *offset), repr.size(), false),
        Inst::Store { addr, offset, .. } => each(at(*addr, *offset), 1, true),
        Inst::Copy { dst, src, size } => {
            each(at(*src, 0), *size, false);
            each(at(*dst, 0), *size, true);
        }
        Inst::Zero { dst, size } => each(at(*dst, 0), *size, true),
        _ => {}
    }
}

/// Which blocks read a scalar before they write it, and which write it.
struct Uses {
    exposed: Vec<Vec<Block>>,
    written: Vec<Vec<Block>>,
}

impl Uses {
    fn new(count: usize) -> Self {
        Self {
            exposed: vec![Vec::new(); count],
            written: vec![Vec::new(); count],
        }
    }

    fn note(&mut self, block: Block, number: u32, is_write: bool) {
        let Ok(at) = usize::try_from(number) else {
            return;
        };
        let written = &mut self.written[at];
        if written.last() == Some(&block) {
            return;
        }
        if is_write {
            written.push(block);
        } else if self.exposed[at].last() != Some(&block) {
            self.exposed[at].push(block);
        }
    }
}
