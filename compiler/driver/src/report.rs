//! `Report`: what was found, with the texts it was found in.

use std::fmt;

use theus_diag::render::{self, Style};
use theus_diag::{Diagnostic, Severity};
use theus_grammar::{FileId, Source, Span};

/// Diagnostics and the sources that they point into.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// By file, place and code.
    pub found: Vec<Diagnostic>,
    /// By `FileId`.
    pub sources: Vec<Source>,
}

impl Report {
    /// Whether the program is rejected.
    pub fn has_errors(&self) -> bool {
        self.found
            .iter()
            .any(|found| found.severity() == Severity::Error)
    }

    /// Adds what was found elsewhere. What is known already is left out: files that import
    /// one module share its problems.
    pub fn append(&mut self, other: Self) {
        let shift = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        let moved = |span: Span| match span.file {
            FileId(u32::MAX) => span,
            FileId(file) => Span {
                file: FileId(file.saturating_add(shift)),
                ..span
            },
        };
        let known = self.found.len();
        for mut found in other.found {
            found.primary.span = moved(found.primary.span);
            found
                .labels
                .iter_mut()
                .for_each(|label| label.span = moved(label.span));
            let fixes = found.fixes.iter_mut().flat_map(|fix| &mut fix.edits);
            fixes.for_each(|(span, _)| *span = moved(*span));
            let at = other
                .sources
                .get(found.primary.span.file.0.wrapping_sub(shift) as usize);
            let same = |old: &Diagnostic| self.is_same(old, &found, at);
            if !self.found.iter().take(known).any(same) {
                self.found.push(found);
            }
        }
        self.sources.extend(other.sources.into_iter().map(|source| {
            let id = FileId(source.id.0.saturating_add(shift));
            Source::new(id, source.name, source.text)
        }));
    }

    fn is_same(
        &self,
        old: &Diagnostic,
        new: &Diagnostic,
        source: Option<&Source>,
    ) -> bool {
        let (a, b) = (old.primary.span, new.primary.span);
        let file = self
            .sources
            .get(a.file.0 as usize)
            .map(|source| &source.name);
        old.code == new.code
            && (a.start, a.end) == (b.start, b.end)
            && file == source.map(|source| &source.name)
            && old.title == new.title
    }

    /// For people.
    pub fn render(&self, style: Style) -> String {
        render::terminal(&self.found, &self.sources, style)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}",
            self.render(Style::default()),
            render::summary(&self.found)
        )
    }
}

impl std::error::Error for Report {}
