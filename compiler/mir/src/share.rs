//! What several threads may run at the same time: code that keeps to memory of its own.

use cranelift_entity::{EntitySet, PrimaryMap};
use theus_abi::header::HEADER_SIZE;
use theus_abi::image::{Site, SiteKind};

use crate::func::{Func, Inst, Terminator};
use crate::ids::FuncId;
use crate::passes::address::{Address, Root};

/// Whether a function, and what it calls, stores no word of the header, reports no failure and
/// calls no host: all that is there once, for the thread of the run.
pub fn stays_apart(
    funcs: &PrimaryMap<FuncId, Func>,
    sites: &[Site],
    first: FuncId,
) -> bool {
    let (mut seen, mut open) = (EntitySet::new(), vec![first]);
    while let Some(id) = open.pop() {
        let Some(func) = funcs.get(id) else {
            return false;
        };
        if !seen.insert(id) {
            continue;
        }
        for &block in &func.layout {
            if func.blocks[block]
                .term
                .as_ref()
                .is_some_and(|term| reports(sites, term))
            {
                return false;
            }
            for &inst in &func.blocks[block].insts {
                let inst = &func.insts[inst];
                if !is_apart(func, inst) {
                    return false;
                }
                if let Inst::Call { func: callee, .. } = inst {
                    open.push(*callee);
                }
            }
        }
    }
    true
}

fn is_apart(func: &Func, inst: &Inst) -> bool {
    match inst {
        Inst::Host { .. } => false,
        Inst::Store { addr, offset, .. } => {
            let to = Address::of(func, *addr).plus(*offset);
            let header = i64::from(HEADER_SIZE);
            to.root != Root::Base || to.offset.is_none_or(|offset| offset >= header)
        }
        _ => true,
    }
}

fn reports(sites: &[Site], term: &Terminator) -> bool {
    let Terminator::Check { site, .. } = term else {
        return false;
    };
    let site = usize::try_from(site.as_u32())
        .ok()
        .and_then(|at| sites.get(at));
    site.is_none_or(|site| site.kind != SiteKind::Share)
}
