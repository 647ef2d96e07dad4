//! Queries of pools: for each an array of keys and handles in order of key and slot, made anew
//! when a process that may have changed the pool is about to commit. So a query costs O(log n)
//! and what it gives, and sees the pool as it was when the process began.

use theus_abi::image::ArgKind;
use theus_abi::{Fault, Repr, Shape};
use theus_grammar::Span;
use theus_hir::{Query, QueryKind, Ty, TyKind};
use theus_mir::{BinaryOp, UnaryOp, Value};

use crate::access::At;
use crate::frame::FnCx;
use crate::layout::size_of;
use crate::place::{Place, low_bits};
use crate::pool::Pool;
use crate::program::Cx;

/// Members of a pool before those of its queries; a query has two.
pub(crate) const FIRST_PART: usize = 7;
/// Bytes of an entry: a key and a handle.
const ENTRY: u64 = 16;

/// How many entries there are, and the entries.
pub(crate) fn index_shape(name: &str, slots: u64) -> [(String, Shape); 2] {
    let entry = Shape::structure(
        "entry",
        [
            ("key".to_owned(), Shape::Int(Repr::I64)),
            ("handle".to_owned(), Shape::Uint(Repr::I64)),
        ],
    );
    let entries = Shape::Array {
        elem: Box::new(entry),
        dims: vec![slots],
    };
    [
        (format!("by_{name}_count"), Shape::Int(Repr::I64)),
        (format!("by_{name}"), entries),
    ]
}

/// The index of a query in its pool.
#[derive(Clone, Copy)]
pub(crate) struct Index {
    pub(crate) pool: Pool,
    count: Place,
    entries: Place,
}

/// A half of the room in which entries are put in order.
#[derive(Clone, Copy)]
struct Room {
    base: Place,
    slots: u64,
}

impl FnCx<'_, '_> {
    /// The queries of a pool.
    pub(crate) fn queries_of(&self, pool: Pool) -> Vec<Query> {
        match self.cx.types.kind(pool.place.ty) {
            TyKind::Pool(_, _, rules) => rules.queries.clone(),
            _ => Vec::new(),
        }
    }

    /// The n-th query of a pool, and its index.
    pub(crate) fn index_of(&mut self, pool: Pool, n: u32) -> Option<(Query, Index)> {
        let query = self.queries_of(pool).into_iter().nth(n as usize)?;
        let first = FIRST_PART + 2 * n as usize;
        let shape = self.cx.shape(pool.place.ty);
        let Shape::Struct { members, .. } = &*shape else {
            return None;
        };
        let offset = |n: usize| members.get(n).map_or(0, |member| u64::from(member.1));
        let (count, entries) = (offset(first), offset(first + 1));
        let index = Index {
            pool,
            count: Self::inside(pool.place, count, Ty::I64),
            entries: Self::inside(pool.place, entries, Ty::I64),
        };
        Some((query, index))
    }

    /// How many entries there are: never more than there is room for.
    pub(crate) fn index_len(&mut self, index: Index) -> Value {
        let count = self.load(index.count);
        let most = self
            .b
            .iconst(Repr::I64, low_bits(i128::from(index.pool.slots)));
        let fits = self.b.binary(BinaryOp::Ult, count, most);
        self.b.select(fits, count, most)
    }

    /// The key of an entry.
    pub(crate) fn index_key(&mut self, index: Index, at: Value) -> Value {
        let place = self.element_at(index.entries, Ty::I64, ENTRY, At::Value(at));
        self.load(place)
    }

    /// The handle of an entry.
    pub(crate) fn index_handle(&mut self, index: Index, at: Value) -> Value {
        let place = self.element_at(index.entries, Ty::U64, ENTRY, At::Value(at));
        self.load(Self::inside(place, 8, Ty::U64))
    }

