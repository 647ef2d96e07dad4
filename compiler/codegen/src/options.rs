//! What a caller may choose, and what can go wrong: an `Ice`.

use std::fmt;

/// How much work cranelift does after the passes of MIR.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OptLevel {
    /// Keep the order of MIR: least compile time, and the best code for long stretches of
    /// float arithmetic, which cranelift otherwise reorders into more spills.
    #[default]
    None,
    /// Cranelift's own optimisations.
    Speed,
}

/// Choices of code generation. None of them changes what a program computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Cranelift's optimisation level.
    pub opt_level: OptLevel,
    /// Prove the register allocation of every function (about three times the time).
    pub check_registers: bool,
    /// Use the linear register allocator even for functions of usual size.
    pub fast_registers: bool,
    /// How many threads a run has for what may run together, its own among them; 0 is 1.
    pub workers: u32,
}

/// A program that cannot be made into machine code: it exceeds a limit, or MIR or the code
/// generator has a bug. Valid programs of usual size never see one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ice {
    /// The function at hand, if any.
    pub func: Option<String>,
    /// What is wrong: lower case, no period.
    pub text: String,
}

impl Ice {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            func: None,
            text: text.into(),
        }
    }

    pub(crate) fn within(mut self, func: &str) -> Self {
        self.func.get_or_insert_with(|| func.to_owned());
        self
    }
}

impl fmt::Display for Ice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.func {
            Some(func) => write!(f, "in function `{func}`: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

impl std::error::Error for Ice {}
