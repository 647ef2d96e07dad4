//! `Image`: everything the VM needs to run a program, except the machine code itself.

use std::fmt;

use crate::fault::Fault;
use crate::heavy::{Heavy, SizeWord};
use crate::shape::Shape;

/// A place in source text: file index and byte range. Plain data, valid without the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Loc {
    /// Index into `Image::files`.
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// Past the last byte.
    pub end: u32,
}

/// The zone of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Zone {
    /// Fixed at start.
    Global,
    /// Transactional and recorded.
    Data,
    /// Lives to the end of the tick.
    Signal,
    /// Counts; survives the failure that it counts.
    Meta,
    /// Large, in memory of its own, not transactional.
    Heavy,
}

impl Zone {
    /// The word in source and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Data => "data",
            Self::Signal => "signal",
            Self::Meta => "meta",
            Self::Heavy => "heavy",
        }
    }
}

/// A context field in the memory block.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// `context.field`.
    pub path: String,
    /// Its zone.
    pub zone: Zone,
    /// Offset from the base address.
    pub offset: u32,
    /// Layout.
    pub shape: Shape,
    /// The declared range of the (scalar) field, if any.
    pub range: Option<Range>,
    /// Where it is declared.
    pub loc: Loc,
}

/// What pipelines keep of fields at the end of their ticks: last values, samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// `prev(plant.x)`, `window(plant.u)`.
    pub name: String,
    /// Offset from the base address.
    pub offset: u64,
    /// Size.
    pub bytes: u64,
}

/// The word of a cached process: 0 if it must run, else one more than the tick in which it ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cached {
    /// Offset of the word from the base address.
    pub offset: u32,
    /// The fields that it names, as indices into `Image::fields`: once one of them is written,
    /// it must run.
    pub fields: Vec<u32>,
}

/// When the values of a field with a time to live came: a word for each slot, in ns of virtual
/// time, and one that says when the first of them may be due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ages {
    /// The field, as an index into `Image::fields`.
    pub field: u32,
    /// Offset of the first word from the base address.
    pub offset: u64,
    /// How many slots there are.
    pub slots: u64,
}

/// A range in a type: `lo..=hi` or `lo..hi`. NaN is in no range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// Of an integer or a duration (ns).
    Int {
        /// Least value.
        lo: i128,
        /// Greatest value.
        hi: i128,
    },
    /// Of a float.
    Float {
        /// Least value.
        lo: f64,
        /// Bound above.
        hi: f64,
        /// Whether `hi` itself is in the range.
        inclusive: bool,
    },
}

/// As it stands in source, durations in ns.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int { lo, hi } => write!(f, "{lo}..={hi}"),
            Self::Float { lo, hi, inclusive } => {
                let dots = if *inclusive { "..=" } else { ".." };
                write!(f, "{lo:?}{dots}{hi:?}")
            }
        }
    }
}

/// How the operands of a site are to be read from `FAULT_ARGS`, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArgKind {
    /// Two's complement i64.
    Int,
    /// u64.
    Uint,
    /// Bits of an f64.
    Float,
    /// 0 or 1.
    Bool,
    /// Nanoseconds.
    Duration,
    /// A text: the offset of its first byte in the memory block in the high half, its length
    /// in the low one; -1 for none.
    Text,
}

/// A place where a check may fail, or where an error is raised.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// What fails there.
    pub kind: SiteKind,
    /// The expression or clause.
    pub loc: Loc,
    /// Index into `Image::processes`, if inside one.
    pub process: Option<u32>,
    /// Labels and kinds of the operands, at most `MAX_FAULT_ARGS`: ("index", Int) …
    pub args: Vec<(String, ArgKind)>,
    /// In a function of the library whose code stands where it is called: the call.
    pub call: Option<Loc>,
    /// In which code it is.
    pub within: Within,
}

/// In which code a site is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Within {
    /// Of a process, or of what else a pipeline runs.
    #[default]
    Entry,
    /// Of a function of the program: `FAULT_FROM` says from where it was called.
    Function,
    /// Of a function of the library: `FAULT_CALL` says so too.
    Library,
}

/// A call that may fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    /// The call.
    pub loc: Loc,
    /// Index into `Image::processes`, if inside one.
    pub process: Option<u32>,
}

/// What a site reports.
#[derive(Clone, Debug, PartialEq)]
pub enum SiteKind {
    /// A failed check.
    Fault(Fault),
    /// `raise E`: index into `Image::errors`.
    Raise(u32),
    /// A failure in a share: nothing is reported. What was done is undone, and done again on one
    /// thread, which fails at the same place and reports it.
    Share,
}

/// What the VM must know of a process.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    /// Its name.
    pub name: String,
    /// Its deadline in ns, if any.
    pub deadline: Option<i64>,
    /// How its elements are run.
    pub elements: Threads,
    /// Where it is declared.
    pub loc: Loc,
}

/// A process in a member of `par`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Index of the pipeline.
    pub pipeline: usize,
    /// Index of the process.
    pub process: u32,
    /// How the member is run.
    pub threads: Threads,
}

/// How the elements of an `each`, or the members of a group, are run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Threads {
    /// It has none, or is none.
    #[default]
    None,
    /// By several workers, if there are.
    Shared,
    /// On one thread, and why.
    Alone(&'static str),
}

/// A column of a sink or source.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The header: `plant.x[0]`, `tick.time`.
    pub name: String,
    /// Offset of the cell in the row.
    pub offset: u32,
    /// Always a scalar shape.
    pub shape: Shape,
    /// For sources: the declared range of the field.
    pub range: Option<Range>,
}

