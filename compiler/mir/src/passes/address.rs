//! `Address`: what is known of an address, and `Escapes`: the slots whose address gets away.

use cranelift_entity::packed_option::PackedOption;
use cranelift_entity::{EntitySet, SecondaryMap};

use super::constant::{Const, def};
use crate::cfg::Cfg;
use crate::func::{Func, Inst};
use crate::ids::{Slot, Value};
use crate::op::BinaryOp;

/// How many instructions of address arithmetic are looked through.
const DEPTH: u32 = 32;

/// Where an address starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Root {
    /// The memory block.
    Base,
    /// A slot of this function.
    Slot(Slot),
    /// Unknown: a parameter, or arithmetic that is not followed.
    Other,
}

/// What is known of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// Where it starts. Checks keep every access inside what it starts in.
    pub(crate) root: Root,
    /// How far from there; `None` if that depends on values at run time.
    pub(crate) offset: Option<i64>,
}

impl Address {
    const UNKNOWN: Self = Self {
        root: Root::Other,
        offset: None,
    };

    /// The address that a value holds.
    pub(crate) fn of(func: &Func, value: Value) -> Self {
        let (mut at, mut offset) = (value, Some(0_i64));
        for _ in 0..DEPTH {
            let root = match def(func, at) {
                Some(Inst::Base { offset: start }) => {
                    offset = offset.and_then(|sum| sum.checked_add(i64::from(*start)));
                    Root::Base
                }
                Some(Inst::SlotAddr { slot }) => Root::Slot(*slot),
                Some(inst) => match step(func, inst) {
                    Some((from, moved)) => {
                        at = from;
                        offset = offset.zip(moved).and_then(|(a, b)| a.checked_add(b));
                        continue;
                    }
                    None => return Self::UNKNOWN,
                },
                None => return Self::UNKNOWN,
            };
            return Self { root, offset };
        }
        Self::UNKNOWN
    }

    /// The address `by` bytes further.
    pub(crate) fn plus(self, by: i32) -> Self {
        let offset = self
            .offset
            .and_then(|offset| offset.checked_add(i64::from(by)));
        Self {
            root: self.root,
            offset,
        }
    }
}

/// A number whose lowest set bit is an alignment of an address at which a value of `size` bytes
/// lies: never more than the true one, at most 8.
pub(crate) fn alignment(func: &Func, value: Value, size: u32) -> u64 {
    let (mut at, mut bits) = (value, 8);
    for _ in 0..DEPTH {
        match def(func, at) {
            Some(Inst::Base { offset }) => return bits | u64::from(*offset),
            Some(Inst::SlotAddr { slot }) => {
                return bits | u64::from(func.slots[*slot].align);
            }
            Some(inst @ Inst::Element { addr, scale, .. }) => {
                let moved = step(func, inst).and_then(|(_, moved)| moved);
                bits |= moved.map_or(u64::from(*scale), i64::cast_unsigned);
                at = *addr;
            }
            Some(inst) => match step(func, inst) {
                Some((from, moved)) => {
                    bits |= moved.map_or(1, i64::cast_unsigned);
                    at = from;
                }
                None => break,
            },
            None => break,
        }
    }
    // Sizes of types are multiples of their alignment.
    bits | u64::from(size)
}

/// The address that address arithmetic starts from, and the distance if it is constant.
pub(crate) fn step(func: &Func, inst: &Inst) -> Option<(Value, Option<i64>)> {
    match inst {
        Inst::Element { addr, index, scale } => {
            let index = Const::of(func, *index);
            let moved =
                index.and_then(|index| index.signed().checked_mul(i64::from(*scale)));
            Some((*addr, moved))
        }
        Inst::Binary {
            op: BinaryOp::Iadd,
            args: [addr, by],
        } => Some((*addr, Some(Const::of(func, *by)?.signed()))),
        _ => None,
    }
}

/// The slots whose address is used for more than loads, stores, copies and zeroing.
#[derive(Debug, Default)]
pub(crate) struct Escapes {
    escaped: EntitySet<Slot>,
    /// Slots from which something is loaded or copied.
    read: EntitySet<Slot>,
    /// The slot into which a value points, and by how many instructions it got there.
    holds: SecondaryMap<Value, (PackedOption<Slot>, u32)>,
}

impl Escapes {
    /// Looks at every use of every slot address.
    pub(crate) fn new(func: &Func, cfg: &Cfg) -> Self {
        let mut found = Self::default();
        if func.slots.is_empty() {
            return found;
        }
        found.holds.resize(func.values.len());
        for &block in &cfg.order {
            for &inst in &func.blocks[block].insts {
                let result = func.results[inst].first().copied();
                found.inst(func, &func.insts[inst], result);
            }
            if let Some(term) = &func.blocks[block].term {
                term.each_arg(|arg| found.escape(arg));
            }
        }
        found
    }

    /// Whether accesses through unknown addresses or callees may reach the slot.
    pub(crate) fn has_escaped(&self, slot: Slot) -> bool {
        self.escaped.contains(slot)
    }

    /// Whether the slot's contents can be seen at all.
    pub(crate) fn is_seen(&self, slot: Slot) -> bool {
        self.escaped.contains(slot) || self.read.contains(slot)
    }

    fn inst(&mut self, func: &Func, inst: &Inst, result: Option<Value>) {
        match inst {
            Inst::SlotAddr { slot } => self.hold(result, (Some(*slot).into(), 1)),
            Inst::Element { addr, index, .. } => {
                self.step(result, *addr);
                self.escape(*index);
            }
            Inst::Binary {
                op: BinaryOp::Iadd,
                args: [addr, by],
            } => match Const::of(func, *by) {
                Some(_) => self.step(result, *addr),
                None => inst.each_arg(|arg| self.escape(arg)),
            },
            Inst::Load { addr, .. } => self.see(*addr),
            Inst::Store { value, .. } => self.escape(*value),
            Inst::Copy { src, .. } => self.see(*src),
            Inst::Zero { .. } => {}
            Inst::Iconst { .. }
            | Inst::Fconst { .. }
            | Inst::Base { .. }
            | Inst::Unary { .. }
            | Inst::Binary { .. }
            | Inst::Ternary { .. }
            | Inst::Math { .. }
            | Inst::Call { .. }
            | Inst::Host { .. } => inst.each_arg(|arg| self.escape(arg)),
        }
    }

    fn hold(&mut self, result: Option<Value>, place: (PackedOption<Slot>, u32)) {
        if let Some(result) = result {
            self.holds[result] = place;
        }
    }

    fn step(&mut self, result: Option<Value>, addr: Value) {
        let (slot, depth) = self.holds[addr];
        if depth < DEPTH {
            self.hold(result, (slot, depth + 1));
        } else {
            self.escape(addr);
        }
    }

    fn see(&mut self, addr: Value) {
        if let Some(slot) = self.holds[addr].0.expand() {
            self.read.insert(slot);
        }
    }

    fn escape(&mut self, value: Value) {
        if let Some(slot) = self.holds[value].0.expand() {
            self.escaped.insert(slot);
        }
    }
}
