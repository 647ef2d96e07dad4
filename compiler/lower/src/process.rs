//! A process is a transaction: it works on what `undo` says, is checked, and then commits.

use std::rc::Rc;

use theus_abi::hash::Quick;
use theus_abi::{Fault, HostFn, Repr};
use theus_grammar::Span;
use theus_hir::item::Process;
use theus_hir::walk::each_expr;
use theus_hir::{Expr, ExprKind, FieldId, ProcessId, Ty};
use theus_mir::Value;

use crate::audit::Commit;
use crate::frame::{Exit, Failure, FieldBinding, FnCx, Kept, Stream};
use crate::handler::Undone;
use crate::isolated::is_isolated;
use crate::place::Place;
use crate::program::Cx;
use crate::unit::Unit;

impl<'a> FnCx<'_, 'a> {
    /// Runs a process: its body is lowered here.
    pub(crate) fn run_process(&mut self, id: ProcessId, span: Span) {
        if self.is_over(span) {
            return;
        }
        let index = self.cx.process_index(id);
        let skipped = self.skip_cached(id);
        let process = &self.cx.typed.processes[id];
        let outer = self.enter_process(id, index);
        let timed = process.deadline.is_some() || self.cx.is_told_of(id);
        if timed {
            self.clock(HostFn::ClockStart, index);
        }
        let frame = self.push_frame(&process.body, process.generics.clone());
        let before = std::mem::replace(&mut self.frame, frame);
        let group = self.atomic.clone();
        let begun = match &group {
            Some(group) => Rc::clone(&group.begun),
            // Its elements begin one by one.
            None if is_isolated(process) => Rc::default(),
            None => Rc::new(self.begin(&Unit::one(id))),
        };
        if self.strict {
            self.at_fronts(|cx| cx.clauses(&process.requires, Fault::Requires));
        }
        if !is_isolated(process) {
            self.keep_olds(id);
        }
        self.enter_swaps(id, &begun.swapped);
        let exit = self.b.new_block();
        self.exits.push(Exit {
            dest: None,
            block: exit,
        });
        let outer_counts = self.open_counts(id);
        match self.cx.hollow.is_empty() {
            true => self.process_body(id, &begun),
            false => self.hollow_body(),
        }
        self.counts = outer_counts;
        self.exits.pop();
        self.b.jump(exit, &[]);
        self.b.switch_to(exit);
        if is_isolated(process) {
            self.settle_isolated(id);
        } else {
            self.settle(id);
            self.ensure(process);
            self.on_time(id);
            if group.is_none() {
                let rules = self.cx.watched_by(&self.cx.written(&Unit::one(id)));
                let timed = timed.then_some(index);
                let begun = &begun;
                self.audit(&rules, &Commit { begun, timed });
                self.commit(begun);
            }
        }
        self.note_cached(id);
        if timed {
            self.clock(HostFn::ClockStop, index);
        }
        if self.opens {
            self.reset_scratch();
        }
        let done = skipped.unwrap_or_else(|| self.b.new_block());
        self.b.jump(done, &[]);
        self.frame = before;
        let failures = std::mem::take(&mut self.fail_blocks);
        let status = self.callee_status;
        self.leave_process(outer);
        let undone = Undone {
            begun,
            timed: timed.then_some(index),
        };
        let after = group.map_or((done, span), |group| (group.done, group.span));
        match self.counts.is_quiet() {
            true => self.pass_on(failures),
            false => self.outside_group(|cx| {
                cx.handle(Some(id), failures, status, &undone, after);
            }),
        }
        self.b.switch_to(done);
    }

    /// What `old(e)` of the clauses is, before anything is written.
    pub(crate) fn keep_olds(&mut self, id: ProcessId) {
        if self.strict {
            self.clause = Some(Fault::Ensures);
            self.keep_old(id);
            self.clause = None;
        }
    }

    /// The `ensures` clauses hold.
    pub(crate) fn ensure(&mut self, process: &'a Process) {
        if self.strict {
            self.clauses(&process.ensures, Fault::Ensures);
        }
    }

    /// Pools that were changed are ready for the next process.
    pub(crate) fn settle(&mut self, id: ProcessId) {
        let span = self.cx.typed.processes[id].head.span;
        for field in self.cx.written(&Unit::one(id)) {
            self.settle_pool(field, Some(span));
        }
    }

    /// Checks clauses; one that cannot be evaluated has failed.
    fn clauses(&mut self, clauses: &'a [Expr], fault: Fault) {
        self.clause = Some(fault);
        for clause in clauses {
            let holds = self.value(clause);
            self.check(holds, fault, clause.span, &[]);
        }
        self.clause = None;
    }

    /// Makes the process the current one; gives what was current.
    fn enter_process(&mut self, id: ProcessId, index: u32) -> Outer<'a> {
        let draws = self.temp(Ty::U64);
        if self.cx.sound.footprints().process(id).random.is_some() {
            let zero = self.b.iconst(Repr::I64, 0);
            self.store(draws, zero);
        }
        let status = self.temp(Ty::I32);
        let run = self.runs.get(&id).copied().unwrap_or(0);
        self.runs.insert(id, run + 1);
        let stream = Stream {
            name: self.cx.stream_name(id, run),
            draws,
        };
        let (fields, stamp) = if self.atomic.is_some() {
            (None, None)
        } else {
            (Some(std::mem::take(&mut self.fields)), self.stamp.take())
        };
        Outer {
            process: self.process.replace(index),
            stream: self.stream.replace(stream),
            status: self.callee_status.replace(status),
            fails: std::mem::take(&mut self.fail_blocks),
            fields,
            kept: std::mem::take(&mut self.kept),
            stamp,
        }
    }

    fn leave_process(&mut self, outer: Outer<'a>) {
        self.process = outer.process;
        self.stream = outer.stream;
        self.callee_status = outer.status;
        self.fail_blocks = outer.fails;
        self.kept = outer.kept;
        if let Some(fields) = outer.fields {
            self.fields = fields;
            self.stamp = outer.stamp;
        }
    }

    /// Evaluates every `old(e)` of the `ensures` clauses at the start.
    fn keep_old(&mut self, id: ProcessId) {
        let process = &self.cx.typed.processes[id];
        for clause in &process.ensures {
            let mut olds = Vec::new();
            each_expr(clause, &mut |e| {
                if let ExprKind::Old(inner) = &e.kind {
                    olds.push(&**inner);
                }
            });
            for inner in olds {
                let ty = self.ty(inner.ty);
                let kept = if self.is_scalar(ty) {
                    Kept::Value(self.at_fronts(|cx| cx.value(inner)))
                } else if self.is_swap(inner) {
                    Kept::Place(self.at_fronts(|cx| cx.place(inner)))
                } else {
                    let temp = self.temp(ty);
                    let from = self.at_fronts(|cx| cx.place(inner));
                    self.copy(temp, from, false);
                    Kept::Place(temp)
                };
                self.kept.push((inner, kept));
            }
        }
    }

    /// In a measured tick, tells the VM that a process starts or ends.
    pub(crate) fn clock(&mut self, call: HostFn, index: u32) {
        let header = self.b.base(0);
        let measure = self.b.load(Repr::I64, header, theus_abi::header::MEASURE);
        let zero = self.b.iconst(Repr::I64, 0);
        let wanted = self.b.binary(theus_mir::BinaryOp::Ine, measure, zero);
        let (ask, on) = (self.b.cold_block(), self.b.new_block());
        self.b.branch(wanted, ask, on);
        self.b.switch_to(ask);
        let index = self.b.iconst(Repr::I32, i64::from(index));
        let _status: Value = self.b.host(call, index);
        self.b.jump(on, &[]);
        self.b.switch_to(on);
    }
}

/// What was current before a process.
struct Outer<'a> {
    process: Option<u32>,
    stream: Option<Stream>,
    status: Option<Place>,
    fails: indexmap::IndexMap<Failure, theus_mir::Block>,
    /// In a group the members share them.
    fields: Option<indexmap::IndexMap<FieldId, FieldBinding, Quick>>,
    kept: Vec<(&'a Expr, Kept)>,
    stamp: Option<Value>,
}

impl Cx<'_> {
    /// The name of a process's random stream: its path, and which of its runs in the
    /// pipeline's text it is, so that no other process changes it.
    fn stream_name(&self, id: ProcessId, run: u64) -> i64 {
        let head = &self.typed.processes[id].head;
        let module = &self.typed.modules[head.module].name;
        let text = format!("{module}.{}#{run}", head.name);
        theus_abi::fnv::of(text.as_bytes()).cast_signed()
    }
}
