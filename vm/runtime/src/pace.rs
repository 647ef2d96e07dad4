//! `Pace`: ticks by the clock. Each has a time at which it is due, counted from the start of
//! the run, so that lateness never adds up; a tick that is late is done at once, and none is
//! skipped.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::clock::now;
use crate::histogram::{Histogram, Times};

/// So long before a tick is due the wait ends with looking at the clock: the system wakes
/// threads later than they asked for.
const SPIN: Duration = Duration::from_micros(120);
/// Longest sleep, so that a stop is prompt.
const NAP: Duration = Duration::from_millis(20);
/// How long the empty loop runs, and how often it waits.
const EMPTY: Duration = Duration::from_millis(100);
const EMPTY_ROUNDS: u32 = 200;
/// Callbacks between ticks come so often.
const TELL: Duration = Duration::from_millis(100);

/// How well a program has kept to the clock since it was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaceReport {
    /// The period in ns.
    pub period: u64,
    /// By how much ticks began later than they were due.
    pub lateness: Times,
    /// The same for a loop that does nothing, on this machine, before the run.
    pub empty: Times,
    /// Ticks that were not done when the next one was due.
    pub misses: u64,
}

/// The clock of a run that is paced.
#[derive(Debug)]
pub(crate) struct Pace {
    began: Instant,
    period: Duration,
    /// When the next tick is due, after the beginning.
    due: Duration,
    lateness: Histogram,
    empty: Times,
    misses: u64,
    told: Option<Instant>,
    /// By how much the last tick began later than it was due, in ns.
    pub(crate) late: u64,
}

impl Pace {
    /// Measures the empty loop; the first tick is due now.
    pub(crate) fn new(period: Duration, stop: Option<&AtomicBool>) -> Self {
        let empty = empty_loop(period, stop);
        Self {
            began: now(),
            period,
            due: Duration::ZERO,
            lateness: Histogram::new(),
            empty,
            misses: 0,
            told: None,
            late: 0,
        }
    }

    /// Goes on after a pause, with another period perhaps: the first tick is due now.
    pub(crate) fn again(self, period: Duration) -> Self {
        Self {
            began: now(),
            period,
            due: Duration::ZERO,
            told: None,
            late: 0,
            ..self
        }
    }

    /// Waits until the next tick is due; false if the run is to stop.
    pub(crate) fn wait(&mut self, stop: Option<&AtomicBool>) -> bool {
        let Some(at) = self.began.checked_add(self.due) else {
            return false;
        };
        match wait_until(at, stop) {
            Some(late) => {
                self.late = self.lateness.record(late);
                true
            }
            None => false,
        }
    }

    /// A tick is done.
    pub(crate) fn done(&mut self) {
        self.due = self.due.saturating_add(self.period);
        let elapsed = now().saturating_duration_since(self.began);
        self.misses += u64::from(elapsed > self.due);
    }

    /// Whether it is time for a callback: after the first tick, and then now and then.
    pub(crate) fn tells(&mut self) -> bool {
        let here = now();
        let due = self
            .told
            .is_none_or(|told| here.saturating_duration_since(told) >= TELL);
        if due {
            self.told = Some(here);
        }
        due
    }

    pub(crate) fn report(&self) -> PaceReport {
        PaceReport {
            period: u64::try_from(self.period.as_nanos()).unwrap_or(u64::MAX),
            lateness: self.lateness.times(),
            empty: self.empty,
            misses: self.misses,
        }
    }
}

/// Sleeps, then looks at the clock until it is time; by how much that was late, or `None` if
/// the run is to stop.
fn wait_until(at: Instant, stop: Option<&AtomicBool>) -> Option<Duration> {
    loop {
        if stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            return None;
        }
        let here = now();
        let Some(left) = at
            .checked_duration_since(here)
            .filter(|left| !left.is_zero())
        else {
            return Some(here.saturating_duration_since(at));
        };
        match left.checked_sub(SPIN) {
            Some(sleep) if !sleep.is_zero() => std::thread::sleep(sleep.min(NAP)),
            _ => std::hint::spin_loop(),
        }
    }
}

/// Lateness of a loop that waits as a run does and does nothing.
fn empty_loop(period: Duration, stop: Option<&AtomicBool>) -> Times {
    let mut lateness = Histogram::new();
    let period = period.min(NAP);
    let began = now();
    let mut due = Duration::ZERO;
    for _ in 0..EMPTY_ROUNDS {
        due = due.saturating_add(period);
        if due > EMPTY {
            break;
        }
        let late = began.checked_add(due).and_then(|at| wait_until(at, stop));
        let Some(late) = late else { break };
        lateness.record(late);
    }
    lateness.times()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_does_not_add_up() {
        let period = Duration::from_millis(2);
        let mut pace = Pace::new(period, None);
        let began = pace.began;
        for _ in 0..20 {
            assert!(pace.wait(None));
            // Half of the period is work.
            std::thread::sleep(period / 2);
            pace.done();
        }
        assert!(pace.wait(None));
        let took = now().saturating_duration_since(began);
        assert!(took >= period * 20, "{took:?}");
        assert_eq!(pace.report().lateness.samples, 21);
        assert!(pace.report().empty.samples > 10);
    }

    #[test]
    fn a_late_tick_is_a_miss_and_the_next_ones_catch_up() {
        let period = Duration::from_millis(1);
        let mut pace = Pace::new(period, None);
        assert!(pace.wait(None));
        std::thread::sleep(period * 5);
        pace.done();
        // Ticks 1 to 4 are due already: there is no wait for them.
        let before = now();
        for _ in 0..4 {
            assert!(pace.wait(None));
            pace.done();
        }
        assert!(now().saturating_duration_since(before) < period * 5);
        assert!(pace.report().misses >= 4, "{}", pace.report().misses);
    }

    #[test]
    fn what_was_late_before_a_pause_is_told_after_it() {
        let period = Duration::from_millis(1);
        let mut pace = Pace::new(period, None);
        assert!(pace.wait(None));
        std::thread::sleep(period * 3);
        pace.done();
        let (empty, misses) = (pace.empty, pace.misses);
        assert!(misses > 0);
        std::thread::sleep(period * 10);
        let mut pace = pace.again(period * 2);
        assert!(pace.wait(None));
        pace.done();
        let report = pace.report();
        assert_eq!(report.lateness.samples, 2);
        assert_eq!(report.empty, empty);
        assert_eq!(report.period, 2_000_000);
        // The pause is no tick that is late.
        assert!(report.misses <= misses + 1);
    }

    #[test]
    fn a_stop_ends_the_wait() {
        let stop = AtomicBool::new(false);
        let mut pace = Pace::new(Duration::from_secs(3600), Some(&stop));
        assert!(pace.wait(Some(&stop)));
        pace.done();
        stop.store(true, Ordering::Relaxed);
        assert!(!pace.wait(Some(&stop)));
    }
}
