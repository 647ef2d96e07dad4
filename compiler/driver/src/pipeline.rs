//! The stages of the compiler, on one page.

use theus_diag::Sink;

use crate::follows;
use crate::modules::{self, Library, Modules};
use crate::options::Options;
use crate::program::{Program, internal};
use crate::report::Report;
use crate::sources::{Sources, Text};

/// Text to program: read, resolve and infer, check, the gate, lower, optimise.
pub(crate) fn compile(
    root: Text,
    sources: &dyn Sources,
    options: Options,
) -> Result<Program, Box<Report>> {
    let tests = options.tests;
    let named = attempt(root.clone(), sources, options, Library::Named { tests });
    if named.is_ok() {
        return named;
    }
    // Errors may speak of any name of the library.
    attempt(root, sources, options, Library::Whole)
}

fn attempt(
    root: Text,
    sources: &dyn Sources,
    options: Options,
    library: Library,
) -> Result<Program, Box<Report>> {
    let mut sink = Sink::new();
    let modules = modules::read(root, sources, library, &mut sink);
    let typed = theus_hir::build(&modules.parsed, &mut sink);
    let checked = theus_contract::check(&typed, &mut sink);
    let lowered = checked.sound(&sink).and_then(|sound| {
        let program = lower(&sound, &modules, options, &mut sink)?;
        let work = options.work.then(|| crate::work::of(&sound));
        Some((program, work.unwrap_or_default()))
    });
    let warnings = Report {
        found: follows::independent(sink.into_sorted(), &modules),
        sources: modules.sources,
    };
    match lowered {
        Some((program, work)) if !warnings.has_errors() => {
            Ok(Program::new(program, work, warnings))
        }
        Some(_) | None => Err(Box::new(warnings)),
    }
}

/// A sound program to MIR; `None` if that gives an error.
pub(crate) fn lower(
    sound: &theus_contract::Sound<'_>,
    modules: &Modules,
    options: Options,
    sink: &mut Sink,
) -> Option<theus_mir::Program> {
    let mut program = theus_lower::lower(sound, &wanted(modules, options), sink)?;
    if (options.verify || cfg!(debug_assertions))
        && let Err(errors) = theus_mir::verify(&program)
    {
        sink.push(internal(&errors.join("; ")));
        return None;
    }
    if options.inject {
        theus_mir::passes::inject(&mut program);
    }
    if options.optimise {
        theus_mir::passes::optimise(&mut program, &theus_mir::passes::Options::default());
    }
    Some(program)
}

fn wanted(modules: &Modules, options: Options) -> theus_lower::Options {
    let files = modules.sources.iter().map(|source| source.name.to_string());
    theus_lower::Options {
        strict: options.strict,
        tests: options.tests,
        share_from: options.share_from,
        watched: options.watched,
        profile: options.profile,
        files: files.collect(),
    }
}

/// The graph of a program without errors.
pub(crate) fn graph(
    root: Text,
    sources: &dyn Sources,
) -> Result<crate::graph::Graph, Box<Report>> {
    let mut sink = Sink::new();
    let modules = modules::read(root, sources, Library::Whole, &mut sink);
    let typed = theus_hir::build(&modules.parsed, &mut sink);
    let checked = theus_contract::check(&typed, &mut sink);
    let mut graph = None;
    if let Some(sound) = checked.sound(&sink) {
        let options = wanted(&modules, Options::default());
        let lowered = theus_lower::lower(&sound, &options, &mut sink);
        graph = lowered
            .map(|program| crate::graph::of(&sound, &modules.sources, &program.image));
    }
    graph.ok_or_else(|| {
        Box::new(Report {
            found: follows::independent(sink.into_sorted(), &modules),
            sources: modules.sources,
        })
    })
}

/// The program before the gate, as text: names and types, then what bodies touch.
pub(crate) fn print_checked(modules: &Modules, sink: &mut Sink) -> String {
    let typed = theus_hir::build(&modules.parsed, sink);
    let checked = theus_contract::check(&typed, sink);
    format!(
        "{}\n{}",
        theus_hir::print::dump(&typed),
        theus_contract::dump(&checked)
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::attempt;
    use crate::modules::Library;
    use crate::options::Options;
    use crate::sources::{InMemory, Text};

    /// Whatever a program uses of the library is among what its text names: it need not be
    /// compiled twice.
    #[test]
    fn what_is_named_is_enough() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut count = 0;
        for folder in ["tests/language", "../../examples", "../../bench"] {
            for entry in fs::read_dir(root.join(folder)).unwrap().flatten() {
                let path = entry.path();
                let file = match path.extension() {
                    Some(end) if end == "theus" => path,
                    Some(_) => continue,
                    None => path.join("main.theus"),
                };
                let Ok(text) = fs::read_to_string(&file) else {
                    continue;
                };
                let compile = |library| {
                    let root = Text::new("main", text.as_str());
                    attempt(root, &InMemory::new(), Options::CHECK, library)
                };
                // Programs of several files are no concern of this test.
                if let Err(report) = compile(Library::Named { tests: true }) {
                    let whole = compile(Library::Whole);
                    assert!(whole.is_err(), "{}: {report}", file.display());
                    continue;
                }
                count += 1;
            }
        }
        assert!(count > 60, "{count}");
    }
}
