//! Signs of floats: bit operations on vector registers, whose constants an instruction takes
//! from memory, where scalar ones take a detour through an integer register.

use cranelift_codegen::ir::types::{F32X4, F64X2};
use cranelift_codegen::ir::{self, InstBuilder, Type};
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

const fn lanes(repr: Repr) -> Type {
    match repr {
        Repr::F32 => F32X4,
        _ => F64X2,
    }
}

impl Translator<'_> {
    /// A vector whose first lane has those bits; the others are 0.
    pub(super) fn vector_const(&mut self, repr: Repr, bits: u64) -> ir::Value {
        let data = u128::from(bits).to_le_bytes().to_vec();
        let data = self.builder.func.dfg.constants.insert(data.into());
        self.builder.ins().vconst(lanes(repr), data)
    }

    fn widen(&mut self, repr: Repr, x: ir::Value) -> ir::Value {
        self.builder.ins().scalar_to_vector(lanes(repr), x)
    }

    fn narrow(&mut self, x: ir::Value) -> ir::Value {
        self.builder.ins().extractlane(x, 0)
    }

    pub(super) fn fneg(&mut self, repr: Repr, x: ir::Value) -> ir::Value {
        let mask = self.vector_const(repr, sign(repr));
        let x = self.widen(repr, x);
        let flipped = self.builder.ins().bxor(x, mask);
        self.narrow(flipped)
    }

    pub(super) fn fabs(&mut self, repr: Repr, x: ir::Value) -> ir::Value {
        let mask = self.vector_const(repr, magnitude(repr));
        let x = self.widen(repr, x);
        let cleared = self.builder.ins().band(x, mask);
        self.narrow(cleared)
    }

    pub(super) fn fcopysign(
        &mut self,
        repr: Repr,
        x: ir::Value,
        y: ir::Value,
    ) -> ir::Value {
        let mask = self.vector_const(repr, magnitude(repr));
        let x = self.widen(repr, x);
        let x = self.builder.ins().band(x, mask);
        let mask = self.vector_const(repr, sign(repr));
        let y = self.widen(repr, y);
        let y = self.builder.ins().band(y, mask);
        let both = self.builder.ins().bor(x, y);
        self.narrow(both)
    }
}
