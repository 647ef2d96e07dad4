//! Whose edits may be made without a look at them.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Fix};

/// How sure it is that an edit is what was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ease {
    /// It leaves what the program does, or there is nothing else that can be meant.
    Safe,
    /// It is likely; somebody looks at it.
    Look,
}

/// The codes whose edits are safe. Those that widen a contract are not: what a process may
/// touch is for people to say.
const SAFE: &[Code] = &[
    Code::BadNumber,
    Code::ClauseOrder,
    Code::ForeignOperator,
    Code::StrayDoc,
    Code::UnusedImport,
    Code::UnusedLocal,
    Code::UnusedInput,
    Code::UnusedOutput,
    Code::UnusedError,
    Code::DuplicateEntry,
    Code::StaleLint,
    Code::BoolLiteral,
    Code::NeedlessCast,
];

impl Code {
    /// How sure the edits of its diagnostics are.
    pub fn ease(self) -> Ease {
        if SAFE.contains(&self) {
            Ease::Safe
        } else {
            Ease::Look
        }
    }
}

impl Diagnostic {
    /// The edit that is made for it where those of that ease are made. Of several, nobody but
    /// a person can say which.
    pub fn mending(&self, ease: Ease) -> Option<&Fix> {
        match &*self.fixes {
            [only] if self.code.ease() <= ease => Some(only),
            _ => None,
        }
    }
}
