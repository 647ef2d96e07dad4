//! One line per diagnostic: `file:line:col: error[T0101]: title`.

use theus_grammar::Source;

use super::place::{position, said, snap, source};
use crate::diagnostic::Diagnostic;

/// The line, without its end.
pub fn render(found: &Diagnostic, sources: &[Source]) -> String {
    let (word, id) = (found.severity().name(), found.code.id());
    let head = format!("{word}[{id}]: {}", said(&found.title));
    match source(found.primary.span, sources) {
        None => head,
        Some(source) => {
            let (line, column) = position(source, snap(source, found.primary.span).start);
            format!("{}:{line}:{column}: {head}", said(&source.name))
        }
    }
}
