//! What is wrong with text that no rule could read: its exact place and what was expected,
//! found by reading only that text again by a strict rule.

mod foreign;
mod hints;
mod tokens;
mod words;

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};

use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::read::Reader;
use crate::rules::{Grammar, Rule};
use crate::scan::{UNCLOSED, UNOPENED};
use crate::span::Span;

pub(crate) use hints::{is_foreign, no_effect};
pub(crate) use tokens::{COLON_BLOCK, is_type_word};

/// Reports what is wrong with `start..end` of the mended text.
pub(crate) fn explain(reader: &Reader<'_>, strict: Rule, start: usize, end: usize) {
    reader.lose(reader.place(start, end));
    if reader.is_full() {
        return;
    }
    let text = original(reader, start, end);
    let text = text.trim_end();
    if let Some(hint) = hints::hint(reader, strict, text, start) {
        return reader.report(hint);
    }
    let again = reader
        .may_read_again(text.len())
        .then(|| Grammar::parse(strict, text));
    let (at, expected) = match again {
        // Readable alone, so it stands in the wrong place.
        None | Some(Ok(_)) => (0, Vec::new()),
        Some(Err(error)) => {
            let at = match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
            };
            match error.variant {
                ErrorVariant::ParsingError { positives, .. } => (at, positives),
                ErrorVariant::CustomError { .. } => (at, Vec::new()),
            }
        }
    };
    reader.report(unexpected(reader, strict, (text, start), at, &expected));
}

/// The text between two bytes. Of the marks that stand for brackets without a partner, a few
/// that open outside of blocks become brackets again, so that the place is found where the
/// partner is missing; all others stay, or groups would not balance at every level.
fn original(reader: &Reader<'_>, start: usize, end: usize) -> String {
    let mended = reader.text.as_bytes().get(start..end).unwrap_or_default();
    let source = reader
        .source
        .text
        .as_bytes()
        .get(start..)
        .unwrap_or_default();
    let mut bytes = mended.to_vec();
    let mut depth = 0_usize;
    let mut restored = 0;
    for (byte, source) in bytes.iter_mut().zip(source) {
        match *byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            UNCLOSED if depth == 0 && restored < 3 => {
                *byte = *source;
                restored += 1;
            }
            _ => {}
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// Words that begin statements, not values.
const STATEMENT_WORDS: &[&str] = &[
    "let", "var", "return", "raise", "for", "while", "break", "continue", "assert",
];

fn unexpected(
    reader: &Reader<'_>,
    strict: Rule,
    (text, start): (&str, usize),
    at: usize,
    expected: &[Rule],
) -> SyntaxError {
    let found = token(text, at);
    let found = match found.as_bytes() {
        // A mark: what the source has there.
        [UNCLOSED | UNOPENED] => reader
            .source
            .slice((start + at) as u32, (start + at + 1) as u32),
        _ => found,
    };
    let expected = words::expected(expected);
    let due = expected.clone().unwrap_or_default();
    let odd = tokens::Odd {
        strict,
        text,
        at,
        found,
        line: line_before(reader, start),
        expected: &due,
    };
    let twice = odd.touches("+");
    if let Some(error) = odd.explain(|from, to| reader.place(start + from, start + to)) {
        return error;
    }
    let kind = SyntaxErrorKind::Unexpected;
    let error = if found.is_empty() {
        let end = start + text.len();
        let span = reader.place(end, end);
        let expected = expected.unwrap_or_else(|| "more".to_owned());
        SyntaxError::new(
            kind,
            span,
            format!("expected {expected}"),
            after(reader, end),
        )
    } else {
        let span = reader.place(start + at, start + at + found.len());
        let shown = shown(found);
        match expected {
            Some(expected) => SyntaxError::new(
                kind,
                span,
                format!("expected {expected}"),
                format!("found {shown}"),
            ),
            None => SyntaxError::new(
                kind,
                span,
                format!("unexpected {}", shown.trim_start_matches("a ")),
                "not expected here",
            ),
        }
    };
    if found == "+" && error.title.ends_with("an expression") {
        return plus(error.span, twice);
    }
    if STATEMENT_WORDS.contains(&found) && error.title.ends_with("an expression") {
        return error.help(
            "where a value is due, `if` and `match` hold one expression in each branch",
        );
    }
    if strict == Rule::strict_session {
        return error.help(crate::read::TRIGGERS);
    }
    if strict == Rule::strict_rule && error.title.contains("`level`") {
        return error.help("a rule is its condition and its level: `x <= 10.0 level B`");
    }
    if found.is_empty() && error.title.ends_with("an expression") {
        return error.help("write a value here: a name, a number or a call");
    }
    if error.title.contains("`{`")
        && matches!(
            strict,
            Rule::strict_head | Rule::strict_for | Rule::strict_stmt
        )
    {
        return error.help("a block stands between `{` and `}`");
    }
    related_open(reader, error, text, start, at)
}

/// What stands on the line before a byte.
fn line_before<'t>(reader: &Reader<'t>, start: usize) -> &'t str {
    let before = reader.text.get(..start).unwrap_or("");
    before.rsplit('\n').next().unwrap_or("")
}

