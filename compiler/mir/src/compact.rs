//! `compact`: a function without holes: only what is in a block, numbered in text order.

use cranelift_entity::SecondaryMap;
use cranelift_entity::packed_option::PackedOption;

use crate::func::{BlockData, Func, Inst};
use crate::ids::{Block, InstId, Value};

/// The same function with blocks, instructions and values numbered in the order of text.
/// The function must pass the verifier; blocks that nothing reaches stay.
pub fn compact(func: &Func) -> Func {
    let mut dense = Func {
        name: func.name.clone(),
        params: func.params.clone(),
        returns: func.returns.clone(),
        slots: func.slots.clone(),
        keep: func.keep,
        ..Func::default()
    };
    let mut blocks: SecondaryMap<Block, PackedOption<Block>> =
        func.per_block(None.into());
    let mut values: SecondaryMap<Value, PackedOption<Value>> =
        func.per_value(None.into());
    for &old in &func.layout {
        let data = &func.blocks[old];
        let block = dense.blocks.push(BlockData {
            cold: data.cold,
            ..BlockData::default()
        });
        dense.layout.push(block);
        blocks[old] = block.into();
        for &param in &data.params {
            values[param] = dense.block_param(block, func.repr(param)).into();
        }
        for &inst in &data.insts {
            let results = &func.results[inst];
            let id = dense.make_as(func.insts[inst].clone(), func, results);
            dense.blocks[block].insts.push(id);
            for (&old, &new) in results.iter().zip(&dense.results[id]) {
                values[old] = new.into();
            }
        }
        dense.blocks[block].term.clone_from(&data.term);
    }
    // What is used without being defined keeps its number; the verifier finds it.
    let renumber = |value: &mut Value| *value = values[*value].expand().unwrap_or(*value);
    for inst in dense.insts.values_mut() {
        inst.each_arg_mut(renumber);
    }
    for block in dense.blocks.values_mut() {
        if let Some(term) = &mut block.term {
            term.each_arg_mut(renumber);
            term.each_edge_mut(|edge| {
                edge.block = blocks[edge.block].expand().unwrap_or(edge.block);
            });
        }
    }
    dense
}

impl Func {
    /// Makes an instruction with results like those values of another function.
    pub(crate) fn make_as(&mut self, inst: Inst, other: &Self, like: &[Value]) -> InstId {
        match *like {
            [value] => self.make(inst, &[other.repr(value)]),
            _ => {
                let reprs: Vec<_> = like.iter().map(|&value| other.repr(value)).collect();
                self.make(inst, &reprs)
            }
        }
    }
}
