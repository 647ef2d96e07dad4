//! Cells from a file: a cell ends with a blank line outside of brackets, a command with its
//! line.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use theus_diag::Code;
use theus_session::{Lines, Session};

use super::Input;
use crate::problem::{Exit, plain};

/// The cells of the standard input.
#[derive(Debug, Default)]
pub(super) struct Script {
    lines: Lines,
    /// What the last line has ended.
    ended: VecDeque<String>,
}

impl Input for Script {
    fn next(&mut self, _: &Session) -> Result<Option<String>, Exit> {
        loop {
            if let Some(cell) = self.ended.pop_front() {
                return Ok(Some(cell));
            }
            let mut line = String::new();
            let read = io::stdin().lock().read_line(&mut line);
            let read = read.map_err(|error| {
                let title = format!("the standard input cannot be read: {error}");
                Exit::from(plain(Code::FileUnreadable, title))
            })?;
            if read == 0 {
                return Ok(self.lines.rest());
            }
            self.ended.extend(self.lines.take(&line));
        }
    }
}
