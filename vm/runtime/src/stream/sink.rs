//! `Sink`: rows of the memory block to a CSV file.

use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use bumpalo::Bump;
use csv::{Writer, WriterBuilder};
use theus_abi::image::Stream;

use super::{Cells, plain_error};
use crate::error::StreamError;
use crate::text;

/// Bytes that are collected before the file is written.
pub(super) const BUFFER: usize = 64 << 10;
/// Bytes that the CSV writer collects before it hands them on; the header touches them.
const LINE: usize = 512;

/// A file behind a buffer whose pages are all in memory from the start, so that a run does
/// not grow while the buffer fills for the first time.
#[derive(Debug)]
pub(super) struct Buffered {
    file: File,
    buffer: Vec<u8>,
}

impl Buffered {
    pub(super) fn new(file: File) -> Self {
        let mut buffer = vec![1; BUFFER];
        buffer.clear();
        Self { file, buffer }
    }

    /// Replaces bytes of the file; what is written next goes to its end.
    pub(super) fn patch(&mut self, (at, bytes): (u64, &[u8])) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(at))?;
        self.file.write_all(bytes)?;
        self.file.seek(SeekFrom::End(0)).map(drop)
    }

    /// Tries to end the file there, after a failure.
    pub(super) fn cut(&mut self, length: u64) {
        self.buffer.clear();
        let _ = self.file.set_len(length);
    }

    /// Writes the buffer; what could not be written is dropped with the error.
    fn drain(&mut self) -> io::Result<()> {
        let written = self.file.write_all(&self.buffer);
        self.buffer.clear();
        written
    }
}

impl io::Write for Buffered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() + bytes.len() > BUFFER {
            self.drain()?;
        }
        if bytes.len() > BUFFER {
            return self.file.write(bytes);
        }
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.drain()?;
        self.file.flush()
    }
}

#[derive(Debug)]
pub(super) struct Sink {
    path: PathBuf,
    writer: Writer<Buffered>,
    cells: Cells,
    /// Rows written, the header included.
    lines: u64,
    /// The file has failed: nothing more is written.
    dead: bool,
}

impl Sink {
    /// Takes rows from where another program has them.
    pub(super) fn aim(&mut self, stream: &Stream) {
        self.cells = Cells::new(stream);
    }

    /// Creates the file, and directories above it, and writes the header.
    pub(super) fn create(stream: &Stream, path: &Path) -> Result<Self, StreamError> {
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir).map_err(|error| plain_error(dir, &error))?;
        }
        let file = File::create(path).map_err(|error| plain_error(path, &error))?;
        let mut sink = Self {
            path: path.to_owned(),
            writer: WriterBuilder::new()
                .buffer_capacity(LINE)
                .from_writer(Buffered::new(file)),
            cells: Cells::new(stream),
            lines: 0,
            dead: false,
        };
        let names = sink
            .cells
            .columns
            .iter()
            .map(|column| column.name.as_bytes());
        let written = sink.writer.write_record(names);
        written.map_err(|error| sink.fail(&error.into()))?;
        sink.lines = 1;
        Ok(sink)
    }

    /// Writes one row; its text is made in `epoch`.
    pub(super) fn write_row(
        &mut self,
        memory: &[u8],
        epoch: &Bump,
    ) -> Result<(), StreamError> {
        if self.dead {
            return Ok(());
        }
        match self.try_row(memory, epoch) {
            Ok(()) => {
                self.lines += 1;
                Ok(())
            }
            Err(error) => Err(self.fail(&error)),
        }
    }

    fn try_row(&mut self, memory: &[u8], epoch: &Bump) -> io::Result<()> {
        for column in &self.cells.columns {
            let bytes = memory.get(self.cells.start(column)..).unwrap_or_default();
            let Some(cell) = text::cell(&column.shape, bytes, epoch) else {
                let text = format!("column `{}` holds no value of its type", column.name);
                return Err(io::Error::other(text));
            };
            self.writer.write_field(cell)?;
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    pub(super) fn flush(&mut self) -> Result<(), StreamError> {
        if self.dead {
            return Ok(());
        }
        self.writer.flush().map_err(|error| self.fail(&error))
    }

    fn fail(&mut self, error: &io::Error) -> StreamError {
        self.dead = true;
        StreamError {
            line: Some(self.lines + 1),
            ..plain_error(&self.path, error)
        }
    }
}
