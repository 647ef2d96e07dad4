//! What every lint may look at.

use std::cell::OnceCell;

use theus_contract::Footprints;
use theus_diag::Diagnostic;
use theus_grammar::{Source, Span};
use theus_hir::item::Head;
use theus_hir::{ModuleId, ParsedModule, Typed};

use crate::Program;
use crate::table::Lint;
use crate::used::Used;

/// A program, and what several lints ask of it.
pub(crate) struct Cx<'a> {
    pub(crate) typed: &'a Typed,
    pub(crate) prints: &'a Footprints,
    pub(crate) parsed: &'a [ParsedModule],
    pub(crate) sources: &'a [Source],
    used: OnceCell<Used>,
}

impl<'a> Cx<'a> {
    pub(crate) fn new(program: Program<'a>) -> Self {
        Self {
            typed: program.typed,
            prints: program.footprints,
            parsed: program.parsed,
            sources: program.sources,
            used: OnceCell::new(),
        }
    }

    /// What a lint finds in the files of the program.
    pub(crate) fn found_by(&self, lint: &Lint) -> Vec<Diagnostic> {
        let mut all = Vec::new();
        (lint.find)(self, &mut |found| {
            if self.is_own(found.primary.span) {
                all.push(found);
            }
        });
        all
    }

    /// Who reads, writes and runs what.
    pub(crate) fn used(&self) -> &Used {
        self.used.get_or_init(|| Used::of(self))
    }

    /// The text of a place.
    pub(crate) fn text(&self, span: Span) -> &'a str {
        let source = self.sources.get(span.file.0 as usize);
        source.map_or("", |source| source.slice(span.start, span.end))
    }

    /// Whether a place is in a file of the program, not of the library.
    pub(crate) fn is_own(&self, span: Span) -> bool {
        let mut files = self.parsed.iter().filter(|module| !module.is_std);
        files.any(|module| module.file.span.file == span.file)
    }

    /// Whether an item stands in a file of the program.
    pub(crate) fn owns(&self, head: &Head) -> bool {
        !self.typed.modules[head.module].is_std
    }

    /// Whether an item stands in the root file of a program that runs.
    pub(crate) fn in_running_root(&self, head: &Head) -> bool {
        let root = self.typed.modules.keys().next_back();
        let runs = |module: ModuleId| {
            let mut pipelines = self.typed.pipelines.values();
            pipelines.any(|pipeline| pipeline.head.module == module)
        };
        root.is_some_and(|root| root == head.module && runs(root))
    }
}
