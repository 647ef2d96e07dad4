//! Fixes as text: the line as it would be.

use theus_grammar::Source;

use super::place::{harmless, line_bounds, position, snap, source};
use crate::diagnostic::Fix;

/// Number and text of the line that the edits of a fix would leave, if they are all in one
/// line and the result is one that can be read.
pub(super) fn line(fix: &Fix, sources: &[Source]) -> Option<(usize, String)> {
    let first = fix.edits.first()?;
    let source = source(first.0, sources)?;
    let bounds = line_bounds(&source.text, snap(source, first.0).start);
    let mut edits: Vec<_> = fix
        .edits
        .iter()
        .map(|(span, text)| (*span, snap(source, *span), text))
        .collect();
    edits.sort_by_key(|(_, range, _)| range.start);
    let mut out = String::new();
    let mut at = bounds.start;
    for (span, range, text) in edits {
        if span.file != source.id || range.start < at || range.end > bounds.end {
            return None;
        }
        out.push_str(source.text.get(at..range.start)?);
        out.push_str(text);
        at = range.end;
    }
    out.push_str(source.text.get(at..bounds.end)?);
    let (number, _) = position(source, bounds.start);
    let fits = !out.contains('\n') && out.len() <= 200;
    fits.then(|| (number, harmless(out.trim_end()).replace('\t', "    ")))
}
