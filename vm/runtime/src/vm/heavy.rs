//! Heavy fields: their sizes, their buffers behind the memory block, and the host's hands on
//! them between ticks.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use theus_abi::heavy::{
    Dim, HEAVY_ALIGN, HEAVY_BACK, HEAVY_DIRTY, HEAVY_FRONT, Heavy, SizeTerm, SizeWord,
};
use theus_abi::image::Zone;
use theus_abi::{Memory, Shape};

use super::Vm;
use crate::error::VmError;
use crate::npy::{self, Npy, sizes};
use crate::path::Place;
use crate::value::number;

/// The memory of a heavy field, row-major: what a host reads.
#[derive(Clone, Copy, Debug)]
pub struct View<'m> {
    /// The elements as they lie in memory, little-endian.
    pub bytes: &'m [u8],
    /// Number of elements, by dimension.
    pub dims: &'m [u64],
    /// Layout of one element.
    pub elem: &'m Shape,
}

/// The memory of a heavy field: what a host writes.
#[derive(Debug)]
pub struct ViewMut<'m> {
    /// The elements as they lie in memory, little-endian.
    pub bytes: &'m mut [u8],
    /// Number of elements, by dimension.
    pub dims: &'m [u64],
    /// Layout of one element.
    pub elem: &'m Shape,
}

