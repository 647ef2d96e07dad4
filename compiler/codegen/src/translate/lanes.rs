//! Lanes: values of a block of rounds, in as many registers of 128 bits as they need.

mod compare;
mod effect;
mod width;

use std::collections::BTreeMap;

use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::types::{F32X4, F64X2, I8X16, I16X8, I32X4, I64X2};
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, Type};
use theus_abi::Repr;
use theus_mir::{BinaryOp, Inst, TernaryOp, UnaryOp, Value};

use super::Translator;
use crate::options::Ice;
use crate::vector::kind::Kind;
use crate::vector::plan::{Plan, def, factor};

/// Bytes of a register.
const WIDTH: i32 = 16;

/// Values of a block of rounds that have been made.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    /// One value in all lanes, made before the loop.
    same: BTreeMap<Value, ir::Value>,
    constants: BTreeMap<(Repr, u64), ir::Value>,
    made: BTreeMap<Value, Vec<ir::Value>>,
    /// Truths, in lanes of another width.
    masks: BTreeMap<(Value, Repr), Vec<ir::Value>>,
    /// Values that step, at the first round of the block.
    pub(super) round: BTreeMap<Value, ir::Value>,
}

/// The register of lanes of a representation.
const fn vector_type(repr: Repr) -> Type {
    match repr {
        Repr::I8 => I8X16,
        Repr::I16 => I16X8,
        Repr::I32 => I32X4,
        Repr::I64 => I64X2,
        Repr::F32 => F32X4,
        Repr::F64 => F64X2,
    }
}

/// Integers as wide.
const fn mask_repr(repr: Repr) -> Repr {
    match repr {
        Repr::F32 => Repr::I32,
        Repr::F64 => Repr::I64,
        Repr::I8 | Repr::I16 | Repr::I32 | Repr::I64 => repr,
    }
}

const fn narrower(repr: Repr) -> Repr {
    match repr {
        Repr::I64 => Repr::I32,
        Repr::I32 => Repr::I16,
        _ => Repr::I8,
    }
}

const fn wider(repr: Repr) -> Repr {
    match repr {
        Repr::I8 => Repr::I16,
        Repr::I16 => Repr::I32,
        _ => Repr::I64,
    }
}

