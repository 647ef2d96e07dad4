//! Strings with holes: `"x is {x:.3}"`.

use pest::Parser;

use crate::ast::ExprKind;
use crate::ast::expr::Piece;
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::rules::{Grammar, Pair, Rule};

use super::{Reader, inner};

/// Longest hole in bytes: a hole is read by recursion.
const MAX_HOLE: usize = 256;

impl Reader<'_> {
    /// A string, with holes or without.
    pub(super) fn string_value(&self, pair: &Pair<'_>) -> ExprKind {
        let text = pair.as_str();
        let inside = text.get(1..text.len().saturating_sub(1)).unwrap_or("");
        let start = self.span(pair).start as usize + 1;
        let mut pieces = Vec::new();
        let mut at = 0;
        while let Some(open) = next_brace(inside, at) {
            let Some(close) = closing(inside, open) else {
                self.bad_hole(
                    start + open,
                    start + open + 1,
                    "this brace is never closed",
                );
                return ExprKind::Bad;
            };
            if open > at {
                let Some(text) = self.unescaped(inside, (at, open), start) else {
                    return ExprKind::Bad;
                };
                pieces.push(Piece::Text(text));
            }
            let Some(hole) = self.hole(inside, open, close, start) else {
                return ExprKind::Bad;
            };
            pieces.push(hole);
            at = close + 1;
        }
        let Some(text) = self.unescaped(inside, (at, inside.len()), start) else {
            return ExprKind::Bad;
        };
        if pieces.is_empty() {
            return ExprKind::Str(text);
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        ExprKind::Format(pieces)
    }

    fn hole(
        &self,
        inside: &str,
        open: usize,
        close: usize,
        start: usize,
    ) -> Option<Piece> {
        let whole = inside.get(open + 1..close)?;
        let (value, how) = match colon(whole) {
            Some(at) => (whole.get(..at)?, whole.get(at + 1..)?),
            None => (whole, ""),
        };
        let (from, to) = (start + open, start + close + 1);
        if value.trim().is_empty() {
            self.bad_hole(from, to, "nothing stands in it");
            return None;
        }
        if whole.len() > MAX_HOLE {
            self.bad_hole(from, to, "this is too long for a hole");
            return None;
        }
        let parsed = Grammar::parse(Rule::hole, value).ok();
        let Some(pair) = parsed
            .and_then(|mut pairs| pairs.next())
            .and_then(|pair| inner(pair).find(|pair| pair.as_rule() == Rule::expr))
        else {
            self.bad_hole(from, to, "this is no expression");
            return None;
        };
        let outer = self.base.replace(start + open + 1);
        let value = self.expr(pair);
        self.base.set(outer);
        Some(Piece::Hole(
            Box::new(value),
            how.trim().to_owned(),
            self.place(from, to),
        ))
    }

    fn bad_hole(&self, from: usize, to: usize, label: &str) {
        let error = SyntaxError::new(
            SyntaxErrorKind::Unexpected,
            self.place(from, to),
            "a hole of a string cannot be read",
            label,
        );
        self.report(
            error
                .help("a hole holds a value: `{x}` or `{x:.3}`; for a brace write `\\{`"),
        );
    }
}

/// The next `{` that is not escaped.
fn next_brace(text: &str, from: usize) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(from) {
        match byte {
            _ if escaped => {
                // `\u{…}` has braces of its own.
                if byte == b'u' {
                    let end = text.get(at..)?.find('}')?;
                    return next_brace(text, at + end + 1);
                }
                escaped = false;
            }
            b'\\' => escaped = true,
            b'{' => return Some(at),
            _ => {}
        }
    }
    None
}

/// The `}` that closes the brace at `open`.
fn closing(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0_u32;
    for (at, byte) in text.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The `:` before how a value is written: outside all brackets.
fn colon(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            b':' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}
