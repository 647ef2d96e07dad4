//! Operations of one operand.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData};
use theus_abi::Repr;
use theus_mir::{UnaryOp, Value};

use super::Translator;
use crate::options::Ice;
use crate::target::clif_type;

impl Translator<'_> {
    pub(super) fn unary(
        &mut self,
        op: UnaryOp,
        repr: Repr,
        arg: Value,
    ) -> Result<ir::Value, Ice> {
        let from = self.mir.repr(arg);
        let x = self.value(arg)?;
        let ty = clif_type(repr);
        let ins = self.builder.ins();
        Ok(match op {
            UnaryOp::Ineg => ins.ineg(x),
            UnaryOp::Bnot => ins.bnot(x),
            UnaryOp::Not => ins.icmp_imm_u(IntCC::Equal, x, 0),
            UnaryOp::Clz => ins.clz(x),
            UnaryOp::Ctz => ins.ctz(x),
            UnaryOp::Popcnt => ins.popcnt(x),
            UnaryOp::Sext if from == repr => x,
            UnaryOp::Sext => ins.sextend(ty, x),
            UnaryOp::Zext if from == repr => x,
            UnaryOp::Zext => ins.uextend(ty, x),
            UnaryOp::Trunc if from == repr => x,
            UnaryOp::Trunc => ins.ireduce(ty, x),
            UnaryOp::Fneg => ins.fneg(x),
            UnaryOp::Fabs => ins.fabs(x),
            UnaryOp::Fsqrt => ins.sqrt(x),
            UnaryOp::Ffloor => ins.floor(x),
            UnaryOp::Fceil => ins.ceil(x),
            UnaryOp::Ftrunc => ins.trunc(x),
            UnaryOp::Fnearest => ins.nearest(x),
            UnaryOp::Fcanon => self.fcanon(repr, arg)?,
            UnaryOp::Fpromote if from == repr => x,
            UnaryOp::Fpromote => ins.fpromote(ty, x),
            UnaryOp::Fdemote if from == repr => x,
            UnaryOp::Fdemote => ins.fdemote(ty, x),
            UnaryOp::SintToF => ins.fcvt_from_sint(ty, x),
            UnaryOp::UintToF => ins.fcvt_from_uint(ty, x),
            UnaryOp::FToSint => self.float_to_sint(repr, x),
            UnaryOp::FToUint => self.float_to_uint(repr, x),
            UnaryOp::Bitcast => ins.bitcast(ty, MemFlagsData::new(), x),
        })
    }
}
