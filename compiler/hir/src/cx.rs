//! `Cx`: what the stages share while `Typed` grows.

use std::sync::Arc;

use cranelift_entity::{PrimaryMap, SecondaryMap};
use indexmap::{IndexMap, IndexSet};
use theus_diag::{Diagnostic, Severity, Sink};
use theus_grammar::Span;
use theus_grammar::ast::item;

use crate::build::ParsedModule;
use crate::ids::{
    ConstId, ContextId, ContractId, EnumId, ErrorId, FieldId, FnId, LocalId, ModuleId,
    PipelineId, ProcessId, StructId, TestId,
};
use crate::item::{Generic, Head};
use crate::resolve::scope::Scope;
use crate::ty::{Size, Ty, TyKind};
use crate::typed::Typed;
use crate::value::Value;

/// How far an item is that is resolved when it is first needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum State {
    /// Not begun.
    #[default]
    Todo,
    /// Being resolved: to need it now is a circle.
    Doing,
    /// Resolved.
    Done,
}

/// The trees of the items, by id.
#[derive(Default)]
pub(crate) struct Trees<'a> {
    pub(crate) structs: PrimaryMap<StructId, &'a item::Struct>,
    pub(crate) enums: PrimaryMap<EnumId, &'a item::Enum>,
    pub(crate) consts: PrimaryMap<ConstId, &'a item::Const>,
    pub(crate) fns: PrimaryMap<FnId, &'a item::Fn>,
    pub(crate) contexts: PrimaryMap<ContextId, ContextTree<'a>>,
    pub(crate) fields: PrimaryMap<FieldId, Option<&'a item::Member>>,
    pub(crate) contracts: PrimaryMap<ContractId, (&'a item::Contract, Head)>,
    pub(crate) processes: PrimaryMap<ProcessId, &'a item::Process>,
    pub(crate) pipelines: PrimaryMap<PipelineId, &'a item::Pipeline>,
    pub(crate) tests: PrimaryMap<TestId, &'a item::Test>,
    pub(crate) audits: Vec<(&'a theus_grammar::ast::audit::Audit, ModuleId)>,
    pub(crate) alerts: Vec<(&'a theus_grammar::ast::audit::Alert, Head)>,
    /// Sessions, and where they are written.
    pub(crate) sessions: Vec<(&'a theus_grammar::ast::session::Session, ModuleId)>,
}

/// How a context is written.
#[derive(Clone, Copy)]
pub(crate) enum ContextTree<'a> {
    /// With its fields: a context, or a context type.
    Own(&'a item::Context),
    /// As one of a type, or several.
    Of(&'a item::Instance),
    /// As a parameter of a process.
    Param,
}

/// How far lazily resolved items are.
#[derive(Default)]
pub(crate) struct States {
    pub(crate) members: SecondaryMap<StructId, State>,
    pub(crate) payloads: SecondaryMap<EnumId, State>,
    pub(crate) defaults: SecondaryMap<StructId, State>,
    pub(crate) consts: SecondaryMap<ConstId, State>,
    pub(crate) signatures: SecondaryMap<FnId, State>,
    /// How many constants and defaults wait for another one.
    pub(crate) waiting: u32,
    /// How many nodes the literals of evaluated expressions have.
    pub(crate) literals: usize,
}

/// Where names of types and sizes are looked up.
#[derive(Clone)]
pub(crate) struct Env {
    pub(crate) module: ModuleId,
    pub(crate) generics: Arc<[Generic]>,
}

impl Env {
    /// Of an item without generic parameters.
    pub(crate) fn plain(module: ModuleId) -> Self {
        Self {
            module,
            generics: Arc::from([]),
        }
    }
}

/// What the stages share.
pub(crate) struct Cx<'a> {
    pub(crate) modules: &'a [ParsedModule],
    pub(crate) out: Typed,
    pub(crate) scopes: PrimaryMap<ModuleId, Scope>,
    pub(crate) prelude: Option<ModuleId>,
    /// Modules of the collections: their types are seen everywhere, their functions as methods.
    pub(crate) collections: Vec<ModuleId>,
    pub(crate) trees: Trees<'a>,
    pub(crate) states: States,
    pub(crate) error_names: IndexMap<Arc<str>, ErrorId>,
    /// Errors that are declared with two payloads: what is raised may have either.
    pub(crate) mixed_errors: IndexSet<ErrorId>,
    /// Fields that a contract names and that do not exist: bodies are not told again.
    pub(crate) unknown_entries: IndexSet<(ContextId, Arc<str>)>,
    /// Processes with arguments, by process and arguments.
    pub(crate) instances: IndexMap<(ProcessId, String), ProcessId>,
    /// What `full least(…)` is told, by module, type of the values and text.
    pub(crate) scores: IndexMap<(ModuleId, Ty, String), Arc<theus_grammar::ast::Expr>>,
    /// Where the contract is taken whose clause is checked now.
    pub(crate) shared_at: Option<Span>,
    /// Whether sizes may be terms over globals here.
    pub(crate) start_sizes: bool,
    /// Where a time to live may stand: in the type of the field at hand.
    pub(crate) ttl_at: Option<Span>,
    /// Errors reported so far, and unreadable nodes met.
    pub(crate) failures: usize,
    /// What patterns have named in the constant being evaluated, innermost last.
    pub(crate) bound: Vec<(LocalId, Value)>,
    sink: &'a mut Sink,
}

impl<'a> Cx<'a> {
    pub(crate) fn new(modules: &'a [ParsedModule], sink: &'a mut Sink) -> Self {
        Self {
            modules,
            out: Typed::default(),
            scopes: PrimaryMap::new(),
            prelude: None,
            collections: Vec::new(),
            trees: Trees::default(),
            states: States::default(),
            error_names: IndexMap::new(),
            mixed_errors: IndexSet::new(),
            unknown_entries: IndexSet::new(),
            instances: IndexMap::new(),
            scores: IndexMap::new(),
            shared_at: None,
            start_sizes: false,
            ttl_at: None,
            failures: 0,
            bound: Vec::new(),
            sink,
        }
    }

    /// Hands a diagnostic on. Warnings about the library are for its authors only.
    pub(crate) fn report(&mut self, found: Diagnostic) {
        if found.severity() == Severity::Error {
            self.failures += 1;
        }
        let found = match self.shared_at {
            Some(span) => found.label(span, "this contract is taken here"),
            None => found,
        };
        self.sink.push(found);
    }

    /// Whether there are so many errors that looking for near names is not worth its time.
    pub(crate) const fn is_flooded(&self) -> bool {
        self.failures > 200
    }

    /// Whether the module belongs to the library.
    pub(crate) fn is_std(&self, module: ModuleId) -> bool {
        self.out.modules[module].is_std
    }

    /// What a type is.
    pub(crate) fn kind(&self, ty: Ty) -> &TyKind {
        self.out.types.kind(ty)
    }

    /// The id of a type.
    pub(crate) fn intern(&mut self, kind: TyKind) -> Ty {
        self.out.types.intern(kind)
    }

    /// The array type of `dims` of `elem`; arrays of arrays are one array.
    pub(crate) fn array(&mut self, elem: Ty, dims: Vec<Size>) -> Ty {
        self.out.types.array(elem, dims)
    }

    /// The type as users write it.
    pub(crate) fn show(&self, generics: &[Generic], ty: Ty) -> String {
        crate::show::ty(&self.out, generics, ty)
    }
}
