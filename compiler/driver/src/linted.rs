//! What is wrong with a program, and what it may do better.

use theus_lint::Levels;

use crate::analysis::analyse_once;
use crate::report::Report;
use crate::sources::{Sources, Text};

/// Everything that `check` finds, and in a program without errors what the lints find.
pub fn lint(root: Text, sources: &dyn Sources, levels: &Levels) -> Report {
    let analysis = analyse_once(root, sources);
    Report {
        found: analysis.found(levels),
        sources: analysis.report.sources,
    }
}
