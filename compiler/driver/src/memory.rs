//! The memory bill: every byte that a program will ever use, before it runs.

use std::fmt::Write as _;

use serde::Serialize;
use theus_abi::header::HEADER_SIZE;
use theus_abi::heavy::{Dim, HEAVY_WORDS, SizeOp, SizeTerm};
use theus_abi::image::{Field, Image, Loc, Range, Stream, Zone};
use theus_abi::memory::scratch_start;
use theus_abi::{Memory, Shape};
use theus_codegen::Sizes;
use theus_diag::{Code, Diagnostic, NOWHERE};
use theus_grammar::{FileId, Span};

/// Every byte of a program: the memory block, machine code and stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bill {
    /// In order of the addresses of the block, then code and stack.
    pub rows: Vec<Row>,
    /// The sum of all rows.
    pub total: u64,
}

/// A piece of memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// `plant.x`, `machine code` …
    pub name: String,
    /// `data`, `global` …; of no field, what it is for.
    pub zone: &'static str,
    /// Offset in the memory block; `None` outside of it.
    pub offset: Option<u64>,
    /// Bytes.
    pub bytes: u64,
    /// What takes the space.
    pub note: String,
}

impl Row {
    fn new(name: &str, zone: &'static str, offset: Option<u64>, bytes: u64) -> Self {
        Self {
            name: name.to_owned(),
            zone,
            offset,
            bytes,
            note: String::new(),
        }
    }

    fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

impl Bill {
    /// The bill of an image and its machine code, with so many threads if it has something for
    /// them.
    pub fn new(image: &Image, sizes: &Sizes, workers: u32) -> Self {
        let mut rows = vec![Row::new("header", "run", Some(0), u64::from(HEADER_SIZE))];
        fields(image, &mut rows);
        fixed(image, &mut rows);
        let start = scratch_start(image);
        pad(&mut rows, start);
        if image.scratch > 0 {
            let scratch = u64::from(image.scratch);
            rows.push(Row::new("scratch", "tick", Some(start), scratch));
        }
        pad(&mut rows, Memory::size_for(image));
        heavy(image, &mut rows);
        let functions = sizes.functions.iter().filter(|func| func.code > 0).count();
        let code = Row::new("machine code", "code", None, sizes.code());
        rows.push(code.note(format!("{functions} functions")));
        let stack = Row::new("stack", "stack", None, sizes.stack);
        rows.push(stack.note("deepest chain of calls"));
        rows.extend(others(sizes, workers));
        let total = rows
            .iter()
            .fold(0, |sum: u64, row| sum.saturating_add(row.bytes));
        Self { rows, total }
    }

    /// The bill as a table.
    pub fn text(&self) -> String {
        let width = self.rows.iter().map(|row| row.name.chars().count()).max();
        let width = width.unwrap_or(0).max(12);
        let mut out = format!(
            "{:width$}  {:7}  {:>10}  {:>12}\n",
            "", "zone", "offset", "bytes"
        );
        for row in &self.rows {
            let offset = row
                .offset
                .map_or_else(|| "-".to_owned(), |at| at.to_string());
            let line = format!(
                "{:width$}  {:7}  {offset:>10}  {:>12}  {}",
                row.name,
                row.zone,
                grouped(row.bytes),
                row.note
            );
            let _ = writeln!(out, "{}", line.trim_end());
        }
        let total = format!("{}  ({})", grouped(self.total), human(self.total));
        let _ = writeln!(out, "{:width$}  {:7}  {:>10}  {total:>12}", "total", "", "");
        out
    }

