//! How long values stay: behind a field with a time to live stands, for each slot, when its
//! value came, and then when the first one may be due. They are undone with the field. A copy
//! of the field has no ages, so nothing in it is ever due.

use theus_abi::header::{PERIOD, TICK};
use theus_abi::image;
use theus_abi::shape::align_up;
use theus_abi::{Repr, Shape};
use theus_hir::{Expr, FieldId, FnId, GenericArg, Ty, TyKind};
use theus_mir::{BinaryOp, Value};

use crate::access::At;
use crate::frame::FnCx;
use crate::journal::BLOCK;
use crate::layout::size_of;
use crate::place::{Home, Place, low_bits, payload_offset};
use crate::pool::Pool;
use crate::program::{Cx, Instance};
use crate::site::STATUS;

/// Bytes of an age.
const AGE: u64 = 8;

/// The ages of a field.
#[derive(Clone, Copy)]
struct Ages {
    /// That of the first slot.
    first: Place,
    /// When the first value may be due.
    due: Place,
    slots: u64,
    ttl: i64,
}

/// Where the ages begin: in a block of the journal that holds no payload.
fn ages_offset(shape: &Shape) -> u64 {
    let head = u64::from(payload_offset(shape));
    head + align_up(shape.size().saturating_sub(head), u64::from(BLOCK))
}

impl Cx<'_> {
    /// How long a value of a type stays, in ns, and how many there are at most.
    fn ttl_of(&self, ty: Ty) -> Option<(i64, u64)> {
        let args = match self.types.kind(ty) {
            TyKind::Pool(_, slots, rules) => return Some((rules.ttl?, size_of(*slots))),
            TyKind::Struct(_, args) => args,
            _ => return None,
        };
        let ttl = theus_hir::rules_of(self.typed, &self.types, ty)?.ttl?;
        match args.iter().rev().nth(1) {
            Some(GenericArg::Size(slots)) => Some((ttl, size_of(*slots))),
            _ => None,
        }
    }

    /// Bytes behind a field.
    pub(crate) fn room_for_ages(&self, id: FieldId, shape: &Shape) -> u64 {
        match self.ttl_of(self.typed.fields[id].ty) {
            Some((_, slots)) => {
                let end =
                    ages_offset(shape) + slots.saturating_add(1).saturating_mul(AGE);
                end.saturating_sub(shape.size())
            }
            None => 0,
        }
    }

    /// Tells the VM of the ages, because a host writes fields too.
    pub(crate) fn index_ages(&mut self) {
        for (id, field) in self.typed.stored() {
            let Some((_, slots)) = self.ttl_of(field.ty) else {
                continue;
            };
            let shape = self.field_shapes.get(&id);
            let by = shape.map_or(0, ages_offset);
            let offset = u64::from(self.offsets.get(&id).copied().unwrap_or(0)) + by;
            let at = self.image_index.get(&id).copied().unwrap_or(0);
            self.image.ages.push(image::Ages {
                field: u32::try_from(at).unwrap_or(u32::MAX),
                offset,
                slots,
            });
            self.image.kept.push(image::Kept {
                name: format!("ages of {}", self.typed.field_path(id)),
                offset,
                bytes: slots.saturating_add(1).saturating_mul(AGE),
            });
        }
    }

    /// `expire_list` …: what the library has for a collection, and its arguments.
    fn expires(&self, ty: Ty) -> Option<(FnId, Vec<GenericArg>)> {
        let TyKind::Struct(id, args) = self.types.kind(ty) else {
            return None;
        };
        let name = format!("expire_{}", self.typed.structs[*id].collection?.name());
        Some((self.typed.library(&name)?, args.clone()))
    }
}

