//! The pages as they are on disk now.

use std::fs;
use std::path::{Path, PathBuf};

/// `spec/src`.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every page: its name below `spec/src`, its text. Sorted.
pub(crate) fn all() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                let name = path.strip_prefix(root()).unwrap();
                let name = name.to_str().unwrap().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The pages that the table of contents names, in its order.
pub(crate) fn summary() -> Vec<String> {
    let text = fs::read_to_string(root().join("SUMMARY.md")).unwrap();
    links(&text)
}

/// The targets of the links of a page.
pub(crate) fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("](") {
        let Some((link, after)) = after.split_once(')') else {
            break;
        };
        found.push(link.to_owned());
        rest = after;
    }
    found
}
