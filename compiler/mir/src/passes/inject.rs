//! `inject`: every check also fails when the header asks for its site. Runs before the
//! optimisation, for builds that test how a program handles faults.

use theus_abi::{Repr, header};

use super::constant::Const;
use crate::builder::FuncBuilder;
use crate::func::{Func, Inst, Terminator};
use crate::ids::{SiteId, Value};
use crate::op::{BinaryOp, TernaryOp};
use crate::program::Program;

/// Arms every check of a program. A share fails at once: what is done instead has all its checks.
pub fn inject(program: &mut Program) {
    for func in program.funcs.values_mut() {
        if func.share.is_some() {
            *func = failed(func);
        }
        arm(func);
    }
}

/// A share that fails.
pub(super) fn failed(func: &Func) -> Func {
    let mut b = FuncBuilder::new(&func.name, &func.params, &func.returns);
    let status = b.iconst(Repr::I32, 1);
    b.ret(&[status]);
    Func {
        keep: func.keep,
        share: func.share,
        ..b.finish()
    }
}

/// Arms every check of a function.
pub(crate) fn arm(func: &mut Func) {
    for at in 0..func.layout.len() {
        let block = func.layout[at];
        let Some(Terminator::Check { cond, site, .. }) = func.blocks[block].term else {
            continue;
        };
        let mut insts = std::mem::take(&mut func.blocks[block].insts);
        let armed = condition(func, cond, site, &mut insts);
        func.blocks[block].insts = insts;
        if let Some(Terminator::Check { cond, .. }) = &mut func.blocks[block].term {
            *cond = armed;
        }
    }
}

/// `cond`, or 0 where the header names the site.
fn condition(
    func: &mut Func,
    cond: Value,
    site: SiteId,
    insts: &mut Vec<crate::ids::InstId>,
) -> Value {
    let mut add = |inst: Inst, repr: Repr| {
        let id = func.make(inst, &[repr]);
        insts.push(id);
        func.results[id][0]
    };
    let addr = add(Inst::Base { offset: 0 }, Repr::I64);
    let load = Inst::Load {
        repr: Repr::I64,
        addr,
        offset: header::INJECT,
        invariant: false,
    };
    let asked = add(load, Repr::I64);
    let here = add(
        Const::new(Repr::I64, site.as_u32().into()).inst(),
        Repr::I64,
    );
    let other = add(
        Inst::Binary {
            op: BinaryOp::Ine,
            args: [asked, here],
        },
        Repr::I8,
    );
    let zero = add(Const::bool(false).inst(), Repr::I8);
    let args = [other, cond, zero];
    add(
        Inst::Ternary {
            op: TernaryOp::Select,
            args,
        },
        Repr::I8,
    )
}
