//! `Quick`: a fast hash for small keys of ids. Maps that use it are ordered by insertion, so
//! the hash decides speed only.

use std::hash::{BuildHasherDefault, Hasher};

/// The hasher of maps in passes.
pub(crate) type Quick = BuildHasherDefault<QuickHasher>;

/// Multiplies and rotates word by word.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct QuickHasher {
    state: u64,
}

impl Hasher for QuickHasher {
    fn finish(&self) -> u64 {
        self.state ^ (self.state >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(byte.into()));
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(value.into());
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(value.into());
    }

    fn write_u64(&mut self, value: u64) {
        self.state =
            (self.state.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value.cast_unsigned() as u64);
    }
}
