//! The body of a process: once, or once for each element of a collection.

use theus_abi::image::ArgKind;
use theus_abi::{Fault, Repr, header};
use theus_grammar::Span;
use theus_hir::body::PoolOp;
use theus_hir::item::{Each, Process};
use theus_hir::walk::{each_expr, each_expr_of_block};
use theus_hir::{Expr, ExprKind, FieldId, ProcessId, Ty, TyKind};
use theus_mir::{BinaryOp, Value};

use crate::access::{At, root_field};
use crate::frame::{Exit, FnCx};
use crate::isolated::Reject;
use crate::place::{Place, low_bits};
use crate::pool::Pool;
use crate::program::Cx;
use crate::undo::Transaction;
use crate::unit::Unit;

/// The element that the code at hand is of.
#[derive(Clone, Copy)]
pub(crate) struct Element {
    field: FieldId,
    place: Place,
    /// The collection as it was when the process began, if the body looks at it.
    front: Option<Place>,
    /// Of a pool: which slot it is, and whether it is to be freed.
    of: Option<(Pool, Value, Place)>,
}

/// What an `each` goes over.
#[derive(Clone, Copy)]
pub(crate) struct Over<'a> {
    pub(crate) id: ProcessId,
    pub(crate) process: &'a Process,
    pub(crate) each: &'a Each,
    /// The collection.
    pub(crate) first: Place,
    /// The collection as it was when the process began, if the body looks at it.
    pub(crate) front: Option<Place>,
}

