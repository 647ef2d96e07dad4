//! `Ranges`: the fields whose values are in a declared range whenever a process starts.
//!
//! Such a field is checked wherever it is assigned, and what failed is undone; the VM checks
//! what the host writes. So what is loaded from it is in the range. Not so: fields whose
//! writes are not undone (`meta`, `heavy`), signals, which are zero at the start of each tick,
//! large fields, which are written in place before they are checked, and whatever is loaded
//! while the fields get their first values, or by what writes them in place, as tests do.
//!
//! Which field is loaded is known only if its index is: constants that are added to an index
//! move into the offset of a load, so an address says nothing without the least and the
//! greatest value of what is added to it at run time.

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
        let known = fields.filter_map(|(at, field)| known(at, field));
        let mut fields: Vec<Known> = Vec::new();
        for next in known {
            match fields
                .last_mut()
                .filter(|last| last.is_before(image, &next))
            {
                Some(last) => last.end = next.end,
                None => fields.push(next),
            }
        }
        fields.retain(|field| field.is_kept(image));
        fields.sort_by_key(|field| field.start);
        Self { fields }
    }

    /// The field that is loaded, and the values that it can have; `of` says which values an
    /// index can have.
    pub(crate) fn load(
        &self,
        func: &Func,
        inst: &Inst,
        of: &dyn Fn(Value) -> Interval,
    ) -> Option<(usize, Interval)> {
        let &Inst::Load {
            repr, addr, offset, ..
        } = inst
        else {
            return None;
        };
        if self.fields.is_empty() {
            return None;
        }
        let (lo, hi) = reach(func, addr, of)?;
        let offset = i64::from(offset);
        let (lo, hi) = (lo.checked_add(offset)?, hi.checked_add(offset)?);
        let next = self.fields.partition_point(|field| field.start <= lo);
        let field = self.fields.get(next.checked_sub(1)?)?;
        let inside = hi < field.end && field.repr == repr;
        inside.then_some((field.field, field.interval))
    }
}

impl Known {
    /// Whether the next field is that of the next of several contexts.
    fn is_before(&self, image: &Image, next: &Self) -> bool {
        let declared = |at: usize| {
            let field = image.fields.get(at)?;
            let (contexts, _) = field.path.split_once('[')?;
            Some((field.loc, contexts))
        };
        let same = self.repr == next.repr && self.interval == next.interval;
        let of = declared(self.field);
        same && self.end == next.start && of.is_some() && of == declared(next.field)
    }

    /// A scalar is checked before it is written. An array is checked where it has been written,
    /// which is in place if it is large, or if a test does it, which may expect that to fail.
    fn is_kept(&self, image: &Image) -> bool {
        let field = image.fields.get(self.field);
        let array = |field: &Field| matches!(field.shape, Shape::Array { .. });
        let small =
            u64::try_from(self.end - self.start).is_ok_and(|size| size <= MAX_SHADOW);
        let global = |field: &Field| field.zone == Zone::Global;
        field.is_some_and(|field| {
            !array(field) || outside(image).next().is_none() && (small || global(field))
        })
    }
}

/// The least and the greatest place in the memory block that an address can be, if its indices
/// have the values that `of` says.
fn reach(func: &Func, addr: Value, of: &dyn Fn(Value) -> Interval) -> Option<(i64, i64)> {
    let (mut at, mut lo, mut hi) = (addr, 0_i64, 0_i64);
    for _ in 0..DEPTH {
        let inst = def(func, at)?;
        if let Inst::Base { offset } = inst {
            let start = i64::from(*offset);
            return Some((lo.checked_add(start)?, hi.checked_add(start)?));
        }
        let (from, moved) = step(func, inst)?;
        let (least, most) = match (moved, inst) {
            (Some(moved), _) => (moved, moved),
            (None, Inst::Element { index, scale, .. }) => {
                let (index, by) = (of(*index).int()?, i64::from(*scale));
                (index.lo.checked_mul(by)?, index.hi.checked_mul(by)?)
            }
            (None, _) => return None,
        };
        lo = lo.checked_add(least)?;
        hi = hi.checked_add(most)?;
        at = from;
    }
    None
}

fn known(at: usize, field: &Field) -> Option<Known> {
    let interval = field.range?;
    let elem = match &field.shape {
        Shape::Array { elem, .. } => &**elem,
        other => other,
    };
    match field.zone {
        Zone::Global | Zone::Data => {}
        Zone::Signal | Zone::Meta | Zone::Heavy => return None,
    }
    let (repr, interval) = values(elem, interval)?;
    let start = i64::from(field.offset);
    Some(Known {
        start,
        end: start.checked_add(i64::try_from(field.shape.size()).ok()?)?,
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

/// The functions of what acts as the host does: tests, benches, properties.
fn outside(image: &Image) -> impl Iterator<Item = FuncId> {
    let tests = image.tests.iter().chain(&image.benches);
    let tests = tests.map(|test| test.func);
    let properties = image.properties.iter();
    let properties = properties
        .flat_map(|it| [Some(it.func), it.hollow])
        .flatten();
    tests.chain(properties).map(FuncId::from_u32)
}

/// Functions that run before all fields have got their first values, or that write fields in
/// place before they are checked.
pub(crate) fn unsure(program: &Program) -> EntitySet<FuncId> {
    let image = &program.image;
    let entries = image.globals.iter().map(|(_, func)| *func);
    let entries = entries.chain([image.init, image.validate]);
    let mut work: Vec<FuncId> = entries.map(FuncId::from_u32).collect();
    let mut found = EntitySet::new();
    found.extend(outside(image));
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
