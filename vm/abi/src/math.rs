//! The table of transcendental functions that are host calls: pure, total on every
//! float, and the same bits on every machine, because they are the `libm` crate's.

use crate::decimal;

macro_rules! math {
    ($($name:ident / $arity:literal = $text:literal, $symbol:literal, |$a:ident, $b:ident| $body:expr;)*) => {
        /// A pure function of one or two `f64`s, evaluated by the `libm` crate.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum MathFn { $(#[doc = concat!("`", $text, "`")] $name,)* }

        impl MathFn {
            /// Every function, in table order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The name in MIR text and in `stdlib` intrinsics.
            pub const fn name(self) -> &'static str { match self { $(Self::$name => $text,)* } }
            /// The linker symbol of the host function.
            pub const fn symbol(self) -> &'static str { match self { $(Self::$name => $symbol,)* } }
            /// Number of arguments: 1 or 2.
            pub const fn arity(self) -> usize { match self { $(Self::$name => $arity,)* } }
            /// The value; `b` is ignored where the arity is 1. This is the one definition:
            /// the interpreter, constant folding and machine code all end here.
            pub fn eval(self, a: f64, b: f64) -> f64 {
                match self { $(Self::$name => { let ($a, $b) = (a, b); $body })* }
            }
        }
    };
}

math! {
    Sin / 1 = "sin", "theus_math_sin", |a, _b| libm::sin(a);
    Cos / 1 = "cos", "theus_math_cos", |a, _b| libm::cos(a);
    Tan / 1 = "tan", "theus_math_tan", |a, _b| libm::tan(a);
    Asin / 1 = "asin", "theus_math_asin", |a, _b| libm::asin(a);
    Acos / 1 = "acos", "theus_math_acos", |a, _b| libm::acos(a);
    Atan / 1 = "atan", "theus_math_atan", |a, _b| libm::atan(a);
    Sinh / 1 = "sinh", "theus_math_sinh", |a, _b| libm::sinh(a);
    Cosh / 1 = "cosh", "theus_math_cosh", |a, _b| libm::cosh(a);
    Tanh / 1 = "tanh", "theus_math_tanh", |a, _b| libm::tanh(a);
    Exp / 1 = "exp", "theus_math_exp", |a, _b| libm::exp(a);
    Expm1 / 1 = "expm1", "theus_math_expm1", |a, _b| libm::expm1(a);
    Log / 1 = "log", "theus_math_log", |a, _b| libm::log(a);
    Log10 / 1 = "log10", "theus_math_log10", |a, _b| libm::log10(a);
    Log2 / 1 = "log2", "theus_math_log2", |a, _b| libm::log2(a);
    Log1p / 1 = "log1p", "theus_math_log1p", |a, _b| libm::log1p(a);
    Cbrt / 1 = "cbrt", "theus_math_cbrt", |a, _b| libm::cbrt(a);
    Pow / 2 = "pow", "theus_math_pow", |a, b| libm::pow(a, b);
    Atan2 / 2 = "atan2", "theus_math_atan2", |a, b| libm::atan2(a, b);
    Hypot / 2 = "hypot", "theus_math_hypot", |a, b| libm::hypot(a, b);
    Fmod / 2 = "fmod", "theus_math_fmod", |a, b| libm::fmod(a, b);
    ShortDigits / 1 = "short_digits", "theus_math_short_digits", |a, _b| decimal::digits(a);
    ShortScale / 1 = "short_scale", "theus_math_short_scale", |a, _b| decimal::scale(a);
    ShortDigits32 / 1 = "short_digits32", "theus_math_short_digits32", |a, _b| decimal::digits32(a);
    ShortScale32 / 1 = "short_scale32", "theus_math_short_scale32", |a, _b| decimal::scale32(a);
    FixedDigits / 2 = "fixed_digits", "theus_math_fixed_digits", |a, b| decimal::fixed(a, b);
}

impl MathFn {
    /// The function of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|math| math.name() == name)
    }
}
