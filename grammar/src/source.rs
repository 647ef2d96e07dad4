//! `Source`: one file of text, with its lines.

use std::sync::{Arc, OnceLock};

/// Index of a file among the sources of one compilation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A file of text. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its index.
    pub id: FileId,
    /// The name shown to people, as they gave it: `examples/a.theus`, `std/math.theus`.
    pub name: Arc<str>,
    /// The text.
    pub text: Arc<str>,
    /// Where each line starts, once that has been asked for.
    lines: Arc<OnceLock<Box<[u32]>>>,
}

impl Source {
    /// A source with that text. Texts over 4 GiB are cut by the caller.
    pub fn new(id: FileId, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self {
            id,
            name: name.into(),
            text: text.into(),
            lines: Arc::default(),
        }
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let bytes = self.text.bytes().zip(1_u32..);
            let starts = bytes.filter(|(byte, _)| *byte == b'\n');
            std::iter::once(0)
                .chain(starts.map(|(_, next)| next))
                .collect()
        })
    }

    /// Line and column (in characters), both from 1, of a byte offset.
    pub fn position(&self, offset: u32) -> (usize, usize) {
        let lines = self.lines();
        let line = lines.partition_point(|start| *start <= offset).max(1);
        let start = lines.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start as usize..offset as usize).unwrap_or("");
        (line, before.chars().count() + 1)
    }

    /// The text of a line (from 1), without its end.
    pub fn line(&self, line: usize) -> &str {
        let lines = self.lines();
        let start = line.checked_sub(1).and_then(|at| lines.get(at));
        let end = lines.get(line);
        let end = end.map_or(self.text.len(), |end| *end as usize);
        let text = start.and_then(|start| self.text.get(*start as usize..end));
        text.unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    /// Number of lines.
    pub fn line_count(&self) -> usize {
        self.lines().len()
    }

    /// The text of a span of this file.
    pub fn slice(&self, start: u32, end: u32) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or("")
    }
}
