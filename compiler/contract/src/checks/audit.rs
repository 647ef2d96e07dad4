//! A rule of an audit names what a process writes and an audit may look at; an alert watches
//! what changes, and changes nothing that it could watch.

use indexmap::IndexSet;
use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::flow::each_list;
use theus_hir::item::Target;
use theus_hir::{Alert, FieldId, Flow, FlowKind, Level, ProcessId, Rule};

use crate::Cx;
use crate::contract::zone;
use crate::footprint::Footprint;
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    let written = written(cx);
    for audit in &cx.typed.audits {
        for rule in &audit.rules {
            check_rule(cx, rule, &written, sink);
        }
    }
    for alert in &cx.typed.alerts {
        watches(cx, alert, &written, sink);
        items(cx, &alert.body, sink);
    }
}

/// The fields that some pipeline changes.
fn written(cx: &Cx<'_>) -> IndexSet<FieldId> {
    let mut found = IndexSet::new();
    for list in cx.typed.flows() {
        theus_hir::flow::each_flow(list, &mut |flow| match &flow.kind {
            FlowKind::Run(process) => {
                let print = cx.prints.process(*process);
                let writes = print.writes.keys();
                found.extend(writes.filter_map(|(place, _)| place.in_field()));
                // What is wrong in it is reported: it may write what its contract says.
                if print.partial {
                    found.extend(declared(cx, *process));
                }
            }
            FlowKind::Source(stream) => {
                for (to, _) in &stream.columns {
                    let reads = cx.prints.of_expr(cx.typed, to).reads;
                    found.extend(reads.keys().filter_map(|(place, _)| place.in_field()));
                }
            }
            FlowKind::Measure(measure, _) => {
                let writes = cx.prints.of_expr(cx.typed, &measure.push).writes;
                found.extend(writes.keys().filter_map(|(place, _)| place.in_field()));
            }
            _ => {}
        });
    }
    found
}

/// The fields that the contract of a process names.
fn declared(cx: &Cx<'_>, process: ProcessId) -> Vec<FieldId> {
    let outputs = cx.typed.processes[process].outputs.iter();
    let fields = outputs.map(|entry| match entry.target {
        Target::Field(field, _) => vec![field],
        Target::Context(context) => cx.typed.contexts[context].fields.clone(),
        Target::Tick | Target::Random | Target::Error => Vec::new(),
    });
    fields.flatten().collect()
}

fn check_rule(cx: &Cx<'_>, rule: &Rule, written: &IndexSet<FieldId>, sink: &mut Sink) {
    let print = cx.prints.of_expr(cx.typed, &rule.holds);
    if print.partial || zones(cx, rule, &print, sink) {
        return;
    }
    let fields = changing(cx, &print);
    if fields.iter().any(|field| written.contains(field)) {
        return;
    }
    let found = Diagnostic::new(Code::NeverFires, rule.holds.span, "always the same");
    sink.push(never(
        cx,
        found.title("a rule can never be broken"),
        &fields,
    ));
}

/// The fields that are read and are no globals.
fn changing(cx: &Cx<'_>, print: &Footprint) -> IndexSet<FieldId> {
    let reads = print.reads.keys().filter_map(|(place, _)| place.in_field());
    reads
        .filter(|field| cx.typed.fields[*field].zone != Zone::Global)
        .collect()
}

fn never(cx: &Cx<'_>, found: Diagnostic, fields: &IndexSet<FieldId>) -> Diagnostic {
    let Some(first) = fields.first() else {
        return found.help("name a field that a process of a pipeline writes");
    };
    let (name, span) = (show::field(cx.typed, *first), cx.typed.fields[*first].span);
    found
        .label(span, format!("no process of a pipeline writes `{name}`"))
        .help("remove it, or name a process that writes the field in a pipeline")
}

