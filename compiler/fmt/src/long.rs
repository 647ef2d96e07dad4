//! Lines that are too long are broken: at their blocks, else after the last comma that fits, else
//! before an operator, else inside of their widest brackets.

use std::ops::Range;

use theus_grammar::{Begins, TokenKind};

use crate::wrap::put;
use crate::{Piece, WIDTH, indent, spacing};

/// Operators before which a line is broken, the loosest first.
const OPERATORS: [&[&str]; 4] = [&["implies"], &["and", "or"], &["??"], &["+", "-"]];

/// Breaks lines that are too long, until none is or none can be broken.
pub(crate) fn break_all(pieces: &mut [Piece<'_>], partners: &[usize]) {
    loop {
        let indents: Vec<usize> = indent::lines(pieces)
            .iter()
            .map(|line| line.indent)
            .collect();
        let mut is_done = true;
        for (range, indent) in ranges(pieces).into_iter().zip(indents) {
            let places = Long::new(pieces, partners, range, indent).places();
            is_done &= places.is_empty();
            for at in places {
                put(pieces, at, 1);
            }
        }
        if is_done {
            return;
        }
    }
}

/// The pieces of each line.
fn ranges(pieces: &[Piece<'_>]) -> Vec<Range<usize>> {
    let begins = pieces
        .iter()
        .enumerate()
        .skip(1)
        .filter(|(_, piece)| piece.breaks > 0);
    let mut starts: Vec<usize> =
        std::iter::once(0).chain(begins.map(|(at, _)| at)).collect();
    starts.push(pieces.len());
    let ends = starts.iter().skip(1);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| *start..*end)
        .collect()
}

/// A token of a line.
struct Cell<'s> {
    at: usize,
    piece: Piece<'s>,
    /// Where it ends, in characters.
    end: usize,
    /// In how many pairs of brackets of this line it stands.
    depth: usize,
    /// The other bracket, if it is in this line too.
    partner: Option<usize>,
}

/// A line.
struct Long<'s> {
    cells: Vec<Cell<'s>>,
    /// Index of its first piece.
    start: usize,
}

impl<'s> Long<'s> {
    fn new(
        pieces: &[Piece<'s>],
        partners: &[usize],
        range: Range<usize>,
        indent: usize,
    ) -> Self {
        let mut cells: Vec<Cell<'s>> = Vec::new();
        let (mut end, mut depth) = (indent, 0_usize);
        let start = range.start;
        for at in range.clone() {
            let Some(piece) = pieces.get(at).copied().filter(|piece| !piece.is_comment())
            else {
                continue;
            };
            let gap = cells
                .last()
                .map_or("", |before| spacing::between(&before.piece, &piece));
            end += gap.len() + piece.text.chars().count();
            let partner = partners
                .get(at)
                .copied()
                .filter(|other| range.contains(other));
            let (opens, closes) = nesting(&piece, partner.is_some());
            depth = depth.saturating_sub(usize::from(closes));
            cells.push(Cell {
                at,
                piece,
                end,
                depth,
                partner,
            });
            depth += usize::from(opens);
        }
        Self { cells, start }
    }

    /// The pieces before which it is broken: none if it is short, or cannot be.
    fn places(&self) -> Vec<usize> {
        if self.cells.last().is_none_or(|last| last.end <= WIDTH) {
            return Vec::new();
        }
        let blocks = self.blocks();
        if !blocks.is_empty() {
            return blocks;
        }
        let after_comma =
            |_: &Cell<'s>, before: &Cell<'s>| before.piece.kind() == TokenKind::Comma;
        let ways = OPERATORS.iter().map(|words| {
            self.last(|cell, _| {
                cell.piece.kind() != TokenKind::Prefix && words.contains(&cell.piece.text)
            })
        });
        let is_item = |cell: &Cell<'s>| cell.piece.token.begins == Begins::Item;
        // Of an item it is the type of a result.
        let arrow = if self.cells.first().is_some_and(is_item) {
            None
        } else {
            self.last(|cell, _| cell.piece.text == "->")
        };
        let comma = self.last(after_comma);
        match comma.or(arrow).or_else(|| ways.flatten().next()) {
            Some(place) => vec![place],
            None => self.brackets(),
        }
    }

    /// The last place outside of brackets whose line before fits, else the first.
    fn last(&self, is_place: impl Fn(&Cell<'s>, &Cell<'s>) -> bool) -> Option<usize> {
        let after = self.cells.iter().skip(1);
        let places = self.cells.iter().zip(after).filter(|(before, cell)| {
            cell.depth == 0 && is_place(cell, before) && before.at >= self.start
        });
        let places: Vec<_> = places.collect();
        let fits = places.iter().rfind(|(before, _)| before.end <= WIDTH);
        fits.or_else(|| places.first()).map(|(_, cell)| cell.at)
    }

    /// All places around and in the outermost blocks.
    fn blocks(&self) -> Vec<usize> {
        let whole = |cell: &&Cell<'s>| {
            cell.piece.is_brace() && cell.partner.is_some_and(|close| close > cell.at + 1)
        };
        let Some(depth) = self.cells.iter().filter(whole).map(|cell| cell.depth).min()
        else {
            return Vec::new();
        };
        let mut places = Vec::new();
        for open in self
            .cells
            .iter()
            .filter(whole)
            .filter(|cell| cell.depth == depth)
        {
            let close = open.partner.unwrap_or(open.at);
            places.extend([open.at + 1, close]);
            let after = self.cells.iter().skip(1);
            let parts = self.cells.iter().zip(after).filter(|(before, cell)| {
                (open.at..close).contains(&cell.at)
                    && cell.depth == depth + 1
                    && matches!(cell.piece.token.begins, Begins::Part | Begins::Clause)
                    && !matches!(before.piece.kind(), TokenKind::Comma | TokenKind::Arm)
                    && before.piece.text != "else"
            });
            places.extend(parts.map(|(_, cell)| cell.at));
        }
        places
    }

    /// The places after and before the widest brackets.
    fn brackets(&self) -> Vec<usize> {
        let width = |cell: &Cell<'s>| {
            let close = cell
                .partner
                .and_then(|close| self.cells.iter().find(|other| other.at == close));
            close.map_or(0, |close| close.end - cell.end)
        };
        let open = self
            .cells
            .iter()
            .filter(|cell| cell.depth == 0 && cell.piece.is_open());
        let widest = open.max_by_key(|cell| width(cell));
        let whole = widest.filter(|cell| width(cell) > 1);
        whole.map_or_else(Vec::new, |cell| {
            std::iter::once(cell.at + 1).chain(cell.partner).collect()
        })
    }
}

/// Whether a piece begins or ends something that is not broken from outside.
fn nesting(piece: &Piece<'_>, is_whole: bool) -> (bool, bool) {
    match piece.kind() {
        TokenKind::OpenAngle | TokenKind::OpenBar => (true, false),
        TokenKind::CloseAngle | TokenKind::CloseBar => (false, true),
        _ => (piece.is_open() && is_whole, piece.is_close() && is_whole),
    }
}
