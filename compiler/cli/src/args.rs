//! The arguments.

mod bench;
mod repl;

use std::path::PathBuf;

use clap::{Args as Arguments, Parser, Subcommand, ValueEnum};

pub(crate) use bench::Bench;
pub(crate) use repl::Repl;

use crate::{help, number};

/// The compiler and runner of Theus.
#[derive(Debug, Parser)]
#[command(
    name = "theusc",
    version,
    max_term_width = 100,
    subcommand_required = true,
    styles = help::STYLES,
    after_help = help::after(
        &[
            ("theusc run balance.theus --for 10s", "run it for ten seconds of its own time"),
            ("theusc check src/*.theus", "find what is wrong, without running"),
            ("theusc test balance.theus", "run its tests"),
            ("theusc explain T0402", "what a code means, with a right program"),
        ],
        "Exit status: 0 all went well; 1 the program, or a test, failed; 2 something was rejected.",
    )
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Compile a program and run one of its pipelines
    Run(Box<Run>),
    /// Run cells one after the other against contexts that stay
    Repl(Repl),
    /// Find everything that is wrong with programs, without running them
    Check(Check),
    /// Find what programs may do better: names, contracts, state, code that is likely wrong
    Lint(Lint),
    /// Draw who reads and writes what, between which modes a pipeline goes, and what may run together
    Graph(Graph),
    /// Draw the columns of a table, as a picture and in the terminal
    Plot(Plot),
    /// Run the tests and properties of programs
    Test(Test),
    /// Measure the benches of programs, and compare them with an earlier run
    Bench(Bench),
    /// Lay programs out in the one layout
    Fmt(Fmt),
    /// Explain a diagnostic or a rule of the language, with programs that show it
    Explain(Explain),
    /// Serve an editor: diagnostics, completion and the rest, over the standard input and output
    #[cfg(feature = "lsp")]
    Lsp(Lsp),
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    // On a terminal, unless NO_COLOR is set
    Auto,
    // Always
    Always,
    // Never
    Never,
}

/// What runs the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    // Machine code
    Jit,
    // The interpreter: slow, and the same bits
    Interp,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    // Contracts, ranges and transactions
    On,
    // Only the checks that protect memory
    Off,
}

/// A stage of the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Emit {
    // Syntax trees
    Ast,
    // Names, types, and what bodies touch
    Hir,
    // The middle representation, optimised
    Mir,
    // Cranelift's representation
    Clif,
    // Machine code of this machine
    Asm,
    // What the virtual machine is told
    Image,
}

/// How `check` reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    // Drawings of the text
    Human,
    // One line each
    Short,
    // One JSON object, of a stable schema
    Json,
    // SARIF 2.1.0
    Sarif,
}

