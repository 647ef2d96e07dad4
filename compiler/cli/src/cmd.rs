//! The commands, one file each.

pub(crate) mod bench;
pub(crate) mod check;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod graph;
pub(crate) mod lint;
#[cfg(feature = "lsp")]
pub(crate) mod lsp;
pub(crate) mod plot;
pub(crate) mod repl;
pub(crate) mod run;
pub(crate) mod test;

use std::fs;
use std::path::Path;

use theus_diag::Code;

use crate::problem::{Exit, plain, report};

/// Writes a result to a file.
pub(crate) fn save(path: &Path, text: &str) -> Result<(), Exit> {
    fs::write(path, text).map_err(|error| {
        let title = format!("`{}` cannot be written: {error}", path.display());
        Exit::Report(Box::new(report(plain(Code::OutputFailed, title))), 1)
    })
}
