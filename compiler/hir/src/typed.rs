//! `Typed`: the whole program after names and types.

use cranelift_entity::PrimaryMap;
use indexmap::{IndexMap, IndexSet};
use theus_abi::host::Told;

use crate::audit::{Alert, Audit};
use crate::body::TickField;
use crate::flow::Flow;
use crate::ids::{
    ConstId, ContextId, EnumId, ErrorId, FieldId, FnId, LatchId, ModuleId, PipelineId,
    ProcessId, StructId, TestId, WindowId,
};
use crate::item::{
    Const, Context, ContextKind, Count, Enum, Error, Field, Fn, Latch, Module, Pipeline,
    Process, Struct, Test, Window,
};
use crate::ty::Types;
use crate::uses::Use;

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
    /// What runs if nobody names a pipeline: all that have a clock, together.
    pub all: Option<PipelineId>,
    /// Fields whose value at the end of the last tick is kept, because a `prev` names them.
    pub prevs: Vec<FieldId>,
    /// Windows over fields.
    pub windows: PrimaryMap<WindowId, Window>,
    /// What `on` remembers.
    pub latches: PrimaryMap<LatchId, Latch>,
    /// What programs ask of their ticks.
    pub asked: IndexSet<TickField>,
    /// Fields that the host sets, and what they tell, of which process.
    pub host: IndexMap<FieldId, (Told, Option<ProcessId>)>,
    /// How many blocks are measured.
    pub timers: u32,
    /// Rules on fields.
    pub audits: Vec<Audit>,
    /// Alerts.
    pub alerts: Vec<Alert>,
    /// Tests.
    pub tests: PrimaryMap<TestId, Test>,
    /// What the names in the text mean.
    pub uses: Vec<Use>,
}

impl Typed {
    /// The windows that have samples: those over fields of a parameter have none, and others
    /// stand for them.
    pub fn kept_windows(&self) -> impl Iterator<Item = (WindowId, &Window)> {
        let stored = |window: &Window| {
            self.contexts[self.fields[window.field].context].is_stored()
        };
        self.windows
            .iter()
            .filter(move |(_, window)| stored(window))
    }

    /// The pool to whose elements those of a pool belong.
    pub fn owner_of(&self, field: FieldId) -> Option<crate::ty::Owner> {
        match self.types.kind(self.fields[field].ty) {
            crate::ty::TyKind::Pool(_, _, rules) => rules.owner,
            _ => None,
        }
    }

    /// What happens where a pool is full.
    pub fn full_of(&self, field: FieldId) -> &crate::ty::Full {
        match self.types.kind(self.fields[field].ty) {
            crate::ty::TyKind::Pool(_, _, rules) => &rules.full,
            _ => &crate::ty::Full::Fault,
        }
    }

    /// Whether elements of a pool may leave by a method of it.
    pub fn frees(&self, op: crate::body::PoolOp, pool: FieldId) -> bool {
        op.changes()
            && (op != crate::body::PoolOp::Insert
                || *self.full_of(pool) != crate::ty::Full::Fault)
    }

    /// The pools whose elements belong to those of a pool, and those that belong to theirs.
    pub fn owned_by(&self, pool: FieldId) -> Vec<FieldId> {
        let mut found = vec![pool];
        let mut at = 0;
        while let Some(owner) = found.get(at).copied() {
            found.extend(self.owned_directly(owner));
            at += 1;
        }
        found.remove(0);
        found
    }

    /// The pools whose elements belong to those of a pool.
    pub fn owned_directly(&self, pool: FieldId) -> Vec<FieldId> {
        let owned = |id: &FieldId| self.owner_of(*id).is_some_and(|of| of.pool == pool);
        self.fields.keys().filter(owned).collect()
    }

    /// The function of the library of that name, if the program may reach it.
    pub fn library(&self, name: &str) -> Option<FnId> {
        let mut fns = self.fns.iter();
        let found = fns.find(|(_, def)| {
            *def.head.name == *name && self.modules[def.head.module].is_std && def.reached
        });
        found.map(|(id, _)| id)
    }

    /// The fields that have memory: those of context types and of parameters have none.
    pub fn stored(&self) -> impl Iterator<Item = (FieldId, &Field)> {
        let fields = self.fields.iter();
        fields.filter(|(_, field)| self.contexts[field.context].is_stored())
    }

    /// The lists of items at the top of pipelines and alerts.
    pub fn flows(&self) -> impl Iterator<Item = &[Flow]> {
        let pipelines = self.pipelines.values().map(|pipeline| &*pipeline.body);
        pipelines.chain(self.alerts.iter().map(|alert| &*alert.body))
    }

    /// The processes that stand in the text: not their uses with arguments.
    pub fn written_processes(&self) -> impl Iterator<Item = (ProcessId, &Process)> {
        let processes = self.processes.iter();
        processes.filter(|(_, process)| process.of.is_none())
    }

    /// The processes that may run: all but those that wait for arguments.
    pub fn run_processes(&self) -> impl Iterator<Item = (ProcessId, &Process)> {
        let processes = self.processes.iter();
        processes.filter(|(_, process)| process.params.is_empty())
    }

    /// The contexts and context types whose fields stand in the text.
    pub fn written_contexts(&self) -> impl Iterator<Item = &Context> {
        self.contexts
            .values()
            .filter(|context| context.of.is_none())
    }

    /// Whether a process, or the one that it is a use of, is in a list.
    pub fn is_from(&self, process: ProcessId, list: &[ProcessId]) -> bool {
        let of = self.processes[process].of;
        list.contains(&process) || of.is_some_and(|of| list.contains(&of))
    }

    /// How many contexts share a field, if it belongs to several: its type is an array.
    pub fn several(&self, field: FieldId) -> Option<Count> {
        match self.contexts[self.fields[field].context].kind {
            ContextKind::Many(count) => Some(count),
            ContextKind::One | ContextKind::Abstract | ContextKind::Error => None,
        }
    }

    /// The field that says which mode of a pipeline is in force.
    pub fn mode_field(&self, pipeline: PipelineId) -> Option<FieldId> {
        let modes = self.pipelines[pipeline].modes?;
        self.contexts[modes.context].fields.first().copied()
    }

    /// The name of the n-th mode of a pipeline.
    pub fn mode_name(&self, pipeline: PipelineId, at: u32) -> &str {
        let modes = self.pipelines[pipeline].modes;
        let mode =
            modes.and_then(|modes| self.enums[modes.names].variants.get(at as usize));
        mode.map_or("", |mode| &mode.name)
    }

    /// `plant.x`.
    pub fn field_path(&self, field: FieldId) -> String {
        let found = &self.fields[field];
        format!("{}.{}", self.contexts[found.context].head.name, found.name)
    }

    /// `arms[2].x`, `layers[Logic].x`: the field of one of several contexts.
    pub fn element_path(&self, field: FieldId, at: u64) -> String {
        let found = &self.fields[field];
        let name = &self.contexts[found.context].head.name;
        let variant = match self.several(field) {
            Some(Count::Variants(id, _)) => {
                let at = usize::try_from(at).unwrap_or(usize::MAX);
                self.enums[id]
                    .variants
                    .get(at)
                    .map(|variant| &*variant.name)
            }
            Some(Count::Number(_)) | None => None,
        };
        match variant {
            Some(variant) => format!("{name}[{variant}].{}", found.name),
            None => format!("{name}[{at}].{}", found.name),
        }
    }
}
