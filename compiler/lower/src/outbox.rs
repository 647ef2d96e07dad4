//! Outboxes: what elements that several threads run add to collections. Each element puts it into
//! slots of its own, and says there whether it leaves; when the last has ended, the thread of the
//! run does what they all want done, in the order of elements.
//!
//! Where something does not fit, all is put back and the process is run on one thread, which tells
//! where.

use theus_abi::Repr;
use theus_abi::shape::align_up;
use theus_hir::body::PoolOp;
use theus_hir::item::{Each, Process};
use theus_hir::walk::{each_expr_of_block, each_stmt};
use theus_hir::{Expr, ExprKind, FieldId, ProcessId, StmtKind, Ty, Typed};
use theus_mir::{BinaryOp, Block, UnaryOp, Value};
use theus_stdlib::Intrinsic;

use crate::access::root_field;
use crate::each::Over;
use crate::frame::{FnCx, Kept};
use crate::isolated::is_isolated;
use crate::place::{Place, low_bits};
use crate::pool::Pool;
use crate::program::Cx;
use crate::steps::Counts;

/// Bytes of how much an element has added, and of whether it leaves.
const WORD: u32 = 8;
/// Most bytes of what the elements of one process can add.
const MOST: u64 = 16 << 20;

/// Where elements put what they add to one collection.
#[derive(Clone, Copy)]
pub(crate) struct Outbox<'a> {
    field: FieldId,
    /// One of the expressions that add.
    add: &'a Expr,
    /// What that adds.
    value: &'a Expr,
    /// How much each element may add.
    max: u64,
    /// Offset of how much each has added.
    counts: u32,
    /// Offset of what they have added, and the bytes of one value.
    slots: (u32, u32),
    elem: Ty,
}

/// What the elements of a process leave for the thread of the run.
#[derive(Clone, Default)]
pub(crate) struct Outboxes<'a> {
    all: Vec<Outbox<'a>>,
    /// Offset of whether each leaves.
    left: Option<u32>,
    /// Offset of the steps of parts, each where its first element has its word.
    pub(crate) steps: Option<u32>,
    /// Offset of whether each has failed, where each is a transaction of its own.
    pub(crate) failed: Option<u32>,
    /// The slots of the element at hand, by collection.
    own: Vec<(FieldId, Value)>,
}

/// The collection that an expression adds to, and the value.
fn added<'a>(typed: &Typed, e: &'a Expr) -> Option<(FieldId, &'a Expr)> {
    let args = match &e.kind {
        ExprKind::Pool(PoolOp::Insert, args)
        | ExprKind::Intrinsic(Intrinsic::Push, args) => args,
        ExprKind::Call(id, _, args) => {
            let head = &typed.fns[*id].head;
            let known = typed.modules[head.module].is_std && head.name.ends_with("_push");
            known.then_some(args)?
        }
        _ => return None,
    };
    let [first, value, ..] = args.as_slice() else {
        return None;
    };
    match first.kind {
        ExprKind::Field(field) => Some((field, value)),
        _ => None,
    }
}

/// Whether nobody asks what has become of what is added.
fn is_only_added(typed: &Typed, process: &Process, field: FieldId) -> bool {
    let (mut all, mut plain) = (0_usize, 0_usize);
    each_expr_of_block(&process.body.block, &mut |e| {
        let to = match &e.kind {
            ExprKind::Pool(PoolOp::Insert, args)
            | ExprKind::Intrinsic(Intrinsic::Push, args)
            | ExprKind::Call(_, _, args) => args.first().and_then(root_field),
            _ => None,
        };
        all += usize::from(to == Some(field));
    });
    each_stmt(&process.body.block, &mut |stmt| {
        if let StmtKind::Expr(e) = &stmt.kind {
            let to = added(typed, e).map(|(to, _)| to);
            plain += usize::from(to == Some(field));
        }
    });
    all == plain
}

/// Whether elements are freed by their bodies.
pub(crate) fn are_freed(process: &Process) -> bool {
    let mut found = false;
    each_expr_of_block(&process.body.block, &mut |e| {
        found |= matches!(e.kind, ExprKind::Pool(PoolOp::Leave, _));
    });
    found
}

