//! Random loads, stores and copies, in few places so that they meet.

use super::{DATA, GLOBALS, Gen};
use theus_abi::{Repr, header};
use theus_mir::{BinaryOp, Inst, Slot, Value};

/// Cells of the memory block that are read and written.
const CELLS: usize = 5;

impl Gen<'_> {
    pub(super) fn base(&mut self, offset: u32) -> Value {
        self.inst(Inst::Base { offset })
    }

    pub(super) fn slot_addr(&mut self, slot: Slot) -> Value {
        self.inst(Inst::SlotAddr { slot })
    }

    pub(super) fn store_to(&mut self, value: Value, addr: Value, offset: i32) {
        self.effect(Inst::Store {
            value,
            addr,
            offset,
        });
    }

    fn element(&mut self, addr: Value, index: Value) -> Value {
        self.inst(Inst::Element {
            addr,
            index,
            scale: 8,
        })
    }

    /// An index below `cells`, a power of two.
    fn index(&mut self, cells: i64) -> Value {
        let (wild, mask) = (self.any(Repr::I64), self.int(Repr::I64, cells - 1));
        self.binary(BinaryOp::And, wild, mask)
    }

    /// The address of a cell of the memory block, written in one of several ways.
    fn cell(&mut self) -> (Value, i32) {
        if !self.cells.is_empty() && self.rng.once_in(2) {
            return self.rng.pick(&self.cells);
        }
        let made = self.new_cell();
        self.cells.push(made);
        made
    }

    fn new_cell(&mut self) -> (Value, i32) {
        let start = DATA + GLOBALS;
        let at = 8 * self.rng.below(CELLS) as u32;
        match self.rng.below(5) {
            0 => {
                let (addr, index) = (self.base(start), self.index(4));
                let one = self.int(Repr::I64, 1);
                let index = match self.rng.once_in(2) {
                    true => self.binary(BinaryOp::Iadd, index, one),
                    false => index,
                };
                (self.element(addr, index), 0)
            }
            1 => {
                let (addr, by) = (self.base(start), self.int(Repr::I64, at.into()));
                (self.binary(BinaryOp::Iadd, addr, by), 0)
            }
            2 => (self.base(start), at as i32),
            3 => {
                let (addr, index) =
                    (self.base(start), self.int(Repr::I64, i64::from(at / 8)));
                (self.element(addr, index), 0)
            }
            _ => (self.base(start + at), 0),
        }
    }

    pub(super) fn load(&mut self, repr: Repr) {
        let value = if self.rng.once_in(8) {
            let addr = self.base(0);
            let offset = header::FAULT_SITE;
            self.inst(Inst::Load {
                repr,
                addr,
                offset,
                invariant: false,
            })
        } else if self.rng.once_in(3) {
            let at = self.rng.below((GLOBALS / 8) as usize) as u32;
            let addr = self.base(DATA + 8 * at);
            self.inst(Inst::Load {
                repr,
                addr,
                offset: 0,
                invariant: true,
            })
        } else {
            let ((addr, offset), odd) = (self.cell(), self.odd(repr));
            self.inst(Inst::Load {
                repr,
                addr,
                offset: offset + odd,
                invariant: false,
            })
        };
        self.values.push(value);
    }

    pub(super) fn store(&mut self) {
        let repr = self.repr();
        let (value, (addr, offset)) = (self.canonical(repr), self.cell());
        let odd = self.odd(repr);
        self.store_to(value, addr, offset + odd);
    }

    /// Sometimes the second half of a cell.
    fn odd(&mut self, repr: Repr) -> i32 {
        if repr.size() <= 4 && self.rng.once_in(2) {
            4
        } else {
            0
        }
    }

    fn slot(&mut self) -> (Value, u32) {
        let slot = self.slots[self.rng.below(self.slots.len())];
        (self.slot_addr(slot), self.func.slots[slot].size)
    }

    pub(super) fn copy(&mut self) {
        let ((dst, room), (src, size)) = (self.slot(), self.slot());
        let block = self.base(DATA + GLOBALS);
        let size = room.min(size);
        let part = self.rng.pick(&[4, 8, 12, size]).min(size);
        match self.rng.below(4) {
            0 if dst_differs(self, dst, src) => {
                self.effect(Inst::Copy { dst, src, size });
            }
            1 => self.effect(Inst::Copy {
                dst,
                src: block,
                size: part.min(40),
            }),
            2 => self.effect(Inst::Copy {
                dst: block,
                src,
                size: part.min(40),
            }),
            _ => self.effect(Inst::Zero { dst, size: part }),
        }
    }

    /// Mostly in cells of eight bytes, so that most slots are promoted.
    fn slot_place(&mut self, repr: Repr) -> (Value, i32) {
        let (addr, size) = self.slot();
        let cells = i64::from(size / 8);
        let at = self.rng.below((size / 8) as usize) as i64;
        match self.rng.below(16) {
            0 => {
                let index = self.index(if cells >= 2 { 2 } else { 1 });
                (self.element(addr, index), 0)
            }
            1..=3 => {
                let index = self.int(Repr::I64, at);
                (self.element(addr, index), 0)
            }
            4 => {
                let odd = self.odd(repr);
                (addr, at as i32 * 8 + odd)
            }
            _ => (addr, at as i32 * 8),
        }
    }

    pub(super) fn slot_store(&mut self) {
        let repr = self.slot_repr();
        let value = self.canonical(repr);
        let (addr, offset) = self.slot_place(repr);
        self.store_to(value, addr, offset);
    }

    pub(super) fn slot_load(&mut self) {
        let repr = self.slot_repr();
        let (addr, offset) = self.slot_place(repr);
        let value = self.inst(Inst::Load {
            repr,
            addr,
            offset,
            invariant: false,
        });
        self.values.push(value);
    }

    fn slot_repr(&mut self) -> Repr {
        let wide = [Repr::F64, Repr::I64, Repr::F64, Repr::I64];
        if self.rng.once_in(8) {
            Repr::I32
        } else {
            self.rng.pick(&wide)
        }
    }
}

/// Whether two slot addresses are of different slots.
fn dst_differs(made: &Gen<'_>, dst: Value, src: Value) -> bool {
    let slot = |value: Value| {
        made.func.insts.iter().find_map(|(id, inst)| match inst {
            Inst::SlotAddr { slot } if made.func.results[id].contains(&value) => {
                Some(*slot)
            }
            _ => None,
        })
    };
    slot(dst) != slot(src)
}
