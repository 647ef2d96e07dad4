//! Handlers: what happens after a process has failed. Found while lowering: the first match
//! of the innermost list, then of the lists around it.

use std::rc::Rc;

use indexmap::IndexMap;
use theus_abi::audit::Event;
use theus_abi::{Fault, Repr, header};
use theus_grammar::Span;
use theus_hir::flow::Handler;
use theus_hir::{FlowKind, ProcessId, Typed};
use theus_mir::{BinaryOp, Block, UnaryOp, Value};

use crate::frame::{Failure, FnCx};
use crate::place::Place;
use crate::site::{STATUS, failure_number};
use crate::undo::Transaction;

/// What ends a failed process, besides its handler.
#[derive(Default)]
pub(crate) struct Undone {
    /// What it has begun.
    pub(crate) begun: Rc<Transaction>,
    /// The process, if its time is measured.
    pub(crate) timed: Option<u32>,
}

/// Words of a report: site, four operands, number of the kind, calls.
const REPORT: [i32; 8] = [
    header::FAULT_SITE,
    header::FAULT_ARGS,
    header::FAULT_ARGS + 8,
    header::FAULT_ARGS + 16,
    header::FAULT_ARGS + 24,
    header::STOP,
    header::FAULT_CALL,
    header::FAULT_FROM,
];

/// Words of what a member of a group leaves: the number of its failure, then the report.
pub(crate) const PENDING_WORDS: u64 = 1 + REPORT.len() as u64;

