//! `Space`: the virtual addresses of a run, and the bytes behind them.

use theus_abi::Repr;

use super::{FRAME_BASE, MEMORY_BASE};
use crate::func::SlotData;

/// What frame memory holds before it is written.
const POISON: u8 = 0xA5;
/// Bits of an address inside a region of frame memory.
const REGION_BITS: u32 = 32;

/// The memory block and the frames of the calls that are running.
pub(super) struct Space<'a> {
    pub(super) memory: &'a mut [u8],
    frames: Vec<u8>,
    regions: Vec<Region>,
}

/// The frame memory of one slot of one call.
#[derive(Clone, Copy)]
struct Region {
    start: usize,
    size: usize,
}

/// Bytes of a space.
#[derive(Clone, Copy)]
enum At {
    Memory(usize),
    Frame(usize),
}

/// How many regions were live when a call began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark(usize);

impl Mark {
    /// The address of the n-th slot of the call.
    pub(super) fn slot_addr(self, n: u32) -> u64 {
        let region = u64::try_from(self.0)
            .unwrap_or(u64::MAX)
            .wrapping_add(n.into());
        FRAME_BASE.wrapping_add(region << REGION_BITS)
    }
}

impl<'a> Space<'a> {
    pub(super) const fn new(memory: &'a mut [u8]) -> Self {
        Self {
            memory,
            frames: Vec::new(),
            regions: Vec::new(),
        }
    }

    /// Makes frame memory for a call.
    pub(super) fn enter<'s>(
        &mut self,
        slots: impl Iterator<Item = &'s SlotData>,
    ) -> Mark {
        let mark = Mark(self.regions.len());
        for slot in slots {
            let (start, size) = (self.frames.len(), size(slot.size));
            self.frames.resize(start + size, POISON);
            self.regions.push(Region { start, size });
        }
        mark
    }

    /// Takes back the frame memory of a call.
    pub(super) fn leave(&mut self, mark: Mark) {
        if let Some(first) = self.regions.get(mark.0) {
            self.frames.truncate(first.start);
        }
        self.regions.truncate(mark.0);
    }

    /// The scalar at an address.
    pub(super) fn load(&self, repr: Repr, addr: u64) -> Result<u64, String> {
        let bytes = self.bytes(self.scalar(repr, addr)?, size(repr.size()));
        let mut whole = [0; 8];
        whole
            .iter_mut()
            .zip(bytes)
            .for_each(|(to, from)| *to = *from);
        Ok(u64::from_le_bytes(whole))
    }

    /// Sets the scalar at an address.
    pub(super) fn store(
        &mut self,
        repr: Repr,
        addr: u64,
        bits: u64,
    ) -> Result<(), String> {
        let at = self.scalar(repr, addr)?;
        let bytes = self.bytes_mut(at, size(repr.size()));
        bytes
            .iter_mut()
            .zip(bits.to_le_bytes())
            .for_each(|(to, from)| *to = from);
        Ok(())
    }

    /// Copies bytes; the two places must not overlap, but may be one and the same.
    pub(super) fn copy(&mut self, dst: u64, src: u64, count: u32) -> Result<(), String> {
        let (to, from) = (self.find(dst, count)?, self.find(src, count)?);
        if dst != src && dst.abs_diff(src) < count.into() {
            return Err(format!(
                "a copy of {count} bytes from {src:#x} overlaps {dst:#x}"
            ));
        }
        let bytes = self.bytes(from, size(count)).to_vec();
        self.bytes_mut(to, size(count)).copy_from_slice(&bytes);
        Ok(())
    }

    /// Zeroes bytes.
    pub(super) fn zero(&mut self, dst: u64, count: u32) -> Result<(), String> {
        let at = self.find(dst, count)?;
        self.bytes_mut(at, size(count)).fill(0);
        Ok(())
    }

    fn scalar(&self, repr: Repr, addr: u64) -> Result<At, String> {
        if !addr.is_multiple_of(repr.size().into()) {
            return Err(format!("a misaligned access of {repr} at {addr:#x}"));
        }
        self.find(addr, repr.size())
    }

    fn find(&self, addr: u64, count: u32) -> Result<At, String> {
        self.lookup(addr, size(count)).ok_or_else(|| {
            format!("an access of {count} bytes at {addr:#x}, which is not theirs")
        })
    }

    fn lookup(&self, addr: u64, count: usize) -> Option<At> {
        if let Some(frame) = addr.checked_sub(FRAME_BASE) {
            let region = self
                .regions
                .get(usize::try_from(frame >> REGION_BITS).ok()?)?;
            let at = usize::try_from(frame & ((1 << REGION_BITS) - 1)).ok()?;
            return (at.checked_add(count)? <= region.size)
                .then(|| At::Frame(region.start + at));
        }
        let at = usize::try_from(addr.checked_sub(MEMORY_BASE)?).ok()?;
        (at.checked_add(count)? <= self.memory.len()).then_some(At::Memory(at))
    }

    fn bytes(&self, at: At, count: usize) -> &[u8] {
        let bytes = match at {
            At::Memory(at) => self.memory.get(at..at + count),
            At::Frame(at) => self.frames.get(at..at + count),
        };
        bytes.unwrap_or_default()
    }

    fn bytes_mut(&mut self, at: At, count: usize) -> &mut [u8] {
        let bytes = match at {
            At::Memory(at) => self.memory.get_mut(at..at + count),
            At::Frame(at) => self.frames.get_mut(at..at + count),
        };
        bytes.unwrap_or_default()
    }
}

fn size(bytes: u32) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
