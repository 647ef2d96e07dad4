//! Every error that a process raises has a handler on its way out of the pipeline.

use indexmap::{IndexMap, IndexSet};
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::flow::each_flow;
use theus_hir::item::Head;
use theus_hir::{ErrorId, Flow, FlowKind, PipelineId, ProcessId, Typed};

use crate::Cx;
use crate::flow::escapes;
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    let nested = nested(cx.typed);
    let alone = cx.typed.pipelines.iter();
    let alone = alone.filter(|(id, _)| !nested.contains(id));
    let pipelines = alone.map(|(_, found)| (&found.head, &found.body));
    let alerts = cx.typed.alerts.iter();
    let alerts = alerts.map(|found| (&found.head, &found.body));
    for (head, body) in pipelines.chain(alerts) {
        let out = escapes(cx, body, &mut |_| ());
        let mut by_item: IndexMap<(ProcessId, Span), Vec<ErrorId>> = IndexMap::new();
        for ((process, error), item) in out.errors {
            by_item.entry((process, item)).or_default().push(error);
        }
        for ((process, item), errors) in by_item {
            sink.push(unhandled(cx, (head, body), process, item, &errors));
        }
    }
}

/// The pipelines that stand in others, which may handle what they do not.
fn nested(typed: &Typed) -> IndexSet<PipelineId> {
    let mut found = IndexSet::new();
    for pipeline in typed.pipelines.values() {
        each_flow(&pipeline.body, &mut |flow| {
            if let FlowKind::Nested(id, _) = flow.kind {
                found.insert(id);
            }
        });
    }
    found
}

fn unhandled(
    cx: &Cx<'_>,
    (head, body): (&Head, &[Flow]),
    process: ProcessId,
    item: Span,
    errors: &[ErrorId],
) -> Diagnostic {
    let owner = &cx.typed.processes[process].head.name;
    let names: Vec<_> = errors
        .iter()
        .map(|error| &*cx.typed.errors[*error].name)
        .collect();
    let list = show::list(&names, "and");
    let mut found =
        Diagnostic::new(Code::UnhandledError, item, format!("may raise {list}")).title(
            format!("`{}` does not handle {list} of `{owner}`", head.name),
        );
    for error in errors {
        if let Some(span) = cx.prints.process(process).raises.get(error) {
            found = found.label(
                *span,
                format!("`{}` is raised here", cx.typed.errors[*error].name),
            );
        }
    }
    let handler = format!("on error {} {{ skip }}", names.join(", "));
    let found = found.help(format!(
        "say how to go on, with `{handler}` (or `drop`, `stop`, `fail` in place of `skip`)"
    ));
    match end_of(body) {
        Some(end) => {
            found.fix(format!("add `{handler}`"), end, format!("\n    {handler}"))
        }
        None => found,
    }
}

/// The end of the last item. Items of a chain share a line; the end of the line is after them.
fn end_of(body: &[Flow]) -> Option<Span> {
    let last = body
        .last()
        .filter(|last| !matches!(last.kind, FlowKind::Error))?;
    Some(last.span.after())
}
