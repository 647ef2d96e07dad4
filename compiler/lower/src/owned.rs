//! Owned pools: of every slot who owns it and its neighbours, of every owner the first, the last
//! and how many. All O(1) but walks, and frees of owners, which are O(what belongs to them).

use theus_abi::image::ArgKind;
use theus_abi::{Fault, Repr, Shape};
use theus_grammar::Span;
use theus_hir::body::PoolOp;
use theus_hir::ty::Full;
use theus_hir::{Block as HirBlock, Expr, ExprKind, FieldId, LocalId, Ty, TyKind};
use theus_mir::{BinaryOp, Block, UnaryOp, Value};

use crate::access::At;
use crate::frame::{Binding, FnCx, Loop};
use crate::place::{Place, low_bits};
use crate::pool::Pool;
use crate::query::FIRST_PART;

/// The parts of an owned pool behind those that every pool has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Of a slot: the handle of its owner.
    Owner,
    /// Of a slot: the one before it of the same owner, and one; or 0.
    Before,
    /// Of a slot: the one after it.
    After,
    /// Of an owner: its first slot, and one; or 0.
    First,
    /// Of an owner: its last slot.
    Last,
    /// Of an owner: how many it has.
    Held,
}

/// By what the slots of a pool are linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    /// By their owners, of whom there may be so many.
    Owners(u64),
    /// By their age alone: as if all belonged to one.
    Age,
}

/// What a pool whose slots are linked has in memory besides what others have.
pub(crate) fn links_shape(slots: u64, links: Links) -> Vec<(String, Shape)> {
    let part = |name: &str, repr: Repr, count: u64| {
        let elem = Box::new(Shape::Uint(repr));
        let dims = vec![count];
        (name.to_owned(), Shape::Array { elem, dims })
    };
    let owners = match links {
        Links::Owners(owners) => owners,
        Links::Age => 1,
    };
    let owner = part("owner", Repr::I64, slots);
    let named = (links != Links::Age).then_some(owner);
    let rest = [
        part("before", Repr::I32, slots),
        part("after", Repr::I32, slots),
        part("first", Repr::I32, owners),
        part("last", Repr::I32, owners),
        part("held", Repr::I32, owners),
    ];
    named.into_iter().chain(rest).collect()
}

/// An element that owns others: its slot and its handle.
#[derive(Clone, Copy)]
pub(crate) struct OwnerSlot {
    pub(crate) slot: Value,
    handle: Value,
}