    /// The first entry whose key is not below one; or, with `after`, not above it either.
    pub(crate) fn index_from(&mut self, index: Index, key: Value, after: bool) -> Value {
        let (zero, one) = (self.b.iconst(Repr::I64, 0), self.b.iconst(Repr::I64, 1));
        let (lo, hi) = (self.temp(Ty::I64), self.temp(Ty::I64));
        let count = self.index_len(index);
        self.store(lo, zero);
        self.store(hi, count);
        self.repeat(
            |cx| {
                let (lo, hi) = (cx.load(lo), cx.load(hi));
                cx.b.binary(BinaryOp::Slt, lo, hi)
            },
            |cx| {
                let (low, high) = (cx.load(lo), cx.load(hi));
                let sum = cx.b.binary(BinaryOp::Iadd, low, high);
                let middle = cx.b.binary(BinaryOp::Ushr, sum, one);
                let found = cx.index_key(index, middle);
                let op = if after { BinaryOp::Sle } else { BinaryOp::Slt };
                let before = cx.b.binary(op, found, key);
                let next = cx.b.binary(BinaryOp::Iadd, middle, one);
                let low = cx.b.select(before, next, low);
                let high = cx.b.select(before, high, middle);
                cx.store(lo, low);
                cx.store(hi, high);
            },
        );
        self.load(lo)
    }

    /// `while cond { body }` in machine terms.
    pub(crate) fn repeat(
        &mut self,
        cond: impl FnOnce(&mut Self) -> Value,
        body: impl FnOnce(&mut Self),
    ) {
        let head = self.b.new_block();
        let (run, done) = (self.b.new_block(), self.b.new_block());
        self.b.jump(head, &[]);
        self.b.switch_to(head);
        let more = cond(self);
        self.b.branch(more, run, done);
        self.b.switch_to(run);
        body(self);
        self.b.jump(head, &[]);
        self.b.switch_to(done);
    }

    /// Runs `f` if a condition holds.
    pub(crate) fn if_holds(&mut self, holds: Value, f: impl FnOnce(&mut Self)) {
        let (run, done) = (self.b.new_block(), self.b.new_block());
        self.b.branch(holds, run, done);
        self.b.switch_to(run);
        f(self);
        self.b.jump(done, &[]);
        self.b.switch_to(done);
    }

    /// The indexes of a pool, made anew.
    pub(crate) fn settle_queries(&mut self, pool: Pool, span: Option<Span>) {
        let count = self.queries_of(pool).len();
        for n in 0..u32::try_from(count).unwrap_or(u32::MAX) {
            let Some((query, index)) = self.index_of(pool, n) else {
                continue;
            };
            let base = Place::own(self.b.base(self.cx.query_start), Ty::I64);
            let room = Room {
                base,
                slots: pool.slots,
            };
            let (count, sorted) = self.gather(pool, &query, room);
            let side = self.merge_sort(room, count, sorted);
            self.write_index(index, room, (side, count));
            if let (QueryKind::Unique, Some(span)) = (query.kind, span) {
                self.check_unique(&query, index, span);
            }
        }
    }

    /// Writes an entry for each element; gives how many there are, and whether they are in
    /// order.
    fn gather(&mut self, pool: Pool, query: &Query, room: Room) -> (Value, Value) {
        let (count, last) = (self.temp(Ty::I64), self.temp(Ty::I64));
        let sorted = self.temp(Ty::BOOL);
        let (zero, one) = (self.b.iconst(Repr::I64, 0), self.b.iconst(Repr::I64, 1));
        let least = self.b.iconst(Repr::I64, i64::MIN);
        let yes = self.b.bool(true);
        self.store(count, zero);
        self.store(last, least);
        self.store(sorted, yes);
        let end = self.pool_fresh(pool);
        self.counted(zero, end, |cx, slot| {
            cx.if_live(pool, slot, |cx| {
                let elem = cx.pool_elem(pool, slot);
                let member = cx.member(elem, query.member);
                let (key, there) = cx.key_of(query, member);
                cx.if_holds(there, |cx| {
                    let handle = cx.handle_of_slot(pool, slot);
                    let at = cx.load(count);
                    cx.set_entry(room, (zero, at), (key, handle));
                    let next = cx.b.binary(BinaryOp::Iadd, at, one);
                    cx.store(count, next);
                    let (before, so_far) = (cx.load(last), cx.load(sorted));
                    let rises = cx.b.binary(BinaryOp::Sle, before, key);
                    let rises = cx.b.binary(BinaryOp::And, so_far, rises);
                    cx.store(sorted, rises);
                    cx.store(last, key);
                });
            });
        });
        (self.load(count), self.load(sorted))
    }

