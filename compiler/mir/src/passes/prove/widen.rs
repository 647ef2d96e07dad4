//! `Widening`: ends of intervals that keep growing are moved outwards, to the next constant
//! of the function and then to the end of all values, so that going through loops ends.

use super::super::constant::Const;
use super::super::interval::Interval;
use super::super::interval::float::Floats;
use super::super::interval::int::Range;
use crate::func::Func;
use crate::ids::Value;

/// In so many rounds after the first ends grow as they are.
const EXACT: u32 = 1;
/// Up to this round they move to constants.
const STEPS: u32 = 4;
/// After this one everything is possible at the start of each loop.
const ALL: u32 = 8;

/// The constants of a function, where ends may rest.
#[derive(Clone, Debug, Default)]
pub(crate) struct Widening {
    ints: Vec<i64>,
    floats: Vec<f64>,
}

impl Widening {
    /// The constants of a function.
    pub(crate) fn new(func: &Func) -> Self {
        let mut found = Self::default();
        for &block in &func.layout {
            for &id in &func.blocks[block].insts {
                match Const::of_inst(&func.insts[id]).map(Interval::constant) {
                    Some(Interval::Int(range)) => found.ints.push(range.lo),
                    Some(Interval::Float(range)) if range.has_numbers() => {
                        found.floats.push(range.lo);
                    }
                    Some(Interval::Float(_)) | None => {}
                }
            }
        }
        found.ints.sort_unstable();
        found.ints.dedup();
        found.floats.sort_unstable_by(f64::total_cmp);
        found.floats.dedup();
        found
    }

    /// What a value at the start of a loop may be in this round, where it was `old` before
    /// and may now also be `new`.
    pub(crate) fn grow(
        &self,
        func: &Func,
        value: Value,
        (old, new): (Interval, Interval),
        round: u32,
    ) -> Interval {
        let all = Interval::all(func.repr(value));
        let wider = old.or(new);
        if wider == old || round <= EXACT {
            return wider;
        }
        if round > ALL {
            return all;
        }
        let step = round <= STEPS;
        match (old, wider) {
            (Interval::Int(old), Interval::Int(new)) => {
                let all = Range::all(func.repr(value));
                Interval::Int(self.int(all, old, new, step))
            }
            (Interval::Float(old), Interval::Float(new)) => {
                Interval::Float(self.float(old, new, step))
            }
            (Interval::Int(_) | Interval::Float(_), _) => all,
        }
    }

    fn int(&self, all: Range, old: Range, new: Range, step: bool) -> Range {
        let below = |end: i64| {
            let next = self.ints.partition_point(|c| *c <= end);
            next.checked_sub(1)
                .and_then(|at| self.ints.get(at))
                .copied()
        };
        let above = |end: i64| {
            self.ints
                .get(self.ints.partition_point(|c| *c < end))
                .copied()
        };
        let lo = below(new.lo).filter(|_| step).unwrap_or(all.lo);
        let hi = above(new.hi).filter(|_| step).unwrap_or(all.hi);
        Range {
            lo: if new.lo < old.lo {
                lo.max(all.lo)
            } else {
                old.lo
            },
            hi: if new.hi > old.hi {
                hi.min(all.hi)
            } else {
                old.hi
            },
        }
    }

    fn float(&self, old: Floats, new: Floats, step: bool) -> Floats {
        let below = |end: f64| {
            let next = self.floats.partition_point(|c| *c <= end);
            next.checked_sub(1)
                .and_then(|at| self.floats.get(at))
                .copied()
        };
        let above = |end: f64| {
            self.floats
                .get(self.floats.partition_point(|c| *c < end))
                .copied()
        };
        let lo = below(new.lo).filter(|_| step).unwrap_or(f64::NEG_INFINITY);
        let hi = above(new.hi).filter(|_| step).unwrap_or(f64::INFINITY);
        Floats {
            lo: if new.lo < old.lo { lo } else { old.lo },
            hi: if new.hi > old.hi { hi } else { old.hi },
            nan: new.nan,
        }
    }
}

/// Whether every value of `inner` is one of `outer`.
pub(crate) fn within(inner: Interval, outer: Interval) -> bool {
    outer.or(inner) == outer
}
