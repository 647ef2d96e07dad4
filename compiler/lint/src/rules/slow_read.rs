//! A read of what a slower part of the pipeline writes later in the tick: it is one slow
//! period old when the new value is about to come.

use indexmap::IndexMap;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_hir::flow::{FlowKind, each_list};
use theus_hir::{FieldId, Flow, ProcessId};

use crate::cx::Cx;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    for pipeline in cx.typed.pipelines.values() {
        let mut order = Vec::new();
        runs(&pipeline.body, None, &mut order);
        let mut writers: IndexMap<FieldId, Vec<usize>> = IndexMap::new();
        for (at, run) in order.iter().enumerate() {
            for (place, _) in cx.prints.process(run.process).writes.keys() {
                if let Some(field) = place.in_field() {
                    writers.entry(field).or_default().push(at);
                }
            }
        }
        for (at, run) in order
            .iter()
            .enumerate()
            .filter(|(_, run)| run.slow.is_none())
        {
            for ((place, _), span) in &cx.prints.process(run.process).reads {
                let Some(of) = place.in_field().and_then(|field| writers.get(&field))
                else {
                    continue;
                };
                let slow = |at: &usize| order.get(*at).and_then(|run| run.slow);
                let is_late = of
                    .iter()
                    .all(|writer| *writer > at && slow(writer).is_some());
                if let (true, Some(every)) = (is_late, of.first().and_then(slow)) {
                    tell(stale(cx, *span, every, run.span));
                }
            }
        }
    }
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
    /// The `every` that it stands in.
    slow: Option<Span>,
}

fn runs(list: &[Flow], slow: Option<Span>, out: &mut Vec<Run>) {
    for flow in list {
        match &flow.kind {
            FlowKind::Run(process) => out.push(Run {
                process: *process,
                span: flow.span,
                slow,
            }),
            FlowKind::EveryTicks(1, list) => runs(list, slow, out),
            FlowKind::EveryTicks(_, list) | FlowKind::EveryTime(_, list) => {
                runs(list, Some(flow.span), out);
            }
            FlowKind::OnStart(_) | FlowKind::OnStop(_) | FlowKind::Handler(_) => {}
            _ => each_list(flow, &mut |list| runs(list, slow, out)),
        }
    }
}
