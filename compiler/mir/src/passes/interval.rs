//! `Interval`: the values that a scalar can have: by its definition, and by what checks and
//! branches have decided. `int` and `float` know the arithmetic, `facts` what holds in the
//! current block.

pub(crate) mod facts;
pub(crate) mod float;
pub(crate) mod int;
mod learn;
mod order;

use cranelift_entity::SecondaryMap;
use theus_abi::Repr;

use crate::func::{Func, Inst};
use crate::ids::Value;
use crate::op::{BinaryOp, TernaryOp, UnaryOp};
use crate::passes::constant::{Const, def};
use float::Floats;
use int::Range;

pub(crate) use learn::{back, learn};

/// How many definitions are looked through.
const DEPTH: u32 = 5;

/// The values that a scalar can have. Never empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Interval {
    /// An integer, read as signed.
    Int(Range),
    /// A float.
    Float(Floats),
}

/// What is known of values besides their definitions.
pub(crate) type Bounds = SecondaryMap<Value, Option<Interval>>;

impl Interval {
    /// All values of a representation.
    pub(crate) const fn all(repr: Repr) -> Self {
        if repr.is_float() {
            Self::Float(Floats::ALL)
        } else {
            Self::Int(Range::all(repr))
        }
    }

    /// One value.
    pub(crate) fn constant(c: Const) -> Self {
        if c.repr.is_float() {
            Self::Float(Floats::of_bits(c.repr, c.bits))
        } else {
            let value = c.signed();
            Self::Int(Range {
                lo: value,
                hi: value,
            })
        }
    }

    /// Of an `I8` that is 0 or 1.
    const fn bool(value: Option<bool>) -> Self {
        let (lo, hi) = match value {
            Some(value) => (value as i64, value as i64),
            None => (0, 1),
        };
        Self::Int(Range { lo, hi })
    }

    /// The values in both; `self` if there is none, which only unreachable code can see.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Self::Int(a.and(b)),
            (Self::Float(a), Self::Float(b)) => Self::Float(a.and(b)),
            (Self::Int(_) | Self::Float(_), _) => self,
        }
    }

    /// The values in either.
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Self::Int(a.or(b)),
            (Self::Float(a), Self::Float(b)) => Self::Float(a.or(b)),
            (Self::Int(_), Self::Float(_)) | (Self::Float(_), Self::Int(_)) => self,
        }
    }

    /// The integers, if it is one.
    pub(crate) const fn int(self) -> Option<Range> {
        match self {
            Self::Int(range) => Some(range),
            Self::Float(_) => None,
        }
    }

    /// The floats, if it is one.
    pub(crate) const fn float(self) -> Option<Floats> {
        match self {
            Self::Int(_) => None,
            Self::Float(floats) => Some(floats),
        }
    }
}

/// The values that a value can have here.
pub(crate) fn of(func: &Func, bounds: &Bounds, value: Value) -> Interval {
    limited(func, bounds, value, DEPTH)
}

fn limited(func: &Func, bounds: &Bounds, value: Value, depth: u32) -> Interval {
    let all = Interval::all(func.repr(value));
    let known = bounds[value].map_or(all, |interval| all.and(interval));
    if depth == 0 {
        return known;
    }
    let Some(inst) = def(func, value) else {
        return known;
    };
    let of = |value: Value| limited(func, bounds, value, depth - 1);
    made(func, inst, all, &of).map_or(known, |made| known.and(made))
}

