//! Files that are written anew, and what would change in them.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use theus_diag::Code;
use theus_fmt::Change;

use crate::problem::{Exit, plain};
use crate::terminal::Terminal;

/// Writes a file as a whole or not at all: beside it first, then in its place.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Exit> {
    written(path, text).map_err(|error| {
        let title = format!("`{}` cannot be written: {error}", path.display());
        plain(Code::OutputFailed, title).into()
    })
}

fn written(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.set_permissions(fs::metadata(&path)?.permissions())?;
        file.sync_all()?;
        fs::rename(&beside, &path)
    };
    write().inspect_err(|_| {
        // What is told is why it could not be written.
        let _ = fs::remove_file(&beside);
    })
}

/// A unified difference.
pub(crate) fn difference(
    name: &str,
    old: &str,
    new: &str,
    terminal: &Terminal,
) -> String {
    shown(name, theus_fmt::changes(old, new), terminal)
}

/// The same of texts that differ in a few lines.
pub(crate) fn edits(name: &str, old: &str, new: &str, terminal: &Terminal) -> String {
    shown(name, few(old, new), terminal)
}

/// Lines between which texts are compared in full.
const NEAR: usize = 1_000;

/// The least changes of lines; of texts that differ in very many, one change.
fn few<'s>(old: &'s str, new: &'s str) -> Vec<Change<'s>> {
    let (a, b): (Vec<&str>, Vec<&str>) = (
        old.split_inclusive('\n').collect(),
        new.split_inclusive('\n').collect(),
    );
    let first = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let rest = |lines: &[&'s str]| lines.get(first..).unwrap_or_default().to_vec();
    let (a, b) = (rest(&a), rest(&b));
    let width = b.len() + 1;
    let whole = a.len() > NEAR || b.len() > NEAR;
    // How many lines two ends of the texts have in common.
    let mut common = vec![0_u32; if whole { 0 } else { (a.len() + 1) * width }];
    let at = |common: &[u32], i: usize, j: usize| {
        common.get(i * width + j).copied().unwrap_or(0)
    };
    for i in (0..a.len()).rev().filter(|_| !whole) {
        for j in (0..b.len()).rev() {
            let best = match a.get(i) == b.get(j) {
                true => at(&common, i + 1, j + 1) + 1,
                false => at(&common, i + 1, j).max(at(&common, i, j + 1)),
            };
            if let Some(cell) = common.get_mut(i * width + j) {
                *cell = best;
            }
        }
    }
    let mut changes: Vec<Change<'s>> = Vec::new();
    let (mut i, mut j, mut open) = (0, 0, false);
    while i < a.len() || j < b.len() {
        if !whole && i < a.len() && a.get(i) == b.get(j) {
            (i, j, open) = (i + 1, j + 1, false);
            continue;
        }
        if !open {
            changes.push(Change {
                line: first + i + 1,
                old: Vec::new(),
                new: Vec::new(),
            });
            open = true;
        }
        let takes_old =
            j >= b.len() || i < a.len() && at(&common, i + 1, j) >= at(&common, i, j + 1);
        if let Some(change) = changes.last_mut() {
            if takes_old {
                change.old.extend(a.get(i));
            } else {
                change.new.extend(b.get(j));
            }
        }
        (i, j) = if takes_old { (i + 1, j) } else { (i, j + 1) };
    }
    changes
}

fn shown(name: &str, changes: Vec<Change<'_>>, terminal: &Terminal) -> String {
    let mut out = format!("--- {name}\n+++ {name}\n");
    let mut ahead = 0_isize;
    for change in changes {
        let Change { line, old, new } = change;
        let place = line.checked_add_signed(ahead).unwrap_or(line);
        // Of no lines, the place is the line before them.
        let before = |lines: &[&str], line: usize| line - usize::from(lines.is_empty());
        let (from, to) = (before(&old, line), before(&new, place));
        let head = format!("@@ -{from},{} +{to},{} @@", old.len(), new.len());
        out += &terminal.colored(&head, "36");
        out.push('\n');
        for (lines, sign, color) in [(&old, '-', "31"), (&new, '+', "32")] {
            for line in lines {
                let text = line.trim_end_matches(['\n', '\r']);
                out += &terminal.colored(&format!("{sign}{text}"), color);
                out.push('\n');
            }
        }
        ahead += new.len().cast_signed() - old.len().cast_signed();
    }
    out
}
