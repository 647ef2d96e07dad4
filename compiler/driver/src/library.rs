//! The library, read once per process.

use std::sync::{Arc, LazyLock, OnceLock};

use theus_grammar::{FileId, Source, SyntaxError};
use theus_hir::ParsedModule;

/// A module of the library.
#[derive(Debug)]
pub(crate) struct Module {
    /// `std.control`.
    pub(crate) name: &'static str,
    /// Its text. Library files come right after the root file, whatever a program imports.
    pub(crate) source: Source,
    parsed: OnceLock<(ParsedModule, Vec<SyntaxError>)>,
}

impl Module {
    /// Its tree, and errors that only its authors see.
    pub(crate) fn parsed(&self) -> &(ParsedModule, Vec<SyntaxError>) {
        self.parsed.get_or_init(|| {
            let parsed = theus_grammar::parse(&self.source);
            let name = Arc::from(self.name);
            (
                ParsedModule {
                    name,
                    file: parsed.file,
                    is_std: true,
                },
                parsed.errors,
            )
        })
    }
}

static MODULES: LazyLock<Vec<Module>> = LazyLock::new(|| {
    let modules = theus_stdlib::modules().iter().zip(1..);
    let modules = modules.map(|((name, text), id)| Module {
        name,
        source: Source::new(
            FileId(id),
            format!("{}.theus", name.replace('.', "/")),
            *text,
        ),
        parsed: OnceLock::new(),
    });
    modules.collect()
});

/// All modules, in the order of their files.
pub(crate) fn modules() -> &'static [Module] {
    &MODULES
}

/// The module of that name.
pub(crate) fn find(name: &str) -> Option<&'static Module> {
    modules().iter().find(|module| module.name == name)
}
