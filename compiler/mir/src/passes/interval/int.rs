//! `Range`: the values that an integer can have, and what operations make of them.

use theus_abi::Repr;

use crate::op::{BinaryOp, UnaryOp};

/// From `lo` to `hi`, both included, read as signed integers. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// Least value.
    pub(crate) lo: i64,
    /// Greatest value.
    pub(crate) hi: i64,
}

impl Range {
    /// All values of a representation.
    pub(crate) const fn all(repr: Repr) -> Self {
        let shift = 64 - repr.bits();
        Self {
            lo: i64::MIN >> shift,
            hi: i64::MAX >> shift,
        }
    }

    /// One value.
    pub(crate) const fn one(value: i64) -> Self {
        Self {
            lo: value,
            hi: value,
        }
    }

    /// The values in both; `self` if there is none, which only unreachable code can see.
    pub(crate) fn and(self, other: Self) -> Self {
        let both = Self {
            lo: self.lo.max(other.lo),
            hi: self.hi.min(other.hi),
        };
        if both.lo <= both.hi { both } else { self }
    }

    /// The values in either, and between.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            lo: self.lo.min(other.lo),
            hi: self.hi.max(other.hi),
        }
    }

    /// The values that are not the single one of `other`, if that can be said.
    pub(crate) const fn without(self, other: Self) -> Self {
        if other.lo != other.hi || self.lo == self.hi {
            return self;
        }
        let one = other.lo;
        Self {
            lo: if self.lo == one { one + 1 } else { self.lo },
            hi: if self.hi == one { one - 1 } else { self.hi },
        }
    }

    /// The range of exact results, if all of them are values of the representation.
    fn exact(self, lo: i128, hi: i128) -> Option<Self> {
        let range = Self {
            lo: i64::try_from(lo).ok()?,
            hi: i64::try_from(hi).ok()?,
        };
        (self.lo <= range.lo && range.hi <= self.hi).then_some(range)
    }

    /// The ends, where sums have room.
    pub(super) const fn ends(self) -> (i128, i128) {
        (self.lo as i128, self.hi as i128)
    }

    /// Of all values of a representation: whether shifts by so many bits are plain. Others
    /// shift by the rest of the amount divided by the width.
    const fn is_amount(self, amount: i64) -> bool {
        let width = 64 - self.hi.leading_zeros() + 1;
        0 <= amount && amount < width as i64
    }

    /// Whether no value is negative, so that signed and unsigned order agree.
    pub(crate) const fn is_negative_free(self) -> bool {
        self.lo >= 0
    }
}

/// The results of an operation on one integer.
pub(crate) fn unary(op: UnaryOp, from: Repr, all: Range, arg: Range) -> Option<Range> {
    match op {
        UnaryOp::Clz | UnaryOp::Ctz | UnaryOp::Popcnt => Some(Range {
            lo: 0,
            hi: from.bits().into(),
        }),
        UnaryOp::Sext => Some(arg),
        UnaryOp::Ineg => all.exact(-i128::from(arg.hi), -i128::from(arg.lo)),
        UnaryOp::Bnot => Some(Range {
            lo: !arg.hi,
            hi: !arg.lo,
        }),
        UnaryOp::Zext => {
            let top = u64::MAX >> (64 - from.bits());
            let top = Range {
                lo: 0,
                hi: top.cast_signed(),
            };
            Some(if arg.is_negative_free() { arg } else { top })
        }
        UnaryOp::Trunc => {
            let (lo, hi) = arg.ends();
            all.exact(lo, hi)
        }
        _ => None,
    }
}

