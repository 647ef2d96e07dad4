//! From the syntax errors of the grammar to diagnostics.

use theus_grammar::{SyntaxError, SyntaxErrorKind};

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Fix};

/// The diagnostic of a syntax error.
pub fn from_syntax(error: SyntaxError) -> Diagnostic {
    let found =
        Diagnostic::new(code(error.kind), error.span, error.label).title(error.title);
    let found = error.help.into_iter().fold(found, Diagnostic::help);
    let found = error
        .related
        .into_iter()
        .fold(found, |found, (span, text)| found.label(span, text));
    let mut found = found;
    if let Some((span, text)) = error.fix.first() {
        let title = match error.fix.len() {
            1 if text.is_empty() => "remove it".to_owned(),
            1 if span.start == span.end => format!("insert `{}`", text.trim()),
            1 => format!("write `{}`", text.trim()),
            many if text.is_empty() => format!("remove all {many} of them"),
            many if error.fix.iter().all(|(_, other)| other == text) => {
                format!("write `{}` in all {many} places", text.trim())
            }
            _ => "put them in order".to_owned(),
        };
        found.fixes.push(Fix {
            title,
            edits: error.fix,
        });
    }
    found
}

/// The row of the table; the two tables are held together by a test.
fn code(kind: SyntaxErrorKind) -> Code {
    Code::from_id(kind.code()).unwrap_or(Code::Unexpected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_code() {
        for kind in SyntaxErrorKind::ALL {
            assert_eq!(code(*kind).id(), kind.code());
        }
    }
}