impl<'a> FnCx<'_, 'a> {
    /// The statements of a process.
    pub(crate) fn process_body(&mut self, id: ProcessId, begun: &Transaction) {
        let process = &self.cx.typed.processes[id];
        self.prepare_totals(&process.body.block);
        match &process.each {
            None => self.block(&process.body.block),
            Some(each) => self.each_body(id, process, each, begun),
        }
    }

    /// The collection, where an `each` body reads it: as it was at the start.
    pub(crate) fn front(&self, id: FieldId) -> Option<Place> {
        self.element.filter(|elem| elem.field == id)?.front
    }

    /// The element at hand.
    pub(crate) fn each_place(&mut self, base: &'a Expr) -> Place {
        match self.element {
            Some(element) => element.place,
            None => self.place(base),
        }
    }

    fn each_body(
        &mut self,
        id: ProcessId,
        process: &'a Process,
        each: &'a Each,
        begun: &Transaction,
    ) {
        let whole = self.field_place(each.field);
        let front = self.copy_front((id, process, each), whole);
        let first = self.each_collection(each);
        let outer = self.element;
        for quota in &process.quotas {
            let count = self.temp(Ty::I64);
            self.quotas.insert(quota.field, (count, quota.max));
        }
        let over = Over {
            id,
            process,
            each,
            first,
            front,
        };
        if let Some(end) = self.slot_count(first) {
            let slice = each.slice.as_ref().map(|slice| (id, slice));
            self.slots(end, slice, |cx, slots| {
                cx.in_arenas(each, |cx| cx.run_elements(over, slots, begun));
            });
        }
        self.element = outer;
        self.quotas.clear();
    }

    /// How many slots a collection has that may hold an element.
    fn slot_count(&mut self, first: Place) -> Option<Value> {
        if let Some(pool) = self.pool_at(first) {
            return Some(self.pool_fresh(pool));
        }
        if let Some((_, count)) = self.row_of(first.ty) {
            return Some(self.b.iconst(Repr::I64, low_bits(i128::from(count))));
        }
        let list = self.list_of(first)?;
        Some(self.load(list.count))
    }

    /// The body for the elements in the slots from `start` to `stop`.
    pub(crate) fn elements(&mut self, over: Over<'a>, start: Value, stop: Value) {
        match self.cx.types.kind(over.first.ty).clone() {
            TyKind::Array(elem, _) => {
                self.elements_of_array(over, elem, (start, stop));
            }
            TyKind::Pool(..) => self.elements_of_pool(over, (start, stop)),
            _ => self.elements_of_list(over, (start, stop)),
        }
    }

    fn elements_of_array(&mut self, over: Over<'a>, elem: Ty, slots: (Value, Value)) {
        let Over {
            id,
            process,
            each,
            first,
            front,
        } = over;
        let size = self.size(elem);
        self.counted(slots.0, slots.1, |cx, slot| {
            cx.alone((id, each), Reject::Number(slot), |cx, base| {
                let base = base.unwrap_or(first);
                let place = cx.element_at(base, elem, size, At::Value(slot));
                cx.element = Some(Element {
                    field: each.field,
                    place,
                    front,
                    of: None,
                });
                cx.one_element(id, process, each, slot);
            });
        });
    }

    /// What the elements are of.
    pub(crate) fn each_collection(&mut self, each: &'a Each) -> Place {
        match &each.part {
            Some(part) => self.place(part),
            None => self.field_place(each.field),
        }
    }

    /// Values of a list.
    fn elements_of_list(&mut self, over: Over<'a>, slots: (Value, Value)) {
        let Over {
            id,
            process,
            each,
            first,
            front,
        } = over;
        let Some(list) = self.list_of(first) else {
            return;
        };
        self.counted(slots.0, slots.1, |cx, slot| {
            cx.alone((id, each), Reject::Number(slot), |cx, base| {
                let own = base.and_then(|base| cx.list_of(base)).unwrap_or(list);
                let place = cx.list_slot(own, At::Value(slot));
                cx.element = Some(Element {
                    field: each.field,
                    place,
                    front,
                    of: None,
                });
                cx.one_element(id, process, each, slot);
            });
        });
    }

    /// The next element has added nothing.
    fn reset_quotas(&mut self) {
        let zero = self.b.iconst(Repr::I64, 0);
        let counts: Vec<Place> = self.quotas.values().map(|(count, _)| *count).collect();
        counts.into_iter().for_each(|count| self.store(count, zero));
    }

    /// One more is added to a collection: the element at hand may do so only so often.
    pub(crate) fn count_quota(&mut self, to: Option<&'a Expr>, span: Span) {
        let field = to.and_then(root_field);
        let Some((count, max)) = field.and_then(|field| self.quotas.get(&field).copied())
        else {
            return;
        };
        let done = self.load(count);
        let max = self.b.iconst(Repr::I64, low_bits(i128::from(max)));
        let room = self.b.binary(BinaryOp::Ult, done, max);
        self.check(room, Fault::Full, span, &[("max", max, ArgKind::Uint)]);
        let one = self.b.iconst(Repr::I64, 1);
        let done = self.b.binary(BinaryOp::Iadd, done, one);
        self.store(count, done);
    }

    /// Live slots, in order. What is freed goes when its body has ended.
    fn elements_of_pool(&mut self, over: Over<'a>, slots: (Value, Value)) {
        let Over {
            id,
            process,
            each,
            first,
            front,
        } = over;
        let Some(pool) = self.pool_at(first) else {
            return;
        };
        let left = self.temp(Ty::BOOL);
        // What elements insert is not visited: the start has no such slots.
        let seen = front.and_then(|front| self.pool_at(front)).unwrap_or(pool);
        self.counted(slots.0, slots.1, |cx, slot| {
            cx.if_live(seen, slot, |cx| {
                let reject = Reject::Slot(pool, slot);
                cx.alone((id, each), reject, |cx, base| {
                    let base = base.and_then(|base| cx.pool_at(base));
                    let pool = base.unwrap_or(pool);
                    let stays = cx.b.bool(false);
                    cx.store(left, stays);
                    let place = cx.pool_elem(pool, slot);
                    cx.element = Some(Element {
                        field: each.field,
                        place,
                        front,
                        of: Some((pool, slot, left)),
                    });
                    cx.one_element(id, process, each, slot);
                    cx.leave_pool(each.field, (pool, slot), left);
                });
            });
        });
    }

    /// The pool and the slot of the element at hand.
    pub(crate) fn own_slot(&self) -> Option<(Pool, Value)> {
        let (pool, slot, _) = self.element?.of?;
        Some((pool, slot))
    }

    /// `a.handle()`.
    pub(crate) fn own_handle(&mut self) -> Value {
        match self.element.and_then(|element| element.of) {
            Some((pool, slot, _)) => self.handle_of_slot(pool, slot),
            None => self.b.iconst(Repr::I64, 0),
        }
    }

    /// `a.free()`.
    pub(crate) fn mark_left(&mut self) {
        if let Some((_, _, left)) = self.element.and_then(|element| element.of) {
            let gone = self.b.bool(true);
            self.store(left, gone);
        }
    }

    /// The body for one element; `return` ends it.
    fn one_element(
        &mut self,
        id: ProcessId,
        process: &'a Process,
        each: &'a Each,
        slot: Value,
    ) {
        self.bind_adds(slot);
        self.bind_boxes(slot);
        let next = self.b.new_block();
        if let Some(filter) = &each.filter {
            let holds = self.value(filter);
            let run = self.b.new_block();
            self.b.branch(holds, run, next);
            self.b.switch_to(run);
        }
        self.draws_of(id, slot);
        self.reset_quotas();
        let alone = each.isolated.is_some();
        let block = if alone { self.b.new_block() } else { next };
        if alone {
            self.keep_olds(id);
        }
        self.exits.push(Exit { dest: None, block });
        self.block(&process.body.block);
        self.exits.pop();
        if alone {
            self.b.jump(block, &[]);
            self.b.switch_to(block);
            self.ensure(process);
        }
        self.b.jump(next, &[]);
        self.b.switch_to(next);
        if let Some(before) = self.element_scratch.filter(|_| self.opens) {
            let header = self.header();
            self.b.store(before, header, header::SCRATCH_NEXT);
        }
    }

    /// Every element has a random stream of its own.
    fn draws_of(&mut self, id: ProcessId, slot: Value) {
        let random = self.cx.sound.footprints().process(id).random.is_some();
        let Some(stream) = self.stream.filter(|_| random) else {
            return;
        };
        let bits = self.b.iconst(Repr::I64, 32);
        let first = self.b.binary(BinaryOp::Shl, slot, bits);
        self.store(stream.draws, first);
    }

    /// Runs `f` from slot 0 to `end`, or for as many as the slice has, from where the last run
    /// stopped.
    fn slots(
        &mut self,
        end: Value,
        slice: Option<(ProcessId, &'a Expr)>,
        f: impl FnOnce(&mut Self, (Value, Value)),
    ) {
        let zero = self.b.iconst(Repr::I64, 0);
        let Some((id, slice)) = slice else {
            return f(self, (zero, end));
        };
        let cursor = self.cursor(id);
        let start = self.load(cursor);
        let most = self.value(slice);
        let some = self.b.binary(BinaryOp::Slt, zero, most);
        let most = self.b.select(some, most, zero);
        let left = self.b.binary(BinaryOp::Isub, end, start);
        let short = self.b.binary(BinaryOp::Slt, most, left);
        let count = self.b.select(short, most, left);
        let stop = self.b.binary(BinaryOp::Iadd, start, count);
        f(self, (start, stop));
        let done = self.b.binary(BinaryOp::Sle, end, stop);
        let next = self.b.select(done, zero, stop);
        self.store(cursor, next);
    }

    /// Where the next slice of a process begins.
    pub(crate) fn cursor(&mut self, id: ProcessId) -> Place {
        let offset = self.cx.cursors.get(&id).copied().unwrap_or(0);
        Place::own(self.b.base(offset), Ty::I64)
    }

    /// A copy of the collection, if the body reads it besides writing its elements.
    fn copy_front(
        &mut self,
        (id, process, each): (ProcessId, &Process, &Each),
        base: Place,
    ) -> Option<Place> {
        let writes = self.cx.written(&Unit::one(id)).contains(&each.field);
        if !writes || !looks_around(process, each) {
            return None;
        }
        let bytes = u32::try_from(self.size(base.ty)).unwrap_or(u32::MAX);
        let front = self.front_place(base.ty);
        let (to, from) = (self.address(front), self.address(base));
        self.b.copy(to, from, bytes);
        Some(front)
    }

    /// Where the start of a collection is kept.
    pub(crate) fn front_place(&mut self, ty: Ty) -> Place {
        Place::own(self.b.base(self.cx.front_start), ty)
    }
}

