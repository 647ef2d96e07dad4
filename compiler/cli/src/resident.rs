//! Resident memory, where the system tells it.

use std::fs::File;
use std::io::Read;

/// Kilobytes of a page: what the system counts in.
const PAGE_KB: i64 = 4;

/// Pages in memory that belong to the process alone; `None` where the system does not tell.
/// Takes nothing from the heap, so that asking changes nothing. The system's quick counters
/// (`statm`) lag by some pages; this is the exact sum.
pub(crate) fn pages() -> Option<i64> {
    let mut bytes = [0_u8; 4096];
    let mut file = File::open("/proc/self/smaps_rollup").ok()?;
    let mut length = 0;
    loop {
        let got = file.read(bytes.get_mut(length..)?).ok()?;
        if got == 0 {
            break;
        }
        length += got;
    }
    let text = std::str::from_utf8(bytes.get(..length)?).ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Anonymous:"))?;
    let kilobytes: i64 = line.split_ascii_whitespace().next()?.parse().ok()?;
    Some(kilobytes / PAGE_KB)
}
