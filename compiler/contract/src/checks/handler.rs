//! A handler ends by saying how to go on, and something reaches it.

use theus_abi::Fault;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::flow::{Handler, each_flow, each_list};
use theus_hir::{Flow, FlowKind};

use crate::Cx;
use crate::flow::{Reached, escapes};
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for body in cx.typed.flows() {
        each_flow(body, &mut |flow| {
            if let FlowKind::Handler(handler) = &flow.kind {
                exit(handler, flow.span, sink);
            }
        });
        escapes(cx, body, &mut |reached| {
            idle_errors(cx, &reached, sink);
        });
        faults(body, sink);
    }
}

fn exit(handler: &Handler, span: Span, sink: &mut Sink) {
    let last = handler.body.last();
    let ends = last.is_some_and(|last| match last.kind {
        FlowKind::Skip
        | FlowKind::Drop
        | FlowKind::Enter(_, _, None)
        | FlowKind::Stop(_)
        | FlowKind::Fail(_)
        | FlowKind::Error => true,
        FlowKind::Run(_)
        | FlowKind::Par(_)
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
        | FlowKind::Handler(_)
        | FlowKind::Reset(_)
        | FlowKind::Sink(_)
        | FlowKind::Source(_) => false,
    });
    if ends {
        return;
    }
    let found = Diagnostic::new(
        Code::MissingExit,
        span,
        "nothing here says how to go on",
    )
    .title("a handler does not say how to go on")
    .help(
        "end it with `skip` (go on after the failed item), `drop` (leave the rest of the \
             tick), `stop` or `fail`",
    );
    let close = Span::new(
        span.file,
        span.end.saturating_sub(1),
        span.end.saturating_sub(1),
    );
    sink.push(match last {
        Some(last) => found.fix("end it with `skip`", last.span.after(), " skip"),
        None => found.fix("end it with `skip`", close, "skip "),
    });
}

fn idle_errors(cx: &Cx<'_>, reached: &Reached<'_>, sink: &mut Sink) {
    if reached.idle.is_empty() || reached.partial {
        return;
    }
    let names: Vec<_> = reached
        .idle
        .iter()
        .map(|error| &*cx.typed.errors[*error].name)
        .collect();
    let list = show::list(&names, "or");
    let found = Diagnostic::new(Code::UnreachableHandler, reached.span, "never reached");
    let found = found.title(format!("nothing brings {list} to this handler"));
    sink.push(match reached.handler.from.is_empty() {
        true => found.help(format!(
            "no item of this list raises {list}, or a handler before this one takes it"
        )),
        false => found.help(format!(
            "none of the processes after `from` raises {list} here"
        )),
    });
}

/// A fault handler behind one of its list that takes all the same faults.
fn faults(list: &[Flow], sink: &mut Sink) {
    let mut before: Vec<(&Handler, Span)> = Vec::new();
    for flow in list {
        if let FlowKind::Handler(handler) = &flow.kind {
            if let Some((_, taken)) =
                before.iter().find(|(other, _)| takes_all(other, handler))
            {
                let found = Diagnostic::new(
                    Code::UnreachableHandler,
                    flow.span,
                    "never reached",
                )
                .title("a handler of faults is never reached")
                .label(*taken, "this one takes all its faults")
                .help("the first handler that fits is taken: put the special one first");
                sink.push(found);
            }
            if handler.faults.is_some() {
                before.push((handler, flow.span));
            }
        }
        each_list(flow, &mut |list| faults(list, sink));
    }
}

fn takes_all(first: &Handler, second: &Handler) -> bool {
    let from = first.from.is_empty()
        || (!second.from.is_empty()
            && second.from.iter().all(|from| first.from.contains(from)));
    let (Some(all), Some(some)) = (&first.faults, &second.faults) else {
        return false;
    };
    let takes = |fault: &Fault| all.contains(fault);
    from && (all.is_empty() || (!some.is_empty() && some.iter().all(takes)))
}
