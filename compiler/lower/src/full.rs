//! Pools that are told what leaves where they are full: one element makes room for a new one.
//! The oldest is found in O(1), that with the least score in O(n); both only where it is full.

use theus_abi::Repr;
use theus_grammar::Span;
use theus_hir::ty::Full;
use theus_hir::{Expr, ExprKind, FieldId, Ty, TyKind};
use theus_mir::{BinaryOp, Block, UnaryOp, Value};

use crate::access::root_field;
use crate::frame::FnCx;
use crate::owned::OwnerSlot;
use crate::place::Place;
use crate::pool::Pool;

impl<'a> FnCx<'_, 'a> {
    /// `insert(v)` where it surely stays: its handle.
    pub(crate) fn pool_insert(
        &mut self,
        (field, pool): (FieldId, Pool),
        owner: Option<OwnerSlot>,
        value: &'a Expr,
        at: (Option<Block>, Span),
    ) -> Value {
        let ty = self.ty(value.ty);
        let kept = self.temp(ty);
        self.into(value, kept);
        if self.full_rule(pool) == Full::Oldest {
            self.oldest_leaves(field, pool, owner);
        }
        self.add_element(pool, owner, kept, at)
    }

    /// `insert(v)` of a pool that is `full least(…)`: its handle, or `none` where it is itself
    /// the least.
    pub(crate) fn pool_insert_best(&mut self, args: &'a [Expr], dest: Place, span: Span) {
        let guard = self.take_guard();
        if self.send(args) {
            return self.none_into(dest);
        }
        let [first, value, score] = args else { return };
        let (owner, place, field) = match &first.kind {
            ExprKind::Owned(of, field) => {
                (self.owner_slot(of), self.field_to_write(*field), *field)
            }
            _ => {
                let Some(field) = root_field(first) else {
                    return;
                };
                (None, self.writable(first), field)
            }
        };
        let (Some(pool), Some(score)) = (self.pool_at(place), self.closure_of(score))
        else {
            return;
        };
        if owner.is_none() {
            self.count_quota(Some(first), span);
        }
        let ty = self.ty(value.ty);
        let kept = self.temp(ty);
        self.into(value, kept);
        let stays = self.least_leaves((field, pool), owner, kept, score);
        self.none_into(dest);
        self.if_holds(stays, |cx| {
            let handle = cx.add_element(pool, owner, kept, (guard, span));
            let (tag, inner) = cx.option_parts(dest);
            let yes = cx.b.bool(true);
            cx.store(tag, yes);
            cx.store(inner, handle);
        });
    }

    fn add_element(
        &mut self,
        pool: Pool,
        owner: Option<OwnerSlot>,
        kept: Place,
        (guard, span): (Option<Block>, Span),
    ) -> Value {
        match owner {
            Some(owner) => self.owned_add(pool, owner, kept, (guard, span)),
            None => self.pool_add(pool, kept, guard, span),
        }
    }

    fn full_rule(&self, pool: Pool) -> Full {
        match self.cx.types.kind(pool.place.ty) {
            TyKind::Pool(_, _, rules) => rules.full.clone(),
            _ => Full::Fault,
        }
    }

    /// Whether there is room for one more: in the pool, and with its owner.
    fn has_room(&mut self, pool: Pool, owner: Option<OwnerSlot>) -> Value {
        let room = self.has_slot(pool);
        let Some(owner) = owner else { return room };
        let (held, most) = (self.held_by(pool, owner.slot), self.most_of(pool));
        let more = self.b.binary(BinaryOp::Slt, held, most);
        self.b.binary(BinaryOp::And, room, more)
    }

    /// Those among which one leaves: what belongs to the same owner, or all.
    fn line_of(&mut self, owner: Option<OwnerSlot>) -> Value {
        match owner {
            Some(owner) => owner.slot,
            None => self.b.iconst(Repr::I64, 0),
        }
    }

    /// An element leaves, and its slot is free at once.
    fn push_out(&mut self, field: FieldId, pool: Pool, number: Value) {
        let one = self.b.iconst(Repr::I64, 1);
        let slot = self.b.binary(BinaryOp::Isub, number, one);
        self.unlink(field, pool, slot);
        self.release(pool, slot, true);
    }

    /// The oldest leaves where there is no room: one, or more where its slot has had all the
    /// generations that there are.
    fn oldest_leaves(&mut self, field: FieldId, pool: Pool, owner: Option<OwnerSlot>) {
        let line = self.line_of(owner);
        self.repeat(
            |cx| {
                let zero = cx.b.iconst(Repr::I64, 0);
                let room = cx.has_room(pool, owner);
                let full = cx.b.unary(UnaryOp::Not, Repr::I8, room);
                let first = cx.first_held(pool, line);
                let some = cx.b.binary(BinaryOp::Ine, first, zero);
                cx.b.binary(BinaryOp::And, full, some)
            },
            |cx| {
                cx.step();
                let first = cx.first_held(pool, line);
                cx.push_out(field, pool, first);
            },
        );
    }

    /// The one with the least score leaves where there is no room, of several the oldest;
    /// gives whether the new one stays.
    fn least_leaves(
        &mut self,
        (field, pool): (FieldId, Pool),
        owner: Option<OwnerSlot>,
        coming: Place,
        score: (&'a Expr, usize),
    ) -> Value {
        let line = self.line_of(owner);
        let (stays, gone) = (self.temp(Ty::BOOL), self.temp(Ty::I64));
        let best = self.temp(Ty::I64);
        let yes = self.b.bool(true);
        self.store(stays, yes);
        let room = self.has_room(pool, owner);
        let full = self.b.unary(UnaryOp::Not, Repr::I8, room);
        self.if_holds(full, |cx| {
            let zero = cx.b.iconst(Repr::I64, 0);
            let key = cx.score_key(coming, score);
            cx.store(best, key);
            cx.store(gone, zero);
            cx.walk_owned(pool, line, |cx, slot| {
                let (zero, one) = (cx.b.iconst(Repr::I64, 0), cx.b.iconst(Repr::I64, 1));
                let elem = cx.pool_elem(pool, slot);
                let key = cx.score_key(elem, score);
                let (so_far, leaves) = (cx.load(best), cx.load(gone));
                let less = cx.b.binary(BinaryOp::Slt, key, so_far);
                // Of an old and a new one with the same score, the old one leaves.
                let same = cx.b.binary(BinaryOp::Ieq, key, so_far);
                let none = cx.b.binary(BinaryOp::Ieq, leaves, zero);
                let same = cx.b.binary(BinaryOp::And, same, none);
                let found = cx.b.binary(BinaryOp::Or, less, same);
                cx.if_holds(found, |cx| {
                    let number = cx.b.binary(BinaryOp::Iadd, slot, one);
                    cx.store(best, key);
                    cx.store(gone, number);
                });
            });
            // Where nothing can leave, there is no least either: that is the fault.
            let first = cx.first_held(pool, line);
            let nobody = cx.b.binary(BinaryOp::Ieq, first, zero);
            let number = cx.load(gone);
            let some = cx.b.binary(BinaryOp::Ine, number, zero);
            let goes_on = cx.b.binary(BinaryOp::Or, some, nobody);
            cx.store(stays, goes_on);
            cx.if_holds(some, |cx| cx.push_out(field, pool, number));
        });
        self.load(stays)
    }

    /// A number with the order of the score of an element; NaN is the least of all.
    fn score_key(&mut self, elem: Place, score: (&'a Expr, usize)) -> Value {
        let ty = self.ty(score.0.ty);
        let TyKind::Fn(_, result) = *self.cx.types.kind(ty) else {
            return self.b.iconst(Repr::I64, 0);
        };
        let found = self.temp(result);
        let elem = self.closure_binding(elem);
        self.run_closure(score, vec![elem], found);
        let found = self.load(found);
        let (key, ordered) = self.order_key(found, result);
        let least = self.b.iconst(Repr::I64, i64::MIN);
        self.b.select(ordered, key, least)
    }
}
