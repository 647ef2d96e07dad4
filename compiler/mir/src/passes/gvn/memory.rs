//! `Memory`: what loads would find, within blocks and from a block to its only successors.

mod known;

use cranelift_entity::SecondaryMap;
use theus_abi::{Repr, header};

use crate::func::Func;
use crate::ids::{Slot, Value};
use crate::passes::address::{Address, Escapes, Root};
use known::Known;

/// A range with more known scalars than this is forgotten together with its whole root.
const MOST_ONE_BY_ONE: usize = 32;

/// What an instruction does to memory.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Effect {
    /// A scalar is stored.
    Store {
        /// Address.
        addr: Value,
        /// Constant added to it.
        offset: i32,
        /// What is stored.
        value: Value,
    },
    /// Bytes are overwritten.
    Fill {
        /// Address.
        addr: Value,
        /// How many.
        size: u32,
    },
    /// A failed check has written its report to the header.
    FaultReport,
    /// A call: everything may change but slots whose address is not known to it.
    Unknown,
}

/// What a load finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// This value.
    Same(Value),
    /// A value of the same bits in another representation.
    Bits(Value),
}

/// Where a known scalar lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    /// At a constant distance from a root.
    Fixed(Root, i64),
    /// At a constant distance from an address that is computed, in that root.
    Computed(Root, Value, i32),
}

/// A scalar that memory holds, if its stamp is younger than the last event that may have
/// changed it.
#[derive(Clone, Copy, Debug)]
struct Entry {
    value: Value,
    repr: Repr,
    stamp: u32,
}

/// When something last happened to places that are forgotten together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Everything,
    BaseFixed,
    BaseComputed,
    Other,
    Escaped,
    SlotFixed(Slot),
    SlotComputed(Slot),
}

/// The memory at the current point of a walk over the dominator tree.
#[derive(Debug)]
pub(crate) struct Memory<'f> {
    escapes: &'f Escapes,
    entries: Known,
    clock: u32,
    common: [u32; 5],
    slots: SecondaryMap<Slot, [u32; 2]>,
    undo: Vec<Undo>,
    marks: Vec<usize>,
    /// What one effect overwrites; empty in between.
    hit: Vec<Place>,
}

#[derive(Clone, Copy, Debug)]
enum Undo {
    Entry(Place, Option<Entry>),
    Group(Group, u32),
}

impl<'f> Memory<'f> {
    /// Nothing is known.
    pub(crate) fn new(escapes: &'f Escapes) -> Self {
        Self {
            escapes,
            entries: Known::default(),
            clock: 0,
            common: [0; 5],
            slots: SecondaryMap::with_default([0; 2]),
            undo: Vec::new(),
            marks: Vec::new(),
            hit: Vec::new(),
        }
    }

    /// Starts a scope that knows what the current one does.
    pub(crate) fn enter(&mut self) {
        self.marks.push(self.undo.len());
    }

    /// Nothing is known any more.
    pub(crate) fn forget_all(&mut self) {
        self.forget(Group::Everything);
    }

    /// Back to the state when the scope started.
    pub(crate) fn leave(&mut self) {
        let mark = self.marks.pop().unwrap_or_default();
        for at in (mark..self.undo.len()).rev() {
            match self.undo[at] {
                Undo::Entry(place, Some(entry)) => {
                    self.entries.insert(place, entry);
                }
                Undo::Entry(place, None) => {
                    self.entries.remove(place);
                }
                Undo::Group(group, stamp) => *self.stamp_mut(group) = stamp,
            }
        }
        self.undo.truncate(mark);
    }

    /// What a load finds there.
    pub(crate) fn find(
        &self,
        func: &Func,
        addr: Value,
        offset: i32,
        repr: Repr,
    ) -> Option<Found> {
        let place = place(func, addr, offset);
        let entry = self
            .entries
            .get(place)
            .filter(|entry| self.is_valid(place, entry))?;
        if entry.repr == repr {
            Some(Found::Same(entry.value))
        } else {
            (entry.repr.size() == repr.size()).then_some(Found::Bits(entry.value))
        }
    }

    /// Whether a store of `value` there would change nothing.
    pub(crate) fn holds(
        &self,
        func: &Func,
        addr: Value,
        offset: i32,
        value: Value,
    ) -> bool {
        self.find(func, addr, offset, func.repr(value)) == Some(Found::Same(value))
    }

    /// A load has found `value` there.
    pub(crate) fn learn(&mut self, func: &Func, addr: Value, offset: i32, value: Value) {
        self.set(place(func, addr, offset), value, func.repr(value));
    }

    /// What happens to memory here.
    pub(crate) fn apply(&mut self, func: &Func, effect: &Effect) {
        self.clobber(func, effect);
        if let Effect::Store {
            addr,
            offset,
            value,
        } = *effect
        {
            self.learn(func, addr, offset, value);
        }
    }