    /// Puts entries in order, those of equal keys as they stand: merges runs of 1, 2, 4, …
    /// from one half of the room to the other. Gives the half in which they are.
    fn merge_sort(&mut self, room: Room, count: Value, sorted: Value) -> Value {
        let (zero, one) = (self.b.iconst(Repr::I64, 0), self.b.iconst(Repr::I64, 1));
        let (side, width) = (self.temp(Ty::I64), self.temp(Ty::I64));
        self.store(side, zero);
        let first = self.b.select(sorted, count, one);
        self.store(width, first);
        self.repeat(
            |cx| {
                let width = cx.load(width);
                cx.b.binary(BinaryOp::Slt, width, count)
            },
            |cx| {
                let (from, run) = (cx.load(side), cx.load(width));
                let to = cx.b.binary(BinaryOp::Isub, one, from);
                let low = cx.temp(Ty::I64);
                cx.store(low, zero);
                cx.repeat(
                    |cx| {
                        let low = cx.load(low);
                        cx.b.binary(BinaryOp::Slt, low, count)
                    },
                    |cx| {
                        let start = cx.load(low);
                        let middle = cx.up_to(start, run, count);
                        let end = cx.up_to(middle, run, count);
                        cx.merge(room, (from, to), (start, middle, end));
                        cx.store(low, end);
                    },
                );
                cx.store(side, to);
                let twice = cx.b.binary(BinaryOp::Iadd, run, run);
                cx.store(width, twice);
            },
        );
        self.load(side)
    }

    /// `min(from + by, end)`.
    fn up_to(&mut self, from: Value, by: Value, end: Value) -> Value {
        let sum = self.b.binary(BinaryOp::Iadd, from, by);
        let less = self.b.binary(BinaryOp::Slt, sum, end);
        self.b.select(less, sum, end)
    }

    /// Merges two runs that lie side by side.
    fn merge(
        &mut self,
        room: Room,
        (from, to): (Value, Value),
        (start, middle, end): (Value, Value, Value),
    ) {
        let (left, right) = (self.temp(Ty::I64), self.temp(Ty::I64));
        let one = self.b.iconst(Repr::I64, 1);
        self.store(left, start);
        self.store(right, middle);
        self.counted(start, end, |cx, at| {
            let (a, b) = (cx.load(left), cx.load(right));
            // Past the end there is room for one more: it is read, and not looked at.
            let (first, second) =
                (cx.sorting(room, (from, a)), cx.sorting(room, (from, b)));
            let some = cx.b.binary(BinaryOp::Slt, a, middle);
            let none = cx.b.binary(BinaryOp::Sle, end, b);
            let less = cx.b.binary(BinaryOp::Sle, first.0, second.0);
            let takes = cx.b.binary(BinaryOp::Or, none, less);
            let takes = cx.b.binary(BinaryOp::And, some, takes);
            let key = cx.b.select(takes, first.0, second.0);
            let handle = cx.b.select(takes, first.1, second.1);
            cx.set_entry(room, (to, at), (key, handle));
            let (next_a, next_b) = (
                cx.b.binary(BinaryOp::Iadd, a, one),
                cx.b.binary(BinaryOp::Iadd, b, one),
            );
            let a = cx.b.select(takes, next_a, a);
            let b = cx.b.select(takes, b, next_b);
            cx.store(left, a);
            cx.store(right, b);
        });
    }

