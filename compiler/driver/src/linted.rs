//! What is wrong with a program, and what it may do better.

use theus_diag::Diagnostic;
use theus_lint::Levels;

use crate::analysis::{Analysis, Parses, analyse};
use crate::report::Report;
use crate::sources::{Sources, Text};
use crate::stack;

/// Everything that `check` finds, and in a program without errors what the lints find.
pub fn lint(root: Text, sources: &dyn Sources, levels: &Levels) -> Report {
    let analysis = analyse(root, sources, &mut Parses::default());
    let found = analysis.lint(levels);
    let mut report = analysis.report;
    report.found.extend(found);
    report.found.sort_by_key(|found| {
        let span = found.primary.span;
        (span.file.0, span.start)
    });
    report
}

impl Analysis {
    /// What the lints find; nothing in a program with errors.
    pub fn lint(&self, levels: &Levels) -> Vec<Diagnostic> {
        if self.report.has_errors() {
            return Vec::new();
        }
        let program = theus_lint::Program {
            typed: &self.typed,
            footprints: &self.footprints,
            parsed: &self.files,
            sources: &self.report.sources,
        };
        stack::large(|| theus_lint::lint(program, levels)).unwrap_or_default()
    }
}
