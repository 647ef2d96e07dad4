//! Operations of one operand.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
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
            UnaryOp::Fneg => self.fneg(repr, x),
            UnaryOp::Fabs => self.fabs(repr, x),
            UnaryOp::Fsqrt => ins.sqrt(x),
            UnaryOp::Ffloor => ins.floor(x),
            UnaryOp::Fceil => ins.ceil(x),
            UnaryOp::Ftrunc => ins.trunc(x),
            UnaryOp::Fnearest => ins.nearest(x),
            UnaryOp::Fcanon => self.canonical(repr, x),
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

    /// The value, or the one quiet NaN if it is any NaN.
    pub(super) fn canonical(&mut self, repr: Repr, x: ir::Value) -> ir::Value {
        let bits = if repr == Repr::F32 {
            0x7fc0_0000
        } else {
            0x7ff8_0000_0000_0000
        };
        let nan = self.fconst(repr, bits);
        let ordered = self.builder.ins().fcmp(FloatCC::Ordered, x, x);
        self.builder.ins().select(ordered, x, nan)
    }
}
