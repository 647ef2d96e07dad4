//! What is wrong with a program, and what it may do better.

use theus_diag::Sink;
use theus_lint::Levels;

use crate::modules::{self, Library};
use crate::report::Report;
use crate::sources::{Sources, Text};
use crate::stack;

/// Everything that `check` finds, and in a program without errors what the lints find.
pub fn lint(root: Text, sources: &dyn Sources, levels: &Levels) -> Report {
    let mut report = crate::check(root.clone(), sources);
    if !report.has_errors() {
        let found = stack::large(|| linted(root, sources, levels));
        report.found.extend(found.unwrap_or_default());
        report.found.sort_by_key(|found| {
            let span = found.primary.span;
            (span.file.0, span.start)
        });
    }
    report
}

/// What the lints find. Files have the same numbers as in the report of `check`.
fn linted(
    root: Text,
    sources: &dyn Sources,
    levels: &Levels,
) -> Vec<theus_diag::Diagnostic> {
    let mut sink = Sink::new();
    let library = Library::Named { tests: true };
    let modules = modules::read(root, sources, library, &mut sink);
    let typed = theus_hir::build(&modules.parsed, &mut sink);
    let checked = theus_contract::check(&typed, &mut sink);
    let program = theus_lint::Program {
        typed: &typed,
        footprints: checked.footprints(),
        parsed: &modules.parsed,
        sources: &modules.sources,
    };
    theus_lint::lint(program, levels)
}
