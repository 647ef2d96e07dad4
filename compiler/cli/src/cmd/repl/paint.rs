//! Colours of a cell while it is typed: words, texts, numbers, comments.

use std::fmt::Write as _;

/// Words that begin items, clauses and statements, and those of sessions.
const WORDS: &[&str] = &[
    "alert", "all", "and", "any", "as", "assert", "audit", "bench", "break", "clean",
    "const", "context", "continue", "contract", "each", "else", "ensures", "enum",
    "errors", "every", "expect", "fn", "for", "global", "heavy", "if", "implies", "in",
    "inout", "inputs", "is", "keep", "let", "match", "max", "meta", "mock", "not", "on",
    "or", "outputs", "par", "pipeline", "process", "property", "raise", "requires",
    "reset", "return", "run", "session", "set", "signal", "sink", "source", "struct",
    "test", "ticks", "until", "use", "var", "when", "while",
];

/// Values that are words.
const VALUES: &[&str] = &["true", "false", "none"];

const WORD: &str = "\x1b[35m";
const VALUE: &str = "\x1b[36m";
const TEXT: &str = "\x1b[32m";
const COMMENT: &str = "\x1b[2m";
const TYPE: &str = "\x1b[33m";
const PLAIN: &str = "\x1b[0m";

/// The line with colours; without them it is the line itself.
pub(super) fn painted(line: &str) -> String {
    let mut out = String::with_capacity(line.len() * 2);
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let (text, colour) = token(rest, first);
        match colour {
            // A `String` takes whatever is written to it.
            Some(colour) => drop(write!(out, "{colour}{text}{PLAIN}")),
            None => out.push_str(text),
        }
        rest = rest.get(text.len()..).unwrap_or("");
    }
    out
}

/// The first token of a text, and its colour.
fn token(rest: &str, first: char) -> (&str, Option<&'static str>) {
    let letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    let until =
        |end: Option<usize>| rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
    if rest.starts_with("//") {
        return (until(rest.find('\n')), Some(COMMENT));
    }
    if first == '"' {
        return (until(closing(rest)), Some(TEXT));
    }
    if first.is_ascii_digit() {
        let part = |at: usize, next: char| {
            let digit =
                |next: Option<char>| next.is_some_and(|next| next.is_ascii_digit());
            letter(next)
                || next == '.'
                    && digit(rest.get(at + 1..).and_then(|it| it.chars().next()))
        };
        let mut letters = rest.char_indices();
        let end = letters.find(|(at, next)| !part(*at, *next));
        return (until(end.map(|(at, _)| at)), Some(VALUE));
    }
    if !letter(first) {
        return (until(Some(first.len_utf8())), None);
    }
    let word = until(rest.find(|next| !letter(next)));
    let colour = if WORDS.contains(&word) {
        Some(WORD)
    } else if VALUES.contains(&word) {
        Some(VALUE)
    } else if first.is_uppercase() {
        Some(TYPE)
    } else {
        None
    };
    (word, colour)
}

/// Where a text ends, the quote with it.
fn closing(rest: &str) -> Option<usize> {
    let mut escaped = true;
    rest.char_indices().find_map(|(at, letter)| {
        let ends = letter == '"' && !escaped;
        escaped = at > 0 && letter == '\\' && !escaped;
        ends.then(|| at + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::painted;

    /// The line with its colours as letters.
    fn drawn(line: &str) -> String {
        let painted = painted(line);
        [
            ("\x1b[35m", "<w>"),
            ("\x1b[36m", "<v>"),
            ("\x1b[32m", "<t>"),
            ("\x1b[2m", "<c>"),
            ("\x1b[33m", "<T>"),
            ("\x1b[0m", "<>"),
        ]
        .iter()
        .fold(painted, |text, (code, name)| text.replace(code, name))
    }

    #[test]
    fn words_values_texts_and_comments_have_colours() {
        assert_eq!(
            drawn("let x = 1.5 + c.n // all"),
            "<w>let<> x = <v>1.5<> + c.n <c>// all<>"
        );
        assert_eq!(
            drawn(r#"keep var s = "a \" b" + Law.Sta"#),
            r#"<w>keep<> <w>var<> s = <t>"a \" b"<> + <T>Law<>.<T>Sta<>"#
        );
        assert_eq!(drawn("0..n for_all"), "<v>0<>..n for_all");
    }

    #[test]
    fn nothing_is_lost_of_what_is_half_typed() {
        for line in ["let s = \"open", "é = ☃ + 1.", "{ (", "", "\"\\"] {
            let codes = [
                "\x1b[35m", "\x1b[36m", "\x1b[32m", "\x1b[2m", "\x1b[33m", "\x1b[0m",
            ];
            let plain = codes
                .iter()
                .fold(painted(line), |text, code| text.replace(code, ""));
            assert_eq!(plain, line);
        }
    }
}
