//! `Checked` and `Sound`: the gate between what was written and what may be compiled.

use theus_diag::Sink;
use theus_hir::Typed;

use crate::footprint::Footprints;

/// A program that has been checked, with or without errors.
#[derive(Debug)]
pub struct Checked<'a> {
    typed: &'a Typed,
    footprints: Footprints,
}

impl<'a> Checked<'a> {
    pub(crate) const fn new(typed: &'a Typed, footprints: Footprints) -> Self {
        Self { typed, footprints }
    }

    /// The program.
    pub const fn typed(&self) -> &'a Typed {
        self.typed
    }

    /// What its bodies touch.
    pub const fn footprints(&self) -> &Footprints {
        &self.footprints
    }

    /// What its bodies touch, kept longer than the program.
    pub fn into_footprints(self) -> Footprints {
        self.footprints
    }

    /// The gate: a proof that no stage so far has found an error. `sink` is the one that
    /// every stage has reported to.
    pub const fn sound(&self, sink: &Sink) -> Option<Sound<'_>> {
        if sink.has_errors() {
            None
        } else {
            Some(Sound { checked: self })
        }
    }
}

/// A program without errors. Only the gate makes one, so what takes it may rely on every
/// rule: it has no `Error` nodes, every read and write is declared, calls do not recurse.
#[derive(Clone, Copy, Debug)]
pub struct Sound<'a> {
    checked: &'a Checked<'a>,
}

impl<'a> Sound<'a> {
    /// The program.
    pub const fn typed(&self) -> &'a Typed {
        self.checked.typed
    }

    /// What its bodies touch.
    pub const fn footprints(&self) -> &'a Footprints {
        &self.checked.footprints
    }
}