impl<'a> FnCx<'_, 'a> {
    /// Lowers what follows each kind of failure of a process (or of an item that is none):
    /// undo, count, handler.
    pub(crate) fn handle(
        &mut self,
        id: Option<ProcessId>,
        failures: IndexMap<Failure, Block>,
        status: Option<Place>,
        undone: &Undone,
        (done, span): (Block, Span),
    ) {
        // One block for each handler, shared by the kinds that it handles.
        let mut targets: Vec<(Option<&'a Handler>, Block)> = Vec::new();
        let mut queue: Vec<(Failure, Block)> = failures.into_iter().collect();
        queue.sort_by_key(|(failure, _)| *failure == Failure::Callee);
        for (failure, block) in queue {
            self.b.switch_to(block);
            if failure == Failure::Callee {
                self.dispatch_status(id, status, &mut targets);
                continue;
            }
            let handler = self.find_handler(id, failure);
            let number = self.b.iconst(Repr::I64, failure_number(failure));
            self.note_kind(number);
            let target = self.target(&mut targets, handler);
            self.b.jump(target, &[]);
        }
        for (handler, block) in targets {
            self.b.switch_to(block);
            self.undo(&undone.begun);
            if let Some(index) = undone.timed {
                self.clock(theus_abi::HostFn::ClockStop, index);
            }
            self.reset_scratch();
            self.count_failure(Event::Undone);
            match self.group.as_mut() {
                Some(group) => {
                    group.failures.push(handler);
                    let number = group.failures.len();
                    let (pending, next) = (group.pending, group.next);
                    self.suspend(pending, number);
                    self.b.jump(next, &[]);
                }
                None => self.run_handler(handler, done, span),
            }
        }
    }

    /// A called function has failed: its status says with which fault.
    fn dispatch_status(
        &mut self,
        id: Option<ProcessId>,
        status: Option<Place>,
        targets: &mut Vec<(Option<&'a Handler>, Block)>,
    ) {
        let Some(status) = status else { return };
        let status = self.b.load(STATUS, status.addr, status.offset);
        let number = self.b.unary(UnaryOp::Sext, Repr::I64, status);
        self.note_kind(number);
        let mut cases = Vec::new();
        for fault in Fault::ALL {
            let handler = self.find_handler(id, Failure::Fault(*fault));
            if handler.is_some() {
                let block = self.target(targets, handler);
                cases.push((i64::from(fault.number()), block));
            }
        }
        let default = self.target(targets, None);
        self.b.switch(status, &cases, default);
    }

    fn target(
        &mut self,
        targets: &mut Vec<(Option<&'a Handler>, Block)>,
        handler: Option<&'a Handler>,
    ) -> Block {
        let same = |other: &Option<&Handler>| match (other, handler) {
            (Some(a), Some(b)) => std::ptr::eq(*a, b),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if let Some((_, block)) = targets.iter().find(|(other, _)| same(other)) {
            return *block;
        }
        let block = self.b.cold_block();
        targets.push((handler, block));
        block
    }

    fn find_handler(
        &self,
        id: Option<ProcessId>,
        failure: Failure,
    ) -> Option<&'a Handler> {
        self.lists.iter().rev().find_map(|list| {
            list.iter().find_map(|item| match &item.kind {
                FlowKind::Handler(handler)
                    if handles(self.cx.typed, handler, id, failure) =>
                {
                    Some(handler)
                }
                _ => None,
            })
        })
    }

    pub(crate) fn note_kind(&mut self, number: Value) {
        let header = self.b.base(0);
        self.b.store(number, header, header::STOP);
    }

    pub(crate) fn count_failure(&mut self, event: Event) {
        let header = self.b.base(0);
        let before = self.b.load(Repr::I64, header, header::FAULTS);
        let one = self.b.iconst(Repr::I64, 1);
        let after = self.b.binary(BinaryOp::Iadd, before, one);
        self.b.store(after, header, header::FAULTS);
        self.log_failure(event);
    }

    /// The items of a handler, or the end of the run.
    fn run_handler(&mut self, handler: Option<&'a Handler>, done: Block, _span: Span) {
        let Some(handler) = handler else {
            self.end_run(header::Status::Failed);
            return;
        };
        // A failure inside a handler is not handled.
        let lists = std::mem::take(&mut self.lists);
        let item = self.leave.item.replace(done);
        let mut frames = self.handler_frames.iter();
        let frame = frames.find(|(known, _)| std::ptr::eq(*known, handler));
        let frame = frame.map_or(self.frame, |(_, frame)| *frame);
        self.in_frame(frame, |cx| {
            handler.body.iter().for_each(|flow| cx.flow(flow))
        });
        if let Some(FlowKind::Enter(_, _, None)) =
            handler.body.last().map(|last| &last.kind)
        {
            self.jump_out(self.leave.tick);
        }
        self.b.jump(done, &[]);
        self.leave.item = item;
        self.lists = lists;
    }

    /// Leaves the compiled function with a status.
    pub(crate) fn end_run(&mut self, status: header::Status) {
        let code = self.b.iconst(STATUS, i64::from(status as i32));
        self.b.ret(&[code]);
        let dead = self.b.new_block();
        self.b.switch_to(dead);
    }

    /// Keeps a report until the group has ended.
    fn suspend(&mut self, pending: Place, number: usize) {
        let header = self.b.base(0);
        for (word, at) in REPORT.into_iter().zip(1_i32..) {
            let value = self.b.load(Repr::I64, header, word);
            self.b.store(value, pending.addr, pending.offset + 8 * at);
        }
        let number = self
            .b
            .iconst(Repr::I64, i64::try_from(number).unwrap_or(i64::MAX));
        self.b.store(number, pending.addr, pending.offset);
    }

    /// Handles what a member of a group has left pending.
    pub(crate) fn resume(
        &mut self,
        pending: Place,
        failures: &[Option<&'a Handler>],
        span: Span,
    ) {
        if failures.is_empty() {
            return;
        }
        let number = self.b.load(Repr::I64, pending.addr, pending.offset);
        let done = self.b.new_block();
        let failed: Vec<Block> = failures.iter().map(|_| self.b.cold_block()).collect();
        let cases: Vec<(i64, Block)> = (1_i64..).zip(failed.iter().copied()).collect();
        self.b.switch(number, &cases, done);
        for (handler, block) in failures.iter().zip(failed) {
            self.b.switch_to(block);
            let header = self.b.base(0);
            for (word, at) in REPORT.into_iter().zip(1_i32..) {
                let value = self
                    .b
                    .load(Repr::I64, pending.addr, pending.offset + 8 * at);
                self.b.store(value, header, word);
            }
            self.run_handler(*handler, done, span);
        }
        self.b.switch_to(done);
    }
}

fn handles(
    typed: &Typed,
    handler: &Handler,
    id: Option<ProcessId>,
    failure: Failure,
) -> bool {
    let from =
        handler.from.is_empty() || id.is_some_and(|id| typed.is_from(id, &handler.from));
    let kind = match failure {
        Failure::Error(error) => handler.errors.contains(&error),
        Failure::Fault(fault) => handler
            .faults
            .as_ref()
            .is_some_and(|faults| faults.is_empty() || faults.contains(&fault)),
        Failure::Callee => false,
    };
    from && kind
}
