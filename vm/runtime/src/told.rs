//! What the machine tells a program, between batches of ticks: each value is an input of the
//! run, which can be recorded and played back.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Instant;

use theus_abi::Memory;
use theus_abi::host::Told;
use theus_abi::image::Image;

use crate::clock::{Clocks, now};
use crate::error::{StreamError, VmError};
use crate::record::{HostInput, Origin, Writer};

/// Where the values come from, and where they are written.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    record: Option<Writer>,
    played: Option<Played>,
    /// What measured blocks took, in the order in which they end; how much of it was played.
    times: (Vec<u64>, usize),
    /// What went wrong while a block ended.
    failed: Option<StreamError>,
    /// Time on a processor, and on the clock, when last asked.
    cpu: Option<(u64, Instant)>,
}

/// What is played back.
#[derive(Debug)]
struct Played {
    inputs: Vec<HostInput>,
    /// How many of them have been told.
    told: usize,
    /// The tick at which it ends, and the error of a run that goes on.
    end: Option<(u64, StreamError)>,
}

impl Played {
    /// The tick before which to ask again.
    fn until(&self) -> u64 {
        let end = self.end.as_ref().map_or(u64::MAX, |(end, _)| *end);
        let next = self.inputs.get(self.told);
        next.map_or(end, |input| end.min(input.tick))
    }
}

impl Inputs {
    pub(crate) fn record(&mut self, path: &Path, origin: &Origin) -> Result<(), VmError> {
        self.record = Some(Writer::create(path, origin)?);
        Ok(())
    }

    pub(crate) fn play(
        &mut self,
        told: Vec<HostInput>,
        end: Option<(u64, StreamError)>,
        image: &Image,
    ) {
        let (mut inputs, mut times) = (Vec::new(), Vec::new());
        for input in told {
            let word = usize::try_from(input.word).ok();
            let word = word.and_then(|at| image.host.get(at));
            match word {
                Some(word) if word.told == Told::Took => times.push(input.bits),
                _ => inputs.push(input),
            }
        }
        self.played = Some(Played {
            inputs,
            told: 0,
            end,
        });
        self.times = (times, 0);
    }

    /// Sets the words for the tick that comes; gives the tick before which to ask again.
    pub(crate) fn take(
        &mut self,
        image: &Image,
        memory: &mut Memory,
        clocks: &Clocks,
        (tick, late): (u64, u64),
    ) -> Result<u64, StreamError> {
        if let Some(played) = &mut self.played {
            if let Some((_, error)) = played.end.as_ref().filter(|(end, _)| *end <= tick)
            {
                return Err(error.clone());
            }
            while let Some(input) = played
                .inputs
                .get(played.told)
                .filter(|input| input.tick <= tick)
            {
                let word = usize::try_from(input.word).ok();
                if let Some(word) = word.and_then(|at| image.host.get(at)) {
                    memory.set_u64(offset(word.offset), input.bits);
                }
                played.told += 1;
            }
            return Ok(played.until());
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
                self.write(HostInput {
                    tick,
                    word: number,
                    bits,
                })?;
            }
        }
        Ok(u64::MAX)
    }

    /// A measured block has ended; gives what the program is told of it.
    pub(crate) fn measured(&mut self, took: HostInput) -> u64 {
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
        self.record.as_mut().map_or(Ok(()), Writer::flush)
    }

    /// The run has come to that tick and ends, or waits.
    pub(crate) fn end(&mut self, tick: u64) -> Result<(), StreamError> {
        self.record.as_mut().map_or(Ok(()), |out| out.end(tick))
    }

    fn write(&mut self, input: HostInput) -> Result<(), StreamError> {
        self.record.as_mut().map_or(Ok(()), |out| out.input(input))
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