/// The format of a sink or a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values, one header row.
    Csv,
    /// An array file whose parts, by the first dimension, fill a heavy field one by one, or
    /// are what a field was: index into `Image::fields`.
    Npy(u32),
}

/// A sink or a source: a file of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// Its format.
    pub format: Format,
    /// The path as written in the program.
    pub path: String,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Offset of the row area in the memory block; cells are at `row + column.offset`.
    pub row: u32,
    /// Where it is declared.
    pub loc: Loc,
}

/// The function names of compiled code that the VM calls, by role. A function's index is
/// its index in the compiled code.
#[derive(Clone, Debug, PartialEq)]
pub struct Pipeline {
    /// Its name.
    pub name: String,
    /// Period in ns; 0 where the pipeline has none (batch).
    pub period: Period,
    /// Runs until `TICK_END`: `fn(base) -> status`.
    pub ticks: u32,
    /// Runs `on start` once: `fn(base) -> status`.
    pub start: Option<u32>,
    /// Runs `on stop` once, after the last tick of a run that did not fail.
    pub stop: Option<u32>,
    /// Indices of the processes that it runs, in order of first use.
    pub processes: Vec<u32>,
    /// Where it is declared.
    pub loc: Loc,
}

/// The virtual period of a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Batch: no clock, `tick.dt` is 0.
    None,
    /// Fixed, in ns.
    Fixed(i64),
    /// The `duration` global at that offset.
    Global(u32),
}

/// A test item.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// `settles` or `settles [law = Sta]`.
    pub name: String,
    /// `fn(base) -> status`.
    pub func: u32,
    /// Where it is declared.
    pub loc: Loc,
}

/// The message of a `stop` or `fail`.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// What the program says, if anything; `…` for what is known only when it runs.
    pub text: Option<String>,
    /// Whether it has holes: then the first operand of the report is the whole text.
    pub holes: bool,
    /// Where.
    pub loc: Loc,
}

/// Undo space of the large fields that are written piece by piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Journal {
    /// Offset of its first byte; it lies behind the contexts.
    pub start: u32,
    /// Past its last byte.
    pub end: u32,
    /// Offset of the first field that it covers.
    pub region: u32,
    /// How many blocks of 64 bytes it covers.
    pub blocks: u32,
}

/// A compiled program, without its code. Same sources and options give equal images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Image {
    /// Names of the source files, by index.
    pub files: Vec<String>,
    /// Fields in the order of declaration; those in the journal lie behind the others.
    pub fields: Vec<Field>,
    /// Heavy fields, by offset of their words, which stand behind the other fields.
    pub heavy: Vec<Heavy>,
    /// Sizes that are known at start; their words stand behind those of heavy fields.
    pub sizes: Vec<SizeWord>,
    /// What is kept beside the fields, by offset; it lies in the contexts.
    pub kept: Vec<Kept>,
    /// The words of cached processes.
    pub cached: Vec<Cached>,
    /// When values of fields with a time to live came.
    pub ages: Vec<Ages>,
    /// Past the last byte of the contexts.
    pub context_end: u32,
    /// Past the last byte of transaction space and row areas, which follow the contexts.
    pub fixed_end: u32,
    /// Bytes of scratch, from `fixed_end` rounded up to 64.
    pub scratch: u32,
    /// The part of `scratch` that values of open size may take; the rest is for locals of
    /// known size.
    pub open_scratch: u32,
    /// One per `global`, in order: index into `fields` and `fn(base) -> status` that stores
    /// the default. The VM applies overrides right after each call.
    pub globals: Vec<(u32, u32)>,
    /// `fn(base) -> status`: stores the defaults of all other fields.
    pub init: u32,
    /// `fn(base) -> status`: checks ranges and invariants of globals.
    pub validate: u32,
    /// Processes, by index.
    pub processes: Vec<Process>,
    /// Processes in members of `par`, in the order of pipelines.
    pub members: Vec<Member>,
    /// Names of errors.
    pub errors: Vec<String>,
    /// Sites, by index.
    pub sites: Vec<Site>,
    /// Calls that may fail.
    pub calls: Vec<Call>,
    /// Messages, by index.
    pub stops: Vec<Stop>,
    /// Sinks, by index.
    pub sinks: Vec<Stream>,
    /// Sources, by index.
    pub sources: Vec<Stream>,
    /// Pipelines, by index.
    pub pipelines: Vec<Pipeline>,
    /// The pipeline that runs all that have a clock together, if they can.
    pub all: Option<u32>,
    /// Tests, by index; empty unless compiled for tests.
    pub tests: Vec<Test>,
    /// Properties, by index; empty unless compiled for tests.
    pub properties: Vec<crate::property::Property>,
    /// Benches, by index; empty unless compiled for tests.
    pub benches: Vec<Test>,
    /// Names of the functions of the code, by index.
    pub functions: Vec<String>,
    /// Whether contracts, ranges and transactions are compiled in.
    pub strict: bool,
    /// The journal of large fields, if some need it.
    pub journal: Option<Journal>,
    /// Words that the host sets between batches of ticks.
    pub host: Vec<crate::host::HostWord>,
    /// How many blocks are measured.
    pub timers: u32,
    /// Offset of the audit log, if there is one.
    pub log: Option<u32>,
    /// Rules of audits, by index.
    pub rules: Vec<crate::audit::Rule>,
    /// Alerts, by index.
    pub alerts: Vec<crate::audit::Alert>,
}
