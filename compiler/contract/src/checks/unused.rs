//! What a contract names, the body uses: inputs are read, outputs written, errors raised.

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic, Sink};
use theus_hir::item::{Entry, Process, Target};

use super::duplicate::duplicates;
use crate::Cx;
use crate::contract::field_of;
use crate::edit::{Clause, offer_error_removal, offer_removal, own_errors};
use crate::footprint::Footprint;
use crate::place_set::PlaceSet;
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for (id, process) in cx.typed.written_processes() {
        let print = cx.prints.process(id);
        // Where something in the body has been reported, more may be used than is known.
        if !print.partial {
            inputs(cx, process, print, sink);
            outputs(cx, process, print, sink);
            errors(cx, process, print, sink);
        }
    }
}

/// Entries that no other check reports.
fn entries(
    cx: &Cx<'_>,
    process: &Process,
    clause: Clause,
    forbidden: &[Zone],
) -> Vec<(usize, Entry)> {
    let twice = duplicates(cx.typed, clause.entries(process));
    let entries = clause.entries(process).iter().enumerate();
    let entries = entries.filter(|(at, entry)| {
        let zone = field_of(cx.typed, entry).map(|field| field.zone);
        let reported = zone.is_some_and(|zone| forbidden.contains(&zone));
        entry.target != Target::Error && !reported && !twice.contains_key(at)
    });
    entries.map(|(at, entry)| (at, entry.clone())).collect()
}

/// Whether the text of an entry names other fields too, and one of them is used, or the
/// text has been reported: `arms[2]` names all fields of one context.
fn named_together(process: &Process, clause: Clause, at: usize, used: &PlaceSet) -> bool {
    let entries = clause.entries(process);
    let Some(span) = entries.get(at).map(|entry| entry.span) else {
        return false;
    };
    let same = entries
        .iter()
        .enumerate()
        .filter(|(_, other)| other.span == span);
    same.into_iter()
        .any(|(other, entry)| other < at || used.meets(&entry.target))
}

fn inputs(cx: &Cx<'_>, process: &Process, print: &Footprint, sink: &mut Sink) {
    let read = PlaceSet::of_places(cx.typed, print.reads.keys().map(|(place, _)| place));
    let outputs = PlaceSet::of_entries(cx.typed, &process.outputs);
    // An input that is written, but is no output, is reported as that.
    let stray = print.writes.keys().map(|(place, _)| place);
    let stray = stray.filter(|place| !outputs.covers(cx.typed, place));
    let stray = PlaceSet::of_places(cx.typed, stray);
    for (at, entry) in entries(cx, process, Clause::Inputs, &[Zone::Signal, Zone::Meta]) {
        let used = match entry.target {
            Target::Tick => print.tick.is_some(),
            Target::Random => print.random.is_some(),
            // What a cached process names lets it run, read or not.
            Target::Context(_) | Target::Field(..) if process.cached.is_some() => true,
            Target::Context(_) | Target::Field(..) | Target::Error => {
                read.meets(&entry.target) || stray.meets(&entry.target)
            }
        };
        if !used && !named_together(process, Clause::Inputs, at, &read) {
            let name = show::target(cx.typed, &entry.target);
            let found = Diagnostic::new(Code::UnusedInput, entry.span, "an input")
                .title(format!(
                    "`{}` does not read its input `{name}`",
                    process.head.name
                ))
                .help(format!("remove `{name}` from the inputs"));
            sink.push(offer_removal(found, process, Clause::Inputs, at, &name));
        }
    }
}

fn outputs(cx: &Cx<'_>, process: &Process, print: &Footprint, sink: &mut Sink) {
    let written =
        PlaceSet::of_places(cx.typed, print.writes.keys().map(|(place, _)| place));
    let read = PlaceSet::of_places(cx.typed, print.reads.keys().map(|(place, _)| place));
    for (at, entry) in entries(cx, process, Clause::Outputs, &[Zone::Global]) {
        let named = matches!(entry.target, Target::Context(_) | Target::Field(..));
        let together = || named_together(process, Clause::Outputs, at, &written);
        if !named || written.meets(&entry.target) || together() {
            continue;
        }
        let name = show::target(cx.typed, &entry.target);
        let found = Diagnostic::new(Code::UnusedOutput, entry.span, "an output").title(
            format!("`{}` does not write its output `{name}`", process.head.name),
        );
        let help = match read.meets(&entry.target) {
            true => format!("`{name}` is only read: name it in the inputs"),
            false => format!("remove `{name}` from the outputs"),
        };
        sink.push(offer_removal(
            found.help(help),
            process,
            Clause::Outputs,
            at,
            &name,
        ));
    }
}

fn errors(cx: &Cx<'_>, process: &Process, print: &Footprint, sink: &mut Sink) {
    let mut seen = indexmap::IndexSet::new();
    for (at, (error, span)) in own_errors(process).iter().enumerate() {
        if !seen.insert(*error) || print.raises.contains_key(error) {
            continue;
        }
        let (owner, name) = (&process.head.name, &cx.typed.errors[*error].name);
        let found = Diagnostic::new(Code::UnusedError, *span, "a declared error")
            .title(format!("`{owner}` does not raise `{name}`"));
        sink.push(offer_error_removal(found, cx.typed, process, at));
    }
}
