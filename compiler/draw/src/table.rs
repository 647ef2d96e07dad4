//! Tables: a CSV of any length, read once, its columns folded.

use std::io::{self, BufRead, BufReader, Read};

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};

use crate::fold::Fold;

/// Most columns that are chosen when none is named.
const MOST: usize = 10;
/// What is named for the number of the row.
const ROW: &str = "row";

/// What is wanted of a table.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The column that others stand over; the first if none is named, `row` counts them.
    pub x: Option<String>,
    /// Columns; those with numbers if none is named. A name is that of a whole array too.
    pub ys: Vec<String>,
    /// Only numbers above zero can be seen.
    pub positive: bool,
}

/// What was wanted.
#[derive(Clone, Debug)]
pub struct Table {
    /// The name of the column that the others stand over.
    pub x: String,
    /// The columns: names and values.
    pub columns: Vec<(String, Fold)>,
    /// How many columns there are too many of to be chosen unnamed.
    pub left_out: usize,
}

/// Why it cannot be had.
#[derive(Debug)]
pub enum TableError {
    /// A name, and the columns that there are.
    NoColumn(String, Vec<String>),
    /// A cell is no number.
    NotANumber {
        /// The column.
        column: String,
        /// The line of the file.
        line: u64,
        /// The cell.
        text: String,
    },
    /// There is nothing to see.
    Nothing(&'static str),
    /// It is no table.
    Broken {
        /// Where this was noticed.
        line: Option<u64>,
        /// What is wrong.
        text: String,
    },
    /// It cannot be read.
    Read(io::Error),
}

impl From<csv::Error> for TableError {
    fn from(error: csv::Error) -> Self {
        let line = error.position().map(csv::Position::line);
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Self::Read(error),
            csv::ErrorKind::Utf8 { .. } => Self::Broken {
                line,
                text: "no UTF-8".to_owned(),
            },
            _ => Self::Broken {
                line,
                text: "no row".to_owned(),
            },
        }
    }
}

/// A column of the file: where it is, and its name.
type Column = (usize, String);

/// Reads a table: its first line has the names.
///
/// # Errors
/// See [`TableError`].
pub fn read(input: impl Read, wanted: &Wanted) -> Result<Table, TableError> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let start = input.fill_buf().map_err(TableError::Read)?;
    if start.is_empty() {
        return Err(TableError::Nothing("it is empty"));
    }
    let separator = separator(start);
    // Lines end there whether or not `\r` stands before it: what is trimmed is no number.
    let mut builder = ReaderBuilder::new();
    builder
        .delimiter(separator)
        .terminator(Terminator::Any(b'\n'))
        .flexible(true);
    let mut reader = builder.from_reader(input);
    let names = reader.headers()?.iter();
    let names: Vec<String> = names.map(|name| name.trim().to_owned()).collect();
    let mut row = ByteRecord::new();
    if !next(&mut reader, &mut row, names.len())? {
        return Err(TableError::Nothing("it has no rows"));
    }
    let x = place(&names, wanted, &row)?;
    let (ys, left_out) = columns(&names, wanted, x.as_ref(), &row)?;
    let mut folds: Vec<(Column, Fold)> = ys
        .into_iter()
        .map(|column| (column, Fold::default()))
        .collect();
    let mut count = 0.0;
    loop {
        let at = match &x {
            Some(column) => cell(&row, column)?,
            None => count,
        };
        for (column, fold) in &mut folds {
            let value = cell(&row, column)?;
            let hidden = wanted.positive && value <= 0.0;
            fold.push(at, if hidden { f64::NAN } else { value });
        }
        count += 1.0;
        if !next(&mut reader, &mut row, names.len())? {
            break;
        }
    }
    if folds.iter().all(|(_, fold)| fold.whole().is_none()) {
        return Err(TableError::Nothing(match wanted.positive {
            true => "no row has a number above zero",
            false => "no row has a number",
        }));
    }
    let columns = folds
        .into_iter()
        .map(|((_, name), fold)| (name, fold))
        .collect();
    let x = x.map_or_else(|| ROW.to_owned(), |(_, name)| name);
    Ok(Table {
        x,
        columns,
        left_out,
    })
}

