//! Theus as a library: text in, a program that the VM can load out.
//!
//! `pipeline` has the stages on one page. This crate reads no files and no clock: modules
//! come from `Sources`, and running is the business of `theus-vm`.

mod analysis;
mod emit;
mod fix;
mod follows;
pub mod graph;
mod library;
mod linted;
mod locals;
pub mod memory;
mod modules;
mod options;
mod pipeline;
mod program;
pub mod proofs;
mod report;
mod sources;
mod stack;
pub mod work;

pub use analysis::{Analysis, Parses, analyse};
pub use emit::{Stage, emit};
pub use fix::{Checker, Fixed, Mended, Rewritten, fix};
pub use graph::{Graph, graph};
pub use linted::lint;
pub use locals::{Local, Stays, locals};
pub use memory::Bill;
pub use options::Options;
pub use program::Program;
pub use proofs::{Proofs, prove};
pub use report::Report;
pub use sources::{InMemory, ReadError, Sources, Text};
pub use theus_codegen::MAX_WORKERS;
pub use theus_lint::{ALL as LINTS, Group, Level, Levels, Lint, Unknown};

/// Compiles a program.
///
/// # Errors
/// Everything that is wrong with it.
pub fn compile(
    root: Text,
    sources: &dyn Sources,
    options: &Options,
) -> Result<Program, Box<Report>> {
    stack::large(|| pipeline::compile(root, sources, *options)).unwrap_or_else(|text| {
        let found = vec![program::internal(&text)];
        Err(Box::new(Report {
            found,
            sources: Vec::new(),
        }))
    })
}

/// Compiles a program that imports no module but the library's.
///
/// # Errors
/// Everything that is wrong with it.
pub fn compile_str(text: &str, options: &Options) -> Result<Program, Box<Report>> {
    compile(Text::new("main", text), &InMemory::new(), options)
}

/// Everything that is wrong, or likely wrong, with a program and its tests.
pub fn check(root: Text, sources: &dyn Sources) -> Report {
    match compile(root, sources, &Options::CHECK) {
        Ok(program) => program.into_warnings(),
        Err(report) => *report,
    }
}