/// The results of an instruction whose operands have the values that `of` says; `None` if
/// nothing is known of them.
pub(crate) fn made(
    func: &Func,
    inst: &Inst,
    all: Interval,
    of: &dyn Fn(Value) -> Interval,
) -> Option<Interval> {
    match *inst {
        Inst::Iconst { .. } | Inst::Fconst { .. } => {
            Const::of_inst(inst).map(Interval::constant)
        }
        Inst::Unary { op, repr, arg } => {
            unary(op, (func.repr(arg), repr), all, &|| of(arg))
        }
        Inst::Binary { op, args: [a, b] } if op.is_predicate() => {
            Some(Interval::bool(decide(op, func.repr(a), of(a), of(b))))
        }
        Inst::Binary {
            op,
            args: [first, second],
        } => match (of(first), of(second)) {
            (Interval::Int(a), Interval::Int(b)) => {
                int::binary(op, all.int()?, a, b).map(Interval::Int)
            }
            (Interval::Float(a), Interval::Float(b)) => {
                float::binary(op, func.repr(first), a, b).map(Interval::Float)
            }
            (Interval::Int(_) | Interval::Float(_), _) => None,
        },
        Inst::Ternary {
            op: TernaryOp::Select,
            args: [cond, a, b],
        } => match of(cond).int()? {
            Range { lo: 0, hi: 0 } => Some(of(b)),
            range if range.lo > 0 || range.hi < 0 => Some(of(a)),
            _ => Some(of(a).or(of(b))),
        },
        Inst::Ternary {
            op: TernaryOp::Fma, ..
        } => None,
        Inst::Math { math, args: [a, b] } => {
            let (a, b) = (of(a).float()?, of(b).float()?);
            float::math(math, a, b).map(Interval::Float)
        }
        Inst::Base { .. }
        | Inst::SlotAddr { .. }
        | Inst::Element { .. }
        | Inst::Load { .. }
        | Inst::Store { .. }
        | Inst::Copy { .. }
        | Inst::Zero { .. }
        | Inst::Call { .. }
        | Inst::Host { .. } => None,
    }
}

fn unary(
    op: UnaryOp,
    (from, to): (Repr, Repr),
    all: Interval,
    arg: &dyn Fn() -> Interval,
) -> Option<Interval> {
    match op {
        UnaryOp::SintToF => Some(Interval::Float(float::from_int(to, arg().int()?))),
        UnaryOp::UintToF => {
            let range = arg().int()?;
            let floats = if range.lo >= 0 {
                float::from_int(to, range)
            } else {
                Floats::new(0.0, float::TWO_64)
            };
            Some(Interval::Float(floats))
        }
        UnaryOp::FToSint => float::to_int(all.int()?, arg().float()?).map(Interval::Int),
        UnaryOp::FToUint => {
            let (all, arg) = (all.int()?, arg().float()?);
            let positive = Range { lo: 0, hi: all.hi };
            // What is greater is a negative number when it is read as signed.
            let small = float::from_int(Repr::F64, Range::one(all.hi / 2 + 1)).lo;
            (arg.hi < 2.0 * small)
                .then(|| float::to_int(positive, arg))
                .flatten()
                .map(Interval::Int)
        }
        UnaryOp::Fneg
        | UnaryOp::Fabs
        | UnaryOp::Fsqrt
        | UnaryOp::Ffloor
        | UnaryOp::Fceil
        | UnaryOp::Ftrunc
        | UnaryOp::Fnearest
        | UnaryOp::Fcanon
        | UnaryOp::Fpromote
        | UnaryOp::Fdemote => {
            float::unary(op, (from, to), arg().float()?).map(Interval::Float)
        }
        UnaryOp::Not => {
            let known = arg().int()?;
            let decided = if known.lo > 0 || known.hi < 0 {
                Some(false)
            } else if known.lo == 0 && known.hi == 0 {
                Some(true)
            } else {
                None
            };
            Some(Interval::bool(decided))
        }
        UnaryOp::Ineg
        | UnaryOp::Bnot
        | UnaryOp::Clz
        | UnaryOp::Ctz
        | UnaryOp::Popcnt
        | UnaryOp::Sext
        | UnaryOp::Zext
        | UnaryOp::Trunc => {
            int::unary(op, from, all.int()?, arg().int()?).map(Interval::Int)
        }
        UnaryOp::Bitcast => None,
    }
}

/// What a comparison or overflow predicate is for all operands in those intervals.
pub(crate) fn decide(op: BinaryOp, repr: Repr, a: Interval, b: Interval) -> Option<bool> {
    match (a, b) {
        (Interval::Int(a), Interval::Int(b)) => int::decide(op, repr, a, b),
        (Interval::Float(a), Interval::Float(b)) => float::decide(op, a, b),
        (Interval::Int(_) | Interval::Float(_), _) => None,
    }
}

/// The signed value of a constant.
pub(crate) fn constant(func: &Func, value: Value) -> Option<i64> {
    Const::of(func, value)
        .filter(|c| !c.repr.is_float())
        .map(Const::signed)
}