    /// What may have happened to memory on the way here.
    pub(crate) fn clobber(&mut self, func: &Func, effect: &Effect) {
        match *effect {
            Effect::Store {
                addr,
                offset,
                value,
            } => {
                let size = func.repr(value).size();
                self.overwrite(Address::of(func, addr).plus(offset), size);
            }
            Effect::Fill { addr, size } => self.overwrite(Address::of(func, addr), size),
            Effect::FaultReport => {
                let start = i64::from(header::FAULT_SITE);
                let args = u32::try_from(header::MAX_FAULT_ARGS).unwrap_or(u32::MAX);
                let (root, offset) = (Root::Base, Some(start));
                self.overwrite(Address { root, offset }, args.saturating_add(1) * 8);
            }
            Effect::Unknown => self.forget_shared(),
        }
    }

    /// Bytes there have changed. An address from the memory block stays in it, one from a
    /// slot in that slot; an unknown one may be in the block or in a slot that has escaped.
    fn overwrite(&mut self, address: Address, size: u32) {
        let Address { root, offset } = address;
        match root {
            Root::Base => {
                self.forget(Group::BaseComputed);
                self.forget(Group::Other);
                match offset {
                    Some(offset) => {
                        self.forget_range(root, offset, size, Group::BaseFixed);
                    }
                    None => self.forget(Group::BaseFixed),
                }
            }
            Root::Slot(slot) => {
                self.forget(Group::SlotComputed(slot));
                if self.escapes.has_escaped(slot) {
                    self.forget(Group::Other);
                }
                match offset {
                    Some(offset) => {
                        self.forget_range(root, offset, size, Group::SlotFixed(slot));
                    }
                    None => self.forget(Group::SlotFixed(slot)),
                }
            }
            Root::Other => self.forget_shared(),
        }
    }

    /// All that callees and unknown addresses can reach.
    fn forget_shared(&mut self) {
        let groups = [
            Group::BaseFixed,
            Group::BaseComputed,
            Group::Other,
            Group::Escaped,
        ];
        groups.into_iter().for_each(|group| self.forget(group));
    }

    fn forget(&mut self, group: Group) {
        self.clock += 1;
        let clock = self.clock;
        let old = std::mem::replace(self.stamp_mut(group), clock);
        self.undo.push(Undo::Group(group, old));
    }

    fn forget_range(&mut self, root: Root, offset: i64, size: u32, group: Group) {
        let mut hit = std::mem::take(&mut self.hit);
        let most = MOST_ONE_BY_ONE + 1;
        self.entries.overlapping(root, offset, size, most, &mut hit);
        if hit.len() > MOST_ONE_BY_ONE {
            self.forget(group);
            hit.clear();
        }
        for place in hit.drain(..) {
            let old = self.entries.remove(place);
            self.undo.push(Undo::Entry(place, old));
        }
        self.hit = hit;
    }

    fn set(&mut self, place: Place, value: Value, repr: Repr) {
        let entry = Entry {
            value,
            repr,
            stamp: self.clock,
        };
        let old = self.entries.insert(place, entry);
        self.undo.push(Undo::Entry(place, old));
    }

    fn is_valid(&self, place: Place, entry: &Entry) -> bool {
        let [everything, base_fixed, base_computed, other, escaped] = self.common;
        let (root, is_fixed) = match place {
            Place::Fixed(root, _) => (root, true),
            Place::Computed(root, ..) => (root, false),
        };
        let group = match (root, is_fixed) {
            (Root::Base, true) => base_fixed,
            (Root::Base, false) => base_computed,
            (Root::Other, _) => other,
            (Root::Slot(slot), _) => {
                let [fixed, computed] = self.slots[slot];
                let own = if is_fixed { fixed } else { computed };
                if self.escapes.has_escaped(slot) {
                    own.max(escaped)
                } else {
                    own
                }
            }
        };
        entry.stamp >= everything.max(group)
    }

    fn stamp_mut(&mut self, group: Group) -> &mut u32 {
        let [everything, base_fixed, base_computed, other, escaped] = &mut self.common;
        match group {
            Group::Everything => everything,
            Group::BaseFixed => base_fixed,
            Group::BaseComputed => base_computed,
            Group::Other => other,
            Group::Escaped => escaped,
            Group::SlotFixed(slot) => &mut self.slots[slot][0],
            Group::SlotComputed(slot) => &mut self.slots[slot][1],
        }
    }
}

fn place(func: &Func, addr: Value, offset: i32) -> Place {
    let address = Address::of(func, addr);
    match address.plus(offset).offset {
        Some(at) => Place::Fixed(address.root, at),
        None => Place::Computed(address.root, addr, offset),
    }
}
