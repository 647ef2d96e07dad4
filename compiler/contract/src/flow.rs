//! The errors that leave a list of items of a pipeline.

use indexmap::{IndexMap, IndexSet};
use theus_grammar::Span;
use theus_hir::flow::{Handler, each_list};
use theus_hir::{ErrorId, Flow, FlowKind, ProcessId};

use crate::Cx;

/// What may leave a list of items as an error.
#[derive(Debug, Default)]
pub(crate) struct Escapes {
    /// Errors by process, with the item that runs it first.
    pub(crate) errors: IndexMap<(ProcessId, ErrorId), Span>,
    /// Whether something in the list has been reported, so that more may escape.
    pub(crate) partial: bool,
    /// Processes that items of the list run themselves.
    ran: IndexSet<ProcessId>,
}

/// A handler of a list, with what reaches it.
#[derive(Debug)]
pub(crate) struct Reached<'a> {
    /// The handler.
    pub(crate) handler: &'a Handler,
    /// All of it.
    pub(crate) span: Span,
    /// Its errors that nothing brings to it.
    pub(crate) idle: Vec<ErrorId>,
    /// Whether some errors of the list are not known.
    pub(crate) partial: bool,
}

/// The errors that leave a list, after its handlers. A failure inside a handler ends the
/// run, so bodies of handlers let nothing out; `tell` hears of every handler.
pub(crate) fn escapes<'a>(
    cx: &Cx<'_>,
    list: &'a [Flow],
    tell: &mut dyn FnMut(Reached<'a>),
) -> Escapes {
    let mut out = Escapes::default();
    for flow in list {
        match &flow.kind {
            FlowKind::Handler(_) => {}
            FlowKind::Run(process) => run(cx, *process, flow.span, &mut out),
            FlowKind::Error => out.partial = true,
            FlowKind::Par(_)
            | FlowKind::Atomic(_)
            | FlowKind::When(..)
            | FlowKind::Match(..)
            | FlowKind::EveryTicks(..)
            | FlowKind::EveryTime(..)
            | FlowKind::Measure(..)
            | FlowKind::On(..)
            | FlowKind::Repeat(..)
            | FlowKind::Mode(..)
            | FlowKind::Enter(..)
            | FlowKind::OnEnter(_)
            | FlowKind::OnExit(_)
            | FlowKind::Nested(..)
            | FlowKind::OnStart(_)
            | FlowKind::OnStop(_)
            | FlowKind::Skip
            | FlowKind::Drop
            | FlowKind::Stop(_)
            | FlowKind::Fail(_)
            | FlowKind::Reset(_)
            | FlowKind::Sink(_)
            | FlowKind::Source(_) => each_list(flow, &mut |list| {
                let inner = escapes(cx, list, tell);
                out.partial |= inner.partial;
                for (raised, span) in inner.errors {
                    out.errors.entry(raised).or_insert(span);
                }
            }),
        }
    }
    for flow in list {
        if let FlowKind::Handler(handler) = &flow.kind {
            let idle = take_handled(cx, handler, &mut out);
            tell(Reached {
                handler,
                span: flow.span,
                idle,
                partial: out.partial,
            });
        }
    }
    out
}

/// Errors count where they are declared and raised: one without the other is reported by
/// itself.
fn run(cx: &Cx<'_>, process: ProcessId, span: Span, out: &mut Escapes) {
    if !out.ran.insert(process) {
        return;
    }
    let print = cx.prints.process(process);
    out.partial |= print.partial;
    let item = &cx.typed.processes[process];
    // An element that raises an error is undone, and nothing else happens.
    let alone = item
        .each
        .as_ref()
        .is_some_and(|each| each.isolated.is_some());
    for (error, _) in item.errors.iter().filter(|_| !alone) {
        if print.raises.contains_key(error) {
            out.errors.entry((process, *error)).or_insert(span);
        }
    }
}

/// Takes out what the handler handles, and gives its errors that were not there.
fn take_handled(cx: &Cx<'_>, handler: &Handler, out: &mut Escapes) -> Vec<ErrorId> {
    let mut idle = handler.errors.clone();
    out.errors.retain(|(process, error), _| {
        let from = handler.from.is_empty() || cx.typed.is_from(*process, &handler.from);
        let handled = from && handler.errors.contains(error);
        idle.retain(|other| !(handled && other == error));
        !handled
    });
    idle
}
