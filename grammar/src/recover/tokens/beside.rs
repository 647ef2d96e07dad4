//! Tokens that only make sense with the one before them: `= =`, `<>`, `inout x` at a call.

use super::Odd;
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::rules::Rule;
use crate::span::Span;

/// Signs that are one with the `=` behind them.
const BEFORE_EQUALS: &[(&str, &str)] = &[
    ("+", "+="),
    ("-", "-="),
    ("*", "*="),
    ("/", "/="),
    ("%", "%="),
    ("<", "<="),
    (">", ">="),
    ("!", "!="),
];

/// Words of other languages before an argument that changes.
const ARGUMENT_WORDS: &[&str] = &["inout", "ref", "mut", "out", "var"];

impl Odd<'_> {
    /// The error of two tokens.
    pub(super) fn beside(
        &self,
        place: &impl Fn(usize, usize) -> Span,
    ) -> Option<SyntaxError> {
        let end = self.at + self.found.len();
        let error = |from: usize, title: String, label: &str, text: &str| {
            let span = place(from, end);
            let kind = SyntaxErrorKind::ForeignOperator;
            SyntaxError::new(kind, span, title, label).fix(span, text)
        };
        let before = self.before();
        match self.found {
            ">" if self.touches("<") => {
                let title = "`<>` is written `!=`".to_owned();
                let label = "not an operator of Theus";
                Some(error(self.at - 1, title, label, "!="))
            }
            "=" if self.expects("an expression") && before.len() < self.at => {
                let from = before.len().checked_sub(1)?;
                let label = "one sign, without a blank in it";
                if before.ends_with('=') {
                    return Some(self.two_equals(|title, ours| {
                        error(from, title.to_owned(), "written twice", ours)
                    }));
                }
                let (theirs, ours) = BEFORE_EQUALS
                    .iter()
                    .find(|(theirs, _)| before.ends_with(theirs))?;
                let title = format!("`{theirs} =` is written `{ours}`");
                Some(error(from, title, label, ours))
            }
            _ if ARGUMENT_WORDS.contains(&self.word()) && self.is_argument() => {
                let word = self.word();
                let from = before.len() - word.len();
                let kind = SyntaxErrorKind::ForeignOperator;
                let title = format!("an argument has no `{word}`");
                let label = "the argument stands alone";
                let error = SyntaxError::new(
                    kind,
                    place(from, before.len()),
                    title,
                    label,
                )
                .help("what a function changes its parameter says: `fn f(inout x: f64)`");
                Some(error.fix(place(from, self.at), ""))
            }
            _ => None,
        }
    }

    /// `= =`: in a condition it compares.
    fn two_equals(&self, error: impl Fn(&str, &str) -> SyntaxError) -> SyntaxError {
        if self.strict == Rule::strict_head || self.text.starts_with("assert ") {
            error("`= =` is written `==`", "==")
        } else {
            error("`=` stands twice", "=")
        }
    }

    /// Whether the word before stands where an argument is due, and this after it.
    fn is_argument(&self) -> bool {
        let name = |letter: char| letter.is_alphabetic() || letter == '_';
        self.in_body_text()
            && self.found.starts_with(name)
            && self
                .before()
                .strip_suffix(self.word())
                .is_some_and(|before| before.trim_end().ends_with(['(', ',']))
    }
}
