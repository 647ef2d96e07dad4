//! Representations: operands, results and signatures are what the table of operations says.

use theus_abi::image::ArgKind;
use theus_abi::{Repr, header};

use super::Errors;
use super::ids::Place;
use crate::eval;
use crate::func::{Func, Inst, Terminator};
use crate::ids::{FuncId, InstId, SiteId, Value};
use crate::op::{BinaryOp, TernaryOp, UnaryOp};
use crate::program::Program;

/// What the checks of one place need.
struct Checker<'a, 'e> {
    func: &'a Func,
    program: Option<&'a Program>,
    errors: &'e mut Errors<'a>,
}

pub(super) fn check<'a>(
    func: &'a Func,
    program: Option<&'a Program>,
    errors: &mut Errors<'a>,
) {
    let mut checker = Checker {
        func,
        program,
        errors,
    };
    let entry = func.entry().map(|entry| &func.blocks[entry].params);
    let params: Vec<Repr> = entry.into_iter().flatten().map(|&v| func.repr(v)).collect();
    checker.require(
        params == func.params,
        "entry",
        "its parameters are not the function's",
    );
    for &block in &func.layout {
        for &inst in &func.blocks[block].insts {
            checker.inst(
                &Place {
                    block,
                    inst: Some(inst),
                },
                inst,
            );
        }
        if let Some(term) = &func.blocks[block].term {
            checker.term(&Place { block, inst: None }, term);
        }
    }
    entry_accesses(&mut checker);
}

impl Checker<'_, '_> {
    fn require(&mut self, holds: bool, place: impl std::fmt::Display, text: &str) {
        self.errors.require(holds, place, text);
    }

    fn is(&self, value: Value, repr: Repr) -> bool {
        self.func.repr(value) == repr
    }

    fn reprs(&self, values: &[Value]) -> Vec<Repr> {
        values.iter().map(|&value| self.func.repr(value)).collect()
    }

    fn inst(&mut self, place: &Place, id: InstId) {
        let inst = &self.func.insts[id];
        if !self.operands(inst) {
            let text = format_args!("operands do not fit the operation {inst:?}");
            self.errors.push(place, text);
        }
        let results = &self.func.results[id];
        if let Inst::Call { func, args } = inst {
            self.call(place, *func, args, &self.reprs(results));
            return;
        }
        let results = results.iter().map(|&value| self.func.repr(value));
        let fits = results.eq(self.func.result_repr(inst));
        self.require(fits, place, "results do not fit the operation");
    }

    fn operands(&self, inst: &Inst) -> bool {
        match inst {
            Inst::Iconst { repr, imm } => {
                !repr.is_float() && eval::sign_extend(*repr, imm.cast_unsigned()) == *imm
            }
            Inst::Fconst { repr, bits } => {
                repr.is_float() && bits & !eval::mask(*repr) == 0
            }
            Inst::Unary { op, repr, arg } => unary(*op, self.func.repr(*arg), *repr),
            Inst::Binary { op, args: [a, b] } => {
                let repr = self.func.repr(*a);
                self.is(*b, repr) && binary(*op, repr)
            }
            Inst::Ternary {
                op: TernaryOp::Select,
                args: [a, b, c],
            } => self.is(*a, Repr::I8) && self.is(*b, self.func.repr(*c)),
            Inst::Ternary {
                op: TernaryOp::Fma,
                args: [a, b, c],
            } => {
                let repr = self.func.repr(*a);
                repr.is_float() && self.is(*b, repr) && self.is(*c, repr)
            }
            Inst::Math { math, args: [a, b] } => {
                let floats = self.is(*a, Repr::F64) && self.is(*b, Repr::F64);
                floats && (math.arity() == 2 || a == b)
            }
            Inst::Element { addr, index, .. } => {
                self.is(*addr, Repr::I64) && self.is(*index, Repr::I64)
            }
            Inst::Load { addr, .. } | Inst::Store { addr, .. } => {
                self.is(*addr, Repr::I64)
            }
            Inst::Copy { dst, src, .. } => {
                self.is(*dst, Repr::I64) && self.is(*src, Repr::I64)
            }
            Inst::Zero { dst, .. } => self.is(*dst, Repr::I64),
            Inst::Host { args, .. } => self.reprs(args) == [Repr::I32],
            Inst::Base { .. } | Inst::SlotAddr { .. } | Inst::Call { .. } => true,
        }
    }

    fn call(&mut self, place: &Place, func: FuncId, args: &[Value], results: &[Repr]) {
        let Some(program) = self.program else { return };
        let Some(callee) = program.funcs.get(func) else {
            self.require(false, place, "there is no such function");
            return;
        };
        let args = self.reprs(args);
        self.require(
            args == callee.params,
            place,
            "arguments do not fit the callee",
        );
        self.require(
            results == callee.returns,
            place,
            "results do not fit the callee",
        );
    }

