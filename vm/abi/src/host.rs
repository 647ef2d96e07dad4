//! The table of host calls that act on the world: clocks, sinks and sources.
//!
//! A host call takes one `i32` and returns an `i32` status: 0 is success. Rows of sinks and
//! sources lie in the memory block at the offset that the image states.

macro_rules! host {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// A call from compiled code into the VM.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum HostFn { $($(#[$doc])* $name,)* }

        impl HostFn {
            /// Every host call, in table order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The name in MIR text and the linker symbol.
            pub const fn name(self) -> &'static str { match self { $(Self::$name => $text,)* } }
        }
    };
}

host! {
    /// A process with a deadline starts: (process index). Called in measured ticks only.
    ClockStart = "theus_clock_start";
    /// The process has ended: (process index).
    ClockStop = "theus_clock_stop";
    /// Whether the process that runs is later than its hard deadline: (not used). Status 0:
    /// it is not; 1: it is. `TOOK` and `LIMIT` say how long it took and might take. Called
    /// in paced runs only.
    ClockLate = "theus_clock_late";
    /// A measured block begins: (its number), or ends: (its number, all bits inverted); then
    /// the word of `Told::Took` says how long it took. Always status 0.
    Measured = "theus_measured";
    /// The row area of a sink holds a row: (sink index). Always status 0; an error of the
    /// file is reported when the batch ends.
    SinkRow = "theus_sink_row";
    /// Fill the row area of a source: (source index). Status 0: a row; 1: the source has
    /// ended; 2: the row is malformed (a `Source` fault follows).
    SourceRow = "theus_source_row";
    /// Reads a float: (offset of the length of a text in memory, an i64, with its bytes behind
    /// it). The float takes the place of the length; NaN if the text is none. Always status 0.
    ReadFloat = "theus_read_float";
    /// Whether the host wants the run to end: (not used). Status 0: it goes on; 1: it ends.
    /// Called by code that was compiled for it, between ticks and now and then in loops.
    Interrupted = "theus_interrupted";
}

impl HostFn {
    /// The host call of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|host| host.name() == name)
    }
}

/// What carries out host calls.
pub trait Host {
    /// Carries out one call; `memory` is the memory block.
    fn call(&mut self, host: HostFn, arg: i32, memory: &mut [u8]) -> i32;
}

macro_rules! told {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $of_process:literal;)*) => {
        /// What the machine tells a program: set between batches of ticks, and recorded.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Told { $($(#[$doc])* $name,)* }

        impl Told {
            /// All of it, in table order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The name behind `host.`.
            pub const fn name(self) -> &'static str { match self { $(Self::$name => $text,)* } }
            /// Whether it is told of a process.
            pub const fn of_process(self) -> bool {
                match self { $(Self::$name => $of_process,)* }
            }
        }
    };
}

told! {
    /// Half of the measured runs of a process took at most so long. ns.
    P50 = "p50", true;
    /// 99 of 100 took at most so long. ns.
    P99 = "p99", true;
    /// The longest one. ns.
    Max = "max", true;
    /// By how much the tick began later than it was due, in a run that is paced. ns.
    Late = "late", false;
    /// How long the block measured last took. ns. Set where such a block ends.
    Took = "took", false;
    /// The share of a processor that the run takes. f64.
    Cpu = "cpu", false;
    /// Bytes of the run that are in memory. u64.
    Memory = "memory", false;
}

/// A word that the host sets between batches of ticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostWord {
    /// What is told.
    pub told: Told,
    /// Of which process: index into `Image::processes`.
    pub process: Option<u32>,
    /// Offset of the word.
    pub offset: u32,
    /// `host.p99(act)`.
    pub name: String,
}
