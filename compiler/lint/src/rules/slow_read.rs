//! A stale hold: a read of what a slower part of the pipeline writes later in the tick, although it
//! could write first. What is read is one slow period old when the new value is about to come.

use indexmap::IndexMap;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_hir::flow::{FlowKind, each_list};
use theus_hir::{FieldId, Flow, ProcessId};

use crate::cx::Cx;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    for pipeline in cx.typed.pipelines.values() {
        let mut order = Vec::new();
        runs(cx, &pipeline.body, &mut Around::default(), &mut order);
        let mut writers: IndexMap<FieldId, Vec<usize>> = IndexMap::new();
        for (at, run) in order.iter().enumerate() {
            for field in written(cx, run.process) {
                writers.entry(field).or_default().push(at);
            }
        }
        for (at, run) in order.iter().enumerate() {
            for ((place, _), span) in &cx.prints.process(run.process).reads {
                let of = place.in_field().and_then(|field| writers.get(&field));
                let slow = of.and_then(|of| slower(&order, at, of));
                if let Some(every) = slow.filter(|every| is_first(cx, &order, *every)) {
                    tell(stale(cx, *span, every, run.span));
                }
            }
        }
    }
}

/// The `every` around all writers of a field, if they run later in the tick than a reader that
/// does not stand in it.
fn slower(order: &[Run], reader: usize, writers: &[usize]) -> Option<Span> {
    let outer = &order.get(reader)?.around;
    let mut found = None;
    for at in writers {
        let inner = &order.get(*at)?.around;
        let every = *inner.slow.strip_prefix(outer.slow.as_slice())?.first()?;
        let other = *at < reader || inner.excludes(outer);
        if other || found.is_some_and(|found| found != every) {
            return None;
        }
        found = Some(every);
    }
    found
}

/// Whether what stands in an `every` may as well run first: nothing that it reads is written
/// before it in the tick.
fn is_first(cx: &Cx<'_>, order: &[Run], every: Span) -> bool {
    let inside = |run: &&Run| run.around.slow.contains(&every);
    let reads = order.iter().filter(inside).flat_map(|run| {
        let reads = cx.prints.process(run.process).reads.keys();
        reads.filter_map(|(place, _)| place.in_field())
    });
    let reads: Vec<FieldId> = reads.collect();
    let mut before = order.iter().take_while(|run| !inside(run));
    !before.any(|run| written(cx, run.process).any(|field| reads.contains(&field)))
}

fn written(cx: &Cx<'_>, process: ProcessId) -> impl Iterator<Item = FieldId> {
    let writes = cx.prints.process(process).writes.keys();
    writes.filter_map(|(place, _)| place.in_field())
}

fn stale(cx: &Cx<'_>, read: Span, every: Span, run: Span) -> Diagnostic {
    Diagnostic::new(
        Code::SlowRead,
        read,
        "holds what was written a slow period before",
    )
    .title(format!(
        "`{}` is read before its slower writer runs",
        cx.text(read)
    ))
    .label(run, "runs first in a tick")
    .label(every, "writes it later in the same tick")
    .help("put the slower part first: then the value is fresh in the tick of its writer")
}

/// A run of a process in a tick.
struct Run {
    process: ProcessId,
    span: Span,
    around: Around,
}

/// What a run stands in, the outermost first.
#[derive(Clone, Default)]
struct Around {
    /// The `every`.
    slow: Vec<Span>,
    /// What chooses one of several parts, and which one it is.
    chosen: Vec<(Span, usize)>,
}

impl Around {
    /// Whether a tick that runs one does not run the other.
    fn excludes(&self, other: &Self) -> bool {
        let of = |span: Span| other.chosen.iter().find(|(place, _)| *place == span);
        self.chosen
            .iter()
            .any(|(span, at)| of(*span).is_some_and(|(_, other)| other != at))
    }
}

fn runs(cx: &Cx<'_>, list: &[Flow], around: &mut Around, out: &mut Vec<Run>) {
    for flow in list {
        match &flow.kind {
            FlowKind::Run(process) => out.push(Run {
                process: *process,
                span: flow.span,
                around: around.clone(),
            }),
            FlowKind::EveryTicks(1, list) => runs(cx, list, around, out),
            FlowKind::EveryTicks(_, list) | FlowKind::EveryTime(_, list) => {
                around.slow.push(flow.span);
                runs(cx, list, around, out);
                around.slow.pop();
            }
            FlowKind::Mode(pipeline, at, list) => {
                let of = cx.typed.pipelines[*pipeline].head.span;
                around.chosen.push((of, *at as usize));
                runs(cx, list, around, out);
                around.chosen.pop();
            }
            FlowKind::When(..) | FlowKind::Match(..) => {
                let mut at = 0;
                each_list(flow, &mut |list| {
                    around.chosen.push((flow.span, at));
                    runs(cx, list, around, out);
                    around.chosen.pop();
                    at += 1;
                });
            }
            // They have a time of their own.
            FlowKind::OnStart(_)
            | FlowKind::OnStop(_)
            | FlowKind::OnEnter(_)
            | FlowKind::OnExit(_)
            | FlowKind::Handler(_) => {}
            _ => each_list(flow, &mut |list| runs(cx, list, around, out)),
        }
    }
}
