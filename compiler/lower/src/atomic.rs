//! `atomic`: the processes of a group are one transaction.

use std::rc::Rc;

use theus_grammar::Span;
use theus_hir::Flow;
use theus_mir::Block;

use crate::frame::FnCx;
use crate::undo::Transaction;
use crate::unit::Unit;

/// The group whose member is being lowered.
#[derive(Clone)]
pub(crate) struct Atomic {
    /// What its members write to.
    pub(crate) begun: Rc<Transaction>,
    /// Where it goes on once it is undone and handled.
    pub(crate) done: Block,
    /// Where it stands.
    pub(crate) span: Span,
}

impl<'a> FnCx<'_, 'a> {
    /// A group: its members see what those before them wrote, nobody else does until all have
    /// ended. A group in a group joins it.
    pub(crate) fn atomic(&mut self, body: &'a [Flow], span: Span) {
        if self.atomic.is_some() {
            self.flow_list(body);
            return;
        }
        let unit = Unit::group(self.cx.typed, body);
        let mut begun = self.begin(&unit);
        self.share_swaps(&mut begun.swapped);
        self.save_cached(&unit, &mut begun);
        let begun = Rc::new(begun);
        let done = self.b.new_block();
        self.atomic = Some(Atomic {
            begun: Rc::clone(&begun),
            done,
            span,
        });
        self.flow_list(body);
        self.atomic = None;
        self.commit(&begun);
        self.fields.clear();
        self.stamp = None;
        self.b.jump(done, &[]);
        self.b.switch_to(done);
    }

    /// Runs `f` outside of the group: nothing of it is pending there.
    pub(crate) fn outside_group(&mut self, f: impl FnOnce(&mut Self)) {
        let atomic = self.atomic.take();
        let fields = std::mem::take(&mut self.fields);
        let stamp = self.stamp.take();
        f(self);
        self.atomic = atomic;
        self.fields = fields;
        self.stamp = stamp;
    }
}
