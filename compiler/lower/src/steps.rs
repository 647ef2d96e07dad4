//! Budgets and hard deadlines: what the loops of a process count, and what ends them.

use theus_abi::image::ArgKind;
use theus_abi::{Fault, HostFn, Repr, header};
use theus_grammar::Span;
use theus_hir::ProcessId;
use theus_hir::item::Process;
use theus_mir::{BinaryOp, Value};

use crate::frame::FnCx;
use crate::place::low_bits;
use crate::program::Cx;

/// The clock is read in one round of a loop of so many: a power of two.
const ROUNDS: i64 = 64;

/// What the loops of a process, and of the functions that it calls, count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Counts {
    /// Steps, because it might not keep its budget.
    steps: bool,
    /// Rounds, because it has a hard deadline.
    rounds: bool,
    /// Nothing, and its failures are not reported: it is a share.
    quiet: bool,
    /// Steps of the tick, because the program asks for them.
    tick: bool,
    /// The same, of processes with a budget.
    load: bool,
    /// Rounds, because the host may want the run to end.
    watched: bool,
}

impl Counts {
    /// What an entry counts.
    pub(crate) fn of_entry(watched: bool) -> Self {
        Self {
            watched,
            ..Self::default()
        }
    }

    /// What a share counts.
    pub(crate) fn quiet() -> Self {
        Self {
            quiet: true,
            ..Self::default()
        }
    }

    /// What a share of elements counts, of a process that counts so.
    pub(crate) fn shared(self) -> Self {
        Self {
            steps: self.steps,
            ..Self::quiet()
        }
    }

    /// What a function counts that no text calls: the loops in it are nobody's steps.
    pub(crate) fn unseen(self) -> Self {
        Self {
            quiet: self.quiet,
            ..Self::default()
        }
    }

    /// Whether failures are not reported.
    pub(crate) const fn is_quiet(self) -> bool {
        self.quiet
    }

    /// What to call a function that counts so, besides its own name.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        let names = [
            (self.steps, "counts"),
            (self.rounds, "timed"),
            (self.quiet, "quiet"),
            (self.tick, "told"),
            (self.load, "loads"),
            (self.watched, "watched"),
        ];
        names
            .into_iter()
            .filter_map(|(on, name)| on.then_some(name))
    }
}

impl Cx<'_> {
    /// Whether a process has a budget that it might not keep.
    pub(crate) fn may_overrun(&self, process: &Process) -> bool {
        let most = || theus_contract::steps_of(self.typed, process).most;
        let budget = process.budget.filter(|_| self.options.strict);
        budget.is_some_and(|(budget, _)| most().is_none_or(|most| most > budget))
    }
}

impl FnCx<'_, '_> {
    /// From here on steps count, if the process has a budget that it might not keep, and
    /// rounds, if its deadline is hard. Gives what counted before.
    pub(crate) fn open_counts(&mut self, id: ProcessId) -> Counts {
        let process = &self.cx.typed.processes[id];
        let counted = process.budget.filter(|_| self.cx.may_overrun(process));
        let counts = Counts {
            steps: counted.is_some(),
            rounds: self.hard_deadline(id).is_some() && !self.counts.quiet,
            quiet: self.counts.quiet,
            tick: self.cx.tally.steps.is_some(),
            load: self.cx.tally.load.is_some() && process.budget.is_some(),
            watched: self.cx.options.watched && !self.counts.quiet,
        };
        if let (Some(at), Some((budget, _))) = (self.cx.tally.load, process.budget) {
            self.add_tally(at + 8, low_bits(i128::from(budget)));
        }
        if let (Some((budget, _)), true) = (counted, counts.steps) {
            let header = self.header();
            let steps = self.b.iconst(Repr::I64, low_bits(i128::from(budget)));
            self.b.store(steps, header, header::STEPS);
        }
        std::mem::replace(&mut self.counts, counts)
    }

    /// One round of a loop.
    pub(crate) fn step(&mut self) {
        let Some(span) = self.loop_at else { return };
        // The round that would be one too many is none.
        if self.counts.steps {
            self.budget_step(span);
        }
        let tally = self.cx.tally;
        for (on, at) in [
            (self.counts.tick, tally.steps),
            (self.counts.load, tally.load),
        ] {
            if let (true, Some(at)) = (on, at) {
                self.add_tally(at, 1);
            }
        }
        if self.counts.rounds {
            self.if_paced(|cx| cx.now_and_then(|cx| cx.not_late(span)));
        }
        if self.counts.watched {
            self.now_and_then(|cx| cx.not_interrupted(span));
        }
    }

