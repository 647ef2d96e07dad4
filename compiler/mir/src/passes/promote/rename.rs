//! Replaces the accesses to promoted slots by values, in one walk over the dominator tree.

use super::access::{Place, Places};
use super::partition::{Scalar, Scalars};
use super::phis::Phis;
use crate::dom::{Dominators, Step};
use crate::func::{Func, Inst};
use crate::ids::{Block, InstId, Value};
use crate::op::UnaryOp;
use crate::passes::constant::Const;
use crate::passes::rewrite::Renames;
use theus_abi::Repr;

/// Rewrites the function.
pub(crate) fn run(
    func: &mut Func,
    tree: &Dominators,
    places: &Places,
    scalars: &Scalars,
    phis: &Phis,
) {
    let mut walk = Walk {
        places,
        scalars,
        now: vec![None; scalars.reprs.len()],
        undo: Vec::new(),
        marks: Vec::new(),
        renames: Renames::new(func),
        out: Vec::new(),
        undefined: [None; 6],
        func,
    };
    for &step in &tree.walk {
        match step {
            Step::Enter(block) => walk.block(block, phis),
            Step::Leave(_) => walk.leave(),
        }
    }
    let Walk {
        renames,
        undefined,
        func,
        ..
    } = walk;
    if let Some(entry) = func.entry() {
        func.blocks[entry]
            .insts
            .splice(..0, undefined.iter().flatten().map(|&(id, _)| id));
    }
    renames.apply(func);
}

struct Walk<'f> {
    func: &'f mut Func,
    places: &'f Places,
    scalars: &'f Scalars,
    /// The value of each scalar here.
    now: Vec<Option<Value>>,
    undo: Vec<(u32, Option<Value>)>,
    marks: Vec<usize>,
    renames: Renames,
    out: Vec<InstId>,
    /// What is loaded where nothing was stored: one zero of each representation.
    undefined: [Option<(InstId, Value)>; 6],
}

