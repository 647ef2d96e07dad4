//! `Ranges`: the fields whose values are in a declared range whenever a process starts.
//!
//! Such a field is checked wherever it is assigned, and what failed is undone; the VM checks
//! what the host writes. So what is loaded from it is in the range. Not so: fields whose
//! writes are not undone (`meta`, `heavy`), signals, which are zero at the start of each tick,
//! large fields, which are written in place before they are checked, and whatever is loaded
//! while the fields get their first values.

use cranelift_entity::EntitySet;
use theus_abi::image::{Field, Image, Range as Declared, Zone};
use theus_abi::{Repr, Shape};

use super::super::address::step;
use super::super::constant::def;
use super::super::interval::Interval;
use super::super::interval::float::{Floats, below, narrowed};
use super::super::interval::int::Range;
use crate::func::{Func, Inst};
use crate::ids::{FuncId, Value};
use crate::program::Program;

/// Fields of at most this many bytes are written to a copy in the frame until commit; the
/// lowering has the same limit.
const MAX_SHADOW: u64 = 1024;

/// How many instructions of address arithmetic are looked through.
const DEPTH: u32 = 32;

/// The fields that are in their ranges, by offset.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ranges {
    fields: Vec<Known>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    start: i64,
    end: i64,
    repr: Repr,
    interval: Interval,
    /// Index into `Image::fields`.
    field: usize,
}

impl Ranges {
    /// The fields of a program that are in their ranges.
    pub(crate) fn new(image: &Image) -> Self {
        if !image.strict {
            return Self::default();
        }
        let fields = image.fields.iter().enumerate();
        let known = fields.filter_map(|(at, field)| known(image, at, field));
        let mut fields: Vec<Known> = known.collect();
        fields.sort_by_key(|field| field.start);
        Self { fields }
    }

    /// The field that is loaded, and the values that it can have.
    pub(crate) fn load(&self, func: &Func, inst: &Inst) -> Option<(usize, Interval)> {
        let &Inst::Load {
            repr, addr, offset, ..
        } = inst
        else {
            return None;
        };
        if self.fields.is_empty() {
            return None;
        }
        let at = first_offset(func, addr)?.checked_add(offset.into())?;
        let next = self.fields.partition_point(|field| field.start <= at);
        let field = self.fields.get(next.checked_sub(1)?)?;
        (at < field.end && field.repr == repr).then_some((field.field, field.interval))
    }
}

/// Where in the memory block an address lies if every index that is known at run time only
/// is 0: in the same field, or in the same field of the first of several contexts.
fn first_offset(func: &Func, addr: Value) -> Option<i64> {
    let (mut at, mut sum) = (addr, 0_i64);
    for _ in 0..DEPTH {
        match def(func, at)? {
            Inst::Base { offset } => return sum.checked_add(i64::from(*offset)),
            inst => {
                let (from, moved) = step(func, inst)?;
                sum = sum.checked_add(moved.unwrap_or(0))?;
                at = from;
            }
        }
    }
    None
}

fn known(image: &Image, at: usize, field: &Field) -> Option<Known> {
    let interval = field.range?;
    let (elem, array) = match &field.shape {
        Shape::Array { elem, .. } => (&**elem, true),
        other => (other, false),
    };
    let size = field.shape.size();
    let kept = match field.zone {
        Zone::Global => true,
        Zone::Data => size <= MAX_SHADOW,
        Zone::Signal | Zone::Meta | Zone::Heavy => false,
    };
    // A test writes arrays in place, and may expect that to fail.
    if !kept || array && !image.tests.is_empty() {
        return None;
    }
    let (repr, interval) = values(elem, interval)?;
    let start = i64::from(field.offset);
    Some(Known {
        start,
        end: start.checked_add(i64::try_from(size).ok()?)?,
        repr,
        interval,
        field: at,
    })
}

/// A range as the values of a scalar, if signed integers can say it.
fn values(shape: &Shape, range: Declared) -> Option<(Repr, Interval)> {
    match (shape, range) {
        (Shape::Int(_) | Shape::Uint(_) | Shape::Duration, Declared::Int { lo, hi }) => {
            let repr = match shape {
                Shape::Int(repr) | Shape::Uint(repr) => *repr,
                _ => Repr::I64,
            };
            let (all, end) = (Range::all(repr), |end: i128| i64::try_from(end).ok());
            let range = Range {
                lo: end(lo)?,
                hi: end(hi)?,
            };
            let fits = all.lo <= range.lo && range.lo <= range.hi && range.hi <= all.hi;
            fits.then_some((repr, Interval::Int(range)))
        }
        (Shape::Float(repr), Declared::Float { lo, hi, inclusive }) => {
            let top = below(*repr, Floats::new(hi, hi), !inclusive);
            let mut range = Floats::new(lo, top.hi);
            if *repr == Repr::F32 {
                // Compiled code rounds the ends to `f32`, the host does not.
                range = narrowed(range);
            }
            range
                .has_numbers()
                .then_some((*repr, Interval::Float(range)))
        }
        _ => None,
    }
}

/// Functions that run before all fields have got their first values.
pub(crate) fn before_start(program: &Program) -> EntitySet<FuncId> {
    let image = &program.image;
    let entries = image.globals.iter().map(|(_, func)| *func);
    let entries = entries.chain([image.init, image.validate]);
    let mut work: Vec<FuncId> = entries.map(FuncId::from_u32).collect();
    let mut found = EntitySet::new();
    while let Some(id) = work.pop() {
        if !found.insert(id) {
            continue;
        }
        let Some(func) = program.funcs.get(id) else {
            continue;
        };
        for &block in &func.layout {
            for &inst in &func.blocks[block].insts {
                if let Inst::Call { func: callee, .. } = &func.insts[inst] {
                    work.push(*callee);
                }
            }
        }
    }
    found
}
