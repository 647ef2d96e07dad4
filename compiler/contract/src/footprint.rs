//! Footprints: what a body really reads, writes and does.

pub(crate) mod collect;

use cranelift_entity::{PrimaryMap, SecondaryMap};
use indexmap::IndexMap;
use theus_abi::hash::Quick;
use theus_grammar::Span;
use theus_hir::{ErrorId, Expr, FnId, ProcessId, Typed};

use crate::calls::CallGraph;
use crate::place::{Place, Root};
use collect::Collector;

/// How a place is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WriteKind {
    /// Any other assignment, also by a function through `inout`, `push` and `clear`.
    Set,
    /// `= true`
    Raise,
    /// `+=` on an integer.
    Count,
    /// `+=` on a float or duration.
    Add,
}

/// How a place is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReadKind {
    /// Its value is used.
    Value,
    /// As the old value of `op=` only.
    Own,
}

/// What a body reads, writes and does. Each fact has the first place where it is so.
#[derive(Clone, Debug, Default)]
pub struct Footprint {
    /// Places read.
    pub reads: IndexMap<(Place, ReadKind), Span, Quick>,
    /// Places written.
    pub writes: IndexMap<(Place, WriteKind), Span, Quick>,
    /// Those of the writes that are not to the element of an `each` process.
    pub elsewhere: IndexMap<(Place, WriteKind), Span, Quick>,
    /// Where `tick` is used.
    pub tick: Option<Span>,
    /// Where `random` is used.
    pub random: Option<Span>,
    /// Where a value of open size is made, which takes scratch.
    pub scratch: Option<Span>,
    /// Errors raised.
    pub raises: IndexMap<ErrorId, Span>,
    /// Whether something in it has been reported, so that more may be meant.
    pub partial: bool,
}

impl Footprint {
    /// Whether a part of `place` is read.
    pub fn reads_part(&self, place: &Place) -> bool {
        self.reads.keys().any(|(read, _)| read.overlaps(place))
    }

    /// Whether a part of `place` is written.
    pub fn writes_part(&self, place: &Place) -> bool {
        self.writes
            .keys()
            .any(|(written, _)| written.overlaps(place))
    }

    pub(crate) fn read(&mut self, place: Place, kind: ReadKind, span: Span) {
        self.reads.entry((place, kind)).or_insert(span);
    }

    pub(crate) fn write(&mut self, place: Place, kind: WriteKind, span: Span) {
        self.writes.entry((place.clone(), kind)).or_insert(span);
        self.elsewhere.entry((place, kind)).or_insert(span);
    }

    /// A write to the element of an `each` process.
    pub(crate) fn write_element(&mut self, place: Place, kind: WriteKind, span: Span) {
        self.writes.entry((place, kind)).or_insert(span);
    }

    /// Drops what begins at a root that is not of interest.
    fn keep(&mut self, keep: impl Fn(Root) -> bool) {
        self.reads.retain(|(place, _), _| keep(place.root));
        self.writes.retain(|(place, _), _| keep(place.root));
    }
}

/// The footprints of a program.
#[derive(Clone, Debug, Default)]
pub struct Footprints {
    processes: PrimaryMap<ProcessId, Footprint>,
    fns: SecondaryMap<FnId, Footprint>,
}

impl Footprints {
    /// What the body and the clauses of a process touch: fields only.
    pub fn process(&self, process: ProcessId) -> &Footprint {
        &self.processes[process]
    }

    /// What a function touches: its `inout` parameters, as locals.
    pub fn function(&self, function: FnId) -> &Footprint {
        &self.fns[function]
    }

    /// What evaluating one expression touches: a clause, a condition, a column.
    pub fn of_expr(&self, typed: &Typed, expr: &Expr) -> Footprint {
        let mut collector = Collector::new(typed, &self.fns);
        collector.expr(expr);
        let mut print = collector.done();
        print.keep(|root| matches!(root, Root::Field(_)));
        print
    }

    /// What an argument touches, locals included.
    pub(crate) fn of_argument(&self, typed: &Typed, expr: &Expr) -> Footprint {
        let mut collector = Collector::new(typed, &self.fns);
        collector.expr(expr);
        collector.done()
    }

    /// What a block touches, locals included.
    pub(crate) fn of_block(&self, typed: &Typed, block: &theus_hir::Block) -> Footprint {
        let mut collector = Collector::new(typed, &self.fns);
        collector.block(block);
        collector.done()
    }
}

/// Finds the footprints: callees before callers.
pub(crate) fn footprints(typed: &Typed, calls: &CallGraph) -> Footprints {
    let mut fns = SecondaryMap::new();
    fns.resize(typed.fns.len());
    for id in calls.callees_first() {
        fns[id] = of_fn(typed, &fns, id);
    }
    let mut processes = PrimaryMap::new();
    for (_, process) in &typed.processes {
        let mut collector = Collector::new(typed, &fns);
        process
            .requires
            .iter()
            .for_each(|clause| collector.expr(clause));
        process
            .ensures
            .iter()
            .for_each(|clause| collector.expr(clause));
        if let Some(each) = &process.each {
            let parts = [&each.filter, &each.slice].into_iter().flatten();
            parts.for_each(|part| collector.expr(part));
        }
        collector.block(&process.body.block);
        let mut print = collector.done();
        let isolated = process.each.as_ref().and_then(|each| each.isolated);
        if let Some((into, span)) =
            isolated.and_then(|part| Some((part.into?, part.span)))
        {
            // Between the elements: no body does it.
            print.write_element(Place::field(into), WriteKind::Set, span);
        }
        print.keep(|root| matches!(root, Root::Field(_)));
        processes.push(print);
    }
    Footprints { processes, fns }
}

fn of_fn(typed: &Typed, fns: &SecondaryMap<FnId, Footprint>, id: FnId) -> Footprint {
    let item = &typed.fns[id];
    let Ok(body) = &item.body else {
        return Footprint::default();
    };
    let mut collector = Collector::new(typed, fns);
    collector.block(&body.block);
    let mut print = collector.done();
    let inout = |local| {
        item.params
            .iter()
            .any(|param| param.inout && param.local == local)
    };
    print.keep(|root| match root {
        Root::Field(_) => true,
        Root::Local(local) => inout(local),
    });
    print
}