    /// Where an entry stands in the room.
    fn entry_place(&mut self, room: Room, (side, at): (Value, Value)) -> Place {
        let half = self.b.iconst(Repr::I64, low_bits(i128::from(room.slots)));
        let skip = self.b.binary(BinaryOp::Imul, side, half);
        let at = self.b.binary(BinaryOp::Iadd, skip, at);
        self.element_at(room.base, Ty::I64, ENTRY, At::Value(at))
    }

    fn sorting(&mut self, room: Room, at: (Value, Value)) -> (Value, Value) {
        let place = self.entry_place(room, at);
        let key = self.load(place);
        (key, self.load(Self::inside(place, 8, Ty::I64)))
    }

    fn set_entry(
        &mut self,
        room: Room,
        at: (Value, Value),
        (key, handle): (Value, Value),
    ) {
        let place = self.entry_place(room, at);
        self.store(place, key);
        self.store(Self::inside(place, 8, Ty::I64), handle);
    }

    /// Writes the entries that are not there already.
    fn write_index(&mut self, index: Index, room: Room, (side, count): (Value, Value)) {
        let zero = self.b.iconst(Repr::I64, 0);
        self.counted(zero, count, |cx, at| {
            let (key, handle) = cx.sorting(room, (side, at));
            let place = cx.element_at(index.entries, Ty::I64, ENTRY, At::Value(at));
            cx.store_changed(place, key);
            cx.store_changed(Self::inside(place, 8, Ty::I64), handle);
        });
        self.store_changed(index.count, count);
    }

    fn store_changed(&mut self, place: Place, value: Value) {
        let old = self.load(place);
        let other = self.b.binary(BinaryOp::Ine, old, value);
        self.if_holds(other, |cx| cx.store(place, value));
    }

    /// No two elements have the same key: those with one hash stand side by side.
    fn check_unique(&mut self, query: &Query, index: Index, span: Span) {
        let one = self.b.iconst(Repr::I64, 1);
        let count = self.index_len(index);
        let back = self.temp(Ty::I64);
        self.counted(one, count, |cx, at| {
            let key = cx.index_key(index, at);
            let handle = cx.index_handle(index, at);
            let slot = cx.slot_of(handle);
            let member = cx.asked(index.pool, query, handle);
            cx.store(back, at);
            cx.repeat(
                |cx| cx.same_before(index, back, key),
                |cx| {
                    let before = cx.load(back);
                    let before = cx.b.binary(BinaryOp::Isub, before, one);
                    cx.store(back, before);
                    let handle = cx.index_handle(index, before);
                    let other = cx.slot_of(handle);
                    let first = cx.asked(index.pool, query, handle);
                    let same = cx.equal_places(first, member, false);
                    let differs = cx.b.unary(UnaryOp::Not, Repr::I8, same);
                    let operands = [
                        ("slot", other, ArgKind::Uint),
                        ("slot", slot, ArgKind::Uint),
                    ];
                    cx.check(differs, Fault::Unique, span, &operands);
                },
            );
        });
    }

    /// Whether there is an entry before one, and its key is the same.
    fn same_before(&mut self, index: Index, at: Place, key: Value) -> Value {
        let (zero, one) = (self.b.iconst(Repr::I64, 0), self.b.iconst(Repr::I64, 1));
        let at = self.load(at);
        let some = self.b.binary(BinaryOp::Slt, zero, at);
        let before = self.b.binary(BinaryOp::Isub, at, one);
        let before = self.b.select(some, before, zero);
        let found = self.index_key(index, before);
        let same = self.b.binary(BinaryOp::Ieq, found, key);
        self.b.binary(BinaryOp::And, some, same)
    }

