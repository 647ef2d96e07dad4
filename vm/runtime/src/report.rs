//! What came of a run: `Report`, `Outcome`, `Failure`.

use std::fmt;
use std::time::Duration;

use theus_abi::Fault;
use theus_abi::Memory;
use theus_abi::header;
use theus_abi::image::{ArgKind, Call, Image, Loc, Site, SiteKind, Within};

use crate::clock::{DeadlineReport, ProfileReport};
use crate::duration::Human;
use crate::error::StreamError;
use crate::pace::PaceReport;
use crate::value::Value;

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// All ticks that were asked for are done.
    Reached,
    /// A `stop` was executed.
    Stopped {
        /// What the program says, if anything.
        text: Option<String>,
        /// Where.
        loc: Loc,
    },
    /// A `fail` was executed: the program says that it has failed.
    Declared {
        /// What the program says, if anything.
        text: Option<String>,
        /// Where.
        loc: Loc,
    },
    /// A source has no more rows.
    SourceEnded,
    /// The caller asked to stop.
    Interrupted,
    /// A fault or error that no handler took.
    Failed(Box<Failure>),
    /// A sink or source has failed.
    Stream(StreamError),
}

impl Outcome {
    /// Whether the run is a success.
    pub const fn is_success(&self) -> bool {
        match self {
            Self::Reached
            | Self::Stopped { .. }
            | Self::SourceEnded
            | Self::Interrupted => true,
            Self::Declared { .. } | Self::Failed(_) | Self::Stream(_) => false,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reached => f.write_str("all ticks done"),
            Self::Stopped {
                text: Some(text), ..
            } => write!(f, "stopped: {text}"),
            Self::Stopped { text: None, .. } => f.write_str("stopped"),
            Self::Declared {
                text: Some(text), ..
            } => write!(f, "failed: {text}"),
            Self::Declared { text: None, .. } => f.write_str("failed"),
            Self::SourceEnded => f.write_str("a source has ended"),
            Self::Interrupted => f.write_str("interrupted"),
            Self::Failed(failure) => write!(f, "{failure}"),
            Self::Stream(error) => write!(f, "{error}"),
        }
    }
}

/// A fault or error that ended a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// What it is.
    pub kind: FailureKind,
    /// Why a clause could not be evaluated, where that is why it has failed.
    pub cause: Option<Fault>,
    /// Index into `Image::sites`.
    pub site: u32,
    /// The expression or clause; of a function of the library that has failed, the call.
    pub loc: Loc,
    /// The check itself, where that is in the library.
    pub inside: Option<Loc>,
    /// Where the process has called the function that it is in.
    pub from: Option<Loc>,
    /// The process, if inside one.
    pub process: Option<String>,
    /// What the program says of it: `assert x > 0, "…"`.
    pub message: Option<String>,
    /// Operands: label and value.
    pub args: Vec<(String, Value)>,
    /// The tick, from 0.
    pub tick: u64,
    /// Virtual time of the tick in ns.
    pub time: i64,
    /// For a row of a source that cannot be read: what is wrong with it.
    pub row: Option<StreamError>,
}

/// The kind of a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// A failed check.
    Fault(Fault),
    /// An error that a process has raised, by name.
    Error(String),
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => f.write_str(fault.title()),
            Self::Error(name) => write!(f, "error {name}"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if let Some(cause) = self.cause {
            write!(f, ", by {}", cause.title())?;
        }
        if let Some(process) = &self.process {
            write!(f, " in process {process}")?;
        }
        write!(f, " at tick {} ({})", self.tick, Human(self.time))?;
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        for ((label, value), n) in self.args.iter().zip(0..) {
            write!(f, "{}{label} = {value}", if n == 0 { ": " } else { ", " })?;
        }
        match &self.row {
            Some(row) => write!(f, "; {row}"),
            None => Ok(()),
        }
    }
}

impl Failure {
    /// The failure that the header tells of.
    pub(crate) fn read(image: &Image, memory: &Memory) -> Self {
        let site = memory.u64(header::FAULT_SITE);
        let entry = usize::try_from(site)
            .ok()
            .and_then(|site| image.sites.get(site));
        let args = entry.map(|site| site.args.as_slice()).unwrap_or_default();
        let args = args.iter().zip(0..).map(|((label, kind), n)| {
            let bits = memory.u64(header::FAULT_ARGS + 8 * n);
            (label.clone(), operand(*kind, bits, memory))
        });
        let (said, args): (Vec<_>, Vec<_>) =
            args.partition(|(label, _)| label.is_empty());
        let message = said.into_iter().next().map(|(_, value)| value.to_string());
        let (call, from) = entry.map_or((None, None), |site| calls(image, memory, site));
        let process = entry.and_then(|site| site.process);
        let process = process.or(from.and_then(|from| from.process));
        let process = process.and_then(|process| {
            let process = image.processes.get(usize::try_from(process).ok()?)?;
            Some(process.name.clone())
        });
        let check = entry.map(|site| site.loc).unwrap_or_default();
        let loc = call.unwrap_or(check);
        let tick = memory.u64(header::TICK);
        let time =
            i128::from(tick) * i128::from(memory.u64(header::PERIOD).cast_signed());
        let kind = kind(
            image,
            memory.u64(header::STOP),
            entry.map(|site| &site.kind),
        );
        Self {
            cause: cause(&kind, entry.map(|site| &site.kind)),
            kind,
            site: u32::try_from(site).unwrap_or(u32::MAX),
            loc,
            inside: call.map(|_| check),
            from: from.map(|from| from.loc).filter(|from| *from != loc),
            process,
            message,
            args,
            tick,
            time: i64::try_from(time).unwrap_or(i64::MAX),
            row: None,
        }
    }
}

