//! Machine-readable diagnostics, one JSON object per check. The schema is stable:
//!
//! ```text
//! { "schema": "theus.diagnostics/1",
//!   "diagnostics": [
//!     { "code": "T0402", "severity": "error", "title": "…", "file": "a.theus" | null,
//!       "primary": PLACE | null, "labels": [PLACE], "help": ["…"],
//!       "fixes": [{ "title": "…", "safe": true,
//!                   "edits": [{ …PLACE, "text": "replacement" }] }] } ],
//!   "summary": { "errors": 1, "warnings": 0 } }
//! PLACE = { "file": "a.theus", "start": POINT, "end": POINT, "text": "…" }
//! POINT = { "offset": byte from 0, "line": from 1, "column": character from 1 }
//! ```

use serde::Serialize;
use theus_grammar::{Source, Span};

use super::place::{position, snap, source};
use crate::code::Severity;
use crate::diagnostic::{Diagnostic, Label};
use crate::ease::Ease;

/// Name and version of the schema.
pub const SCHEMA: &str = "theus.diagnostics/1";

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    diagnostics: Vec<One<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct One<'a> {
    code: &'static str,
    severity: &'static str,
    title: &'a str,
    file: Option<&'a str>,
    primary: Option<Place<'a>>,
    labels: Vec<Place<'a>>,
    help: &'a [String],
    fixes: Vec<Fix<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    start: Point,
    end: Point,
    text: &'a str,
}

#[derive(Serialize)]
struct Point {
    offset: usize,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    safe: bool,
    edits: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
}

/// The report, indented, with a line break at its end.
pub fn render(found: &[Diagnostic], sources: &[Source]) -> String {
    let errors = super::count(found, Severity::Error);
    let report = Report {
        schema: SCHEMA,
        diagnostics: found.iter().map(|found| one(found, sources)).collect(),
        summary: Summary {
            errors,
            warnings: found.len() - errors,
        },
    };
    serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"
}

/// One diagnostic as a JSON value, for reports that contain others.
pub fn value(found: &Diagnostic, sources: &[Source]) -> serde_json::Value {
    serde_json::to_value(one(found, sources)).unwrap_or_default()
}

fn one<'a>(found: &'a Diagnostic, sources: &'a [Source]) -> One<'a> {
    let labels = found
        .labels
        .iter()
        .filter_map(|label| labelled(label, sources));
    let fixes = found.fixes.iter().map(|fix| Fix {
        title: &fix.title,
        safe: found.code.ease() == Ease::Safe,
        edits: fix
            .edits
            .iter()
            .filter_map(|(span, text)| place(*span, text, sources))
            .collect(),
    });
    One {
        code: found.code.id(),
        severity: found.severity().name(),
        title: &found.title,
        file: source(found.primary.span, sources).map(|source| &*source.name),
        primary: labelled(&found.primary, sources),
        labels: labels.collect(),
        help: &found.help,
        fixes: fixes.collect(),
    }
}

fn labelled<'a>(label: &'a Label, sources: &'a [Source]) -> Option<Place<'a>> {
    place(label.span, &label.text, sources)
}

fn place<'a>(span: Span, text: &'a str, sources: &'a [Source]) -> Option<Place<'a>> {
    let source = source(span, sources)?;
    let range = snap(source, span);
    let point = |offset| {
        let (line, column) = position(source, offset);
        Point {
            offset,
            line,
            column,
        }
    };
    Some(Place {
        file: &source.name,
        start: point(range.start),
        end: point(range.end),
        text,
    })
}
