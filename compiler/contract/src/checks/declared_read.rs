//! A process reads only what its inputs or outputs name.

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::item::Process;

use crate::Cx;
use crate::contract::{Contract, entry_name, zone};
use crate::edit::{Clause, offer_entry};
use crate::footprint::Footprint;
use crate::place::Place;
use crate::place_set::PlaceSet;

/// More missing entries than this are not put into one edit.
const MOST_IN_ONE_EDIT: usize = 16;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for (id, process) in cx.typed.written_processes() {
        let missing = undeclared(cx, process, cx.prints.process(id));
        let names: Vec<_> = missing
            .iter()
            .map(|(place, _)| entry_name(cx.typed, process, place))
            .collect();
        for ((_, span), name) in missing.iter().zip(&names) {
            let all = all_or_one(&names, name);
            sink.push(undeclared_read(process, *span, name, all));
        }
    }
}

/// What an edit that makes a new clause puts into it.
pub(crate) fn all_or_one<'a>(names: &'a [String], name: &'a String) -> &'a [String] {
    if names.len() > MOST_IN_ONE_EDIT {
        std::slice::from_ref(name)
    } else {
        names
    }
}

fn undeclared<'a>(
    cx: &Cx<'_>,
    process: &Process,
    print: &'a Footprint,
) -> Vec<(&'a Place, Span)> {
    let contract = Contract::new(cx.typed, process);
    if contract.partial {
        return Vec::new();
    }
    let (mut found, mut reported) = (Vec::new(), PlaceSet::default());
    // What is written without leave is reported as that: an output may be read, too.
    let written =
        PlaceSet::of_places(cx.typed, print.writes.keys().map(|(place, _)| place));
    for ((place, _), span) in &print.reads {
        // Signals and meta fields cannot be declared for reading: another check.
        let readable = matches!(
            zone(cx.typed, place),
            Some(Zone::Data | Zone::Global | Zone::Heavy)
        );
        let known = contract.inputs.covers(cx.typed, place)
            || contract.outputs.covers(cx.typed, place)
            || written.covers(cx.typed, place)
            || reported.covers(cx.typed, place);
        if readable && !known {
            reported.add(cx.typed, place.clone());
            found.push((place, *span));
        }
    }
    found
}

fn undeclared_read(
    process: &Process,
    span: Span,
    name: &str,
    all: &[String],
) -> Diagnostic {
    let owner = &process.head.name;
    let found = Diagnostic::new(Code::UndeclaredRead, span, "read here").title(format!(
        "`{owner}` reads `{name}`, which its contract does not name"
    ));
    offer_entry(found, process, Clause::Inputs, name, all)
}
