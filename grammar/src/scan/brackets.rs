//! The scan of brackets: which closes which, and where one is missing. Line breaks and
//! indentation mean nothing to the language, but once brackets do not balance they tell best
//! which of them was forgotten.

use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::source::FileId;
use crate::span::Span;

use super::{MAX_NESTING, UNCLOSED, UNOPENED};

/// An open bracket, with the layout of its line.
#[derive(Clone, Copy)]
struct Open {
    byte: u8,
    at: usize,
    line: usize,
    indent: usize,
}

/// A `{` and its `}`.
#[derive(Clone, Copy)]
struct Braces {
    open: Open,
    close: usize,
    /// Line of the `}`, if it is the first token there.
    first_on: Option<usize>,
}

/// The state of the scan of brackets.
pub(super) struct Brackets {
    file: FileId,
    stack: Vec<Open>,
    /// Pairs of this item, by their `}`.
    pairs: Vec<Braces>,
    /// Start and indentation of every line so far.
    lines: Vec<(usize, usize)>,
    /// Last byte that was put into the text as a missing `}`.
    used: Option<usize>,
    deepest: usize,
}

impl Brackets {
    pub(super) fn new(file: FileId) -> Self {
        Self {
            file,
            stack: Vec::new(),
            pairs: Vec::new(),
            lines: Vec::new(),
            used: None,
            deepest: 0,
        }
    }

    /// A line begins.
    pub(super) fn line(&mut self, start: usize, indent: usize) {
        self.lines.push((start, indent));
    }

    fn indent_of(&self, line: usize) -> usize {
        self.lines.get(line).map_or(0, |(_, indent)| *indent)
    }

    /// Whether the innermost open bracket is `[`.
    pub(super) fn in_square(&self) -> bool {
        self.stack.last().is_some_and(|open| open.byte == b'[')
    }

    /// The deepest nesting so far.
    pub(super) fn deepest(&self) -> usize {
        self.deepest
    }

    /// An opening bracket; false if that is too deep.
    pub(super) fn open(&mut self, byte: u8, at: usize) -> bool {
        let line = self.lines.len().saturating_sub(1);
        self.stack.push(Open {
            byte,
            at,
            line,
            indent: self.indent_of(line),
        });
        self.deepest = self.deepest.max(self.stack.len());
        self.stack.len() <= MAX_NESTING
    }

    /// A closing bracket.
    pub(super) fn close(
        &mut self,
        byte: u8,
        at: usize,
        first: bool,
        out: &mut [u8],
        errors: &mut Vec<SyntaxError>,
    ) {
        let line = self.lines.len().saturating_sub(1);
        if byte == b'}' {
            self.unclosed_until(|open| open.byte == b'{', out);
            let Some(open) = self.stack.pop() else {
                return self.extra(at, out, errors);
            };
            self.pairs.push(Braces {
                open,
                close: at,
                first_on: first.then_some(line),
            });
            return;
        }
        let partner = if byte == b')' { b'(' } else { b'[' };
        // A `{` on an earlier line is a wall: the sign is too many, not the brace missing.
        let found = self
            .stack
            .iter()
            .rev()
            .take_while(|open| open.byte != b'{' || open.line == line);
        let known = found.clone().any(|open| open.byte == partner);
        if known {
            self.unclosed_until(|open| open.byte == partner, out);
            self.stack.pop();
        } else {
            put(out, at, UNOPENED);
        }
    }

    /// Takes brackets that nothing closes from the stack; the grammar reports them.
    fn unclosed_until(&mut self, stop: impl Fn(&Open) -> bool, out: &mut [u8]) {
        while self.stack.last().is_some_and(|open| !stop(open)) {
            if let Some(open) = self.stack.pop() {
                put(out, open.at, UNCLOSED);
            }
        }
    }

    /// A `}` that closes nothing: often one before it was too many.
    fn extra(&mut self, at: usize, out: &mut [u8], errors: &mut Vec<SyntaxError>) {
        let early = self.pairs.iter().position(|pair| {
            let indent = pair.first_on.map(|line| self.indent_of(line));
            indent.is_some_and(|indent| indent > pair.open.indent)
        });
        // Text after the last `}` that closed all: that one closed too early.
        let last = self.pairs.len().checked_sub(1).filter(|last| {
            let close = self.pairs.get(*last).map_or(at, |pair| pair.close);
            let between = out.get(close + 1..at).unwrap_or_default();
            between.iter().any(|byte| !byte.is_ascii_whitespace())
        });
        let place = match early.or(last).and_then(|index| self.pairs.get_mut(index)) {
            Some(pair) => std::mem::replace(&mut pair.close, at),
            None => at,
        };
        put(out, place, b' ');
        let span = self.span(place, place + 1);
        let error = SyntaxError::new(
            SyntaxErrorKind::Unexpected,
            span,
            "unexpected `}`",
            if place == at {
                "it closes nothing"
            } else {
                "it closes too early"
            },
        );
        errors.push(error.help("remove it").fix(span, ""));
    }

