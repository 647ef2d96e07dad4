//! The one layout of a text, as the changes that lead to it.

use serde::Deserialize;
use serde_json::Value;
use theus_grammar::{FileId, Source};

use crate::lines::Lines;
use crate::wire::{Answer, OfDocument, OfRange, Range, TextEdit, params, value};
use crate::world::World;

/// Lays out a document.
pub(crate) fn whole(world: &mut World, given: Value) -> Answer {
    let OfDocument { text_document } = params(given)?;
    Ok(value(edits(world, &text_document.uri, None)))
}

/// Lays out the lines of a range.
pub(crate) fn range(world: &mut World, given: Value) -> Answer {
    let OfRange {
        text_document,
        range,
    } = params(given)?;
    Ok(value(edits(world, &text_document.uri, Some(range))))
}

/// Lays out what has been closed by a `}`.
pub(crate) fn typed(world: &mut World, given: Value) -> Answer {
    #[derive(Deserialize)]
    struct Typed {
        #[serde(flatten)]
        at: crate::wire::AtPlace,
        ch: String,
    }
    let Typed { at, ch } = params(given)?;
    let uri = at.text_document.uri;
    let Some(document) = world.documents.get(&uri) else {
        return Ok(Value::Null);
    };
    let end = document.lines.offset(at.position);
    let scan = crate::scan::Scan::new(document.lines.text());
    let closed = scan
        .brackets
        .iter()
        .find(|pair| pair.close == Some(end.saturating_sub(1)));
    let (true, Some(closed)) = (ch == "}", closed) else {
        return Ok(Value::Null);
    };
    let range = document.lines.range(closed.open, end);
    Ok(value(edits(world, &uri, Some(range))))
}

/// The changes; none where the text cannot be read.
fn edits(world: &World, uri: &str, range: Option<Range>) -> Option<Vec<TextEdit>> {
    let lines = &world.documents.get(uri)?.lines;
    let source = Source::new(FileId(0), uri, lines.text().to_string());
    let new = theus_fmt::format(&source).ok()?;
    let new = match range {
        Some(range) => {
            // A range that ends before the first character of a line is without that line.
            let open = range.end.character == 0 && range.end > range.start;
            let last = range.end.line as usize + usize::from(!open);
            theus_fmt::within(lines.text(), &new, range.start.line as usize + 1, last)
        }
        None => new,
    };
    Some(differences(lines, &new))
}

/// The edits that lead from a text to another one, line by line.
fn differences(lines: &Lines, new: &str) -> Vec<TextEdit> {
    let changes = theus_fmt::changes(lines.text(), new);
    let edits = changes.into_iter().map(|change| {
        let start = line_start(lines.text(), change.line);
        let old: usize = change.old.iter().map(|line| line.len()).sum();
        TextEdit {
            range: lines.range(start, start + old),
            new_text: change.new.concat(),
        }
    });
    edits.collect()
}

/// Where a line (from 1) begins, as the formatter counts lines.
fn line_start(text: &str, line: usize) -> usize {
    let before = text.split_inclusive('\n').take(line.saturating_sub(1));
    before.map(str::len).sum()
}
