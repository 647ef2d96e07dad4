//! `theusc`: the command line of Theus.

use std::process::ExitCode;

fn main() -> ExitCode {
    theusc::main()
}
