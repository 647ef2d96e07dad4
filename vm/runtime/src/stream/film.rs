//! `Film`: what a field was, again and again, to an array file with one more dimension.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use theus_abi::heavy::HEAVY_FRONT;
use theus_abi::{Image, Shape};

use super::sink::{BUFFER, Buffered};
use super::{front, plain_error};
use crate::error::StreamError;
use crate::npy::{Growing, growing};

/// Where a field is.
#[derive(Clone, Copy, Debug)]
enum At {
    /// In the block.
    Offset(usize),
    /// Where the word there says.
    Word(usize),
}

#[derive(Debug)]
pub(super) struct Film {
    path: PathBuf,
    file: Buffered,
    head: Growing,
    at: At,
    /// Of one frame.
    bytes: usize,
    /// Frames written, and how many of them the header of the file tells of.
    frames: u64,
    told: u64,
    /// The file has failed: nothing more is written.
    dead: bool,
}

impl Film {
    /// Creates the file, and directories above it: an array without frames.
    pub(super) fn create(
        image: &Image,
        field: u32,
        path: &Path,
    ) -> Result<Self, StreamError> {
        let bad = |text: &dyn ToString| plain_error(path, text);
        let index = usize::try_from(field).unwrap_or(usize::MAX);
        let target = image.fields.get(index);
        let target = target.ok_or_else(|| bad(&"holds no field"))?;
        let (elem, dims): (&Shape, &[u64]) = match &target.shape {
            Shape::Array { elem, dims } => (elem, dims),
            number => (number, &[]),
        };
        let head = growing(elem, dims).map_err(|text| bad(&text))?;
        let bytes = dims
            .iter()
            .fold(elem.size(), |all, n| all.saturating_mul(*n));
        let heavy = image.heavy.iter().find(|heavy| heavy.field == field);
        let place = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
        let at = heavy.map_or(At::Offset(place(target.offset)), |heavy| {
            let front = usize::try_from(HEAVY_FRONT).unwrap_or(0);
            At::Word(place(heavy.table).saturating_add(front))
        });
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir).map_err(|error| plain_error(dir, &error))?;
        }
        let file = File::create(path).map_err(|error| bad(&error))?;
        let mut film = Self {
            path: path.to_owned(),
            file: Buffered::new(file),
            head,
            at,
            bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
            frames: 0,
            told: 0,
            dead: false,
        };
        let begun = film.file.write_all(&film.head.head);
        begun
            .and_then(|()| film.settle())
            .map_err(|error| film.fail(&error))?;
        Ok(film)
    }

    /// Writes one frame.
    pub(super) fn write(&mut self, memory: &[u8]) -> Result<(), StreamError> {
        if self.dead {
            return Ok(());
        }
        let start = match self.at {
            At::Offset(start) => Some(start),
            At::Word(word) => front(memory, word),
        };
        let frame = start
            .and_then(|start| memory.get(start..start.saturating_add(self.bytes)))
            .ok_or_else(|| plain_error(&self.path, &"holds no memory"))?;
        let mut written = self.file.write_all(frame);
        self.frames += 1;
        let waiting = (self.frames - self.told).saturating_mul(frame.len() as u64);
        if waiting >= BUFFER as u64 {
            written = written.and_then(|()| self.settle());
        }
        written.map_err(|error| self.fail(&error))
    }

    pub(super) fn flush(&mut self) -> Result<(), StreamError> {
        if self.dead {
            return Ok(());
        }
        self.settle().map_err(|error| self.fail(&error))
    }

    /// What is in the buffer goes to the file, and then the header tells of it: the file is
    /// whole at any time.
    fn settle(&mut self) -> io::Result<()> {
        self.file.flush()?;
        let place = self.head.tell(self.frames);
        self.file.patch(place)?;
        self.told = self.frames;
        Ok(())
    }

    /// Nothing more is written; the file ends after the last frame that its header tells of.
    fn fail(&mut self, error: &io::Error) -> StreamError {
        self.dead = true;
        let data = self.told.saturating_mul(self.bytes as u64);
        let length = (self.head.head.len() as u64).saturating_add(data);
        self.file.cut(length);
        plain_error(&self.path, error)
    }
}
