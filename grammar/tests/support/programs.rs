//! What tests that change programs at random are made of: numbers from a seed, and the programs.

use std::fs;
use std::path::PathBuf;

/// Numbers that follow from a seed (`splitmix64`).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % (end.max(1) as u64)).unwrap()
    }
}

/// The programs of folders and of those in them, in the order of their paths.
pub(crate) fn programs(folders: impl IntoIterator<Item = PathBuf>) -> Vec<String> {
    let mut open: Vec<PathBuf> = folders.into_iter().collect();
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "theus") {
                found.push(path);
            }
        }
    }
    found.sort();
    let texts = found.iter().map(|path| fs::read_to_string(path).unwrap());
    texts.collect()
}
