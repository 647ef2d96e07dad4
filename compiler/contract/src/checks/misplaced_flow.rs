//! Items of pipelines that have one place only: `skip` in handlers, `on …` at the top.

use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::{Flow, FlowKind};

use crate::Cx;
use theus_hir::flow::each_list;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for body in cx.typed.flows() {
        list(
            body,
            Where {
                handler: false,
                top: true,
            },
            sink,
        );
    }
}

#[derive(Clone, Copy)]
struct Where {
    /// In a handler.
    handler: bool,
    /// Directly in the pipeline.
    top: bool,
}

fn list(flows: &[Flow], at: Where, sink: &mut Sink) {
    for flow in flows {
        let inner = match &flow.kind {
            FlowKind::Skip if !at.handler => {
                sink.push(skip(flow.span));
                at
            }
            FlowKind::OnStart(_) | FlowKind::OnStop(_) => {
                if !at.top {
                    sink.push(start_or_stop(flow));
                }
                Where { top: false, ..at }
            }
            FlowKind::Handler(_) => {
                if at.handler {
                    sink.push(handler(flow.span));
                }
                Where {
                    handler: true,
                    top: false,
                }
            }
            // Its own pipeline is looked at for itself.
            FlowKind::Nested(..) => continue,
            FlowKind::On(..)
            | FlowKind::Repeat(..)
            | FlowKind::Mode(..)
            | FlowKind::Enter(..)
            | FlowKind::OnEnter(_)
            | FlowKind::OnExit(_)
            | FlowKind::Run(_)
            | FlowKind::Par(_)
            | FlowKind::Atomic(_)
            | FlowKind::When(..)
            | FlowKind::Match(..)
            | FlowKind::EveryTicks(..)
            | FlowKind::EveryTime(..)
            | FlowKind::Measure(..)
            | FlowKind::Skip
            | FlowKind::Drop
            | FlowKind::Stop(_)
            | FlowKind::Fail(_)
            | FlowKind::Reset(_)
            | FlowKind::Sink(_)
            | FlowKind::Source(_)
            | FlowKind::Error => Where { top: false, ..at },
        };
        each_list(flow, &mut |flows| list(flows, inner, sink));
    }
}

fn skip(span: Span) -> Diagnostic {
    Diagnostic::new(Code::MisplacedFlow, span, "there is no failed item here")
        .title("`skip` outside a handler")
        .help("`skip` goes on after a failed item; `drop` leaves the rest of the tick")
}

fn start_or_stop(flow: &Flow) -> Diagnostic {
    let word = if matches!(flow.kind, FlowKind::OnStart(_)) {
        "on start"
    } else {
        "on stop"
    };
    Diagnostic::new(Code::MisplacedFlow, flow.span, "inside another item")
        .title(format!("`{word}` inside another item"))
        .help(format!(
            "`{word}` runs once in a run: put it directly into the pipeline"
        ))
}

fn handler(span: Span) -> Diagnostic {
    Diagnostic::new(Code::MisplacedFlow, span, "inside another handler")
        .title("a handler inside a handler")
        .help("a failure inside a handler ends the run: nothing handles it")
}
