//! `Facts`: what is known in the current block: conditions that are 0 or not 0, ranges of
//! values, and which of two is less.

use cranelift_entity::SecondaryMap;

use super::order::{self, Order};
use super::{Bounds, Interval, back, decide, learn, of};
use crate::func::{Func, Inst};
use crate::ids::Value;
use crate::op::{BinaryOp, UnaryOp};
use crate::passes::constant::{Const, def};
use crate::passes::fold::is_bool;

/// How many conditions one edge may teach.
const MOST: usize = 16;

/// How many parts a condition may have.
const DEPTH: u32 = 3;

/// What is known of conditions and values.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    known: SecondaryMap<Value, Option<bool>>,
    bounds: Bounds,
    orders: Vec<Order>,
    undo: Vec<Undo>,
    marks: Vec<usize>,
    /// Conditions that are yet to be learned; empty in between.
    work: Vec<(Value, bool)>,
}

#[derive(Clone, Copy, Debug)]
enum Undo {
    Known(Value),
    Bounds(Value, Option<Interval>),
    Order,
}

impl Facts {
    /// Facts that hold everywhere.
    pub(crate) fn new(func: &Func, bounds: Bounds) -> Self {
        Self {
            known: func.per_value(None),
            bounds,
            ..Self::default()
        }
    }

    /// Starts a scope.
    pub(crate) fn enter(&mut self) {
        self.marks.push(self.undo.len());
    }

    /// Forgets what was learned since the scope started.
    pub(crate) fn leave(&mut self) {
        let mark = self.marks.pop().unwrap_or_default();
        for undo in self.undo.drain(mark..).rev() {
            match undo {
                Undo::Known(value) => self.known[value] = None,
                Undo::Bounds(value, range) => self.bounds[value] = range,
                Undo::Order => {
                    self.orders.pop();
                }
            }
        }
    }

    /// `cond` is not 0 here (`holds`), or 0; so are the conditions that it is made of.
    pub(crate) fn learn(&mut self, func: &Func, cond: Value, holds: bool) {
        let mut work = std::mem::take(&mut self.work);
        work.push((cond, holds));
        for _ in 0..MOST {
            let Some((cond, holds)) = work.pop() else {
                break;
            };
            if self.known[cond].is_none() {
                self.undo.push(Undo::Known(cond));
                self.known[cond] = Some(holds);
            }
            match *def(func, cond).unwrap_or(&Inst::Base { offset: 0 }) {
                Inst::Unary {
                    op: UnaryOp::Not,
                    arg,
                    ..
                } => work.push((arg, !holds)),
                // `a & b` is not 0: neither is 0. `a | b` is 0: both are.
                Inst::Binary {
                    op: BinaryOp::And,
                    args,
                } if holds => {
                    work.extend(args.map(|arg| (arg, true)));
                }
                Inst::Binary {
                    op: BinaryOp::Or,
                    args,
                } if !holds => {
                    work.extend(args.map(|arg| (arg, false)));
                }
                Inst::Binary { op, args } if op.is_predicate() => {
                    let order = order::learn(func, &self.bounds, (op, args), holds);
                    if let Some(order) = order {
                        self.undo.push(Undo::Order);
                        self.orders.push(order);
                    }
                    let learned = learn(func, &self.bounds, (op, args), holds);
                    learned.into_iter().flatten().for_each(|(value, range)| {
                        self.narrow(func, value, range);
                    });
                }
                _ => {}
            }
        }
        work.clear();
        self.work = work;
    }

    /// A value lies in an interval here, and so does what it is made of.
    pub(crate) fn narrow(&mut self, func: &Func, value: Value, interval: Interval) {
        let mut next = Some((value, interval));
        for _ in 0..DEPTH {
            let Some((value, interval)) = next else {
                return;
            };
            let old = self.bounds[value];
            let all = || Interval::all(func.repr(value));
            let new = old.unwrap_or_else(all).and(interval);
            if old != Some(new) {
                self.undo.push(Undo::Bounds(value, old));
                self.bounds[value] = Some(new);
            }
            next = back(func, &self.bounds, value, new);
        }
    }

    /// What is known of a value from its definition on, until it is set again.
    pub(crate) fn define(&mut self, value: Value, interval: Interval) {
        self.bounds[value] = Some(interval);
    }

    /// The interval of a value here, as far as it has been written down.
    pub(crate) fn interval(&self, func: &Func, value: Value) -> Interval {
        self.bounds[value].unwrap_or_else(|| Interval::all(func.repr(value)))
    }

    /// The interval of a value here, by looking through its definition once more.
    pub(crate) fn closer(&self, func: &Func, value: Value) -> Interval {
        of(func, &self.bounds, value)
    }

    /// What a condition is here.
    pub(crate) fn known(&self, func: &Func, cond: Value) -> Option<bool> {
        self.limited(func, cond, DEPTH)
    }

    fn limited(&self, func: &Func, cond: Value, depth: u32) -> Option<bool> {
        if let Some(c) = Const::of(func, cond) {
            return Some(c.bits != 0);
        }
        if let Some(known) = self.known[cond] {
            return Some(known);
        }
        if depth == 0 {
            return None;
        }
        let known = |value: Value| self.limited(func, value, depth - 1);
        match *def(func, cond)? {
            Inst::Unary {
                op: UnaryOp::Not,
                arg,
                ..
            } => known(arg).map(|known| !known),
            Inst::Binary {
                op: BinaryOp::And,
                args: [a, b],
            } => match (known(a), known(b)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => {
                    (is_bool(func, a, 2) && is_bool(func, b, 2)).then_some(true)
                }
                _ => None,
            },
            Inst::Binary {
                op: BinaryOp::Or,
                args: [a, b],
            } => match (known(a), known(b)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Inst::Binary { op, args: [a, b] } if op.is_predicate() => {
                let of = |value: Value| of(func, &self.bounds, value);
                let ranges = decide(op, func.repr(a), of(a), of(b));
                let orders =
                    || order::decide(func, &self.bounds, &self.orders, (op, [a, b]));
                ranges.or_else(orders)
            }
            _ => None,
        }
    }
}