impl<'a> Cx<'a> {
    /// Why what elements add cannot wait until all have ended.
    pub(crate) fn added_at_once(
        &self,
        process: &Process,
        each: &Each,
    ) -> Option<&'static str> {
        let most = self.most_elements(each);
        let alone = each.isolated.is_some();
        let plain = process.quotas.is_empty() && !are_freed(process);
        if plain && !alone && !self.may_overrun(process) {
            return None;
        }
        if most == 0 {
            return Some("how many they can be is known at start only");
        }
        let asked = |field| !is_only_added(self.typed, process, field);
        if process.quotas.iter().any(|quota| asked(quota.field)) {
            return Some("they use at once what they add");
        }
        let bytes = process.quotas.iter().map(|quota| {
            let whole = u64::from(self.field_bytes(quota.field));
            let room = crate::bound::room_of(self.typed, quota.field).max(1);
            quota.max.saturating_mul(whole.div_ceil(room))
        });
        let bytes = bytes.fold(0, u64::saturating_add).saturating_mul(most);
        (bytes > MOST).then_some("what they may add at most takes too much memory")
    }

    /// Where the elements of a process put what they add, and the bytes of it all.
    pub(crate) fn place_boxes(&mut self, id: ProcessId) -> (Outboxes<'a>, u64) {
        let typed = self.typed;
        let process = &typed.processes[id];
        let most = process.each.as_ref();
        let most = most.map_or(0, |each| self.most_elements(each));
        let start = u64::from(self.boxes_start);
        let (mut found, mut at) = (Outboxes::default(), start);
        let offset = |at: u64| u32::try_from(at).unwrap_or(u32::MAX);
        for quota in &process.quotas {
            let mut adds = None;
            each_expr_of_block(&process.body.block, &mut |e| {
                let to = added(typed, e).filter(|(to, _)| *to == quota.field);
                adds = adds.or(to.map(|(_, value)| (e, value)));
            });
            let Some((add, value)) = adds else { continue };
            let elem = self.types.subst(value.ty, &process.generics);
            let size = align_up(self.shape(elem).size(), u64::from(WORD));
            let counts = offset(at);
            at = align_up(at + most * u64::from(WORD), 64);
            let slots = (offset(at), offset(size));
            at = align_up(at + most * quota.max * size, 64);
            found.all.push(Outbox {
                field: quota.field,
                add,
                value,
                max: quota.max,
                counts,
                slots,
                elem,
            });
        }
        if are_freed(process) {
            found.left = Some(offset(at));
            at += most * u64::from(WORD);
        }
        if is_isolated(process) {
            found.failed = Some(offset(at));
            at += most * u64::from(WORD);
        } else if self.may_overrun(process) {
            found.steps = Some(offset(at));
            at += most * u64::from(WORD);
        }
        (found, at - start)
    }

    /// Reserves room for what elements add.
    pub(crate) fn reserve_boxes(&mut self) {
        let mut most = 0;
        for (id, process) in self.typed.run_processes() {
            if process.each.is_some() && self.is_shared(id) {
                most = most.max(self.place_boxes(id).1);
            }
        }
        if most > 0 {
            self.boxes_start = self.reserve(most, 64);
        }
    }
}

