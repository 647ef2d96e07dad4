//! `Floats`: the values that a float can have: a closed interval, and whether NaN is among
//! them. Operations are rounded to nearest, which keeps the order of exact results: the ends
//! of a result are the results at the ends, computed in the same representation. Functions of
//! the host are not that exact, so their ends are moved outwards. The two zeros are one value.

use std::f64::consts::{FRAC_PI_2, PI};

use theus_abi::{MathFn, Repr};

use super::int::Range;
use crate::eval;
use crate::op::{BinaryOp, UnaryOp};

/// The first integer that `u64` does not have.
pub(crate) const TWO_64: f64 = 18_446_744_073_709_551_616.0;

/// The values that a float can have. With `lo > hi` only NaN is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Floats {
    /// Least value.
    pub(crate) lo: f64,
    /// Greatest value.
    pub(crate) hi: f64,
    /// Whether NaN is among them.
    pub(crate) nan: bool,
}

impl Floats {
    /// Every float.
    pub(crate) const ALL: Self = Self {
        lo: f64::NEG_INFINITY,
        hi: f64::INFINITY,
        nan: true,
    };

    /// Nothing but NaN.
    const NAN: Self = Self {
        lo: f64::INFINITY,
        hi: f64::NEG_INFINITY,
        nan: true,
    };

    /// From `lo` to `hi`, both included, without NaN.
    pub(crate) const fn new(lo: f64, hi: f64) -> Self {
        Self { lo, hi, nan: false }
    }

    /// The float of those bits.
    pub(crate) fn of_bits(repr: Repr, bits: u64) -> Self {
        let value = f64::from_bits(eval::unary(widening(repr), repr, Repr::F64, bits));
        if value.is_nan() {
            Self::NAN
        } else {
            Self::new(value, value)
        }
    }

    /// Whether there is a value that is no NaN.
    pub(crate) fn has_numbers(self) -> bool {
        self.lo <= self.hi
    }

    const fn or_nan(self, nan: bool) -> Self {
        Self {
            nan: self.nan || nan,
            ..self
        }
    }

    fn has_zero(self) -> bool {
        self.lo <= 0.0 && self.hi >= 0.0
    }

    fn has_infinity(self) -> bool {
        self.has_numbers() && (self.lo == f64::NEG_INFINITY || self.hi == f64::INFINITY)
    }

    /// The values in both; `self` if there is none, which only unreachable code can see.
    pub(crate) fn and(self, other: Self) -> Self {
        let both = Self {
            lo: self.lo.max(other.lo),
            hi: self.hi.min(other.hi),
            nan: self.nan && other.nan,
        };
        if both.has_numbers() {
            both
        } else if both.nan {
            Self::NAN
        } else {
            self
        }
    }

    /// The values in either.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            lo: self.lo.min(other.lo),
            hi: self.hi.max(other.hi),
            nan: self.nan || other.nan,
        }
    }

    /// All results that lie between those. NaN is an infinity times 0, or divided by an
    /// infinity: what lies beside it is near 0.
    fn around(ends: [f64; 4]) -> Self {
        let none = Self {
            nan: false,
            ..Self::NAN
        };
        ends.into_iter().fold(none, |found, end| {
            if end.is_nan() {
                found.or(Self::new(0.0, 0.0)).or_nan(true)
            } else {
                found.or(Self::new(end, end))
            }
        })
    }
}

const fn widening(repr: Repr) -> UnaryOp {
    match repr {
        Repr::F32 => UnaryOp::Fpromote,
        Repr::I8 | Repr::I16 | Repr::I32 | Repr::I64 | Repr::F64 => UnaryOp::Fcanon,
    }
}

/// The bits of an end of an interval, which is a value of the representation.
pub(crate) fn narrow(repr: Repr, value: f64) -> u64 {
    let op = match repr {
        Repr::F32 => UnaryOp::Fdemote,
        Repr::I8 | Repr::I16 | Repr::I32 | Repr::I64 | Repr::F64 => UnaryOp::Fcanon,
    };
    eval::unary(op, Repr::F64, repr, value.to_bits())
}

fn wide(repr: Repr, bits: u64) -> f64 {
    f64::from_bits(eval::unary(widening(repr), repr, Repr::F64, bits))
}