    /// Whether the bill is within a budget; if not, which field is the largest.
    pub fn exceeds(&self, budget: u64, image: &Image) -> Option<Diagnostic> {
        if self.total <= budget {
            return None;
        }
        let largest = image.fields.iter().max_by_key(|field| field.shape.size());
        let (span, label) = largest.map_or((NOWHERE, String::new()), |field| {
            let size = human(field.shape.size());
            (span(field.loc), format!("the largest field: {size}"))
        });
        let title = format!(
            "the program needs {}, {} more than its budget of {}",
            human(self.total),
            human(self.total - budget),
            human(budget)
        );
        let help = "`theusc check --memory` lists every byte";
        Some(
            Diagnostic::new(Code::OverBudget, span, label)
                .title(title)
                .help(help),
        )
    }
}

/// The stacks of the threads beside that of the run, if there is something for them.
fn others(sizes: &Sizes, workers: u32) -> Option<Row> {
    let each = sizes.worker?;
    let count = u64::from(workers.saturating_sub(1));
    let bytes = each.saturating_mul(count);
    let row = Row::new("worker stacks", "stack", None, bytes);
    let note = format!("{count} beside that of the run: --workers {workers}");
    (count > 0).then(|| row.note(note))
}

/// The span of a place of an image.
pub const fn span(loc: Loc) -> Span {
    Span::new(FileId(loc.file), loc.start, loc.end)
}

fn fields(image: &Image, rows: &mut Vec<Row>) {
    let in_block = image
        .fields
        .iter()
        .filter(|field| field.zone != Zone::Heavy);
    let fields = in_block.map(|field| {
        let offset = Some(u64::from(field.offset));
        let size = field.shape.size();
        Row::new(&field.path, field.zone.name(), offset, size)
            .note(describe(&field.shape) + &room(&field.shape))
    });
    let kept = image
        .kept
        .iter()
        .map(|kept| Row::new(&kept.name, "tick", Some(kept.offset), kept.bytes));
    let words = image.heavy.first().map(|heavy| {
        let count = u32::try_from(image.heavy.len()).unwrap_or(u32::MAX);
        let sizes = u32::try_from(image.sizes.len()).unwrap_or(u32::MAX);
        let bytes = u64::from(count) * u64::from(HEAVY_WORDS) + u64::from(sizes) * 8;
        Row::new("heavy fields", "words", Some(u64::from(heavy.table)), bytes)
    });
    let mut placed: Vec<Row> = fields.chain(kept).chain(words).collect();
    placed.sort_by_key(|row| row.offset);
    for row in placed {
        pad(rows, row.offset.unwrap_or(0));
        rows.push(row);
    }
    pad(rows, u64::from(image.context_end));
}

/// Buffers of heavy fields, which lie behind the memory block. Of a size that is known at
/// start, the greatest that the ranges of its globals allow.
fn heavy(image: &Image, rows: &mut Vec<Row>) {
    for heavy in &image.heavy {
        let Some(field) = image.fields.get(heavy.field as usize) else {
            continue;
        };
        let Shape::Array { elem, .. } = &field.shape else {
            continue;
        };
        let size = |dim: &Dim| match dim {
            Dim::Const(size) => Some(i128::from(*size)),
            Dim::Size(at) => most(image, &image.sizes.get(*at as usize)?.term),
        };
        let text = |dim: &Dim| match dim {
            Dim::Const(size) => size.to_string(),
            Dim::Size(at) => {
                let word = image.sizes.get(*at as usize);
                word.map_or_else(String::new, |word| word.text.clone())
            }
        };
        let dims: Vec<_> = heavy.dims.iter().map(text).collect();
        let note = format!("[{}; {}]", describe(elem), dims.join(", "));
        let buffers = if heavy.swap { 2 } else { 1 };
        let each = i128::from(elem.size()) * buffers;
        let bytes = heavy
            .dims
            .iter()
            .try_fold(each, |bytes, dim| bytes.checked_mul(size(dim)?))
            .and_then(|bytes| u64::try_from(bytes).ok());
        let known = heavy.dims.iter().all(|dim| matches!(dim, Dim::Const(_)));
        let note = match (bytes, known) {
            (Some(_), true) => note,
            (Some(_), false) => format!("{note}, at most"),
            (None, _) => format!("{note}, known at start: a global has no range"),
        };
        let note = if heavy.swap {
            format!("2 x {note}")
        } else {
            note
        };
        rows.push(Row::new(&field.path, "heavy", None, bytes.unwrap_or(0)).note(note));
    }
}

/// The greatest value of a size.
fn most(image: &Image, term: &SizeTerm) -> Option<i128> {
    match term {
        SizeTerm::Const(value) => Some(i128::from(*value)),
        SizeTerm::Global { offset, .. } => {
            let mut fields = image.fields.iter();
            let global =
                |field: &&Field| field.zone == Zone::Global && field.offset == *offset;
            match fields.find(global)?.range? {
                Range::Int { hi, .. } => Some(hi),
                Range::Float { .. } => None,
            }
        }
        SizeTerm::Op(op, parts) => {
            let [left, right] = &**parts;
            let right = match op {
                SizeOp::Add | SizeOp::Mul => most(image, right)?,
                SizeOp::Sub => 0,
                SizeOp::Div => 1,
            };
            op.apply(most(image, left)?, right)
        }
    }
}

/// What stands between contexts and scratch: rows of streams and what undo needs.
fn fixed(image: &Image, rows: &mut Vec<Row>) {
    let named = |streams: &[Stream], word: &'static str| {
        let rows = streams.iter().map(|stream| {
            let ends = stream.columns.iter().map(|column| {
                u64::from(column.offset).saturating_add(column.shape.size())
            });
            let row = Row::new(
                &stream.path,
                word,
                Some(u64::from(stream.row)),
                ends.max().unwrap_or(0),
            );
            row.note(format!("one row of {} columns", stream.columns.len()))
        });
        rows.collect::<Vec<_>>()
    };
    let mut streams = named(&image.sinks, "sink");
    streams.extend(named(&image.sources, "source"));
    streams.extend(image.journal.map(|journal| {
        let bytes = u64::from(journal.end - journal.start);
        let row = Row::new("journal", "undo", Some(journal.start.into()), bytes);
        row.note(format!("{} blocks of 64 bytes", journal.blocks))
    }));
    streams.sort_by_key(|row| row.offset);
    for row in streams {
        undo(rows, row.offset.unwrap_or(0));
        rows.push(row);
    }
    undo(rows, u64::from(image.fixed_end));
}

