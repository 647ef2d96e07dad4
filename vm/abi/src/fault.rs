//! The table of faults: what a failed check or limit is called, in `on fault` and reports.

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $title:literal;)*) => {
        /// The kind of a failed check or limit. The discriminant is what compiled code
        /// writes; it is never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Fault { $($(#[$doc])* $name = $code,)* }

        impl Fault {
            /// Every fault, in code order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The name in `on fault NAME`, in reports and in MIR text.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
            /// One line for people: lower case, no period.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
            /// The number, as in the code `F03`.
            pub const fn number(self) -> u8 { self as u8 }
        }
    };
}

faults! {
    /// An index outside its array or ring.
    Index = 1, "index out of range";
    /// Integer or duration arithmetic left its type.
    Overflow = 2, "integer overflow";
    /// Division or remainder by zero.
    DivideByZero = 3, "division by zero";
    /// An `as` whose value does not fit the target, or a NaN made an integer.
    Conversion = 4, "value does not fit the target type";
    /// A shift by the width or more, or by a negative amount.
    Shift = 5, "shift amount out of range";
    /// A value outside the range of the field it is assigned to.
    Range = 6, "value outside the range of its field";
    /// A `requires` clause is false.
    Requires = 7, "a requires clause is false";
    /// An `ensures` clause is false.
    Ensures = 8, "an ensures clause is false";
    /// A `while c max n` that would run more than `n` times.
    LoopBound = 9, "loop bound exceeded";
    /// `none` where a value is needed.
    Missing = 10, "no value";
    /// The scratch arena of the pipeline is exhausted.
    Scratch = 11, "scratch memory exhausted";
    /// An `invariant` over globals is false.
    Invariant = 12, "an invariant is false";
    /// An `assert` in a test is false.
    Assert = 13, "an assertion is false";
    /// A row of a source does not have the declared columns or values.
    Source = 14, "a row of a source cannot be read";
    /// A process that needs more steps than its budget.
    Budget = 18, "the budget of steps is used up";
    /// A broken promise of the compiler or the VM: always a bug in Theus.
    Internal = 15, "internal error in Theus";
    /// More than a bounded text or collection can hold.
    Full = 16, "there is no room for it";
    /// A handle whose element is gone.
    Stale = 17, "the element of a handle is gone";
    /// A value whose key has no place in an order.
    Key = 20, "a key is NaN";
    /// A rule of an audit is broken.
    Audit = 24, "a rule of an audit is broken";
    /// A process that is later than its hard deadline, in a run that is paced by the clock.
    Late = 22, "later than the deadline";
    /// Two elements of a pool with one unique key.
    Unique = 21, "two elements with a key that is unique";
}

impl Fault {
    /// The fault of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fault| fault.name() == name)
    }

    /// The fault of that number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|fault| fault.number() == number)
    }
}
