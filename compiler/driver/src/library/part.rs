//! `Part`: one declaration of a module of the library, as text.
//!
//! In the library every declaration starts at the first column, and whatever else is at the
//! first column closes a bracket or is a comment.

use std::sync::OnceLock;

use theus_grammar::Source;
use theus_grammar::ast::Item;

use super::uses::{Use, uses};

/// The text of a declaration, from its first word on.
#[derive(Debug)]
pub(super) struct Part {
    start: usize,
    pub(super) text: &'static str,
    name: Option<&'static str>,
    /// What it says, once it has been wanted.
    items: OnceLock<Option<Vec<Item>>>,
    /// The names of the library among its words, once they have been wanted.
    leads: OnceLock<Vec<(&'static str, Use)>>,
}

impl Part {
    /// What it declares; `None` for an import.
    pub(super) const fn name(&self) -> Option<&'static str> {
        self.name
    }

    /// Whether it declares a function.
    pub(super) fn is_fn(&self) -> bool {
        self.text.starts_with("fn ") || self.text.starts_with("intrinsic ")
    }

    /// The words of it that are names of the library, by what `known` says.
    pub(super) fn leads(&self, known: impl Fn(&str) -> bool) -> &[(&'static str, Use)] {
        self.leads
            .get_or_init(|| uses(self.text).filter(|(word, _)| known(word)).collect())
    }

    /// What it says; `None` if something is wrong in it. It is read once.
    pub(super) fn items(&self, module: &Source) -> Option<&[Item]> {
        let place = self.start..self.start + self.text.len();
        let items = self
            .items
            .get_or_init(|| theus_grammar::items(module, place));
        items.as_deref()
    }

    /// Whether what it says has been wanted before.
    pub(super) fn is_read(&self) -> bool {
        self.items.get().is_some()
    }

    /// The module that it imports, if it does.
    pub(super) fn import(&self) -> Option<&'static str> {
        let path = self.text.strip_prefix("use ")?;
        path.split_whitespace().next()
    }
}

/// What a declaration declares; `None` for an import.
fn name(text: &'static str) -> Option<&'static str> {
    let mut words = words(text);
    match words.next()? {
        "fn" | "const" | "struct" | "enum" => words.next(),
        "intrinsic" => words.nth(1),
        _ => None,
    }
}

/// The words of a text, comments included.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    uses(text).map(|(word, _)| word)
}

/// The declarations of a module.
pub(super) fn split(text: &'static str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let starts = line.starts_with(|c: char| c.is_ascii_alphabetic());
        if starts || line.starts_with('/') {
            parts.extend(open.and_then(|start| part(text, start, at)));
            open = starts.then_some(at);
        }
        at += line.len();
    }
    parts.extend(open.and_then(|start| part(text, start, at)));
    parts
}

fn part(text: &'static str, start: usize, end: usize) -> Option<Part> {
    let text = text.get(start..end)?;
    Some(Part {
        start,
        text,
        name: name(text),
        items: OnceLock::new(),
        leads: OnceLock::new(),
    })
}
