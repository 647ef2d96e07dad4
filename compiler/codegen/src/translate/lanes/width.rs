//! Lanes of another width, and truths as wide as what they choose.

use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData};
use theus_abi::Repr;
use theus_mir::{Inst, Value};

use super::{Lanes, WIDTH, mask_repr, narrower, wider};
use crate::options::Ice;
use crate::translate::Translator;
use crate::vector::kind::Kind;
use crate::vector::plan::{Plan, def};

impl Translator<'_> {
    pub(in crate::translate) fn is_load(&self, value: Value) -> bool {
        matches!(def(self.mir, value), Some((_, Inst::Load { .. })))
    }

    pub(in crate::translate) fn wide_load(
        &mut self,
        plan: &Plan,
        lanes: &mut Lanes,
        signed: bool,
        (load, to): (Value, Repr),
    ) -> Result<Vec<ir::Value>, Ice> {
        let Some((_, Inst::Load { addr, offset, .. })) = def(self.mir, load) else {
            return Err(Ice::new(format!("{load} is no load")));
        };
        let from = self.mir.repr(load);
        let addr = self.at(plan, *addr, &mut lanes.round)?;
        let flags = MemFlagsData::new().with_notrap();
        let mut wide = Vec::new();
        for n in (0_i32..).take(Self::registers(plan, wider(from))) {
            let at = offset + n * (WIDTH / 2);
            let ins = self.builder.ins();
            wide.push(match (from, signed) {
                (Repr::I8, false) => ins.uload8x8(flags, addr, at),
                (Repr::I8, true) => ins.sload8x8(flags, addr, at),
                (Repr::I16, false) => ins.uload16x4(flags, addr, at),
                (Repr::I16, true) => ins.sload16x4(flags, addr, at),
                (_, false) => ins.uload32x2(flags, addr, at),
                (_, true) => ins.sload32x2(flags, addr, at),
            });
        }
        Ok(self.widened(signed, (wider(from), to), wide))
    }

    pub(in crate::translate) fn widened(
        &mut self,
        signed: bool,
        (from, to): (Repr, Repr),
        x: Vec<ir::Value>,
    ) -> Vec<ir::Value> {
        let (mut at, mut x) = (from, x);
        while at.bits() < to.bits() {
            let mut wide = Vec::with_capacity(x.len() * 2);
            for x in x {
                let (low, high) = if signed {
                    (
                        self.builder.ins().swiden_low(x),
                        self.builder.ins().swiden_high(x),
                    )
                } else {
                    (
                        self.builder.ins().uwiden_low(x),
                        self.builder.ins().uwiden_high(x),
                    )
                };
                wide.extend([low, high]);
            }
            (at, x) = (wider(at), wide);
        }
        x
    }

    pub(in crate::translate) fn narrowed(
        &mut self,
        lanes: &mut Lanes,
        (from, to): (Repr, Repr),
        x: Vec<ir::Value>,
    ) -> Vec<ir::Value> {
        let (mut at, mut x) = (from, x);
        while at.bits() > to.bits() {
            let low = if at == Repr::I32 { 0xffff } else { 0xff };
            let low = self.constant(lanes, at, low);
            let kept: Vec<_> = x
                .into_iter()
                .map(|x| self.builder.ins().band(x, low))
                .collect();
            x = kept
                .chunks(2)
                .map(|pair| self.builder.ins().unarrow(pair[0], pair[pair.len() - 1]))
                .collect();
            at = narrower(at);
        }
        x
    }

    pub(in crate::translate) fn mask(
        &mut self,
        plan: &mut Plan,
        lanes: &mut Lanes,
        cond: Value,
        to: Repr,
    ) -> Result<Vec<ir::Value>, Ice> {
        let Kind::Mask(from) = plan.kind(cond) else {
            return Err(Ice::new(format!("{cond} is no truth of each round")));
        };
        if let Some(made) = lanes.masks.get(&(cond, to)) {
            return Ok(made.clone());
        }
        let mut at = mask_repr(from);
        let mut x = self.lanes(plan, lanes, cond)?;
        while at.bits() > to.bits() {
            x = x
                .chunks(2)
                .map(|pair| self.builder.ins().snarrow(pair[0], pair[pair.len() - 1]))
                .collect();
            at = narrower(at);
        }
        let made = self.widened(true, (at, to), x);
        lanes.masks.insert((cond, to), made.clone());
        Ok(made)
    }
}
