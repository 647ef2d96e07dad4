//! Truths of each round: comparisons and overflows.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, InstBuilder};
use theus_abi::Repr;
use theus_mir::{BinaryOp, Value};

use super::Lanes;
use crate::options::Ice;
use crate::translate::Translator;
use crate::vector::plan::{Plan, factor};

impl Translator<'_> {
    pub(in crate::translate) fn predicate(
        &mut self,
        plan: &mut Plan,
        lanes: &mut Lanes,
        op: BinaryOp,
        [a, b]: [Value; 2],
    ) -> Result<Vec<ir::Value>, Ice> {
        let repr = self.mir.repr(a);
        let x = self.lanes(plan, lanes, a)?;
        let y = self.lanes(plan, lanes, b)?;
        let never = plan.ranges.never(self.mir, op, [a, b]);
        let always = plan.ranges.always(self.mir, op, [a, b]);
        let pairs = x.into_iter().zip(y);
        Ok(pairs
            .map(|(x, y)| {
                if never || always {
                    let same = self.builder.ins().bxor(x, x);
                    return if always {
                        self.builder.ins().bnot(same)
                    } else {
                        same
                    };
                }
                self.compared(lanes, op, repr, x, y)
            })
            .collect())
    }

    pub(in crate::translate) fn too_large(
        &mut self,
        plan: &mut Plan,
        lanes: &mut Lanes,
        op: BinaryOp,
        args: [Value; 2],
    ) -> Result<Vec<ir::Value>, Ice> {
        let Some((value, by)) = factor(self.mir, op, args) else {
            return Err(Ice::new("a product without a constant"));
        };
        let repr = self.mir.repr(value);
        let top = (u64::MAX >> (64 - repr.bits())) / by.max(1);
        let top = self.constant(lanes, repr, top);
        let x = self.lanes(plan, lanes, value)?;
        let cc = IntCC::UnsignedGreaterThan;
        Ok(x.into_iter()
            .map(|x| self.builder.ins().icmp(cc, x, top))
            .collect())
    }

    pub(in crate::translate) fn compared(
        &mut self,
        lanes: &mut Lanes,
        op: BinaryOp,
        repr: Repr,
        x: ir::Value,
        y: ir::Value,
    ) -> ir::Value {
        if let Some(cc) = float_condition(op) {
            return self.builder.ins().fcmp(cc, x, y);
        }
        if let Some(cc) = condition(op) {
            return self.builder.ins().icmp(cc, x, y);
        }
        let adds = matches!(op, BinaryOp::UaddOvf | BinaryOp::SaddOvf);
        let result = if adds {
            self.builder.ins().iadd(x, y)
        } else {
            self.builder.ins().isub(x, y)
        };
        if op == BinaryOp::UaddOvf {
            return self.builder.ins().icmp(IntCC::UnsignedLessThan, result, x);
        }
        let left = self.builder.ins().bxor(x, result);
        let right = if adds {
            self.builder.ins().bxor(y, result)
        } else {
            self.builder.ins().bxor(x, y)
        };
        let sign = self.builder.ins().band(left, right);
        let zero = self.constant(lanes, repr, 0);
        self.builder.ins().icmp(IntCC::SignedLessThan, sign, zero)
    }
}

const fn condition(op: BinaryOp) -> Option<IntCC> {
    match op {
        BinaryOp::Ieq => Some(IntCC::Equal),
        BinaryOp::Ine => Some(IntCC::NotEqual),
        BinaryOp::Slt => Some(IntCC::SignedLessThan),
        BinaryOp::Sle => Some(IntCC::SignedLessThanOrEqual),
        BinaryOp::Ult | BinaryOp::UsubOvf => Some(IntCC::UnsignedLessThan),
        BinaryOp::Ule => Some(IntCC::UnsignedLessThanOrEqual),
        _ => None,
    }
}

const fn float_condition(op: BinaryOp) -> Option<FloatCC> {
    match op {
        BinaryOp::Feq => Some(FloatCC::Equal),
        BinaryOp::Fne => Some(FloatCC::NotEqual),
        BinaryOp::Flt => Some(FloatCC::LessThan),
        BinaryOp::Fle => Some(FloatCC::LessThanOrEqual),
        _ => None,
    }
}