impl<'a> FnCx<'_, 'a> {
    /// In a share: its elements have added nothing.
    pub(crate) fn begin_boxes(&mut self, id: ProcessId, lo: Value, hi: Value) {
        self.boxes = self.cx.place_boxes(id).0;
        let words = self.boxes.all.iter().map(|found| found.counts);
        let Outboxes {
            left,
            steps,
            failed,
            ..
        } = self.boxes;
        let words = words.chain(left).chain(steps).chain(failed);
        let words: Vec<u32> = words.collect();
        if words.is_empty() {
            return;
        }
        self.counted(lo, hi, |cx, slot| {
            let zero = cx.b.iconst(Repr::I64, 0);
            for start in words {
                let word = cx.box_word(start, slot);
                cx.store(word, zero);
            }
        });
    }

    /// In a share: where the element at hand puts what it adds.
    pub(crate) fn bind_boxes(&mut self, slot: Value) {
        self.boxes.own.clear();
        for found in self.boxes.all.clone() {
            let count = self.box_word(found.counts, slot);
            self.quotas.insert(found.field, (count, found.max));
            let first = self.box_slots(found, slot);
            self.boxes.own.push((found.field, first));
        }
    }

    /// The word of an element.
    pub(crate) fn box_word(&mut self, start: u32, slot: Value) -> Place {
        let base = self.b.base(start);
        Place::own(self.b.element(base, slot, WORD), Ty::I64)
    }

    /// The first slot of an element.
    fn box_slots(&mut self, found: Outbox<'a>, slot: Value) -> Value {
        let (start, size) = found.slots;
        let base = self.b.base(start);
        let max = self.b.iconst(Repr::I64, low_bits(i128::from(found.max)));
        let first = self.b.binary(BinaryOp::Imul, slot, max);
        self.b.element(base, first, size)
    }

    /// In a share: what is added to a collection goes to the outbox of the element, if it has one
    /// for it.
    pub(crate) fn send(&mut self, args: &'a [Expr]) -> bool {
        let [first, value, ..] = args else {
            return false;
        };
        let ExprKind::Field(field) = first.kind else {
            return false;
        };
        let own = self.boxes.own.iter().find(|(to, _)| *to == field);
        let found = self.boxes.all.iter().find(|found| found.field == field);
        let (Some(&(_, slots)), Some(&found)) = (own, found) else {
            return false;
        };
        let kept = self.temp(found.elem);
        self.into(value, kept);
        self.count_quota(Some(first), value.span);
        let Some((count, _)) = self.quotas.get(&field).copied() else {
            return false;
        };
        let one = self.b.iconst(Repr::I64, 1);
        let count = self.load(count);
        let at = self.b.binary(BinaryOp::Isub, count, one);
        let to = self.b.element(slots, at, found.slots.1);
        self.copy(Place::own(to, found.elem), kept, false);
        true
    }

    /// An element of a pool has ended: it leaves now, or when all have ended.
    pub(crate) fn leave_pool(
        &mut self,
        field: FieldId,
        (pool, slot): (Pool, Value),
        left: Place,
    ) {
        let gone = self.load(left);
        if let Some(start) = self.boxes.left {
            let word = self.box_word(start, slot);
            let gone = self.b.unary(UnaryOp::Zext, Repr::I64, gone);
            return self.store(word, gone);
        }
        self.if_holds(gone, |cx| cx.pool_free(field, pool, slot));
    }

    /// Does what the elements `lo..hi` have left to be done; goes to `again` where that cannot be
    /// done.
    pub(crate) fn empty_boxes(
        &mut self,
        over: Over<'a>,
        (lo, hi): (Value, Value),
        again: Block,
    ) {
        let boxes = self.cx.place_boxes(over.id).0;
        if boxes.all.is_empty() && boxes.left.is_none() {
            return;
        }
        let failures = std::mem::take(&mut self.fail_blocks);
        let quotas = std::mem::take(&mut self.quotas);
        // What is called here counts nothing, and takes scratch where the run does.
        let counts = std::mem::replace(&mut self.counts, Counts::quiet());
        self.counted(lo, hi, |cx, slot| {
            for found in boxes.all {
                cx.empty_box(found, slot);
            }
            if let (Some(start), Some(pool)) = (boxes.left, cx.pool_at(over.first)) {
                let word = cx.box_word(start, slot);
                let (gone, zero) = (cx.load(word), cx.b.iconst(Repr::I64, 0));
                let gone = cx.b.binary(BinaryOp::Ine, gone, zero);
                cx.if_holds(gone, |cx| cx.pool_free(over.each.field, pool, slot));
            }
        });
        self.counts = counts;
        self.quotas = quotas;
        let done = self.b.new_block();
        self.b.jump(done, &[]);
        for block in std::mem::replace(&mut self.fail_blocks, failures).into_values() {
            self.b.switch_to(block);
            self.b.jump(again, &[]);
        }
        self.b.switch_to(done);
    }

    fn empty_box(&mut self, found: Outbox<'a>, slot: Value) {
        let count = self.box_word(found.counts, slot);
        let count = self.load(count);
        let slots = self.box_slots(found, slot);
        let zero = self.b.iconst(Repr::I64, 0);
        self.counted(zero, count, |cx, at| {
            let from = cx.b.element(slots, at, found.slots.1);
            let from = Place::own(from, found.elem);
            let kept = match cx.is_scalar(found.elem) {
                true => Kept::Value(cx.load(from)),
                false => Kept::Place(from),
            };
            cx.ahead.push((found.value, kept));
            cx.for_effect(found.add);
            cx.ahead.pop();
        });
    }
}
