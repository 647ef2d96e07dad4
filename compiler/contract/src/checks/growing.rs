//! A collection that only grows: some day it is full, and nobody has said what happens then.

mod change;
mod guard;

use indexmap::{IndexMap, IndexSet};
use theus_abi::Fault;
use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::flow::{Handler, ResetTarget, each_flow, each_list};
use theus_hir::item::{Period, Pipeline};
use theus_hir::ty::Full;
use theus_hir::{FieldId, Flow, FlowKind, ProcessId, Ty, TyKind, Typed};

use crate::{Cx, show};
use change::Changes;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    let typed = cx.typed;
    // What is added is not known where something else is wrong.
    if sink.has_errors() {
        return;
    }
    let runs = typed.run_processes();
    let changes: IndexMap<ProcessId, Changes> = runs
        .map(|(id, process)| (id, change::of_process(typed, process)))
        .collect();
    let mut less: IndexSet<FieldId> = changes
        .values()
        .flat_map(|changes| changes.less.iter().copied())
        .collect();
    resets(typed, &mut less);
    let mut told = IndexSet::new();
    let ticking = typed.pipelines.values();
    let ticking = ticking
        .filter(|pipeline| pipeline.period != Period::None || pipeline.batch.is_some());
    for pipeline in ticking {
        let conditions = guard::of_pipeline(pipeline);
        for process in steady(pipeline) {
            let Some(changes) = changes.get(&process) else {
                continue;
            };
            for (field, span) in &changes.more {
                let ends = less.contains(field)
                    || conditions.contains(field)
                    || leaves(typed, *field, &less);
                if !ends && told.insert((*field, *span)) {
                    sink.push(report(cx, process, *field, *span));
                }
            }
        }
    }
}

/// The processes that run again and again, with a failure for want of room that nobody handles.
fn steady(pipeline: &Pipeline) -> IndexSet<ProcessId> {
    let mut handled = false;
    each_flow(&pipeline.body, &mut |flow| {
        handled |=
            matches!(&flow.kind, FlowKind::Handler(handler) if takes_full(handler));
    });
    let mut found = IndexSet::new();
    if !handled {
        steady_in(&pipeline.body, &mut found);
    }
    found
}

fn steady_in(flows: &[Flow], found: &mut IndexSet<ProcessId>) {
    for flow in flows {
        match &flow.kind {
            FlowKind::Run(process) => {
                found.insert(*process);
            }
            FlowKind::OnStart(_)
            | FlowKind::OnStop(_)
            | FlowKind::OnEnter(_)
            | FlowKind::OnExit(_)
            | FlowKind::Handler(_) => {}
            _ => each_list(flow, &mut |list| steady_in(list, found)),
        }
    }
}

fn takes_full(handler: &Handler) -> bool {
    let faults = handler.faults.as_ref();
    faults.is_some_and(|faults| faults.is_empty() || faults.contains(&Fault::Full))
}

/// Fields that a pipeline puts back to their start values.
fn resets(typed: &Typed, less: &mut IndexSet<FieldId>) {
    for list in typed.flows() {
        each_flow(list, &mut |flow| match flow.kind {
            FlowKind::Reset(ResetTarget::Field(field)) => {
                less.insert(field);
            }
            FlowKind::Reset(ResetTarget::Context(context)) => {
                less.extend(&typed.contexts[context].fields);
            }
            _ => {}
        });
    }
}

/// Whether what is in a field leaves by itself, or with what it belongs to.
fn leaves(typed: &Typed, field: FieldId, less: &IndexSet<FieldId>) -> bool {
    let item = &typed.fields[field];
    let owner = typed.owner_of(field);
    item.zone == Zone::Signal
        || is_told(typed, item.ty)
        || owner.is_some_and(|owner| {
            less.contains(&owner.pool) || leaves(typed, owner.pool, less)
        })
}

/// Whether a type says what leaves a full collection, or when.
fn is_told(typed: &Typed, ty: Ty) -> bool {
    let full = match typed.types.kind(ty) {
        TyKind::Pool(_, _, rules) => &rules.full,
        _ => typed.rules_of(ty).map_or(&Full::Fault, |rules| &rules.full),
    };
    *full != Full::Fault || typed.ttl_of(ty).is_some()
}

fn report(cx: &Cx<'_>, process: ProcessId, field: FieldId, span: Span) -> Diagnostic {
    let process = &cx.typed.processes[process].head.name;
    let (name, declared) = (show::field(cx.typed, field), cx.typed.fields[field].span);
    let pool = matches!(
        cx.typed.types.kind(cx.typed.fields[field].ty),
        TyKind::Pool(..)
    );
    let asks = if pool {
        "`… else { … }`"
    } else {
        "`if not xs.is_full() { … }`"
    };
    let label = format!("`{process}` adds to it again and again");
    Diagnostic::new(Code::OnlyGrows, span, label)
        .title(format!("`{name}` only grows"))
        .label(declared, "nothing is ever taken out: some day it is full")
        .help("say in its type what leaves, `full oldest` or `ttl 5min`; or take values out, or `reset` it")
        .help(format!(
            "or say what a full one means: {asks} here, or `on fault Full {{ … }}` in the pipeline"
        ))
}
