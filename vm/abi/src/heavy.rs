//! Heavy fields in the image: sizes that are known at start, and the words through which
//! compiled code finds a buffer.

use crate::image::Loc;
use crate::shape::Shape;

/// The number of elements of a dimension of a heavy field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dim {
    /// Known when compiled.
    Const(u64),
    /// Index into `Image::sizes`: known when globals are.
    Size(u32),
}

/// A size that is known at start: its word in the memory block is written then.
#[derive(Clone, Debug, PartialEq)]
pub struct SizeWord {
    /// What it is.
    pub term: SizeTerm,
    /// The term as in source.
    pub text: String,
    /// Offset of the word. i64.
    pub offset: u32,
    /// A field that has this size.
    pub loc: Loc,
}

/// Arithmetic on integer globals.
#[derive(Clone, Debug, PartialEq)]
pub enum SizeTerm {
    /// A number.
    Const(u64),
    /// A global.
    Global {
        /// Its offset.
        offset: u32,
        /// An integer.
        shape: Shape,
    },
    /// Two terms.
    Op(SizeOp, Box<[Self; 2]>),
}

/// What sizes have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SizeOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
}

impl SizeOp {
    /// The result; `None` where it has no value.
    pub const fn apply(self, left: i128, right: i128) -> Option<i128> {
        match self {
            Self::Add => left.checked_add(right),
            Self::Sub => left.checked_sub(right),
            Self::Mul => left.checked_mul(right),
            Self::Div => left.checked_div(right),
        }
    }

    /// As in source.
    pub const fn sign(self) -> char {
        match self {
            Self::Add => '+',
            Self::Sub => '-',
            Self::Mul => '*',
            Self::Div => '/',
        }
    }
}

/// A heavy field: memory of its own, behind the memory block, laid out at start.
#[derive(Clone, Debug, PartialEq)]
pub struct Heavy {
    /// Index into `Image::fields`. Its offset and the sizes in its shape hold from the start on.
    pub field: u32,
    /// Offset of its words: see `HEAVY_FRONT` and those after it.
    pub table: u32,
    /// Number of elements, by dimension.
    pub dims: Vec<Dim>,
    /// Whether there is a second buffer, which a commit exchanges with the first.
    pub swap: bool,
}

/// Word of a heavy field: its buffer, from the base address. i64.
pub const HEAVY_FRONT: i32 = 0;
/// Word of a heavy field: 1 from a failure of a process that writes it to the next success. i64.
pub const HEAVY_DIRTY: i32 = 8;
/// Word of a heavy field of two buffers, which is never dirty: the one that the next writer
/// fills, from the base address. i64.
pub const HEAVY_BACK: i32 = HEAVY_DIRTY;
/// Bytes of the words of a heavy field.
pub const HEAVY_WORDS: u32 = 16;
/// Buffers of heavy fields start at multiples of this.
pub const HEAVY_ALIGN: u64 = 4096;
