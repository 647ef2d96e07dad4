//! Signs of floats, as bit operations whose constants come from memory: cranelift's own
//! operations take them through an integer register.

use cranelift_codegen::ir::types::{F32X4, F64X2};
use cranelift_codegen::ir::{self, InstBuilder};
use theus_abi::Repr;

use super::Translator;

/// The bit of the sign.
const fn sign(repr: Repr) -> u64 {
    1 << (repr.bits() - 1)
}

/// All bits but that of the sign.
const fn magnitude(repr: Repr) -> u64 {
    sign(repr) - 1
}

impl Translator<'_> {
    /// A float constant in a register. It comes from memory beside the code.
    pub(super) fn fconst(&mut self, repr: Repr, bits: u64) -> ir::Value {
        if bits == 0 {
            return self.folded_fconst(repr, bits);
        }
        let lanes = if repr == Repr::F32 { F32X4 } else { F64X2 };
        let data = u128::from(bits).to_le_bytes().to_vec();
        let data = self.builder.func.dfg.constants.insert(data.into());
        let vector = self.builder.ins().vconst(lanes, data);
        self.builder.ins().extractlane(vector, 0)
    }

    pub(super) fn fneg(&mut self, repr: Repr, x: ir::Value) -> ir::Value {
        let mask = self.fconst(repr, sign(repr));
        self.builder.ins().bxor(x, mask)
    }

    pub(super) fn fabs(&mut self, repr: Repr, x: ir::Value) -> ir::Value {
        let mask = self.fconst(repr, magnitude(repr));
        self.builder.ins().band(x, mask)
    }

    pub(super) fn fcopysign(
        &mut self,
        repr: Repr,
        x: ir::Value,
        y: ir::Value,
    ) -> ir::Value {
        let size = self.fabs(repr, x);
        let mask = self.fconst(repr, sign(repr));
        let sign = self.builder.ins().band(y, mask);
        self.builder.ins().bor(size, sign)
    }
}
