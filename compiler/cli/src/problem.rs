//! Problems of the command line itself, and how a command ends early.

use std::panic;
use std::sync::{Mutex, PoisonError};

use theus::Report;
use theus_diag::{Code, Diagnostic, NOWHERE};

/// Where the last panic was.
static LAST_PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Panics are told as internal errors, with their place. Whoever asks for a backtrace gets
/// the usual output.
pub(crate) fn remember_panics() {
    if std::env::var_os("RUST_BACKTRACE").is_some() {
        return;
    }
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string);
        *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
}

/// Where the last panic was, if there was one.
pub(crate) fn last_panic() -> Option<String> {
    LAST_PANIC
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

/// Why a command ends before its end.
#[derive(Debug)]
pub(crate) enum Exit {
    /// Nobody reads the output any more.
    Quiet,
    /// Something to tell, and the status.
    Report(Box<Report>, u8),
}

impl From<Box<Report>> for Exit {
    fn from(report: Box<Report>) -> Self {
        Self::Report(report, 2)
    }
}

impl From<Diagnostic> for Exit {
    fn from(found: Diagnostic) -> Self {
        Self::Report(boxed(found), 2)
    }
}

/// A problem that is in no file.
pub(crate) fn plain(code: Code, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, NOWHERE, "").title(title)
}

/// A report of one problem.
pub(crate) fn report(found: Diagnostic) -> Report {
    Report {
        found: vec![found],
        sources: Vec::new(),
    }
}

/// The same, on the heap.
pub(crate) fn boxed(found: Diagnostic) -> Box<Report> {
    Box::new(report(found))
}

/// A bug in Theus.
pub(crate) fn internal(text: &str) -> Report {
    report(Diagnostic::new(Code::Internal, NOWHERE, text).help(
        "this is a bug in Theus: please report it with the program and the command",
    ))
}
