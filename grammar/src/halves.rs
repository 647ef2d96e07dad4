//! A long text without errors, read by two threads: what comes out is what one would make of it.
//!
//! The text is cut before a word that begins an item and its line, behind an item that has
//! ended with its `}`. The scan is in its first state there (`starts_anew`), and nothing can
//! follow such an item, so the two read alike alone and together. Where anything is wrong in
//! one of them, the whole is read at once.

use std::ops::Range;
use std::sync::{Arc, LazyLock};
use std::thread;

use crate::anew::ends;
use crate::ast::File;
use crate::ast::shift::Shift;
use crate::parse::{self, Raw};
use crate::scan::starts_anew;
use crate::source::Source;
use crate::span::Span;

/// Bytes that are worth a thread.
const LONG: usize = 4 << 10;
/// Stack of the other thread; only what is used is ever taken.
const STACK: usize = 64 << 20;

/// Whether the system lets several threads run at once: to ask takes long.
static SEVERAL: LazyLock<bool> =
    LazyLock::new(|| thread::available_parallelism().is_ok_and(|cores| cores.get() > 1));

/// Reads a long text; `None` if it is to be read at once.
pub(crate) fn read(source: &Source) -> Option<Raw> {
    if source.text.len() < LONG {
        return None;
    }
    let cut = cut(&source.text)?;
    if !*SEVERAL {
        return None;
    }
    cut_at(source, cut)
}

/// Reads what is before and behind a cut.
fn cut_at(source: &Source, cut: usize) -> Option<Raw> {
    let part = |at: Range<usize>| {
        let text = source.text.get(at)?;
        let alone = Source::new(source.id, Arc::clone(&source.name), text);
        let raw = parse::whole(&alone);
        let clean = raw.errors.is_empty() && raw.file.unread.is_empty() && raw.frugal;
        clean.then_some(raw.file)
    };
    let (first, second) = thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(STACK);
        let second = builder.spawn_scoped(scope, || part(cut..source.text.len()));
        let first = part(0..cut);
        (first, second.ok().and_then(|thread| thread.join().ok()))
    });
    let (mut file, mut second) = (first?, second??);
    if !file.items.last().is_some_and(ends) || !second.docs.is_empty() {
        return None;
    }
    second.items.shift(u32::try_from(cut).ok()?);
    file.items.append(&mut second.items);
    let length = u32::try_from(source.text.len()).ok()?;
    Some(Raw {
        file: File {
            span: Span::new(source.id, 0, length),
            ..file
        },
        errors: Vec::new(),
        frugal: true,
    })
}

/// Where to cut a text: about in its middle.
fn cut(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let middle = bytes.len() / 2;
    let lines = bytes.get(middle..)?.iter().zip(middle + 1..);
    let mut starts = lines.filter(|(byte, _)| **byte == b'\n').map(|(_, at)| at);
    starts.find_map(|at| starts_anew(text, at).then(|| behind_item(text, at))?)
}

/// The first of the comments right before an item, if an item with a `}` stands before them.
fn behind_item(text: &str, mut at: usize) -> Option<usize> {
    let mut rest = text.get(..at)?;
    loop {
        let line = rest.strip_suffix('\n')?;
        let start = line.rfind('\n').map_or(0, |end| end + 1);
        let line = line.get(start..)?;
        if line.trim_start().starts_with("//") {
            at = start;
        } else if !line.trim().is_empty() {
            return (line.trim_end() == "}").then_some(at);
        }
        rest = text.get(..start)?;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{behind_item, cut_at};
    use crate::parse::whole;
    use crate::scan::starts_anew;
    use crate::source::{FileId, Source};

    /// The programs in a folder and below.
    fn programs(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                programs(&path, found);
            } else if path.extension().is_some_and(|end| end == "theus") {
                found.push(fs::read_to_string(path).unwrap());
            }
        }
    }

    #[test]
    fn halves_are_read_as_the_whole_is() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut texts = Vec::new();
        for folder in ["examples", "stdlib/std", "compiler/driver/tests"] {
            programs(&root.join(folder), &mut texts);
        }
        let mut cuts = 0;
        for text in texts {
            let source = Source::new(FileId(3), "main.theus", text.as_str());
            let all = whole(&source);
            let starts = text.match_indices('\n').map(|(at, _)| at + 1);
            let starts = starts.filter(|at| starts_anew(&text, *at));
            let mut found = starts.filter_map(|at| behind_item(&text, at));
            // The first of each file, and the last.
            let some: Vec<usize> = found.by_ref().take(1).collect();
            for cut in some.into_iter().chain(found.next_back()) {
                let Some(halves) = cut_at(&source, cut) else {
                    continue;
                };
                assert_eq!(format!("{:?}", halves.file), format!("{:?}", all.file));
                assert!(all.errors.is_empty(), "{cut}: {text}");
                cuts += 1;
            }
        }
        assert!(cuts > 100, "{cuts}");
    }
}
