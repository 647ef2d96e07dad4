//! Floats to integers: towards zero, saturating, NaN to 0.

use cranelift_codegen::ir::types::I32;
use cranelift_codegen::ir::{self, InstBuilder};
use theus_abi::Repr;

use super::Translator;
use crate::target::clif_type;

impl Translator<'_> {
    pub(super) fn float_to_sint(&mut self, repr: Repr, x: ir::Value) -> ir::Value {
        let ty = clif_type(repr);
        if repr.bits() >= 32 {
            return self.builder.ins().fcvt_to_sint_sat(ty, x);
        }
        let most = (1_i64 << (repr.bits() - 1)) - 1;
        let wide = self.builder.ins().fcvt_to_sint_sat(I32, x);
        let (lo, hi) = (
            self.iconst(Repr::I32, -most - 1),
            self.iconst(Repr::I32, most),
        );
        let wide = self.builder.ins().smax(wide, lo);
        let wide = self.builder.ins().smin(wide, hi);
        self.builder.ins().ireduce(ty, wide)
    }

    pub(super) fn float_to_uint(&mut self, repr: Repr, x: ir::Value) -> ir::Value {
        let ty = clif_type(repr);
        if repr.bits() >= 32 {
            return self.builder.ins().fcvt_to_uint_sat(ty, x);
        }
        let wide = self.builder.ins().fcvt_to_uint_sat(I32, x);
        let hi = self.iconst(Repr::I32, (1_i64 << repr.bits()) - 1);
        let wide = self.builder.ins().umin(wide, hi);
        self.builder.ins().ireduce(ty, wide)
    }
}