/// The results of an operation on two integers, which are values of `all`.
pub(crate) fn binary(op: BinaryOp, all: Range, a: Range, b: Range) -> Option<Range> {
    let ((a_lo, a_hi), (b_lo, b_hi)) = (a.ends(), b.ends());
    match op {
        BinaryOp::Iadd => all.exact(a_lo + b_lo, a_hi + b_hi),
        BinaryOp::Isub => all.exact(a_lo - b_hi, a_hi - b_lo),
        BinaryOp::Imul => {
            let (lo, hi) = products(a, b);
            all.exact(lo, hi)
        }
        BinaryOp::And if a.is_negative_free() && b.is_negative_free() => Some(Range {
            lo: 0,
            hi: a.hi.min(b.hi),
        }),
        BinaryOp::And if b.is_negative_free() => Some(Range { lo: 0, hi: b.hi }),
        BinaryOp::And if a.is_negative_free() => Some(Range { lo: 0, hi: a.hi }),
        BinaryOp::Or if a.is_negative_free() && b.is_negative_free() => Some(Range {
            lo: a.lo.max(b.lo),
            hi: ones(a.hi | b.hi),
        }),
        BinaryOp::Xor if a.is_negative_free() && b.is_negative_free() => Some(Range {
            lo: 0,
            hi: ones(a.hi | b.hi),
        }),
        BinaryOp::Sshr if b.lo == b.hi && all.is_amount(b.lo) => Some(Range {
            lo: a.lo >> b.lo,
            hi: a.hi >> b.lo,
        }),
        BinaryOp::Urem if b.lo > 0 => Some(Range {
            lo: 0,
            hi: b.hi - 1,
        }),
        BinaryOp::Srem if b.lo > 0 => Some(Range {
            lo: if a.lo < 0 { 1 - b.hi } else { 0 },
            hi: b.hi - 1,
        }),
        BinaryOp::Sdiv if b.lo > 0 => {
            let ends = [a.lo / b.lo, a.lo / b.hi, a.hi / b.lo, a.hi / b.hi];
            Some(Range {
                lo: *ends.iter().min()?,
                hi: *ends.iter().max()?,
            })
        }
        BinaryOp::Udiv if b.lo > 0 && a.is_negative_free() => Some(Range {
            lo: a.lo / b.hi,
            hi: a.hi / b.lo,
        }),
        BinaryOp::Shl if b.lo == b.hi && all.is_amount(b.lo) && b.lo < 32 => {
            all.exact(a_lo << b.lo, a_hi << b.lo)
        }
        BinaryOp::Ushr if b.lo >= 0 && all.is_amount(b.hi) && a.is_negative_free() => {
            Some(Range {
                lo: a.lo >> b.hi,
                hi: a.hi >> b.lo,
            })
        }
        _ => None,
    }
}

/// The greatest number of as many bits.
const fn ones(value: i64) -> i64 {
    (u64::MAX >> 1 >> (value.leading_zeros() - 1)).cast_signed()
}

fn products(a: Range, b: Range) -> (i128, i128) {
    let ((a_lo, a_hi), (b_lo, b_hi)) = (a.ends(), b.ends());
    let (p, q, r, s) = (a_lo * b_lo, a_lo * b_hi, a_hi * b_lo, a_hi * b_hi);
    (p.min(q).min(r).min(s), p.max(q).max(r).max(s))
}

/// What a comparison or overflow predicate is for all operands in those ranges.
pub(crate) fn decide(op: BinaryOp, repr: Repr, a: Range, b: Range) -> Option<bool> {
    let all = Range::all(repr);
    let ((a_lo, a_hi), (b_lo, b_hi)) = (a.ends(), b.ends());
    let unsigned = a.is_negative_free() && b.is_negative_free();
    let top = i128::from(u64::MAX >> (64 - repr.bits()));
    let (least, greatest) = all.ends();
    let leaves = |lo: i128, hi: i128| {
        less(lo > greatest || hi < least, all.exact(lo, hi).is_some())
    };
    match op {
        BinaryOp::Slt => less(a.hi < b.lo, a.lo >= b.hi),
        BinaryOp::Sle => less(a.hi <= b.lo, a.lo > b.hi),
        BinaryOp::Ult if unsigned => less(a.hi < b.lo, a.lo >= b.hi),
        BinaryOp::Ule if unsigned => less(a.hi <= b.lo, a.lo > b.hi),
        BinaryOp::Ieq => equal(a, b),
        BinaryOp::Ine => equal(a, b).map(|equal| !equal),
        BinaryOp::SaddOvf => leaves(a_lo + b_lo, a_hi + b_hi),
        BinaryOp::SsubOvf => leaves(a_lo - b_hi, a_hi - b_lo),
        BinaryOp::SmulOvf => {
            let (lo, hi) = products(a, b);
            leaves(lo, hi)
        }
        BinaryOp::UaddOvf if unsigned => less(a_lo + b_lo > top, a_hi + b_hi <= top),
        BinaryOp::UsubOvf if unsigned => less(a_hi < b_lo, a_lo >= b_hi),
        BinaryOp::UmulOvf if unsigned => less(a_lo * b_lo > top, a_hi * b_hi <= top),
        _ => None,
    }
}

const fn less(always: bool, never: bool) -> Option<bool> {
    if always {
        Some(true)
    } else if never {
        Some(false)
    } else {
        None
    }
}

const fn equal(a: Range, b: Range) -> Option<bool> {
    if a.hi < b.lo || b.hi < a.lo {
        Some(false)
    } else if a.lo == a.hi && b.lo == b.hi && a.lo == b.lo {
        Some(true)
    } else {
        None
    }
}
