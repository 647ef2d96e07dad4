//! `Range`: the least and greatest value that an integer can have, by its definition and by
//! what checks and branches have decided.

use cranelift_entity::SecondaryMap;
use theus_abi::Repr;

use crate::func::{Func, Inst};
use crate::ids::Value;
use crate::op::{BinaryOp, TernaryOp, UnaryOp};
use crate::passes::constant::{Const, def};

/// How many definitions are looked through.
const DEPTH: u32 = 5;

/// From `lo` to `hi`, both included, read as signed integers. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// Least value.
    pub(crate) lo: i64,
    /// Greatest value.
    pub(crate) hi: i64,
}

/// What is known of values besides their definitions.
pub(crate) type Bounds = SecondaryMap<Value, Option<Range>>;

impl Range {
    /// All values of a representation.
    pub(crate) const fn all(repr: Repr) -> Self {
        let shift = 64 - repr.bits();
        Self {
            lo: i64::MIN >> shift,
            hi: i64::MAX >> shift,
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

    fn or(self, other: Self) -> Self {
        Self {
            lo: self.lo.min(other.lo),
            hi: self.hi.max(other.hi),
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

    const fn ends(self) -> (i128, i128) {
        (self.lo as i128, self.hi as i128)
    }

    const fn is_negative_free(self) -> bool {
        self.lo >= 0
    }
}

/// The range of an integer.
pub(crate) fn of(func: &Func, bounds: &Bounds, value: Value) -> Range {
    limited(func, bounds, value, DEPTH)
}

fn limited(func: &Func, bounds: &Bounds, value: Value, depth: u32) -> Range {
    let all = Range::all(func.repr(value));
    let known = bounds[value].map_or(all, |range| all.and(range));
    if depth == 0 || func.repr(value).is_float() {
        return known;
    }
    let of = |value: Value| limited(func, bounds, value, depth - 1);
    let made = match *def(func, value).unwrap_or(&Inst::Base { offset: 0 }) {
        Inst::Iconst { imm, .. } => Some(Range { lo: imm, hi: imm }),
        Inst::Unary { op, arg, .. } => unary(op, func.repr(arg), all, || of(arg)),
        Inst::Binary { op, .. } if op.is_predicate() => Some(Range { lo: 0, hi: 1 }),
        Inst::Binary { op, args: [a, b] } => binary(op, all, of(a), of(b)),
        Inst::Ternary {
            op: TernaryOp::Select,
            args: [_, a, b],
        } => Some(of(a).or(of(b))),
        _ => None,
    };
    made.map_or(known, |made| known.and(made))
}

fn unary(op: UnaryOp, from: Repr, all: Range, arg: impl Fn() -> Range) -> Option<Range> {
    match op {
        UnaryOp::Not => Some(Range { lo: 0, hi: 1 }),
        UnaryOp::Clz | UnaryOp::Ctz | UnaryOp::Popcnt => Some(Range {
            lo: 0,
            hi: from.bits().into(),
        }),
        UnaryOp::Sext => Some(arg()),
        UnaryOp::Zext => {
            let (arg, top) = (arg(), u64::MAX >> (64 - from.bits()));
            let top = Range {
                lo: 0,
                hi: top.cast_signed(),
            };
            Some(if arg.is_negative_free() { arg } else { top })
        }
        UnaryOp::Trunc => {
            let (lo, hi) = arg().ends();
            all.exact(lo, hi)
        }
        _ => None,
    }
}

fn binary(op: BinaryOp, all: Range, a: Range, b: Range) -> Option<Range> {
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
        BinaryOp::Shl if b.lo == b.hi && (0..32).contains(&b.lo) => {
            all.exact(a_lo << b.lo, a_hi << b.lo)
        }
        BinaryOp::Ushr if b.lo >= 0 && b.hi < 8 && a.is_negative_free() => Some(Range {
            lo: a.lo >> b.hi,
            hi: a.hi >> b.lo,
        }),
        _ => None,
    }
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
    let fits = |lo: i128, hi: i128| all.exact(lo, hi).map(|_| false);
    match op {
        BinaryOp::Slt => less(a.hi < b.lo, a.lo >= b.hi),
        BinaryOp::Sle => less(a.hi <= b.lo, a.lo > b.hi),
        BinaryOp::Ult if unsigned => less(a.hi < b.lo, a.lo >= b.hi),
        BinaryOp::Ule if unsigned => less(a.hi <= b.lo, a.lo > b.hi),
        BinaryOp::Ieq => equal(a, b),
        BinaryOp::Ine => equal(a, b).map(|equal| !equal),
        BinaryOp::SaddOvf => fits(a_lo + b_lo, a_hi + b_hi),
        BinaryOp::SsubOvf => fits(a_lo - b_hi, a_hi - b_lo),
        BinaryOp::SmulOvf => {
            let (lo, hi) = products(a, b);
            fits(lo, hi)
        }
        BinaryOp::UaddOvf if unsigned => (a_hi + b_hi <= top).then_some(false),
        BinaryOp::UsubOvf if unsigned => (a_lo >= b_hi).then_some(false),
        BinaryOp::UmulOvf if unsigned => (a_hi * b_hi <= top).then_some(false),
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

/// What a comparison that holds (or does not) says about its operands.
pub(crate) fn learn(
    func: &Func,
    bounds: &Bounds,
    (op, [a, b]): (BinaryOp, [Value; 2]),
    holds: bool,
) -> Option<[(Value, Range); 2]> {
    let (ra, rb) = (of(func, bounds, a), of(func, bounds, b));
    let all = Range::all(func.repr(a));
    let below = |range: Range, strict: bool| {
        let hi = if strict {
            range.hi.saturating_sub(1)
        } else {
            range.hi
        };
        Range {
            lo: all.lo,
            hi: hi.max(all.lo),
        }
    };
    let above = |range: Range, strict: bool| {
        let lo = if strict {
            range.lo.saturating_add(1)
        } else {
            range.lo
        };
        Range {
            lo: lo.min(all.hi),
            hi: all.hi,
        }
    };
    let positive = Range { lo: 0, hi: all.hi };
    match (op, holds) {
        (BinaryOp::Slt, true) => Some([(a, below(rb, true)), (b, above(ra, true))]),
        (BinaryOp::Sle, true) => Some([(a, below(rb, false)), (b, above(ra, false))]),
        (BinaryOp::Slt, false) => Some([(a, above(rb, false)), (b, below(ra, false))]),
        (BinaryOp::Sle, false) => Some([(a, above(rb, true)), (b, below(ra, true))]),
        // Unsigned below something that is not negative: not negative either.
        (BinaryOp::Ult, true) if rb.is_negative_free() => {
            Some([(a, below(rb, true).and(positive)), (b, rb)])
        }
        (BinaryOp::Ule, true) if rb.is_negative_free() => {
            Some([(a, below(rb, false).and(positive)), (b, rb)])
        }
        (BinaryOp::Ieq, true) | (BinaryOp::Ine, false) => Some([(a, rb), (b, ra)]),
        _ => None,
    }
}

/// Parameters of loop headers that only grow, from a constant, without overflow: their
/// first value is their least.
pub(crate) fn counters(func: &Func, tree: &crate::dom::Dominators) -> Bounds {
    let mut bounds = Bounds::new();
    for &header in &tree.cfg.order {
        if tree.is_header(header) {
            for at in 0..func.blocks[header].params.len() {
                let param = func.blocks[header].params[at];
                bounds[param] = super::counter::first(func, tree, header, at);
            }
        }
    }
    bounds
}

/// The signed value of a constant.
pub(crate) fn constant(func: &Func, value: Value) -> Option<i64> {
    Const::of(func, value)
        .filter(|c| !c.repr.is_float())
        .map(Const::signed)
}