impl<'a> FnCx<'_, 'a> {
    /// The owner that an expression speaks of, if it is `a.memories`.
    pub(crate) fn owner_in(&mut self, pool: &'a Expr) -> Option<OwnerSlot> {
        match &pool.kind {
            ExprKind::Owned(of, _) => self.owner_slot(of),
            _ => None,
        }
    }

    /// The whole pool, of which an expression may name a part.
    pub(crate) fn pool_place(&mut self, pool: &'a Expr) -> Place {
        match &pool.kind {
            ExprKind::Owned(_, field) => self.field_place(*field),
            _ => self.place(pool),
        }
    }

    /// The element at hand, or the one that a handle names: it must be there.
    pub(crate) fn owner_slot(&mut self, of: &'a Expr) -> Option<OwnerSlot> {
        let ExprKind::PoolAt(base, handle) = &of.kind else {
            let (pool, slot) = self.own_slot()?;
            let handle = self.handle_of_slot(pool, slot);
            return Some(OwnerSlot { slot, handle });
        };
        let above = self.owner_in(base);
        let place = self.pool_place(base);
        let pool = self.pool_at(place)?;
        let handle = self.value(handle);
        let slot = self.pool_slot_of(pool, above, handle, (None, of.span));
        Some(OwnerSlot { slot, handle })
    }

    /// A method of what belongs to an element.
    pub(crate) fn owned_op(
        &mut self,
        op: PoolOp,
        (of, field): (&'a Expr, FieldId),
        rest: &'a [Expr],
        guard: Option<Block>,
        span: Span,
    ) -> Value {
        let nothing = self.b.iconst(Repr::I64, 0);
        let Some(owner) = self.owner_slot(of) else {
            return nothing;
        };
        let place = if op.changes() {
            self.field_to_write(field)
        } else {
            self.field_place(field)
        };
        let Some(pool) = self.pool_at(place) else {
            return nothing;
        };
        match (op, rest) {
            (PoolOp::Len, _) => self.owned_link(pool, Part::Held, owner.slot),
            (PoolOp::Capacity, _) => self.most_of(pool),
            (PoolOp::Insert, [value]) => {
                self.pool_insert((field, pool), Some(owner), value, (guard, span))
            }
            (PoolOp::Has, [handle]) => {
                let handle = self.value(handle);
                self.pool_has_of(pool, Some(owner), handle)
            }
            (PoolOp::Free, [handle]) => {
                let handle = self.value(handle);
                let slot = self.pool_slot_of(pool, Some(owner), handle, (guard, span));
                self.pool_free(field, pool, slot);
                nothing
            }
            (PoolOp::Clear, _) => {
                self.free_held(field, owner.slot);
                nothing
            }
            (PoolOp::Retain, [test]) => {
                if let Some(closure) = self.closure_of(test) {
                    let stays = self.temp(Ty::BOOL);
                    self.walk_owned(pool, owner.slot, |cx, slot| {
                        cx.free_unless((field, pool, slot), closure, stays);
                    });
                }
                nothing
            }
            _ => nothing,
        }
    }

    /// A field itself, also where an `each` body would see its start.
    pub(crate) fn field_to_write(&mut self, field: FieldId) -> Place {
        let element = self.element.take();
        let place = self.field_place(field);
        self.element = element;
        place
    }

    /// How many may belong to one owner.
    pub(crate) fn most_of(&mut self, pool: Pool) -> Value {
        let max = match self.cx.types.kind(pool.place.ty) {
            TyKind::Pool(_, _, rules) => rules.owner.map_or(0, |owner| owner.max),
            _ => 0,
        };
        self.b.iconst(Repr::I64, low_bits(i128::from(max)))
    }

    /// Puts a value behind what an owner has; gives its handle.
    pub(crate) fn owned_add(
        &mut self,
        pool: Pool,
        owner: OwnerSlot,
        value: Place,
        (guard, span): (Option<Block>, Span),
    ) -> Value {
        let held = self.held_by(pool, owner.slot);
        let most = self.most_of(pool);
        let room = self.b.binary(BinaryOp::Slt, held, most);
        let operands = [("max", most, ArgKind::Uint)];
        self.check_or(guard, room, Fault::Full, span, &operands);
        let handle = self.pool_add(pool, value, guard, span);
        let slot = self.slot_of(handle);
        let place = self.owner_place(pool, slot);
        self.store(place, owner.handle);
        self.link_last(pool, owner.slot, slot);
        handle
    }

    /// Puts a slot behind those that an owner has.
    pub(crate) fn link_last(&mut self, pool: Pool, owner: Value, slot: Value) {
        let (zero, one) = (self.b.iconst(Repr::I64, 0), self.b.iconst(Repr::I64, 1));
        let number = self.b.binary(BinaryOp::Iadd, slot, one);
        let last = self.owned_link(pool, Part::Last, owner);
        self.set_owned(pool, Part::Before, slot, last);
        self.set_owned(pool, Part::After, slot, zero);
        self.set_owned(pool, Part::Last, owner, number);
        self.link_to((pool, Part::After, last), (Part::First, owner), number);
        let held = self.owned_link(pool, Part::Held, owner);
        let more = self.b.binary(BinaryOp::Iadd, held, one);
        self.set_owned(pool, Part::Held, owner, more);
    }

    /// How many an owner has.
    pub(crate) fn held_by(&mut self, pool: Pool, owner: Value) -> Value {
        self.owned_link(pool, Part::Held, owner)
    }

    /// The first slot of an owner, and one; or 0.
    pub(crate) fn first_held(&mut self, pool: Pool, owner: Value) -> Value {
        self.owned_link(pool, Part::First, owner)
    }

    /// Whether the slots of a pool are linked by their age alone.
    pub(crate) fn is_aged(&self, pool: Pool) -> bool {
        match self.cx.types.kind(pool.place.ty) {
            TyKind::Pool(_, _, rules) => {
                rules.owner.is_none() && rules.full != Full::Fault
            }
            _ => false,
        }
    }

    /// Writes a number to the link of a neighbour, or to that of the owner where there is none.
    fn link_to(
        &mut self,
        (pool, link, neighbour): (Pool, Part, Value),
        (of_owner, owner): (Part, Value),
        number: Value,
    ) {
        let (zero, one) = (self.b.iconst(Repr::I64, 0), self.b.iconst(Repr::I64, 1));
        let some = self.b.binary(BinaryOp::Ine, neighbour, zero);
        let (inner, outer, done) =
            (self.b.new_block(), self.b.new_block(), self.b.new_block());
        self.b.branch(some, inner, outer);
        self.b.switch_to(inner);
        let slot = self.b.binary(BinaryOp::Isub, neighbour, one);
        self.set_owned(pool, link, slot, number);
        self.b.jump(done, &[]);
        self.b.switch_to(outer);
        self.set_owned(pool, of_owner, owner, number);
        self.b.jump(done, &[]);
        self.b.switch_to(done);
    }

    /// Frees a live slot of the pool of a field, and all that belongs to it.
    pub(crate) fn pool_free(&mut self, field: FieldId, pool: Pool, slot: Value) {
        self.unlink(field, pool, slot);
        self.release(pool, slot, false);
    }

    /// Takes a live slot out of what it belongs to, and frees all that belongs to it.
    pub(crate) fn unlink(&mut self, field: FieldId, pool: Pool, slot: Value) {
        for owned in self.cx.typed.owned_directly(field) {
            self.free_held(owned, slot);
        }
        if self.is_aged(pool) {
            let all = self.b.iconst(Repr::I64, 0);
            self.leave_owner(pool, slot, all);
        } else if self.cx.typed.owner_of(field).is_some() {
            let handle = self.owner_handle(pool, slot);
            let owner = self.slot_of(handle);
            self.leave_owner(pool, slot, owner);
        }
    }

    /// Frees all that belongs to an owner.
    fn free_held(&mut self, field: FieldId, owner: Value) {
        let place = self.field_to_write(field);
        let Some(pool) = self.pool_at(place) else {
            return;
        };
        self.walk_owned(pool, owner, |cx, slot| cx.pool_free(field, pool, slot));
    }

    /// Takes a slot out of what its owner has.
    fn leave_owner(&mut self, pool: Pool, slot: Value, owner: Value) {
        let one = self.b.iconst(Repr::I64, 1);
        let before = self.owned_link(pool, Part::Before, slot);
        let after = self.owned_link(pool, Part::After, slot);
        self.link_to((pool, Part::After, before), (Part::First, owner), after);
        self.link_to((pool, Part::Before, after), (Part::Last, owner), before);
        let held = self.owned_link(pool, Part::Held, owner);
        let fewer = self.b.binary(BinaryOp::Isub, held, one);
        self.set_owned(pool, Part::Held, owner, fewer);
    }

    /// Runs `f` for each slot of an owner, the oldest first; `f` may free it.
    pub(crate) fn walk_owned(
        &mut self,
        pool: Pool,
        owner: Value,
        f: impl FnOnce(&mut Self, Value),
    ) {
        let (zero, one) = (self.b.iconst(Repr::I64, 0), self.b.iconst(Repr::I64, 1));
        let at = self.temp(Ty::I64);
        let first = self.owned_link(pool, Part::First, owner);
        self.store(at, first);
        self.repeat(
            |cx| {
                let at = cx.load(at);
                cx.b.binary(BinaryOp::Ine, at, zero)
            },
            |cx| {
                let now = cx.load(at);
                let slot = cx.b.binary(BinaryOp::Isub, now, one);
                let next = cx.owned_link(pool, Part::After, slot);
                cx.store(at, next);
                cx.step();
                f(cx, slot);
            },
        );
    }

    /// `for m in a.memories`, `for h in a.memories.handles()`: the oldest first.
    pub(crate) fn for_owned(
        &mut self,
        (owner, handles): (OwnerSlot, bool),
        base: &'a Expr,
        local: LocalId,
        body: &'a HirBlock,
    ) {
        let place = self.pool_place(base);
        let Some(pool) = self.pool_at(place) else {
            return;
        };
        let elem = self.current().body.locals[local].ty;
        let elem = self.ty(elem);
        let exit = self.b.new_block();
        self.walk_owned(pool, owner.slot, |cx, slot| {
            let step = cx.b.new_block();
            cx.loops.push(Loop {
                on_break: exit,
                on_continue: step,
            });
            if handles {
                let handle = cx.handle_of_slot(pool, slot);
                cx.bind(local, Binding::Value(handle));
            } else {
                let at = cx.pool_elem(pool, slot);
                cx.bind_copy(local, at, elem);
            }
            cx.block(body);
            cx.loops.pop();
            cx.b.jump(step, &[]);
            cx.b.switch_to(step);
        });
        self.b.jump(exit, &[]);
        self.b.switch_to(exit);
    }

    /// Whether the element of a handle is there, and belongs to an owner where there is one.
    pub(crate) fn pool_has_of(
        &mut self,
        pool: Pool,
        owner: Option<OwnerSlot>,
        handle: Value,
    ) -> Value {
        let live = self.pool_has(pool, handle);
        let Some(owner) = owner else { return live };
        let slot = self.slot_of(handle);
        let zero = self.b.iconst(Repr::I64, 0);
        let slot = self.b.select(live, slot, zero);
        let known = self.owner_handle(pool, slot);
        let same = self.b.binary(BinaryOp::Ieq, known, owner.handle);
        self.b.binary(BinaryOp::And, live, same)
    }

    /// `m.owner()` of the element of an `each`.
    pub(crate) fn own_owner(&mut self) -> Value {
        match self.own_slot() {
            Some((pool, slot)) => self.owner_handle(pool, slot),
            None => self.b.iconst(Repr::I64, 0),
        }
    }

    /// The handle of the owner of a slot.
    pub(crate) fn owner_handle(&mut self, pool: Pool, slot: Value) -> Value {
        let place = self.owner_place(pool, slot);
        self.load(place)
    }

    fn owner_place(&mut self, pool: Pool, slot: Value) -> Place {
        let first = self.owned_part(pool, Part::Owner, Ty::U64);
        self.element_at(first, Ty::U64, 8, At::Value(slot))
    }

    fn owned_part(&mut self, pool: Pool, part: Part, ty: Ty) -> Place {
        let queries = self.queries_of(pool).len();
        // Where all belong to one, slots do not say to whom.
        let unnamed = usize::from(self.is_aged(pool));
        let part = (part as usize).saturating_sub(unnamed);
        self.pool_part_at(pool, FIRST_PART + 2 * queries + part, ty)
    }

    fn owned_link(&mut self, pool: Pool, part: Part, at: Value) -> Value {
        let first = self.owned_part(pool, part, Ty::U32);
        let place = self.element_at(first, Ty::U32, 4, At::Value(at));
        let value = self.load(place);
        self.b.unary(UnaryOp::Zext, Repr::I64, value)
    }

    fn set_owned(&mut self, pool: Pool, part: Part, at: Value, value: Value) {
        let first = self.owned_part(pool, part, Ty::U32);
        let place = self.element_at(first, Ty::U32, 4, At::Value(at));
        let value = self.b.unary(UnaryOp::Trunc, Repr::I32, value);
        self.store(place, value);
    }
}
