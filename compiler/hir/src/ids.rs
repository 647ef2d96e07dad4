//! The ids of HIR.

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
    /// A module: a file of the program or of the library.
    ModuleId = "module";
    /// A struct.
    StructId = "struct";
    /// An enum.
    EnumId = "enum";
    /// A constant.
    ConstId = "const";
    /// A function.
    FnId = "fn";
    /// A contract that processes share.
    ContractId = "contract";
    /// A context.
    ContextId = "context";
    /// A field of a context; ids are in declaration order, contexts one after the other.
    FieldId = "field";
    /// An error, by its program-wide name.
    ErrorId = "error";
    /// A process.
    ProcessId = "process";
    /// A pipeline.
    PipelineId = "pipeline";
    /// A test.
    TestId = "test";
    /// A window over a field: samples that a pipeline keeps.
    WindowId = "window";
    /// What an `on` remembers of its condition.
    LatchId = "latch";
    /// A local of a body.
    LocalId = "local";
}
