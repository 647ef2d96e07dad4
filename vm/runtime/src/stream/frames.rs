//! `Frames`: the parts of an array file, one by one, to the memory of a heavy field.

use std::path::PathBuf;

use theus_abi::heavy::HEAVY_FRONT;
use theus_abi::{Image, Shape};

use super::{Row, front, plain_error};
use crate::error::StreamError;
use crate::npy::{Npy, dtype, sizes};

#[derive(Debug)]
pub(super) struct Frames {
    path: PathBuf,
    /// The same without links, if it can be had.
    pub(super) real: Option<PathBuf>,
    npy: Npy,
    /// Where the word of the field is.
    word: usize,
    /// Of one frame.
    bytes: usize,
    left: u64,
}

impl Frames {
    /// Opens the file; its elements, its sizes and its length must be right.
    pub(super) fn open(
        image: &Image,
        field: u32,
        path: PathBuf,
    ) -> Result<Self, StreamError> {
        let bad = |text: String| plain_error(&path, &text);
        let heavy = image.heavy.iter().find(|heavy| heavy.field == field);
        let target = usize::try_from(field)
            .ok()
            .and_then(|at| image.fields.get(at));
        let (Some(heavy), Some(target)) = (heavy, target) else {
            return Err(bad("fills no heavy field".to_owned()));
        };
        let Shape::Array { elem, dims } = &target.shape else {
            return Err(bad("fills no array".to_owned()));
        };
        let mut npy = Npy::open(&path).map_err(bad)?;
        let due = dtype(elem).unwrap_or_else(|| "structs".to_owned());
        if npy.header.dtype != due {
            let (found, name) = (&npy.header.dtype, &target.path);
            return Err(bad(format!("holds `{found}`, but `{name}` holds `{due}`")));
        }
        let Some((&left, frame)) = npy
            .header
            .dims
            .split_first()
            .filter(|(_, rest)| rest == dims)
        else {
            let (found, due, name) = (sizes(&npy.header.dims), sizes(dims), &target.path);
            return Err(bad(format!(
                "is {found}, but `{name}` needs frames: n x {due}"
            )));
        };
        let bytes = frame
            .iter()
            .fold(elem.size(), |bytes, dim| bytes.saturating_mul(*dim));
        let whole = left.saturating_mul(bytes);
        if let Some(found) = npy.rest().filter(|found| *found < whole) {
            return Err(bad(format!("is cut off: {found} of {whole} bytes of data")));
        }
        Ok(Self {
            real: path.canonicalize().ok(),
            npy,
            word: usize::try_from(heavy.table)
                .unwrap_or(usize::MAX)
                .saturating_add(usize::try_from(HEAVY_FRONT).unwrap_or(0)),
            bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
            left,
            path,
        })
    }

    /// Reads the next frame into the field.
    pub(super) fn read(&mut self, memory: &mut [u8]) -> Result<Row, StreamError> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(Row::Ended);
        };
        let bad = |text: &str| plain_error(&self.path, &text);
        let target = front(memory, self.word)
            .and_then(|start| memory.get_mut(start..start.saturating_add(self.bytes)));
        let target = target.ok_or_else(|| bad("fills no memory"))?;
        self.npy.read(target).map_err(|text| bad(&text))?;
        self.left = left;
        Ok(Row::Read)
    }
}
