//! `Typed`: the whole program after names and types.

use cranelift_entity::PrimaryMap;

use crate::ids::{
    ConstId, ContextId, EnumId, ErrorId, FieldId, FnId, ModuleId, PipelineId, ProcessId,
    StructId, TestId, WindowId,
};
use crate::item::{
    Const, Context, Enum, Error, Field, Fn, Module, Pipeline, Process, Struct, Test,
    Window,
};
use crate::ty::Types;

/// The program with names resolved and types inferred. Ids are in the order of modules
/// (library first, imports before importers) and of text.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Modules.
    pub modules: PrimaryMap<ModuleId, Module>,
    /// Types.
    pub types: Types,
    /// Structs.
    pub structs: PrimaryMap<StructId, Struct>,
    /// Enums.
    pub enums: PrimaryMap<EnumId, Enum>,
    /// Constants.
    pub consts: PrimaryMap<ConstId, Const>,
    /// Functions.
    pub fns: PrimaryMap<FnId, Fn>,
    /// Contexts.
    pub contexts: PrimaryMap<ContextId, Context>,
    /// Fields.
    pub fields: PrimaryMap<FieldId, Field>,
    /// Errors.
    pub errors: PrimaryMap<ErrorId, Error>,
    /// Processes.
    pub processes: PrimaryMap<ProcessId, Process>,
    /// Pipelines.
    pub pipelines: PrimaryMap<PipelineId, Pipeline>,
    /// Fields whose value at the end of the last tick is kept, because a `prev` names them.
    pub prevs: Vec<FieldId>,
    /// Windows over fields.
    pub windows: PrimaryMap<WindowId, Window>,
    /// Tests.
    pub tests: PrimaryMap<TestId, Test>,
}
