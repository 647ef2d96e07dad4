//! `Places`: which values are constant addresses in slots, and which slots are used by
//! nothing else.

use cranelift_entity::{EntitySet, SecondaryMap};

use crate::cfg::Cfg;
use crate::func::{Func, Inst};
use crate::ids::{Slot, Value};
use crate::passes::address::step;

/// A constant distance into a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The slot.
    pub(crate) slot: Slot,
    /// Bytes from its start.
    pub(crate) offset: u32,
}

/// What is known of the slots of a function.
#[derive(Debug, Default)]
pub(crate) struct Places {
    at: SecondaryMap<Value, Option<Place>>,
    refused: EntitySet<Slot>,
}

impl Places {
    /// Follows slot addresses through constant address arithmetic.
    pub(crate) fn new(func: &Func, cfg: &Cfg) -> Self {
        let mut places = Self {
            at: func.per_value(None),
            ..Self::default()
        };
        for &block in &cfg.order {
            for &id in &func.blocks[block].insts {
                let result = func.results[id].first().copied();
                places.inst(func, &func.insts[id], result);
            }
            if let Some(term) = &func.blocks[block].term {
                term.each_arg(|arg| places.refuse_at(arg));
            }
        }
        places
    }

    /// The place that an address and an offset make, in a slot that may be promoted.
    pub(crate) fn get(&self, addr: Value, offset: i32) -> Option<Place> {
        let place = self.at[addr]?;
        let offset = place.offset.checked_add_signed(offset)?;
        (!self.refused.contains(place.slot)).then_some(Place {
            slot: place.slot,
            offset,
        })
    }

    /// Whether the slot must stay in memory.
    pub(crate) fn is_refused(&self, slot: Slot) -> bool {
        self.refused.contains(slot)
    }

    /// The slot must stay in memory.
    pub(crate) fn refuse(&mut self, slot: Slot) {
        self.refused.insert(slot);
    }

    fn refuse_at(&mut self, value: Value) {
        if let Some(place) = self.at[value] {
            self.refused.insert(place.slot);
        }
    }

    fn inst(&mut self, func: &Func, inst: &Inst, result: Option<Value>) {
        match inst {
            Inst::SlotAddr { slot } => {
                if let Some(result) = result {
                    self.at[result] = Some(Place {
                        slot: *slot,
                        offset: 0,
                    });
                }
            }
            Inst::Element { index, .. } => {
                self.refuse_at(*index);
                self.arithmetic(func, inst, result);
            }
            Inst::Binary { .. } => self.arithmetic(func, inst, result),
            Inst::Load {
                repr, addr, offset, ..
            } => {
                self.touch(func, *addr, *offset, repr.size());
            }
            Inst::Store {
                value,
                addr,
                offset,
            } => {
                self.refuse_at(*value);
                self.touch(func, *addr, *offset, func.repr(*value).size());
            }
            Inst::Copy { dst, src, size } => {
                self.touch(func, *dst, 0, *size);
                self.touch(func, *src, 0, *size);
            }
            Inst::Zero { dst, size } => self.touch(func, *dst, 0, *size),
            Inst::Iconst { .. }
            | Inst::Fconst { .. }
            | Inst::Base { .. }
            | Inst::Unary { .. }
            | Inst::Ternary { .. }
            | Inst::Math { .. }
            | Inst::Call { .. }
            | Inst::Host { .. } => inst.each_arg(|arg| self.refuse_at(arg)),
        }
    }

    fn arithmetic(&mut self, func: &Func, inst: &Inst, result: Option<Value>) {
        let Some((from, by)) = step(func, inst) else {
            inst.each_arg(|arg| self.refuse_at(arg));
            return;
        };
        let Some(place) = self.at[from] else { return };
        let offset = by.and_then(|by| i64::from(place.offset).checked_add(by));
        match (result, offset.and_then(|offset| u32::try_from(offset).ok())) {
            (Some(result), Some(offset)) => {
                self.at[result] = Some(Place {
                    slot: place.slot,
                    offset,
                });
            }
            _ => self.refuse(place.slot),
        }
    }

    /// An access outside the slot is a broken promise: it stays as it is.
    fn touch(&mut self, func: &Func, addr: Value, offset: i32, size: u32) {
        let Some(place) = self.at[addr] else { return };
        let start = place.offset.checked_add_signed(offset);
        let end = start.and_then(|start| start.checked_add(size));
        if end.is_none_or(|end| end > func.slots[place.slot].size) {
            self.refuse(place.slot);
        }
    }
}
