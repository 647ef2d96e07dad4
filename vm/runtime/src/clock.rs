//! Deadlines: how long processes take in wall time, in histograms of fixed size.

use std::time::{Duration, Instant};

use theus_abi::image::Image;

/// Bits of precision of a bucket: its bounds are less than 13 % apart.
const SUB_BITS: u32 = 3;
const SUB: u64 = 1 << SUB_BITS;
const BUCKETS: usize = 64 << SUB_BITS;

/// Times of one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadlineReport {
    /// The process.
    pub process: String,
    /// Its deadline in ns.
    pub deadline: i64,
    /// How many executions were measured.
    pub samples: u64,
    /// Half of them took at most so many ns (rounded up by less than 13 %).
    pub p50: u64,
    /// 99 of 100 took at most so many ns.
    pub p99: u64,
    /// The longest, in ns.
    pub max: u64,
    /// How many took longer than the deadline.
    pub late: u64,
}

#[derive(Debug)]
struct Clock {
    process: String,
    deadline: u64,
    started: Option<Instant>,
    buckets: Vec<u64>,
    samples: u64,
    max: u64,
    late: u64,
}

/// The clocks of all processes with a deadline.
#[derive(Debug)]
pub(crate) struct Clocks {
    /// By process; `None` for those without a deadline.
    clocks: Vec<Option<Clock>>,
}

impl Clocks {
    pub(crate) fn new(image: &Image) -> Self {
        let clock = |process: &theus_abi::image::Process| {
            let deadline = process.deadline?;
            Some(Clock {
                process: process.name.clone(),
                deadline: u64::try_from(deadline).unwrap_or(0),
                started: None,
                buckets: touched(),
                samples: 0,
                max: 0,
                late: 0,
            })
        };
        Self {
            clocks: image.processes.iter().map(clock).collect(),
        }
    }

    fn clock(&mut self, process: i32) -> Option<&mut Clock> {
        self.clocks
            .get_mut(usize::try_from(process).ok()?)?
            .as_mut()
    }

    pub(crate) fn start(&mut self, process: i32) {
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

    pub(crate) fn reset(&mut self) {
        for clock in self.clocks.iter_mut().flatten() {
            clock.started = None;
            clock.buckets.fill(0);
            (clock.samples, clock.max, clock.late) = (0, 0, 0);
        }
    }

    pub(crate) fn report(&self) -> Vec<DeadlineReport> {
        let measured = self
            .clocks
            .iter()
            .flatten()
            .filter(|clock| clock.samples > 0);
        measured.map(Clock::report).collect()
    }
}

/// Empty buckets whose pages are in memory.
fn touched() -> Vec<u64> {
    let mut buckets = vec![1; BUCKETS];
    buckets.fill(0);
    buckets
}

impl Clock {
    fn record(&mut self, elapsed: Duration) {
        let ns = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        if let Some(count) = self.buckets.get_mut(bucket(ns)) {
            *count += 1;
        }
        self.samples += 1;
        self.max = self.max.max(ns);
        self.late += u64::from(ns > self.deadline);
    }

    /// The upper bound of the bucket that holds the sample of that rank.
    fn percentile(&self, percent: u64) -> u64 {
        let rank = (self.samples * percent).div_ceil(100);
        let mut seen = 0;
        for (count, index) in self.buckets.iter().zip(0..) {
            seen += count;
            if seen >= rank {
                return upper_bound(index).min(self.max);
            }
        }
        self.max
    }

    fn report(&self) -> DeadlineReport {
        DeadlineReport {
            process: self.process.clone(),
            deadline: i64::try_from(self.deadline).unwrap_or(i64::MAX),
            samples: self.samples,
            p50: self.percentile(50),
            p99: self.percentile(99),
            max: self.max,
            late: self.late,
        }
    }
}

/// Wall time is an input of the host: it is measured, and never reaches the program.
pub(crate) fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "the one clock of the VM")]
    Instant::now()
}

/// Exact below 8; then 8 buckets for each power of two.
fn bucket(ns: u64) -> usize {
    if ns < SUB {
        return usize::try_from(ns).unwrap_or(0);
    }
    let shift = ns.ilog2() - SUB_BITS;
    let index = (u64::from(shift) << SUB_BITS) + (ns >> shift);
    usize::try_from(index).unwrap_or(0)
}

/// The largest time of a bucket.
fn upper_bound(index: u64) -> u64 {
    if index < 2 * SUB {
        return index;
    }
    let shift = (index >> SUB_BITS) - 1;
    let first = (index & (SUB - 1)) + SUB;
    (((u128::from(first) + 1) << shift) - 1)
        .try_into()
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_cover_all_times() {
        let mut last = None;
        for shift in 0..64 {
            for low in [0, 1, 2, 3] {
                let ns = (1_u64 << shift) + ((1_u64 << shift) >> 2) * low;
                let index = bucket(ns);
                assert!(index < BUCKETS, "{ns}");
                let bound = upper_bound(index as u64);
                assert!(bound >= ns, "{ns} in a bucket up to {bound}");
                assert!(
                    bound as f64 <= ns as f64 * 1.13,
                    "{ns} in a bucket up to {bound}"
                );
                assert!(last.is_none_or(|last| last <= index));
                last = Some(index);
            }
        }
        assert!(bucket(u64::MAX) < BUCKETS);
    }

    #[test]
    fn percentiles() {
        let mut clock = Clock {
            process: "p".to_owned(),
            deadline: 90,
            started: None,
            buckets: vec![0; BUCKETS],
            samples: 0,
            max: 0,
            late: 0,
        };
        (1..=100).for_each(|ns| clock.record(Duration::from_nanos(ns)));
        let report = clock.report();
        assert_eq!((report.samples, report.max, report.late), (100, 100, 10));
        assert!((50..=56).contains(&report.p50), "{}", report.p50);
        assert!((99..=100).contains(&report.p99), "{}", report.p99);
    }
}
