//! Operations of two operands.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, InstBuilder};
use theus_mir::{BinaryOp, Value};

use super::Translator;
use crate::limit::remade;
use crate::options::Ice;

impl Translator<'_> {
    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        args: [Value; 2],
    ) -> Result<ir::Value, Ice> {
        if let Some(known) = self.arithmetic_of_overflow(op, args)? {
            return Ok(known);
        }
        if op.is_float() {
            return self.float_binary(op, args);
        }
        let [a, b] = args;
        let (x, y) = (self.value(a)?, self.value(b)?);
        let ins = self.builder.ins();
        Ok(match op {
            BinaryOp::Iadd => ins.iadd(x, y),
            BinaryOp::Isub => ins.isub(x, y),
            BinaryOp::Imul => ins.imul(x, y),
            BinaryOp::Sdiv => self.sdiv(b, x, y),
            BinaryOp::Udiv => {
                let y = self.not_zero(b, y);
                self.builder.ins().udiv(x, y)
            }
            BinaryOp::Srem => {
                let y = self.not_zero(b, y);
                self.builder.ins().srem(x, y)
            }
            BinaryOp::Urem => {
                let y = self.not_zero(b, y);
                self.builder.ins().urem(x, y)
            }
            BinaryOp::And => ins.band(x, y),
            BinaryOp::Or => ins.bor(x, y),
            BinaryOp::Xor => ins.bxor(x, y),
            BinaryOp::Shl => ins.ishl(x, y),
            BinaryOp::Sshr => ins.sshr(x, y),
            BinaryOp::Ushr => ins.ushr(x, y),
            BinaryOp::SaddOvf
            | BinaryOp::SsubOvf
            | BinaryOp::SmulOvf
            | BinaryOp::UaddOvf
            | BinaryOp::UsubOvf
            | BinaryOp::UmulOvf => self.overflow(op, args)?,
            BinaryOp::Ieq => ins.icmp(IntCC::Equal, x, y),
            BinaryOp::Ine => ins.icmp(IntCC::NotEqual, x, y),
            BinaryOp::Slt => ins.icmp(IntCC::SignedLessThan, x, y),
            BinaryOp::Sle => ins.icmp(IntCC::SignedLessThanOrEqual, x, y),
            BinaryOp::Ult => ins.icmp(IntCC::UnsignedLessThan, x, y),
            BinaryOp::Ule => ins.icmp(IntCC::UnsignedLessThanOrEqual, x, y),
            BinaryOp::Fadd
            | BinaryOp::Fsub
            | BinaryOp::Fmul
            | BinaryOp::Fdiv
            | BinaryOp::Fmin
            | BinaryOp::Fmax
            | BinaryOp::Fcopysign
            | BinaryOp::Feq
            | BinaryOp::Fne
            | BinaryOp::Flt
            | BinaryOp::Fle => return self.float_binary(op, args),
        })
    }

    fn float_binary(&mut self, op: BinaryOp, args: [Value; 2]) -> Result<ir::Value, Ice> {
        let [a, b] = args;
        // The second operand may be in memory; of an ordered comparison, which becomes
        // `b > a`, the first.
        let swap = matches!(op, BinaryOp::Fadd | BinaryOp::Fmul) && self.is_constant(a);
        let (a, b) = if swap { (b, a) } else { (a, b) };
        let (x, y) = match op {
            BinaryOp::Flt | BinaryOp::Fle => (self.foldable(a)?, self.value(b)?),
            BinaryOp::Fadd | BinaryOp::Fsub | BinaryOp::Fmul | BinaryOp::Fdiv => {
                (self.value(a)?, self.foldable(b)?)
            }
            _ => (self.value(a)?, self.value(b)?),
        };
        let ins = self.builder.ins();
        Ok(match op {
            BinaryOp::Fadd => ins.fadd(x, y),
            BinaryOp::Fsub => ins.fsub(x, y),
            BinaryOp::Fmul => ins.fmul(x, y),
            BinaryOp::Fdiv => ins.fdiv(x, y),
            BinaryOp::Fmin => ins.fmin(x, y),
            BinaryOp::Fmax => ins.fmax(x, y),
            BinaryOp::Fcopysign => self.fcopysign(self.mir.repr(a), x, y),
            BinaryOp::Feq => ins.fcmp(FloatCC::Equal, x, y),
            BinaryOp::Fne => ins.fcmp(FloatCC::NotEqual, x, y),
            BinaryOp::Flt => ins.fcmp(FloatCC::LessThan, x, y),
            BinaryOp::Fle => ins.fcmp(FloatCC::LessThanOrEqual, x, y),
            other => {
                return Err(Ice::new(format!("{} is no float operation", other.name())));
            }
        })
    }

    fn is_constant(&self, value: Value) -> bool {
        remade(self.mir, value).is_some()
    }

    /// The divisor, or 1 where it is 0. A check has made sure that it is not; this costs
    /// nothing beside the division and keeps a wrong check from stopping the process.
    fn not_zero(&mut self, divisor: Value, y: ir::Value) -> ir::Value {
        if self.known(divisor).is_some_and(|known| known != 0) {
            return y;
        }
        let one = self.iconst(self.mir.repr(divisor), 1);
        self.builder.ins().umax(y, one)
    }

    /// The quotient; the hardware divides neither by 0 nor by -1.
    fn sdiv(&mut self, divisor: Value, x: ir::Value, y: ir::Value) -> ir::Value {
        if self
            .known(divisor)
            .is_some_and(|known| known != 0 && known != -1)
        {
            return self.builder.ins().sdiv(x, y);
        }
        let repr = self.mir.repr(divisor);
        let (one, two) = (self.iconst(repr, 1), self.iconst(repr, 2));
        let above = self.builder.ins().iadd_imm_s(y, 1);
        let is_special = self.builder.ins().icmp(IntCC::UnsignedLessThan, above, two);
        let safe = self.builder.ins().select(is_special, one, y);
        let quotient = self.builder.ins().sdiv(x, safe);
        let negated = self.builder.ins().ineg(x);
        let is_minus_one = self.builder.ins().icmp_imm_s(IntCC::Equal, y, -1);
        self.builder.ins().select(is_minus_one, negated, quotient)
    }
}
