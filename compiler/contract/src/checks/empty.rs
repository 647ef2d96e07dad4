//! A pipeline does something.

use theus_diag::{Code, Diagnostic, Sink};
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
        }
    }
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