    fn term(&mut self, place: &Place, term: &Terminator) {
        match term {
            Terminator::Jump(_) => {}
            Terminator::Branch { cond, .. } => {
                self.require(
                    self.is(*cond, Repr::I8),
                    place,
                    "the condition is not an i8",
                );
            }
            Terminator::Switch { value, .. } => {
                let integer = !self.func.repr(*value).is_float();
                self.require(integer, place, "a switch on a float");
            }
            Terminator::Check {
                cond, site, args, ..
            } => {
                self.require(
                    self.is(*cond, Repr::I8),
                    place,
                    "the condition is not an i8",
                );
                let few = args.len() <= header::MAX_FAULT_ARGS;
                self.require(few, place, "more operands than a check can have");
                self.site(place, *site, args);
            }
            Terminator::Return(values) => {
                let fits = self.reprs(values) == self.func.returns;
                self.require(fits, place, "results do not fit the function");
            }
        }
    }

    fn site(&mut self, place: &Place, site: SiteId, args: &[Value]) {
        let Some(program) = self.program else { return };
        let index = usize::try_from(site.as_u32()).unwrap_or(usize::MAX);
        let Some(data) = program.image.sites.get(index) else {
            self.require(false, place, "there is no such site");
            return;
        };
        let kinds = data.args.iter().map(|(_, kind)| *kind);
        let fits = args.len() == kinds.len()
            && kinds
                .zip(self.reprs(args))
                .all(|(kind, repr)| reports(kind, repr));
        self.require(fits, place, "operands do not fit the site");
    }
}

/// Whether an operand of that representation can be reported so.
fn reports(kind: ArgKind, repr: Repr) -> bool {
    match kind {
        ArgKind::Int | ArgKind::Uint => !repr.is_float(),
        ArgKind::Float => repr.is_float(),
        ArgKind::Bool => repr == Repr::I8,
        ArgKind::Duration | ArgKind::Text => repr == Repr::I64,
    }
}

fn unary(op: UnaryOp, from: Repr, to: Repr) -> bool {
    use UnaryOp as Op;
    let (float_in, float_out) = (from.is_float(), to.is_float());
    match op {
        Op::Ineg | Op::Bnot | Op::Clz | Op::Ctz | Op::Popcnt => !float_in && from == to,
        Op::Not => from == Repr::I8 && to == Repr::I8,
        Op::Sext | Op::Zext => !float_in && !float_out && from.size() < to.size(),
        Op::Trunc => !float_in && !float_out && from.size() > to.size(),
        Op::Fneg | Op::Fabs | Op::Fsqrt | Op::Ffloor | Op::Fceil => {
            float_in && from == to
        }
        Op::Ftrunc | Op::Fnearest | Op::Fcanon => float_in && from == to,
        Op::Fpromote => from == Repr::F32 && to == Repr::F64,
        Op::Fdemote => from == Repr::F64 && to == Repr::F32,
        Op::SintToF | Op::UintToF => !float_in && float_out,
        Op::FToSint | Op::FToUint => float_in && !float_out,
        Op::Bitcast => float_in != float_out && from.size() == to.size(),
    }
}

const fn binary(op: BinaryOp, repr: Repr) -> bool {
    op.is_float() == repr.is_float()
}

/// Accesses of slots with a known offset stay inside the slot. Only the entry block is sure
/// to be executed: elsewhere a check may stand before what looks wrong.
fn entry_accesses(checker: &mut Checker<'_, '_>) {
    let func = checker.func;
    let Some(block) = func.entry() else { return };
    for &inst in &func.blocks[block].insts {
        let size = match &func.insts[inst] {
            Inst::Load { repr, .. } => repr.size(),
            Inst::Store { value, .. } => func.repr(*value).size(),
            Inst::Copy { size, .. } | Inst::Zero { size, .. } => *size,
            _ => continue,
        };
        let (offset, addresses) = match func.insts[inst] {
            Inst::Load { addr, offset, .. } | Inst::Store { addr, offset, .. } => {
                (offset, [Some(addr), None])
            }
            Inst::Copy { dst, src, .. } => (0, [Some(dst), Some(src)]),
            Inst::Zero { dst, .. } => (0, [Some(dst), None]),
            _ => continue,
        };
        for addr in addresses.into_iter().flatten() {
            let inside = slot_offset(func, addr).is_none_or(|(slot_size, at)| {
                let start = at + i128::from(offset);
                start >= 0 && start + i128::from(size) <= i128::from(slot_size)
            });
            let place = Place {
                block,
                inst: Some(inst),
            };
            checker.require(inside, place, "an access outside its slot");
        }
    }
}

/// Size of the slot that the address is in, and the offset in it, if both are known.
fn slot_offset(func: &Func, mut addr: Value) -> Option<(u32, i128)> {
    let mut offset = 0;
    // An address is made of fewer steps than there are instructions.
    for _ in 0..func.insts.len() {
        match *defining(func, addr)? {
            Inst::SlotAddr { slot } => return Some((func.slots[slot].size, offset)),
            Inst::Element {
                addr: from,
                index,
                scale,
            } => {
                let &Inst::Iconst { imm, .. } = defining(func, index)? else {
                    return None;
                };
                offset += i128::from(imm) * i128::from(scale);
                addr = from;
            }
            _ => return None,
        }
    }
    None
}

fn defining(func: &Func, value: Value) -> Option<&Inst> {
    match func.values[value].def {
        crate::func::ValueDef::Result(inst, _) => func.insts.get(inst),
        crate::func::ValueDef::Param(..) => None,
    }
}
