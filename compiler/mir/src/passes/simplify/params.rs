//! Block parameters that get the same value, or the same constant, from every edge.

use cranelift_entity::{EntitySet, SecondaryMap};

use crate::func::{Func, Terminator};
use crate::ids::{Block, Value};
use crate::passes::constant::Const;
use crate::passes::rewrite::Renames;

/// How often all parameters are looked at: each round may make others the same.
const MOST_ROUNDS: usize = 8;

/// What the edges to a parameter agree on so far.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Agreed {
    Nothing,
    Value(Value),
    Const(Const),
    Different,
}

/// Drops them.
pub(super) fn drop_same(func: &mut Func, renames: &mut Renames) {
    let entry = func.entry();
    for _ in 0..MOST_ROUNDS {
        let agreed = agreements(func, renames);
        let mut dropped = EntitySet::<Value>::new();
        for at in 0..func.layout.len() {
            let block = func.layout[at];
            if Some(block) != entry {
                drop_in(func, renames, block, &agreed, &mut dropped);
            }
        }
        if dropped.is_empty() {
            return;
        }
        drop_args(func, &dropped);
    }
}

fn agreements(func: &Func, renames: &mut Renames) -> SecondaryMap<Value, Agreed> {
    let mut agreed = func.per_value(Agreed::Nothing);
    for &block in &func.layout {
        let Some(term) = &func.blocks[block].term else {
            continue;
        };
        term.each_edge(|edge| {
            for (&param, &arg) in func.blocks[edge.block].params.iter().zip(&edge.args) {
                let arg = renames.get(arg);
                if arg != param {
                    agreed[param] = agree(func, agreed[param], arg);
                }
            }
        });
    }
    agreed
}

fn agree(func: &Func, before: Agreed, arg: Value) -> Agreed {
    match before {
        Agreed::Nothing => Agreed::Value(arg),
        Agreed::Value(value) if value == arg => before,
        Agreed::Value(value) => match (Const::of(func, value), Const::of(func, arg)) {
            (Some(a), Some(b)) if a == b => Agreed::Const(a),
            _ => Agreed::Different,
        },
        Agreed::Const(c) if Const::of(func, arg) == Some(c) => before,
        Agreed::Const(_) | Agreed::Different => Agreed::Different,
    }
}

fn drop_in(
    func: &mut Func,
    renames: &mut Renames,
    block: Block,
    agreed: &SecondaryMap<Value, Agreed>,
    dropped: &mut EntitySet<Value>,
) {
    let params = func.blocks[block].params.clone();
    for param in params {
        let value = match agreed[param] {
            Agreed::Value(value) => renames.get(value),
            Agreed::Const(c) => {
                let id = func.make(c.inst(), &[c.repr]);
                func.blocks[block].insts.insert(0, id);
                func.results[id][0]
            }
            Agreed::Nothing | Agreed::Different => continue,
        };
        // Two parameters may agree on each other in a loop that nothing enters.
        if value != param {
            renames.set(param, value);
            dropped.insert(param);
        }
    }
}

fn drop_args(func: &mut Func, dropped: &EntitySet<Value>) {
    let mut old = func.per_block(Vec::new());
    for &block in &func.layout {
        old[block].clone_from(&func.blocks[block].params);
    }
    for at in 0..func.layout.len() {
        let block = func.layout[at];
        let params = &mut func.blocks[block].params;
        params.retain(|&param| !dropped.contains(param));
        for (&param, n) in params.iter().zip(0..) {
            func.values[param].def = crate::func::ValueDef::Param(block, n);
        }
        if let Some(term) = &mut func.blocks[block].term {
            retain_args(term, &old, dropped);
        }
    }
}

fn retain_args(
    term: &mut Terminator,
    old: &SecondaryMap<Block, Vec<Value>>,
    dropped: &EntitySet<Value>,
) {
    term.each_edge_mut(|edge| {
        let mut params = old[edge.block].iter();
        edge.args
            .retain(|_| params.next().is_none_or(|&param| !dropped.contains(param)));
    });
}