    fn budget_step(&mut self, span: Span) {
        let header = self.header();
        let left = self.b.load(Repr::I64, header, header::STEPS);
        let zero = self.b.iconst(Repr::I64, 0);
        let some = self.b.binary(BinaryOp::Slt, zero, left);
        let operands = [("steps left", left, ArgKind::Int)];
        self.check(some, Fault::Budget, span, &operands);
        let one = self.b.iconst(Repr::I64, 1);
        let left = self.b.binary(BinaryOp::Isub, left, one);
        self.b.store(left, header, header::STEPS);
    }

    /// Where the deadline of a process is written, if it is hard and can undo something.
    fn hard_deadline(&self, id: ProcessId) -> Option<Span> {
        let (hard, _, span) = self.cx.typed.processes[id].deadline?;
        (hard && self.strict).then_some(span)
    }

    /// The last look at the clock before a process is committed.
    pub(crate) fn on_time(&mut self, id: ProcessId) {
        if let Some(span) = self.hard_deadline(id) {
            self.if_paced(|cx| cx.not_late(span));
        }
    }

    /// What is done in one round of many.
    fn now_and_then(&mut self, then: impl FnOnce(&mut Self)) {
        let header = self.b.base(0);
        let rounds = self.b.load(Repr::I64, header, header::ROUNDS);
        let one = self.b.iconst(Repr::I64, 1);
        let rounds = self.b.binary(BinaryOp::Iadd, rounds, one);
        self.b.store(rounds, header, header::ROUNDS);
        let mask = self.b.iconst(Repr::I64, ROUNDS - 1);
        let part = self.b.binary(BinaryOp::And, rounds, mask);
        let zero = self.b.iconst(Repr::I64, 0);
        let due = self.b.binary(BinaryOp::Ieq, part, zero);
        self.if_rare(due, then);
    }

    /// Before a tick: the run ends here if the host wants it to.
    pub(crate) fn unless_interrupted(&mut self) {
        if !self.counts.watched {
            return;
        }
        self.now_and_then(|cx| {
            let goes_on = cx.goes_on();
            let (leave, on) = (cx.b.cold_block(), cx.b.new_block());
            cx.b.branch(goes_on, on, leave);
            cx.b.switch_to(leave);
            cx.end_run(header::Status::Interrupted);
            cx.b.jump(on, &[]);
            cx.b.switch_to(on);
        });
    }

    /// A loop that the host wants to end fails; what then handles that runs into the end of
    /// its tick.
    fn not_interrupted(&mut self, span: Span) {
        let goes_on = self.goes_on();
        let zero = self.b.iconst(Repr::I8, 0);
        let ends = self.b.binary(BinaryOp::Ieq, goes_on, zero);
        self.if_rare(ends, |cx| {
            // Whoever looks next looks at once.
            let header = cx.b.base(0);
            let last = cx.b.iconst(Repr::I64, ROUNDS - 1);
            cx.b.store(last, header, header::ROUNDS);
        });
        self.check(goes_on, Fault::Budget, span, &[]);
    }

    fn goes_on(&mut self) -> Value {
        let zero = self.b.iconst(Repr::I32, 0);
        let status = self.b.host(HostFn::Interrupted, zero);
        self.b.binary(BinaryOp::Ieq, status, zero)
    }

    /// What is done only in a run that is paced by the clock.
    fn if_paced(&mut self, then: impl FnOnce(&mut Self)) {
        let header = self.b.base(0);
        let measure = self.b.load(Repr::I64, header, header::MEASURE);
        let paced = self.b.iconst(Repr::I64, header::PACED);
        let is_paced = self.b.binary(BinaryOp::Ieq, measure, paced);
        self.if_rare(is_paced, then);
    }

    fn if_rare(&mut self, condition: Value, then: impl FnOnce(&mut Self)) {
        let (rare, on) = (self.b.cold_block(), self.b.new_block());
        self.b.branch(condition, rare, on);
        self.b.switch_to(rare);
        then(self);
        self.b.jump(on, &[]);
        self.b.switch_to(on);
    }

    fn not_late(&mut self, span: Span) {
        let zero = self.b.iconst(Repr::I32, 0);
        let status = self.b.host(HostFn::ClockLate, zero);
        let fine = self.b.binary(BinaryOp::Ieq, status, zero);
        let header = self.b.base(0);
        let took = self.b.load(Repr::I64, header, header::TOOK);
        let limit = self.b.load(Repr::I64, header, header::LIMIT);
        let operands = [
            ("took", took, ArgKind::Duration),
            ("deadline", limit, ArgKind::Duration),
        ];
        self.check(fine, Fault::Late, span, &operands);
    }
}
