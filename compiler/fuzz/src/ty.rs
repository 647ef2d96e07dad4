//! The types of generated programs.

use crate::rng::Rng;

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    Bool,
    Int(&'static str),
    Float(&'static str),
    Duration,
    /// `enum E { A, B, C }`.
    Enum,
    /// `struct S { a: f64, b: i32, c: [i64; 3] }`.
    Struct,
    /// `[T; n]`.
    Array(Box<Self>, usize),
    /// `[f64; n, m]`.
    Matrix(usize, usize),
}

const INTS: [&str; 8] = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"];

impl Ty {
    pub(crate) fn scalar(rng: &mut Rng) -> Self {
        match rng.below(12) {
            0 | 1 => Self::Bool,
            2..=5 => Self::Int(rng.pick(&INTS).copied().unwrap_or("i64")),
            6 => Self::Float("f32"),
            7..=9 => Self::Float("f64"),
            10 => Self::Duration,
            _ => Self::Enum,
        }
    }

    pub(crate) fn any(rng: &mut Rng) -> Self {
        match rng.below(10) {
            0 => Self::Struct,
            1 | 2 => Self::Array(Box::new(Self::scalar(rng)), 1 + rng.below(6)),
            3 => Self::Matrix(1 + rng.below(3), 1 + rng.below(3)),
            _ => Self::scalar(rng),
        }
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::Bool => "bool".to_owned(),
            Self::Int(name) | Self::Float(name) => (*name).to_owned(),
            Self::Duration => "duration".to_owned(),
            Self::Enum => "E".to_owned(),
            Self::Struct => "S".to_owned(),
            Self::Array(elem, n) => format!("[{}; {n}]", elem.text()),
            Self::Matrix(n, m) => format!("[f64; {n}, {m}]"),
        }
    }

    /// Whether every value of this integer type is one of the type of that name.
    pub(crate) fn fits(&self, name: &str) -> bool {
        let Self::Int(from) = self else { return false };
        let parts = |name: &str| {
            let (sign, bits) = name.split_at(1);
            (sign == "i", bits.parse::<u32>().unwrap_or(64))
        };
        let ((from_signed, from_bits), (to_signed, to_bits)) = (parts(from), parts(name));
        match (from_signed, to_signed) {
            (true, false) => false,
            (false, true) => from_bits < to_bits,
            _ => from_bits <= to_bits,
        }
    }
}
