//! Who calls whom: which functions need code, and how deep their stack gets.

use cranelift_codegen::entity::SecondaryMap;
use theus_abi::Repr;
use theus_mir::{Func, FuncId, Inst, Program};

use crate::options::Ice;

/// Entries, which the VM may call, have a body, no parameters, and return one status.
pub(crate) fn is_entry(func: &Func) -> bool {
    !func.layout.is_empty()
        && func.params.is_empty()
        && func.returns.as_slice() == [Repr::I32]
}

/// The functions that an entry can reach. Others, inlined everywhere, get no code.
pub(crate) fn reachable(program: &Program) -> SecondaryMap<FuncId, bool> {
    let mut found = SecondaryMap::new();
    let entries = program.funcs.iter().filter(|(_, func)| is_entry(func));
    let mut open: Vec<FuncId> = entries.map(|(id, _)| id).collect();
    while let Some(id) = open.pop() {
        if let Some(func) = program.funcs.get(id)
            && !std::mem::replace(&mut found[id], true)
        {
            open.extend(callees(func));
        }
    }
    found
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Depth {
    #[default]
    Unknown,
    Open,
    Known(u64),
}

/// The sum of frames along the worst chain of calls; `frame` is that of one function.
pub(crate) fn deepest(
    program: &Program,
    frame: impl Fn(FuncId) -> u32,
) -> Result<u64, Ice> {
    let mut depths: SecondaryMap<FuncId, Depth> = SecondaryMap::new();
    let mut most = 0;
    for root in program.funcs.keys() {
        let mut stack = vec![root];
        while let Some(&id) = stack.last() {
            let Some(func) = program.funcs.get(id) else {
                break;
            };
            let callees = callees(func);
            if depths[id] == Depth::Unknown {
                depths[id] = Depth::Open;
                if callees.iter().any(|callee| depths[*callee] == Depth::Open) {
                    return Err(Ice::new("the function calls itself").within(&func.name));
                }
                let unknown = |callee: &FuncId| depths[*callee] == Depth::Unknown;
                stack.extend(callees.into_iter().filter(unknown));
                continue;
            }
            stack.pop();
            if depths[id] == Depth::Open {
                let below = callees.iter().map(|callee| match depths[*callee] {
                    Depth::Known(depth) => depth,
                    Depth::Unknown | Depth::Open => 0,
                });
                let depth = below.max().unwrap_or(0) + u64::from(frame(id));
                depths[id] = Depth::Known(depth);
                most = most.max(depth);
            }
        }
    }
    Ok(most)
}

fn callees(func: &Func) -> Vec<FuncId> {
    let blocks = func
        .layout
        .iter()
        .flat_map(|block| &func.blocks[*block].insts);
    let calls = blocks.filter_map(|inst| match &func.insts[*inst] {
        Inst::Call { func, .. } => Some(*func),
        _ => None,
    });
    let mut callees: Vec<_> = calls.collect();
    callees.sort_unstable();
    callees.dedup();
    callees
}
