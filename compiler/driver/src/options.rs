//! What a caller may choose.

/// Choices of a compilation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Contracts, ranges and transactions are compiled in. Checks that protect memory stay
    /// in either way.
    pub strict: bool,
    /// `test` items are compiled too.
    pub tests: bool,
    /// The passes over MIR run. Without them the program computes the same, slower.
    pub optimise: bool,
    /// Every check can be made to fail by its number, to test that failures are undone.
    pub inject: bool,
}

impl Options {
    /// Those of a check: what lowering refuses is known before anything is optimised.
    pub const CHECK: Self = Self {
        strict: true,
        tests: true,
        optimise: false,
        inject: false,
    };
}

impl Default for Options {
    fn default() -> Self {
        Self {
            strict: true,
            tests: false,
            optimise: true,
            inject: false,
        }
    }
}