/// The operation at one point, as a run computes it.
fn at(op: BinaryOp, repr: Repr, a: f64, b: f64) -> f64 {
    let bits = eval::binary(op, repr, narrow(repr, a), narrow(repr, b));
    bits.map_or(f64::NAN, |bits| wide(repr, bits))
}

/// The results of an operation on floats.
pub(crate) fn binary(op: BinaryOp, repr: Repr, a: Floats, b: Floats) -> Option<Floats> {
    if !a.has_numbers() || !b.has_numbers() {
        return (op != BinaryOp::Fcopysign).then_some(Floats::NAN);
    }
    let at = |x: f64, y: f64| at(op, repr, x, y);
    let corners = || {
        Floats::around([
            at(a.lo, b.lo),
            at(a.lo, b.hi),
            at(a.hi, b.lo),
            at(a.hi, b.hi),
        ])
    };
    let infinite = a.has_infinity() || b.has_infinity();
    let found = match op {
        // Infinities may meet their opposites.
        BinaryOp::Fadd | BinaryOp::Fsub if infinite => sum(op, a, b, &at),
        BinaryOp::Fadd | BinaryOp::Fsub => corners(),
        BinaryOp::Fmul => {
            let nan =
                a.has_infinity() && b.has_zero() || b.has_infinity() && a.has_zero();
            corners().or_nan(nan)
        }
        BinaryOp::Fdiv if b.has_zero() => Floats::ALL,
        BinaryOp::Fdiv => corners().or_nan(a.has_infinity() && b.has_infinity()),
        BinaryOp::Fmin => Floats::new(a.lo.min(b.lo), a.hi.min(b.hi)),
        BinaryOp::Fmax => Floats::new(a.lo.max(b.lo), a.hi.max(b.hi)),
        BinaryOp::Fcopysign => {
            let most = a.lo.abs().max(a.hi.abs());
            return Some(Floats::new(-most, most).or_nan(a.nan));
        }
        _ => return None,
    };
    Some(found.or_nan(a.nan || b.nan))
}

/// Sums and differences of intervals with infinities.
fn sum(op: BinaryOp, a: Floats, b: Floats, at: &dyn Fn(f64, f64) -> f64) -> Floats {
    let (lo, hi) = match op {
        BinaryOp::Fadd => (b.lo, b.hi),
        _ => (b.hi, b.lo),
    };
    let (low, high) = (at(a.lo, lo), at(a.hi, hi));
    let (crossed, also) = (at(a.lo, hi), at(a.hi, lo));
    if low.is_nan() || high.is_nan() || crossed.is_nan() || also.is_nan() {
        return Floats::ALL;
    }
    Floats::new(low, high)
}

/// The results of an operation on a float of `from` with a float result of `to`.
pub(crate) fn unary(op: UnaryOp, (from, to): (Repr, Repr), a: Floats) -> Option<Floats> {
    if !a.has_numbers() {
        return Some(a);
    }
    let at = |x: f64| wide(to, eval::unary(op, from, to, narrow(from, x)));
    Some(match op {
        UnaryOp::Fneg => Floats::new(-a.hi, -a.lo).or_nan(a.nan),
        UnaryOp::Fabs => {
            let least = if a.has_zero() {
                0.0
            } else {
                a.lo.abs().min(a.hi.abs())
            };
            Floats::new(least, a.lo.abs().max(a.hi.abs())).or_nan(a.nan)
        }
        UnaryOp::Fsqrt if a.hi < 0.0 => Floats::NAN,
        UnaryOp::Fsqrt => {
            Floats::new(at(a.lo.max(0.0)), at(a.hi)).or_nan(a.nan || a.lo < 0.0)
        }
        UnaryOp::Ffloor
        | UnaryOp::Fceil
        | UnaryOp::Ftrunc
        | UnaryOp::Fnearest
        | UnaryOp::Fcanon
        | UnaryOp::Fpromote
        | UnaryOp::Fdemote => Floats::new(at(a.lo), at(a.hi)).or_nan(a.nan),
        _ => return None,
    })
}

/// The floats that integers become.
pub(crate) fn from_int(to: Repr, range: Range) -> Floats {
    let at = |value: i64| {
        let bits = eval::unary(UnaryOp::SintToF, Repr::I64, to, value.cast_unsigned());
        wide(to, bits)
    };
    Floats::new(at(range.lo), at(range.hi))
}

