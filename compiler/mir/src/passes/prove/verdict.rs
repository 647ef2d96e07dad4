//! `Verdict`: what is known of each check of a program, and from what.

use std::sync::Mutex;

use cranelift_entity::{EntitySet, SecondaryMap};
use indexmap::IndexMap;
use theus_abi::Repr;

use super::super::constant::{Const, def};
use super::super::interval::Interval;
use super::super::{Options, inline, run_all};
use super::flow::Flow;
use super::{Ranges, unsure};
use crate::dom::Dominators;
use crate::eval;
use crate::func::{Func, Inst, Terminator};
use crate::ids::{Block, SiteId, Value};
use crate::op::BinaryOp;
use crate::program::Program;

/// How many instructions are looked through for what a check depends on.
const MOST: usize = 200;

/// What is known of a check.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Which check it is.
    pub site: SiteId,
    /// Whether it always holds (or is never reached), or always fails; `None` if neither is
    /// known. Of a function that is called in several places, in all of them.
    pub holds: Option<bool>,
    /// Whether anything may come to it, or to a copy of it that constants decide.
    pub reached: bool,
    /// The values that each operand of its report can have.
    pub operands: Vec<Values>,
    /// Of a check that a value is not 0: the values that it can have.
    pub divisor: Option<Values>,
    /// The fields with ranges on which it depends, as indices into `Image::fields`.
    pub fields: Vec<usize>,
    /// Of a check that always fails: values of those fields, and the operands that they give,
    /// as bits; `None` where an operand depends on more.
    pub example: Option<Example>,
}

/// A case in which a check fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    /// Fields, as indices into `Image::fields`, with the bits of a value.
    pub fields: Vec<(usize, u64)>,
    /// The operands of the report, extended to 64 bits as its kinds say; floats as `f64`.
    pub operands: Vec<Option<u64>>,
}

/// The values that a scalar can have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Values {
    /// An integer, read as signed.
    Int {
        /// Least value.
        lo: i64,
        /// Greatest value.
        hi: i64,
        /// Whether it is every value of its representation.
        any: bool,
    },
    /// A float; with `lo > hi` only NaN is left.
    Float {
        /// Least value.
        lo: f64,
        /// Greatest value.
        hi: f64,
        /// Whether NaN is among them.
        nan: bool,
    },
}

/// What is known of the checks of a program that no pass has run on, in the order of their
/// sites. A check that constants decide has none.
pub fn verdicts(program: &Program) -> Vec<Verdict> {
    let mut program = program.clone();
    let decided = Mutex::new(EntitySet::new());
    let tidy = |func: &mut Func| tidied(func, &decided);
    inline::run(&mut program, &Options::default(), &tidy);
    let (ranges, none) = (Ranges::new(&program.image), Ranges::default());
    let unsure = unsure(&program);
    let mut found: IndexMap<SiteId, Verdict> = IndexMap::new();
    for (id, func) in program.funcs.iter_mut().filter(|(_, func)| !func.dead) {
        tidy(func);
        let ranges = if unsure.contains(id) { &none } else { &ranges };
        of_func(func, ranges, &mut |verdict| add(&mut found, verdict));
    }
    let decided = decided.into_inner().unwrap_or_default();
    for verdict in found.values_mut() {
        if !verdict.reached && decided.contains(verdict.site) {
            (verdict.reached, verdict.holds) = (true, None);
        }
    }
    let mut found: Vec<Verdict> = found.into_values().collect();
    found.sort_by_key(|verdict| verdict.site);
    found
}

/// Runs the passes that keep checks, and adds the checks of which fewer copies are left: nothing
/// says any more whether those were reached.
fn tidied(func: &mut Func, decided: &Mutex<EntitySet<SiteId>>) {
    let before = copies(func);
    run_all(func, super::super::KEPT);
    let after = copies(func);
    let fewer = before
        .into_iter()
        .filter(|(site, count)| after.get(site) < Some(count));
    if let Ok(mut decided) = decided.lock() {
        fewer.for_each(|(site, _)| {
            decided.insert(site);
        });
    }
}

