//! `Const`: a scalar known at compile time, as the bits of its representation.

use theus_abi::Repr;

use crate::func::{Func, Inst, ValueDef};
use crate::ids::Value;

/// A known scalar. Bits above the width are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Const {
    /// Its representation.
    pub(crate) repr: Repr,
    /// Its bits.
    pub(crate) bits: u64,
}

impl Const {
    /// The scalar of those bits; bits above the width are dropped.
    pub(crate) const fn new(repr: Repr, bits: u64) -> Self {
        Self {
            repr,
            bits: bits & mask(repr),
        }
    }

    /// 0 or 1 as an `I8`.
    pub(crate) const fn bool(value: bool) -> Self {
        Self {
            repr: Repr::I8,
            bits: value as u64,
        }
    }

    /// The scalar of an instruction, if it is a constant.
    pub(crate) const fn of_inst(inst: &Inst) -> Option<Self> {
        match inst {
            Inst::Iconst { repr, imm } => Some(Self::new(*repr, imm.cast_unsigned())),
            Inst::Fconst { repr, bits } => Some(Self::new(*repr, *bits)),
            _ => None,
        }
    }

    /// The scalar of a value, if it is a constant.
    pub(crate) fn of(func: &Func, value: Value) -> Option<Self> {
        Self::of_inst(def(func, value)?)
    }

    /// The instruction that makes it.
    pub(crate) const fn inst(self) -> Inst {
        if self.repr.is_float() {
            Inst::Fconst {
                repr: self.repr,
                bits: self.bits,
            }
        } else {
            Inst::Iconst {
                repr: self.repr,
                imm: self.signed(),
            }
        }
    }

    /// As a signed integer.
    pub(crate) const fn signed(self) -> i64 {
        let shift = 64 - self.repr.bits();
        (self.bits << shift).cast_signed() >> shift
    }

    /// Whether it is an integer with that signed value.
    pub(crate) const fn is_int(self, value: i64) -> bool {
        !self.repr.is_float() && self.signed() == value
    }

    /// Whether it is a float with exactly the bits of `value` in its representation;
    /// `value` must be exact in `f32`.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "callers pass small exact values"
    )]
    pub(crate) const fn is_float_bits(self, value: f64) -> bool {
        match self.repr {
            Repr::F64 => self.bits == value.to_bits(),
            Repr::F32 => self.bits == (value as f32).to_bits() as u64,
            Repr::I8 | Repr::I16 | Repr::I32 | Repr::I64 => false,
        }
    }

    /// Whether it is a float and NaN.
    pub(crate) const fn is_nan(self) -> bool {
        match self.repr {
            Repr::F64 => f64::from_bits(self.bits).is_nan(),
            Repr::F32 => f32::from_bits(self.bits as u32).is_nan(),
            Repr::I8 | Repr::I16 | Repr::I32 | Repr::I64 => false,
        }
    }
}

/// All bits of a representation.
pub(crate) const fn mask(repr: Repr) -> u64 {
    u64::MAX >> (64 - repr.bits())
}

/// The instruction that defines a value; `None` for block parameters.
pub(crate) fn def(func: &Func, value: Value) -> Option<&Inst> {
    match func.values[value].def {
        ValueDef::Result(inst, _) => Some(&func.insts[inst]),
        ValueDef::Param(..) => None,
    }
}

/// Whether an instruction has no operands: a constant, or an address that is one.
pub(crate) const fn is_constant(inst: &Inst) -> bool {
    matches!(
        inst,
        Inst::Iconst { .. }
            | Inst::Fconst { .. }
            | Inst::Base { .. }
            | Inst::SlotAddr { .. }
    )
}
