//! From diagnostics to text: one file per form.

pub mod json;
pub mod plain;
pub mod sarif;
pub mod short;
pub mod terminal;

mod fixed;
mod place;

use theus_grammar::Source;

use crate::code::Severity;
use crate::diagnostic::{Diagnostic, Fix, Label};

/// How text for people looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal.
    pub width: usize,
    /// ANSI colours.
    pub color: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            width: 100,
            color: false,
        }
    }
}

/// What is shown of a problem: a diagnostic, or a failure of a run.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// Error or warning.
    pub severity: Severity,
    /// `T0402`, `F03`.
    pub id: &'a str,
    /// What is wrong.
    pub title: &'a str,
    /// Where.
    pub primary: &'a Label,
    /// Other places.
    pub labels: &'a [Label],
    /// Facts.
    pub notes: &'a [String],
    /// What to do.
    pub help: &'a [String],
    /// Edits that mend it.
    pub fixes: &'a [Fix],
}

impl<'a> From<&'a Diagnostic> for View<'a> {
    fn from(found: &'a Diagnostic) -> Self {
        Self {
            severity: found.severity(),
            id: found.code.id(),
            title: &found.title,
            primary: &found.primary,
            labels: &found.labels,
            notes: &[],
            help: &found.help,
            fixes: &found.fixes,
        }
    }
}

impl<'a> View<'a> {
    /// All labels, the primary one first.
    fn all_labels(self) -> impl Iterator<Item = &'a Label> {
        std::iter::once(self.primary).chain(self.labels)
    }
}

/// Every diagnostic for a person, with a blank line after each.
pub fn terminal(found: &[Diagnostic], sources: &[Source], style: Style) -> String {
    let parts = found
        .iter()
        .map(|one| terminal::render(one.into(), sources, style));
    parts.map(|part| part + "\n").collect()
}

/// `3 errors, 1 warning`; empty if there is nothing.
pub fn summary(found: &[Diagnostic]) -> String {
    let errors = count(found, Severity::Error);
    let parts = [(errors, "error"), (found.len() - errors, "warning")];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<_> = parts.map(|(count, word)| counted(count, word)).collect();
    parts.join(", ")
}

/// `1 error`, `3 errors`.
pub fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn count(found: &[Diagnostic], severity: Severity) -> usize {
    found
        .iter()
        .filter(|one| one.severity() == severity)
        .count()
}

/// Words of `text` in lines of at most `width` columns, each line but the first after
/// `indent` blanks.
fn wrapped(text: &str, width: usize, indent: usize) -> String {
    let mut out = String::new();
    let mut column = indent;
    for (at, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        if at > 0 && column + 1 + length > width.max(indent + 20) {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if at > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}
