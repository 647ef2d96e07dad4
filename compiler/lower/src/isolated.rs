//! `each … isolated`: the run of each element is a transaction of its own. One that fails is
//! undone, noted and counted, and the next has its turn.

use theus_abi::Repr;
use theus_abi::audit::Event;
use theus_hir::ProcessId;
use theus_hir::item::{Each, Process};
use theus_mir::{BinaryOp, Value};

use crate::audit::Commit;
use crate::each::Over;
use crate::frame::FnCx;
use crate::place::Place;
use crate::pool::Pool;
use crate::unit::Unit;

/// Whether the elements of a process are transactions of their own.
pub(crate) fn is_isolated(process: &Process) -> bool {
    let each = process.each.as_ref();
    each.is_some_and(|each| each.isolated.is_some())
}

/// What is told of an element whose run has failed.
#[derive(Clone, Copy)]
pub(crate) enum Reject {
    /// Its number.
    Number(Value),
    /// Its handle.
    Slot(Pool, Value),
}

impl<'a> FnCx<'_, 'a> {
    /// Runs `f` for one element: as a part of the process, or as a transaction of its own. Then
    /// `f` gets the collection as that writes it.
    pub(crate) fn alone(
        &mut self,
        (id, each): (ProcessId, &'a Each),
        reject: Reject,
        f: impl FnOnce(&mut Self, Option<Place>),
    ) {
        if each.isolated.is_none() {
            return f(self, None);
        }
        if self.counts.is_quiet() {
            let (Reject::Number(slot) | Reject::Slot(_, slot)) = reject;
            return self.alone_apart((id, each), slot, |cx| f(cx, None));
        }
        let outer = std::mem::take(&mut self.fail_blocks);
        let begun = self.begin(&Unit::one(id));
        let outer_counts = self.open_counts(id);
        let base = self.each_collection(each);
        f(self, Some(base));
        self.counts = outer_counts;
        let rules = self.cx.watched_by(&self.cx.written(&Unit::one(id)));
        let commit = Commit {
            begun: &begun,
            timed: None,
        };
        // A rule is about what is committed: not about the start that others see.
        let element = self.element.take();
        self.audit(&rules, &commit);
        self.element = element;
        self.commit(&begun);
        self.forget();
        let next = self.b.new_block();
        self.b.jump(next, &[]);
        let failures = std::mem::replace(&mut self.fail_blocks, outer);
        if !failures.is_empty() {
            let failed = self.b.cold_block();
            for block in failures.into_values() {
                self.b.switch_to(block);
                self.b.jump(failed, &[]);
            }
            self.b.switch_to(failed);
            self.undo(&begun);
            self.count_failure(Event::Undone);
            self.note_reject(each, reject);
            self.b.jump(next, &[]);
        }
        self.b.switch_to(next);
        if self.opens {
            self.end_arena();
        }
    }

    /// The transaction has ended: fields are where they are.
    fn forget(&mut self) {
        self.fields.clear();
        self.kept.clear();
        self.stamp = None;
    }

    /// Puts what has failed into the ring for it: nothing can fail here.
    fn note_reject(&mut self, each: &Each, reject: Reject) {
        let Some(field) = each.isolated.and_then(|part| part.into) else {
            return;
        };
        let value = match reject {
            Reject::Number(at) => at,
            Reject::Slot(pool, slot) => self.handle_of_slot(pool, slot),
        };
        self.ring_note(field, value);
    }

    /// What is to be done once, when all elements are done.
    pub(crate) fn settle_isolated(&mut self, id: ProcessId) {
        let begun = self.begin(&Unit::one(id));
        self.settle(id);
        self.commit(&begun);
        self.forget();
    }

    /// In a share: the element in a slot is a transaction of its own. Where it fails it is put back
    /// and noted, and has its turn again when all have ended.
    pub(crate) fn alone_apart(
        &mut self,
        (id, each): (ProcessId, &'a Each),
        slot: Value,
        f: impl FnOnce(&mut Self),
    ) {
        let first = self.each_collection(each);
        let place = self.slot_place(first, slot);
        let (Some(start), Some(place)) = (self.boxes.failed, place) else {
            return f(self);
        };
        let kept = self.temp(place.ty);
        let bytes = u32::try_from(self.size(place.ty)).unwrap_or(u32::MAX);
        let (to, from) = (self.address(kept), self.address(place));
        self.b.copy(to, from, bytes);
        let failures = std::mem::take(&mut self.fail_blocks);
        let counts = self.open_counts(id);
        f(self);
        self.counts = counts;
        self.kept.clear();
        let next = self.b.new_block();
        self.b.jump(next, &[]);
        for block in std::mem::replace(&mut self.fail_blocks, failures).into_values() {
            self.b.switch_to(block);
            self.b.copy(from, to, bytes);
            let word = self.box_word(start, slot);
            let one = self.b.iconst(Repr::I64, 1);
            self.store(word, one);
            if self.opens {
                self.end_arena();
            }
            self.b.jump(next, &[]);
        }
        self.b.switch_to(next);
    }

    /// Those of the elements `lo..hi` that have failed, or all, have their turn, which tells why.
    pub(crate) fn fail_again(
        &mut self,
        over: Over<'a>,
        (lo, hi): (Value, Value),
        all: Value,
    ) {
        let Some(start) = self.cx.place_boxes(over.id).0.failed else {
            return;
        };
        self.counted(lo, hi, |cx, slot| {
            let word = cx.box_word(start, slot);
            let (failed, zero) = (cx.load(word), cx.b.iconst(Repr::I64, 0));
            let failed = cx.b.binary(BinaryOp::Ine, failed, zero);
            let failed = cx.b.binary(BinaryOp::Or, failed, all);
            cx.if_holds(failed, |cx| {
                let one = cx.b.iconst(Repr::I64, 1);
                let end = cx.b.binary(BinaryOp::Iadd, slot, one);
                cx.elements(over, slot, end);
            });
        });
    }
}
