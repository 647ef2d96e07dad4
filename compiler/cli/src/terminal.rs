//! What the outside sees: the two output streams, and how text on them looks.

use std::io::{self, IsTerminal, Write};

use theus::Report;
use theus_diag::Code;
use theus_diag::render::{self, Style, View};

use crate::args::Color;
use crate::problem::{Exit, plain};

/// Most diagnostics that a person is shown at once.
const MOST: usize = 200;

/// The two output streams.
#[derive(Debug)]
pub(crate) struct Terminal {
    style: Style,
    out_color: bool,
}

impl Terminal {
    /// Streams with colours as asked for.
    pub(crate) fn new(color: Color) -> Self {
        let auto = |is_terminal: bool| {
            is_terminal
                && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        };
        let choose = |is_terminal| match color {
            Color::Auto => auto(is_terminal),
            Color::Always => true,
            Color::Never => false,
        };
        let asked = std::env::var("COLUMNS")
            .ok()
            .and_then(|text| text.parse().ok());
        let real = || terminal_size::terminal_size_of(io::stderr());
        let columns = asked.or_else(|| real().map(|(width, _)| usize::from(width.0)));
        let width = columns.unwrap_or(100).clamp(40, 160);
        Self {
            style: Style {
                width,
                color: choose(io::stderr().is_terminal()),
            },
            out_color: choose(io::stdout().is_terminal()),
        }
    }

    /// Whether the error stream is a terminal that somebody looks at.
    pub(crate) fn is_watched(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// Letters of a line.
    pub(crate) const fn columns(&self) -> usize {
        self.style.width
    }

    /// Results, to the output stream.
    pub(crate) fn out(&mut self, text: &str) -> Result<(), Exit> {
        let mut out = io::stdout().lock();
        let done = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        match done {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Exit::Quiet),
            Err(error) => {
                let title = format!("the output cannot be written: {error}");
                let found = plain(Code::OutputFailed, title);
                Err(Exit::Report(Box::new(crate::problem::report(found)), 1))
            }
        }
    }

    /// A line for people, to the error stream.
    pub(crate) fn note(&mut self, text: &str) {
        // If nobody can be told, there is nothing left to do.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Diagnostics and their count, to the error stream.
    pub(crate) fn problem(&mut self, report: &Report) {
        if !report.found.is_empty() {
            let shown = report.found.get(..MOST).unwrap_or(&report.found);
            let mut text = render::terminal(shown, &report.sources, self.style);
            if shown.len() < report.found.len() {
                text += &format!("the first {MOST} of them are shown\n");
            }
            self.note(&(text + &render::summary(&report.found)));
            if let Some(place) = crate::problem::last_panic() {
                self.note(&format!("at {place}"));
            }
        }
    }

    /// The drawing of a failure.
    pub(crate) fn failure(
        &self,
        view: View<'_>,
        sources: &[theus_grammar::Source],
    ) -> String {
        render::terminal::render(view, sources, self.style)
    }

    /// Whether the output stream has colours.
    pub(crate) const fn has_colors(&self) -> bool {
        self.out_color
    }

    /// The text in that ANSI colour, for the output stream.
    pub(crate) fn colored(&self, text: &str, color: &str) -> String {
        if self.out_color {
            format!("\x1b[{color}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}
