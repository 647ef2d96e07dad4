//! `Sink`: collects diagnostics in any order, gives them in the order of the text.

use std::collections::BTreeSet;

use theus_grammar::Span;

use crate::code::Severity;
use crate::diagnostic::Diagnostic;

/// A collector of diagnostics.
#[derive(Debug, Default)]
pub struct Sink {
    found: Vec<Diagnostic>,
    errors: usize,
    settled: BTreeSet<Span>,
}

impl Sink {
    /// An empty sink.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a diagnostic. The same code at the same place is kept once.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let same = |other: &Diagnostic| {
            other.code == diagnostic.code && other.primary.span == diagnostic.primary.span
        };
        if self.found.iter().rev().take(64).any(same)
            || self.settled.contains(&diagnostic.primary.span)
        {
            return;
        }
        self.errors += usize::from(diagnostic.severity() == Severity::Error);
        self.found.push(diagnostic);
    }

    /// What is wrong with that place has been told: nothing more is kept about it.
    pub fn settle(&mut self, span: Span) {
        self.settled.insert(span);
    }

    /// Whether there is an error.
    pub const fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// What has been found so far.
    pub fn found(&self) -> &[Diagnostic] {
        &self.found
    }

    /// All diagnostics, by file, place and code.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found
            .sort_by_key(|found| (found.primary.span, found.code));
        self.found
    }
}