impl Cx<'_> {
    /// Reserves room for the start of a collection while its elements change.
    pub(crate) fn reserve_fronts(&mut self) {
        let mut most = 0;
        for (_, process) in self.typed.run_processes() {
            if let Some(each) = &process.each
                && looks_around(process, each)
            {
                let ty = self.typed.fields[each.field].ty;
                most = most.max(self.shape(ty).size());
            }
        }
        if most > 0 {
            self.front_start = self.reserve(most, 64);
        }
    }
}

/// Whether a body reads the collection otherwise than as its element.
pub(crate) fn looks_around(process: &Process, each: &Each) -> bool {
    let (mut named, mut own) = (0_usize, 0_usize);
    let mut count = |e: &Expr| match &e.kind {
        ExprKind::Field(field) | ExprKind::Owned(_, field) if *field == each.field => {
            named += 1;
        }
        ExprKind::Elem(_) | ExprKind::Pool(PoolOp::Sorted(..) | PoolOp::Top(_), _) => {
            own += 1
        }
        _ => {}
    };
    each_expr_of_block(&process.body.block, &mut count);
    let clauses = process.ensures.iter().filter(|_| each.isolated.is_some());
    for part in each.filter.iter().chain(clauses) {
        each_expr(part, &mut count);
    }
    named > own
}