/// Reads a row of so many cells, past empty lines; whether there is one.
fn next(
    reader: &mut Reader<impl Read>,
    row: &mut ByteRecord,
    cells: usize,
) -> Result<bool, TableError> {
    while reader.read_byte_record(row)? {
        let is_empty =
            row.len() == 1 && row.get(0).is_some_and(|cell| cell.trim_ascii().is_empty());
        if row.len() == cells {
            return Ok(true);
        } else if !is_empty {
            let found = match row.len() {
                1 => "one cell".to_owned(),
                found => format!("{found} cells"),
            };
            return Err(TableError::Broken {
                line: row.position().map(csv::Position::line),
                text: format!("{found} in a table of {cells} columns"),
            });
        }
    }
    Ok(false)
}

/// What stands between the cells of the first line.
fn separator(start: &[u8]) -> u8 {
    let line = start
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let has = |byte: &u8| line.contains(byte);
    [b',', b';', b'\t'].into_iter().find(has).unwrap_or(b',')
}

/// The column that others stand over; `None` counts rows.
fn place(
    names: &[String],
    wanted: &Wanted,
    row: &ByteRecord,
) -> Result<Option<Column>, TableError> {
    if let Some(name) = &wanted.x {
        return match names.iter().position(|one| one == name) {
            Some(at) => Ok(Some((at, name.clone()))),
            None if name == ROW => Ok(None),
            None => Err(TableError::NoColumn(name.clone(), names.to_vec())),
        };
    }
    let first = names
        .first()
        .filter(|_| names.len() > 1 && is_number(row, 0));
    Ok(first
        .filter(|name| !wanted.ys.contains(name))
        .map(|name| (0, name.clone())))
}

/// The columns that are wanted, and how many are left out.
fn columns(
    names: &[String],
    wanted: &Wanted,
    x: Option<&Column>,
    row: &ByteRecord,
) -> Result<(Vec<Column>, usize), TableError> {
    let named = |(at, name): (usize, &String)| (at, name.clone());
    if wanted.ys.is_empty() {
        let is_x = |at: usize| x.is_some_and(|(x, _)| *x == at);
        let all = names.iter().enumerate();
        let mut all: Vec<Column> = all
            .filter(|(at, _)| !is_x(*at) && is_number(row, *at))
            .map(named)
            .collect();
        let left_out = all.len().saturating_sub(MOST);
        all.truncate(MOST);
        return match all.is_empty() {
            true => Err(TableError::Nothing("none of its columns has numbers")),
            false => Ok((all, left_out)),
        };
    }
    let mut found: Vec<Column> = Vec::new();
    for wanted in &wanted.ys {
        let mut some: Vec<Column> = names
            .iter()
            .enumerate()
            .filter(|(_, name)| *name == wanted)
            .map(named)
            .collect();
        some.truncate(1);
        if some.is_empty() {
            let all = names.iter().enumerate();
            some = all
                .filter(|(_, name)| is_part(name, wanted))
                .map(named)
                .collect();
        }
        if some.is_empty() {
            return Err(TableError::NoColumn(wanted.clone(), names.to_vec()));
        }
        some.retain(|column| !found.contains(column));
        found.extend(some);
    }
    Ok((found, 0))
}

/// Whether a name is that of a part: `x[0]` and `x.y` of `x`.
pub fn is_part(name: &str, whole: &str) -> bool {
    let rest = name.strip_prefix(whole);
    rest.is_some_and(|rest| rest.starts_with(['[', '.']))
}

fn is_number(row: &ByteRecord, at: usize) -> bool {
    row.get(at).is_some_and(|cell| number(cell).is_some())
}

fn cell(row: &ByteRecord, (at, name): &Column) -> Result<f64, TableError> {
    let cell = row.get(*at).unwrap_or_default();
    number(cell).ok_or_else(|| TableError::NotANumber {
        column: name.clone(),
        line: row.position().map_or(0, csv::Position::line),
        text: String::from_utf8_lossy(cell.trim_ascii()).into_owned(),
    })
}

/// A number; nothing is a gap, a truth is 0 or 1.
fn number(cell: &[u8]) -> Option<f64> {
    match str::from_utf8(cell).ok()?.trim() {
        "" => Some(f64::NAN),
        "true" => Some(1.0),
        "false" => Some(0.0),
        text => text.parse().ok(),
    }
}
