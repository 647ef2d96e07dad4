//! Signals and meta fields go out of processes, never in.

use indexmap::IndexSet;
use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::item::{Process, Target};
use theus_hir::{FieldId, Typed};

use crate::Cx;
use crate::contract::{field_of, zone};
use crate::edit::{Clause, offer_removal};
use crate::footprint::Footprint;
use crate::roots::{Role, each_flow_expr};
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for (id, process) in cx.typed.written_processes() {
        let reported = entries(cx.typed, process, sink);
        reads(cx.typed, process, cx.prints.process(id), &reported, sink);
    }
    for pipeline in cx.typed.pipelines.values() {
        each_flow_expr(&pipeline.body, &mut |role, expr| {
            if role == Role::Condition {
                condition(cx.typed, &cx.prints.of_expr(cx.typed, expr), sink);
            }
        });
    }
}

const fn code(zone: Zone) -> Option<Code> {
    match zone {
        Zone::Signal => Some(Code::SignalRead),
        Zone::Meta => Some(Code::MetaRead),
        Zone::Global | Zone::Data | Zone::Heavy => None,
    }
}

const fn help(zone: Zone) -> &'static str {
    match zone {
        Zone::Signal => {
            "signals are for pipelines: test it with `when`, or keep a data field"
        }
        Zone::Meta => {
            "a process may only set or `+=` a meta field, so that counting changes \
             nothing: keep a data field for what is needed again"
        }
        Zone::Global | Zone::Data | Zone::Heavy => "",
    }
}

fn entries(typed: &Typed, process: &Process, sink: &mut Sink) -> IndexSet<FieldId> {
    let mut reported = IndexSet::new();
    for (at, entry) in process.inputs.iter().enumerate() {
        let (Target::Field(id, _), Some(field)) = (&entry.target, field_of(typed, entry))
        else {
            continue;
        };
        let Some(code) = code(field.zone) else {
            continue;
        };
        let (word, name) = (field.zone.name(), show::target(typed, &entry.target));
        let found = Diagnostic::new(code, entry.span, "an input")
            .title(format!("the {word} field `{name}` cannot be an input"))
            .label(field.span, format!("declared `{word}` here"))
            .help(help(field.zone));
        sink.push(offer_removal(found, process, Clause::Inputs, at, &name));
        reported.insert(*id);
    }
    reported
}

fn reads(
    typed: &Typed,
    process: &Process,
    print: &Footprint,
    reported: &IndexSet<FieldId>,
    sink: &mut Sink,
) {
    for ((place, _), span) in &print.reads {
        let Some(field) = place.in_field().filter(|field| !reported.contains(field))
        else {
            continue;
        };
        if let Some(code) = code(typed.fields[field].zone) {
            let owner = format!("`{}`", process.head.name);
            sink.push(read(typed, field, code, &owner, *span));
        }
    }
}

/// Conditions may test signals, but what they decide may not hang on a count.
fn condition(typed: &Typed, print: &Footprint, sink: &mut Sink) {
    for ((place, _), span) in &print.reads {
        let meta = zone(typed, place) == Some(Zone::Meta);
        let Some(field) = place.in_field().filter(|_| meta) else {
            continue;
        };
        if typed.host.contains_key(&field) {
            let found = Diagnostic::new(Code::HostRead, *span, "told by the machine")
                .title("a condition of a pipeline looks at the machine")
                .help("a run must be the same on any machine: let an alert look at it");
            sink.push(found);
            continue;
        }
        let owner = "a condition of a pipeline";
        sink.push(read(typed, field, Code::MetaRead, owner, *span));
    }
}

fn read(typed: &Typed, field: FieldId, code: Code, who: &str, span: Span) -> Diagnostic {
    let (item, name) = (&typed.fields[field], show::field(typed, field));
    let word = item.zone.name();
    Diagnostic::new(code, span, "read here")
        .title(format!("{who} reads the {word} field `{name}`"))
        .label(item.span, format!("declared `{word}` here"))
        .help(help(item.zone))
}
