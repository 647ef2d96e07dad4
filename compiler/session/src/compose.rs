//! A program of the items of all cells and the statements of one, and where each byte of it is
//! from.

use std::ops::Range;
use std::sync::Arc;

use theus::Report;
use theus_abi::Image;
use theus_abi::image::Loc;
use theus_diag::Diagnostic;
use theus_grammar::{FileId, Source, Span};

use crate::place;

/// The text of a cell, as it was given and as programs take it: of the same length.
#[derive(Clone, Debug)]
pub(crate) struct CellText {
    /// `cell 3`.
    pub(crate) name: Arc<str>,
    /// As it was given.
    pub(crate) given: Arc<str>,
    /// Words of sessions are blanks.
    pub(crate) plain: Arc<str>,
}

/// A part of a cell in the program.
#[derive(Debug)]
struct Segment {
    /// Where it is in the program.
    at: Range<usize>,
    /// Index of its cell.
    cell: usize,
    /// Where it is in its cell.
    from: usize,
}

/// A program with the places of its parts.
#[derive(Debug, Default)]
pub(crate) struct Composed {
    pub(crate) text: String,
    segments: Vec<Segment>,
    cells: Vec<CellText>,
    /// The cell that is to run: warnings are about it alone.
    current: Option<CellText>,
}

impl Composed {
    /// For a cell that is to run.
    pub(crate) fn of(cell: &CellText) -> Self {
        Self {
            current: Some(cell.clone()),
            ..Self::default()
        }
    }

    /// Adds text that is of no cell.
    pub(crate) fn own(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a part of a cell.
    pub(crate) fn part(&mut self, cell: &CellText, range: Range<usize>) {
        let index = match self.index(cell) {
            Some(index) => index,
            None => {
                self.cells.push(cell.clone());
                self.cells.len() - 1
            }
        };
        let start = self.text.len();
        let from = range.start;
        self.text
            .push_str(cell.plain.get(range).unwrap_or_default());
        self.segments.push(Segment {
            at: start..self.text.len(),
            cell: index,
            from,
        });
    }

    /// Where a byte of a cell is in the program.
    pub(crate) fn of_cell(&self, cell: &CellText, at: usize) -> Option<usize> {
        let index = self.index(cell)?;
        let mut parts = self.segments.iter().filter(|part| part.cell == index);
        let inside =
            |part: &&Segment| (part.from..part.from + part.at.len()).contains(&at);
        let part = parts.find(inside)?;
        Some(part.at.start + (at - part.from))
    }

    fn index(&self, cell: &CellText) -> Option<usize> {
        let same = |known: &CellText| Arc::ptr_eq(&known.given, &cell.given);
        self.cells.iter().position(same)
    }

    /// The cell and the places in it of a range of the program; `None` for what is of no cell.
    fn back(&self, start: u32, end: u32) -> Option<(usize, u32, u32)> {
        let (start, end) = (start as usize, end as usize);
        let holds = |part: &&Segment| part.at.start <= start && start <= part.at.end;
        let part = self.segments.iter().rev().find(holds)?;
        let move_back = |at: usize| {
            let at = at.min(part.at.end) - part.at.start + part.from;
            u32::try_from(at).unwrap_or(u32::MAX)
        };
        Some((part.cell, move_back(start), move_back(end.max(start))))
    }

    fn span(&self, span: &mut Span, first: u32) {
        if span.file != FileId(0) {
            return;
        }
        let Some((cell, start, end)) = self.back(span.start, span.end) else {
            return;
        };
        let file = first.saturating_add(u32::try_from(cell).unwrap_or(u32::MAX));
        *span = Span::new(FileId(file), start, end);
    }

    /// The sources of a program, with the cells behind them.
    fn sources(&self, known: &[Source]) -> Vec<Source> {
        let mut sources = known.to_vec();
        for cell in &self.cells {
            let id = FileId(u32::try_from(sources.len()).unwrap_or(u32::MAX));
            sources.push(Source::new(id, cell.name.clone(), cell.given.clone()));
        }
        sources
    }

    /// A report of the program, as one of the cells. Warnings about what is not of the cell
    /// that is to run are left out.
    pub(crate) fn report(&self, report: &Report) -> Report {
        let first = u32::try_from(report.sources.len()).unwrap_or(u32::MAX);
        let mut found: Vec<Diagnostic> = Vec::new();
        for one in &report.found {
            let mut one = one.clone();
            let span = one.primary.span;
            let cell = self.back(span.start, span.end).map(|(cell, ..)| cell);
            let cell = cell.filter(|_| span.file == FileId(0));
            let current = self.current.as_ref().and_then(|cell| self.index(cell));
            let is_error = one.severity() == theus_diag::Severity::Error;
            if !is_error && (cell.is_none() || cell != current) {
                continue;
            }
            // What is of no cell is not for people.
            let is_own = |span: &Span| {
                span.file == FileId(0) && self.back(span.start, span.end).is_none()
            };
            one.labels.retain(|label| !is_own(&label.span));
            one.fixes
                .retain(|fix| !fix.edits.iter().any(|(span, _)| is_own(span)));
            place::spans(&mut one, &mut |span| self.span(span, first));
            found.push(one);
        }
        Report {
            found,
            sources: self.sources(&report.sources),
        }
    }

    /// An image of the program, as one of the cells, and the sources that it points into.
    pub(crate) fn image(&self, image: &Image, known: &[Source]) -> (Image, Vec<Source>) {
        let first = u32::try_from(known.len()).unwrap_or(u32::MAX);
        let mut image = image.clone();
        place::locs(&mut image, &|loc: &mut Loc| {
            let mut span = Span::new(FileId(loc.file), loc.start, loc.end);
            self.span(&mut span, first);
            (loc.file, loc.start, loc.end) = (span.file.0, span.start, span.end);
        });
        let sources = self.sources(known);
        image.files = sources.iter().map(|one| one.name.to_string()).collect();
        (image, sources)
    }
}
