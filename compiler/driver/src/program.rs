//! `Program`: what a compilation gives.

use std::sync::Arc;

use theus_abi::{Image, fnv};
use theus_codegen::{Ice, Machine, OptLevel};
use theus_diag::{Code, Diagnostic, NOWHERE};
use theus_grammar::TokenKind;
use theus_mir::Interp;

use crate::report::Report;
use crate::work::Work;

/// A program that may run: its image, its MIR, from which machine code is made, and the
/// warnings that it got.
#[derive(Clone, Debug)]
pub struct Program {
    image: Arc<Image>,
    mir: theus_mir::Program,
    work: Work,
    warnings: Report,
}

impl Program {
    pub(crate) fn new(mir: theus_mir::Program, work: Work, warnings: Report) -> Self {
        Self {
            image: Arc::new(mir.image.clone()),
            mir,
            work,
            warnings,
        }
    }

    /// The program as the passes make it: what `Options::optimise` gives.
    #[must_use]
    pub fn optimised(&self) -> Self {
        self.optimised_by(&theus_mir::passes::Options::default())
    }

    /// The program as the passes make it with other choices: it does the same.
    #[must_use]
    pub fn optimised_by(&self, options: &theus_mir::passes::Options) -> Self {
        let mut mir = self.mir.clone();
        theus_mir::passes::optimise(&mut mir, options);
        Self::new(mir, self.work.clone(), self.warnings.clone())
    }

    /// The same program, which notes of each of its checks whether it was reached and whether it
    /// failed; its loops end after so many rounds of all. For tests of what is proved.
    #[must_use]
    pub fn witnessed(&self, rounds: u64) -> (Self, theus_mir::passes::Notes) {
        let mut mir = self.mir.clone();
        let notes = theus_mir::passes::witness(&mut mir, rounds);
        let program = Self::new(mir, self.work.clone(), self.warnings.clone());
        (program, notes)
    }

    /// What the VM must know.
    pub fn image(&self) -> Arc<Image> {
        Arc::clone(&self.image)
    }

    /// The program in MIR.
    pub const fn mir(&self) -> &theus_mir::Program {
        &self.mir
    }

    /// What its ticks do at most; of no pipeline if `Options::work` did not ask for it.
    pub const fn work(&self) -> &Work {
        &self.work
    }

    /// Warnings, and the sources.
    pub const fn warnings(&self) -> &Report {
        &self.warnings
    }

    /// A number for what the texts of the program say, comments and layout apart: programs of
    /// one number do the same.
    pub fn number(&self) -> u64 {
        let sources = self.warnings.sources.iter();
        sources.fold(fnv::EMPTY, |number, source| {
            let tokens = theus_grammar::tokens(source).into_iter();
            let tokens = tokens.filter(|token| token.kind != TokenKind::Comment);
            tokens.fold(fnv::add(number, b"\n"), |number, token| {
                let text = source.text.get(token.start..token.end);
                let text = text.unwrap_or_default().as_bytes();
                fnv::add(fnv::add(number, text), b" ")
            })
        })
    }

    /// The warnings alone.
    pub(crate) fn into_warnings(self) -> Report {
        self.warnings
    }

    /// Machine code for the machine at hand, which runs on one thread.
    ///
    /// # Errors
    /// If the program is too large for it, or Theus has a bug.
    pub fn machine(&self) -> Result<Machine, Box<Report>> {
        self.machine_of(1)
    }

    /// Machine code that so many threads run, where there is something to share: the same bits
    /// with any number of them.
    ///
    /// # Errors
    /// If the program is too large for it, there is no thread, or Theus has a bug.
    pub fn machine_of(&self, workers: u32) -> Result<Machine, Box<Report>> {
        let options = theus_codegen::Options {
            workers,
            ..machine_options()
        };
        theus_codegen::emit(&self.mir, &options).map_err(|ice| self.refused(&ice))
    }

    /// An interpreter: slow, and the same bits.
    ///
    /// # Errors
    /// If Theus has a bug.
    pub fn interpreter(&self) -> Result<Interp, Box<Report>> {
        Interp::new(self.mir.clone()).map_err(|errors| self.internal(&errors.join("; ")))
    }

    pub(crate) fn refused(&self, ice: &Ice) -> Box<Report> {
        let text = ice.to_string();
        // Limits of code generation say so; everything else is a bug.
        if !text.contains("the limit is") {
            return self.internal(&text);
        }
        let found = Diagnostic::new(Code::TooMuchCode, NOWHERE, text)
            .help("put what repeats into loops, and large locals into contexts");
        Box::new(Report {
            found: vec![found],
            sources: self.warnings.sources.clone(),
        })
    }

    fn internal(&self, text: &str) -> Box<Report> {
        Box::new(Report {
            found: vec![internal(text)],
            sources: self.warnings.sources.clone(),
        })
    }
}

/// Choices of code generation.
pub(crate) fn machine_options() -> theus_codegen::Options {
    theus_codegen::Options {
        opt_level: OptLevel::None,
        ..theus_codegen::Options::default()
    }
}

/// The diagnostic of a bug in Theus.
pub(crate) fn internal(text: &str) -> Diagnostic {
    Diagnostic::new(Code::Internal, NOWHERE, text).help(
        "this is a bug in Theus, not in the program: please report it with the program",
    )
}
