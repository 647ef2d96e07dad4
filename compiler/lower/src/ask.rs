//! What queries of pools give: `by_name(key)`, and the loops over the others.

use theus_abi::Repr;
use theus_hir::body::PoolOp;
use theus_hir::{Block as HirBlock, Expr, LocalId, Query, Ty};
use theus_mir::{BinaryOp, Value};

use crate::frame::{Binding, FnCx};
use crate::place::Place;
use crate::pool::Pool;
use crate::query::Index;

/// A circle in which elements are looked for.
#[derive(Clone, Copy)]
struct Circle {
    x: Value,
    y: Value,
    radius: Value,
}

impl<'a> FnCx<'_, 'a> {
    /// `pool.by_name(key)`: the element that had the key and still has it.
    pub(crate) fn pool_find(&mut self, n: u32, args: &'a [Expr], dest: Place) {
        self.take_guard();
        let [base, key] = args else { return };
        let place = self.place(base);
        let Some((query, index)) =
            self.pool_at(place).and_then(|pool| self.index_of(pool, n))
        else {
            return;
        };
        let Some(pool) = self.pool_at(place) else {
            return;
        };
        let wanted = self.temp(query.ty);
        self.into(key, wanted);
        let hash = self.hash_at(wanted);
        let one = self.b.iconst(Repr::I64, 1);
        let at = self.temp(Ty::I64);
        let first = self.index_from(index, hash, false);
        let end = self.index_from(index, hash, true);
        self.store(at, first);
        self.none_into(dest);
        let (tag, inner) = self.option_parts(dest);
        self.repeat(
            |cx| {
                let at = cx.load(at);
                cx.b.binary(BinaryOp::Slt, at, end)
            },
            |cx| {
                let now = cx.load(at);
                let next = cx.b.binary(BinaryOp::Iadd, now, one);
                cx.store(at, next);
                let handle = cx.index_handle(index, now);
                let live = cx.pool_has(pool, handle);
                cx.if_holds(live, |cx| {
                    let member = cx.asked(pool, &query, handle);
                    let same = cx.equal_places(member, wanted, false);
                    cx.if_holds(same, |cx| {
                        let yes = cx.b.bool(true);
                        cx.store(tag, yes);
                        cx.store(inner, handle);
                        cx.store(at, end);
                    });
                });
            },
        );
    }

    /// A loop over the handles that a query gives; `false` if it is none.
    pub(crate) fn for_query(
        &mut self,
        local: LocalId,
        (op, args): (PoolOp, &'a [Expr]),
        body: &'a HirBlock,
    ) -> bool {
        let (PoolOp::Sorted(n, _) | PoolOp::Top(n) | PoolOp::Near(n)) = op else {
            return false;
        };
        let Some(base) = args.first() else {
            return false;
        };
        let place = self.place(base);
        let Some((query, index)) =
            self.pool_at(place).and_then(|pool| self.index_of(pool, n))
        else {
            return false;
        };
        match (op, args) {
            (PoolOp::Near(_), [_, point, radius]) => {
                let at = self.temp(query.ty);
                self.into(point, at);
                let (x, y) = self.point(at);
                let radius = self.value(radius);
                self.near((&query, index), Circle { x, y, radius }, local, body);
            }
            (PoolOp::Top(_), [_, most]) => {
                let (zero, one) =
                    (self.b.iconst(Repr::I64, 0), self.b.iconst(Repr::I64, 1));
                let (most, len) = (self.value(most), self.index_len(index));
                let fewer = self.b.binary(BinaryOp::Slt, most, len);
                let count = self.b.select(fewer, most, len);
                let last = self.b.binary(BinaryOp::Isub, len, one);
                self.each_round(zero, count, |cx, at| {
                    let at = cx.b.binary(BinaryOp::Isub, last, at);
                    cx.with_handle(index, at, local, body);
                });
            }
            (PoolOp::Sorted(_, inclusive), [_, lo, hi]) => {
                let (lo, hi) = (self.value(lo), self.value(hi));
                let (start, end) = self.ends((&query, index), (lo, hi, inclusive));
                self.each_round(start, end, |cx, at| {
                    cx.with_handle(index, at, local, body);
                });
            }
            _ => {
                let (zero, len) = (self.b.iconst(Repr::I64, 0), self.index_len(index));
                self.each_round(zero, len, |cx, at| {
                    cx.with_handle(index, at, local, body);
                });
            }
        }
        true
    }

    /// The entries between two keys; none if one of them is a NaN.
    fn ends(
        &mut self,
        (query, index): (&Query, Index),
        (lo, hi, inclusive): (Value, Value, bool),
    ) -> (Value, Value) {
        let (lo, some) = self.order_key(lo, query.ty);
        let (hi, more) = self.order_key(hi, query.ty);
        let start = self.index_from(index, lo, false);
        let end = self.index_from(index, hi, inclusive);
        let there = self.b.binary(BinaryOp::And, some, more);
        (start, self.b.select(there, end, start))
    }

    fn with_handle(
        &mut self,
        index: Index,
        at: Value,
        local: LocalId,
        body: &'a HirBlock,
    ) {
        let handle = self.index_handle(index, at);
        self.bind(local, Binding::Value(handle));
        self.block(body);
    }

    /// The elements in a circle: row by row of cells, passing over rows without elements.
    fn near(
        &mut self,
        (query, index): (&Query, Index),
        circle: Circle,
        local: LocalId,
        body: &'a HirBlock,
    ) {
        let edges = |cx: &mut Self, middle: Value| {
            let low = cx.b.binary(BinaryOp::Fsub, middle, circle.radius);
            let high = cx.b.binary(BinaryOp::Fadd, middle, circle.radius);
            (cx.cell_of(low, query), cx.cell_of(high, query))
        };
        let (left, right) = edges(self, circle.x);
        let (top, bottom) = edges(self, circle.y);
        let (one, bits) = (self.b.iconst(Repr::I64, 1), self.b.iconst(Repr::I64, 32));
        let len = self.index_len(index);
        let row = self.temp(Ty::I64);
        self.store(row, top);
        let exit = self.b.new_block();
        self.repeat(
            |cx| {
                let row = cx.load(row);
                cx.b.binary(BinaryOp::Sle, row, bottom)
            },
            |cx| {
                let now = cx.load(row);
                let first = cx.cell_key(left, now);
                let last = cx.cell_key(right, now);
                let start = cx.index_from(index, first, false);
                let end = cx.index_from(index, last, true);
                cx.counted(start, end, |cx, at| {
                    let step = cx.b.new_block();
                    cx.round((exit, step), |cx| {
                        cx.if_inside((query, index), circle, at, |cx| {
                            cx.with_handle(index, at, local, body);
                        });
                    });
                });
                // The next row that has elements; past the last one there is none.
                let more = cx.b.binary(BinaryOp::Slt, end, len);
                let past = cx.b.binary(BinaryOp::Iadd, bottom, one);
                let (found, on) = (cx.b.new_block(), cx.b.new_block());
                cx.store(row, past);
                cx.b.branch(more, found, on);
                cx.b.switch_to(found);
                let key = cx.index_key(index, end);
                let ahead = cx.b.binary(BinaryOp::Sshr, key, bits);
                let next = cx.b.binary(BinaryOp::Iadd, now, one);
                let later = cx.b.binary(BinaryOp::Slt, next, ahead);
                let next = cx.b.select(later, ahead, next);
                cx.store(row, next);
                cx.b.jump(on, &[]);
                cx.b.switch_to(on);
            },
        );
        self.b.jump(exit, &[]);
        self.b.switch_to(exit);
    }

    /// The member of an element by which a query finds it.
    pub(crate) fn asked(&mut self, pool: Pool, query: &Query, handle: Value) -> Place {
        let slot = self.slot_of(handle);
        let elem = self.pool_elem(pool, slot);
        self.member(elem, query.member)
    }

    /// Runs `f` if the element of an entry is there and in the circle.
    fn if_inside(
        &mut self,
        (query, index): (&Query, Index),
        circle: Circle,
        at: Value,
        f: impl FnOnce(&mut Self),
    ) {
        let handle = self.index_handle(index, at);
        let live = self.pool_has(index.pool, handle);
        self.if_holds(live, |cx| {
            let member = cx.asked(index.pool, query, handle);
            let (x, y) = cx.point(member);
            let dx = cx.b.binary(BinaryOp::Fsub, x, circle.x);
            let dy = cx.b.binary(BinaryOp::Fsub, y, circle.y);
            let (xx, yy) = (
                cx.b.binary(BinaryOp::Fmul, dx, dx),
                cx.b.binary(BinaryOp::Fmul, dy, dy),
            );
            let far = cx.b.binary(BinaryOp::Fadd, xx, yy);
            let most = cx.b.binary(BinaryOp::Fmul, circle.radius, circle.radius);
            let inside = cx.b.binary(BinaryOp::Fle, far, most);
            let zero = cx.b.f64(0.0);
            let real = cx.b.binary(BinaryOp::Fle, zero, circle.radius);
            let inside = cx.b.binary(BinaryOp::And, inside, real);
            cx.if_holds(inside, f);
        });
    }
}
