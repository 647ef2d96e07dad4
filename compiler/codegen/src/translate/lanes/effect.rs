//! What a block of rounds comes to: failed checks, stores, totals.

use cranelift_codegen::ir::types::{I8X16, I32};
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData};
use theus_abi::Repr;
use theus_mir::Inst;

use super::{Lanes, WIDTH};
use crate::options::Ice;
use crate::target::clif_type;
use crate::translate::Translator;
use crate::vector::kind::Kind;
use crate::vector::plan::{Plan, Total};

impl Translator<'_> {
    pub(in crate::translate) fn lane_checks(
        &mut self,
        plan: &mut Plan,
        lanes: &mut Lanes,
    ) -> Result<Option<ir::Value>, Ice> {
        let mut failed: Option<ir::Value> = None;
        for (cond, holds) in plan.checks.clone() {
            if !matches!(plan.kind(cond), Kind::Mask(_)) {
                continue;
            }
            for mask in self.lanes(plan, lanes, cond)? {
                let bad = if holds {
                    self.builder.ins().bnot(mask)
                } else {
                    mask
                };
                let flags = MemFlagsData::new().with_endianness(ir::Endianness::Little);
                let bad = self.builder.ins().bitcast(I8X16, flags, bad);
                failed = Some(match failed {
                    Some(failed) => self.builder.ins().bor(failed, bad),
                    None => bad,
                });
            }
        }
        Ok(failed.map(|failed| self.builder.ins().vany_true(failed)))
    }

    pub(in crate::translate) fn lane_stores(
        &mut self,
        plan: &mut Plan,
        lanes: &mut Lanes,
    ) -> Result<(), Ice> {
        let mut ready = Vec::new();
        for id in plan.insts.clone() {
            let Inst::Store {
                value,
                addr,
                offset,
            } = &self.mir.insts[id]
            else {
                continue;
            };
            let to = self.at(plan, *addr, &mut lanes.round)?;
            let values = if matches!(plan.kind(*value), Kind::Mask(_)) {
                let one = self.constant(lanes, Repr::I8, 1);
                let mask = self.mask(plan, lanes, *value, Repr::I8)?;
                mask.into_iter()
                    .map(|mask| self.builder.ins().band(mask, one))
                    .collect()
            } else {
                self.lanes(plan, lanes, *value)?
            };
            ready.push((to, *offset, values));
        }
        let flags = MemFlagsData::new().with_notrap();
        for (to, offset, values) in ready {
            for (value, n) in values.into_iter().zip(0_i32..) {
                self.builder
                    .ins()
                    .store(flags, value, to, offset + n * WIDTH);
            }
        }
        Ok(())
    }

    pub(in crate::translate) fn count(
        &mut self,
        plan: &mut Plan,
        lanes: &mut Lanes,
        total: &Total,
    ) -> Result<ir::Value, Ice> {
        let Some((cond, yes, no)) = plan.counted(self.mir, total.addend) else {
            return Err(Ice::new("a total that is not counted"));
        };
        let ty = clif_type(self.mir.repr(total.addend));
        let mut masks = self.lanes(plan, lanes, cond)?;
        if masks.len() > 1 && matches!(plan.kind(cond), Kind::Mask(Repr::I16)) {
            masks = self.mask(plan, lanes, cond, Repr::I8)?;
        }
        let mut sum: Option<ir::Value> = None;
        for mask in masks {
            let bits = self.builder.ins().vhigh_bits(I32, mask);
            let ones = self.builder.ins().popcnt(bits);
            sum = Some(match sum {
                Some(sum) => self.builder.ins().iadd(sum, ones),
                None => ones,
            });
        }
        let Some(ones) = sum else {
            return Err(Ice::new("a total of no rounds"));
        };
        let ones = if ty == I32 {
            ones
        } else {
            self.builder.ins().uextend(ty, ones)
        };
        if (yes, no) == (1, 0) {
            return Ok(ones);
        }
        let more = self.builder.ins().imul_imm_s(ones, yes - no);
        Ok(self
            .builder
            .ins()
            .iadd_imm_s(more, no * i64::from(plan.lanes)))
    }
}
