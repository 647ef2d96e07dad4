//! `Quick`: a fast hash for small keys. Maps that use it are ordered by insertion, so that the
//! hash decides speed only.

use std::hash::{BuildHasherDefault, Hasher};

/// The hasher of maps with small keys: ids, names.
pub type Quick = BuildHasherDefault<QuickHasher>;

/// Multiplies and rotates word by word.
#[derive(Clone, Copy, Debug, Default)]
pub struct QuickHasher(u64);

impl QuickHasher {
    const fn word(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for QuickHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        let (whole, rest) = bytes.as_chunks::<8>();
        whole
            .iter()
            .for_each(|part| self.word(u64::from_le_bytes(*part)));
        let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        self.word(rest.iter().fold(0, add));
    }

    fn write_u8(&mut self, value: u8) {
        self.word(value.into());
    }

    fn write_u32(&mut self, value: u32) {
        self.word(value.into());
    }

    fn write_u64(&mut self, value: u64) {
        self.word(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.word(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.word(value.cast_unsigned() as u64);
    }
}
