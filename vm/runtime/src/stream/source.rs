//! `Source`: rows of a CSV file to the memory block.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use csv::{ByteRecord, Reader, ReaderBuilder};
use theus_abi::Shape;
use theus_abi::image::Stream;

use super::{Cells, Row, plain_error};
use crate::error::StreamError;
use crate::text;
use crate::value::describe;
use crate::value::write_text;

/// Room for a record; longer ones make it grow, once.
const RECORD: usize = 16 << 10;
/// Bytes of a bad cell that are kept for the message.
const EXCERPT: usize = 40;

pub(super) struct Source {
    path: PathBuf,
    /// The same without links, if it can be had.
    pub(super) real: Option<PathBuf>,
    reader: Reader<File>,
    record: ByteRecord,
    cells: Cells,
    /// For each column its index in the file.
    indices: Vec<usize>,
    /// Columns of the file.
    width: usize,
    /// The length of a file whose last line has no end.
    open_end: Option<u64>,
    bad: Option<Bad>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// A row that cannot be read. Kept without the heap: a program may go on after it.
#[derive(Clone, Copy, Debug)]
struct Bad {
    line: u64,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum What {
    /// So many cells instead of `width`.
    Width(usize),
    /// The cell of a column is not of its type.
    Type { column: usize, excerpt: Excerpt },
    /// The cell of a column is not in its range.
    Range { column: usize, excerpt: Excerpt },
}

#[derive(Clone, Copy, Debug)]
struct Excerpt {
    bytes: [u8; EXCERPT],
    len: usize,
}

impl Excerpt {
    fn new(cell: &[u8]) -> Self {
        let mut bytes = [0; EXCERPT];
        let len = cell.len().min(EXCERPT);
        for (to, from) in bytes.iter_mut().zip(cell) {
            *to = *from;
        }
        Self { bytes, len }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes.get(..self.len).unwrap_or_default())
            .into_owned()
    }
}

impl Source {
    /// Puts rows where another program wants them.
    pub(super) fn aim(&mut self, stream: &Stream) {
        self.cells = Cells::new(stream);
    }

    /// Opens the file and finds the columns by their names.
    pub(super) fn open(stream: &Stream, path: PathBuf) -> Result<Self, StreamError> {
        let mut file = File::open(&path).map_err(|error| plain_error(&path, &error))?;
        let open_end = open_end(&mut file).map_err(|error| plain_error(&path, &error))?;
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(file);
        let header = reader
            .byte_headers()
            .map_err(|error| read_error(&path, &error))?;
        let width = header.len();
        let find = |name: &str| {
            header
                .iter()
                .position(|cell| cell.trim_ascii() == name.as_bytes())
                .ok_or_else(|| {
                    let column = Some(name.to_owned());
                    let text = "the file has no such column";
                    StreamError {
                        line: Some(1),
                        column,
                        ..plain_error(&path, &text)
                    }
                })
        };
        let columns = stream.columns.iter();
        let indices = columns
            .map(|column| find(&column.name))
            .collect::<Result<_, _>>()?;
        let real = path.canonicalize().ok();
        let mut record = ByteRecord::with_capacity(RECORD, width.max(64));
        // Pages that a run would touch for the first time are touched now.
        record.push_field(&[1; RECORD]);
        record.clear();
        let cells = Cells::new(stream);
        Ok(Self {
            path,
            real,
            reader,
            record,
            cells,
            indices,
            width,
            open_end,
            bad: None,
        })
    }

    /// Reads the next row. A row is written to memory whole or not at all.
    pub(super) fn read_row(&mut self, memory: &mut [u8]) -> Result<Row, StreamError> {
        let more = self.reader.read_byte_record(&mut self.record);
        if !more.map_err(|error| read_error(&self.path, &error))? {
            return Ok(Row::Ended);
        }
        if let Some(what) = self.check() {
            self.bad = Some(Bad {
                line: self.line(),
                what,
            });
            return Ok(Row::Bad);
        }
        for (column, index) in self.cells.columns.iter().zip(&self.indices) {
            if let Shape::Str { capacity } = column.shape {
                let start = self.cells.start(column);
                let target = memory.get_mut(start..).unwrap_or_default();
                self.raw(*index)
                    .and_then(|text| write_text(capacity, text, target));
                continue;
            }
            let bits = self
                .cell(*index)
                .and_then(|cell| text::bits(&column.shape, cell));
            let size = usize::try_from(column.shape.size()).unwrap_or(0);
            let start = self.cells.start(column);
            let target = memory.get_mut(start..start.saturating_add(size));
            if let (Some(bits), Some(target)) = (bits, target) {
                target
                    .iter_mut()
                    .zip(bits.to_le_bytes())
                    .for_each(|(to, from)| *to = from);
            }
        }
        Ok(Row::Read)
    }