impl<'a> FnCx<'_, 'a> {
    fn ages(&mut self, place: Place) -> Option<Ages> {
        let home = match place.home {
            Home::Own => return None,
            Home::Context => Home::Context,
            Home::Journal | Home::Heavy => Home::Journal,
        };
        let (ttl, slots) = self.cx.ttl_of(place.ty)?;
        let at = ages_offset(&self.cx.shape(place.ty));
        let first = Self::inside(Place { home, ..place }, at, Ty::I64);
        let due = Self::inside(first, slots.saturating_mul(AGE), Ty::I64);
        Some(Ages {
            first,
            due,
            slots,
            ttl,
        })
    }

    /// `tick.time` in ns.
    pub(crate) fn virtual_time(&mut self) -> Value {
        let header = self.b.base(0);
        let count = self.b.load(Repr::I64, header, TICK);
        let period = self.b.load(Repr::I64, header, PERIOD);
        self.b.binary(BinaryOp::Imul, count, period)
    }

    /// `age_of(all, slot)`; of what has none 0.
    pub(crate) fn age_of(&mut self, args: &'a [Expr]) -> Value {
        if let [all, slot] = args {
            let place = self.place(all);
            if let Some(ages) = self.ages(place) {
                let slot = self.value(slot);
                let age = self.element_at(ages.first, Ty::I64, AGE, At::Value(slot));
                return self.load(age);
            }
        }
        self.b.iconst(Repr::I64, 0)
    }

    /// `set_age(all, slot, since)`.
    pub(crate) fn set_age(&mut self, args: &'a [Expr]) {
        let [all, slot, since] = args else { return };
        let place = self.place(all);
        if let Some(ages) = self.ages(place) {
            let (slot, since) = (self.value(slot), self.value(since));
            self.note_age(ages, slot, since);
        }
    }

    /// `new_age(all, slot)`.
    pub(crate) fn new_age(&mut self, args: &'a [Expr]) {
        let [all, slot] = args else { return };
        let place = self.place(all);
        if let Some(ages) = self.ages(place) {
            let (slot, now) = (self.value(slot), self.virtual_time());
            self.note_age(ages, slot, now);
        }
    }

    fn note_age(&mut self, ages: Ages, slot: Value, since: Value) {
        let age = self.element_at(ages.first, Ty::I64, AGE, At::Value(slot));
        self.store(age, since);
        let ttl = self.b.iconst(Repr::I64, ages.ttl);
        let end = self.b.binary(BinaryOp::Iadd, since, ttl);
        let due = self.load(ages.due);
        let sooner = self.b.binary(BinaryOp::Slt, end, due);
        self.if_holds(sooner, |cx| cx.store(ages.due, end));
    }

    /// `forget_ages(all)`.
    pub(crate) fn forget_ages(&mut self, args: &'a [Expr]) {
        let [all] = args else { return };
        let place = self.place(all);
        if let Some(ages) = self.ages(place) {
            let never = self.b.iconst(Repr::I64, i64::MAX);
            self.store(ages.due, never);
        }
    }

    /// An element has come into a slot of a pool.
    pub(crate) fn pool_age(&mut self, pool: Pool, slot: Value) {
        if let Some(ages) = self.ages(pool.place) {
            let now = self.virtual_time();
            self.note_age(ages, slot, now);
        }
    }

    /// All values of a field have been written.
    pub(crate) fn all_come_now(&mut self, place: Place) {
        let Some(ages) = self.ages(place) else { return };
        let now = self.virtual_time();
        let zero = self.b.iconst(Repr::I64, 0);
        let slots = self.b.iconst(Repr::I64, low_bits(i128::from(ages.slots)));
        self.counted(zero, slots, |cx, slot| cx.note_age(ages, slot, now));
    }

    /// Before a tick: what has been there for its time leaves.
    pub(crate) fn expire(&mut self) {
        for (id, field) in self.cx.typed.stored() {
            if self.cx.ttl_of(field.ty).is_none() {
                continue;
            }
            let expires = self.cx.expires(field.ty);
            let place = self.context_place(id);
            let Some(ages) = self.ages(place) else {
                continue;
            };
            let (now, due) = (self.virtual_time(), self.load(ages.due));
            let late = self.b.binary(BinaryOp::Sle, due, now);
            self.if_holds(late, |cx| {
                let ttl = cx.b.iconst(Repr::I64, ages.ttl);
                let last = cx.b.binary(BinaryOp::Isub, now, ttl);
                match (expires, cx.pool_at(place)) {
                    (Some((called, args)), _) => {
                        let func = cx.cx.instance(Instance {
                            id: called,
                            args,
                            homes: vec![Home::Context],
                            counts: cx.counts.unseen(),
                        });
                        let at = cx.address(place);
                        // It cannot fail: its loops end with what is there, and nothing ends
                        // them sooner.
                        cx.b.call(func, &[at, last], &[STATUS]);
                        cx.wake_cached(&[id]);
                    }
                    (None, Some(pool)) => cx.expire_pool((id, pool), ages, last),
                    (None, None) => {}
                }
            });
        }
    }

    /// Frees the elements that came at a time or before it, and what belongs to them.
    fn expire_pool(&mut self, (id, pool): (FieldId, Pool), ages: Ages, last: Value) {
        let never = self.b.iconst(Repr::I64, i64::MAX);
        self.store(ages.due, never);
        let (zero, end) = (self.b.iconst(Repr::I64, 0), self.pool_fresh(pool));
        self.counted(zero, end, |cx, slot| {
            cx.if_live(pool, slot, |cx| {
                let age = cx.element_at(ages.first, Ty::I64, AGE, At::Value(slot));
                let since = cx.load(age);
                let over = cx.b.binary(BinaryOp::Sle, since, last);
                let (goes, stays) = (cx.b.new_block(), cx.b.new_block());
                let next = cx.b.new_block();
                cx.b.branch(over, goes, stays);
                cx.b.switch_to(goes);
                cx.pool_free(id, pool, slot);
                cx.b.jump(next, &[]);
                cx.b.switch_to(stays);
                cx.note_age(ages, slot, since);
                cx.b.jump(next, &[]);
                cx.b.switch_to(next);
            });
        });
        let mut changed = self.cx.typed.owned_by(id);
        changed.push(id);
        for field in &changed {
            self.settle_pool(*field, None);
        }
        self.wake_cached(&changed);
    }
}
