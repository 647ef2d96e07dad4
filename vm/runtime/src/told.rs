//! What the machine tells a program, between batches of ticks: each value is an input of the
//! run, which can be recorded and played back.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use theus_abi::Memory;
use theus_abi::host::Told;
use theus_abi::image::Image;

use crate::clock::{Clocks, now};
use crate::error::{StreamError, VmError};
use crate::stream::plain_error;

/// One value: in the words of the image, at the beginning of that tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Input {
    pub(crate) tick: u64,
    pub(crate) word: u32,
    pub(crate) bits: u64,
}

/// Where the values come from, and where they are written.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    record: Option<(PathBuf, BufWriter<File>)>,
    /// What is played back, and how much of it has been.
    played: Option<(Vec<Input>, usize)>,
    /// What measured blocks took, in the order in which they end; how much of it was played.
    times: (Vec<u64>, usize),
    /// What went wrong while a block ended.
    failed: Option<StreamError>,
    /// Time on a processor, and on the clock, when last asked.
    cpu: Option<(u64, Instant)>,
}

impl Inputs {
    pub(crate) fn record(&mut self, path: &Path) -> Result<(), VmError> {
        let failed = |error: std::io::Error| plain_error(path, &error);
        let mut out = BufWriter::new(File::create(path).map_err(failed)?);
        let head = out.write_all(b"tick,word,bits\n");
        head.and_then(|()| out.flush()).map_err(failed)?;
        self.record = Some((path.to_owned(), out));
        Ok(())
    }

    pub(crate) fn play(&mut self, path: &Path, image: &Image) -> Result<(), VmError> {
        let text = fs::read_to_string(path).map_err(|error| plain_error(path, &error))?;
        let (mut inputs, mut times) = (Vec::new(), Vec::new());
        for (line, number) in text.lines().zip(1_usize..).skip(1) {
            let Some(input) = input(line) else {
                let text = format!("line {number} is no input of a host");
                return Err(plain_error(path, &text).into());
            };
            let word = usize::try_from(input.word).ok();
            let word = word.and_then(|at| image.host.get(at));
            match word {
                Some(word) if word.told == Told::Took => times.push(input.bits),
                _ => inputs.push(input),
            }
        }
        self.played = Some((inputs, 0));
        self.times = (times, 0);
        Ok(())
    }

    /// Sets the words for the tick that comes; gives the tick before which to ask again.
    pub(crate) fn take(
        &mut self,
        image: &Image,
        memory: &mut Memory,
        clocks: &Clocks,
        (tick, late): (u64, u64),
    ) -> Result<u64, StreamError> {
        if let Some((inputs, next)) = &mut self.played {
            while let Some(input) = inputs.get(*next).filter(|input| input.tick <= tick) {
                let word = usize::try_from(input.word).ok();
                if let Some(word) = word.and_then(|at| image.host.get(at)) {
                    memory.set_u64(offset(word.offset), input.bits);
                }
                *next += 1;
            }
            return Ok(inputs.get(*next).map_or(u64::MAX, |input| input.tick));
        }
        for (word, number) in image.host.iter().zip(0_u32..) {
            let bits = match word.told {
                Told::P50 | Told::P99 | Told::Max => {
                    let times = word.process.and_then(|process| clocks.times(process));
                    let times = times.unwrap_or_default();
                    match word.told {
                        Told::P50 => times.p50,
                        Told::P99 => times.p99,
                        _ => times.max,
                    }
                }
                Told::Late => late,
                Told::Cpu => self.cpu().to_bits(),
                Told::Memory => resident(),
                // Set where a block ends.
                Told::Took => continue,
            };
            let at = offset(word.offset);
            if memory.u64(at) != bits {
                memory.set_u64(at, bits);
                self.write(Input {
                    tick,
                    word: number,
                    bits,
                })?;
            }
        }
        Ok(u64::MAX)
    }

    /// A measured block has ended; gives what the program is told of it.
    pub(crate) fn measured(&mut self, took: Input) -> u64 {
        if self.played.is_some() {
            let (times, next) = &mut self.times;
            let played = times.get(*next).copied();
            *next = next.saturating_add(1);
            return played.unwrap_or(0);
        }
        let bits = took.bits;
        if let Err(error) = self.write(took) {
            self.failed.get_or_insert(error);
        }
        bits
    }

    /// What was told is in the file.
    pub(crate) fn flush(&mut self) -> Result<(), StreamError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        match &mut self.record {
            Some((path, out)) => out.flush().map_err(|error| plain_error(path, &error)),
            None => Ok(()),
        }
    }

    fn write(&mut self, input: Input) -> Result<(), StreamError> {
        let Some((path, out)) = &mut self.record else {
            return Ok(());
        };
        let Input { tick, word, bits } = input;
        writeln!(out, "{tick},{word},{bits}").map_err(|error| plain_error(path, &error))
    }

    /// The share of a processor since it was last asked.
    fn cpu(&mut self) -> f64 {
        let ran = number_in("/proc/self/schedstat", 0).unwrap_or(0);
        let here = now();
        let before = self.cpu.replace((ran, here));
        let Some((ran_before, then)) = before else {
            return 0.0;
        };
        let wall = here.saturating_duration_since(then).as_nanos();
        let ran = ran.saturating_sub(ran_before);
        if wall == 0 {
            0.0
        } else {
            ran as f64 / wall as f64
        }
    }
}

fn offset(offset: u32) -> i32 {
    i32::try_from(offset).unwrap_or(i32::MAX)
}

fn input(line: &str) -> Option<Input> {
    let mut parts = line.split(',');
    let input = Input {
        tick: parts.next()?.parse().ok()?,
        word: parts.next()?.parse().ok()?,
        bits: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(input)
}

/// Bytes of this process that are in memory; 0 where the system does not tell.
fn resident() -> u64 {
    const PAGE: u64 = 4096;
    number_in("/proc/self/statm", 1).map_or(0, |pages| pages.saturating_mul(PAGE))
}

/// The n-th number of a short file of the system, without an allocation.
fn number_in(path: &str, nth: usize) -> Option<u64> {
    let mut bytes = [0; 128];
    let length = File::open(path).ok()?.read(&mut bytes).ok()?;
    let text = std::str::from_utf8(bytes.get(..length)?).ok()?;
    text.split_ascii_whitespace().nth(nth)?.parse().ok()
}
