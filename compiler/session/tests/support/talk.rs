//! A session with a clock that is turned by hand.

use std::time::Duration;

use theus::InMemory;
use theus_session::{Cell, Engine, Options, Refused, Session};

/// A session, and what time it is.
pub(crate) struct Talk {
    pub(crate) session: Session,
    pub(crate) now: Duration,
}

impl Talk {
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    pub(crate) fn interpreted() -> Self {
        Self::with(Options {
            engine: Engine::Interpreter,
            ..Options::default()
        })
    }

    pub(crate) fn with(options: Options) -> Self {
        Self {
            session: Session::new(Box::new(InMemory::new()), options),
            now: Duration::ZERO,
        }
    }

    pub(crate) fn run(&mut self, text: &str) -> Result<Cell, Refused> {
        let now = self.now;
        self.session.run(text, &mut || now, None)
    }

    /// The cell runs; what it shows.
    pub(crate) fn shows(&mut self, text: &str) -> String {
        let cell = self.run(text);
        let cell = cell.unwrap_or_else(|refused| panic!("{text}: {}", told(&refused)));
        assert!(cell.warnings.found.is_empty(), "{}", cell.warnings);
        cell.shown.map_or_else(String::new, |shown| shown.value)
    }

    /// The cell is refused, with those codes.
    pub(crate) fn refused(&mut self, text: &str) -> String {
        match self.run(text) {
            Ok(cell) => panic!("{text}: {:?}", cell.shown),
            Err(refused) => told(&refused),
        }
    }
}

/// Codes, faults, the end of a program.
pub(crate) fn told(refused: &Refused) -> String {
    match refused {
        Refused::Report(report) => {
            let codes = report.found.iter().map(|found| found.code.id());
            codes.collect::<Vec<_>>().join(" ")
        }
        Refused::Failed { failure, .. } => format!("{:?}", failure.kind),
        Refused::Declared { text, .. } => text.clone().unwrap_or_default(),
        Refused::Interrupted => "interrupted".to_owned(),
        Refused::Machine(error) => error.to_string(),
    }
}
