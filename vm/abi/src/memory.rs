//! `Memory`: the block that holds header, contexts, transaction space, rows and scratch.

use crate::header::HEADER_SIZE;
use crate::image::Image;

const PAGE: usize = 4096;

/// One page-aligned block of bytes, allocated and written once at load.
#[derive(Debug)]
pub struct Memory {
    bytes: Vec<u8>,
    start: usize,
    size: usize,
}

impl Memory {
    /// A zeroed block of `size` bytes, every page of it touched; `None` if the machine does
    /// not have that much.
    pub fn new(size: usize) -> Option<Self> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(size.checked_add(PAGE)?).ok()?;
        bytes.resize(size.checked_add(PAGE)?, 0);
        let start = bytes.as_ptr().align_offset(PAGE);
        (start < PAGE).then_some(Self { bytes, start, size })
    }

    /// Makes the block longer or shorter; what it holds stays, the rest is zero. `None` if the
    /// machine does not have that much. The block moves only if its length changes.
    pub fn resize(&mut self, size: usize) -> Option<()> {
        if size == self.size {
            return Some(());
        }
        let mut other = Self::new(size)?;
        let kept = size.min(self.size);
        let (to, from) = (other.bytes_mut(), self.bytes());
        to.get_mut(..kept)?.copy_from_slice(from.get(..kept)?);
        *self = other;
        Some(())
    }

    /// Bytes of the block that an image needs, without buffers of heavy fields.
    pub fn size_for(image: &Image) -> u64 {
        scratch_start(image) + u64::from(image.scratch)
    }

    /// The block.
    pub fn bytes(&self) -> &[u8] {
        self.bytes
            .get(self.start..self.start + self.size)
            .unwrap_or_default()
    }

    /// The block.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        self.bytes
            .get_mut(self.start..self.start + self.size)
            .unwrap_or_default()
    }

    /// The 8 bytes at `offset`; 0 beyond the end.
    pub fn u64(&self, offset: i32) -> u64 {
        let at = usize::try_from(offset).unwrap_or(usize::MAX);
        let bytes = self.bytes().get(at..at.saturating_add(8));
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .map_or(0, u64::from_le_bytes)
    }

    /// Sets the 8 bytes at `offset`; nothing beyond the end.
    pub fn set_u64(&mut self, offset: i32, value: u64) {
        let at = usize::try_from(offset).unwrap_or(usize::MAX);
        if let Some(bytes) = self.bytes_mut().get_mut(at..at.saturating_add(8)) {
            bytes.copy_from_slice(&value.to_le_bytes());
        }
    }
}

/// Offset of the first byte of scratch.
pub fn scratch_start(image: &Image) -> u64 {
    u64::from(image.fixed_end.max(HEADER_SIZE)).next_multiple_of(64)
}