fn undo(rows: &mut Vec<Row>, until: u64) {
    fill(rows, until, "transactions", "undo");
}

fn pad(rows: &mut Vec<Row>, until: u64) {
    fill(rows, until, "(padding)", "-");
}

/// A row for the gap between the last row and an offset, if there is one.
fn fill(rows: &mut Vec<Row>, until: u64, name: &str, zone: &'static str) {
    let end = rows
        .last()
        .and_then(|row| Some(row.offset?.saturating_add(row.bytes)));
    let end = end.unwrap_or(0);
    if end < until {
        let alignment = until - end < 8;
        let (name, zone) = if alignment {
            ("(padding)", "-")
        } else {
            (name, zone)
        };
        rows.push(Row::new(name, zone, Some(end), until - end));
    }
}

/// How many bytes of a collection are for what it holds.
fn room(shape: &Shape) -> String {
    if shape.holds().is_none() {
        return String::new();
    }
    let parts = ["slots", "keys", "values"].map(|name| shape.member(name));
    let held: u64 = parts.into_iter().flatten().map(|(_, of)| of.size()).sum();
    format!(
        ", {} of {} bytes hold values",
        grouped(held),
        grouped(shape.size())
    )
}

fn describe(shape: &Shape) -> String {
    match shape {
        Shape::Bool => "bool".to_owned(),
        Shape::Int(repr) => format!("i{}", repr.bits()),
        Shape::Uint(repr) => format!("u{}", repr.bits()),
        Shape::Float(repr) => repr.name().to_owned(),
        Shape::Duration => "duration".to_owned(),
        Shape::Handle(pool) => format!("handle<{pool}>"),
        Shape::Struct { name, members, .. } if name.is_empty() => {
            let parts: Vec<String> =
                members.iter().map(|(_, _, part)| describe(part)).collect();
            format!("({})", parts.join(", "))
        }
        Shape::Enum { name, .. }
        | Shape::Choice { name, .. }
        | Shape::Struct { name, .. } => name.clone(),
        Shape::Array { elem, dims } => {
            let dims: Vec<_> = dims.iter().map(u64::to_string).collect();
            format!("[{}; {}]", describe(elem), dims.join(", "))
        }
        Shape::Option(elem) => format!("{}?", describe(elem)),
        Shape::Str { capacity } => format!("str<{capacity}>"),
        Shape::Ring {
            elem,
            capacity,
            slots,
        } if slots > capacity => {
            let spare = slots - capacity;
            format!("ring<{}, {capacity}> and {spare} spare", describe(elem))
        }
        Shape::Ring { elem, capacity, .. } => {
            format!("ring<{}, {capacity}>", describe(elem))
        }
    }
}

/// `12_345`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let length = digits.len();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (length - at).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// `64 KiB`, `1.5 MiB`, `12 bytes`.
pub fn human(bytes: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = units.iter().find(|(size, _)| bytes >= *size);
    match unit {
        None => format!("{bytes} bytes"),
        Some((size, name)) if bytes.is_multiple_of(*size) => {
            format!("{} {name}", bytes / size)
        }
        Some((size, name)) => format!("{:.1} {name}", bytes as f64 / *size as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234_567), "1_234_567");
        assert_eq!(human(1023), "1023 bytes");
        assert_eq!(human(65_536), "64 KiB");
        assert_eq!(human(1_572_864), "1.5 MiB");
    }
}
