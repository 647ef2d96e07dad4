//! Rings: push, index from the newest, walk from the oldest. All O(1) a step, in place.

use theus_abi::image::ArgKind;
use theus_abi::shape::{RING_DATA, RING_LEN, RING_NEXT, RING_SLOTS};
use theus_abi::{Fault, Repr, Shape};
use theus_grammar::Span;
use theus_hir::{Expr, ExprKind, FieldId, Ty, TyKind};
use theus_mir::{BinaryOp, Block, Value};

use crate::access::At;
use crate::frame::FnCx;
use crate::layout::size_of;
use crate::place::{Place, low_bits};

/// Bytes of a ring that a push changes, apart from its slot.
pub(crate) const RING_HEADER: u32 = 16;

/// A ring in memory.
#[derive(Clone, Copy)]
pub(crate) struct Ring {
    place: Place,
    elem: Ty,
    capacity: u64,
    slots: Value,
}

impl<'a> FnCx<'_, 'a> {
    /// The ring that an expression is.
    pub(crate) fn ring_of(&mut self, e: &'a Expr) -> Ring {
        let ty = self.ty(e.ty);
        let place = self.place(e);
        let (elem, capacity) = match *self.cx.types.kind(ty) {
            TyKind::Ring(elem, size) => (elem, size_of(size)),
            _ => (Ty::I64, 0),
        };
        let known = match &e.kind {
            ExprKind::Field(id) => match self.cx.field_shapes.get(id) {
                Some(Shape::Ring { slots, .. }) => Some(*slots),
                _ => None,
            },
            // What is inside something else has no spare slots.
            ExprKind::Member(..)
            | ExprKind::Index(..)
            | ExprKind::PoolAt(..)
            | ExprKind::Elem(_) => Some(capacity),
            _ => None,
        };
        let slots = match known {
            Some(slots) => self.b.iconst(Repr::I64, low_bits(i128::from(slots))),
            None => self.ring_slots_at(place),
        };
        Ring {
            place,
            elem,
            capacity,
            slots,
        }
    }

    /// How many slots the ring at a place has: more than its capacity where it is a field.
    fn ring_slots_at(&mut self, place: Place) -> Value {
        self.b
            .load(Repr::I64, place.addr, place.offset + word(RING_SLOTS))
    }

    /// Copies a ring to where none is yet: there it has no spare slots, wherever it comes from.
    pub(crate) fn copy_ring(&mut self, dst: Place, src: Place) {
        let TyKind::Ring(elem, size) = *self.cx.types.kind(dst.ty) else {
            return;
        };
        let capacity = size_of(size);
        let slots = self.ring_slots_at(src);
        let from = Ring {
            place: src,
            elem,
            capacity,
            slots,
        };
        let to = self.ring_at(dst, elem, capacity);
        self.zero(dst);
        self.ring_init(dst, capacity);
        self.ring_append(to, from);
    }

    /// `ring = value`, where a ring is already.
    pub(crate) fn ring_assign(&mut self, target: &'a Expr, value: &'a Expr) {
        let ty = self.ty(value.ty);
        let kept = self.temp(ty);
        self.into(value, kept);
        let TyKind::Ring(elem, size) = *self.cx.types.kind(ty) else {
            return;
        };
        let from = self.ring_at(kept, elem, size_of(size));
        let to = self.ring_of(target);
        self.ring_empty(to.place);
        self.ring_append(to, from);
    }

    /// Pushes what another ring holds, the oldest first.
    fn ring_append(&mut self, to: Ring, from: Ring) {
        if to.capacity == 0 {
            return;
        }
        let (zero, len) = (self.b.iconst(Repr::I64, 0), self.ring_len(from));
        self.counted(zero, len, |cx, n| {
            let value = cx.ring_from_oldest(from, n);
            let slot = cx.ring_advance(to);
            cx.copy(slot, value, true);
        });
    }

    /// The ring at a place, with as many slots as it can hold.
    pub(crate) fn ring_at(&mut self, place: Place, elem: Ty, capacity: u64) -> Ring {
        let slots = self.b.iconst(Repr::I64, low_bits(i128::from(capacity)));
        Ring {
            place,
            elem,
            capacity,
            slots,
        }
    }

    /// Drops the oldest until there are at most so many.
    pub(crate) fn ring_cut(&mut self, ring: Ring, most: Value) {
        let len = self.ring_len(ring);
        let less = self.b.binary(BinaryOp::Ult, most, len);
        let len = self.b.select(less, most, len);
        self.b
            .store(len, ring.place.addr, ring.place.offset + word(RING_LEN));
    }

    /// How many elements it holds.
    pub(crate) fn ring_len(&mut self, ring: Ring) -> Value {
        self.b.load(
            Repr::I64,
            ring.place.addr,
            ring.place.offset + word(RING_LEN),
        )
    }

    fn ring_next(&mut self, ring: Ring) -> Value {
        self.b.load(
            Repr::I64,
            ring.place.addr,
            ring.place.offset + word(RING_NEXT),
        )
    }

    fn ring_slot(&mut self, ring: Ring, slot: Value) -> Place {
        let size = self.size(ring.elem);
        let data = Self::inside(ring.place, u64::from(RING_DATA), ring.elem);
        self.element_at(data, ring.elem, size, At::Value(slot))
    }

    /// `r[at]`, 0 the newest.
    pub(crate) fn ring_element(
        &mut self,
        guard: Option<Block>,
        ring: &'a Expr,
        at: &'a Expr,
        span: Span,
    ) -> Place {
        let ring = self.ring_of(ring);
        let at_ty = self.ty(at.ty);
        let at = self.value(at);
        let at = self.widen_index(at, at_ty);
        let len = self.ring_len(ring);
        let inside = self.b.binary(BinaryOp::Ult, at, len);
        let operands = [
            ("index", at, self.arg_kind(at_ty)),
            ("length", len, ArgKind::Uint),
        ];
        self.check_or(guard, inside, Fault::Index, span, &operands);
        let next = self.ring_next(ring);
        let one = self.b.iconst(Repr::I64, 1);
        let newest = self.b.binary(BinaryOp::Isub, next, one);
        let slot = self.b.binary(BinaryOp::Isub, newest, at);
        let slot = self.wrap_up(ring, slot);
        self.ring_slot(ring, slot)
    }

    /// The n-th from the oldest; `n` is below the length.
    pub(crate) fn ring_from_oldest(&mut self, ring: Ring, n: Value) -> Place {
        let (next, len) = (self.ring_next(ring), self.ring_len(ring));
        let oldest = self.b.binary(BinaryOp::Isub, next, len);
        let slot = self.b.binary(BinaryOp::Iadd, oldest, n);
        let slot = self.wrap_up(ring, slot);
        self.ring_slot(ring, slot)
    }

    /// A slot number in `-slots..slots` as one in `0..slots`.
    fn wrap_up(&mut self, ring: Ring, slot: Value) -> Value {
        let zero = self.b.iconst(Repr::I64, 0);
        let negative = self.b.binary(BinaryOp::Slt, slot, zero);
        let wrapped = self.b.binary(BinaryOp::Iadd, slot, ring.slots);
        self.b.select(negative, wrapped, slot)
    }

    /// `ring.push(value)`: the oldest is dropped when it is full. A NaN is made canonical.
    pub(crate) fn ring_push(&mut self, ring: &'a Expr, value: &'a Expr) {
        let ring = self.ring_of(ring);
        self.ring_push_value(ring, value);
    }

    /// `ring.push(value)` of a ring that is known.
    pub(crate) fn ring_push_value(&mut self, ring: Ring, value: &'a Expr) {
        let ty = self.ty(value.ty);
        if ring.capacity == 0 {
            return;
        }
        if self.is_scalar(ty) {
            let value = self.value(value);
            let slot = self.ring_advance(ring);
            let repr = self.b.func().repr(value);
            let value = self.canonical(value, repr);
            self.store(slot, value);
            return;
        }
        let from = self.place(value);
        let slot = self.ring_advance(ring);
        self.copy(slot, from, true);
    }

    /// Pushes a scalar to the ring of a field, outside of all transactions.
    pub(crate) fn ring_note(&mut self, field: FieldId, value: Value) {
        let place = self.context_place(field);
        let TyKind::Ring(elem, size) = *self.cx.types.kind(place.ty) else {
            return;
        };
        let at = place.offset + word(RING_SLOTS);
        let ring = Ring {
            place,
            elem,
            capacity: size_of(size),
            slots: self.b.load(Repr::I64, place.addr, at),
        };
        if ring.capacity > 0 {
            let slot = self.ring_advance(ring);
            self.store(slot, value);
        }
    }

    /// Takes the next slot.
    fn ring_advance(&mut self, ring: Ring) -> Place {
        let next = self.ring_next(ring);
        let slot = self.ring_slot(ring, next);
        let one = self.b.iconst(Repr::I64, 1);
        let after = self.b.binary(BinaryOp::Iadd, next, one);
        let wraps = self.b.binary(BinaryOp::Ieq, after, ring.slots);
        let zero = self.b.iconst(Repr::I64, 0);
        let after = self.b.select(wraps, zero, after);
        let header = self.touched_bytes(ring.place, RING_HEADER);
        self.b
            .store(after, header.addr, header.offset + word(RING_NEXT));
        let len = self.ring_len(ring);
        let capacity = self
            .b
            .iconst(Repr::I64, low_bits(i128::from(ring.capacity)));
        let room = self.b.binary(BinaryOp::Slt, len, capacity);
        let longer = self.b.binary(BinaryOp::Iadd, len, one);
        let len = self.b.select(room, longer, len);
        self.b
            .store(len, header.addr, header.offset + word(RING_LEN));
        slot
    }

    /// `ring.clear()`.
    pub(crate) fn ring_clear(&mut self, ring: &'a Expr) {
        let place = self.place(ring);
        self.ring_empty(place);
    }

    /// Makes a ring empty. Where it writes next stays: what undo brings back is elsewhere.
    pub(crate) fn ring_empty(&mut self, ring: Place) {
        let ring = self.touched_bytes(ring, RING_HEADER);
        let zero = self.b.iconst(Repr::I64, 0);
        self.b.store(zero, ring.addr, ring.offset + word(RING_LEN));
    }

    /// An empty ring at `dest`, with that many slots.
    pub(crate) fn ring_init(&mut self, dest: Place, slots: u64) {
        let zero = self.b.iconst(Repr::I64, 0);
        self.b.store(zero, dest.addr, dest.offset + word(RING_NEXT));
        self.b.store(zero, dest.addr, dest.offset + word(RING_LEN));
        let slots = self.b.iconst(Repr::I64, low_bits(i128::from(slots)));
        self.b
            .store(slots, dest.addr, dest.offset + word(RING_SLOTS));
    }

    /// A ring from a list: `[]`, or elements from the oldest to the newest.
    pub(crate) fn ring_into(&mut self, elems: &'a [Expr], dest: Place) {
        let TyKind::Ring(elem, size) = *self.cx.types.kind(dest.ty) else {
            return;
        };
        let capacity = size_of(size);
        self.zero(dest);
        self.ring_init(dest, capacity);
        let slots = self.b.iconst(Repr::I64, low_bits(i128::from(capacity)));
        let ring = Ring {
            place: dest,
            elem,
            capacity,
            slots,
        };
        for value in elems {
            self.ring_push_value(ring, value);
        }
    }
}

/// An offset of the ring's header.
fn word(offset: u32) -> i32 {
    i32::try_from(offset).unwrap_or(0)
}
