//! `Order`: which of two integers is less, as far as comparisons have said so, by values and
//! constants that are added to them: what `for i in 0..n` knows of `i` and `n`.

use super::{Bounds, constant, of};
use crate::func::{Func, Inst};
use crate::ids::Value;
use crate::op::BinaryOp;
use crate::passes::constant::def;

/// So many of the last ones are looked at.
const MOST: usize = 32;

/// `low + gap <= high`, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    low: Value,
    high: Value,
    gap: i128,
}

/// An integer as another one and a constant: their exact sum.
#[derive(Clone, Copy, Debug)]
struct Sum {
    value: Value,
    plus: i128,
}

impl Sum {
    fn new(func: &Func, bounds: &Bounds, value: Value) -> Self {
        let plain = Self { value, plus: 0 };
        let Some(&Inst::Binary {
            op: BinaryOp::Iadd,
            args: [a, b],
        }) = def(func, value)
        else {
            return plain;
        };
        let known = constant(func, b).zip(of(func, bounds, a).int());
        let Some((by, range)) = known else {
            return plain;
        };
        // It does not wrap.
        let all = super::int::Range::all(func.repr(a));
        let by = i128::from(by);
        let (lo, hi) = (i128::from(range.lo) + by, i128::from(range.hi) + by);
        if lo < i128::from(all.lo) || hi > i128::from(all.hi) {
            return plain;
        }
        Self { value: a, plus: by }
    }
}

/// What a comparison that holds, or does not, says about the order of its operands.
pub(crate) fn learn(
    func: &Func,
    bounds: &Bounds,
    (op, [a, b]): (BinaryOp, [Value; 2]),
    holds: bool,
) -> Option<Order> {
    let positive =
        |value: Value| of(func, bounds, value).int().is_some_and(|it| it.lo >= 0);
    let (low, high, strict) = match (op, holds) {
        (BinaryOp::Slt, true) => (a, b, true),
        (BinaryOp::Sle, true) => (a, b, false),
        (BinaryOp::Slt, false) => (b, a, false),
        (BinaryOp::Sle, false) => (b, a, true),
        (BinaryOp::Ult, true) if positive(b) => (a, b, true),
        (BinaryOp::Ule, true) if positive(b) => (a, b, false),
        _ => return None,
    };
    let (low, high) = (Sum::new(func, bounds, low), Sum::new(func, bounds, high));
    Some(Order {
        low: low.value,
        high: high.value,
        gap: i128::from(strict) + low.plus - high.plus,
    })
}

/// What a comparison is by what is known of the order of its operands.
pub(crate) fn decide(
    func: &Func,
    bounds: &Bounds,
    known: &[Order],
    (op, [a, b]): (BinaryOp, [Value; 2]),
) -> Option<bool> {
    let unsigned = matches!(op, BinaryOp::Ult | BinaryOp::Ule);
    if known.is_empty() || !unsigned && !matches!(op, BinaryOp::Slt | BinaryOp::Sle) {
        return None;
    }
    let sums = [a, b].map(|value| Sum::new(func, bounds, value));
    let positive =
        |value: Value| of(func, bounds, value).int().is_some_and(|it| it.lo >= 0);
    let strict = matches!(op, BinaryOp::Ult | BinaryOp::Slt);
    // What is not less than something positive is positive too: both orders agree.
    if follows(known, sums, strict) && (!unsigned || positive(a)) {
        return Some(true);
    }
    let [low, high] = sums;
    let refuted = follows(known, [high, low], !strict);
    (refuted && (!unsigned || positive(b))).then_some(false)
}

/// Whether the first is less than the second, or not greater.
fn follows(known: &[Order], [low, high]: [Sum; 2], strict: bool) -> bool {
    let gap = i128::from(strict) + low.plus - high.plus;
    if low.value == high.value && gap <= 0 {
        return true;
    }
    let last = known.iter().rev().take(MOST);
    let mut same = last.filter(|it| it.low == low.value && it.high == high.value);
    same.any(|it| it.gap >= gap)
}
