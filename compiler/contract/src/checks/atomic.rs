//! What stands in `atomic` can be undone: processes, choices and `reset`.

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::flow::{each_flow, each_list};
use theus_hir::{FieldId, Flow, FlowKind, ProcessId};

use crate::Cx;
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for pipeline in cx.typed.pipelines.values() {
        each_flow(&pipeline.body, &mut |flow| {
            if let FlowKind::Atomic(body) = &flow.kind {
                members(cx, body, head(flow.span), sink);
            }
        });
    }
}

/// The word `atomic`.
fn head(span: Span) -> Span {
    let end = span.start.saturating_add(6);
    Span { end, ..span }
}

fn members(cx: &Cx<'_>, list: &[Flow], group: Span, sink: &mut Sink) {
    for flow in list {
        if let Some((word, label, help)) = refused(&flow.kind) {
            let found = Diagnostic::new(Code::MisplacedInAtomic, flow.span, label)
                .title(format!("{word} inside `atomic`"))
                .label(group, "this group happens as a whole or not at all")
                .help(help);
            sink.push(found);
            continue;
        }
        if let FlowKind::Run(process) = &flow.kind {
            heavy(cx, *process, flow.span, group, sink);
            isolated(cx, *process, flow.span, group, sink);
        }
        // A nested group joins this one, and reports what is in it itself.
        if !matches!(flow.kind, FlowKind::Atomic(_)) {
            each_list(flow, &mut |list| members(cx, list, group, sink));
        }
    }
}

/// Elements that commit one by one cannot be part of what happens as a whole.
fn isolated(cx: &Cx<'_>, process: ProcessId, item: Span, group: Span, sink: &mut Sink) {
    let item_of = &cx.typed.processes[process];
    let Some(part) = item_of.each.as_ref().and_then(|each| each.isolated) else {
        return;
    };
    let label = "each of its elements is a transaction of its own";
    let found = Diagnostic::new(Code::NotIsolated, item, label)
        .title(format!("`{}` inside `atomic`", item_of.head.name))
        .label(group, "this group happens as a whole or not at all")
        .label(part.span, "said here")
        .help("put it behind the group, or take `isolated` away");
    sink.push(found);
}

/// What a failed member wrote to a heavy field stays, so it cannot be in a group.
fn heavy(cx: &Cx<'_>, process: ProcessId, item: Span, group: Span, sink: &mut Sink) {
    let Some((field, span)) = heavy_write(cx, process) else {
        return;
    };
    let name = show::field(cx.typed, field);
    let found = Diagnostic::new(
        Code::HeavyInAtomic,
        item,
        format!("this writes the heavy field `{name}`"),
    )
    .title("a heavy field is written inside `atomic`")
    .label(group, "this group happens as a whole or not at all")
    .label(span, "written here")
    .help("a heavy field keeps what a failed process wrote: put the process behind the group, or make the field `heavy(swap)`");
    sink.push(found);
}

/// The first heavy field that a process writes where it is, so that no failure undoes it.
pub(super) fn heavy_write(cx: &Cx<'_>, process: ProcessId) -> Option<(FieldId, Span)> {
    let writes = cx.prints.process(process).writes.iter();
    let mut fields = writes
        .filter_map(|((place, _), span)| Some((place.in_field()?, *span)))
        .filter(|(field, _)| {
            let field = &cx.typed.fields[*field];
            field.zone == Zone::Heavy && field.swap.is_none()
        });
    fields.next()
}

/// Why an item cannot stand in the group: what it is, what that means, what to do.
const fn refused(kind: &FlowKind) -> Option<(&'static str, &'static str, &'static str)> {
    const LEAVES: &str = "this would leave half of the group done";
    const AFTER: &str =
        "put it behind the group; a process that must undo the group raises an error";
    match kind {
        FlowKind::Sink(_) => Some((
            "a sink",
            "a row that is written cannot be taken back",
            "put it behind the group",
        )),
        FlowKind::Source(_) => Some((
            "a source",
            "a row that is read cannot be put back",
            "put it before the group",
        )),
        FlowKind::Handler(_) => Some((
            "a handler",
            "a failure of a member undoes the whole group",
            "put the handler outside: `from p` says which member has failed",
        )),
        FlowKind::Par(_) => Some((
            "`par`",
            "members of `par` commit one by one",
            "write the members one after the other, or `atomic` groups inside `par`",
        )),
        FlowKind::Drop => Some(("`drop`", LEAVES, AFTER)),
        FlowKind::Stop(_) => Some(("`stop`", LEAVES, AFTER)),
        FlowKind::Fail(_) => Some(("`fail`", LEAVES, AFTER)),
        FlowKind::Mode(..)
        | FlowKind::Enter(..)
        | FlowKind::OnEnter(_)
        | FlowKind::OnExit(_)
        | FlowKind::On(..)
        | FlowKind::Repeat(..)
        | FlowKind::Nested(..)
        | FlowKind::Run(_)
        | FlowKind::Atomic(_)
        | FlowKind::When(..)
        | FlowKind::Match(..)
        | FlowKind::EveryTicks(..)
        | FlowKind::EveryTime(..)
        | FlowKind::Measure(..)
        | FlowKind::Reset(_)
        | FlowKind::OnStart(_)
        | FlowKind::OnStop(_)
        | FlowKind::Skip
        | FlowKind::Error => None,
    }
}
