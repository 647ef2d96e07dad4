//! The command line: reads arguments and files, calls the compiler and the VM, tells people
//! what came of it.

mod alloc;
mod args;
mod arrays;
mod audits;
mod cmd;
mod failure;
mod files;
mod ground;
mod help;
mod mend;
mod number;
mod picture;
mod pictured;
mod problem;
mod progress;
mod project;
mod resident;
mod rewrite;
mod settings;
mod state;
mod summary;
mod terminal;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use problem::Exit;
use terminal::Terminal;

/// Runs the command that the arguments name. The status is 0; 1 if a program or a test
/// failed; 2 if something was rejected.
pub fn main() -> ExitCode {
    problem::remember_panics();
    let done = catch_unwind(AssertUnwindSafe(|| match Args::try_parse() {
        Ok(args) => run(args),
        Err(error) => refuse(&error),
    }));
    let status = done.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        let mut terminal = Terminal::new(args::Color::Auto);
        terminal.problem(&problem::internal(text.unwrap_or("a stage has panicked")));
        2
    });
    ExitCode::from(status)
}

fn run(args: Args) -> u8 {
    let mut terminal = Terminal::new(args.color);
    let done = match args.command {
        Command::Run(args) => cmd::run::main(&args, &mut terminal),
        Command::Repl(args) => cmd::repl::main(&args, &mut terminal),
        Command::Check(args) => cmd::check::main(&args, &mut terminal),
        Command::Lint(args) => cmd::lint::main(&args, &mut terminal),
        Command::Graph(args) => cmd::graph::main(&args, &mut terminal),
        Command::Plot(args) => cmd::plot::main(&args, &mut terminal),
        Command::Test(args) => cmd::test::main(&args, &mut terminal),
        Command::Bench(args) => cmd::bench::main(&args, &mut terminal),
        Command::Fmt(args) => cmd::fmt::main(&args, &mut terminal),
        Command::Explain(args) => cmd::explain::main(&args, &mut terminal),
        #[cfg(feature = "lsp")]
        Command::Lsp(_) => cmd::lsp::main(),
    };
    match done {
        Ok(status) => status,
        Err(Exit::Quiet) => 0,
        Err(Exit::Report(report, status)) => {
            terminal.problem(&report);
            status
        }
    }
}

/// Wrong arguments, or a request for help.
fn refuse(error: &clap::Error) -> u8 {
    let mut terminal = Terminal::new(args::Color::Auto);
    if !error.use_stderr() {
        return match terminal.out(&error.render().to_string()) {
            Ok(()) | Err(Exit::Quiet) => 0,
            Err(Exit::Report(report, status)) => {
                terminal.problem(&report);
                status
            }
        };
    }
    let text = error.render().to_string();
    terminal.note(text.replacen("error:", "error[T0801]:", 1).trim_end());
    2
}
