//! What a comparison that holds, or does not, says about its operands, and what the values
//! of a result say about those of its operand.

use theus_abi::Repr;

use super::float::{self, Floats};
use super::int::Range;
use super::{Bounds, Interval, constant, of};
use crate::func::{Func, Inst};
use crate::ids::Value;
use crate::op::{BinaryOp, UnaryOp};
use crate::passes::constant::def;

/// What a comparison that holds (or does not) says about its operands.
pub(crate) fn learn(
    func: &Func,
    bounds: &Bounds,
    (op, [a, b]): (BinaryOp, [Value; 2]),
    holds: bool,
) -> Option<[(Value, Interval); 2]> {
    match (of(func, bounds, a), of(func, bounds, b)) {
        (Interval::Int(ra), Interval::Int(rb)) => {
            let (for_a, for_b) = ints(op, func.repr(a), (ra, rb), holds)?;
            Some([(a, Interval::Int(for_a)), (b, Interval::Int(for_b))])
        }
        (Interval::Float(fa), Interval::Float(fb)) => {
            let (for_a, for_b) = floats(op, func.repr(a), (fa, fb), holds)?;
            Some([(a, Interval::Float(for_a)), (b, Interval::Float(for_b))])
        }
        (Interval::Int(_) | Interval::Float(_), _) => None,
    }
}

fn ints(
    op: BinaryOp,
    repr: Repr,
    (a, b): (Range, Range),
    holds: bool,
) -> Option<(Range, Range)> {
    let all = Range::all(repr);
    let below = |range: Range, strict: bool| Range {
        lo: all.lo,
        hi: range.hi.saturating_sub(strict.into()).max(all.lo),
    };
    let above = |range: Range, strict: bool| Range {
        lo: range.lo.saturating_add(strict.into()).min(all.hi),
        hi: all.hi,
    };
    let positive = Range { lo: 0, hi: all.hi };
    let end = |end: i128| {
        let end = end.clamp(all.lo.into(), all.hi.into());
        i64::try_from(end).unwrap_or_default()
    };
    let between = |lo: i128, hi: i128| Range {
        lo: end(lo),
        hi: end(hi),
    };
    let ((least, most), (a_lo, a_hi), (b_lo, b_hi)) = (all.ends(), a.ends(), b.ends());
    match (op, holds) {
        // The exact result is a value.
        (BinaryOp::SaddOvf, false) => Some((
            between(least - b_hi, most - b_lo),
            between(least - a_hi, most - a_lo),
        )),
        (BinaryOp::SsubOvf, false) => Some((
            between(least + b_lo, most + b_hi),
            between(a_lo - most, a_hi - least),
        )),
        (BinaryOp::Slt, true) => Some((below(b, true), above(a, true))),
        (BinaryOp::Sle, true) => Some((below(b, false), above(a, false))),
        (BinaryOp::Slt, false) => Some((above(b, false), below(a, false))),
        (BinaryOp::Sle, false) => Some((above(b, true), below(a, true))),
        // Unsigned below something that is not negative: not negative either.
        (BinaryOp::Ult, true) if b.is_negative_free() => {
            Some((below(b, true).and(positive), b))
        }
        (BinaryOp::Ule, true) if b.is_negative_free() => {
            Some((below(b, false).and(positive), b))
        }
        (BinaryOp::Ieq, true) | (BinaryOp::Ine, false) => Some((b, a)),
        (BinaryOp::Ieq, false) | (BinaryOp::Ine, true) => {
            Some((a.without(b), b.without(a)))
        }
        _ => None,
    }
}

fn floats(
    op: BinaryOp,
    repr: Repr,
    (a, b): (Floats, Floats),
    holds: bool,
) -> Option<(Floats, Floats)> {
    let below = |bound: Floats, strict| float::below(repr, bound, strict);
    let above = |bound: Floats, strict| float::above(repr, bound, strict);
    let ordered = !a.nan && !b.nan;
    match (op, holds) {
        (BinaryOp::Flt, true) => Some((below(b, true), above(a, true))),
        (BinaryOp::Fle, true) => Some((below(b, false), above(a, false))),
        // Not less: greater, equal, or one is NaN.
        (BinaryOp::Flt, false) if ordered => Some((above(b, false), below(a, false))),
        (BinaryOp::Fle, false) if ordered => Some((above(b, true), below(a, true))),
        (BinaryOp::Feq, true) | (BinaryOp::Fne, false) => {
            Some((Floats { nan: false, ..b }, Floats { nan: false, ..a }))
        }
        _ => None,
    }
}

/// The operand of which the result is `made`, and the values that it can then have.
pub(crate) fn back(
    func: &Func,
    bounds: &Bounds,
    value: Value,
    made: Interval,
) -> Option<(Value, Interval)> {
    match *def(func, value)? {
        Inst::Unary { op, arg, .. } => Some((arg, unary(op, func.repr(arg), made)?)),
        Inst::Binary {
            op: op @ (BinaryOp::Iadd | BinaryOp::Isub),
            args: [a, b],
        } => {
            let by = constant(func, b)?;
            let (made, before) = (made.int()?, of(func, bounds, a).int()?);
            let all = Range::all(func.repr(a));
            let moved = super::int::binary(op, all, before, Range { lo: by, hi: by })?;
            // Without wrapping the operand is the result without what was added.
            let undo = if op == BinaryOp::Iadd {
                BinaryOp::Isub
            } else {
                BinaryOp::Iadd
            };
            let made = moved.and(made);
            let range = super::int::binary(undo, all, made, Range { lo: by, hi: by })?;
            Some((a, Interval::Int(range)))
        }
        _ => None,
    }
}

fn unary(op: UnaryOp, from: Repr, made: Interval) -> Option<Interval> {
    match op {
        // The operand has those values, as far as its representation has them.
        UnaryOp::Sext => {
            let (made, all) = (made.int()?, Range::all(from));
            let kept = Range {
                lo: made.lo.max(all.lo),
                hi: made.hi.min(all.hi),
            };
            (kept.lo <= kept.hi).then_some(Interval::Int(kept))
        }
        UnaryOp::Zext => {
            let (made, all) = (made.int()?, Range::all(from));
            (made.hi <= all.hi).then(|| {
                let lo = made.lo.max(0);
                Interval::Int(Range {
                    lo: lo.min(made.hi.max(0)),
                    hi: made.hi.max(0),
                })
            })
        }
        UnaryOp::Fcanon => Some(made),
        UnaryOp::Fabs => {
            let made = made.float()?;
            let most = made.hi;
            (most >= 0.0).then_some(Interval::Float(Floats {
                lo: -most,
                hi: most,
                nan: made.nan,
            }))
        }
        UnaryOp::Fneg => {
            let made = made.float()?;
            Some(Interval::Float(Floats {
                lo: -made.hi,
                hi: -made.lo,
                nan: made.nan,
            }))
        }
        // Every `f32` is an `f64`: the interval may have ends between two of them.
        UnaryOp::Fpromote => {
            let made = made.float()?;
            Some(Interval::Float(float::narrowed(made)))
        }
        _ => None,
    }
}
