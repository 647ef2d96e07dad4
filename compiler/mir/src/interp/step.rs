//! Execution of one instruction.

use theus_abi::Repr;

use super::MEMORY_BASE;
use super::call::{Frame, Machine, Step};
use crate::eval;
use crate::func::Inst;
use crate::ids::{InstId, Value};
use crate::op::BinaryOp;

impl<'a> Machine<'a> {
    /// Executes an instruction; calls are left to the caller.
    pub(super) fn inst(
        &mut self,
        frame: &Frame<'a>,
        id: InstId,
    ) -> Result<Step<'a>, String> {
        let func = frame.func;
        let bits = match &func.insts[id] {
            Inst::Iconst { repr, imm } => imm.cast_unsigned() & eval::mask(*repr),
            Inst::Fconst { bits, .. } => *bits,
            Inst::Unary { op, repr, arg } => {
                eval::unary(*op, func.repr(*arg), *repr, self.get(frame, *arg))
            }
            Inst::Binary { op, args } => self.binary(frame, *op, *args)?,
            Inst::Ternary { op, args } => {
                let [a, b, c] = args.map(|arg| self.get(frame, arg));
                eval::ternary(*op, func.repr(args[1]), a, b, c)
            }
            Inst::Math { math, args } => {
                let [a, b] = args.map(|arg| f64::from_bits(self.get(frame, arg)));
                eval::math(*math, a, b)
            }
            Inst::Base { offset } => MEMORY_BASE + u64::from(*offset),
            Inst::SlotAddr { slot } => frame.mark.slot_addr(slot.as_u32()),
            Inst::Element { addr, index, scale } => {
                let by = self.get(frame, *index).wrapping_mul(u64::from(*scale));
                self.get(frame, *addr).wrapping_add(by)
            }
            Inst::Load {
                repr, addr, offset, ..
            } => self
                .space
                .load(*repr, self.address(frame, *addr, *offset))?,
            Inst::Call { func, args } => return Ok(Step::Call(*func, args)),
            Inst::Host { host, args } => {
                let arg = args.first().map_or(0, |&arg| self.get(frame, arg));
                let arg = eval::sign_extend(Repr::I32, arg);
                let arg = i32::try_from(arg).map_err(|error| error.to_string())?;
                let status = self.host.call(*host, arg, self.space.memory);
                u64::from(status.cast_unsigned())
            }
            effect @ (Inst::Store { .. } | Inst::Copy { .. } | Inst::Zero { .. }) => {
                self.effect(frame, effect)?;
                return Ok(Step::Next);
            }
        };
        if let Some(&result) = func.results[id].first() {
            self.set(frame, result, bits);
        }
        Ok(Step::Next)
    }

    fn binary(
        &self,
        frame: &Frame<'a>,
        op: BinaryOp,
        args: [Value; 2],
    ) -> Result<u64, String> {
        let [a, b] = args.map(|arg| self.get(frame, arg));
        let repr = frame.func.repr(args[0]);
        eval::binary(op, repr, a, b).ok_or_else(|| {
            format!("no check stands before {}.{repr} {a:#x}, {b:#x}", op.name())
        })
    }

    fn effect(&mut self, frame: &Frame<'a>, inst: &Inst) -> Result<(), String> {
        match *inst {
            Inst::Store {
                value,
                addr,
                offset,
            } => {
                let addr = self.address(frame, addr, offset);
                self.space
                    .store(frame.func.repr(value), addr, self.get(frame, value))
            }
            Inst::Copy { dst, src, size } => {
                self.space
                    .copy(self.get(frame, dst), self.get(frame, src), size)
            }
            Inst::Zero { dst, size } => self.space.zero(self.get(frame, dst), size),
            _ => Ok(()),
        }
    }

    fn address(&self, frame: &Frame<'a>, addr: Value, offset: i32) -> u64 {
        self.get(frame, addr).wrapping_add_signed(offset.into())
    }
}