/// How many copies of each check a function has.
fn copies(func: &Func) -> IndexMap<SiteId, usize> {
    let mut found = IndexMap::new();
    for &block in &func.layout {
        if let Some(Terminator::Check { site, .. }) = &func.blocks[block].term {
            *found.entry(*site).or_insert(0) += 1;
        }
    }
    found
}

/// One more copy of a check.
fn add(found: &mut IndexMap<SiteId, Verdict>, new: Verdict) {
    let Some(old) = found.get_mut(&new.site) else {
        found.insert(new.site, new);
        return;
    };
    if !old.reached && new.reached {
        old.holds = new.holds;
        old.example.clone_from(&new.example);
    } else if new.reached && old.holds != new.holds {
        old.holds = None;
        old.example = None;
    }
    if new.reached {
        let known = std::mem::replace(&mut old.reached, true);
        old.divisor = match (old.divisor, new.divisor) {
            (Some(old), Some(new)) if known => Some(old.or(new)),
            (_, new) if !known => new,
            (_, _) => None,
        };
        for (old, new) in old.operands.iter_mut().zip(&new.operands) {
            *old = if known { old.or(*new) } else { *new };
        }
    }
    let fields = new
        .fields
        .iter()
        .filter(|field| !old.fields.contains(field));
    let fields: Vec<usize> = fields.copied().collect();
    old.fields.extend(fields);
}

fn of_func(func: &Func, ranges: &Ranges, give: &mut dyn FnMut(Verdict)) {
    let tree = Dominators::new(func);
    let mut reached: SecondaryMap<Block, bool> = SecondaryMap::new();
    let mut flow = Flow::new(func, &tree, ranges);
    let settled = flow.settle(&mut |flow, block| {
        reached[block] = true;
        if let Some(Terminator::Check {
            cond, site, args, ..
        }) = &flow.func.blocks[block].term
        {
            give(of_check(flow, *site, *cond, args));
        }
    });
    for &block in &tree.cfg.order {
        if let Some(Terminator::Check { site, args, .. }) = &func.blocks[block].term
            && !reached[block]
        {
            give(Verdict {
                site: *site,
                holds: settled.then_some(true),
                reached: !settled,
                operands: args
                    .iter()
                    .map(|arg| Values::all(func.repr(*arg)))
                    .collect(),
                divisor: None,
                fields: Vec::new(),
                example: None,
            });
        }
    }
}

fn of_check(flow: &Flow<'_>, site: SiteId, cond: Value, args: &[Value]) -> Verdict {
    let holds = flow.known(cond);
    let of = |arg: &Value| Values::new(flow.func.repr(*arg), flow.interval(*arg));
    let fields = fields(flow, cond);
    let example = (holds == Some(false)).then(|| example(flow, &fields, args));
    let mut indices: Vec<usize> = fields.iter().map(|(_, field)| *field).collect();
    indices.sort_unstable();
    indices.dedup();
    Verdict {
        site,
        holds,
        reached: true,
        operands: args.iter().map(of).collect(),
        divisor: divisor(flow.func, cond).as_ref().map(of),
        fields: indices,
        example,
    }
}

/// The value that a condition says is not 0.
fn divisor(func: &Func, cond: Value) -> Option<Value> {
    match *def(func, cond)? {
        Inst::Binary {
            op: BinaryOp::Ine,
            args: [a, b],
        } => Const::of(func, b).filter(|c| c.bits == 0).map(|_| a),
        _ => None,
    }
}

/// The loads of fields with ranges on which a value depends.
fn fields(flow: &Flow<'_>, value: Value) -> Vec<(Value, usize)> {
    let (mut work, mut seen) = (vec![value], EntitySet::new());
    let mut found = Vec::new();
    for _ in 0..MOST {
        let Some(value) = work.pop() else {
            break;
        };
        if !seen.insert(value) {
            continue;
        }
        let Some(inst) = def(flow.func, value) else {
            continue;
        };
        match flow
            .ranges
            .load(flow.func, inst, &|index| flow.interval(index))
        {
            Some((field, _)) => found.push((value, field)),
            None if matches!(inst, Inst::Load { .. }) => {}
            None => inst.each_arg(|arg| work.push(arg)),
        }
    }
    found
}

