//! Sinks and sources: the open files of a run, and the only input and output of the VM.

mod film;
mod frames;
mod sink;
mod source;

use std::path::{Path, PathBuf};

use bumpalo::Bump;
use slotmap::{SlotMap, new_key_type};
use theus_abi::Image;
use theus_abi::image::{Format, Stream};

use crate::error::StreamError;
use film::Film;
use frames::Frames;
use sink::Sink;
use source::Source;

new_key_type! {
    /// An open sink. Keys of closed sinks find nothing.
    struct SinkKey;
    /// An open source.
    struct SourceKey;
}

/// What a row of a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    /// It is in the row area.
    Read,
    /// There is none.
    Ended,
    /// It cannot be read: `Streams::bad_row` says why.
    Bad,
}

/// An open source.
#[derive(Debug)]
enum Input {
    /// Rows of a table.
    Rows(Box<Source>),
    /// Frames of an array.
    Frames(Frames),
}

impl Input {
    const fn real(&self) -> &Option<PathBuf> {
        match self {
            Self::Rows(source) => &source.real,
            Self::Frames(frames) => &frames.real,
        }
    }

    fn read_row(&mut self, memory: &mut [u8]) -> Result<Row, StreamError> {
        match self {
            Self::Rows(source) => source.read_row(memory),
            Self::Frames(frames) => frames.read(memory),
        }
    }
}

/// An open sink.
#[derive(Debug)]
enum Output {
    /// Rows of a table.
    Rows(Box<Sink>),
    /// Frames of an array.
    Frames(Box<Film>),
}

impl Output {
    fn create(image: &Image, stream: &Stream, path: &Path) -> Result<Self, StreamError> {
        Ok(match stream.format {
            Format::Csv => Self::Rows(Box::new(Sink::create(stream, path)?)),
            Format::Npy(field) => {
                Self::Frames(Box::new(Film::create(image, field, path)?))
            }
        })
    }

    fn write(&mut self, memory: &[u8], epoch: &Bump) -> Result<(), StreamError> {
        match self {
            Self::Rows(sink) => sink.write_row(memory, epoch),
            Self::Frames(film) => film.write(memory),
        }
    }

    fn flush(&mut self) -> Result<(), StreamError> {
        match self {
            Self::Rows(sink) => sink.flush(),
            Self::Frames(film) => film.flush(),
        }
    }
}

/// The open streams. A stream is opened before the first tick and closed by `close`.
#[derive(Debug)]
pub(crate) struct Streams {
    sinks: SlotMap<SinkKey, Output>,
    sources: SlotMap<SourceKey, Input>,
    /// By index into the image.
    sink_keys: Vec<SinkKey>,
    source_keys: Vec<SourceKey>,
    /// Formatting space, emptied after every row.
    epoch: Bump,
    /// The first failure of a file.
    failed: Option<StreamError>,
    /// The source that had the last bad row.
    bad: Option<SourceKey>,
}

/// Room for the text of a row; longer rows make it grow, once.
const EPOCH: usize = 16 << 10;

impl Streams {
    pub(crate) fn new() -> Self {
        let mut epoch = Bump::with_capacity(EPOCH);
        // Pages that a run would touch for the first time are touched now.
        epoch.alloc_slice_fill_copy(EPOCH, 1_u8);
        epoch.reset();
        Self {
            sinks: SlotMap::with_key(),
            sources: SlotMap::with_key(),
            sink_keys: Vec::new(),
            source_keys: Vec::new(),
            epoch,
            failed: None,
            bad: None,
        }
    }

    /// Opens all sources of an image that are not open.
    pub(crate) fn open_sources(
        &mut self,
        image: &Image,
        dir: &Path,
    ) -> Result<(), StreamError> {
        if self.source_keys.is_empty() {
            for stream in &image.sources {
                let path = dir.join(&stream.path);
                let source = match stream.format {
                    Format::Csv => Input::Rows(Box::new(Source::open(stream, path)?)),
                    Format::Npy(field) => {
                        Input::Frames(Frames::open(image, field, path)?)
                    }
                };
                self.source_keys.push(self.sources.insert(source));
            }
        }
        Ok(())
    }

    /// Creates the files of all sinks of an image that are not open.
    pub(crate) fn open_sinks(
        &mut self,
        image: &Image,
        dir: &Path,
    ) -> Result<(), StreamError> {
        if self.sink_keys.is_empty() {
            let paths: Vec<_> = image
                .sinks
                .iter()
                .map(|sink| dir.join(&sink.path))
                .collect();
            self.check_targets(&paths)?;
            for (stream, path) in image.sinks.iter().zip(paths) {
                let sink = Output::create(image, stream, &path)?;
                self.sink_keys.push(self.sinks.insert(sink));
            }
        }
        Ok(())
    }