    /// The first line of the record, counted back from where the reader is: the position of
    /// the record itself is before the blank lines above it.
    fn line(&self) -> u64 {
        let position = self.reader.position();
        let within = self
            .record
            .as_slice()
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        let ended = self.open_end != Some(position.byte());
        position
            .line()
            .saturating_sub(within as u64 + u64::from(ended))
    }

    fn cell(&self, index: usize) -> Option<&str> {
        std::str::from_utf8(self.record.get(index)?.trim_ascii()).ok()
    }

    /// A cell with the blanks around it, which belong to a text.
    fn raw(&self, index: usize) -> Option<&str> {
        std::str::from_utf8(self.record.get(index)?).ok()
    }

    /// What is wrong with the record, if anything.
    fn check(&self) -> Option<What> {
        if self.record.len() != self.width {
            return Some(What::Width(self.record.len()));
        }
        for ((column, index), n) in self.cells.columns.iter().zip(&self.indices).zip(0..)
        {
            let raw = self.record.get(*index).unwrap_or_default();
            let excerpt = || Excerpt::new(raw);
            if let Shape::Str { capacity } = column.shape {
                let length = self
                    .raw(*index)
                    .and_then(|text| u64::try_from(text.len()).ok());
                if length.is_none_or(|length| length > capacity) {
                    return Some(What::Type {
                        column: n,
                        excerpt: excerpt(),
                    });
                }
                continue;
            }
            let Some(bits) = self
                .cell(*index)
                .and_then(|cell| text::bits(&column.shape, cell))
            else {
                return Some(What::Type {
                    column: n,
                    excerpt: excerpt(),
                });
            };
            if let Some(range) = &column.range
                && !text::in_range(range, &column.shape, bits)
            {
                return Some(What::Range {
                    column: n,
                    excerpt: excerpt(),
                });
            }
        }
        None
    }

    /// The last bad row, for people.
    pub(super) fn bad_row(&self) -> Option<StreamError> {
        let Bad { line, what } = self.bad?;
        let error =
            |column: usize, text: &dyn Fn(&theus_abi::image::Column) -> String| {
                let column = self.cells.columns.get(column)?;
                let name = Some(column.name.clone());
                let error = plain_error(&self.path, &text(column));
                Some(StreamError {
                    line: Some(line),
                    column: name,
                    ..error
                })
            };
        match what {
            What::Width(found) => {
                let text =
                    format!("the row has {found} cells, the header has {}", self.width);
                Some(StreamError {
                    line: Some(line),
                    ..plain_error(&self.path, &text)
                })
            }
            What::Type { column, excerpt } => error(column, &|column| {
                format!(
                    "needs {}, not `{}`",
                    describe(&column.shape),
                    excerpt.text()
                )
            }),
            What::Range { column, excerpt } => error(column, &|column| {
                let range = column.range.as_ref();
                let range = range.map(|range| text::range_text(range, &column.shape));
                let range = range.unwrap_or_default();
                format!("{} is not in the range {range}", excerpt.text())
            }),
        }
    }
}

/// The length of the file, if its last line has no end. The file is rewound; one that
/// cannot be (a pipe) is left as it is.
fn open_end(file: &mut File) -> io::Result<Option<u64>> {
    let mut last = [b'\n'];
    let Ok(length) = file.seek(SeekFrom::End(0)) else {
        return Ok(None);
    };
    if length > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    file.rewind()?;
    Ok((last != [b'\n']).then_some(length))
}

fn read_error(path: &std::path::Path, error: &csv::Error) -> StreamError {
    let line = error.position().map(csv::Position::line);
    StreamError {
        line,
        ..plain_error(path, &error)
    }
}
