//! `theusc lsp`: serves an editor until it has enough.

use std::env;
use std::path::{Path, PathBuf};

use theus::Levels;
use theus_diag::Code;
use theus_lsp::{Config, Ended};

use crate::problem::{Exit, plain};
use crate::project;

/// Serves an editor on the standard input and output.
pub(crate) fn main() -> Result<u8, Exit> {
    let program = env::current_exe().map(|path| path.display().to_string());
    let ended = theus_lsp::stdio(Config {
        library: cache().join("theus").join(env!("CARGO_PKG_VERSION")),
        program: program.unwrap_or_else(|_| "theusc".to_owned()),
        levels,
        rest: theus_lsp::REST,
    });
    match ended {
        Ended::Well => Ok(0),
        Ended::Abandoned => Ok(1),
        unreadable @ Ended::Unreadable(_) => {
            Err(plain(Code::BadMessage, unreadable.to_string()).into())
        }
        Ended::Failed(why) => {
            Err(plain(Code::Usage, format!("the editor: {why}")).into())
        }
    }
}

/// What the project of a file says of lints. What is wrong with the project file is told by
/// `theusc lint`.
fn levels(file: Option<&Path>) -> Levels {
    let project = file.and_then(project::of);
    let levels = project.and_then(|project| project::levels(&project).ok());
    levels.unwrap_or_default()
}

/// The cache folder of the user.
fn cache() -> PathBuf {
    let named = |name| env::var_os(name).filter(|value| !value.is_empty());
    let folder = named("XDG_CACHE_HOME").map(PathBuf::from);
    let folder = folder.or_else(|| named("LOCALAPPDATA").map(PathBuf::from));
    let home = || named("HOME").map(|home| PathBuf::from(home).join(".cache"));
    folder.or_else(home).unwrap_or_else(env::temp_dir)
}
