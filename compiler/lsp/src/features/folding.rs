//! What can be folded: brackets, runs of comments, runs of imports.

use serde::Serialize;
use serde_json::Value;

use crate::lines::Lines;
use crate::scan::{Kind, Scan};
use crate::wire::{Answer, OfDocument, params, value};
use crate::world::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
struct Fold {
    start_line: u32,
    end_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
}

/// The parts of a document that can be folded.
pub(crate) fn answer(world: &mut World, given: Value) -> Answer {
    let OfDocument { text_document } = params(given)?;
    let document = world.documents.get(&text_document.uri);
    Ok(value(document.map(|document| folds(&document.lines))))
}

fn folds(lines: &Lines) -> Vec<Fold> {
    let scan = Scan::new(lines.text());
    let line = |at: usize| lines.position(at).line;
    let brackets = scan.brackets.iter().filter_map(|pair| {
        // The line of the closing bracket stays in sight.
        let (start, end) = (line(pair.open), line(pair.close?).saturating_sub(1));
        (start < end).then_some(Fold {
            start_line: start,
            end_line: end,
            kind: None,
        })
    });
    let mut found: Vec<Fold> = brackets.collect();
    // One fold for each line: the outermost.
    found.sort_by_key(|fold| (fold.start_line, u32::MAX - fold.end_line));
    found.dedup_by_key(|fold| fold.start_line);
    let comments = scan
        .tokens
        .iter()
        .filter(|token| token.kind == Kind::Comment);
    let alone = comments
        .map(|token| line(token.start))
        .filter(|at| lines.line(*at as usize).trim_start().starts_with("//"));
    found.extend(runs(alone, "comment"));
    let all = 0..u32::try_from(lines.count()).unwrap_or(u32::MAX);
    let imports = all.filter(|at| lines.line(*at as usize).starts_with("use "));
    found.extend(runs(imports, "imports"));
    found.sort_unstable();
    found
}

/// Runs of lines that follow each other.
fn runs(lines: impl Iterator<Item = u32>, kind: &'static str) -> Vec<Fold> {
    let mut found: Vec<Fold> = Vec::new();
    for line in lines {
        match found.last_mut() {
            Some(last) if last.end_line + 1 == line => last.end_line = line,
            _ => found.push(Fold {
                start_line: line,
                end_line: line,
                kind: Some(kind),
            }),
        }
    }
    found.retain(|fold| fold.start_line < fold.end_line);
    found
}
