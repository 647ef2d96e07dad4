//! Loops: small ones with known bounds are unrolled, so that array elements become scalars.

use theus_abi::image::ArgKind;
use theus_abi::{Fault, Repr};
use theus_grammar::Span;
use theus_hir::{Block as HirBlock, Expr, ExprKind, LocalId, Ty, TyKind};
use theus_mir::{BinaryOp, Block, Value};

use crate::access::At;
use crate::frame::{Binding, FnCx, Loop};
use crate::place::{Place, low_bits};
use crate::weight;

/// A loop whose rounds times its weight stay below this is unrolled.
const UNROLL_WEIGHT: u64 = 768;
/// More rounds than this are never unrolled.
const UNROLL_ROUNDS: u64 = 64;

impl<'a> FnCx<'_, 'a> {
    /// Runs `f` for each index: unrolled if few, else in a loop.
    pub(crate) fn each_index(&mut self, count: u64, mut f: impl FnMut(&mut Self, At)) {
        let copies = self.copies.saturating_mul(count.max(1));
        if copies <= UNROLL_ROUNDS {
            let outer = std::mem::replace(&mut self.copies, copies);
            (0..count).for_each(|n| f(self, At::Const(n)));
            self.copies = outer;
            return;
        }
        let end = self.b.iconst(Repr::I64, low_bits(i128::from(count)));
        let start = self.b.iconst(Repr::I64, 0);
        self.counted(start, end, |cx, at| f(cx, At::Value(at)));
    }

    /// `for at in start..end` in machine terms; both are `I64`, `start <= end`.
    pub(crate) fn counted(
        &mut self,
        start: Value,
        end: Value,
        f: impl FnOnce(&mut Self, Value),
    ) {
        let head = self.b.new_block();
        let at = self.b.param(head, Repr::I64);
        let (body, exit) = (self.b.new_block(), self.b.new_block());
        self.b.jump(head, &[start]);
        self.b.switch_to(head);
        let more = self.b.binary(BinaryOp::Slt, at, end);
        self.b.branch(more, body, exit);
        self.b.switch_to(body);
        f(self, at);
        let one = self.b.iconst(Repr::I64, 1);
        let next = self.b.binary(BinaryOp::Iadd, at, one);
        self.b.jump(head, &[next]);
        self.b.switch_to(exit);
    }

    /// `for local in lo..hi { … }`.
    pub(crate) fn for_range(
        &mut self,
        local: LocalId,
        (lo, hi, inclusive): (&'a Expr, &'a Expr, bool),
        body: &'a HirBlock,
    ) {
        let ty = self.ty(lo.ty);
        let (lo, hi) = (self.value(lo), self.value(hi));
        if let (Some(first), Some(last)) = (self.const_of(lo), self.const_of(hi)) {
            let rounds = rounds(first, last, inclusive);
            let cost = weight::block(self.cx.typed, body, &self.current().generics);
            if rounds <= UNROLL_ROUNDS && rounds.saturating_mul(cost) <= UNROLL_WEIGHT {
                self.unrolled(local, ty, first, rounds, body);
                return;
            }
        }
        self.rolled(local, ty, (lo, hi, inclusive), body);
    }

    fn unrolled(
        &mut self,
        local: LocalId,
        ty: Ty,
        first: i64,
        rounds: u64,
        body: &'a HirBlock,
    ) {
        let repr = self.cx.repr(ty).unwrap_or(Repr::I64);
        let exit = self.b.new_block();
        for n in 0..rounds {
            let next = self.b.new_block();
            let value = self
                .b
                .iconst(repr, first.wrapping_add(low_bits(i128::from(n))));
            self.bind(local, Binding::Value(value));
            self.round((exit, next), |cx| cx.block(body));
        }
        self.b.jump(exit, &[]);
        self.b.switch_to(exit);
    }

    /// The counter runs one past the last value only when the type has room for it: an
    /// inclusive loop tests for the last value before it counts on.
    fn rolled(
        &mut self,
        local: LocalId,
        ty: Ty,
        (lo, hi, inclusive): (Value, Value, bool),
        body: &'a HirBlock,
    ) {
        let repr = self.cx.repr(ty).unwrap_or(Repr::I64);
        let signed = !matches!(self.cx.types.kind(ty), TyKind::Int(int) if !int.signed);
        let (less, less_eq) = if signed {
            (BinaryOp::Slt, BinaryOp::Sle)
        } else {
            (BinaryOp::Ult, BinaryOp::Ule)
        };
        let head = self.b.new_block();
        let at = self.b.param(head, repr);
        let (inside, step, exit) =
            (self.b.new_block(), self.b.new_block(), self.b.new_block());
        self.b.jump(head, &[lo]);
        self.b.switch_to(head);
        let op = if inclusive { less_eq } else { less };
        let more = self.b.binary(op, at, hi);
        self.b.branch(more, inside, exit);
        self.b.switch_to(inside);
        self.bind(local, Binding::Value(at));
        self.round((exit, step), |cx| cx.block(body));
        if inclusive {
            let last = self.b.binary(BinaryOp::Ieq, at, hi);
            let on = self.b.new_block();
            self.b.branch(last, exit, on);
            self.b.switch_to(on);
        }
        let one = self.b.iconst(repr, 1);
        let next = self.b.binary(BinaryOp::Iadd, at, one);
        self.b.jump(head, &[next]);
        self.b.switch_to(exit);
    }

    /// `for local in array_or_ring { … }`.
    pub(crate) fn for_each(
        &mut self,
        local: LocalId,
        over: &'a Expr,
        body: &'a HirBlock,
    ) {
        let ty = self.ty(over.ty);
        if let TyKind::Pool(..) = self.cx.types.kind(ty) {
            return self.for_pool(local, over, body);
        }
        if let TyKind::Ring(elem, _) = *self.cx.types.kind(ty) {
            let ring = self.ring_of(over);
            let (zero, len) = (self.b.iconst(Repr::I64, 0), self.ring_len(ring));
            self.each_round(zero, len, |cx, n| {
                let place = cx.ring_from_oldest(ring, n);
                cx.bind_copy(local, place, elem);
                cx.block(body);
            });
            return;
        }
        if let TyKind::Slice(elem) = *self.cx.types.kind(ty) {
            return self.for_slice((local, elem), over, body);
        }
        if self.for_each_in_list(local, over, body)
            || self.for_each_in_map(local, over, body)
        {
            return;
        }
        // The elements of a generic array may turn out to be rows.
        let elem = self.current().body.locals[local].ty;
        let elem = self.ty(elem);
        let size = self.size(elem).max(1);
        if self.root_is_heavy(over) || self.cx.types.is_open(ty) {
            let place = self.place(over);
            let count = self.rows_of(ty, elem);
            let (start, end) = (self.b.iconst(Repr::I64, 0), self.count_value(count));
            self.each_round(start, end, |cx, n| {
                let at = cx.element_at(place, elem, size, At::Value(n));
                cx.bind_copy(local, at, elem);
                cx.block(body);
            });
            return;
        }
        self.for_elements(local, over, body, elem);
    }

    /// How many elements or rows of that type an array has.
    fn rows_of(&mut self, ty: Ty, elem: Ty) -> At {
        let TyKind::Array(_, dims) = self.cx.types.kind(ty).clone() else {
            return At::Const(0);
        };
        let within = match self.cx.types.kind(elem) {
            TyKind::Array(_, dims) => dims.len(),
            _ => 0,
        };
        let outer = dims.len().saturating_sub(within);
        let mut count = At::Const(1);
        for dim in dims.into_iter().take(outer) {
            let dim = self.size_at(dim);
            count = self.times(count, dim);
        }
        count
    }

    /// The elements of an array of known size, one after the other or, where there are few,
    /// one text after the other.
    fn for_elements(
        &mut self,
        local: LocalId,
        over: &'a Expr,
        body: &'a HirBlock,
        elem: Ty,
    ) {
        let ty = self.ty(over.ty);
        let size = self.size(elem).max(1);
        let count = self.size(ty) / size;
        let place = self.looped(over, body);
        let cost = weight::block(self.cx.typed, body, &self.current().generics);
        if count <= UNROLL_ROUNDS && count.saturating_mul(cost) <= UNROLL_WEIGHT {
            let exit = self.b.new_block();
            for n in 0..count {
                let next = self.b.new_block();
                self.round((exit, next), |cx| {
                    let at = cx.element_at(place, elem, size, At::Const(n));
                    cx.bind_copy(local, at, elem);
                    cx.block(body);
                });
            }
            self.b.jump(exit, &[]);
            self.b.switch_to(exit);
            return;
        }
        let start = self.b.iconst(Repr::I64, 0);
        let end = self.b.iconst(Repr::I64, low_bits(i128::from(count)));
        self.each_round(start, end, |cx, n| {
            let at = cx.element_at(place, elem, size, At::Value(n));
            cx.bind_copy(local, at, elem);
            cx.block(body);
        });
    }

    /// `for local in slice`.
    fn for_slice(
        &mut self,
        (local, elem): (LocalId, Ty),
        over: &'a Expr,
        body: &'a HirBlock,
    ) {
        let run = self.run_of(over, None);
        let size = self.size(elem);
        let zero = self.b.iconst(Repr::I64, 0);
        self.each_round(zero, run.len, |cx, n| {
            let first = Place::own(run.addr, elem);
            let place = cx.element_at(first, elem, size, At::Value(n));
            cx.bind_copy(local, place, elem);
            cx.block(body);
        });
    }

    /// `for local in pool`, `for local in pool.handles()`: in the order of slots.
    fn for_pool(&mut self, local: LocalId, over: &'a Expr, body: &'a HirBlock) {
        if let ExprKind::Pool(op, args) = &over.kind
            && self.for_query(local, (*op, args), body)
        {
            return;
        }
        let (handles, base) = match &over.kind {
            ExprKind::Pool(_, args) => (true, args.first().unwrap_or(over)),
            _ => (false, over),
        };
        if let Some(owner) = self.owner_in(base) {
            return self.for_owned((owner, handles), base, local, body);
        }
        let place = self.place(base);
        let Some(pool) = self.pool_at(place) else {
            return;
        };
        let elem = self.current().body.locals[local].ty;
        let elem = self.ty(elem);
        let (zero, end) = (self.b.iconst(Repr::I64, 0), self.pool_fresh(pool));
        self.each_round(zero, end, |cx, slot| {
            cx.if_live(pool, slot, |cx| {
                if handles {
                    let handle = cx.handle_of_slot(pool, slot);
                    cx.bind(local, Binding::Value(handle));
                } else {
                    let at = cx.pool_elem(pool, slot);
                    cx.bind_copy(local, at, elem);
                }
                cx.block(body);
            });
        });
    }

    /// A counted loop that `break` and `continue` know.
    pub(crate) fn each_round(
        &mut self,
        start: Value,
        end: Value,
        f: impl FnOnce(&mut Self, Value),
    ) {
        let exit = self.b.new_block();
        self.counted(start, end, |cx, n| {
            let step = cx.b.new_block();
            cx.round((exit, step), |cx| f(cx, n));
        });
        self.b.jump(exit, &[]);
        self.b.switch_to(exit);
    }

    /// One round of a loop: `break` leaves for the first block, `continue` and the end of the
    /// round lead to the second, where it goes on.
    pub(crate) fn round(
        &mut self,
        (on_break, on_continue): (Block, Block),
        f: impl FnOnce(&mut Self),
    ) {
        self.loops.push(Loop {
            on_break,
            on_continue,
        });
        self.step();
        f(self);
        self.loops.pop();
        self.b.jump(on_continue, &[]);
        self.b.switch_to(on_continue);
    }

    /// What a loop runs over: a copy where its body writes there.
    pub(crate) fn looped(&mut self, over: &'a Expr, body: &'a HirBlock) -> Place {
        let place = self.place(over);
        if !weight::writes(self.cx.typed, body, over) {
            return place;
        }
        let ty = self.ty(over.ty);
        let copy = self.temp(ty);
        self.copy(copy, place, false);
        copy
    }

    pub(crate) fn bind_copy(&mut self, local: LocalId, from: Place, ty: Ty) {
        if self.is_scalar(ty) {
            let value = self.load(from);
            self.bind(local, Binding::Value(value));
            return;
        }
        let place = self.temp(ty);
        self.copy(place, Place { ty, ..from }, false);
        self.bind(local, Binding::Place(place));
    }

    /// `while cond max n { … }`.
    pub(crate) fn while_loop(
        &mut self,
        cond: &'a Expr,
        (max, total): (&'a Expr, bool),
        body: &'a HirBlock,
        span: Span,
    ) {
        let max_ty = self.ty(max.ty);
        let bound = self.value(max);
        let bound = self.widen_index(bound, max_ty);
        let key = (self.frame, span);
        let count = match self.totals.get(&key) {
            Some(count) if total => *count,
            Some(_) | None => {
                let count = self.temp(Ty::I64);
                let zero = self.b.iconst(Repr::I64, 0);
                self.store(count, zero);
                count
            }
        };
        let (head, exit) = (self.b.new_block(), self.b.new_block());
        self.b.jump(head, &[]);
        self.b.switch_to(head);
        self.go_on_where(cond, exit);
        let done = self.load(count);
        let room = self.b.binary(BinaryOp::Slt, done, bound);
        self.check(
            room,
            Fault::LoopBound,
            span,
            &[("bound", bound, ArgKind::Int)],
        );
        let one = self.b.iconst(Repr::I64, 1);
        let done = self.b.binary(BinaryOp::Iadd, done, one);
        self.store(count, done);
        self.loops.push(Loop {
            on_break: exit,
            on_continue: head,
        });
        self.step();
        self.block(body);
        self.loops.pop();
        self.b.jump(head, &[]);
        self.b.switch_to(exit);
    }

    /// `all(local in lo..hi: body)` or `any`.
    pub(crate) fn quantifier(
        &mut self,
        all: bool,
        local: LocalId,
        (lo, hi, inclusive): (&'a Expr, &'a Expr, bool),
        body: &'a Expr,
    ) -> Value {
        let ty = self.ty(lo.ty);
        let repr = self.cx.repr(ty).unwrap_or(Repr::I64);
        let result = self.temp(Ty::BOOL);
        let start = self.b.bool(all);
        self.store(result, start);
        let (lo, hi) = (self.value(lo), self.value(hi));
        let exit = self.b.new_block();
        let round = |cx: &mut Self, at: Value| {
            cx.bind(local, Binding::Value(at));
            let holds = cx.value(body);
            let (decided, on) = (cx.b.new_block(), cx.b.new_block());
            if all {
                cx.b.branch(holds, on, decided);
            } else {
                cx.b.branch(holds, decided, on);
            }
            cx.b.switch_to(decided);
            let other = cx.b.bool(!all);
            cx.store(result, other);
            cx.b.jump(exit, &[]);
            cx.b.switch_to(on);
        };
        match (self.const_of(lo), self.const_of(hi)) {
            (Some(first), Some(last)) if rounds(first, last, inclusive) <= 16 => {
                for n in 0..rounds(first, last, inclusive) {
                    let at = self.b.iconst(repr, first + low_bits(i128::from(n)));
                    round(self, at);
                }
            }
            _ => {
                let (lo, mut hi) = (self.widen_index(lo, ty), self.widen_index(hi, ty));
                if inclusive {
                    let one = self.b.iconst(Repr::I64, 1);
                    hi = self.b.binary(BinaryOp::Iadd, hi, one);
                }
                self.counted(lo, hi, |cx, at| {
                    let at = cx.narrow_to(at, repr);
                    round(cx, at);
                });
            }
        }
        self.b.jump(exit, &[]);
        self.b.switch_to(exit);
        self.load(result)
    }

    fn narrow_to(&mut self, value: Value, repr: Repr) -> Value {
        if repr == Repr::I64 {
            return value;
        }
        self.b.unary(theus_mir::UnaryOp::Trunc, repr, value)
    }

    /// Binds a local of the current body.
    pub(crate) fn bind(&mut self, local: LocalId, binding: Binding<'a>) {
        let frame = self.frame;
        if let Some(frame) = self.frames.get_mut(frame) {
            frame.locals.insert(local, binding);
        }
    }
}

/// How often a loop between two values runs.
pub(crate) fn rounds(
    first: impl Into<i128>,
    last: impl Into<i128>,
    inclusive: bool,
) -> u64 {
    let span = last.into().saturating_sub(first.into());
    let span = span.saturating_add(i128::from(inclusive));
    u64::try_from(span.max(0)).unwrap_or(u64::MAX)
}
