//! The parts of a pool in memory: words, links of slots, and the elements.

use theus_abi::{Repr, Shape};
use theus_hir::Ty;
use theus_mir::{BinaryOp, UnaryOp, Value};

use super::Pool;
use crate::access::At;
use crate::frame::FnCx;
use crate::place::{Home, Place, payload_offset};

/// The parts of a pool in memory, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// How many slots are live.
    Count,
    /// How many slots were ever used: the first of the others is this one.
    Fresh,
    /// The first free slot and one, or 0.
    Free,
    /// The slot freed last in this run and one, or 0: free for others when it commits.
    Freed,
    /// The slot freed first in this run, and one.
    FreedTail,
    /// Of a free slot: the next free one, and one; or 0.
    Next,
    /// Odd where the slot is live.
    Generation,
}

impl FnCx<'_, '_> {
    /// The element in a slot.
    pub(crate) fn pool_elem(&mut self, pool: Pool, slot: Value) -> Place {
        let size = self.size(pool.elem);
        let shape = self.cx.shape(pool.place.ty);
        let offset = u64::from(payload_offset(&shape));
        let home = match pool.place.home {
            Home::Heavy => Home::Context,
            home @ (Home::Own | Home::Context | Home::Journal) => home,
        };
        let first = Place { home, ..pool.place };
        let first = Self::inside(first, offset, pool.elem);
        self.element_at(first, pool.elem, size, At::Value(slot))
    }

    /// The handle of a live slot.
    pub(crate) fn handle_of_slot(&mut self, pool: Pool, slot: Value) -> Value {
        let generation = self.pool_link(pool, Part::Generation, slot);
        self.make_handle(slot, generation)
    }

    pub(super) fn make_handle(&mut self, slot: Value, generation: Value) -> Value {
        let shift = self.b.iconst(Repr::I64, 32);
        let high = self.b.binary(BinaryOp::Shl, generation, shift);
        self.b.binary(BinaryOp::Or, high, slot)
    }

    pub(crate) fn slot_of(&mut self, handle: Value) -> Value {
        let low = self.b.iconst(Repr::I64, 0xffff_ffff);
        self.b.binary(BinaryOp::And, handle, low)
    }

    pub(super) fn is_odd(&mut self, value: Value) -> Value {
        let one = self.b.iconst(Repr::I64, 1);
        let bit = self.b.binary(BinaryOp::And, value, one);
        self.b.binary(BinaryOp::Ieq, bit, one)
    }

    pub(super) fn add_count(&mut self, pool: Pool, by: i64) {
        let count = self.pool_word(pool, Part::Count);
        let by = self.b.iconst(Repr::I64, by);
        let count = self.b.binary(BinaryOp::Iadd, count, by);
        self.set_word(pool, Part::Count, count);
    }

    fn pool_part(&mut self, pool: Pool, part: Part, ty: Ty) -> Place {
        self.pool_part_at(pool, part as usize, ty)
    }

    /// The n-th part of a pool in memory, which is no element.
    pub(crate) fn pool_part_at(&mut self, pool: Pool, part: usize, ty: Ty) -> Place {
        let offset = match &*self.cx.shape(pool.place.ty) {
            Shape::Struct { members, .. } => {
                members.get(part).map_or(0, |member| member.1)
            }
            _ => 0,
        };
        let home = match pool.place.home {
            Home::Heavy => Home::Journal,
            home @ (Home::Own | Home::Context | Home::Journal) => home,
        };
        Self::inside(Place { home, ..pool.place }, u64::from(offset), ty)
    }

    pub(super) fn pool_word(&mut self, pool: Pool, part: Part) -> Value {
        let place = self.pool_part(pool, part, Ty::I64);
        self.load(place)
    }

    pub(super) fn set_word(&mut self, pool: Pool, part: Part, value: Value) {
        let place = self.pool_part(pool, part, Ty::I64);
        self.store(place, value);
    }

    fn link_place(&mut self, pool: Pool, part: Part, slot: Value) -> Place {
        let first = self.pool_part(pool, part, Ty::U32);
        self.element_at(first, Ty::U32, 4, At::Value(slot))
    }

    pub(super) fn pool_link(&mut self, pool: Pool, part: Part, slot: Value) -> Value {
        let place = self.link_place(pool, part, slot);
        let value = self.load(place);
        self.b.unary(UnaryOp::Zext, Repr::I64, value)
    }

    pub(super) fn set_link(&mut self, pool: Pool, part: Part, slot: Value, value: Value) {
        let place = self.link_place(pool, part, slot);
        let value = self.b.unary(UnaryOp::Trunc, Repr::I32, value);
        self.store(place, value);
    }
}
