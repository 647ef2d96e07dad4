//! Where the modules of a program are: open texts first, then files.

use std::fs;
use std::path::{Path, PathBuf};

use theus::{ReadError, Sources, Text};
use theus_grammar::{MAX_BYTES, decode};

use crate::documents::Documents;

/// Most folders between a file and that of its program.
const MOST_UP: usize = 8;

/// The folder of a program, with what is open in it.
pub(crate) struct Folder<'d> {
    path: Option<PathBuf>,
    open: &'d Documents,
}

impl<'d> Folder<'d> {
    /// That of the program in which a file is: the nearest from which its imports are found,
    /// and how the program names the file.
    pub(crate) fn of(
        file: Option<&Path>,
        text: &str,
        open: &'d Documents,
    ) -> (Self, String) {
        let Some(file) = file else {
            return (Self { path: None, open }, "main".to_owned());
        };
        let own = file.parent();
        let imports: Vec<&str> = imports(text).collect();
        let mut above = file.ancestors().skip(1).take(MOST_UP);
        let found = above.find(|folder| {
            let folder = Self {
                path: Some(folder.to_path_buf()),
                open,
            };
            imports.iter().any(|module| folder.has(module))
        });
        let path = found.or(own).map(Path::to_path_buf);
        let below = path.as_ref().and_then(|path| file.strip_prefix(path).ok());
        let name = below.map(|below| below.with_extension(""));
        let words = name.iter().flat_map(|name| name.iter());
        let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
        (Self { path, open }, words.join("."))
    }

    fn file(&self, module: &str) -> Option<PathBuf> {
        let mut path = self.path.clone()?;
        path.extend(module.split('.'));
        path.set_extension("theus");
        Some(path)
    }

    fn has(&self, module: &str) -> bool {
        let file = self.file(module);
        file.is_some_and(|file| self.open.of_path(&file).is_some() || file.is_file())
    }
}

/// The modules that a text imports, those of the library left out.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    let paths = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("use "));
    let words = paths.filter_map(|path| path.split_whitespace().next());
    let words = words.map(|word| word.split(".{").next().unwrap_or(word));
    words.filter(|word| *word != "std" && !word.starts_with("std."))
}

impl Sources for Folder<'_> {
    fn read(&self, module: &str) -> Result<Text, ReadError> {
        let Some(path) = self.file(module) else {
            return Err(ReadError::Missing(format!("{module}.theus")));
        };
        let name = path.display().to_string();
        let text = match self.open.of_path(&path) {
            Some((_, document)) => document.lines.text().to_string(),
            None => read(&path)?,
        };
        Ok(Text {
            module: module.to_owned(),
            name,
            text,
        })
    }

    fn names(&self) -> Vec<String> {
        let Some(path) = &self.path else {
            return Vec::new();
        };
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        let files = entries.map(|entry| entry.path());
        let files =
            files.filter(|path| path.extension().is_some_and(|end| end == "theus"));
        let stems = files.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
        let mut names: Vec<String> = stems.take(1000).collect();
        names.sort_unstable();
        names
    }
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String, ReadError> {
    let name = path.display().to_string();
    let unreadable = |why: String| ReadError::Unreadable(name.clone(), why);
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {
            let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
            if found.len() > most {
                let why = format!("it is larger than {} MiB", MAX_BYTES >> 20);
                return Err(unreadable(why));
            }
        }
        Ok(_) | Err(_) => return Err(ReadError::Missing(name)),
    }
    let bytes = fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    let text = decode(&bytes)
        .map_err(|bad| unreadable(format!("byte {} is not UTF-8", bad.offset)))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_found_in_any_text() {
        let text = "use a.b\nuse std.math as m\n  use c.{x, y}\nused = 1\nuse";
        assert_eq!(imports(text).collect::<Vec<_>>(), ["a.b", "c"]);
    }
}