    /// An item begins here: everything before it must be closed.
    pub(super) fn item(
        &mut self,
        at: usize,
        out: &mut [u8],
        errors: &mut Vec<SyntaxError>,
    ) {
        if self.is_nested() {
            return;
        }
        self.missing(at, out, errors);
        self.pairs.clear();
    }

    /// Whether this line stands deeper than the line of every open bracket, and the outermost
    /// is alone: a block of another language around items, such as a namespace.
    fn is_nested(&self) -> bool {
        let indent = self.indent_of(self.lines.len().saturating_sub(1));
        match self.stack.as_slice() {
            [open] => open.byte == b'{' && indent > open.indent,
            _ => false,
        }
    }

    /// The text ends: what is open is closed after its last byte.
    pub(super) fn finish(mut self, out: &mut Vec<u8>, errors: &mut Vec<SyntaxError>) {
        let end = out.len();
        let missing = self.missing(end, out, errors);
        out.extend(std::iter::repeat_n(b'}', missing));
    }

    /// Reports a missing `}` before `limit` and mends it; gives how many are left to add.
    fn missing(
        &mut self,
        limit: usize,
        out: &mut [u8],
        errors: &mut Vec<SyntaxError>,
    ) -> usize {
        self.unclosed_until(|open| open.byte == b'{', out);
        let Some(innermost) = self.stack.last().copied() else {
            return 0;
        };
        let outermost = self.stack.first().map_or(0, |open| open.at);
        let pair = self
            .pairs
            .iter()
            .find(|pair| pair.open.at > outermost && self.dedents(pair));
        let (culprit, end) =
            pair.map_or((innermost, limit), |pair| (pair.open, pair.close));
        let place = self.place(&culprit, end, out);
        let missing = SyntaxErrorKind::MissingClose;
        let error = SyntaxError::new(
            missing,
            self.span(place, place),
            "a `}` is missing",
            "`}` expected here",
        )
        .related(
            self.span(culprit.at, culprit.at + 1),
            "this `{` is not closed",
        )
        .fix(
            self.span(place, place),
            format!("\n{}}}", " ".repeat(culprit.indent.min(80))),
        );
        errors.push(error);
        let mut left = 0;
        let mut first = true;
        while let Some(open) = self.stack.pop() {
            if open.byte != b'{' {
                put(out, open.at, UNCLOSED);
                continue;
            }
            let from = if std::mem::take(&mut first) {
                place
            } else {
                token_end(out, limit)
            };
            if self.insert(from, limit, out) {
                continue;
            }
            if limit == out.len() {
                left += 1;
            } else {
                // More are missing than blanks are free: this one stays open.
                put(out, open.at, UNCLOSED);
            }
        }
        left
    }

    /// Whether the `}` stands further left than the line of its `{`: it was meant for another.
    fn dedents(&self, pair: &Braces) -> bool {
        pair.first_on.is_some_and(|line| {
            line != pair.open.line && self.indent_of(line) < pair.open.indent
        })
    }

    /// Where the `}` of `open` is missing: after the last token before the first line that is
    /// not indented deeper than its line; else before `end`.
    fn place(&self, open: &Open, end: usize, out: &[u8]) -> usize {
        let lines = self.lines.get(open.line + 1..).unwrap_or_default();
        let here =
            lines
                .iter()
                .take_while(|(start, _)| *start < end)
                .find(|(start, indent)| {
                    *indent <= open.indent
                        && out
                            .get(start + indent)
                            .is_some_and(|byte| !byte.is_ascii_whitespace())
                });
        let line = here.map_or(end, |(start, indent)| (start + indent).min(end));
        let inside = |pair: &Braces| pair.open.at > open.at && pair.open.at < line;
        let crosses = self
            .pairs
            .iter()
            .any(|pair| inside(pair) && pair.close > line);
        token_end(out, if crosses { end } else { line })
    }

    /// Puts a `}` into the first free blank from `from`.
    fn insert(&mut self, from: usize, limit: usize, out: &mut [u8]) -> bool {
        let from = self.used.map_or(from, |used| from.max(used + 1));
        let free = out.get(from..limit).and_then(|gap| gap.first().copied());
        if free.is_some_and(|byte| byte.is_ascii_whitespace()) {
            put(out, from, b'}');
            self.used = Some(from);
            return true;
        }
        false
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start as u32, end as u32)
    }
}

/// Past the last token before `at`.
fn token_end(out: &[u8], at: usize) -> usize {
    let before = out.get(..at).unwrap_or_default();
    before
        .iter()
        .rposition(|byte| !byte.is_ascii_whitespace())
        .map_or(0, |last| last + 1)
}

fn put(out: &mut [u8], at: usize, byte: u8) {
    if let Some(place) = out.get_mut(at) {
        *place = byte;
    }
}