impl Vm {
    /// The memory of a heavy field, where processes see it: nothing is copied, and its address
    /// does not change until the next `reset`. Of a field of two buffers it is the front: its
    /// address is one of two.
    ///
    /// # Errors
    /// If there is no such heavy field, or the program is not started.
    pub fn heavy(&self, path: &str) -> Result<View<'_>, VmError> {
        let (range, field) = self.heavy_range(path)?;
        let (elem, dims) = parts(&self.image, field)?;
        let bytes = self.memory.bytes().get(range).unwrap_or_default();
        Ok(View { bytes, dims, elem })
    }

    /// The memory of a heavy field, to be written between ticks.
    ///
    /// # Errors
    /// As for `heavy`.
    pub fn heavy_mut(&mut self, path: &str) -> Result<ViewMut<'_>, VmError> {
        let (range, field) = self.heavy_range(path)?;
        let (elem, dims) = parts(&self.image, field)?;
        let bytes = self.memory.bytes_mut().get_mut(range).unwrap_or_default();
        Ok(ViewMut { bytes, dims, elem })
    }

    /// Fills a heavy field from a `.npy` file of the same elements and sizes.
    ///
    /// # Errors
    /// If there is no such heavy field, the program is not started, or the file does not fit;
    /// a file that is cut off leaves what was read.
    pub fn load_array(&mut self, field: &str, file: &Path) -> Result<(), VmError> {
        let bad = |text: String| VmError::Array {
            path: file.display().to_string(),
            text,
        };
        let target = self.heavy_mut(field)?;
        let mut npy = Npy::open(file).map_err(bad)?;
        let due = npy::dtype(target.elem).unwrap_or_else(|| "structs".to_owned());
        if npy.header.dtype != due {
            let found = &npy.header.dtype;
            return Err(bad(format!("holds `{found}`, but `{field}` holds `{due}`")));
        }
        if npy.header.dims != target.dims {
            let (found, due) = (sizes(&npy.header.dims), sizes(target.dims));
            return Err(bad(format!("is {found}, but `{field}` is {due}")));
        }
        npy.read(target.bytes).map_err(bad)?;
        if npy.is_at_end() {
            Ok(())
        } else {
            Err(bad("goes on after its data".to_owned()))
        }
    }

    /// Writes a heavy field to a `.npy` file.
    ///
    /// # Errors
    /// If there is no such heavy field, the program is not started, or the file cannot be
    /// written.
    pub fn save_array(&self, field: &str, file: &Path) -> Result<(), VmError> {
        let view = self.heavy(field)?;
        npy::write(file, view.elem, view.dims, view.bytes).map_err(|text| {
            VmError::Array {
                path: file.display().to_string(),
                text,
            }
        })
    }

    /// Whether the last process that wrote the heavy field has failed half-way.
    ///
    /// # Errors
    /// As for `heavy`.
    pub fn is_dirty(&self, path: &str) -> Result<bool, VmError> {
        let heavy = self.heavy_field(path)?;
        Ok(!heavy.swap && self.memory.u64(word(heavy, HEAVY_DIRTY)) != 0)
    }

    fn heavy_field(&self, path: &str) -> Result<&Heavy, VmError> {
        self.must_be_started()?;
        let fields = &self.image.fields;
        let name =
            |heavy: &Heavy| fields.get(heavy.field as usize).map(|field| &*field.path);
        let mut all = self.image.heavy.iter();
        all.find(|heavy| name(heavy) == Some(path)).ok_or_else(|| {
            let known = self.image.heavy.iter().filter_map(name);
            VmError::UnknownPath {
                path: path.to_owned(),
                candidates: crate::path::similar(path, known),
            }
        })
    }

    /// The place that a path names, now: a heavy field is where its front is.
    pub(super) fn place(&self, path: &str) -> Result<Place, VmError> {
        let mut place = crate::path::resolve(&self.image, path)?;
        let mut swaps = self.image.heavy.iter().filter(|heavy| heavy.swap);
        let heavy = swaps.find(|heavy| heavy.field as usize == place.field);
        let field = self.image.fields.get(place.field);
        if let Some((heavy, field)) = heavy.zip(field).filter(|_| self.started) {
            let front = self.memory.u64(word(heavy, HEAVY_FRONT));
            place.offset = place
                .offset
                .saturating_sub(u64::from(field.offset))
                .saturating_add(front);
        }
        Ok(place)
    }

    fn heavy_range(&self, path: &str) -> Result<(Range<usize>, usize), VmError> {
        let heavy = self.heavy_field(path)?;
        let field = heavy.field as usize;
        let size = self
            .image
            .fields
            .get(field)
            .map_or(0, |field| field.shape.size());
        let start =
            usize::try_from(self.memory.u64(word(heavy, HEAVY_FRONT))).unwrap_or(0);
        let size = usize::try_from(size).unwrap_or(0);
        Ok((start..start.saturating_add(size), field))
    }

    /// Computes the sizes, takes the memory, writes the words. Memory that there is already
    /// stays where it is if the sizes are the same.
    pub(super) fn place_heavy(&mut self) -> Result<(), VmError> {
        if self.image.heavy.is_empty() {
            return Ok(());
        }
        let sizes = self.sizes()?;
        let mut image = (*self.image).clone();
        let block = Memory::size_for(&image);
        let mut end = block;
        let mut words = Vec::new();
        for heavy in &image.heavy {
            let Some(field) = image.fields.get_mut(heavy.field as usize) else {
                continue;
            };
            let dims = heavy.dims.iter().map(|dim| match dim {
                Dim::Const(size) => *size,
                Dim::Size(at) => sizes.get(*at as usize).copied().unwrap_or(0),
            });
            let dims: Vec<u64> = dims.collect();
            let Shape::Array { elem, dims: known } = &mut field.shape else {
                continue;
            };
            known.clone_from(&dims);
            let size = dims
                .iter()
                .try_fold(elem.size(), |size, dim| size.checked_mul(*dim));
            let start = end.next_multiple_of(HEAVY_ALIGN);
            let back = size.and_then(|size| {
                start
                    .checked_add(size)?
                    .checked_next_multiple_of(HEAVY_ALIGN)
            });
            let first = if heavy.swap { back } else { Some(start) };
            let last = size.and_then(|size| first?.checked_add(size));
            let limit = self.options.most_memory.min(u64::from(u32::MAX));
            let Some(last) = last.filter(|last| *last <= limit) else {
                let dims: Vec<_> = dims.iter().map(u64::to_string).collect();
                return Err(VmError::HeavySize {
                    what: format!("`{}`, of {} elements,", field.path, dims.join(" x ")),
                    text: format!(
                        "needs more than the {limit} bytes of memory that there may be"
                    ),
                    loc: field.loc,
                });
            };
            field.offset = u32::try_from(start).unwrap_or(u32::MAX);
            words.push((word(heavy, HEAVY_FRONT), start));
            if let Some(back) = first.filter(|_| heavy.swap) {
                words.push((word(heavy, HEAVY_BACK), back));
            }
            end = last;
        }
        let end = usize::try_from(end).map_err(|_| VmError::NoMemory(end))?;
        self.memory
            .resize(end)
            .ok_or(VmError::NoMemory(end as u64))?;
        let block = usize::try_from(block).unwrap_or(usize::MAX);
        if let Some(bytes) = self.memory.bytes_mut().get_mut(block..) {
            bytes.fill(0);
        }
        for (size, value) in self.image.sizes.iter().zip(&sizes) {
            words.push((i32::try_from(size.offset).unwrap_or(0), *value));
        }
        for (offset, value) in words {
            self.memory.set_u64(offset, value);
        }
        self.image = Arc::new(image);
        Ok(())
    }

    fn sizes(&self) -> Result<Vec<u64>, VmError> {
        let sizes = self.image.sizes.iter();
        sizes.map(|size| self.size(size)).collect()
    }

    fn size(&self, size: &SizeWord) -> Result<u64, VmError> {
        let value = self.term(&size.term);
        let good = value
            .and_then(|value| u64::try_from(value).ok())
            .filter(|value| (1..=u64::from(u32::MAX)).contains(value));
        good.ok_or_else(|| VmError::HeavySize {
            what: format!("the size `{}` of a heavy field", size.text),
            text: match value {
                Some(value) => format!("is {value}, not between 1 and {}", u32::MAX),
                None => "has no value".to_owned(),
            },
            loc: size.loc,
        })
    }

    fn term(&self, term: &SizeTerm) -> Option<i128> {
        match term {
            SizeTerm::Const(value) => Some(i128::from(*value)),
            SizeTerm::Global { offset, shape } => {
                let repr = crate::text::repr(shape)?;
                let start = usize::try_from(*offset).ok()?;
                let bits = number(repr, self.memory.bytes().get(start..)?)?;
                let shift = 64 - repr.bits();
                let signed = matches!(shape, Shape::Int(_));
                Some(if signed {
                    i128::from((bits << shift).cast_signed() >> shift)
                } else {
                    i128::from(bits)
                })
            }
            SizeTerm::Op(op, parts) => {
                let [left, right] = &**parts;
                op.apply(self.term(left)?, self.term(right)?)
            }
        }
    }
}

fn word(heavy: &Heavy, at: i32) -> i32 {
    i32::try_from(heavy.table).unwrap_or(0).saturating_add(at)
}

fn parts(image: &theus_abi::Image, field: usize) -> Result<(&Shape, &[u64]), VmError> {
    match image.fields.get(field) {
        Some(field) if field.zone == Zone::Heavy => match &field.shape {
            Shape::Array { elem, dims } => Ok((elem, dims)),
            _ => Err(VmError::Internal(format!("`{}` is no array", field.path))),
        },
        _ => Err(VmError::Internal("no heavy field".to_owned())),
    }
}
