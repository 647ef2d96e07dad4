//! Deadlines: how long processes take in wall time, and whether one is late.

use std::time::{Duration, Instant};

use theus_abi::header;
use theus_abi::image::Image;

use crate::histogram::{Histogram, Times};

/// Times of one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadlineReport {
    /// The process.
    pub process: String,
    /// Its deadline in ns.
    pub deadline: i64,
    /// The executions that were measured.
    pub times: Times,
    /// How many took longer than the deadline.
    pub late: u64,
}

/// What a process took of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileReport {
    /// The process.
    pub process: String,
    /// The executions that were measured.
    pub times: Times,
}

#[derive(Debug)]
struct Clock {
    process: String,
    deadline: u64,
    started: Option<Instant>,
    times: Histogram,
    late: u64,
}

/// The clocks of all processes with a deadline.
#[derive(Debug)]
pub(crate) struct Clocks {
    /// By process; `None` for those without a deadline.
    clocks: Vec<Option<Clock>>,
    /// The one that started last.
    running: i32,
}

impl Clocks {
    pub(crate) fn new(image: &Image, all: bool) -> Self {
        let clock = |(process, index): (&theus_abi::image::Process, u32)| {
            let mut told = image.host.iter();
            let told = all || told.any(|word| word.process == Some(index));
            // One without a deadline is never late.
            let deadline = process.deadline.or(told.then_some(i64::MAX))?;
            Some(Clock {
                process: process.name.clone(),
                deadline: u64::try_from(deadline).unwrap_or(0),
                started: None,
                times: Histogram::new(),
                late: 0,
            })
        };
        Self {
            clocks: image.processes.iter().zip(0..).map(clock).collect(),
            running: -1,
        }
    }

    fn clock(&mut self, process: i32) -> Option<&mut Clock> {
        self.clocks
            .get_mut(usize::try_from(process).ok()?)?
            .as_mut()
    }

    pub(crate) fn start(&mut self, process: i32) {
        self.running = process;
        if let Some(clock) = self.clock(process) {
            clock.started = Some(now());
        }
    }

    pub(crate) fn stop(&mut self, process: i32) {
        if let Some(clock) = self.clock(process)
            && let Some(started) = clock.started.take()
        {
            clock.record(now().saturating_duration_since(started));
        }
    }

    /// Whether the process that runs is later than its deadline; tells the header.
    pub(crate) fn is_late(&mut self, memory: &mut [u8]) -> bool {
        let Some(clock) = self.clock(self.running) else {
            return false;
        };
        let Some(started) = clock.started else {
            return false;
        };
        let took = now().saturating_duration_since(started).as_nanos();
        let took = u64::try_from(took).unwrap_or(u64::MAX);
        for (offset, value) in [(header::TOOK, took), (header::LIMIT, clock.deadline)] {
            let at = usize::try_from(offset).unwrap_or(usize::MAX);
            if let Some(word) = memory.get_mut(at..at.saturating_add(8)) {
                word.copy_from_slice(&value.to_le_bytes());
            }
        }
        took > clock.deadline
    }

    pub(crate) fn reset(&mut self) {
        for clock in self.clocks.iter_mut().flatten() {
            clock.started = None;
            clock.times.clear();
            clock.late = 0;
        }
    }

    /// Goes on with the times of the processes that have the same name and deadline.
    pub(crate) fn take_over(&mut self, old: &mut Self) {
        for clock in self.clocks.iter_mut().flatten() {
            let mut known = old.clocks.iter_mut().flatten();
            let same = |known: &&mut Clock| {
                known.process == clock.process && known.deadline == clock.deadline
            };
            if let Some(known) = known.find(same) {
                std::mem::swap(&mut clock.times, &mut known.times);
                clock.late = known.late;
            }
        }
    }

    /// How long the measured runs of a process took.
    pub(crate) fn times(&self, process: u32) -> Option<Times> {
        let clock = self.clocks.get(usize::try_from(process).ok()?)?.as_ref()?;
        Some(clock.times.times())
    }

    /// How long each of the measured processes took, the dearest first.
    pub(crate) fn profile(&self) -> Vec<ProfileReport> {
        let clocks = self.clocks.iter().flatten();
        let all = clocks.map(|clock| ProfileReport {
            process: clock.process.clone(),
            times: clock.times.times(),
        });
        let mut found: Vec<_> = all.filter(|one| one.times.samples > 0).collect();
        found.sort_by_key(|one| std::cmp::Reverse(one.times.total));
        found
    }

    pub(crate) fn report(&self) -> Vec<DeadlineReport> {
        let reports = self.clocks.iter().flatten().map(Clock::report);
        reports
            .filter(|one| one.times.samples > 0 && one.deadline < i64::MAX)
            .collect()
    }
}

impl Clock {
    fn record(&mut self, elapsed: Duration) {
        let ns = self.times.record(elapsed);
        self.late += u64::from(ns > self.deadline);
    }

    fn report(&self) -> DeadlineReport {
        DeadlineReport {
            process: self.process.clone(),
            deadline: i64::try_from(self.deadline).unwrap_or(i64::MAX),
            times: self.times.times(),
            late: self.late,
        }
    }
}

/// Wall time is an input of the host: it is measured, and never reaches the program.
pub(crate) fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "the one clock of the VM")]
    Instant::now()
}
