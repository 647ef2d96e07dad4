//! What a caller may choose.

/// Some ten microseconds of work: to wake a thread costs about as much.
const SHARE_FROM: u64 = 20_000;

/// Choices of a compilation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Contracts, ranges and transactions are compiled in. Checks that protect memory stay
    /// in either way.
    pub strict: bool,
    /// `test` items are compiled too.
    pub tests: bool,
    /// A run can be ended from outside while it is in compiled code: what sessions need.
    pub watched: bool,
    /// The passes over MIR run. Without them the program computes the same, slower.
    pub optimise: bool,
    /// An `each` of so many operations is shared by several threads, if it can be.
    pub share_from: u64,
    /// Every check can be made to fail by its number, to test that failures are undone.
    pub inject: bool,
    /// Every process tells how long it takes, not those with a deadline alone.
    pub profile: bool,
    /// How many steps ticks make at most is counted: `Program::work`.
    pub work: bool,
    /// What is lowered is verified, so that code may be made of it. Debug builds always do.
    pub verify: bool,
}

impl Options {
    /// Those of a check: what lowering refuses is known before anything is optimised.
    pub const CHECK: Self = Self {
        strict: true,
        tests: true,
        watched: false,
        optimise: false,
        share_from: SHARE_FROM,
        inject: false,
        profile: false,
        work: false,
        verify: false,
    };
}

impl Default for Options {
    fn default() -> Self {
        Self {
            strict: true,
            tests: false,
            watched: false,
            optimise: true,
            share_from: SHARE_FROM,
            inject: false,
            profile: false,
            work: false,
            verify: true,
        }
    }
}
