//! The table of intrinsics: functions declared `intrinsic fn` in the library, whose bodies
//! the compiler knows.

use theus_abi::MathFn;

macro_rules! intrinsics {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// A function that the compiler knows. The declaration in the library gives its type.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Intrinsic {
            $($(#[$doc])* $name,)*
            /// `libm_sin` …: a function of `f64`s from the host's table.
            Math(MathFn),
        }

        impl Intrinsic {
            /// Every intrinsic but the `Math` ones.
            pub const PLAIN: &'static [Self] = &[$(Self::$name,)*];
            /// The name after `intrinsic fn`, without `libm_` for `Math`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* Self::Math(math) => math.name() }
            }
        }
    };
}

intrinsics! {
    /// `fn abs<T: number>(value: T) -> T`: faults `Overflow` for the least signed integer.
    Abs = "abs";
    /// `fn min<T: ordered>(a: T, b: T) -> T`: for floats IEEE minimum, NaN wins.
    Min = "min";
    /// `fn max<T: ordered>(a: T, b: T) -> T`.
    Max = "max";
    /// `fn sqrt<T: float>(value: T) -> T`, correctly rounded.
    Sqrt = "sqrt";
    /// `fn floor<T: float>(value: T) -> T`.
    Floor = "floor";
    /// `fn ceil<T: float>(value: T) -> T`.
    Ceil = "ceil";
    /// `fn trunc<T: float>(value: T) -> T`.
    Trunc = "trunc";
    /// `fn round_even<T: float>(value: T) -> T`: nearest, ties to even.
    RoundEven = "round_even";
    /// `fn copysign<T: float>(magnitude: T, sign: T) -> T`.
    CopySign = "copysign";
    /// `fn fma<T: float>(a: T, b: T, c: T) -> T`: `a * b + c`, rounded once.
    Fma = "fma";
    /// `fn is_nan<T: float>(value: T) -> bool`.
    IsNan = "is_nan";
    /// `fn finite<T>(value: T) -> bool`: every float in a value of floats, arrays and
    /// structs of them is finite.
    Finite = "finite";
    /// `fn same_bits<T>(a: T, b: T) -> bool`.
    SameBits = "same_bits";
    /// `fn bits(value: f64) -> u64`.
    Bits = "bits";
    /// `fn from_bits(bits: u64) -> f64`; any NaN becomes the canonical one.
    FromBits = "from_bits";
    /// `fn bits32(value: f32) -> u32`.
    Bits32 = "bits32";
    /// `fn from_bits32(bits: u32) -> f32`.
    FromBits32 = "from_bits32";
    /// `fn wrapping_add<T: integer>(a: T, b: T) -> T`.
    WrappingAdd = "wrapping_add";
    /// `fn wrapping_sub<T: integer>(a: T, b: T) -> T`.
    WrappingSub = "wrapping_sub";
    /// `fn wrapping_mul<T: integer>(a: T, b: T) -> T`.
    WrappingMul = "wrapping_mul";
    /// `fn wrapping_neg<T: integer>(value: T) -> T`.
    WrappingNeg = "wrapping_neg";
    /// `fn wrapping_shl<T: integer>(value: T, amount: i64) -> T`: amount modulo width.
    WrappingShl = "wrapping_shl";
    /// `fn wrapping_shr<T: integer>(value: T, amount: i64) -> T`: amount modulo width.
    WrappingShr = "wrapping_shr";
    /// `fn wrapping_as_i64(value: u64) -> i64`: the same bits.
    WrappingAsI64 = "wrapping_as_i64";
    /// `fn wrapping_as_u64(value: i64) -> u64`: the same bits.
    WrappingAsU64 = "wrapping_as_u64";
    /// `fn saturating_add<T: integer>(a: T, b: T) -> T`.
    SaturatingAdd = "saturating_add";
    /// `fn saturating_sub<T: integer>(a: T, b: T) -> T`.
    SaturatingSub = "saturating_sub";
    /// `fn saturating_mul<T: integer>(a: T, b: T) -> T`.
    SaturatingMul = "saturating_mul";
    /// `fn count_ones<T: integer>(value: T) -> i64`.
    CountOnes = "count_ones";
    /// `fn leading_zeros<T: integer>(value: T) -> i64`.
    LeadingZeros = "leading_zeros";
    /// `fn trailing_zeros<T: integer>(value: T) -> i64`.
    TrailingZeros = "trailing_zeros";
    /// `fn nanos(value: duration) -> i64`.
    Nanos = "nanos";
    /// `fn from_nanos(value: i64) -> duration`.
    FromNanos = "from_nanos";
    /// `fn len<T, const N>(value: [T; N]) -> i64`: the first dimension; also rings, whose
    /// length it is.
    Len = "len";
    /// `fn capacity<T, const N>(value: ring<T, N>) -> i64`.
    Capacity = "capacity";
    /// `fn push<T, const N>(inout ring: ring<T, N>, value: T)`.
    Push = "push";
    /// `fn raw_bytes(text: str) -> [u8]`: the bytes of a text, where they are.
    RawBytes = "raw_bytes";
    /// `fn raw_text(bytes: [u8]) -> str`: bytes that are UTF-8, as a text.
    RawText = "raw_text";
    /// `fn raw_float(text: str) -> f64`: the float nearest to a decimal; NaN for what is none.
    RawFloat = "raw_float";
    /// `fn raw_part<T>(values: [T], from: i64, count: i64) -> [T]`: unchecked.
    RawPart = "raw_part";
    /// `fn raw_slice<T>(count: i64) -> [T]`: scratch of whatever content; faults `Scratch`.
    RawSlice = "raw_slice";
    /// `fn raw_edge(holds: bool, from: i64, to: i64)`: the fault `Index` if it does not hold.
    RawEdge = "raw_edge";
    /// `fn raw_set<T>(values: [T], at: i64, value: T)`: unchecked, of a slice made by
    /// `raw_slice` that nobody else has.
    RawSet = "raw_set";
    /// `fn clear<T, const N>(inout ring: ring<T, N>)`.
    Clear = "clear";
    /// `fn must_fit(fits: bool, held: i64, more: i64, capacity: i64)`: faults `Full` unless it
    /// is true; the numbers are for the report.
    MustFit = "must_fit";
    /// `fn must_index(inside: bool, index: i64, length: i64)`: faults `Index` unless it is true.
    MustIndex = "must_index";
    /// `fn hash_key<K: key>(key: K) -> u64`: the same on every machine.
    HashKey = "hash_key";
    /// `fn order_before<T>(by: i64, a: T, b: T) -> bool`: by the keys of the order `by`.
    OrderBefore = "order_before";
    /// `fn must_order<T>(by: i64, value: T)`: faults `Key` if a key of the order is NaN.
    MustOrder = "must_order";
    /// `fn age_of<C>(all: C, slot: i64) -> i64`: when the value in a slot came, in ns.
    AgeOf = "age_of";
    /// `fn set_age<C>(all: C, slot: i64, since: i64)`: notes when the value in a slot came.
    SetAge = "set_age";
    /// `fn new_age<C>(all: C, slot: i64)`: the value in a slot comes now.
    NewAge = "new_age";
    /// `fn forget_ages<C>(all: C)`: nothing is due, until an age is noted.
    ForgetAges = "forget_ages";
}

impl Intrinsic {
    /// Whether only the library may call it, because it checks nothing.
    pub const fn is_raw(self) -> bool {
        matches!(
            self,
            Self::RawBytes
                | Self::RawText
                | Self::RawFloat
                | Self::RawPart
                | Self::RawSlice
                | Self::RawSet
        )
    }

    /// The intrinsic that the library declares by that name.
    pub fn from_name(name: &str) -> Option<Self> {
        if let Some(math) = name.strip_prefix("libm_") {
            return MathFn::from_name(math).map(Self::Math);
        }
        Self::PLAIN
            .iter()
            .copied()
            .find(|intrinsic| intrinsic.name() == name)
    }
}
