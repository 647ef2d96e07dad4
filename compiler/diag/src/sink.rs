//! `Sink`: collects diagnostics in any order, gives them in the order of the text.

use std::collections::BTreeSet;

use theus_grammar::Span;

use crate::code::{Code, Severity};
use crate::diagnostic::Diagnostic;

/// Most errors, and most warnings, that are kept: nobody reads more.
const MOST: usize = 1000;

/// A collector of diagnostics.
#[derive(Debug, Default)]
pub struct Sink {
    found: Vec<Diagnostic>,
    errors: usize,
    warnings: usize,
    /// The first error that is not kept because there are too many.
    left_out: Option<Span>,
    seen: BTreeSet<(Span, Code)>,
    settled: BTreeSet<Span>,
}

impl Sink {
    /// An empty sink.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a diagnostic. The same code at the same place is kept once.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let span = diagnostic.primary.span;
        if self.settled.contains(&span) || !self.seen.insert((span, diagnostic.code)) {
            return;
        }
        let is_error = diagnostic.severity() == Severity::Error;
        let count = if is_error {
            &mut self.errors
        } else {
            &mut self.warnings
        };
        *count += 1;
        if *count <= MOST {
            self.found.push(diagnostic);
        } else if is_error {
            self.left_out = self.left_out.or(Some(span));
        }
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
        if let Some(span) = self.left_out {
            let last = Diagnostic::new(Code::TooMany, span, "the rest is not shown");
            self.found
                .push(last.title(format!("more than {MOST} errors")));
        }
        self.found
            .sort_by_key(|found| (found.primary.span, found.code));
        self.found
    }
}
