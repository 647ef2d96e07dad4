//! The first bytes of the memory block: what the VM tells compiled code and what compiled
//! code tells the VM. Offsets are from the base address, which is 4096-aligned.
//!
//! ```text
//! 0 ............ HEADER_SIZE ........... context_end ......... block_end
//! | header      | contexts (the image)  | scratch arena       |
//! ```

/// Ticks done since the start of the run: `tick.count`. u64.
pub const TICK: i32 = 0;
/// The tick loop returns `Status::Reached` when `TICK` equals this. u64.
pub const TICK_END: i32 = 8;
/// The virtual period of the running pipeline in ns: `tick.dt`. i64.
pub const PERIOD: i32 = 16;
/// The seed of the run, for `random`. u64.
pub const SEED: i32 = 24;
/// 0: deadlines are not looked at; 1: this batch measures them; `PACED`: the run is paced by
/// the clock, so that hard ones act. i64.
pub const MEASURE: i32 = 32;
/// What `MEASURE` is in a run that is paced by the clock.
pub const PACED: i64 = 2;
/// Number of the site that must fail (fault injection builds only); -1 for none. i64.
pub const INJECT: i32 = 40;
/// Offset of the first byte of scratch from the base address. i64.
pub const SCRATCH_BASE: i32 = 48;
/// Offset of the next free byte of scratch. i64.
pub const SCRATCH_NEXT: i32 = 56;
/// Offset past the last byte that values of open size may take. i64.
pub const SCRATCH_END: i32 = 64;
/// Most bytes of scratch ever in use. i64.
pub const SCRATCH_PEAK: i32 = 72;
/// Site index of the last failed check, or of a raise. i64.
pub const FAULT_SITE: i32 = 80;
/// Four operands of the failed check, or of the payload of a raise: raw bits, zero or sign
/// extended to 8 bytes as the site's kinds say.
pub const FAULT_ARGS: i32 = 88;
/// How many operands a site may have.
pub const MAX_FAULT_ARGS: usize = 4;
/// Index of the `stop` or `fail` that ended the run, into `Image::stops`; after
/// `Status::Failed` the kind of the failure: the number of the fault, or 1000 plus the index
/// of the error. i64.
pub const STOP: i32 = 120;
/// Faults and errors handled or not since the start: `tick.faults`. u64.
pub const FAULTS: i32 = 128;
/// Opaque to everyone but the machine code's host calls. i64.
pub const HOST: i32 = 136;
/// Steps that the running process may still make, if it has a budget. i64.
pub const STEPS: i32 = 144;
/// What `HostFn::ClockLate` has found: how long the process has run, in ns. i64.
pub const TOOK: i32 = 152;
/// And its deadline, in ns. i64.
pub const LIMIT: i32 = 160;
/// Rounds of loops in processes with a hard deadline: the clock is read in every 64th. i64.
pub const ROUNDS: i32 = 168;
/// Offset of the next free byte for large locals of known size, which lie behind what values of
/// open size may take. i64.
pub const FRAME_NEXT: i32 = 176;
/// Where the program last called a function of the library that has failed: index into
/// `Image::calls`. It tells of the failed check if that one is in such a function. i64.
pub const FAULT_CALL: i32 = 240;
/// Where the process (or what else the pipeline runs) last called a function that has failed,
/// likewise. i64.
pub const FAULT_FROM: i32 = 248;
/// Bytes of the header; contexts start here.
pub const HEADER_SIZE: u32 = 256;

/// What a compiled entry returns, as an i32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Status {
    /// `TICK` has reached `TICK_END` (a tick loop), or the function has ended (others).
    Reached = 0,
    /// A `stop` was executed: `STOP` says which. The tick that stopped is complete.
    Stopped = 1,
    /// An unhandled fault or error: `FAULT_SITE` and `FAULT_ARGS` say which.
    Failed = 2,
    /// A `fail` was executed: `STOP` says which.
    Declared = 3,
    /// A source has ended; the run ends well.
    SourceEnded = 4,
    /// The host wants the run to end: the tick before is complete.
    Interrupted = 5,
}

impl Status {
    /// The status of that number.
    pub const fn from_code(code: i32) -> Option<Self> {
        match code {
            0 => Some(Self::Reached),
            1 => Some(Self::Stopped),
            2 => Some(Self::Failed),
            3 => Some(Self::Declared),
            4 => Some(Self::SourceEnded),
            5 => Some(Self::Interrupted),
            _ => None,
        }
    }
}
