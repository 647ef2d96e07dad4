//! Writes what was found into the pages.

use theus_spec::{Block, Page};

use crate::judge::Stale;

/// The page with the blocks replaced; `stale` has the line of the program with each.
pub(crate) fn bless(page: &Page<'_>, text: &str, stale: &[(usize, Stale)]) -> String {
    let blocks = || page.rules.iter().flat_map(|rule| &rule.blocks);
    let at = |line: usize| blocks().find(|block| block.line == line);
    let mut edits: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    for (program, stale) in stale {
        match stale.block.and_then(at) {
            Some(block) => edits.push((block.range.clone(), stale.found.clone())),
            None => edits.extend(at(*program).map(|block| missing(text, block, stale))),
        }
    }
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = text.to_owned();
    for (range, found) in edits {
        text.replace_range(range, &found);
    }
    text
}

/// A new block after the program.
fn missing(
    text: &str,
    program: &Block<'_>,
    stale: &Stale,
) -> (std::ops::Range<usize>, String) {
    let rest = &text[program.range.end..];
    let end = program.range.end + rest.find('\n').map_or(rest.len(), |end| end + 1);
    (end..end, format!("\n```text\n{}```\n", stale.found))
}
