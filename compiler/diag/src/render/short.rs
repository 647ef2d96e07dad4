//! One line per diagnostic: `file:line:col: error[T0101]: title`.

use theus_grammar::Source;

use super::place::{harmless, position, snap, source};
use crate::diagnostic::Diagnostic;

/// The line, without its end.
pub fn render(found: &Diagnostic, sources: &[Source]) -> String {
    let head = format!(
        "{}[{}]: {}",
        found.severity().name(),
        found.code.id(),
        found.title
    );
    let place = source(found.primary.span, sources).map(|source| {
        let (line, column) = position(source, snap(source, found.primary.span).start);
        format!("{}:{line}:{column}: ", source.name)
    });
    harmless(&(place.unwrap_or_default() + &head)).replace('\n', " ")
}
