//! Modes: what belongs to them stands where it means something, each is entered by something,
//! and nothing else changes which is in force.

use indexmap::{IndexMap, IndexSet};
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::flow::{each_flow, each_list};
use theus_hir::item::Target;
use theus_hir::{ExprKind, FieldId, Flow, FlowKind, PipelineId};

use crate::Cx;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for (id, pipeline) in &cx.typed.pipelines {
        places(&pipeline.body, At::default(), sink);
        reached(cx, id, sink);
    }
    written(cx, sink);
}

/// Where an item stands.
#[derive(Clone, Copy, Default)]
struct At {
    /// Directly in a mode.
    mode: bool,
    /// In what a change of modes makes no sense, and why.
    closed: Option<(&'static str, &'static str)>,
}

fn places(flows: &[Flow], at: At, sink: &mut Sink) {
    for flow in flows {
        match (&flow.kind, at.closed) {
            (FlowKind::OnEnter(_) | FlowKind::OnExit(_), _) if !at.mode => {
                sink.push(outside(flow));
            }
            (FlowKind::Enter(..), Some((place, why))) => {
                let found = Diagnostic::new(Code::MisplacedMode, flow.span, why)
                    .title(format!("`enter` inside {place}"))
                    .help("let a process say so in a field, and enter the mode by `enter M when c` in the pipeline");
                sink.push(found);
            }
            _ => {}
        }
        let inner = At {
            mode: matches!(flow.kind, FlowKind::Mode(..)),
            closed: closes(&flow.kind).or(at.closed),
        };
        each_list(flow, &mut |list| places(list, inner, sink));
    }
}

const fn closes(kind: &FlowKind) -> Option<(&'static str, &'static str)> {
    match kind {
        FlowKind::Par(_) => {
            Some(("`par`", "which of its members is the first to say so?"))
        }
        FlowKind::Atomic(_) => {
            Some(("`atomic`", "this would stay when the group is undone"))
        }
        FlowKind::OnStart(_) => {
            Some(("`on start`", "the pipeline begins in its first mode"))
        }
        FlowKind::OnStop(_) => Some(("`on stop`", "there is no tick after this")),
        FlowKind::OnEnter(_) => {
            Some(("`on enter`", "the mode would be left before it has run"))
        }
        FlowKind::OnExit(_) => {
            Some(("`on exit`", "which mode comes next is decided here already"))
        }
        _ => None,
    }
}

fn outside(flow: &Flow) -> Diagnostic {
    let word = match flow.kind {
        FlowKind::OnEnter(_) => "on enter",
        _ => "on exit",
    };
    Diagnostic::new(
        Code::MisplacedMode,
        flow.span,
        "no mode is entered or left here",
    )
    .title(format!("`{word}` outside of a mode"))
    .help(format!(
        "put it directly into a mode: `mode M {{ {word} {{ … }} }}`"
    ))
}

/// Modes that no way leads to.
fn reached(cx: &Cx<'_>, id: PipelineId, sink: &mut Sink) {
    let Some(modes) = cx.typed.pipelines[id].modes else {
        return;
    };
    let body = &cx.typed.pipelines[id].body;
    let mut ways: IndexMap<u32, Vec<u32>> = IndexMap::new();
    let mut found = vec![modes.first];
    for flow in body {
        match &flow.kind {
            FlowKind::Mode(_, at, list) => {
                ways.insert(*at, entered(id, list));
            }
            _ => found.extend(entered(id, std::slice::from_ref(flow))),
        }
    }
    let mut seen = IndexSet::new();
    while let Some(at) = found.pop() {
        if seen.insert(at) {
            found.extend(ways.get(&at).into_iter().flatten());
        }
    }
    let mut failed = false;
    each_flow(body, &mut |flow| {
        failed |= matches!(flow.kind, FlowKind::Error)
    });
    let names = cx.typed.enums[modes.names].variants.iter();
    let names: IndexSet<_> = names.map(|mode| &mode.name).collect();
    failed |= names.len() != ways.len();
    for (mode, at) in cx.typed.enums[modes.names].variants.iter().zip(0_u32..) {
        if !seen.contains(&at) && !failed {
            let found =
                Diagnostic::new(Code::UnreachableMode, mode.span, "never entered")
                    .title(format!("the mode `{}` is never entered", mode.name))
                    .help(format!(
                        "`enter {} when …` in another mode leads to it",
                        mode.name
                    ));
            sink.push(found);
        }
    }
}

/// The modes of a pipeline that a list enters.
fn entered(id: PipelineId, list: &[Flow]) -> Vec<u32> {
    let mut found = Vec::new();
    each_flow(list, &mut |flow| {
        if let FlowKind::Enter(of, at, _) = flow.kind
            && of == id
        {
            found.push(at);
        }
    });
    found
}

/// Processes and sources that write which mode is in force.
fn written(cx: &Cx<'_>, sink: &mut Sink) {
    let ids = cx.typed.pipelines.keys();
    let fields: Vec<FieldId> = ids.filter_map(|id| cx.typed.mode_field(id)).collect();
    for (_, process) in cx.typed.written_processes() {
        for entry in &process.outputs {
            if let Target::Field(field, _) = &entry.target
                && fields.contains(field)
            {
                sink.push(by_hand(cx, *field, entry.span));
            }
        }
    }
    for pipeline in cx.typed.pipelines.values() {
        each_flow(&pipeline.body, &mut |flow| {
            let FlowKind::Source(stream) = &flow.kind else {
                return;
            };
            for (column, _) in &stream.columns {
                if let ExprKind::Field(field) = column.kind
                    && fields.contains(&field)
                {
                    sink.push(by_hand(cx, field, column.span));
                }
            }
        });
    }
}

fn by_hand(cx: &Cx<'_>, field: FieldId, span: Span) -> Diagnostic {
    let path = cx.typed.field_path(field);
    Diagnostic::new(Code::ModeWritten, span, "this is which mode is in force")
        .title(format!("`{path}` cannot be written"))
        .help("a pipeline changes its mode by `enter`: write a field of your own, and `enter M when c`")
}
