//! The VM: runs an image. It knows no syntax and nothing of the compiler.
//!
//! `Vm` is the door: load, set globals, start, run, look, write fields, snapshot. Behind it
//! are one memory block, the code (machine code or an interpreter), and `World`, which
//! carries out the host calls of the code: clocks, sinks and sources.
//!
//! Everything is allocated before the first tick; a run allocates nothing after it.

mod check;
mod clock;
mod convert;
mod draw;
mod duration;
mod error;
mod histogram;
mod log;
pub mod npy;
mod pace;
mod path;
mod record;
mod report;
mod stream;
mod text;
mod timer;
mod told;
mod value;
mod vm;
mod world;

pub use clock::{DeadlineReport, ProfileReport};
pub use duration::parse as parse_duration;
pub use error::{Changed, StreamError, VmError};
pub use histogram::Times;
pub use log::{LogForm, Told};
pub use pace::PaceReport;
pub use record::{HostInput, Recorded};
pub use report::{Failure, FailureKind, Outcome, Report};
pub use value::Value;
pub use vm::control::{Control, Progress};
pub use vm::heavy::{View, ViewMut};
pub use vm::options::LoadOptions;
pub use vm::property::{Broken, Checked, Trials};
pub use vm::snapshot::Snapshot;
pub use vm::{Setting, Vm};
