//! What the tests share: from text to `Typed` and its diagnostics as lines.

use std::sync::OnceLock;

use theus_diag::{Diagnostic, Sink};
use theus_grammar::{FileId, Source, parse};
use theus_hir::{ParsedModule, Typed, build};

/// The result of a check.
pub(crate) struct Checked {
    /// The program.
    pub(crate) typed: Typed,
    /// `T0201 3:5 title` for each diagnostic.
    pub(crate) lines: Vec<String>,
    /// The diagnostics of this crate.
    pub(crate) found: Vec<Diagnostic>,
}

/// The library, read once.
fn library() -> &'static [(Source, ParsedModule)] {
    static LIBRARY: OnceLock<Vec<(Source, ParsedModule)>> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let modules = theus_stdlib::modules().iter().zip(0..);
        let modules = modules.map(|((name, text), at)| {
            let source = Source::new(FileId(at), *name, *text);
            let parsed = parse(&source);
            assert!(parsed.errors.is_empty(), "{name}: {:#?}", parsed.errors);
            (
                source,
                ParsedModule {
                    name: (*name).into(),
                    file: parsed.file.into(),
                    is_std: true,
                    reached: None,
                },
            )
        });
        modules.collect()
    })
}

/// Checks modules, with the library before them.
pub(crate) fn check(modules: &[(&str, &str)]) -> Checked {
    let (mut sources, mut parsed): (Vec<_>, Vec<_>) = library().iter().cloned().unzip();
    let mut lines = Vec::new();
    for (name, text) in modules {
        let source = Source::new(FileId(sources.len() as u32), *name, *text);
        let tree = parse(&source);
        lines.extend(
            tree.errors
                .iter()
                .map(|error| format!("{} {}", error.kind.code(), error.title)),
        );
        parsed.push(ParsedModule {
            name: (*name).into(),
            file: tree.file.into(),
            is_std: false,
            reached: None,
        });
        sources.push(source);
    }
    let mut sink = Sink::new();
    let typed = build(&parsed, &mut sink);
    let found = sink.into_sorted();
    lines.extend(found.iter().map(|found| {
        let source = &sources[found.primary.span.file.0 as usize];
        let (line, column) = source.position(found.primary.span.start);
        format!("{} {line}:{column} {}", found.code.id(), found.title)
    }));
    Checked {
        typed,
        lines,
        found,
    }
}

/// Checks one file.
pub(crate) fn one(text: &str) -> Checked {
    check(&[("main", text)])
}

/// The diagnostics of one file.
pub(crate) fn lines(text: &str) -> Vec<String> {
    one(text).lines
}