/// The integers that floats become, towards zero, saturating, NaN to 0.
#[expect(
    clippy::cast_possible_truncation,
    reason = "towards zero and saturating is what is meant"
)]
pub(crate) fn to_int(all: Range, a: Floats) -> Option<Range> {
    let to = |end: f64| (end as i64).clamp(all.lo, all.hi);
    let found = a.has_numbers().then(|| Range {
        lo: to(a.lo),
        hi: to(a.hi),
    });
    let zero = Range { lo: 0, hi: 0 };
    match (found, a.nan) {
        (Some(found), true) => Some(found.or(zero)),
        (found, _) => Some(found.unwrap_or(zero)),
    }
}

/// The results of a function of the host, moved outwards by more than its error.
pub(crate) fn math(math: MathFn, a: Floats, b: Floats) -> Option<Floats> {
    let finite = |a: Floats| a.has_numbers() && !a.has_infinity();
    let nan = a.nan || !a.has_numbers();
    let found = match math {
        MathFn::Sin | MathFn::Cos => outwards(-1.0, 1.0).or_nan(!finite(a)),
        MathFn::Tanh => outwards(-1.0, 1.0),
        MathFn::Atan => outwards(-FRAC_PI_2, FRAC_PI_2),
        MathFn::Atan2 => outwards(-PI, PI).or_nan(b.nan || !b.has_numbers()),
        MathFn::Asin | MathFn::Acos => {
            outwards(-FRAC_PI_2, PI).or_nan(a.lo < -1.0 || a.hi > 1.0)
        }
        MathFn::Exp => Floats::new(0.0, f64::INFINITY),
        MathFn::Cosh => Floats::new(0.0, f64::INFINITY),
        _ => return None,
    };
    Some(found.or_nan(nan))
}

fn outwards(lo: f64, hi: f64) -> Floats {
    const FAR: f64 = 1e-12;
    Floats::new(lo - FAR, hi + FAR)
}

/// What a comparison is for all operands in those intervals: a comparison with NaN is false,
/// but `!=`, which is true.
pub(crate) fn decide(op: BinaryOp, a: Floats, b: Floats) -> Option<bool> {
    let nan = a.nan || b.nan;
    let numbers = a.has_numbers() && b.has_numbers();
    let (always, never) = match op {
        BinaryOp::Flt => (a.hi < b.lo, a.lo >= b.hi),
        BinaryOp::Fle => (a.hi <= b.lo, a.lo > b.hi),
        BinaryOp::Feq | BinaryOp::Fne => {
            (a.lo == b.hi && a.hi == b.lo, a.hi < b.lo || b.hi < a.lo)
        }
        _ => return None,
    };
    let holds = if numbers && always && !nan {
        Some(true)
    } else if !numbers || never {
        Some(false)
    } else {
        None
    };
    if op == BinaryOp::Fne {
        holds.map(|equal| !equal)
    } else {
        holds
    }
}

/// The values below a bound, or not above it.
pub(crate) fn below(repr: Repr, bound: Floats, strict: bool) -> Floats {
    let hi = if strict {
        down(repr, bound.hi)
    } else {
        bound.hi
    };
    Floats::new(f64::NEG_INFINITY, hi)
}

/// The values above a bound, or not below it.
pub(crate) fn above(repr: Repr, bound: Floats, strict: bool) -> Floats {
    let lo = if strict {
        -down(repr, -bound.lo)
    } else {
        bound.lo
    };
    Floats::new(lo, f64::INFINITY)
}

/// The next value of the representation below.
fn down(repr: Repr, value: f64) -> f64 {
    match repr {
        Repr::F32 => {
            let bits = u32::try_from(narrow(repr, value)).unwrap_or_default();
            f32::from_bits(bits).next_down().into()
        }
        Repr::I8 | Repr::I16 | Repr::I32 | Repr::I64 | Repr::F64 => value.next_down(),
    }
}

/// The values of `f32` in an interval of `f64`, and perhaps one more at each end.
pub(crate) fn narrowed(a: Floats) -> Floats {
    let near = |end: f64| wide(Repr::F32, narrow(Repr::F32, end));
    Floats {
        lo: down(Repr::F32, near(a.lo)),
        hi: -down(Repr::F32, near(-a.hi)),
        nan: a.nan,
    }
}
