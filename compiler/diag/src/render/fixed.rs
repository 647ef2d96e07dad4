//! Fixes as text: the line as it would be.

use std::collections::BTreeMap;

use theus_grammar::{Source, Span};

use super::place::{harmless, line_bounds, position, snap, source};
use crate::diagnostic::Fix;

/// The lines that the edits of a fix would leave or add, each after its number or a `+`, if
/// each edit is in one line and the result is one that can be read.
pub(super) fn lines(fix: &Fix, sources: &[Source]) -> Vec<(String, String)> {
    let mut by_line: BTreeMap<usize, Vec<(Span, String)>> = BTreeMap::new();
    for edit in &fix.edits {
        let Some(source) = source(edit.0, sources) else {
            return Vec::new();
        };
        let start = line_bounds(&source.text, snap(source, edit.0).start).start;
        by_line.entry(start).or_default().push(edit.clone());
    }
    if by_line.len() < 2 {
        return in_line(fix, sources);
    }
    let mut shown = Vec::new();
    for edits in by_line.into_values() {
        let part = Fix {
            title: String::new(),
            edits,
        };
        match in_line(&part, sources).as_slice() {
            [line] => shown.push(line.clone()),
            _ => return Vec::new(),
        }
    }
    if shown.len() <= 6 { shown } else { Vec::new() }
}

/// The same where all edits are in one line.
fn in_line(fix: &Fix, sources: &[Source]) -> Vec<(String, String)> {
    let Some((number, old, new)) = edited(fix, sources) else {
        return Vec::new();
    };
    let is_new =
        |line: &&str| line.trim_end() != old.trim_end() && !line.trim().is_empty();
    let several = new.contains('\n');
    let lines = new.lines().filter(|line| !several || is_new(line));
    let mark = if several {
        "+".to_owned()
    } else {
        number.to_string()
    };
    let shown = lines.map(|line| {
        (
            mark.clone(),
            harmless(line.trim_end()).replace('\t', "    "),
        )
    });
    let shown: Vec<_> = shown.collect();
    let fits = shown.len() <= 4 && shown.iter().all(|(_, line)| line.len() <= 200);
    if fits { shown } else { Vec::new() }
}

/// Number, old and new text of the line.
fn edited<'a>(fix: &Fix, sources: &'a [Source]) -> Option<(usize, &'a str, String)> {
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
    Some((number, source.text.get(bounds)?, out))
}
