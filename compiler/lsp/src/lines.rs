//! `Lines`: from bytes of a text to the lines and columns of an editor, and back.

use std::sync::Arc;

use theus_grammar::Span;

use crate::wire::{Position, Range};

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16: what every editor understands.
    #[default]
    Utf16,
}

impl Encoding {
    /// As the protocol names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
        }
    }

    fn width(self, letter: char) -> usize {
        match self {
            Self::Utf8 => letter.len_utf8(),
            Self::Utf16 => letter.len_utf16(),
        }
    }
}

/// A text with the beginnings of its lines.
#[derive(Clone, Debug)]
pub struct Lines {
    text: Arc<str>,
    starts: Vec<usize>,
    encoding: Encoding,
}

impl Lines {
    /// The lines of a text. Lines end with `\n`, `\r\n` or `\r`, as editors have it.
    pub fn new(text: Arc<str>, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1));
        let starts = starts.collect();
        Self {
            text,
            starts,
            encoding,
        }
    }

    /// The text.
    pub const fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The line and column of a byte.
    pub fn position(&self, offset: usize) -> Position {
        let offset = floor(&self.text, offset);
        let line = self.starts.partition_point(|start| *start <= offset).max(1) - 1;
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or("");
        let width: usize = before
            .chars()
            .map(|letter| self.encoding.width(letter))
            .sum();
        Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            character: u32::try_from(width).unwrap_or(u32::MAX),
        }
    }

    /// The byte at a line and column. Columns past the end of a line are its end, lines past
    /// the end of the text the end of that.
    pub fn offset(&self, position: Position) -> usize {
        let Some(start) = self.starts.get(position.line as usize).copied() else {
            return self.text.len();
        };
        let mut left = position.character as usize;
        let mut at = start;
        for letter in self.line(position.line as usize).chars() {
            let width = self.encoding.width(letter);
            if left < width {
                break;
            }
            left -= width;
            at += letter.len_utf8();
        }
        at
    }

    /// The text of a line (from 0), without its end.
    pub fn line(&self, line: usize) -> &str {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let next = self
            .starts
            .get(line + 1)
            .copied()
            .unwrap_or(self.text.len());
        let text = self.text.get(start..next).unwrap_or("");
        text.trim_end_matches(['\n', '\r'])
    }

    /// How many lines there are.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The first byte of a line (from 0).
    pub(crate) fn start(&self, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or(self.text.len())
    }

    pub(crate) fn range(&self, start: usize, end: usize) -> Range {
        Range {
            start: self.position(start),
            end: self.position(end.max(start)),
        }
    }

    pub(crate) fn of(&self, span: Span) -> Range {
        self.range(span.start as usize, span.end as usize)
    }

    /// The bytes of a range.
    pub(crate) fn bytes(&self, range: Range) -> (usize, usize) {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        (start.min(end), end.max(start))
    }
}

/// The start of the character in which a byte is.
fn floor(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