#[derive(Clone, Debug, Arguments)]
#[command(after_help = help::after(
    &[
        ("theusc run balance.theus --for 10s", "ten seconds of its own time"),
        ("theusc run balance.theus -t 500 -s plant.p.m0=1.4", "500 ticks with another mass"),
        ("theusc run camera.theus --load cam.frame=frame.npy", "begin with a recorded frame"),
        ("theusc run arm.theus -p arm --realtime", "paced by the clock"),
        ("theusc run arm.theus --realtime --watch --for 1h", "the same, and edits take effect as it runs"),
        ("theusc run arm.theus --plot=arm.angle", "a picture of what its sink writes"),
        ("theusc run town.theus --seed 7 --json", "another run, for a program to read"),
    ],
    "Without --ticks and --for, a pipeline that reads a source runs until the source ends, one \
     without a period until it stops, any other for 10 s of its own time, at least 100 ticks.\n\
     Ctrl-C ends the run after a whole tick; results are written.",
))]
pub(crate) struct Run {
    /// The program; `-` reads it from the standard input
    pub(crate) file: PathBuf,
    /// Which pipeline, if there are several
    #[arg(help_heading = help::LENGTH, short, long, value_name = "NAME")]
    pub(crate) pipeline: Option<String>,
    /// Run so many ticks
    #[arg(help_heading = help::LENGTH, short, long, value_name = "N", conflicts_with = "duration")]
    pub(crate) ticks: Option<u64>,
    /// Run for so much of the pipeline's own time: 10s, 250ms, 1h
    #[arg(help_heading = help::LENGTH, long = "for", value_name = "TIME", value_parser = number::duration)]
    pub(crate) duration: Option<i64>,
    /// Set a global, or a part of one: plant.p.m0=1.4
    #[arg(help_heading = help::START, short, long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// Set globals from a TOML file: tables are contexts and members
    #[arg(help_heading = help::START, short, long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Fill a heavy field from an array file, after the start: cam.frame=frame.npy
    #[arg(help_heading = help::START, long, value_name = "FIELD=FILE")]
    pub(crate) load: Vec<String>,
    /// Write a heavy field to an array file, after the run: cam.mask=mask.npy
    #[arg(help_heading = help::RESULTS, long, value_name = "FIELD=FILE")]
    pub(crate) save: Vec<String>,
    /// Write the audit log to a file, as it grows: audit.csv, audit.jsonl
    #[arg(help_heading = help::RESULTS, long, value_name = "FILE")]
    pub(crate) audit: Option<PathBuf>,
    /// Write what the machine tells the program (`host`) to a file
    #[arg(help_heading = help::RESULTS, long, value_name = "FILE", conflicts_with = "replay")]
    pub(crate) record: Option<PathBuf>,
    /// Tell the program what a recorded run was told: the same bits again
    #[arg(help_heading = help::RESULTS, long, value_name = "FILE")]
    pub(crate) replay: Option<PathBuf>,
    /// Directory for the files of sinks
    #[arg(help_heading = help::RESULTS, short, long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,
    /// Each tick waits until it is due by the clock, and hard deadlines act
    #[arg(help_heading = help::LENGTH, long)]
    pub(crate) realtime: bool,
    /// Put new code in place between two ticks when the files change; the state stays
    #[arg(help_heading = help::LENGTH, long, conflicts_with_all = ["audit", "record", "replay", "json", "emit"])]
    pub(crate) watch: bool,
    /// Seed of `random`
    #[arg(help_heading = help::START, long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Contracts, ranges and transactions; off: only the checks that protect memory
    #[arg(help_heading = help::MACHINE, long, value_name = "SWITCH", default_value = "on")]
    pub(crate) strict: Switch,
    /// Machine code, or the interpreter: slow, and the same bits
    #[arg(help_heading = help::MACHINE, long, value_name = "ENGINE", default_value = "jit")]
    pub(crate) engine: Engine,
    /// Say where the time goes: how long each process takes, the dearest first
    #[arg(help_heading = help::RESULTS, long)]
    pub(crate) profile: bool,
    /// Threads for what they can share: the same bits with any number [default: one for each
    /// processor]
    #[arg(help_heading = help::MACHINE, long, value_name = "N", value_parser = number::workers)]
    pub(crate) workers: Option<u32>,
    /// Print a stage of the compiler instead of running
    #[arg(help_heading = help::MACHINE, long, value_name = "STAGE")]
    pub(crate) emit: Option<Emit>,
    /// Draw the tables that sinks write, each as an SVG beside it; all columns, or some
    #[arg(help_heading = help::RESULTS, long, value_name = "COLUMN,…", num_args = 0..=1, value_delimiter = ',', require_equals = true)]
    pub(crate) plot: Option<Vec<String>>,
    /// Print the result as one JSON object
    #[arg(help_heading = help::RESULTS, long)]
    pub(crate) json: bool,
    /// Print nothing unless something fails
    #[arg(help_heading = help::RESULTS, short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Arguments)]
#[command(after_help = help::after(
    &[
        ("theusc check balance.theus", "with drawings of what is wrong"),
        ("theusc check -f short src/*.theus", "one line each, for editors"),
        ("theusc check -f json -", "the program from the standard input; edits have byte offsets"),
        ("theusc check -m -b 2MiB balance.theus", "state every byte; reject more than two MiB"),
        ("theusc check --fix balance.theus", "mend what needs no look; `--fix --dry-run` shows it"),
    ],
    "",
))]
pub(crate) struct Check {
    /// The programs; `-` reads one from the standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// How to report
    #[arg(short, long, default_value = "human")]
    pub(crate) format: Format,
    /// List every byte that each program will ever use
    #[arg(short, long, conflicts_with = "fix")]
    pub(crate) memory: bool,
    /// List every check that pipelines run: proved, checked, or refuted, which is an error
    #[arg(long, conflicts_with = "fix")]
    pub(crate) contracts: bool,
    /// Reject programs that need more memory: 64KiB, 2MiB, 4096
    #[arg(short, long, value_name = "SIZE", value_parser = number::size, conflicts_with = "fix")]
    pub(crate) budget: Option<u64>,
    /// Threads whose stacks are counted, of a program that has something for them
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = number::workers, conflicts_with = "fix")]
    pub(crate) workers: u32,
    /// Treat warnings as errors
    #[arg(long)]
    pub(crate) deny_warnings: bool,
    #[command(flatten)]
    pub(crate) mend: Mend,
}

