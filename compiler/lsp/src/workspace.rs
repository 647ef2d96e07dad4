//! The files in the folders of an editor.

use std::fs;
use std::path::{Path, PathBuf};

/// How many files are looked at: more than any program has.
const MOST_FILES: usize = 1000;

/// How many folders are looked into.
const MOST_FOLDERS: usize = 2000;

/// All programs and modules in some folders, by name. Hidden folders and what tools make are
/// left out.
pub(crate) fn files(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = folders.to_vec();
    let mut seen = 0_usize;
    while let Some(folder) = open.pop() {
        seen += 1;
        if seen > MOST_FOLDERS || found.len() >= MOST_FILES {
            break;
        }
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, kind) = (entry.path(), entry.file_type());
            if is_left_out(&path) {
                continue;
            }
            // A link to a folder is not followed: it may lead back.
            if kind.is_ok_and(|kind| kind.is_dir()) {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "theus") {
                found.push(path);
            }
        }
    }
    found.sort();
    found.dedup();
    found.truncate(MOST_FILES);
    found
}

fn is_left_out(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy());
    name.is_none_or(|name| {
        name.starts_with('.') || matches!(&*name, "target" | "node_modules")
    })
}
