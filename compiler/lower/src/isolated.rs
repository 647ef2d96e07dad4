//! `each … isolated`: the run of each element is a transaction of its own. One that fails is
//! undone, noted and counted, and the next has its turn.

use theus_abi::audit::Event;
use theus_hir::ProcessId;
use theus_hir::item::{Each, Process};
use theus_mir::Value;

use crate::audit::Commit;
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
            self.reset_scratch();
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
}
