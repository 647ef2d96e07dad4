//! The table of operations. Printer, parser, verifier, interpreter and code generator
//! derive from it or match on it exhaustively.

macro_rules! ops {
    ($(#[$meta:meta])* $enum:ident { $($(#[$doc:meta])* $name:ident = $text:literal;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $enum { $($(#[$doc])* $name,)* }

        impl $enum {
            /// Every operation, in table order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The mnemonic.
            pub const fn name(self) -> &'static str { match self { $(Self::$name => $text,)* } }
            /// The operation of that mnemonic.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|op| op.name() == name)
            }
        }
    };
}

ops! {
    /// One operand. The instruction states the representation of the result, which is the
    /// operand's own unless said otherwise.
    UnaryOp {
        /// Two's complement negation, wrapping.
        Ineg = "ineg";
        /// Bitwise complement.
        Bnot = "bnot";
        /// 1 where the operand is 0, else 0 (`I8` in, `I8` out).
        Not = "not";
        /// Number of leading zero bits.
        Clz = "clz";
        /// Number of trailing zero bits.
        Ctz = "ctz";
        /// Number of one bits.
        Popcnt = "popcnt";
        /// Sign-extend to a wider integer.
        Sext = "sext";
        /// Zero-extend to a wider integer.
        Zext = "zext";
        /// Keep the low bits: to a narrower integer.
        Trunc = "trunc";
        /// Sign bit flipped, also of NaN.
        Fneg = "fneg";
        /// Sign bit cleared, also of NaN.
        Fabs = "fabs";
        /// Correctly rounded square root.
        Fsqrt = "fsqrt";
        /// Towards minus infinity.
        Ffloor = "ffloor";
        /// Towards plus infinity.
        Fceil = "fceil";
        /// Towards zero.
        Ftrunc = "ftrunc";
        /// To nearest, ties to even.
        Fnearest = "fnearest";
        /// Any NaN becomes the canonical quiet NaN (0x7ff8… / 0x7fc0…).
        Fcanon = "fcanon";
        /// `F32` to `F64`, exact.
        Fpromote = "fpromote";
        /// `F64` to `F32`, rounded to nearest even.
        Fdemote = "fdemote";
        /// Signed integer (any width) to float, rounded to nearest even.
        SintToF = "sint_to_f";
        /// Unsigned integer (any width) to float, rounded to nearest even.
        UintToF = "uint_to_f";
        /// Float to signed `I64` or narrower, towards zero, saturating, NaN to 0.
        FToSint = "f_to_sint";
        /// Float to unsigned, towards zero, saturating, NaN to 0.
        FToUint = "f_to_uint";
        /// Same bits, other kind: `I64`/`F64`, `I32`/`F32`.
        Bitcast = "bitcast";
    }
}

