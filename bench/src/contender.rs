//! What is compared: C programs that are built here, and Theus in this process.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use theus::{Options, Program};
use theus_examples::Session;

use crate::Failure;

/// One run.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// Wall-clock ns per tick.
    pub wall: f64,
    /// Processor ns per tick.
    pub cpu: f64,
    /// Last angle, last speed, sum of the last thousand states.
    pub sum: String,
}

/// Something that can run W1.
pub(crate) trait Contender {
    /// How the report calls it.
    fn name(&self) -> &str;
    /// Runs so many ticks from the start state.
    fn run(&mut self, ticks: u64) -> Result<Sample, Failure>;
}

/// `w1.c`, built with gcc.
pub(crate) struct C {
    name: &'static str,
    program: PathBuf,
}

impl C {
    /// Builds it with `-O3 -march=native` and those flags.
    pub(crate) fn build(
        name: &'static str,
        folder: &Path,
        build: &Path,
        flags: &[&str],
    ) -> Result<Self, Failure> {
        let program = build.join(format!("w1{}", flags.concat()));
        let status = Command::new("gcc")
            .args(["-O3", "-march=native"])
            .args(flags)
            .arg(folder.join("w1.c"))
            .arg("-lm")
            .arg("-o")
            .arg(&program)
            .status()?;
        if !status.success() {
            return Err(format!("gcc failed with {status}").into());
        }
        Ok(Self { name, program })
    }
}

impl Contender for C {
    fn name(&self) -> &str {
        self.name
    }

    fn run(&mut self, ticks: u64) -> Result<Sample, Failure> {
        let output = Command::new(&self.program)
            .arg(ticks.to_string())
            .output()?;
        let text = String::from_utf8(output.stdout)?;
        let mut words = text.split_whitespace();
        let mut word = || words.next().ok_or("the C program printed too little");
        let (wall, cpu) = (word()?.parse()?, word()?.parse()?);
        let (angle, speed, sum) =
            (hex_float(word()?)?, hex_float(word()?)?, word()?.parse()?);
        Ok(Sample {
            wall,
            cpu,
            sum: checksum(angle, speed, sum),
        })
    }
}

/// `w1.theus`, compiled once.
pub(crate) struct Theus {
    name: &'static str,
    path: PathBuf,
    program: Program,
}

impl Theus {
    /// Compiles it.
    pub(crate) fn load(
        name: &'static str,
        path: &Path,
        strict: bool,
    ) -> Result<Self, Failure> {
        let options = Options {
            strict,
            ..Options::default()
        };
        let program = theus_examples::compile(path, &options)?;
        Ok(Self {
            name,
            path: path.to_owned(),
            program,
        })
    }
}

impl Contender for Theus {
    fn name(&self) -> &str {
        self.name
    }

    #[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
    fn run(&mut self, ticks: u64) -> Result<Sample, Failure> {
        let mut session = Session::start(&self.program, &self.path, &[])?;
        let (start, cpu) = (Instant::now(), processor_time());
        session.ticks("loop", ticks)?;
        let wall = start.elapsed().as_secs_f64() * 1e9;
        let cpu = processor_time()
            .zip(cpu)
            .map_or(wall, |(end, start)| end - start);
        let state = session.floats("plant.x")?;
        let history = session.floats("plant.history")?;
        let sum: f64 = history.rchunks(6).flatten().sum();
        let (angle, speed) = state.get(1).zip(state.get(3)).ok_or("no state")?;
        let per_tick = 1.0 / ticks as f64;
        Ok(Sample {
            wall: wall * per_tick,
            cpu: cpu * per_tick,
            sum: checksum(*angle, *speed, sum),
        })
    }
}

fn checksum(angle: f64, speed: f64, sum: f64) -> String {
    format!("{angle:?} {speed:?} {sum:?}")
}

/// ns that this thread has had of a processor, where the system tells.
pub(crate) fn processor_time() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// `%a` of C: `-0x1.8p-3`.
fn hex_float(text: &str) -> Result<f64, Failure> {
    let (negative, rest) = text
        .strip_prefix('-')
        .map_or((false, text), |rest| (true, rest));
    let rest = rest.strip_prefix("0x").ok_or("not a hexadecimal float")?;
    let (digits, exponent) = rest.split_once('p').ok_or("not a hexadecimal float")?;
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let mantissa = u64::from_str_radix(&format!("{whole}{part}"), 16)?;
    let scale = exponent.parse::<i32>()? - 4 * i32::try_from(part.len())?;
    let value = mantissa as f64 * 2f64.powi(scale);
    Ok(if negative { -value } else { value })
}