/// A `+` where a value is due: `x++` perhaps.
fn plus(span: Span, twice: bool) -> SyntaxError {
    let kind = SyntaxErrorKind::ForeignOperator;
    if twice {
        let title = "a value changes nothing";
        return SyntaxError::new(kind, span, title, "`++` is no operator")
            .help("write `x += 1`, a statement of its own");
    }
    let title = "`+` stands between two values";
    let error = SyntaxError::new(kind, span, title, "not before a value");
    error.help("remove it").fix(span, "")
}

/// What follows text that ends too early.
fn after(reader: &Reader<'_>, end: usize) -> String {
    let rest = reader.text.get(end..).unwrap_or("");
    let next = rest.trim_start_matches([' ', '\t', '\r']);
    match next.chars().next() {
        None => "the file ends here".to_owned(),
        Some('\n') => "the line ends here".to_owned(),
        Some(_) => format!("found {}", shown(token(next, 0))),
    }
}

/// The innermost round or square bracket that is open where the text went wrong.
fn related_open(
    reader: &Reader<'_>,
    error: SyntaxError,
    text: &str,
    start: usize,
    at: usize,
) -> SyntaxError {
    let Some(closer) = [")", "]"]
        .into_iter()
        .find(|closer| error.title.contains(*closer))
    else {
        return error;
    };
    let open = if closer == ")" { b'(' } else { b'[' };
    let mut stack: Vec<(usize, u8)> = Vec::new();
    let mut string = false;
    let bytes = text.as_bytes().iter().enumerate().take(at);
    for (at, byte) in bytes {
        match *byte {
            b'"' => string = !string,
            _ if string => {}
            byte @ (b'(' | b'[' | b'{') => stack.push((at, byte)),
            b')' | b']' | b'}' => {
                stack.pop();
            }
            _ => {}
        }
    }
    match stack.last() {
        Some((at, byte)) if *byte == open => {
            let span: Span = reader.place(start + at, start + at + 1);
            error.related(span, "this is not closed")
        }
        _ => error,
    }
}

/// The token that begins at `at`: a word, a number, a string, or a sign.
fn token(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or("");
    let letters = |letter: char| letter.is_alphanumeric() || letter == '_';
    let length = match rest.chars().next() {
        None => 0,
        Some('"') => rest
            .get(1..)
            .and_then(|inside| inside.find('"'))
            .map_or(1, |end| end + 2),
        Some(first) if letters(first) => {
            let point = |at: usize| {
                let digit =
                    |at: usize| rest.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
                first.is_ascii_digit()
                    && rest.get(at..).is_some_and(|rest| rest.starts_with('.'))
                    && digit(at + 1)
            };
            let mut ends = rest.char_indices();
            let end = ends.find(|(at, letter)| !letters(*letter) && !point(*at));
            end.map_or(rest.len(), |(at, _)| at)
        }
        Some(first) => SIGNS
            .iter()
            .find(|sign| rest.starts_with(**sign))
            .map_or(first.len_utf8(), |sign| sign.len()),
    };
    rest.get(..length).unwrap_or("")
}

/// Signs of more than one byte, longest first.
const SIGNS: &[&str] = &[
    "===", "!==", "~=", "..=", "<<=", ">>=", "->", "=>", "==", "!=", "<=", ">=", "&&",
    "||", "??", "::", ":=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>",
    "..", "**", "++", "--",
];

/// A token as messages show it.
fn shown(token: &str) -> String {
    match token.chars().next() {
        Some('"') => "a string".to_owned(),
        Some(_) if token.chars().count() > 40 => "this".to_owned(),
        _ => format!("`{token}`"),
    }
}
