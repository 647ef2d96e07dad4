//! What surrounds a place, from its word to the whole text.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::lines::Lines;
use crate::scan::{Kind, Scan};
use crate::wire::{Answer, DocumentId, Position, Range, params, value};
use crate::world::World;

#[derive(Clone, Debug, Serialize)]
struct Selection {
    range: Range,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<Box<Self>>,
}

/// What surrounds each of some places.
pub(crate) fn answer(world: &mut World, given: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Given {
        text_document: DocumentId,
        positions: Vec<Position>,
    }
    let Given {
        text_document,
        positions,
    } = params(given)?;
    let Some(document) = world.documents.get(&text_document.uri) else {
        return Ok(Value::Null);
    };
    let lines = &document.lines;
    let scan = Scan::new(lines.text());
    let found = positions.into_iter().map(|position| {
        let mut selection: Option<Box<Selection>> = None;
        for (start, end) in around(&scan, lines, lines.offset(position))
            .into_iter()
            .rev()
        {
            selection = Some(Box::new(Selection {
                range: lines.range(start, end),
                parent: selection,
            }));
        }
        selection
    });
    Ok(value(found.collect::<Vec<_>>()))
}

/// Ranges around a place, each larger than the one before.
fn around(scan: &Scan<'_>, lines: &Lines, at: usize) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = vec![(at, at)];
    let mut add = |range: (usize, usize)| {
        if let Some(last) = found.last()
            && range.0 <= last.0
            && last.1 <= range.1
            && range != *last
        {
            found.push(range);
        }
    };
    if let Some(token) = scan.at(at) {
        add((token.start, token.end));
        add(path(scan, token.start, token.end));
    }
    let line = |at: usize| {
        let line = lines.position(at).line as usize;
        let (start, text) = (lines.start(line), lines.line(line));
        let blank = text.len() - text.trim_start().len();
        (start + blank, start + text.trim_end().len())
    };
    let of_line = line(at);
    for pair in scan.around(at) {
        let end = pair.close.unwrap_or(scan.text.len());
        if (pair.open + 1, end).0 <= of_line.0 && of_line.1 <= end {
            add(of_line);
        }
        let inside = scan.text.get(pair.open + 1..end).unwrap_or("");
        let blank = inside.len() - inside.trim_start().len();
        add((
            pair.open + 1 + blank,
            pair.open + 1 + inside.trim_end().len(),
        ));
        let after = pair.close.map_or(end, |close| close + 1);
        add((pair.open, after));
        // With what stands before the bracket: `while c`, `process move`.
        if scan.text.as_bytes().get(pair.open) == Some(&b'{') {
            add((line(pair.open).0, after));
        }
    }
    add(of_line);
    add((0, scan.text.len()));
    // The place itself is nothing that one would select, but in an empty text.
    if found.len() > 1 {
        found.remove(0);
    }
    found
}

/// The dotted path of which a word is a part.
fn path(scan: &Scan<'_>, start: usize, end: usize) -> (usize, usize) {
    let dot =
        |at: Option<&crate::scan::Token>| at.is_some_and(|token| scan.text(token) == ".");
    let word = |at: Option<&crate::scan::Token>| {
        at.filter(|token| token.kind == Kind::Word).copied()
    };
    let first = scan.tokens.partition_point(|token| token.start < start);
    let (mut low, mut high) = (first, first);
    while low >= 2
        && dot(scan.tokens.get(low - 1))
        && word(scan.tokens.get(low - 2)).is_some()
    {
        low -= 2;
    }
    while dot(scan.tokens.get(high + 1)) && word(scan.tokens.get(high + 2)).is_some() {
        high += 2;
    }
    let start = scan.tokens.get(low).map_or(start, |token| token.start);
    let end = scan.tokens.get(high).map_or(end, |token| token.end);
    (start, end)
}
