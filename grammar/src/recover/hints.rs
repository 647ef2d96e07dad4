//! Hints for people who come from other languages.

use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::read::{Reader, is_reserved};
use crate::rules::Rule;
use crate::span::Span;

use super::foreign::{FLOWS, ITEMS, STATEMENTS};
use super::{tokens, words};

/// A statement of another language, by its first word.
fn foreign_statement(word: &str, span: Span) -> Option<SyntaxError> {
    let (_, help) = STATEMENTS.iter().find(|(theirs, _)| *theirs == word)?;
    let title = format!("`{word}` begins no statement");
    let kind = SyntaxErrorKind::ForeignOperator;
    Some(SyntaxError::new(kind, span, title, "not a statement of Theus").help(*help))
}

/// The words of the parts of an `each` clause.
const EACH: [&str; 4] = ["where", "slice", "isolated", "scratch"];

/// A value that stands as a statement.
pub(crate) fn no_effect(text: &str, span: Span) -> SyntaxError {
    if let Some(error) = foreign_statement(text, span) {
        return error;
    }
    let shown = if text.len() > 40 || text.contains('\n') {
        "this value".to_owned()
    } else {
        format!("`{text}`")
    };
    let title = format!("{shown} does nothing here");
    let error = SyntaxError::new(
        SyntaxErrorKind::NoEffect,
        span,
        title,
        "a value that nobody takes",
    );
    if EACH.contains(&text) {
        return error.help(
            "behind `each a in f` come `where …`, `slice …`, `isolated into …` and `scratch …`, in this order",
        );
    }
    match words::similar_word(text) {
        Some(word) => error
            .help(format!("did you mean `{word}`?"))
            .fix(span, word),
        None => error.help("give it back with `return`, assign it with `=`, declare it with `let`, or call it"),
    }
}

/// Whether a word begins statements in other languages.
pub(crate) fn is_foreign(word: &str) -> bool {
    STATEMENTS.iter().any(|(theirs, _)| *theirs == word)
}

fn first_word(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    text.get(..end.unwrap_or(text.len())).unwrap_or("")
}

/// A hint for the text, if its first word tells more than the grammar can.
pub(super) fn hint(
    reader: &Reader<'_>,
    strict: Rule,
    text: &str,
    start: usize,
) -> Option<SyntaxError> {
    let word = first_word(text);
    let span = reader.place(start, start + word.len());
    let foreign = |title: String, help: &str| {
        let kind = SyntaxErrorKind::ForeignOperator;
        SyntaxError::new(kind, span, title, "not a word of Theus").help(help)
    };
    match strict {
        Rule::strict_item => {
            if let Some((_, ours, help)) =
                ITEMS.iter().find(|(theirs, _, _)| *theirs == word)
            {
                let error = foreign(format!("`{word}` begins no item"), help);
                return Some(if ours.is_empty() {
                    error
                } else {
                    error.fix(span, *ours)
                });
            }
            if let Some(ours) = words::similar_item(word).filter(|ours| *ours != word) {
                let title = format!("`{word}` begins no item");
                let kind = SyntaxErrorKind::Unexpected;
                let error = SyntaxError::new(kind, span, title, "not a word of Theus");
                return Some(
                    error
                        .help(format!("did you mean `{ours}`?"))
                        .fix(span, ours),
                );
            }
            statement_outside(reader, text, start, word).or_else(|| {
                let other = word.starts_with(|first: char| first.is_alphabetic()) && !text.get(word.len()..)?.starts_with(':');
                (other && !words::begins_item(word) && !tokens::is_type_word(word)).then(|| {
                    foreign(
                        format!("`{word}` begins no item"),
                        "items begin with `use`, `const`, `struct`, `enum`, `context`, `fn`, `process`, `pipeline` or `test`",
                    )
                })
            })
        }
        Rule::strict_stmt | Rule::strict_arm => foreign_statement(word, span),
        Rule::strict_flow if word == "if" => {
            let error = foreign(
                "in a pipeline `if` is written `when`".to_owned(),
                "write `when condition { … }`",
            );
            Some(error.fix(span, "when"))
        }
        Rule::strict_flow => foreign_flow(reader, word, span, start),
        _ => None,
    }
}

/// An item of a pipeline of another language: its first word, or the word before what cannot
/// be read, which passes for the name of a process.
fn foreign_flow(
    reader: &Reader<'_>,
    word: &str,
    span: Span,
    start: usize,
) -> Option<SyntaxError> {
    let known = |word: &str| FLOWS.iter().find(|(theirs, ..)| *theirs == word);
    let before = reader.text.get(..start).unwrap_or("").trim_end_matches(' ');
    let letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    let last = before.trim_end_matches(letter).len();
    let (found, at) = match known(word) {
        Some(found) => (found, span),
        None => {
            let found = known(before.get(last..).unwrap_or(""))?;
            (found, reader.place(last, before.len()))
        }
    };
    let (theirs, ours, help) = *found;
    let title = format!("`{theirs}` begins no item of a pipeline");
    let kind = SyntaxErrorKind::ForeignOperator;
    let error = SyntaxError::new(kind, at, title, "not a word of Theus").help(help);
    Some(match ours {
        "" => error,
        ours => error.fix(at, ours),
    })
}

/// A statement at the top of a file.
fn statement_outside(
    reader: &Reader<'_>,
    text: &str,
    start: usize,
    word: &str,
) -> Option<SyntaxError> {
    let known = [
        "if", "for", "while", "match", "return", "raise", "assert", "set", "run",
        "inputs", "outputs",
    ];
    let rest = text.get(word.len()..).unwrap_or("").trim_start();
    let assigns = !word.is_empty()
        && (rest.starts_with('=') || rest.starts_with('.') || rest.starts_with("+="));
    if !known.contains(&word) && (!assigns || is_reserved(word)) {
        return None;
    }
    let line = text.lines().next().unwrap_or("").trim_end().len();
    let span = reader.place(start, start + line);
    let kind = SyntaxErrorKind::Unexpected;
    let error = SyntaxError::new(
        kind,
        span,
        "a statement stands outside of any item",
        "not an item",
    );
    Some(error.help("statements stand in a `process`, a `fn` or a `test`; a `}` before this may close too early"))
}
