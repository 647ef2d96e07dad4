//! Text without drawings: for lines too long to draw, for places in no file, for pipes.

use theus_grammar::{Source, Span};

use super::fixed;
use super::place::{harmless, line_bounds, position, said, source, visible};
use super::{View, wrapped};
use crate::diagnostic::{Fix, Label};

/// Characters of a long line that are shown around its place.
const WINDOW: usize = 32;

/// The whole diagnostic.
pub fn render(found: View<'_>, sources: &[Source], width: usize) -> String {
    let mut out = header(found) + "\n";
    for label in found.all_labels() {
        out += &label_text(label, sources);
    }
    out + &notes(found, sources, width)
}

/// `error[T0402]: title`.
pub(super) fn header(found: View<'_>) -> String {
    let title = said(found.title);
    format!("{}[{}]: {title}", found.severity.name(), found.id)
}

/// Notes, help and fixes, one or two lines each.
pub(super) fn notes(found: View<'_>, sources: &[Source], width: usize) -> String {
    let notes = found.notes.iter().map(|text| note("note", text, width));
    let mut out: String = notes.collect();
    let mut shown = vec![false; found.fixes.len()];
    for text in found.help {
        out += &note("help", text, width);
        // A fix that says no more than the help only adds its line.
        for (fix, shown) in found.fixes.iter().zip(&mut shown) {
            if !*shown && says(text, &fix.title) {
                out += &edited(fix, sources);
                *shown = true;
            }
        }
    }
    for (fix, _) in found.fixes.iter().zip(shown).filter(|(_, shown)| !shown) {
        out += &note("help", &fix.title, width);
        out += &edited(fix, sources);
    }
    out
}

/// Whether the help has the words, or the quoted text, of a title.
fn says(help: &str, title: &str) -> bool {
    let quoted = title.split('`').nth(1).filter(|text| !text.is_empty());
    help == title || quoted.is_some_and(|text| help.contains(&format!("`{text}`")))
}

fn edited(fix: &Fix, sources: &[Source]) -> String {
    let lines = fixed::lines(fix, sources).into_iter();
    lines
        .map(|(mark, text)| format!("        {mark} │ {text}\n"))
        .collect()
}

fn note(word: &str, text: &str, width: usize) -> String {
    format!("  {word}: {}\n", wrapped(&said(text), width, 8))
}

fn label_text(label: &Label, sources: &[Source]) -> String {
    let text = said(&label.text);
    let Some(source) = source(label.span, sources) else {
        return if text.is_empty() {
            String::new()
        } else {
            format!("  {text}\n")
        };
    };
    let start = visible(source, label.span).start;
    let (line, column) = position(source, start);
    let window = window(source, label.span);
    format!(
        "  --> {}:{line}:{column}: {text}\n      {window}\n",
        source.name
    )
}

/// The text around a place, within its line.
fn window(source: &Source, span: Span) -> String {
    let text = &*source.text;
    let at = visible(source, span).start;
    let bounds = line_bounds(text, at);
    let before: Vec<char> = text
        .get(bounds.start..at)
        .unwrap_or("")
        .chars()
        .rev()
        .take(WINDOW)
        .collect();
    let after = text
        .get(at..bounds.end)
        .unwrap_or("")
        .chars()
        .take(2 * WINDOW);
    let part: String = before.into_iter().rev().chain(after).collect();
    harmless(part.trim()).replace('\t', " ")
}

/// Whether a line that a span touches is too long to draw.
pub(super) fn is_long(source: &Source, span: Span, limit: usize) -> bool {
    let range = visible(source, span);
    let first = line_bounds(&source.text, range.start);
    let last = line_bounds(&source.text, range.end);
    let neighbours = [first.start.saturating_sub(1), last.end.saturating_add(1)];
    let near = neighbours.map(|at| line_bounds(&source.text, at.min(source.text.len())));
    [first, last]
        .into_iter()
        .chain(near)
        .any(|line| line.len() > limit)
}
