//! `Analysis`: a program as tools see it while it is written, right or wrong.

use std::sync::Arc;

use indexmap::IndexMap;
use theus_contract::Footprints;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::ast::File;
use theus_grammar::{FileId, Known, Source, SyntaxError};
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

/// What has been parsed: a file whose text is the same is not parsed again, and one whose text
/// has changed a little only where it has.
#[derive(Debug, Default)]
pub struct Parses {
    known: IndexMap<FileId, Known>,
}

impl Parses {
    pub(crate) fn parse(&mut self, source: &Source) -> (Arc<File>, Vec<SyntaxError>) {
        let old = self.known.get(&source.id);
        let known = match old.filter(|old| *old.text() == source.text) {
            Some(old) => old.clone(),
            None => old
                .and_then(|old| old.anew(source))
                .unwrap_or_else(|| Known::read(source)),
        };
        let found = (Arc::clone(known.file()), known.errors().to_vec());
        self.known.insert(source.id, known);
        found
    }
}

/// Everything that is known of a program. Its report is that of `check`.
pub fn analyse(root: Text, sources: &dyn Sources, parses: &mut Parses) -> Analysis {
    guarded(root, |root| whole(root, sources, parses))
}

/// The same for who asks once: of the library only what is named is read, which is enough for a
/// program without errors.
pub(crate) fn analyse_once(root: Text, sources: &dyn Sources) -> Analysis {
    guarded(root, |root| {
        let mut parses = Parses::default();
        let named = Library::Named { tests: true };
        let found = once(root.clone(), sources, named, &mut parses);
        match found.report.has_errors() {
            true => whole(root, sources, &mut parses),
            false => found,
        }
    })
}

/// Runs a stage that may have a bug.
fn guarded(root: Text, work: impl FnOnce(&Text) -> Analysis + Send) -> Analysis {
    let done = stack::large(|| work(&root));
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

/// What `check` finds, in one go: errors may speak of any name of the library, and bodies that
/// the program does not reach say nothing.
fn whole(root: &Text, sources: &dyn Sources, parses: &mut Parses) -> Analysis {
    let found = once(root.clone(), sources, Library::Reached, parses);
    let lost = |found: &Diagnostic| found.code == Code::Internal;
    if !found.report.found.iter().any(lost) {
        return found;
    }
    once(root.clone(), sources, Library::Whole, parses)
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
