//! Why a cell changed nothing.

use std::sync::Arc;

use theus::Report;
use theus_abi::image::{Image, Loc};
use theus_diag::{Code, Diagnostic, NOWHERE};
use theus_grammar::{FileId, Source, Span};
use theus_vm::{Changed, Failure, FailureKind, VmError};

/// Why a cell changed nothing.
#[derive(Debug)]
pub enum Refused {
    /// It is wrong.
    Report(Box<Report>),
    /// It failed as it ran.
    Failed {
        /// How.
        failure: Box<Failure>,
        /// The program.
        image: Arc<Image>,
        /// Its texts.
        sources: Vec<Source>,
    },
    /// A `fail` of the program.
    Declared {
        /// What it says.
        text: Option<String>,
        /// Where.
        loc: Loc,
        /// The texts.
        sources: Vec<Source>,
    },
    /// The host ended it.
    Interrupted,
    /// The machine refuses.
    Machine(VmError),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Report(report) => {
                let first = report.found.first().map(|found| found.title.as_str());
                f.write_str(first.unwrap_or_default())
            }
            Self::Failed { failure, .. } => match &failure.kind {
                FailureKind::Fault(fault) => f.write_str(fault.title()),
                FailureKind::Error(name) => write!(f, "error `{name}` is not handled"),
            },
            Self::Declared { text, .. } => {
                f.write_str(text.as_deref().unwrap_or("the program says that it failed"))
            }
            Self::Interrupted => f.write_str("interrupted"),
            Self::Machine(error) => error.fmt(f),
        }
    }
}

impl From<Box<Report>> for Refused {
    fn from(report: Box<Report>) -> Self {
        Self::Report(report)
    }
}

/// A field that cannot keep what it holds.
pub(crate) fn changed(field: &Changed) -> Diagnostic {
    let Changed { path, was, is, loc } = field;
    let span = Span::new(FileId(loc.file), loc.start, loc.end);
    let name = path.split('.').next_back().unwrap_or(path);
    Diagnostic::new(Code::ChangedField, span, format!("this is to be {is}"))
        .title(format!("`{path}` holds {was}, which is not {is}"))
        .help(format!(
            "write `reset {path}` in the cell to let it begin anew"
        ))
        .help(format!(
            "or give it another name: `{name}` then goes with its value"
        ))
}

pub(crate) fn plain(code: Code, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, NOWHERE, "").title(title)
}

pub(crate) fn boxed(found: Diagnostic) -> Box<Report> {
    Box::new(Report {
        found: vec![found],
        sources: Vec::new(),
    })
}