/// Reports zones that a rule may not look at; whether there are some.
fn zones(cx: &Cx<'_>, rule: &Rule, print: &Footprint, sink: &mut Sink) -> bool {
    let mut bad = false;
    for ((place, _), span) in &print.reads {
        let (Some(zone), Some(field)) = (zone(cx.typed, place), place.in_field()) else {
            continue;
        };
        let help = match zone {
            Zone::Heavy => {
                "what a process wrote to it cannot be taken back: audit a data field that a process computes from it"
            }
            Zone::Signal => {
                "a signal is for pipelines: test it with `when`, or keep a data field"
            }
            Zone::Meta if rule.level != Level::C => {
                "a count may change nothing: let the rule have level C, or keep a data field"
            }
            Zone::Global | Zone::Data | Zone::Meta => continue,
        };
        let (name, declared) =
            (show::field(cx.typed, field), cx.typed.fields[field].span);
        let word = zone.name();
        let found = Diagnostic::new(Code::AuditedZone, *span, "read here")
            .title(format!(
                "a rule of level {} looks at the {word} field `{name}`",
                rule.level.name()
            ))
            .label(declared, format!("declared `{word}` here"))
            .help(help);
        sink.push(found);
        bad = true;
    }
    bad
}

/// An alert watches something that changes.
fn watches(cx: &Cx<'_>, alert: &Alert, written: &IndexSet<FieldId>, sink: &mut Sink) {
    let print = cx.prints.of_expr(cx.typed, &alert.when);
    let fields = changing(cx, &print);
    let told = fields.iter().any(|field| cx.typed.host.contains_key(field));
    let moves = print.tick.is_some() || print.partial || told;
    if moves || fields.iter().any(|field| written.contains(field)) {
        return;
    }
    let found = Diagnostic::new(Code::NeverFires, alert.when.span, "always the same")
        .title(format!("the alert `{}` can never change", alert.head.name));
    sink.push(never(cx, found, &fields));
}

fn items(cx: &Cx<'_>, list: &[Flow], sink: &mut Sink) {
    for flow in list {
        let what = match &flow.kind {
            FlowKind::Run(process) => {
                process_writes(cx, *process, flow.span, sink);
                continue;
            }
            FlowKind::Reset(_) => "`reset`",
            FlowKind::Source(_) => "a source",
            FlowKind::Par(_) => "a group",
            FlowKind::Atomic(_) => "`atomic`",
            FlowKind::On(..) => "`on`",
            FlowKind::Repeat(..) => "`repeat`",
            FlowKind::Mode(..) | FlowKind::Enter(..) => "a mode",
            FlowKind::OnEnter(_) | FlowKind::OnExit(_) => "a part of a mode",
            FlowKind::Nested(..) => "a pipeline",
            FlowKind::OnStart(_) => "`on start`",
            FlowKind::OnStop(_) => "`on stop`",
            FlowKind::EveryTicks(..) | FlowKind::EveryTime(..) => "`every`",
            FlowKind::Measure(..) => "`measure`",
            FlowKind::Drop => "`drop`",
            FlowKind::When(..)
            | FlowKind::Match(..)
            | FlowKind::Handler(_)
            | FlowKind::Skip
            | FlowKind::Stop(_)
            | FlowKind::Fail(_)
            | FlowKind::Sink(_)
            | FlowKind::Error => {
                each_list(flow, &mut |list| items(cx, list, sink));
                continue;
            }
        };
        let found = Diagnostic::new(Code::AlertEffect, flow.span, "not in an alert")
            .title(format!("{what} stands in an alert"))
            .help("an alert runs processes that write meta fields, writes rows, or ends the run with `stop` or `fail`");
        sink.push(found);
    }
}

/// What an alert runs writes counts only: what it watches may come from a clock.
fn process_writes(cx: &Cx<'_>, id: ProcessId, span: Span, sink: &mut Sink) {
    let print = cx.prints.process(id);
    let data = |place: &crate::Place| zone(cx.typed, place) != Some(Zone::Meta);
    let first = print.writes.iter().find(|((place, _), _)| data(place));
    let Some(((place, _), at)) = first.filter(|_| !print.partial) else {
        return;
    };
    let Some(field) = place.in_field() else {
        return;
    };
    let (owner, name) = (
        &cx.typed.processes[id].head.name,
        show::field(cx.typed, field),
    );
    let word = cx.typed.fields[field].zone.name();
    let found = Diagnostic::new(Code::AlertEffect, span, "run by an alert")
        .title(format!("`{owner}` writes `{name}`, but an alert only tells"))
        .label(*at, format!("a {word} field is written here"))
        .help("let the process write meta fields only; what steers belongs into the pipeline");
    sink.push(found);
}
