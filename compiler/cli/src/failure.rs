//! A failure of a run, shown like a diagnostic: its place, its values, its tick.

use serde_json::{Map, Value as Json, json};
use theus::memory::span;
use theus_abi::Fault;
use theus_abi::audit::rule_of;
use theus_abi::image::{Image, Loc};
use theus_diag::render::View;
use theus_diag::{Label, NOWHERE, Severity};
use theus_grammar::Source;
use theus_vm::{Failure, FailureKind};

use crate::terminal::Terminal;
use crate::{number, state};

/// `F06` of a fault; `raise` of an error.
pub(crate) fn id(failure: &Failure) -> String {
    match &failure.kind {
        FailureKind::Fault(fault) => fault_id(*fault),
        FailureKind::Error(_) => "raise".to_owned(),
    }
}

/// `F06`.
pub(crate) fn fault_id(fault: Fault) -> String {
    format!("F{:02}", fault.number())
}

/// Shows it. With strict off nothing has been undone.
pub(crate) fn show(
    failure: &Failure,
    sources: &[Source],
    image: &Image,
    terminal: &Terminal,
) -> String {
    let values = failure
        .args
        .iter()
        .map(|(label, value)| format!("{label} = {value}"));
    let values: Vec<_> = values.collect();
    let title = match &failure.kind {
        FailureKind::Fault(fault) => fault.title().to_owned(),
        FailureKind::Error(name) => format!("error `{name}` is not handled"),
    };
    let title = match &failure.message {
        Some(message) => format!("{title}: {message}"),
        None => title,
    };
    let text = if values.is_empty() {
        match &failure.kind {
            FailureKind::Fault(_) => "here".to_owned(),
            FailureKind::Error(_) => "raised here".to_owned(),
        }
    } else {
        values.join(", ")
    };
    let mut notes = vec![place(failure)];
    let inside = failure.inside.and_then(|loc| position(loc, sources));
    notes.extend(inside.map(|(name, line, _)| format!("found in `{name}`, line {line}")));
    let cause = failure.cause.map(Fault::title);
    notes.extend(cause.map(|cause| format!("it could not be evaluated: {cause}")));
    notes.extend(failure.row.as_ref().map(ToString::to_string));
    let word = match &failure.kind {
        FailureKind::Fault(fault) => format!("on fault {}", fault.name()),
        FailureKind::Error(name) => format!("on error {name}"),
    };
    let level = rule_of(image, failure.site).map(|rule| rule.level);
    let help = match (&failure.process, image.strict) {
        _ if level == Some('A') => {
            vec!["level A aborts the pipeline: no handler is asked".to_owned()]
        }
        _ if level == Some('S') => vec![
            "level S stops everything: nothing runs until the program is started again"
                .to_owned(),
        ],
        (None, _) => Vec::new(),
        (Some(_), true) => {
            vec![format!(
                "the process was undone; `{word} {{ … }}` would handle it"
            )]
        }
        (Some(_), false) => vec![
            "with `--strict off` nothing was undone: the contexts are dirty".to_owned(),
            format!("`{word} {{ … }}` would handle it"),
        ],
    };
    let mut help = help;
    if failure.kind == FailureKind::Fault(Fault::Missing) {
        help.push(
            "where there may be none, `e ?? value` or `e else { … }` says what then; a map has a key only after `put(key, value)`"
                .to_owned(),
        );
    }
    let known = position(failure.loc, sources).is_some();
    let from = failure.from.map(|loc| Label {
        span: span(loc),
        text: "called here".to_owned(),
    });
    let labels: Vec<_> = from.into_iter().filter(|_| known).collect();
    let primary = Label {
        span: if known { span(failure.loc) } else { NOWHERE },
        text,
    };
    let view = View {
        severity: Severity::Error,
        id: &id(failure),
        title: &title,
        primary: &primary,
        labels: &labels,
        notes: &notes,
        help: &help,
        fixes: &[],
    };
    terminal.failure(view, sources)
}

/// For programs: an object, of a stable schema.
pub(crate) fn json(found: &Failure, sources: &[Source]) -> Json {
    let place = position(found.loc, sources);
    let (line, column) = place.map_or((0, 0), |(_, line, column)| (line, column));
    let other = |loc: Option<Loc>| {
        let (file, line, column) = position(loc?, sources)?;
        Some(json!({ "file": file, "line": line, "column": column }))
    };
    let values = found
        .args
        .iter()
        .map(|(name, value)| (name.clone(), state::exact(value)));
    let name = match &found.kind {
        FailureKind::Fault(fault) => fault.name().to_owned(),
        FailureKind::Error(name) => name.clone(),
    };
    json!({
        "kind": "fault",
        "code": id(found),
        "name": name,
        "file": place.map(|(file, ..)| file),
        "line": line,
        "column": column,
        "inside": other(found.inside),
        "called_from": other(found.from),
        "process": found.process,
        "message": found.message,
        "tick": found.tick,
        "time_ns": found.time,
        "values": Json::Object(values.collect::<Map<_, _>>()),
    })
}

/// File, line and column of a place, if its text is known.
fn position(loc: Loc, sources: &[Source]) -> Option<(&str, usize, usize)> {
    let place = span(loc);
    let source = sources.iter().find(|one| one.id == place.file)?;
    let (line, column) = source.position(place.start);
    Some((&source.name, line, column))
}

/// `in process move, at tick 12 (120ms)`.
fn place(failure: &Failure) -> String {
    let tick = number::grouped(failure.tick);
    let time = number::time(u64::try_from(failure.time).unwrap_or(0));
    match &failure.process {
        Some(process) => format!("in process `{process}`, in tick {tick} ({time})"),
        None => format!("in tick {tick} ({time})"),
    }
}

/// Shows the end that a `fail` of the program made.
pub(crate) fn declared(
    title: &str,
    loc: Loc,
    sources: &[Source],
    terminal: &Terminal,
) -> String {
    let primary = Label {
        span: span(loc),
        text: "the program fails here".to_owned(),
    };
    let view = View {
        severity: Severity::Error,
        id: "fail",
        title,
        primary: &primary,
        labels: &[],
        notes: &[],
        help: &[],
        fixes: &[],
    };
    terminal.failure(view, sources)
}
