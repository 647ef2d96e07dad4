//! Hints for people who come from other languages.

use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::read::{Reader, is_reserved};
use crate::rules::Rule;
use crate::span::Span;

use super::words;

/// First words of items in other languages: what to write here.
const ITEMS: &[(&str, &str, &str)] = &[
    (
        "def",
        "fn",
        "functions begin with `fn`: `fn f(x: f64) -> f64 { return x }`",
    ),
    (
        "func",
        "fn",
        "functions begin with `fn`: `fn f(x: f64) -> f64 { return x }`",
    ),
    (
        "function",
        "fn",
        "functions begin with `fn`: `fn f(x: f64) -> f64 { return x }`",
    ),
    (
        "fun",
        "fn",
        "functions begin with `fn`: `fn f(x: f64) -> f64 { return x }`",
    ),
    (
        "import",
        "use",
        "modules are brought in with `use`: `use std.control`",
    ),
    (
        "include",
        "use",
        "modules are brought in with `use`: `use std.control`",
    ),
    (
        "from",
        "",
        "modules are brought in with `use`: `use std.control`",
    ),
    (
        "class",
        "",
        "there are no classes: data is a `struct` or a `context`, code is a `fn` or a `process`",
    ),
    (
        "interface",
        "",
        "there are no interfaces: `fn f<T: number>(…)` takes any type of numbers",
    ),
    (
        "trait",
        "",
        "there are no traits: `fn f<T: number>(…)` takes any type of numbers",
    ),
    (
        "impl",
        "",
        "there are no methods in types: `a.f(b)` is `f(a, b)`, so write a `fn`",
    ),
    ("type", "", "there are no type aliases: write a `struct`"),
    (
        "pub",
        "",
        "everything in a module can be used: remove `pub`",
    ),
    (
        "export",
        "",
        "everything in a module can be used: remove `export`",
    ),
    (
        "static",
        "",
        "state stands in a `context`, constants in `const`",
    ),
    (
        "global",
        "",
        "state stands in a `context`, constants in `const`",
    ),
    (
        "let",
        "const",
        "at the top of a file only `const` declares a value",
    ),
    ("var", "", "state stands in a `context`"),
    ("mod", "", "a file is a module: `use name` brings it in"),
    ("module", "", "a file is a module: `use name` brings it in"),
    (
        "public",
        "",
        "everything in a module can be used: remove `public`",
    ),
    (
        "private",
        "",
        "everything in a module can be used: remove `private`",
    ),
    ("task", "process", "units of work are `process`es"),
    (
        "namespace",
        "",
        "a file is a module: `use name` brings it in",
    ),
    ("package", "", "a file is a module: `use name` brings it in"),
    ("typedef", "", "there are no type aliases: write a `struct`"),
    (
        "async",
        "",
        "nothing waits: what is to happen stands in a `pipeline`",
    ),
];

/// First words of statements in other languages.
const STATEMENTS: &[(&str, &str)] = &[
    (
        "switch",
        "`switch` is written `match e { pattern => { … } }`",
    ),
    (
        "do",
        "loops are `for x in lo..hi { … }` and `while c max n { … }`",
    ),
    (
        "loop",
        "loops are `for x in lo..hi { … }` and `while c max n { … }`: every loop has a bound",
    ),
    (
        "until",
        "loops are `for x in lo..hi { … }` and `while c max n { … }`",
    ),
    ("throw", "an error leaves with `raise Name`"),
    (
        "catch",
        "errors are handled in the pipeline: `on error Name { skip }`",
    ),
    (
        "except",
        "errors are handled in the pipeline: `on error Name { skip }`",
    ),
    (
        "finally",
        "errors are handled in the pipeline: `on error Name { skip }`",
    ),
    (
        "print",
        "a process cannot print: write fields with `sink csv(…)` in the pipeline",
    ),
    ("pass", "an empty block is `{ }`"),
    ("end", "a block ends with `}`"),
    (
        "function",
        "functions stand at the top of a file; here write a closure `|x| e`",
    ),
    (
        "def",
        "functions stand at the top of a file; here write a closure `|x| e`",
    ),
    (
        "persistent",
        "what outlives a process is a field of a `context`",
    ),
    (
        "static",
        "what outlives a process is a field of a `context`",
    ),
    (
        "global",
        "a process names the fields that it uses in its clauses",
    ),
    (
        "nonlocal",
        "a process names the fields that it uses in its clauses",
    ),
    ("del", "nothing is deleted: memory is fixed"),
    (
        "const",
        "`const` stands at the top of a file; here write `let`",
    ),
    (
        "fn",
        "functions stand at the top of a file; here write a closure `|x| e`",
    ),
];

/// First words of items of pipelines in other languages: what to write here.
const FLOWS: &[(&str, &str, &str)] = &[
    (
        "parallel",
        "par",
        "members that run in no order: `par { a, b }`",
    ),
    (
        "concurrent",
        "par",
        "members that run in no order: `par { a, b }`",
    ),
    (
        "sequence",
        "",
        "items run in the order of the text: `a -> b`",
    ),
    (
        "retry",
        "",
        "nothing is tried again within a tick, because the same inputs fail alike: the next tick is the next attempt",
    ),
    (
        "try",
        "",
        "a failure is handled in the list of the item that failed: `on error Name { skip }`, `on fault { skip }`",
    ),
    (
        "catch",
        "",
        "a failure is handled in the list of the item that failed: `on error Name { skip }`, `on fault { skip }`",
    ),
    (
        "after",
        "",
        "what runs when a time has come: `on tick.time >= 5s { … }`; when nothing has arrived for a time: `on idle 5s { … }`",
    ),
    ("on_start", "on start", "write `on start { … }`"),
    ("on_stop", "on stop", "write `on stop { … }`"),
    ("on_error", "on error", "write `on error Name { … }`"),
    ("on_fault", "on fault", "write `on fault { … }`"),
    ("on_enter", "on enter", "write `on enter { … }`, in a mode"),
    ("on_exit", "on exit", "write `on exit { … }`, in a mode"),
    (
        "event",
        "",
        "a signal is named alone: `on c.hit { … }`, or with its value: `on c.hit as h { … }`",
    ),
    (
        "loop",
        "",
        "`repeat n until c { … }` runs items again and again within a tick",
    ),
    (
        "state",
        "",
        "states of a pipeline are its modes: `mode Balance start { … }`",
    ),
    ("goto", "", "a mode is entered: `enter Balance when c`"),
    (
        "transition",
        "",
        "a mode is entered: `enter Balance when c`",
    ),
    (
        "case",
        "",
        "choices are `when c { … } else { … }` and `match e { pattern => item }`",
    ),
    (
        "wait",
        "",
        "nothing waits in a tick: what is due later stands in `every d { … }` or `on c { … }`",
    ),
    (
        "sleep",
        "",
        "nothing waits in a tick: what is due later stands in `every d { … }` or `on c { … }`",
    ),
];

/// A statement of another language, by its first word.
fn foreign_statement(word: &str, span: Span) -> Option<SyntaxError> {
    let (_, help) = STATEMENTS.iter().find(|(theirs, _)| *theirs == word)?;
    let title = format!("`{word}` begins no statement");
    let kind = SyntaxErrorKind::ForeignOperator;
    Some(SyntaxError::new(kind, span, title, "not a statement of Theus").help(*help))
}

/// A value that stands as a statement.
pub(crate) fn no_effect(text: &str, span: Span) -> SyntaxError {
    if let Some(error) = foreign_statement(text, span) {
        return error;
    }
    let shown = if text.len() > 40 {
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
            statement_outside(reader, text, start, word)
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
