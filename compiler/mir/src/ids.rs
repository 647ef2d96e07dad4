//! The ids of MIR, which print as they stand in the text form.

use cranelift_entity::entity_impl;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);
        entity_impl!($name, $prefix);)*
    };
}

ids! {
    /// A function of a program.
    FuncId = "fn";
    /// A basic block of a function.
    Block = "block";
    /// An instruction of a function.
    InstId = "inst";
    /// An SSA value of a function.
    Value = "v";
    /// A piece of frame memory of a function.
    Slot = "slot";
    /// A place where a check can fail: an index into `Program::sites`.
    SiteId = "site";
}