/// Values of the fields, as loaded, and what they make of the operands.
fn example(flow: &Flow<'_>, fields: &[(Value, usize)], args: &[Value]) -> Example {
    let mut chosen: IndexMap<Value, u64> = IndexMap::new();
    let mut example = Example::default();
    for (load, field) in fields {
        let known = example.fields.iter().find(|(known, _)| known == field);
        let bits = match known {
            Some((_, bits)) => *bits,
            None => some_value(flow.func.repr(*load), flow.interval(*load)),
        };
        if known.is_none() {
            example.fields.push((*field, bits));
        }
        chosen.insert(*load, bits);
    }
    example.operands = args
        .iter()
        .map(|arg| {
            let mut steps = MOST;
            let bits = evaluate(flow.func, &chosen, *arg, &mut steps)?;
            Some(match flow.func.repr(*arg) {
                Repr::F32 => {
                    eval::unary(crate::UnaryOp::Fpromote, Repr::F32, Repr::F64, bits)
                }
                Repr::F64 => bits,
                repr => eval::sign_extend(repr, bits).cast_unsigned(),
            })
        })
        .collect();
    example
}

/// One of the values, the plainest.
fn some_value(repr: Repr, interval: Interval) -> u64 {
    match interval {
        Interval::Int(range) => {
            let value = 0.clamp(range.lo, range.hi);
            value.cast_unsigned() & eval::mask(repr)
        }
        Interval::Float(floats) => {
            let value = 0.0_f64.max(floats.lo).min(floats.hi);
            super::super::interval::float::narrow(repr, value)
        }
    }
}

/// The value that the chosen ones give, if it depends on nothing else.
fn evaluate(
    func: &Func,
    chosen: &IndexMap<Value, u64>,
    value: Value,
    steps: &mut usize,
) -> Option<u64> {
    if let Some(bits) = chosen.get(&value) {
        return Some(*bits);
    }
    *steps = steps.checked_sub(1)?;
    let mut of = |value: Value| evaluate(func, chosen, value, steps);
    let inst = def(func, value)?;
    match *inst {
        Inst::Iconst { .. } | Inst::Fconst { .. } => Some(Const::of_inst(inst)?.bits),
        Inst::Unary { op, repr, arg } => {
            Some(eval::unary(op, func.repr(arg), repr, of(arg)?))
        }
        Inst::Binary { op, args: [a, b] } => {
            eval::binary(op, func.repr(a), of(a)?, of(b)?)
        }
        Inst::Ternary {
            op,
            args: [a, b, c],
        } => Some(eval::ternary(op, func.repr(b), of(a)?, of(b)?, of(c)?)),
        Inst::Math { math, args: [a, b] } => {
            let (a, b) = (f64::from_bits(of(a)?), f64::from_bits(of(b)?));
            Some(eval::math(math, a, b))
        }
        _ => None,
    }
}

impl Values {
    fn all(repr: Repr) -> Self {
        Self::new(repr, Interval::all(repr))
    }

    fn new(repr: Repr, interval: Interval) -> Self {
        match interval {
            Interval::Int(range) => Self::Int {
                lo: range.lo,
                hi: range.hi,
                any: interval == Interval::all(repr),
            },
            Interval::Float(floats) => Self::Float {
                lo: floats.lo,
                hi: floats.hi,
                nan: floats.nan,
            },
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (
                Self::Int { lo, hi, any },
                Self::Int {
                    lo: also,
                    hi: up,
                    any: free,
                },
            ) => Self::Int {
                lo: lo.min(also),
                hi: hi.max(up),
                any: any || free,
            },
            (
                Self::Float { lo, hi, nan },
                Self::Float {
                    lo: also,
                    hi: up,
                    nan: free,
                },
            ) => Self::Float {
                lo: lo.min(also),
                hi: hi.max(up),
                nan: nan || free,
            },
            (Self::Int { .. }, Self::Float { .. })
            | (Self::Float { .. }, Self::Int { .. }) => self,
        }
    }
}
