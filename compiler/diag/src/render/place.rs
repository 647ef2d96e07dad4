//! Places as they can be shown: in bounds, on character boundaries, without characters that
//! would act on a terminal.

use std::borrow::Cow;
use std::ops::Range;

use theus_grammar::{Source, Span};

/// The source of a span, if it has one.
pub(super) fn source(span: Span, sources: &[Source]) -> Option<&Source> {
    sources.iter().find(|source| source.id == span.file)
}

/// The bytes of a span: in the text and on character boundaries.
pub(super) fn snap(source: &Source, span: Span) -> Range<usize> {
    let text = &*source.text;
    let mut start = (span.start as usize).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (span.end as usize).clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

/// The same, as a reader can see it: at most one line if it is long, not the blank after the
/// end of the text, at least one character where the line has one.
pub(super) fn visible(source: &Source, span: Span) -> Range<usize> {
    let text = &*source.text;
    let Range { mut start, mut end } = snap(source, span);
    if start == text.len() {
        start = text.trim_end().len();
        end = start;
    }
    let inside = text.get(start..end).unwrap_or("");
    if inside.bytes().filter(|byte| *byte == b'\n').count() > 3 {
        end = start + inside.find('\n').unwrap_or(0);
    }
    let trimmed = text.get(start..end).unwrap_or("").trim_end();
    if !trimmed.is_empty() {
        end = start + trimmed.len();
    } else if let Some(next) = text.get(start..).and_then(|rest| rest.chars().next()) {
        end = start
            + if next.is_control() {
                0
            } else {
                next.len_utf8()
            };
    }
    start..end
}

/// Start of the line that has the byte at `offset`, and its end without the line break.
pub(super) fn line_bounds(text: &str, offset: usize) -> Range<usize> {
    let before = text.get(..offset).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let rest = text.get(offset..).unwrap_or("");
    let end = offset + rest.find('\n').unwrap_or(rest.len());
    start..end
}

/// Line and column, both from 1.
pub(super) fn position(source: &Source, offset: usize) -> (usize, usize) {
    source.position(u32::try_from(offset).unwrap_or(u32::MAX))
}

/// The text with every character that acts on a terminal replaced by one of the same length
/// in bytes. Tabs and line breaks stay.
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    let plain = |byte: u8| matches!(byte, b'\t' | b'\n' | b' '..=b'~');
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(substitute).collect())
}

/// Longest message, in characters: names in programs have no limit of their own.
const LONGEST: usize = 400;

/// A message in one line.
pub(super) fn said(text: &str) -> String {
    let text = text.trim_end();
    let line = text.chars().take(LONGEST).map(|c| match c {
        '\n' | '\t' => ' ',
        other => substitute(other),
    });
    let mut line: String = line.collect();
    if text.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    line
}

const fn substitute(c: char) -> char {
    match c {
        '\t' | '\n' => c,
        '\r' => ' ',
        '\u{0}'..='\u{1f}' | '\u{7f}' => '?',
        '\u{80}'..='\u{9f}' => '\u{b7}',
        '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => '\u{fffd}',
        _ => c,
    }
}
