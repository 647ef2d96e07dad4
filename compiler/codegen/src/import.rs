//! `Import`: everything outside the program that machine code can call. Closed: no other
//! name is ever looked up.

use cranelift_codegen::ir::types::{F64, I32, I64};
use cranelift_codegen::ir::{AbiParam, Signature};
use cranelift_codegen::isa::CallConv;
use theus_abi::{HostFn, MathFn};

/// A function of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Import {
    /// `fn(f64[, f64]) -> f64`.
    Math(MathFn),
    /// `fn(base, i32) -> i32`.
    Host(HostFn),
    /// `fn(destination, source, size)`.
    Copy,
    /// `fn(destination, size)`.
    Zero,
    /// `fn(base, share, first, end, argument, part) -> i32`.
    Share,
}

impl Import {
    /// Every import. The position is the number that code knows it by, counted from the
    /// number of functions of the program.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let math = MathFn::ALL.iter().copied().map(Self::Math);
        let host = HostFn::ALL.iter().copied().map(Self::Host);
        math.chain(host)
            .chain([Self::Copy, Self::Zero, Self::Share])
    }

    /// Its position in `all`.
    pub(crate) fn index(self) -> u32 {
        Self::all()
            .zip(0..)
            .find(|(import, _)| *import == self)
            .map_or(u32::MAX, |(_, n)| n)
    }

    /// Its symbol.
    pub(crate) const fn symbol(self) -> &'static str {
        match self {
            Self::Math(math) => math.symbol(),
            Self::Host(host) => host.name(),
            Self::Copy => "theus_memory_copy",
            Self::Zero => "theus_memory_zero",
            Self::Share => "theus_share",
        }
    }

    /// Its signature.
    pub(crate) fn signature(self, call_conv: CallConv) -> Signature {
        let mut signature = Signature::new(call_conv);
        let (params, result): (&[_], _) = match self {
            Self::Math(math) if math.arity() == 1 => (&[F64], Some(F64)),
            Self::Math(_) => (&[F64, F64], Some(F64)),
            Self::Host(_) => (&[I64, I32], Some(I32)),
            Self::Copy => (&[I64, I64, I64], None),
            Self::Zero => (&[I64, I64], None),
            Self::Share => (&[I64; 6], Some(I32)),
        };
        signature
            .params
            .extend(params.iter().copied().map(AbiParam::new));
        signature.returns.extend(result.map(AbiParam::new));
        signature
    }
}
