//! `LoadOptions`: what a host decides before a program is loaded.

use std::path::PathBuf;

/// Choices of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadOptions {
    /// The seed of `random`.
    pub seed: u64,
    /// The directory of relative paths of sinks; `None`: rows go nowhere.
    pub sinks: Option<PathBuf>,
    /// The directory of relative paths of sources.
    pub sources: PathBuf,
    /// One tick in so many is measured if the pipeline has processes with a deadline.
    pub measure_every: u64,
    /// All processes are measured, if the program was compiled to be.
    pub profile: bool,
    /// Most bytes of the memory block.
    pub most_memory: u64,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            sinks: Some(PathBuf::from(".")),
            sources: PathBuf::from("."),
            measure_every: 1000,
            profile: false,
            most_memory: 1 << 40,
        }
    }
}