/// The call of the program that a check in the library stands for, and that of the process by
/// which a check in a function was reached.
fn calls(image: &Image, memory: &Memory, site: &Site) -> (Option<Loc>, Option<Call>) {
    let told = |word: i32| {
        let index = usize::try_from(memory.u64(word)).ok()?;
        image.calls.get(index).copied()
    };
    match site.within {
        Within::Entry => (site.call, None),
        Within::Function => (site.call, told(header::FAULT_FROM)),
        Within::Library => {
            let call = told(header::FAULT_CALL).map(|call| call.loc);
            (call, told(header::FAULT_FROM))
        }
    }
}

/// The fault at the site, where a clause has failed by it.
const fn cause(kind: &FailureKind, site: Option<&SiteKind>) -> Option<Fault> {
    match (kind, site) {
        (
            FailureKind::Fault(Fault::Requires | Fault::Ensures),
            Some(SiteKind::Fault(fault)),
        ) if !matches!(fault, Fault::Requires | Fault::Ensures) => Some(*fault),
        _ => None,
    }
}

/// Errors are counted from here in the header's `STOP`.
const FIRST_ERROR: u64 = 1000;

fn kind(image: &Image, stop: u64, site: Option<&SiteKind>) -> FailureKind {
    let error = |index: u64| {
        let index = usize::try_from(index).ok()?;
        image
            .errors
            .get(index)
            .map(|name| FailureKind::Error(name.clone()))
    };
    let told = match stop.checked_sub(FIRST_ERROR) {
        Some(index) => error(index),
        None => u8::try_from(stop)
            .ok()
            .and_then(Fault::from_number)
            .map(FailureKind::Fault),
    };
    let of_site = || match site? {
        SiteKind::Fault(fault) => Some(FailureKind::Fault(*fault)),
        SiteKind::Raise(index) => error(u64::from(*index)),
        SiteKind::Share => None,
    };
    told.or_else(of_site)
        .unwrap_or(FailureKind::Fault(Fault::Internal))
}

/// A text that compiled code has left in the memory block.
pub(crate) fn told(memory: &Memory, word: u64) -> Option<String> {
    let start = usize::try_from(word >> 32).ok()?;
    let length = usize::try_from(word & u64::from(u32::MAX)).ok()?;
    let bytes = memory.bytes().get(start..start.checked_add(length)?)?;
    Some(String::from_utf8_lossy(bytes).into_owned())
}

fn operand(kind: ArgKind, bits: u64, memory: &Memory) -> Value {
    match kind {
        ArgKind::Int => Value::Int(bits.cast_signed()),
        ArgKind::Uint => Value::Uint(bits),
        ArgKind::Float => Value::Float(f64::from_bits(bits)),
        ArgKind::Bool => Value::Bool(bits != 0),
        ArgKind::Duration => Value::Duration(bits.cast_signed()),
        ArgKind::Text => {
            Value::Shown(told(memory, bits).unwrap_or_else(|| "…".to_owned()))
        }
    }
}

/// A run and its figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// Ticks done in this run.
    pub ticks: u64,
    /// Ticks done since the start of the program.
    pub total_ticks: u64,
    /// Virtual time since the start of the program in ns; 0 without a period.
    pub time: i64,
    /// Wall time of this run.
    pub wall: Duration,
    /// Faults and errors since the start, handled or not.
    pub faults: u64,
    /// With strict off a failure undoes nothing: after one the contexts are dirty.
    pub dirty: bool,
    /// Most bytes of scratch in use at once.
    pub scratch_peak: u64,
    /// Processes with a deadline that were measured.
    pub deadlines: Vec<DeadlineReport>,
    /// All processes that were measured, the dearest first, if that was asked for.
    pub profile: Vec<ProfileReport>,
    /// How well a paced run has kept to the clock.
    pub pace: Option<PaceReport>,
}

impl Report {
    /// Ticks per second of wall time.
    pub fn ticks_per_second(&self) -> f64 {
        let seconds = self.wall.as_secs_f64();
        if seconds > 0.0 {
            self.ticks as f64 / seconds
        } else {
            0.0
        }
    }
}