impl Walk<'_> {
    fn block(&mut self, block: Block, phis: &Phis) {
        self.marks.push(self.undo.len());
        for &number in &phis[block] {
            let repr = self.repr(number);
            let param = self.func.block_param(block, repr);
            self.set(number, param);
        }
        let insts = std::mem::take(&mut self.func.blocks[block].insts);
        self.out = Vec::with_capacity(insts.len());
        for id in insts {
            self.inst(id);
        }
        self.func.blocks[block].insts = std::mem::take(&mut self.out);
        let Some(mut term) = self.func.blocks[block].term.take() else {
            return;
        };
        term.each_edge_mut(|edge| {
            for &number in &phis[edge.block] {
                let value = self.get(number);
                edge.args.push(value);
            }
        });
        self.func.blocks[block].term = Some(term);
    }

    fn leave(&mut self) {
        let mark = self.marks.pop().unwrap_or_default();
        for (number, value) in self.undo.drain(mark..).rev() {
            if let Some(now) = self.now.get_mut(number as usize) {
                *now = value;
            }
        }
    }

    fn inst(&mut self, id: InstId) {
        match self.func.insts[id] {
            Inst::Load {
                repr, addr, offset, ..
            } => {
                let scalar = self
                    .place(addr, offset)
                    .and_then(|place| self.scalars.at(place));
                match (scalar, self.func.results[id].first().copied()) {
                    (Some(scalar), Some(result)) => self.load(id, result, repr, scalar),
                    _ => self.out.push(id),
                }
            }
            Inst::Store {
                value,
                addr,
                offset,
            } => {
                match self
                    .place(addr, offset)
                    .and_then(|place| self.scalars.at(place))
                {
                    Some(scalar) => {
                        let value = self.renames.get(value);
                        let value = self.cast(value, scalar.repr);
                        self.set(scalar.number, value);
                    }
                    None => self.out.push(id),
                }
            }
            Inst::Copy { dst, src, size } => {
                match (self.place(dst, 0), self.place(src, 0)) {
                    (None, None) => self.out.push(id),
                    (Some(dst), Some(src)) => self.copy(dst, src, size),
                    (Some(dst), None) => self.copy_in(dst, src, size),
                    (None, Some(src)) => self.copy_out(dst, src, size),
                }
            }
            Inst::Zero { dst, size } => match self.place(dst, 0) {
                Some(place) => self.zero(place, size),
                None => self.out.push(id),
            },
            _ => self.out.push(id),
        }
    }

    /// The place in a promoted slot.
    fn place(&self, addr: Value, offset: i32) -> Option<Place> {
        self.places
            .get(addr, offset)
            .filter(|place| self.scalars.has(place.slot))
    }

    fn load(&mut self, id: InstId, result: Value, repr: Repr, scalar: Scalar) {
        let value = self.get(scalar.number);
        if repr == scalar.repr {
            self.renames.set(result, value);
        } else {
            self.func.insts[id] = Inst::Unary {
                op: UnaryOp::Bitcast,
                repr,
                arg: value,
            };
            self.out.push(id);
        }
    }

    fn copy(&mut self, dst: Place, src: Place, size: u32) {
        let mut values = Vec::new();
        for scalar in self.scalars.within(dst, size) {
            let offset = src.offset.saturating_add(scalar.offset - dst.offset);
            let from = self.scalars.at(Place {
                slot: src.slot,
                offset,
            });
            let value = from.map(|from| self.get(from.number));
            values.push((*scalar, value));
        }
        for (scalar, value) in values {
            let value = match value {
                Some(value) => self.cast(value, scalar.repr),
                None => self.undefined(scalar.repr),
            };
            self.set(scalar.number, value);
        }
    }

    fn copy_in(&mut self, dst: Place, src: Value, size: u32) {
        for scalar in self.scalars.within(dst, size) {
            let offset = distance(scalar, dst);
            let load = Inst::Load {
                repr: scalar.repr,
                addr: src,
                offset,
                invariant: false,
            };
            let value = self.insert(load, scalar.repr);
            self.set(scalar.number, value);
        }
    }

    fn copy_out(&mut self, dst: Value, src: Place, size: u32) {
        for scalar in self.scalars.within(src, size) {
            let value = self.get(scalar.number);
            let store = Inst::Store {
                value,
                addr: dst,
                offset: distance(scalar, src),
            };
            let id = self.func.make(store, &[]);
            self.out.push(id);
        }
    }

    fn zero(&mut self, dst: Place, size: u32) {
        for scalar in self.scalars.within(dst, size) {
            let value = self.insert(Const::new(scalar.repr, 0).inst(), scalar.repr);
            self.set(scalar.number, value);
        }
    }

    fn cast(&mut self, value: Value, repr: Repr) -> Value {
        if self.func.repr(value) == repr {
            return value;
        }
        self.insert(
            Inst::Unary {
                op: UnaryOp::Bitcast,
                repr,
                arg: value,
            },
            repr,
        )
    }

    fn insert(&mut self, inst: Inst, repr: Repr) -> Value {
        let id = self.func.make(inst, &[repr]);
        self.out.push(id);
        self.func.results[id][0]
    }

    fn repr(&self, number: u32) -> Repr {
        self.scalars.reprs[number as usize]
    }

    fn get(&mut self, number: u32) -> Value {
        match self.now[number as usize] {
            Some(value) => self.renames.get(value),
            None => self.undefined(self.repr(number)),
        }
    }

    fn set(&mut self, number: u32, value: Value) {
        let now = &mut self.now[number as usize];
        self.undo.push((number, *now));
        *now = Some(value);
    }

    fn undefined(&mut self, repr: Repr) -> Value {
        let known = &mut self.undefined[repr as usize];
        if let Some((_, value)) = *known {
            return value;
        }
        let id = self.func.make(Const::new(repr, 0).inst(), &[repr]);
        let value = self.func.results[id][0];
        *known = Some((id, value));
        value
    }
}

fn distance(scalar: &Scalar, from: Place) -> i32 {
    i32::try_from(scalar.offset - from.offset).unwrap_or(i32::MAX)
}
