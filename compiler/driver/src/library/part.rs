//! `Part`: one declaration of a module of the library, as text.
//!
//! In the library every declaration starts at the first column, and whatever else is at the
//! first column closes a bracket or is a comment.

use std::sync::OnceLock;

use theus_grammar::ast::Item;

/// The text of a declaration, from its first word on.
#[derive(Debug)]
pub(super) struct Part {
    start: usize,
    pub(super) text: &'static str,
    /// What it says, once it has been wanted.
    items: OnceLock<Vec<Item>>,
}

impl Part {
    /// What it declares; `None` for an import.
    pub(super) fn name(&self) -> Option<&'static str> {
        let mut words = words(self.text);
        match words.next()? {
            "fn" | "const" | "struct" | "enum" => words.next(),
            "intrinsic" => words.nth(1),
            _ => None,
        }
    }

    /// What it says, if it has been read.
    pub(super) fn items(&self) -> Option<&[Item]> {
        self.items.get().map(Vec::as_slice)
    }

    /// Keeps those items of the module that are its own.
    pub(super) fn learn(&self, items: &[Item]) {
        let place = self.start..self.start + self.text.len();
        let own = |item: &&Item| place.contains(&(item.span.start as usize));
        self.items
            .get_or_init(|| items.iter().filter(own).cloned().collect());
    }

    /// The module that it imports, if it does.
    pub(super) fn import(&self) -> Option<&'static str> {
        let path = self.text.strip_prefix("use ")?;
        path.split_whitespace().next()
    }
}

/// The words of a text, comments included.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| !word.is_empty())
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
        items: OnceLock::new(),
    })
}

/// The text with those parts only, each at its place.
pub(super) fn only(text: &str, parts: &[&Part]) -> String {
    let mut out = String::with_capacity(text.len());
    for part in parts {
        let blank = part.start.saturating_sub(out.len());
        out.extend(std::iter::repeat_n(' ', blank));
        out.push_str(part.text);
    }
    out
}
