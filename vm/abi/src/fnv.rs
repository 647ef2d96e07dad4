//! FNV-1a: a number for bytes that is the same on every machine (Fowler, Noll and Vo).

/// The number of no bytes.
pub const EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

/// The number for bytes that follow others, whose number is `before`.
pub fn add(before: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(before, |number, byte| {
        (number ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The number for bytes.
pub fn of(bytes: &[u8]) -> u64 {
    add(EMPTY, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_values() {
        assert_eq!(of(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(of(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(of(b"foobar"), 0x8594_4171_f739_67e8);
        assert_eq!(add(of(b"foo"), b"bar"), of(b"foobar"));
    }
}