/// Which edits are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Which {
    // Those that leave what the program does, or mend what can be meant in one way only
    Safe,
    // Also those that somebody should look at
    All,
}

/// How programs are mended.
#[derive(Clone, Copy, Debug, Arguments)]
pub(crate) struct Mend {
    /// Mend the files: by edits that need no look, or with `--fix=all` by all
    #[arg(
        help_heading = help::MENDING, long, value_name = "WHICH", num_args = 0..=1,
        require_equals = true, default_missing_value = "safe",
    )]
    pub(crate) fix: Option<Which>,
    /// Write nothing: print what would change, and end with status 1 if anything would
    #[arg(help_heading = help::MENDING, long, requires = "fix")]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Arguments)]
#[command(after_help = help::after(
    &[
        ("theusc lint balance.theus", "what `check` finds, and what the lints find"),
        ("theusc lint --deny all src/*.theus", "for a server: what is found is an error"),
        ("theusc lint -W strict -A naming a.theus", "more of one group, nothing of one lint"),
        ("theusc lint --fix a.theus", "mend what needs no look; `--fix --dry-run` shows it"),
        ("theusc lint --list", "all lints, by group"),
    ],
    "A project says its levels in the table `[lints]` of theus.toml: `naming = \"allow\"`. A comment says \
     them in a file: `// lint: allow(unread_ring) why`, above an item, above a line or behind it; \
     `//! lint: …` is for the whole file. `theusc explain T0614` says what a lint is for.",
))]
pub(crate) struct Lint {
    /// The programs, or folders with programs; `-` reads one from the standard input. Without
    /// any, those of this folder; with `--fix` they must be named
    pub(crate) files: Vec<PathBuf>,
    /// Silence lints, or groups of them: naming, style, all
    #[arg(help_heading = help::LEVELS, short = 'A', long, value_name = "NAME")]
    pub(crate) allow: Vec<String>,
    /// Warn of what they find
    #[arg(help_heading = help::LEVELS, short = 'W', long, value_name = "NAME")]
    pub(crate) warn: Vec<String>,
    /// Reject what they find
    #[arg(help_heading = help::LEVELS, short = 'D', long, value_name = "NAME")]
    pub(crate) deny: Vec<String>,
    /// Another project file than the theus.toml beside a program or above it
    #[arg(help_heading = help::LEVELS, long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// List the lints, with their levels
    #[arg(long)]
    pub(crate) list: bool,
    /// How to report
    #[arg(short, long, default_value = "human")]
    pub(crate) format: Format,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) mend: Mend,
}

/// How a graph is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Drawing {
    // What may run together, and why the rest may not
    Text,
    // A picture
    Svg,
    // For documents that draw it themselves
    Mermaid,
}

#[derive(Debug, Arguments)]
pub(crate) struct Graph {
    /// The program; `-` reads it from the standard input
    pub(crate) file: PathBuf,
    /// How to draw it
    #[arg(short, long, default_value = "text")]
    pub(crate) format: Drawing,
}