impl Translator<'_> {
    pub(super) fn prepare_lanes(
        &mut self,
        plan: &mut Plan,
        lanes: &mut Lanes,
    ) -> Result<(), Ice> {
        for id in plan.insts.clone() {
            let inst = self.mir.insts[id].clone();
            let mut args = Vec::new();
            match &inst {
                Inst::Store { value, .. } => args.push(*value),
                Inst::Unary { .. } | Inst::Binary { .. } | Inst::Ternary { .. } => {
                    inst.each_arg(|arg| args.push(arg));
                }
                _ => {}
            }
            let result = self.mir.results[id]
                .first()
                .map(|result| plan.kind(*result));
            let in_lanes = matches!(result, None | Some(Kind::Lanes | Kind::Mask(_)));
            for arg in args {
                if in_lanes
                    && plan.kind(arg) == Kind::Same
                    && !lanes.same.contains_key(&arg)
                {
                    let value = self.value(arg)?;
                    let ty = vector_type(self.mir.repr(arg));
                    let all = self.builder.ins().splat(ty, value);
                    lanes.same.insert(arg, all);
                }
            }
            self.prepare_constants(&inst, lanes);
        }
        self.constant(lanes, Repr::I8, 1);
        Ok(())
    }

    fn prepare_constants(&mut self, inst: &Inst, lanes: &mut Lanes) {
        match inst {
            Inst::Unary {
                op: UnaryOp::Trunc,
                arg,
                ..
            } if self.mir.repr(*arg) != Repr::I64 => {
                self.constant(lanes, Repr::I16, 0xff);
                self.constant(lanes, Repr::I32, 0xffff);
            }
            Inst::Unary {
                op: UnaryOp::Fcanon,
                repr,
                ..
            } => {
                let bits = if *repr == Repr::F32 {
                    0x7fc0_0000
                } else {
                    0x7ff8_0000_0000_0000
                };
                self.constant(lanes, *repr, bits);
            }
            Inst::Binary { op, args } if factor(self.mir, *op, *args).is_some() => {
                if let Some((value, by)) = factor(self.mir, *op, *args) {
                    let repr = self.mir.repr(value);
                    let top = (u64::MAX >> (64 - repr.bits())) / by.max(1);
                    self.constant(lanes, repr, top);
                }
            }
            Inst::Binary {
                op: BinaryOp::SaddOvf | BinaryOp::SsubOvf,
                args,
            } => {
                self.constant(lanes, self.mir.repr(args[0]), 0);
            }
            _ => {}
        }
    }

    pub(in crate::translate) fn constant(
        &mut self,
        lanes: &mut Lanes,
        repr: Repr,
        bits: u64,
    ) -> ir::Value {
        if let Some(known) = lanes.constants.get(&(repr, bits)) {
            return *known;
        }
        let value = if repr.is_float() {
            self.fconst(repr, bits)
        } else {
            self.iconst(repr, bits.cast_signed())
        };
        let all = self.builder.ins().splat(vector_type(repr), value);
        lanes.constants.insert((repr, bits), all);
        all
    }

    const fn registers(plan: &Plan, repr: Repr) -> usize {
        let count = plan.lanes * repr.size() / WIDTH.unsigned_abs();
        if count == 0 { 1 } else { count as usize }
    }

    pub(in crate::translate) fn lanes(
        &mut self,
        plan: &mut Plan,
        lanes: &mut Lanes,
        value: Value,
    ) -> Result<Vec<ir::Value>, Ice> {
        if let Some(made) = lanes.made.get(&value) {
            return Ok(made.clone());
        }
        let repr = self.mir.repr(value);
        if let Some(same) = lanes.same.get(&value) {
            return Ok(vec![*same; Self::registers(plan, repr)]);
        }
        let Some((_, inst)) = def(self.mir, value) else {
            return Err(Ice::new(format!("{value} has no lanes")));
        };
        let made = match inst {
            Inst::Load { addr, offset, .. } => {
                let addr = self.at(plan, *addr, &mut lanes.round)?;
                let flags = MemFlagsData::new().with_notrap();
                let ty = vector_type(repr);
                let count = Self::registers(plan, repr);
                (0..count)
                    .zip(0_i32..)
                    .map(|(_, n)| {
                        self.builder.ins().load(ty, flags, addr, offset + n * WIDTH)
                    })
                    .collect()
            }
            Inst::Unary {
                op: op @ (UnaryOp::Zext | UnaryOp::Sext),
                arg,
                ..
            } if self.is_load(*arg) => {
                self.wide_load(plan, lanes, *op == UnaryOp::Sext, (*arg, repr))?
            }
            Inst::Unary { op, repr, arg } => {
                let from = self.mir.repr(*arg);
                let x = self.lanes(plan, lanes, *arg)?;
                self.unary_lanes(lanes, *op, (from, *repr), x)
            }
            Inst::Binary { op, args } if factor(self.mir, *op, *args).is_some() => {
                self.too_large(plan, lanes, *op, *args)?
            }
            Inst::Binary { op, args } if op.is_predicate() => {
                self.predicate(plan, lanes, *op, *args)?
            }
            Inst::Binary { op, args: [a, b] } => {
                let x = self.lanes(plan, lanes, *a)?;
                if matches!(op, BinaryOp::Shl | BinaryOp::Ushr | BinaryOp::Sshr) {
                    let by = self.value(*b)?;
                    x.into_iter().map(|x| self.shifted(*op, x, by)).collect()
                } else {
                    let y = self.lanes(plan, lanes, *b)?;
                    let pairs = x.into_iter().zip(y);
                    pairs.map(|(x, y)| self.lane_op(*op, x, y)).collect()
                }
            }
            Inst::Ternary {
                op: TernaryOp::Select,
                args: [cond, a, b],
            } => {
                let mask = self.mask(plan, lanes, *cond, mask_repr(repr))?;
                let ones = u64::MAX >> (64 - repr.bits());
                if self.bits_of(*a) == Some(ones) && self.bits_of(*b) == Some(0) {
                    lanes.made.insert(value, mask.clone());
                    return Ok(mask);
                }
                let (x, y) = (self.lanes(plan, lanes, *a)?, self.lanes(plan, lanes, *b)?);
                let all = mask.into_iter().zip(x.into_iter().zip(y));
                all.map(|(mask, (x, y))| self.chosen(repr, mask, x, y))
                    .collect()
            }
            _ => return Err(Ice::new(format!("{value} has no lanes"))),
        };
        lanes.made.insert(value, made.clone());
        Ok(made)
    }

    fn bits_of(&self, value: Value) -> Option<u64> {
        let imm = self.known(value)?;
        Some(imm.cast_unsigned() & (u64::MAX >> (64 - self.mir.repr(value).bits())))
    }

    fn unary_lanes(
        &mut self,
        lanes: &mut Lanes,
        op: UnaryOp,
        (from, to): (Repr, Repr),
        x: Vec<ir::Value>,
    ) -> Vec<ir::Value> {
        match op {
            UnaryOp::Zext | UnaryOp::Sext => {
                self.widened(op == UnaryOp::Sext, (from, to), x)
            }
            UnaryOp::Trunc => self.narrowed(lanes, (from, to), x),
            UnaryOp::Fcanon => {
                let bits = if to == Repr::F32 {
                    0x7fc0_0000
                } else {
                    0x7ff8_0000_0000_0000
                };
                let nan = self.constant(lanes, to, bits);
                x.into_iter()
                    .map(|x| {
                        let number = self.builder.ins().fcmp(FloatCC::Ordered, x, x);
                        self.chosen(to, number, x, nan)
                    })
                    .collect()
            }
            _ => x
                .into_iter()
                .map(|x| {
                    let ins = self.builder.ins();
                    match op {
                        UnaryOp::Ineg => ins.ineg(x),
                        UnaryOp::Fneg => ins.fneg(x),
                        UnaryOp::Fabs => ins.fabs(x),
                        UnaryOp::Fsqrt => ins.sqrt(x),
                        _ => ins.bnot(x),
                    }
                })
                .collect(),
        }
    }

    fn shifted(&mut self, op: BinaryOp, x: ir::Value, by: ir::Value) -> ir::Value {
        let ins = self.builder.ins();
        match op {
            BinaryOp::Shl => ins.ishl(x, by),
            BinaryOp::Ushr => ins.ushr(x, by),
            _ => ins.sshr(x, by),
        }
    }

    fn lane_op(&mut self, op: BinaryOp, x: ir::Value, y: ir::Value) -> ir::Value {
        let ins = self.builder.ins();
        match op {
            BinaryOp::Isub => ins.isub(x, y),
            BinaryOp::Imul => ins.imul(x, y),
            BinaryOp::And => ins.band(x, y),
            BinaryOp::Or => ins.bor(x, y),
            BinaryOp::Xor => ins.bxor(x, y),
            BinaryOp::Fadd => ins.fadd(x, y),
            BinaryOp::Fsub => ins.fsub(x, y),
            BinaryOp::Fmul => ins.fmul(x, y),
            BinaryOp::Fdiv => ins.fdiv(x, y),
            _ => ins.iadd(x, y),
        }
    }

    fn chosen(
        &mut self,
        repr: Repr,
        mask: ir::Value,
        x: ir::Value,
        y: ir::Value,
    ) -> ir::Value {
        let mask = if repr.is_float() {
            let flags = MemFlagsData::new().with_endianness(ir::Endianness::Little);
            self.builder.ins().bitcast(vector_type(repr), flags, mask)
        } else {
            mask
        };
        self.builder.ins().bitselect(mask, x, y)
    }
}
