//! Columns: what clauses of one contract say begins in one column, and so do the levels of
//! audit rules.

use theus_grammar::Begins;

use crate::Line;

/// Where the blanks before a column stand in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// What kind of column.
    pub(crate) of: Begins,
    /// The byte at which its blanks begin.
    pub(crate) at: usize,
}

/// Aligns the columns of lines that follow each other.
pub(crate) fn align(lines: &mut [Line]) {
    let of = |line: &Line| {
        let column = line.column.filter(|column| column.at < line.text.len());
        column.map(|column| (column.of, line.indent))
    };
    let same =
        |one: &Line, next: &Line| of(one).is_some() && of(one) == of(next) && !next.apart;
    for group in lines.chunk_by_mut(same) {
        let width = |line: &Line| {
            let at = line.column.map_or(0, |column| column.at);
            line.text.get(..at).map_or(0, |text| text.chars().count())
        };
        let most = group.iter().map(width).max().unwrap_or(0);
        for line in group {
            let missing = most - width(line);
            let column = line.column.filter(|column| column.at < line.text.len());
            if let Some(column) = column.filter(|_| missing > 0) {
                line.text.insert_str(column.at, &" ".repeat(missing));
            }
        }
    }
}