ops! {
    /// Two operands of one representation, which is also the result's, except comparisons
    /// and overflow predicates, whose result is `I8` (0 or 1).
    BinaryOp {
        /// Wrapping sum.
        Iadd = "iadd";
        /// Wrapping difference.
        Isub = "isub";
        /// Wrapping product.
        Imul = "imul";
        /// Signed quotient towards zero. The divisor is not 0, and not `MIN / -1`: a check
        /// stands before it (the interpreter reports an internal error otherwise).
        Sdiv = "sdiv";
        /// Unsigned quotient; the divisor is not 0.
        Udiv = "udiv";
        /// Signed remainder, with the sign of the dividend; the divisor is not 0;
        /// `MIN % -1` is 0.
        Srem = "srem";
        /// Unsigned remainder; the divisor is not 0.
        Urem = "urem";
        /// Bitwise and; also logical.
        And = "and";
        /// Bitwise or; also logical.
        Or = "or";
        /// Bitwise exclusive or.
        Xor = "xor";
        /// Shift left; the amount is taken modulo the width.
        Shl = "shl";
        /// Arithmetic shift right; amount modulo width.
        Sshr = "sshr";
        /// Logical shift right; amount modulo width.
        Ushr = "ushr";
        /// 1 if the signed sum leaves the representation.
        SaddOvf = "sadd_ovf";
        /// 1 if the signed difference does.
        SsubOvf = "ssub_ovf";
        /// 1 if the signed product does.
        SmulOvf = "smul_ovf";
        /// 1 if the unsigned sum does.
        UaddOvf = "uadd_ovf";
        /// 1 if the unsigned difference does.
        UsubOvf = "usub_ovf";
        /// 1 if the unsigned product does.
        UmulOvf = "umul_ovf";
        /// Equal integers.
        Ieq = "ieq";
        /// Different integers.
        Ine = "ine";
        /// Signed less.
        Slt = "slt";
        /// Signed less or equal.
        Sle = "sle";
        /// Unsigned less.
        Ult = "ult";
        /// Unsigned less or equal.
        Ule = "ule";
        /// IEEE sum.
        Fadd = "fadd";
        /// IEEE difference.
        Fsub = "fsub";
        /// IEEE product.
        Fmul = "fmul";
        /// IEEE quotient.
        Fdiv = "fdiv";
        /// IEEE 754-2019 `minimum`: NaN if either is NaN; -0 is less than +0.
        Fmin = "fmin";
        /// IEEE 754-2019 `maximum`.
        Fmax = "fmax";
        /// Magnitude of the first, sign of the second.
        Fcopysign = "fcopysign";
        /// Ordered and equal.
        Feq = "feq";
        /// Unordered or different.
        Fne = "fne";
        /// Ordered and less.
        Flt = "flt";
        /// Ordered and less or equal.
        Fle = "fle";
    }
}

ops! {
    /// Three operands.
    TernaryOp {
        /// `a` (an `I8`) is not 0: `b`, else `c`; `b`, `c` and the result have one
        /// representation.
        Select = "select";
        /// `a * b + c`, rounded once.
        Fma = "fma";
    }
}

impl BinaryOp {
    /// Whether the result is `I8` whatever the operands are.
    pub const fn is_predicate(self) -> bool {
        use BinaryOp::{
            Feq, Fle, Flt, Fne, Ieq, Ine, SaddOvf, Sle, Slt, SmulOvf, SsubOvf, UaddOvf,
            Ule, Ult, UmulOvf, UsubOvf,
        };
        matches!(
            self,
            SaddOvf
                | SsubOvf
                | SmulOvf
                | UaddOvf
                | UsubOvf
                | UmulOvf
                | Ieq
                | Ine
                | Slt
                | Sle
                | Ult
                | Ule
                | Feq
                | Fne
                | Flt
                | Fle
        )
    }

    /// Whether the operands are floats.
    pub const fn is_float(self) -> bool {
        use BinaryOp::{
            Fadd, Fcopysign, Fdiv, Feq, Fle, Flt, Fmax, Fmin, Fmul, Fne, Fsub,
        };
        matches!(
            self,
            Fadd | Fsub | Fmul | Fdiv | Fmin | Fmax | Fcopysign | Feq | Fne | Flt | Fle
        )
    }

    /// Whether the operands may change places (for floats: bit for bit, NaN payloads aside,
    /// which are canonical wherever they can be seen).
    pub const fn is_commutative(self) -> bool {
        use BinaryOp::{
            And, Fadd, Feq, Fmax, Fmin, Fmul, Fne, Iadd, Ieq, Imul, Ine, Or, SaddOvf,
            SmulOvf, UaddOvf, UmulOvf, Xor,
        };
        matches!(
            self,
            Iadd | Imul
                | And
                | Or
                | Xor
                | SaddOvf
                | SmulOvf
                | UaddOvf
                | UmulOvf
                | Ieq
                | Ine
                | Fadd
                | Fmul
                | Fmin
                | Fmax
                | Feq
                | Fne
        )
    }

    /// Whether the operation must not be executed before the check that guards it.
    pub const fn is_guarded(self) -> bool {
        use BinaryOp::{Sdiv, Srem, Udiv, Urem};
        matches!(self, Sdiv | Udiv | Srem | Urem)
    }
}
