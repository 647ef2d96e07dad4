//! `atomic`: the processes of a group are one transaction.

use std::rc::Rc;

use indexmap::IndexMap;
use theus_grammar::Span;
use theus_hir::{Flow, ProcessId};
use theus_mir::Block;

use crate::audit::Commit;
use crate::frame::{Failure, FnCx};
use crate::handler::Undone;
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

/// Where the rules that a member is to blame for go when they are broken.
type Failed = (Option<ProcessId>, IndexMap<Failure, Block>);

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
        let failed = self.audit_group(&unit, &begun);
        self.commit(&begun);
        self.fields.clear();
        self.stamp = None;
        self.b.jump(done, &[]);
        for (blamed, failures) in failed {
            let undone = Undone {
                begun: Rc::clone(&begun),
                timed: None,
            };
            let status = self.callee_status;
            self.handle(blamed, failures, status, &undone, (done, span));
        }
        self.b.switch_to(done);
    }

    /// Tests the rules of audits before a group commits. To blame is the last member that
    /// writes what a rule names.
    fn audit_group(&mut self, unit: &Unit, begun: &Transaction) -> Vec<Failed> {
        let rules = self.cx.watched_by(&self.cx.written(unit));
        let mut blamed: IndexMap<Option<ProcessId>, Vec<usize>> = IndexMap::new();
        for rule in rules {
            let wrote = |id: &&ProcessId| {
                let written = self.cx.written(&Unit::one(**id));
                self.cx.watched_by(&written).contains(&rule)
            };
            let member = unit.processes.iter().rev().find(wrote).copied();
            blamed.entry(member).or_default().push(rule);
        }
        let mut failed = Vec::new();
        for (member, rules) in blamed {
            let index = member.map(|id| self.cx.process_index(id));
            let outer = std::mem::replace(&mut self.process, index);
            let failures = std::mem::take(&mut self.fail_blocks);
            self.audit(&rules, &Commit { begun, timed: None });
            let failures = std::mem::replace(&mut self.fail_blocks, failures);
            self.process = outer;
            failed.push((member, failures));
        }
        failed
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
