//! Pools: slots with generations. A slot is live where its generation is odd. All O(1) but
//! walks and `clear`, which go over the slots that were ever used.

mod part;

use theus_abi::image::ArgKind;
use theus_abi::shape::Holds;
use theus_abi::{Fault, Repr, Shape};
use theus_grammar::Span;
use theus_hir::body::PoolOp;
use theus_hir::{Expr, ExprKind, FieldId, Query, Ty, TyKind};
use theus_mir::{BinaryOp, Block, Value};

use crate::access::{At, root_field};
use crate::frame::FnCx;
use crate::layout::size_of;
use crate::owned::{Links, OwnerSlot, links_shape};
use crate::place::{Place, low_bits};
use crate::query::index_shape;
use part::Part;

/// The last generation that a slot can have: then it is used no more.
const LAST: i64 = 0xffff_ffff;

/// The layout of a pool.
pub(crate) fn pool_shape(
    name: &str,
    elem: Shape,
    (slots, links): (u64, Option<Links>),
    queries: &[Query],
) -> Shape {
    let word = || Shape::Int(Repr::I64);
    let each = |elem: Shape| Shape::Array {
        elem: Box::new(elem),
        dims: vec![slots],
    };
    let link = || each(Shape::Uint(Repr::I32));
    let members = [
        ("count", word()),
        ("fresh", word()),
        ("free", word()),
        ("freed", word()),
        ("freed_tail", word()),
        ("next", link()),
        ("generation", link()),
    ];
    // What a heavy pool does not undo comes last: its elements.
    let slots_last = ("slots".to_owned(), each(elem));
    let members = members.map(|(name, shape)| (name.to_owned(), shape));
    let indexes = queries
        .iter()
        .flat_map(|query| index_shape(&query.name, slots));
    let owned = links.map(|links| links_shape(slots, links));
    let more = indexes.chain(owned.into_iter().flatten());
    let more = more.chain([slots_last]);
    Shape::structure(name, members.into_iter().chain(more)).holding(Holds::Pool)
}

/// A pool in memory.
#[derive(Clone, Copy)]
pub(crate) struct Pool {
    pub(crate) place: Place,
    pub(crate) elem: Ty,
    pub(crate) slots: u64,
}

