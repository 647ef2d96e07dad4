//! Limits on the size of a function, so that no program compiles for minutes.

use theus_mir::{Func, ValueDef};

use crate::options::Ice;
use crate::order::Order;
use crate::target::Registers;

/// Above any of these the linear register allocator is used.
const USUAL_INSTS: usize = 50_000;
const USUAL_BLOCKS: usize = 5_000;
const USUAL_LIVE: usize = 1_000;
/// Above these the function is rejected.
const MOST_INSTS: usize = 400_000;
const MOST_FRAME: u64 = 1 << 20;
/// The linear allocator looks at all live values at the end of every block.
const MOST_WORK: usize = 40_000_000;

/// Which register allocator a function gets, or why it is too big.
pub(crate) fn registers(func: &Func, order: &Order) -> Result<Registers, Ice> {
    let insts: usize = order
        .blocks
        .iter()
        .map(|block| func.blocks[*block].insts.len())
        .sum();
    let insts = insts + order.blocks.len();
    if insts > MOST_INSTS {
        return Err(Ice::new(format!(
            "the function has {insts} instructions; the limit is {MOST_INSTS}"
        )));
    }
    let frame: u64 = func.slots.values().map(|slot| u64::from(slot.size)).sum();
    if frame > MOST_FRAME {
        return Err(Ice::new(format!(
            "the function needs {frame} bytes of stack; the limit is {MOST_FRAME}"
        )));
    }
    let (blocks, live) = (order.blocks.len(), most_live(func, order));
    if blocks.saturating_mul(live) > MOST_WORK {
        return Err(Ice::new(format!(
            "the function has {blocks} blocks with up to {live} values at once; the limit is \
             {MOST_WORK} in all"
        )));
    }
    let usual = insts <= USUAL_INSTS && blocks <= USUAL_BLOCKS && live <= USUAL_LIVE;
    Ok(if usual {
        Registers::Backtracking
    } else {
        Registers::SinglePass
    })
}

/// About how many values are live at once: each from its definition to its last use in the
/// order of translation.
fn most_live(func: &Func, order: &Order) -> usize {
    const NEVER: usize = usize::MAX;
    let mut born = vec![NEVER; func.values.len()];
    let mut dies = vec![0; func.values.len()];
    let mut at = 0;
    let index = |value: theus_mir::Value| value.as_u32() as usize;
    for &block in &order.blocks {
        let data = &func.blocks[block];
        data.params
            .iter()
            .for_each(|param| born[index(*param)] = at);
        for &inst in &data.insts {
            at += 1;
            func.insts[inst].each_arg(|arg| dies[index(arg)] = at);
            if !is_remade(func, inst) {
                func.results[inst]
                    .iter()
                    .for_each(|result| born[index(*result)] = at);
            }
        }
        at += 1;
        if let Some(term) = &data.term {
            term.each_arg(|arg| dies[index(arg)] = at);
        }
    }
    let mut change = vec![0_i64; at + 2];
    for (&born, &dies) in born.iter().zip(&dies) {
        if born != NEVER && dies > born {
            change[born] += 1;
            change[dies] -= 1;
        }
    }
    let mut live = 0;
    let most = change.iter().map(|step| {
        live += step;
        live
    });
    usize::try_from(most.max().unwrap_or(0)).unwrap_or(0)
}

/// Constants and addresses are made anew at each use, so they are never live for long.
fn is_remade(func: &Func, inst: theus_mir::InstId) -> bool {
    crate::translate::is_remade(&func.insts[inst])
}

/// Whether the value is one that is made anew at each use.
pub(crate) fn remade(func: &Func, value: theus_mir::Value) -> Option<theus_mir::InstId> {
    match func.values[value].def {
        ValueDef::Result(inst, _) if is_remade(func, inst) => Some(inst),
        ValueDef::Result(..) | ValueDef::Param(..) => None,
    }
}
