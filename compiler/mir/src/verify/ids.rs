//! Every id is one that exists, and values agree with what they say defines them.

use cranelift_entity::EntitySet;

use super::Errors;
use crate::func::{Func, Inst, ValueDef};
use crate::ids::{Block, InstId, Value};

pub(super) fn check(func: &Func, errors: &mut Errors<'_>) {
    errors.require(!func.layout.is_empty(), "layout", "there is no entry block");
    for (slot, data) in &func.slots {
        let good = data.align.is_power_of_two() && data.align <= 16;
        errors.require(good, slot, "the alignment is not 1, 2, 4, 8 or 16");
    }
    let mut blocks = EntitySet::with_capacity(func.blocks.len());
    let mut insts = EntitySet::with_capacity(func.insts.len());
    for &block in &func.layout {
        if !func.blocks.is_valid(block) {
            errors.push(block, "there is no such block");
        } else if blocks.insert(block) {
            params(func, block, errors);
            body(func, block, &mut insts, errors);
        } else {
            errors.push(block, "the block is in the layout twice");
        }
    }
    for block in blocks.iter() {
        edges(func, block, &blocks, errors);
    }
}

fn params(func: &Func, block: Block, errors: &mut Errors<'_>) {
    for (&value, at) in func.blocks[block].params.iter().zip(0..) {
        defined_as(func, value, ValueDef::Param(block, at), errors);
    }
}

fn defined_as(func: &Func, value: Value, def: ValueDef, errors: &mut Errors<'_>) {
    match func.values.get(value) {
        None => errors.push(value, "there is no such value"),
        Some(data) if data.def != def => {
            errors.push(
                value,
                format_args!("defined by {def:?}, but says {:?}", data.def),
            );
        }
        Some(_) => {}
    }
}

fn body(
    func: &Func,
    block: Block,
    seen: &mut EntitySet<InstId>,
    errors: &mut Errors<'_>,
) {
    for &inst in &func.blocks[block].insts {
        let Some(data) = func.insts.get(inst) else {
            errors.push(inst, "there is no such instruction");
            continue;
        };
        errors.require(seen.insert(inst), inst, "the instruction is in two places");
        for (&value, at) in func.results[inst].iter().zip(0..) {
            defined_as(func, value, ValueDef::Result(inst, at), errors);
        }
        if let Inst::SlotAddr { slot } = data {
            errors.require(func.slots.is_valid(*slot), inst, "there is no such slot");
        }
        let place = Place {
            block,
            inst: Some(inst),
        };
        data.each_arg(|arg| exists(func, arg, &place, errors));
    }
    match &func.blocks[block].term {
        None => errors.push(block, "the block has no terminator"),
        Some(term) => {
            let place = Place { block, inst: None };
            term.each_arg(|arg| exists(func, arg, &place, errors));
        }
    }
}

fn exists(func: &Func, value: Value, place: &Place, errors: &mut Errors<'_>) {
    if !func.values.is_valid(value) {
        errors.push(place, format_args!("{value} does not exist"));
    }
}

fn edges(func: &Func, block: Block, blocks: &EntitySet<Block>, errors: &mut Errors<'_>) {
    if let Some(term) = &func.blocks[block].term {
        term.each_edge(|edge| {
            if !blocks.contains(edge.block) {
                errors.push(block, format_args!("{} is not in the layout", edge.block));
            }
        });
    }
}

/// A place in a function, for messages.
pub(super) struct Place {
    pub(super) block: Block,
    /// The terminator if there is none.
    pub(super) inst: Option<InstId>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.inst {
            Some(inst) => write!(f, "{}, {inst}", self.block),
            None => write!(f, "{}, terminator", self.block),
        }
    }
}
