//! The arguments of `theusc repl`.

use std::path::PathBuf;

use clap::Args as Arguments;

use super::Engine;
use crate::{help, number};

#[derive(Debug, Arguments)]
#[command(after_help = help::after(
    &[
        ("theusc repl", "begin with nothing"),
        ("theusc repl balance.theus", "begin with the items of a program"),
        ("theusc repl < cells.txt", "cells from a file, with a blank line between two"),
        ("theusc repl --clock 1min < cells.txt", "the same clean-ups each time"),
    ],
    "A cell is items, then statements as in a test, then perhaps a value, which is shown. Contexts \
     and what `let` and `var` declare stay. A cell that is wrong or fails changes nothing. `:help` \
     lists the commands of a session.\n\
     The status is 1 if a cell of a file was wrong or failed.",
))]
pub(crate) struct Repl {
    /// A program whose items are there from the start
    pub(crate) file: Option<PathBuf>,
    /// Seed of `random`
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Cells are that far apart by the clock of the session, however long they take
    #[arg(long, value_name = "TIME", value_parser = number::wall)]
    pub(crate) clock: Option<std::time::Duration>,
    /// Machine code, or the interpreter
    #[arg(long, value_name = "ENGINE", default_value = "jit")]
    pub(crate) engine: Engine,
}
