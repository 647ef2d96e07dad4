//! The project file: `theus.toml`, beside a program or above it.

use std::fs;
use std::path::{Path, PathBuf};

use theus::{Level, Levels, Report, Unknown};
use theus_diag::{Code, Diagnostic, suggest};
use toml::Value;

use crate::problem::{boxed, plain};

/// Its name.
const NAME: &str = "theus.toml";

/// Its table.
const LINTS: &str = "lints";

/// The project file of a program, if there is one.
pub(crate) fn of(program: &Path) -> Option<PathBuf> {
    let folder = fs::canonicalize(program.parent()?.join(".")).ok()?;
    let mut files = folder.ancestors().map(|folder| folder.join(NAME));
    files.find(|file| file.is_file())
}

/// The levels that it says.
pub(crate) fn levels(path: &Path) -> Result<Levels, Box<Report>> {
    let bad = |text: String| {
        let title = format!("`{}` cannot be used: {text}", path.display());
        boxed(plain(Code::BadProject, title))
    };
    let text = fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let before = text.get(..start).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        bad(format!("line {line}: {}", error.message()))
    })?;
    if let Some(name) = table.keys().find(|name| *name != LINTS) {
        let title = format!("`{}`: there is no `{name}` in it", path.display());
        let help = match suggest::closest(name, [LINTS]) {
            Some(near) => format!("did you mean `[{near}]`?"),
            None => format!("`[{LINTS}]` is its only table"),
        };
        return Err(boxed(plain(Code::BadProject, title).help(help)));
    }
    let mut levels = Levels::default();
    let lints = match table.get(LINTS) {
        None => return Ok(levels),
        Some(Value::Table(lints)) => lints,
        Some(_) => return Err(bad("`lints` is no table".to_owned())),
    };
    // Groups first: a lint by its name says more.
    let mut said: Vec<_> = lints.iter().collect();
    said.sort_by_key(|(name, _)| !theus::Group::is_name(name));
    for (name, value) in said {
        let level = value.as_str().and_then(Level::from_name);
        let Some(level) = level else {
            let value = value.to_string();
            let names = Level::ALL.iter().map(|level| level.name());
            let near = suggest::closest(value.trim_matches('"'), names);
            let help = match near {
                Some(near) => format!("did you mean `{name} = \"{near}\"`?"),
                None => "a level is `\"allow\"`, `\"warn\"` or `\"deny\"`".to_owned(),
            };
            let title = format!("`{}`: `{value}` is no level", path.display());
            return Err(boxed(plain(Code::BadProject, title).help(help)));
        };
        levels
            .set(name, level)
            .map_err(|unknown| boxed(no_lint(&unknown, &path.display().to_string())))?;
    }
    Ok(levels)
}

/// A name that is of no lint.
pub(crate) fn no_lint(unknown: &Unknown, place: &str) -> Diagnostic {
    let title = format!("`{place}`: unknown lint `{}`", unknown.name);
    let help = match unknown.near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`theusc lint --list` shows them all".to_owned(),
    };
    plain(Code::UnknownLint, title).help(help)
}
