//! `sink`: constants and addresses stand right before their first use in each block, so
//! that none of them holds a register for long. The last pass: `gvn` merges them again.

use cranelift_entity::SecondaryMap;

use super::constant::{def, is_constant};
use crate::func::Func;
use crate::ids::{Block, InstId, Value};

/// A constant is made again if its last use is further back.
const REACH: usize = 48;

/// Where a constant was made last.
#[derive(Clone, Copy, Debug, Default)]
struct Made {
    block: Option<Block>,
    at: usize,
    value: Option<Value>,
}

/// Runs the pass.
pub(crate) fn run(func: &mut Func) {
    let mut made = func.per_value(Made::default());
    for at in 0..func.layout.len() {
        let block = func.layout[at];
        let insts = std::mem::take(&mut func.blocks[block].insts);
        let mut sink = Sink {
            func,
            made: &mut made,
            block,
            out: Vec::with_capacity(insts.len() + insts.len() / 4),
        };
        for id in insts {
            if is_constant(&sink.func.insts[id]) {
                continue;
            }
            let mut inst = sink.func.insts[id].clone();
            inst.each_arg_mut(|arg| *arg = sink.near(*arg));
            sink.func.insts[id] = inst;
            sink.out.push(id);
        }
        let term = sink.func.blocks[block].term.take();
        let term = term.map(|mut term| {
            term.each_arg_mut(|arg| *arg = sink.near(*arg));
            term
        });
        let out = sink.out;
        func.blocks[block].insts = out;
        func.blocks[block].term = term;
    }
}

struct Sink<'f> {
    func: &'f mut Func,
    made: &'f mut SecondaryMap<Value, Made>,
    block: Block,
    out: Vec<InstId>,
}

impl Sink<'_> {
    /// A copy of a constant near here; other values as they are.
    fn near(&mut self, value: Value) -> Value {
        let Some(inst) = def(self.func, value).filter(|inst| is_constant(inst)) else {
            return value;
        };
        let (now, made) = (self.out.len(), self.made[value]);
        if let (Some(near), true) = (made.value, made.block == Some(self.block))
            && now - made.at <= REACH
        {
            self.made[value].at = now;
            return near;
        }
        let (inst, repr) = (inst.clone(), self.func.repr(value));
        let id = self.func.make(inst, &[repr]);
        self.out.push(id);
        let near = self.func.results[id][0];
        self.made[value] = Made {
            block: Some(self.block),
            at: now,
            value: Some(near),
        };
        near
    }
}