#[derive(Debug, Arguments)]
#[command(after_help = help::after(
    &[
        ("theusc plot run.csv", "every column with numbers, in the terminal"),
        ("theusc plot run.csv u sigma -o run.svg", "two of them, as a picture"),
        ("theusc plot run.csv x --split -o x.svg", "each element of an array in a field of its own"),
        ("theusc plot run.csv v -x q -o phase.svg", "one over another"),
        ("theusc plot run.csv error --log -o error.svg", "by powers of ten"),
    ],
    "A table is a CSV of any length whose first line names the columns. A unit in a name, as in \
     `angle [rad]`, is shown.\n\
     Cells that are empty, `nan` or `inf` are gaps.",
))]
pub(crate) struct Plot {
    /// The table; `-` reads it from the standard input
    pub(crate) file: PathBuf,
    /// Columns; without them those with numbers, up to ten. `x` is `x[0]`, `x[1]`, … too
    #[arg(value_name = "COLUMN")]
    pub(crate) columns: Vec<String>,
    /// The column that others stand over [default: the first]; `row` counts rows
    #[arg(short, long, value_name = "COLUMN")]
    pub(crate) x: Option<String>,
    /// Write the picture to a file; `-` is the standard output
    #[arg(short, long, value_name = "FILE.svg")]
    pub(crate) out: Option<PathBuf>,
    /// Values by powers of ten; those that are not above zero are gaps
    #[arg(long)]
    pub(crate) log: bool,
    /// Each column in a field of its own, with an axis that fits it
    #[arg(long)]
    pub(crate) split: bool,
    /// What stands above the picture [default: the name of the table]
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
}

#[derive(Debug, Arguments)]
#[command(after_help = help::after(
    &[
        ("theusc test balance.theus", "all its tests"),
        ("theusc test -f settles src/*.theus", "those whose title contains a text"),
        ("theusc test --engine interp balance.theus", "in the interpreter: the same bits"),
        ("theusc test --seed 7 --cases 10000 balance.theus", "look longer for what breaks a property"),
        ("theusc test --junit tests.xml src/*.theus", "for a server that shows results"),
    ],
    "",
))]
pub(crate) struct Test {
    /// The programs
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Only tests whose title contains this text
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    /// Set a global, or a part of one, before each test: plant.p.m0=1.4
    #[arg(short, long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// Machine code, or the interpreter
    #[arg(long, value_name = "ENGINE", default_value = "jit")]
    pub(crate) engine: Engine,
    /// Threads for what they can share: the same bits with any number [default: one for each
    /// processor]
    #[arg(long, value_name = "N", value_parser = number::workers)]
    pub(crate) workers: Option<u32>,
    /// What the inputs of properties follow from
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// How many inputs each property is tried with
    #[arg(long, value_name = "N", default_value_t = 256)]
    pub(crate) cases: u64,
    /// Print the results as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the results as JUnit XML as well
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
}

#[derive(Debug, Arguments)]
#[command(after_help = help::after(
    &[
        ("theusc fmt .", "all programs in this folder and those in it"),
        ("theusc fmt --check src", "what would change, for a server: status 1 if anything would"),
        ("theusc fmt - < a.theus", "a filter: from the standard input to the standard output"),
        ("theusc fmt --range 10:24 a.theus", "some lines alone"),
    ],
    "Tokens and comments stay as they are, in order. A file with syntax errors is left alone.",
))]
pub(crate) struct Fmt {
    /// The programs, or folders with programs: `.` is this one; `-` goes from the standard input
    /// to the output. They must be named, but for `--check`, which takes this folder
    pub(crate) files: Vec<PathBuf>,
    /// Write nothing: print what would change, and end with status 1 if anything would
    #[arg(long)]
    pub(crate) check: bool,
    /// Only these lines, counted from 1
    #[arg(long, value_name = "FIRST:LAST", value_parser = number::lines)]
    pub(crate) range: Option<(usize, usize)>,
}

#[derive(Debug, Arguments)]
#[command(after_help = help::after(
    &[
        ("theusc explain T0402", "a code, with a wrong and a right program"),
        ("theusc explain F03", "a fault"),
        ("theusc explain types.ring.order", "a rule of the language"),
        ("theusc explain types.ring", "all rules of a topic"),
    ],
    "",
))]
pub(crate) struct Explain {
    /// A code (T0402, or F03 for a fault), a rule (types.ring.order), or a topic (types.ring)
    #[arg(required_unless_present = "list")]
    pub(crate) what: Option<String>,
    /// List all codes and rules
    #[arg(short, long)]
    pub(crate) list: bool,
}

#[cfg(feature = "lsp")]
#[derive(Debug, Arguments)]
#[command(after_help = help::after(
    &[("theusc lsp", "what an editor starts; it speaks the Language Server Protocol")],
    "Files that editors open of the library are written to the cache folder of the user.",
))]
pub(crate) struct Lsp {
    /// Speak over the standard input and output, which is what it does in any case
    #[arg(long)]
    pub(crate) stdio: bool,
}
