//! A pipeline does something.

use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::{Flow, FlowKind};

use crate::Cx;
use theus_hir::flow::each_list;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for pipeline in cx.typed.pipelines.values() {
        if !acts(&pipeline.body) && pipeline.together.is_empty() {
            let name = &pipeline.head.name;
            let found =
                Diagnostic::new(Code::EmptyPipeline, pipeline.head.span, "does nothing")
                    .title(format!("the pipeline `{name}` does nothing"))
                    .help("name a process in it");
            sink.push(found);
            continue;
        }
        braces(&pipeline.body, sink);
    }
}

/// Items that hold others and have none. Those of another pipeline are told of there.
fn braces(list: &[Flow], sink: &mut Sink) {
    for flow in list {
        if let Some((word, at)) = idle(flow) {
            let found = Diagnostic::new(Code::EmptyPipeline, at, "does nothing")
                .title(format!("nothing stands in the braces of this `{word}`"))
                .help("name a process in it, or remove it");
            sink.push(found);
        }
        if !matches!(flow.kind, FlowKind::Nested(..)) {
            each_list(flow, &mut |list| braces(list, sink));
        }
    }
}

/// The word of an item that holds others and has none, and where to look.
fn idle(flow: &Flow) -> Option<(&'static str, Span)> {
    let word = match &flow.kind {
        FlowKind::Atomic(_) => "atomic",
        FlowKind::When(..) => "when",
        FlowKind::EveryTicks(..) | FlowKind::EveryTime(..) => "every",
        FlowKind::Measure(..) => "measure",
        FlowKind::Repeat(..) => "repeat",
        FlowKind::On(..)
        | FlowKind::OnEnter(_)
        | FlowKind::OnExit(_)
        | FlowKind::OnStart(_)
        | FlowKind::OnStop(_) => "on",
        _ => return None,
    };
    let mut empty = true;
    each_list(flow, &mut |list| empty &= list.is_empty());
    let end = flow.span.start.saturating_add(word.len() as u32);
    let at = match &flow.kind {
        // After `else` an item begins with its condition.
        FlowKind::When(cond, ..) => cond.span,
        _ => Span { end, ..flow.span },
    };
    empty.then_some((word, at))
}

fn acts(list: &[Flow]) -> bool {
    list.iter().any(|flow| match &flow.kind {
        FlowKind::Run(_)
        | FlowKind::Enter(..)
        | FlowKind::Nested(..)
        | FlowKind::Stop(_)
        | FlowKind::Fail(_)
        | FlowKind::Reset(_)
        | FlowKind::Sink(_)
        | FlowKind::Source(_)
        | FlowKind::Error => true,
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
        | FlowKind::OnEnter(_)
        | FlowKind::OnExit(_)
        | FlowKind::OnStart(_)
        | FlowKind::OnStop(_) => {
            let mut found = false;
            each_list(flow, &mut |list| found |= acts(list));
            found
        }
        FlowKind::Handler(_) | FlowKind::Skip | FlowKind::Drop => false,
    })
}
