//! `Scalars`: how each slot that is promoted falls into scalars.

use std::collections::{BTreeMap, BTreeSet};

use cranelift_entity::SecondaryMap;

use super::access::{Place, Places};
use crate::cfg::Cfg;
use crate::func::{Func, Inst};
use crate::ids::{Slot, Value};
use crate::passes::address::alignment;
use theus_abi::Repr;

/// A slot of more scalars stays in memory.
const MOST_SCALARS: usize = 128;

/// A scalar of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scalar {
    /// Bytes from the start of the slot.
    pub(crate) offset: u32,
    /// Its representation; accesses of the same size with another one are bit casts.
    pub(crate) repr: Repr,
    /// Its number among all scalars of the function.
    pub(crate) number: u32,
}

/// The scalars of the slots that are promoted.
#[derive(Debug, Default)]
pub(crate) struct Scalars {
    of: SecondaryMap<Slot, Option<Vec<Scalar>>>,
    /// The representation of each scalar, by number.
    pub(crate) reprs: Vec<Repr>,
    any: bool,
}

/// A range of a slot that is copied or zeroed as a whole.
#[derive(Clone, Copy, Debug)]
struct Range {
    slot: Slot,
    start: u32,
    size: u32,
    /// What it is copied from or to; `None` for zeroing.
    other: Option<Value>,
}

impl Range {
    const fn end(&self) -> u32 {
        self.start.saturating_add(self.size)
    }
}

impl Scalars {
    /// Finds the scalars; slots whose accesses overlap in other ways are left out.
    pub(crate) fn new(func: &Func, cfg: &Cfg, places: &Places) -> Self {
        let mut work = Work::new(func, places);
        work.collect(cfg);
        work.spread();
        work.filling = true;
        for at in 0..work.ranges.len() {
            work.fill(at);
            work.spread();
        }
        work.check();
        work.finish()
    }

    /// Whether nothing that is promoted is accessed.
    pub(crate) const fn is_empty(&self) -> bool {
        !self.any
    }

    /// Whether the slot is promoted.
    pub(crate) fn has(&self, slot: Slot) -> bool {
        self.of[slot].is_some()
    }

    /// The scalar at a place.
    pub(crate) fn at(&self, place: Place) -> Option<Scalar> {
        let scalars = self.of[place.slot].as_ref()?;
        let at = scalars
            .binary_search_by_key(&place.offset, |scalar| scalar.offset)
            .ok()?;
        scalars.get(at).copied()
    }

    /// The scalars of a range.
    pub(crate) fn within(&self, place: Place, size: u32) -> &[Scalar] {
        let scalars = self.of[place.slot].as_deref().unwrap_or_default();
        let end = place.offset.saturating_add(size);
        let from = scalars.partition_point(|scalar| scalar.offset < place.offset);
        let to = scalars.partition_point(|scalar| scalar.offset < end);
        scalars.get(from..to).unwrap_or_default()
    }
}

struct Work<'f> {
    func: &'f Func,
    places: &'f Places,
    scalars: SecondaryMap<Slot, BTreeMap<u32, Repr>>,
    /// Scalars of bytes that are only copied, whose types do not tell how they lie elsewhere.
    filled: SecondaryMap<Slot, BTreeSet<u32>>,
    filling: bool,
    refused: SecondaryMap<Slot, bool>,
    ranges: Vec<Range>,
    ranges_of: SecondaryMap<Slot, Vec<usize>>,
    fresh: Vec<(Slot, u32, Repr)>,
}

impl<'f> Work<'f> {
    fn new(func: &'f Func, places: &'f Places) -> Self {
        Self {
            func,
            places,
            scalars: SecondaryMap::new(),
            filled: SecondaryMap::new(),
            filling: false,
            refused: SecondaryMap::new(),
            ranges: Vec::new(),
            ranges_of: SecondaryMap::new(),
            fresh: Vec::new(),
        }
    }

    fn collect(&mut self, cfg: &Cfg) {
        let (func, places) = (self.func, self.places);
        let insts = cfg
            .order
            .iter()
            .flat_map(|&block| &func.blocks[block].insts);
        for &id in insts {
            match &func.insts[id] {
                Inst::Load {
                    repr, addr, offset, ..
                } => {
                    self.add(places.get(*addr, *offset), *repr);
                }
                Inst::Store {
                    value,
                    addr,
                    offset,
                } => {
                    self.add(places.get(*addr, *offset), func.repr(*value));
                }
                Inst::Copy { dst, src, size } => {
                    self.range(*dst, *size, Some(*src));
                    self.range(*src, *size, Some(*dst));
                }
                Inst::Zero { dst, size } => self.range(*dst, *size, None),
                _ => {}
            }
        }
    }

    fn range(&mut self, addr: Value, size: u32, other: Option<Value>) {
        if let Some(Place {
            slot,
            offset: start,
        }) = self.places.get(addr, 0)
        {
            self.ranges_of[slot].push(self.ranges.len());
            self.ranges.push(Range {
                slot,
                start,
                size,
                other,
            });
        }
    }

