//! Literals: numbers and strings to nodes, with their errors.

use std::sync::Arc;

use crate::ast::{ExprKind, Name};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::rules::Pair;
use crate::span::Span;

use super::Reader;
use super::number::{self, Number};

impl Reader<'_> {
    /// A number token.
    pub(super) fn number(&self, pair: &Pair<'_>) -> ExprKind {
        let span = self.span(pair);
        let text = pair.as_str();
        match number::read(text) {
            Ok(Number::Int(value, suffix)) => {
                ExprKind::Int(value, self.suffix(span, suffix))
            }
            Ok(Number::Float(value, suffix)) => {
                ExprKind::Float(value, self.suffix(span, suffix))
            }
            Ok(Number::Duration(ns)) => ExprKind::Duration(ns),
            Err(problem) => {
                let kind = SyntaxErrorKind::BadNumber;
                let mut error =
                    SyntaxError::new(kind, span, problem.title, problem.label);
                error.help = problem.help;
                error.fix = problem.fix.map(|text| (span, text)).into_iter().collect();
                self.report(error);
                ExprKind::Bad
            }
        }
    }

    fn suffix(&self, number: Span, suffix: Option<&str>) -> Option<Name> {
        let suffix = suffix?;
        let start = number.end - suffix.len() as u32;
        Some(Name {
            text: Arc::from(suffix),
            span: Span::new(number.file, start, number.end),
        })
    }

    /// A string token without holes, unescaped; `None` if it cannot be (reported).
    pub(super) fn string(&self, pair: &Pair<'_>) -> Option<String> {
        match self.string_value(pair) {
            ExprKind::Str(text) => Some(text),
            ExprKind::Format(_) => {
                self.plain_text(self.span(pair));
                None
            }
            _ => None,
        }
    }

    /// A text with a hole where all must be known before the start.
    fn plain_text(&self, span: Span) {
        let error = SyntaxError::new(
            SyntaxErrorKind::Unexpected,
            span,
            "this text has no holes",
            "names of files, columns and tests are known before the start",
        );
        self.report(error.help("write it without braces; `\\{` is a brace itself"));
    }

    /// A part of what stands between quotes, unescaped; `start` is where that stands in the
    /// file.
    pub(super) fn unescaped(
        &self,
        inside: &str,
        (from, to): (usize, usize),
        start: usize,
    ) -> Option<String> {
        let part = inside.get(from..to)?;
        let mut value = String::with_capacity(part.len());
        let mut chars = part.char_indices();
        while let Some((at, letter)) = chars.next() {
            if letter != '\\' {
                value.push(letter);
                continue;
            }
            let rest = part.get(at + 1..).unwrap_or("");
            let Some((letter, length)) = escape(rest) else {
                self.bad_escape(start + from + at, rest);
                return None;
            };
            value.push(letter);
            // The escape is `length` bytes after the `\`; all of them are ASCII.
            for _ in 0..length {
                chars.next();
            }
        }
        Some(value)
    }

    fn bad_escape(&self, start: usize, rest: &str) {
        let length = rest.chars().next().map_or(0, char::len_utf8);
        let error = SyntaxError::new(
            SyntaxErrorKind::Unexpected,
            self.place(start, start + 1 + length),
            "unknown escape in a string",
            "not an escape",
        );
        self.report(error.help("escapes are `\\n` `\\t` `\\r` `\\0` `\\\\` `\\\"` `\\{` `\\}` and `\\u{1F600}`"));
    }
}

/// The character of an escape, and how many bytes follow the `\`.
fn escape(rest: &str) -> Option<(char, usize)> {
    let first = rest.chars().next()?;
    let plain = match first {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '0' => '\0',
        '\\' | '"' | '{' | '}' => first,
        'u' => {
            let code = rest.strip_prefix("u{")?;
            let code = code.get(..code.find('}')?)?;
            let hex = code.bytes().all(|digit| digit.is_ascii_hexdigit());
            let value = u32::from_str_radix(code, 16).ok().filter(|_| hex)?;
            return Some((char::from_u32(value)?, code.len() + 3));
        }
        _ => return None,
    };
    Some((plain, 1))
}
