//! The arguments of `theusc bench`.

use std::path::PathBuf;

use clap::Args as Arguments;

use super::Engine;
use crate::{help, number};

#[derive(Debug, Arguments)]
#[command(after_help = help::after(
    &[
        ("theusc bench balance.theus", "how long each takes, with a histogram"),
        ("theusc bench --save before.json balance.theus", "keep it, to compare with"),
        ("theusc bench --plot times.svg balance.theus", "a picture of the histograms"),
        ("theusc bench --baseline before.json balance.theus", "say what is slower; status 1 if one is"),
    ],
    "A bench is slower if both its fastest sample and its p50 are.",
))]
pub(crate) struct Bench {
    /// The programs
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Only benches whose title contains this text
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    /// Most samples of each
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) samples: u32,
    /// After this time ten samples are enough
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = number::wall)]
    pub(crate) longest: std::time::Duration,
    /// Write what was measured to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
    /// Draw the histograms to a file
    #[arg(long, value_name = "FILE.svg")]
    pub(crate) plot: Option<PathBuf>,
    /// Compare with what `--save` has written
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Changes up to so many percent are noise
    #[arg(long, value_name = "PERCENT", default_value_t = 10.0)]
    pub(crate) within: f64,
    /// Machine code, or the interpreter
    #[arg(long, value_name = "ENGINE", default_value = "jit")]
    pub(crate) engine: Engine,
    /// Threads for what they can share: the same bits with any number [default: one for each
    /// processor]
    #[arg(long, value_name = "N", value_parser = number::workers)]
    pub(crate) workers: Option<u32>,
    /// Print what was measured as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}
