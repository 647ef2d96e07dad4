//! `Kind`: how a value of a loop changes from round to round.

use theus_abi::Repr;
use theus_mir::{BinaryOp, TernaryOp, UnaryOp};

/// How a value changes from round to round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Not at all.
    Same,
    /// By so much each round.
    Step(i64),
    /// Each round has its own: one lane for each.
    Lanes,
    /// Each round has its own truth: lanes of ones or zeros, as wide as what was compared.
    Mask(Repr),
    /// A truth about stepping values that holds for all rounds if for the first and the last.
    Ends,
    /// A running total: the n-th.
    Total(usize),
    /// Whether a running total leaves its type.
    TotalOverflow,
}

/// Whether there is a vector instruction for lanes of that representation, operands and
/// result alike.
pub(crate) const fn unary(op: UnaryOp, repr: Repr) -> bool {
    match op {
        UnaryOp::Ineg | UnaryOp::Bnot => !repr.is_float(),
        UnaryOp::Fneg | UnaryOp::Fabs | UnaryOp::Fsqrt | UnaryOp::Fcanon => {
            repr.is_float()
        }
        _ => false,
    }
}

/// Whether there is a vector instruction that widens or narrows lanes, step by step.
pub(crate) const fn resizes(op: UnaryOp, from: Repr, to: Repr) -> bool {
    match op {
        UnaryOp::Zext | UnaryOp::Sext => from.bits() < to.bits(),
        UnaryOp::Trunc => from.bits() > to.bits() && from.bits() <= 32,
        _ => false,
    }
}

/// Whether there is a vector instruction for lanes of that representation.
pub(crate) const fn binary(op: BinaryOp, repr: Repr) -> bool {
    match op {
        BinaryOp::Iadd | BinaryOp::Isub => !repr.is_float(),
        BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => !repr.is_float(),
        BinaryOp::Imul => matches!(repr, Repr::I16 | Repr::I32),
        BinaryOp::Fadd | BinaryOp::Fsub | BinaryOp::Fmul | BinaryOp::Fdiv => {
            repr.is_float()
        }
        _ => false,
    }
}

/// Whether there is a vector instruction that shifts all lanes by one amount.
pub(crate) const fn shift(op: BinaryOp, repr: Repr) -> bool {
    let shifts = matches!(op, BinaryOp::Shl | BinaryOp::Ushr | BinaryOp::Sshr);
    shifts && matches!(repr, Repr::I16 | Repr::I32)
}

/// Whether there is a vector instruction that compares lanes of that representation.
pub(crate) const fn predicate(op: BinaryOp, repr: Repr) -> bool {
    match op {
        BinaryOp::Ieq | BinaryOp::Ine | BinaryOp::Slt | BinaryOp::Sle => !repr.is_float(),
        BinaryOp::Ult | BinaryOp::Ule => !repr.is_float() && repr.bits() < 64,
        BinaryOp::Feq | BinaryOp::Fne | BinaryOp::Flt | BinaryOp::Fle => repr.is_float(),
        BinaryOp::SaddOvf | BinaryOp::SsubOvf => !repr.is_float(),
        BinaryOp::UaddOvf | BinaryOp::UsubOvf => !repr.is_float() && repr.bits() < 64,
        _ => false,
    }
}

/// Whether all lanes are chosen from by a mask.
pub(crate) const fn chooses(op: TernaryOp) -> bool {
    matches!(op, TernaryOp::Select)
}