impl<'a> FnCx<'_, 'a> {
    /// The pool at a place.
    pub(crate) fn pool_at(&self, place: Place) -> Option<Pool> {
        match *self.cx.types.kind(place.ty) {
            TyKind::Pool(elem, size, _) => Some(Pool {
                place,
                elem,
                slots: size_of(size),
            }),
            _ => None,
        }
    }

    /// A method whose result is a scalar, or nothing.
    pub(crate) fn pool_op(&mut self, op: PoolOp, args: &'a [Expr], span: Span) -> Value {
        let guard = self.take_guard();
        let nothing = self.b.iconst(Repr::I64, 0);
        match (op, args) {
            (PoolOp::Own, _) => return self.own_handle(),
            (PoolOp::Leave, _) => {
                self.mark_left();
                return nothing;
            }
            _ => {}
        }
        if op == PoolOp::Insert && self.send(args) {
            return nothing;
        }
        let Some((first, rest)) = args.split_first() else {
            return nothing;
        };
        if let ExprKind::Owned(of, field) = &first.kind {
            return self.owned_op(op, (of, *field), rest, guard, span);
        }
        let Some(field) = root_field(first) else {
            return nothing;
        };
        if (op, rest.len()) == (PoolOp::Owner, 0) {
            return self.own_owner();
        }
        let place = if op.changes() {
            self.writable(first)
        } else {
            self.place(first)
        };
        let Some(pool) = self.pool_at(place) else {
            return nothing;
        };
        if op == PoolOp::Insert {
            self.count_quota(Some(first), span);
        }
        match (op, rest) {
            (PoolOp::Len, _) => self.pool_word(pool, Part::Count),
            (PoolOp::Capacity, _) => {
                self.b.iconst(Repr::I64, low_bits(i128::from(pool.slots)))
            }
            (PoolOp::Insert, [value]) => {
                self.pool_insert((field, pool), None, value, (guard, span))
            }
            (PoolOp::Has, [handle]) => {
                let handle = self.value(handle);
                self.pool_has(pool, handle)
            }
            (PoolOp::Free, [handle]) => {
                let handle = self.value(handle);
                let slot = self.pool_slot(pool, handle, guard, span);
                self.pool_free(field, pool, slot);
                nothing
            }
            (PoolOp::Owner, [handle]) => {
                let handle = self.value(handle);
                let slot = self.pool_slot(pool, handle, guard, span);
                self.owner_handle(pool, slot)
            }
            (PoolOp::Clear, _) => {
                let fresh = self.pool_word(pool, Part::Fresh);
                let zero = self.b.iconst(Repr::I64, 0);
                self.counted(zero, fresh, |cx, slot| {
                    cx.if_live(pool, slot, |cx| cx.pool_free(field, pool, slot));
                });
                nothing
            }
            (PoolOp::Retain, [test]) => {
                self.pool_retain((field, pool), test);
                nothing
            }
            _ => nothing,
        }
    }

    /// The pool itself, also where an `each` body would see its start.
    pub(crate) fn writable(&mut self, pool: &'a Expr) -> Place {
        let element = self.element.take();
        let place = self.place(pool);
        self.element = element;
        place
    }

    /// `pool.get(h)`.
    pub(crate) fn pool_get(&mut self, args: &'a [Expr], dest: Place) {
        self.take_guard();
        let [base, handle] = args else { return };
        let owner = self.owner_in(base);
        let place = self.pool_place(base);
        let Some(pool) = self.pool_at(place) else {
            return;
        };
        let handle = self.value(handle);
        let there = self.pool_has_of(pool, owner, handle);
        let (some, none, join) =
            (self.b.new_block(), self.b.new_block(), self.b.new_block());
        self.b.branch(there, some, none);
        self.b.switch_to(some);
        let slot = self.slot_of(handle);
        let from = self.pool_elem(pool, slot);
        let (tag, inner) = self.option_parts(dest);
        self.copy(inner, from, false);
        let yes = self.b.bool(true);
        self.store(tag, yes);
        self.b.jump(join, &[]);
        self.b.switch_to(none);
        self.none_into(dest);
        self.b.jump(join, &[]);
        self.b.switch_to(join);
    }

    /// `pool[h]`: the element, or the fault `Stale`.
    pub(crate) fn pool_index(
        &mut self,
        base: &'a Expr,
        handle: &'a Expr,
        guard: Option<Block>,
        span: Span,
    ) -> Place {
        let owner = self.owner_in(base);
        let place = self.pool_place(base);
        let Some(pool) = self.pool_at(place) else {
            return place;
        };
        let handle = self.value(handle);
        let slot = self.pool_slot_of(pool, owner, handle, (guard, span));
        self.pool_elem(pool, slot)
    }

    /// The slot of a handle that must be live.
    pub(crate) fn pool_slot(
        &mut self,
        pool: Pool,
        handle: Value,
        guard: Option<Block>,
        span: Span,
    ) -> Value {
        self.pool_slot_of(pool, None, handle, (guard, span))
    }

    /// The slot of a handle that must be live, and belong to an owner where there is one.
    pub(crate) fn pool_slot_of(
        &mut self,
        pool: Pool,
        owner: Option<OwnerSlot>,
        handle: Value,
        (guard, span): (Option<Block>, Span),
    ) -> Value {
        let live = self.pool_has_of(pool, owner, handle);
        let slot = self.slot_of(handle);
        let operands = [("slot", slot, ArgKind::Uint)];
        self.check_or(guard, live, Fault::Stale, span, &operands);
        slot
    }

    /// Whether the element of a handle is still there.
    pub(crate) fn pool_has(&mut self, pool: Pool, handle: Value) -> Value {
        let slot = self.slot_of(handle);
        let slots = self.b.iconst(Repr::I64, low_bits(i128::from(pool.slots)));
        let inside = self.b.binary(BinaryOp::Ult, slot, slots);
        let zero = self.b.iconst(Repr::I64, 0);
        let slot = self.b.select(inside, slot, zero);
        let known = self.pool_link(pool, Part::Generation, slot);
        let shift = self.b.iconst(Repr::I64, 32);
        let wanted = self.b.binary(BinaryOp::Ushr, handle, shift);
        let same = self.b.binary(BinaryOp::Ieq, known, wanted);
        let odd = self.is_odd(wanted);
        let both = self.b.binary(BinaryOp::And, same, odd);
        self.b.binary(BinaryOp::And, both, inside)
    }

    /// Puts a value into a free slot, the last one in the order of age; gives its handle.
    pub(crate) fn pool_add(
        &mut self,
        pool: Pool,
        kept: Place,
        guard: Option<Block>,
        span: Span,
    ) -> Value {
        let (zero, one) = (self.b.iconst(Repr::I64, 0), self.b.iconst(Repr::I64, 1));
        let free = self.pool_word(pool, Part::Free);
        let fresh = self.pool_word(pool, Part::Fresh);
        let again = self.b.binary(BinaryOp::Ine, free, zero);
        let slots = self.b.iconst(Repr::I64, low_bits(i128::from(pool.slots)));
        let more = self.b.binary(BinaryOp::Slt, fresh, slots);
        let room = self.b.binary(BinaryOp::Or, again, more);
        let operands = [("capacity", slots, ArgKind::Uint)];
        self.check_or(guard, room, Fault::Full, span, &operands);
        let first = self.b.binary(BinaryOp::Isub, free, one);
        let slot = self.b.select(again, first, fresh);
        let next = self.pool_link(pool, Part::Next, slot);
        let free = self.b.select(again, next, zero);
        self.set_word(pool, Part::Free, free);
        let longer = self.b.binary(BinaryOp::Iadd, fresh, one);
        let fresh = self.b.select(again, fresh, longer);
        self.set_word(pool, Part::Fresh, fresh);
        self.add_count(pool, 1);
        let generation = self.pool_link(pool, Part::Generation, slot);
        let generation = self.b.binary(BinaryOp::Iadd, generation, one);
        self.set_link(pool, Part::Generation, slot, generation);
        let elem = self.pool_elem(pool, slot);
        self.copy(elem, kept, true);
        if self.is_aged(pool) {
            self.link_last(pool, zero, slot);
        }
        self.pool_age(pool, slot);
        self.make_handle(slot, generation)
    }

    /// Whether an insert finds a slot.
    pub(crate) fn has_slot(&mut self, pool: Pool) -> Value {
        let zero = self.b.iconst(Repr::I64, 0);
        let slots = self.b.iconst(Repr::I64, low_bits(i128::from(pool.slots)));
        let (free, fresh) = (
            self.pool_word(pool, Part::Free),
            self.pool_word(pool, Part::Fresh),
        );
        let again = self.b.binary(BinaryOp::Ine, free, zero);
        let more = self.b.binary(BinaryOp::Slt, fresh, slots);
        self.b.binary(BinaryOp::Or, again, more)
    }

    /// Frees a live slot: for others when the run commits, or at once.
    pub(crate) fn release(&mut self, pool: Pool, slot: Value, at_once: bool) {
        let (zero, one) = (self.b.iconst(Repr::I64, 0), self.b.iconst(Repr::I64, 1));
        self.add_count(pool, -1);
        let generation = self.pool_link(pool, Part::Generation, slot);
        let last = self.b.iconst(Repr::I64, LAST);
        let retired = self.b.binary(BinaryOp::Ieq, generation, last);
        let before = self.b.binary(BinaryOp::Isub, generation, one);
        let after = self.b.binary(BinaryOp::Iadd, generation, one);
        let even = self.b.select(retired, before, after);
        self.set_link(pool, Part::Generation, slot, even);
        let (list, done) = (self.b.new_block(), self.b.new_block());
        self.b.branch(retired, done, list);
        self.b.switch_to(list);
        let part = if at_once { Part::Free } else { Part::Freed };
        let freed = self.pool_word(pool, part);
        self.set_link(pool, Part::Next, slot, freed);
        let number = self.b.binary(BinaryOp::Iadd, slot, one);
        if !at_once {
            let tail = self.pool_word(pool, Part::FreedTail);
            let first = self.b.binary(BinaryOp::Ieq, freed, zero);
            let tail = self.b.select(first, number, tail);
            self.set_word(pool, Part::FreedTail, tail);
        }
        self.set_word(pool, part, number);
        self.b.jump(done, &[]);
        self.b.switch_to(done);
    }

    /// Slots freed in this run are free for the next ones. Without a span nothing was added, so
    /// nothing can be there twice.
    pub(crate) fn settle_pool(&mut self, field: FieldId, span: Option<Span>) {
        let place = self.field_place(field);
        let Some(pool) = self.pool_at(place) else {
            return;
        };
        let zero = self.b.iconst(Repr::I64, 0);
        let one = self.b.iconst(Repr::I64, 1);
        let freed = self.pool_word(pool, Part::Freed);
        let some = self.b.binary(BinaryOp::Ine, freed, zero);
        let (join, done) = (self.b.new_block(), self.b.new_block());
        self.b.branch(some, join, done);
        self.b.switch_to(join);
        let tail = self.pool_word(pool, Part::FreedTail);
        let tail = self.b.binary(BinaryOp::Isub, tail, one);
        let free = self.pool_word(pool, Part::Free);
        self.set_link(pool, Part::Next, tail, free);
        self.set_word(pool, Part::Free, freed);
        self.set_word(pool, Part::Freed, zero);
        self.set_word(pool, Part::FreedTail, zero);
        self.b.jump(done, &[]);
        self.b.switch_to(done);
        self.settle_queries(pool, span);
    }

    /// Copies a whole pool, NaNs made canonical.
    pub(crate) fn copy_pool(&mut self, dst: Place, src: Place) {
        let bytes = u32::try_from(self.size(dst.ty)).unwrap_or(u32::MAX);
        let (to, from) = (self.address(dst), self.address(src));
        self.b.copy(to, from, bytes);
        let (Some(dst), Some(src)) = (self.pool_at(dst), self.pool_at(src)) else {
            return;
        };
        if self.has_floats(src.elem) {
            self.each_index(src.slots, |cx, at| {
                let slot = cx.at_value(at);
                let (to, from) = (cx.pool_elem(dst, slot), cx.pool_elem(src, slot));
                cx.copy(to, from, true);
            });
        }
    }

    fn at_value(&mut self, at: At) -> Value {
        match at {
            At::Const(n) => self.b.iconst(Repr::I64, low_bits(i128::from(n))),
            At::Value(value) => value,
        }
    }

    /// How many slots were ever used.
    pub(crate) fn pool_fresh(&mut self, pool: Pool) -> Value {
        self.pool_word(pool, Part::Fresh)
    }

    /// Runs `f` if the slot is live.
    pub(crate) fn if_live(&mut self, pool: Pool, slot: Value, f: impl FnOnce(&mut Self)) {
        let generation = self.pool_link(pool, Part::Generation, slot);
        let live = self.is_odd(generation);
        let (run, done) = (self.b.new_block(), self.b.new_block());
        self.b.branch(live, run, done);
        self.b.switch_to(run);
        f(self);
        self.b.jump(done, &[]);
        self.b.switch_to(done);
    }
}
