//! `Control`: how a caller stops a run and looks at it while it runs.

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Ticks done in this run.
    pub ticks: u64,
    /// Ticks that were asked for.
    pub goal: u64,
    /// Wall time of this run.
    pub wall: Duration,
    /// The ticks have ended: this is the last call, unless the caller itself stops the run.
    pub ended: bool,
}

/// What a run listens to. Both are looked at between batches of ticks, which take about
/// ten milliseconds.
#[derive(Default)]
pub struct Control<'a> {
    /// Once true, the run ends at the next tick boundary.
    pub stop: Option<&'a AtomicBool>,
    /// Called between batches.
    pub progress: Option<&'a mut dyn FnMut(Progress)>,
    /// Ticks wait until they are due by the clock, and hard deadlines act.
    pub realtime: bool,
}

impl fmt::Debug for Control<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control")
            .field("stop", &self.stop)
            .field("realtime", &self.realtime)
            .finish_non_exhaustive()
    }
}