    fn add(&mut self, place: Option<Place>, repr: Repr) {
        let Some(Place { slot, offset }) = place else {
            return;
        };
        if self.refused[slot] {
            return;
        }
        let scalars = &mut self.scalars[slot];
        let end = offset.saturating_add(repr.size());
        let near = scalars
            .range(..end)
            .next_back()
            .map(|(&at, &found)| (at, found));
        match near {
            Some((at, found)) if at == offset && found.size() == repr.size() => {
                if repr.is_float() && !found.is_float() {
                    scalars.insert(offset, repr);
                }
            }
            Some((at, found)) if at.saturating_add(found.size()) > offset => {
                self.refused[slot] = true;
            }
            Some(_) | None => {
                scalars.insert(offset, repr);
                if self.filling {
                    self.filled[slot].insert(offset);
                }
                if scalars.len() > MOST_SCALARS {
                    self.refused[slot] = true;
                }
                self.fresh.push((slot, offset, repr));
            }
        }
    }

    /// What is copied has the same scalars on both sides.
    fn spread(&mut self) {
        while let Some((slot, offset, repr)) = self.fresh.pop() {
            if self.refused[slot] {
                continue;
            }
            for at in 0..self.ranges_of[slot].len() {
                let range = self.ranges[self.ranges_of[slot][at]];
                let inside = range.start <= offset
                    && offset.saturating_add(repr.size()) <= range.end();
                let other = range.other.and_then(|other| self.places.get(other, 0));
                if let (Some(other), true) = (other, inside) {
                    let offset = other.offset.saturating_add(offset - range.start);
                    self.add(
                        Some(Place {
                            slot: other.slot,
                            offset,
                        }),
                        repr,
                    );
                }
            }
        }
    }

    /// Bytes that are copied but never accessed become integers.
    fn fill(&mut self, at: usize) {
        let range = self.ranges[at];
        let Some(other) = range.other else { return };
        let other = alignment(self.func, other, range.size);
        let align = self.func.slots[range.slot].align.clamp(1, 8);
        let mut at = range.start;
        while at < range.end() && !self.refused[range.slot] {
            let scalars = &self.scalars[range.slot];
            if let Some(repr) = scalars.get(&at) {
                at = at.saturating_add(repr.size());
                continue;
            }
            let next = scalars
                .range(at..range.end())
                .next()
                .map_or(range.end(), |(&o, _)| o);
            let there = other | u64::from(at - range.start);
            let most = (1_u64
                << there.trailing_zeros().min((at | align).trailing_zeros()))
            .min(u64::from(next - at));
            let repr = match most {
                8.. => Repr::I64,
                4.. => Repr::I32,
                2.. => Repr::I16,
                _ => Repr::I8,
            };
            self.add(
                Some(Place {
                    slot: range.slot,
                    offset: at,
                }),
                repr,
            );
            at = at.saturating_add(repr.size());
        }
    }

    /// Refuses slots with scalars that lie half inside a range.
    fn check(&mut self) {
        for range in &self.ranges {
            let scalars = &self.scalars[range.slot];
            let crosses = |edge: u32| {
                let before = scalars.range(..edge).next_back();
                before.is_some_and(|(&at, repr)| at.saturating_add(repr.size()) > edge)
            };
            if crosses(range.start) || crosses(range.end()) {
                self.refused[range.slot] = true;
            }
        }
        loop {
            let askew = |range: &&Range| !self.refused[range.slot] && self.askew(range);
            let Some(range) = self.ranges.iter().find(askew) else {
                return;
            };
            let slot = range.slot;
            self.refused[slot] = true;
        }
    }

    /// Whether bytes of a range that are only copied would be accessed askew in the memory that
    /// they are copied to or from: another range of the slot has made them one scalar.
    fn askew(&self, range: &Range) -> bool {
        let Some(other) = range.other else {
            return false;
        };
        let memory =
            |place: Place| self.refused[place.slot] || self.places.is_refused(place.slot);
        if self
            .places
            .get(other, 0)
            .is_some_and(|place| !memory(place))
        {
            return false;
        }
        let base = alignment(self.func, other, range.size);
        let filled = self.filled[range.slot].range(range.start..range.end());
        filled.into_iter().any(|at| {
            let repr = self.scalars[range.slot].get(at);
            let there = base | u64::from(at - range.start);
            repr.is_some_and(|repr| there.trailing_zeros() < repr.size().trailing_zeros())
        })
    }

    fn finish(self) -> Scalars {
        let mut found = Scalars::default();
        for slot in self.func.slots.keys() {
            if self.refused[slot] || self.places.is_refused(slot) {
                continue;
            }
            let mut scalars = Vec::with_capacity(self.scalars[slot].len());
            for (&offset, &repr) in &self.scalars[slot] {
                let number = u32::try_from(found.reprs.len()).unwrap_or(u32::MAX);
                found.reprs.push(repr);
                scalars.push(Scalar {
                    offset,
                    repr,
                    number,
                });
            }
            found.any |= !scalars.is_empty() || !self.ranges_of[slot].is_empty();
            found.of[slot] = Some(scalars);
        }
        found
    }
}