    /// The key by which an element stands in the index, and whether it stands there at all.
    fn key_of(&mut self, query: &Query, member: Place) -> (Value, Value) {
        match query.kind {
            QueryKind::Unique => (self.hash_at(member), self.b.bool(true)),
            QueryKind::Index => {
                let value = self.load(member);
                self.order_key(value, query.ty)
            }
            QueryKind::Grid => {
                let (x, y) = self.point(member);
                let (col, row) = (self.cell_of(x, query), self.cell_of(y, query));
                let (a, b) = (
                    self.b.binary(BinaryOp::Feq, x, x),
                    self.b.binary(BinaryOp::Feq, y, y),
                );
                let there = self.b.binary(BinaryOp::And, a, b);
                (self.cell_key(col, row), there)
            }
        }
    }

    /// A number with the order of a scalar; a NaN has none.
    pub(crate) fn order_key(&mut self, value: Value, ty: Ty) -> (Value, Value) {
        let repr = self.b.func().repr(value);
        if !repr.is_float() {
            let wide = self.widen_index(value, ty);
            let unsigned = ty == Ty::U64;
            let flip = self
                .b
                .iconst(Repr::I64, if unsigned { i64::MIN } else { 0 });
            return (self.b.binary(BinaryOp::Xor, wide, flip), self.b.bool(true));
        }
        let there = self.b.binary(BinaryOp::Feq, value, value);
        let wide = match repr {
            Repr::F32 => self.b.unary(UnaryOp::Fpromote, Repr::F64, value),
            _ => value,
        };
        let zero = self.b.f64(0.0);
        // -0.0 is 0.0.
        let wide = self.b.binary(BinaryOp::Fadd, wide, zero);
        let bits = self.b.unary(UnaryOp::Bitcast, Repr::I64, wide);
        let least = self.b.iconst(Repr::I64, 0);
        let negative = self.b.binary(BinaryOp::Slt, bits, least);
        let mask = self.b.iconst(Repr::I64, i64::MAX);
        let turned = self.b.binary(BinaryOp::Xor, bits, mask);
        (self.b.select(negative, turned, bits), there)
    }

    /// The two coordinates of a point.
    pub(crate) fn point(&mut self, place: Place) -> (Value, Value) {
        let x = self.load(Self::inside(place, 0, Ty::F64));
        (x, self.load(Self::inside(place, 8, Ty::F64)))
    }

    /// The number of the cell of a coordinate; far away all is one cell.
    pub(crate) fn cell_of(&mut self, at: Value, query: &Query) -> Value {
        let size = self.b.f64(f64::from_bits(query.cell));
        let cell = self.b.binary(BinaryOp::Fdiv, at, size);
        let cell = self.b.unary(UnaryOp::Ffloor, Repr::F64, cell);
        let cell = self.b.unary(UnaryOp::FToSint, Repr::I64, cell);
        let (lo, hi) = (
            self.b.iconst(Repr::I64, -(1 << 30)),
            self.b.iconst(Repr::I64, 1 << 30),
        );
        let above = self.b.binary(BinaryOp::Slt, lo, cell);
        let cell = self.b.select(above, cell, lo);
        let below = self.b.binary(BinaryOp::Slt, cell, hi);
        self.b.select(below, cell, hi)
    }

    /// The order of cells: row by row.
    pub(crate) fn cell_key(&mut self, col: Value, row: Value) -> Value {
        let bits = self.b.iconst(Repr::I64, 32);
        let half = self.b.iconst(Repr::I64, 1 << 31);
        let row = self.b.binary(BinaryOp::Shl, row, bits);
        let col = self.b.binary(BinaryOp::Iadd, col, half);
        self.b.binary(BinaryOp::Or, row, col)
    }
}

impl Cx<'_> {
    /// Reserves room to put the entries of a query in order.
    pub(crate) fn reserve_queries(&mut self) {
        let mut most = 0;
        for field in self.typed.fields.values() {
            if let TyKind::Pool(_, size, rules) = self.types.kind(field.ty)
                && !rules.queries.is_empty()
            {
                most = most.max(size_of(*size));
            }
        }
        if most > 0 {
            self.query_start = self.reserve((2 * most + 1) * ENTRY, 64);
        }
    }
}