    /// No file is written twice, and none is both read and written.
    fn check_targets(&self, paths: &[PathBuf]) -> Result<(), StreamError> {
        let refuse = |path: &Path, text: &str| Err(plain_error(path, &text));
        for (path, n) in paths.iter().zip(1..) {
            if paths.iter().skip(n).any(|other| other == path) {
                return refuse(path, "two sinks write this file");
            }
            let real = path.canonicalize().ok();
            let is_read = |source: &Input| real.is_some() && source.real() == &real;
            if self.sources.values().any(is_read) {
                return refuse(path, "a sink writes this file, which a source reads");
            }
        }
        Ok(())
    }

    /// Writes the row in the row area of a sink. Without open sinks rows go nowhere.
    pub(crate) fn write_row(&mut self, index: i32, memory: &[u8]) {
        let key = usize::try_from(index)
            .ok()
            .and_then(|index| self.sink_keys.get(index));
        if let Some(sink) = key.and_then(|key| self.sinks.get_mut(*key))
            && let Err(error) = sink.write(memory, &self.epoch)
        {
            self.failed.get_or_insert(error);
        }
        self.epoch.reset();
    }

    /// Fills the row area of a source.
    pub(crate) fn read_row(&mut self, index: i32, memory: &mut [u8]) -> Row {
        let key = usize::try_from(index)
            .ok()
            .and_then(|index| self.source_keys.get(index));
        let Some((key, source)) =
            key.and_then(|key| Some((*key, self.sources.get_mut(*key)?)))
        else {
            return Row::Ended;
        };
        match source.read_row(memory) {
            Ok(Row::Bad) => {
                self.bad = Some(key);
                Row::Bad
            }
            Ok(row) => row,
            Err(error) => {
                self.failed.get_or_insert(error);
                Row::Ended
            }
        }
    }

    /// The first failure of a file.
    pub(crate) const fn failed(&self) -> Option<&StreamError> {
        self.failed.as_ref()
    }

    /// What is wrong with the last bad row.
    pub(crate) fn bad_row(&self) -> Option<StreamError> {
        match self.sources.get(self.bad?)? {
            Input::Rows(source) => source.bad_row(),
            Input::Frames(_) => None,
        }
    }

    /// The open tables of a program, to go on in another that has the same ones, column by
    /// column; of others nothing is taken.
    pub(crate) fn hand_over(&mut self, old: &Image, new: &Image) -> Self {
        let same = |old: &[Stream], new: &[Stream]| {
            let names = |one: &Stream| -> Vec<String> {
                one.columns
                    .iter()
                    .map(|column| column.name.clone())
                    .collect()
            };
            let like = |(old, new): (&Stream, &Stream)| {
                let tables = (old.format, new.format) == (Format::Csv, Format::Csv);
                tables && old.path == new.path && names(old) == names(new)
            };
            old.len() == new.len() && old.iter().zip(new).all(like)
        };
        let same = same(&old.sinks, &new.sinks) && same(&old.sources, &new.sources);
        if !same {
            return Self::new();
        }
        let mut taken = std::mem::replace(self, Self::new());
        for (key, stream) in taken.sink_keys.iter().zip(&new.sinks) {
            if let Some(Output::Rows(sink)) = taken.sinks.get_mut(*key) {
                sink.aim(stream);
            }
        }
        for (key, stream) in taken.source_keys.iter().zip(&new.sources) {
            if let Some(Input::Rows(source)) = taken.sources.get_mut(*key) {
                source.aim(stream);
            }
        }
        taken
    }

    /// Writes what is still in buffers.
    pub(crate) fn flush(&mut self) -> Result<(), StreamError> {
        for sink in self.sinks.values_mut() {
            if let Err(error) = sink.flush() {
                self.failed.get_or_insert(error);
            }
        }
        self.failed.clone().map_or(Ok(()), Err)
    }

    /// Closes all files; rows in buffers are written.
    pub(crate) fn close(&mut self) -> Result<(), StreamError> {
        let flushed = self.flush();
        self.sinks.clear();
        self.sources.clear();
        self.sink_keys.clear();
        self.source_keys.clear();
        self.failed = None;
        self.bad = None;
        flushed
    }
}

/// Where the buffer of a heavy field is that a word tells of.
fn front(memory: &[u8], word: usize) -> Option<usize> {
    let word = memory.get(word..)?.first_chunk()?;
    usize::try_from(u64::from_le_bytes(*word)).ok()
}

/// An error of a whole file.
pub(crate) fn plain_error(path: &Path, text: &dyn ToString) -> StreamError {
    let path = path.display().to_string();
    StreamError {
        path,
        line: None,
        column: None,
        text: text.to_string(),
    }
}

/// The columns of a stream and where their cells are in the memory block.
#[derive(Debug)]
struct Cells {
    row: usize,
    columns: Vec<theus_abi::image::Column>,
}

impl Cells {
    fn new(stream: &Stream) -> Self {
        let row = usize::try_from(stream.row).unwrap_or(usize::MAX);
        Self {
            row,
            columns: stream.columns.clone(),
        }
    }

    fn start(&self, column: &theus_abi::image::Column) -> usize {
        self.row
            .saturating_add(usize::try_from(column.offset).unwrap_or(usize::MAX))
    }
}
