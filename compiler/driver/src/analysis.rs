//! `Analysis`: a program as tools see it while it is written, right or wrong.

use std::sync::Arc;

use indexmap::IndexMap;
use theus_contract::Footprints;
use theus_diag::{Diagnostic, Sink};
use theus_grammar::{FileId, Parsed, Source};
use theus_hir::{ParsedModule, Typed};
use theus_lint::Levels;

use crate::follows;
use crate::modules::{self, Library, Modules};
use crate::options::Options;
use crate::pipeline;
use crate::program::{Program, internal};
use crate::report::Report;
use crate::sources::{Sources, Text};
use crate::stack;
use crate::work::Work;

/// What is known of a program, whatever is wrong with it.
#[derive(Debug, Default)]
pub struct Analysis {
    /// Trees: the library first, imports before importers, the root last.
    pub files: Vec<ParsedModule>,
    /// Names and types.
    pub typed: Typed,
    /// What bodies touch.
    pub footprints: Footprints,
    /// What `check` finds, and the sources.
    pub report: Report,
    /// The program with its tests, not optimised, if it has no errors.
    pub program: Option<Program>,
}

impl Analysis {
    /// What is wrong, and in a program without errors what the lints find: what `lint` gives.
    pub fn found(&self, levels: &Levels) -> Vec<Diagnostic> {
        let mut found = self.report.found.clone();
        if self.report.has_errors() {
            return found;
        }
        let program = theus_lint::Program {
            typed: &self.typed,
            footprints: &self.footprints,
            parsed: &self.files,
            sources: &self.report.sources,
        };
        let lints = stack::large(|| theus_lint::lint(program, levels));
        found.extend(lints.unwrap_or_default());
        found.sort_by_key(|found| {
            let span = found.primary.span;
            (span.file.0, span.start)
        });
        found
    }
}

/// What has been parsed: a file whose text is the same is not parsed again.
#[derive(Debug, Default)]
pub struct Parses {
    known: IndexMap<FileId, (Arc<str>, Parsed)>,
    /// Whether the program had errors when it was last analysed: it likely still has some.
    failed: bool,
}

impl Parses {
    pub(crate) fn parse(&mut self, source: &Source) -> Parsed {
        if let Some((text, parsed)) = self.known.get(&source.id)
            && *text == source.text
        {
            return parsed.clone();
        }
        let parsed = theus_grammar::parse(source);
        let known = (Arc::clone(&source.text), parsed.clone());
        self.known.insert(source.id, known);
        parsed
    }
}

/// Everything that is known of a program. Its report is that of `check`.
pub fn analyse(root: Text, sources: &dyn Sources, parses: &mut Parses) -> Analysis {
    let done = stack::large(|| both(&root, sources, parses));
    done.unwrap_or_else(|text| {
        let source = Source::new(FileId(0), root.name, root.text);
        let report = Report {
            found: vec![internal(&text)],
            sources: vec![source],
        };
        Analysis {
            report,
            ..Analysis::default()
        }
    })
}

/// As `check` does: with what is named of the library; if that gives errors, with all of it.
fn both(root: &Text, sources: &dyn Sources, parses: &mut Parses) -> Analysis {
    let whole = |parses: &mut Parses| once(root.clone(), sources, Library::Whole, parses);
    let first = parses.failed.then(|| whole(parses));
    if let Some(first) = first
        && first.report.has_errors()
    {
        return first;
    }
    let named = once(
        root.clone(),
        sources,
        Library::Named { tests: true },
        parses,
    );
    parses.failed = named.report.has_errors();
    if parses.failed { whole(parses) } else { named }
}

fn once(
    root: Text,
    sources: &dyn Sources,
    library: Library,
    parses: &mut Parses,
) -> Analysis {
    let mut sink = Sink::new();
    let modules = modules::read_known(root, sources, library, Some(parses), &mut sink);
    let typed = theus_hir::build(&modules.parsed, &mut sink);
    let checked = theus_contract::check(&typed, &mut sink);
    let lowered = checked
        .sound(&sink)
        .and_then(|sound| pipeline::lower(&sound, &modules, Options::CHECK, &mut sink));
    let footprints = checked.into_footprints();
    let found = follows::independent(sink.into_sorted(), &modules);
    let Modules { sources, parsed } = modules;
    let report = Report { found, sources };
    let program = lowered.filter(|_| !report.has_errors());
    Analysis {
        files: parsed,
        typed,
        footprints,
        program: program.map(|mir| Program::new(mir, Work::default(), report.clone())),
        report,
    }
}
