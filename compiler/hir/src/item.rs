//! Items with names resolved.

mod pipeline;

use std::sync::Arc;

use theus_abi::image::{Range, Zone};
use theus_grammar::Span;

use crate::body::{Body, Expr};
use crate::ids::{ContextId, EnumId, ErrorId, FieldId, LocalId, ModuleId, ProcessId};
use crate::ty::{GenericArg, Ty};

pub use theus_grammar::ast::item::TestKind;

pub use pipeline::{Batch, Latch, Modes, Period, Pipeline, Window};

/// A file of the program or of the library.
#[derive(Clone, Debug)]
pub struct Module {
    /// `pendulum`, `std.control`; the root file has its stem.
    pub name: Arc<str>,
    /// The whole text.
    pub span: Span,
    /// Whether it belongs to the library.
    pub is_std: bool,
}

/// What every item has.
#[derive(Clone, Debug)]
pub struct Head {
    /// Its name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub span: Span,
    /// Its module.
    pub module: ModuleId,
    /// `///` lines.
    pub docs: Vec<String>,
}

/// A struct.
#[derive(Clone, Debug)]
pub struct Struct {
    /// Name and place.
    pub head: Head,
    /// Generic parameters.
    pub generics: Vec<Generic>,
    /// Members in order.
    pub members: Vec<Member>,
    /// What the language knows it as; its members are the library's own then.
    pub collection: Option<Collection>,
}

/// A struct of the library that the language knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collection {
    /// `list<T, N>`: its first member is the length, its second the slots.
    List,
    /// `map<K, V, N>`.
    Map,
    /// `queue<T, N>`.
    Queue,
}

impl Collection {
    /// How many arguments a type has after those that are written: the number of its rules.
    pub const HIDDEN: usize = 1;

    /// How the library calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Map => "map",
            Self::Queue => "queue",
        }
    }
}

/// A member of a struct, or of the payload of a variant.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Ty,
    /// Its range.
    pub range: Option<Range>,
    /// Its default; without one, zero.
    pub default: Option<Expr>,
    /// Where the name stands.
    pub span: Span,
}

/// A variant of an enum.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub span: Span,
    /// What it carries; members without names are called `0`, `1`, ….
    pub payload: Vec<Member>,
}

/// An enum.
#[derive(Clone, Debug)]
pub struct Enum {
    /// Name and place.
    pub head: Head,
    /// Generic parameters.
    pub generics: Vec<Generic>,
    /// Variants in order.
    pub variants: Vec<Variant>,
}

/// A constant. Its value is an expression without locals, fields or calls that can fault at
/// run time: it has been evaluated once by the checker, and lowering repeats it where used.
#[derive(Clone, Debug)]
pub struct Const {
    /// Name and place.
    pub head: Head,
    /// Its type.
    pub ty: Ty,
    /// Its value.
    pub value: Expr,
}

/// A generic parameter.
#[derive(Clone, Debug)]
pub struct Generic {
    /// Its name.
    pub name: Arc<str>,
    /// What it may stand for.
    pub kind: GenericKind,
    /// Where the name stands.
    pub span: Span,
}

/// What a generic parameter may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenericKind {
    /// Any type that can be copied (no closures).
    Any,
    /// `number`: integers, floats (arithmetic, comparison, literals).
    Number,
    /// `integer`.
    Integer,
    /// `float`.
    Float,
    /// `key`: what is compared by `==` and is no float.
    Key,
    /// `ordered`: numbers and durations (comparison).
    Ordered,
    /// `const N`.
    Size,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Fn {
    /// Name and place.
    pub head: Head,
    /// Generic parameters.
    pub generics: Vec<Generic>,
    /// Parameters: the first locals of the body, in order.
    pub params: Vec<FnParam>,
    /// Type of the result; `Ty::UNIT` if none.
    pub result: Ty,
    /// The body; `Err` names the intrinsic.
    pub body: Result<Body, theus_stdlib::Intrinsic>,
    /// Whether the program may reach it: if not, its body is empty.
    pub reached: bool,
}

/// A parameter of a function.
#[derive(Clone, Debug)]
pub struct FnParam {
    /// Its local.
    pub local: LocalId,
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Ty,
    /// A place of the caller, not a copy.
    pub inout: bool,
    /// Where the argument lies.
    pub range: Option<Range>,
    /// Where.
    pub span: Span,
}

/// A context.
#[derive(Clone, Debug)]
pub struct Context {
    /// Name and place.
    pub head: Head,
    /// One context, several, or none.
    pub kind: ContextKind,
    /// The context type that it is of.
    pub of: Option<ContextId>,
    /// Fields in order.
    pub fields: Vec<FieldId>,
    /// `invariant e`.
    pub invariants: Vec<Expr>,
    /// Locals of invariants and of defaults of fields (quantifiers, closures); no statements.
    pub locals: Body,
}

impl Context {
    /// Whether it has memory: types and parameters have none.
    pub fn is_stored(&self) -> bool {
        self.kind != ContextKind::Abstract
    }
}

/// What a name of a context stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContextKind {
    /// One context.
    One,
    /// Several of one type: each field is an array with an element for each of them.
    Many(Count),
    /// A context type, or a parameter of a process: other contexts stand in for it, and it
    /// has no memory.
    Abstract,
    /// Its type is wrong; reported.
    Error,
}

/// How many contexts there are, and what indexes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Integers from 0.
    Number(u64),
    /// The variants of an enum.
    Variants(EnumId, u64),
}

impl Count {
    /// How many.
    pub const fn get(self) -> u64 {
        match self {
            Self::Number(count) | Self::Variants(_, count) => count,
        }
    }
}

/// A field of a context.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its context.
    pub context: ContextId,
    /// Its name.
    pub name: Arc<str>,
    /// Its zone.
    pub zone: Zone,
    /// Of a heavy field of two buffers: what a writer begins with.
    pub swap: Option<Swap>,
    /// Its type.
    pub ty: Ty,
    /// Its range (numbers and durations; on an array, of each element).
    pub range: Option<Range>,
    /// Its default; without one, the defaults of its struct, or zero.
    pub default: Option<Expr>,
    /// `///` lines.
    pub docs: Vec<String>,
    /// Where the name stands.
    pub span: Span,
}

/// What is in the back buffer of a heavy field when a process begins to write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swap {
    /// Anything, so the process must write the whole.
    Whole,
    /// A copy of the front.
    Copy,
}

/// An error: program-wide by name.
#[derive(Clone, Debug)]
pub struct Error {
    /// Its name.
    pub name: Arc<str>,
    /// Types of the payload (scalars).
    pub payload: Vec<Ty>,
    /// The first declaration.
    pub span: Span,
}

/// A parameter of a process.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name.
    pub name: Arc<str>,
    /// What it stands for.
    pub kind: ParamKind,
    /// Where.
    pub span: Span,
}

/// What a parameter of a process stands for.
#[derive(Clone, Copy, Debug)]
pub enum ParamKind {
    /// A context of a type.
    Context(ContextId),
    /// A constant or a global: its local, type and range.
    Value(LocalId, Ty, Option<Range>),
    /// A size: the n-th.
    Size(u32),
    /// Reported.
    Error,
}

/// A process.
#[derive(Clone, Debug)]
pub struct Process {
    /// Name and place. A use with arguments is named with them: `track(left, 0.1)`.
    pub head: Head,
    /// Its parameters. A process that has some is checked, and its uses are run.
    pub params: Vec<Param>,
    /// The process that this is a use of.
    pub of: Option<ProcessId>,
    /// The sizes of a use.
    pub generics: Vec<GenericArg>,
    /// The `each` clause.
    pub each: Option<Each>,
    /// What each element may add to other collections, which are among the outputs.
    pub quotas: Vec<Quota>,
    /// The `inputs` clause.
    pub inputs: Vec<Entry>,
    /// The whole clause, or the empty place where it belongs.
    pub inputs_span: Span,
    /// The `outputs` clause.
    pub outputs: Vec<Entry>,
    /// The whole clause, or the empty place where it belongs.
    pub outputs_span: Span,
    /// `requires` clauses, of type `bool`.
    pub requires: Vec<Expr>,
    /// `ensures` clauses, of type `bool`.
    pub ensures: Vec<Expr>,
    /// Declared errors, those of its contracts last.
    pub errors: Vec<(ErrorId, Span)>,
    /// How many of the errors its contracts declare.
    pub shared_errors: usize,
    /// Whether it is hard, ns, place.
    pub deadline: Option<(bool, i64, Span)>,
    /// Most steps of one run, place.
    pub budget: Option<(u64, Span)>,
    /// The `cached` clause.
    pub cached: Option<Cached>,
    /// Locals (also of the clauses) and statements.
    pub body: Body,
}

/// `each a in town.people`: the body runs once for each element.
#[derive(Clone, Debug)]
pub struct Each {
    /// The collection: a whole field.
    pub field: FieldId,
    /// In one of several contexts: the part of the field that is of it.
    pub part: Option<Expr>,
    /// `where e`: elements for which this does not hold are passed over.
    pub filter: Option<Expr>,
    /// `slice n`: so many elements in one run, an `i64`.
    pub slice: Option<Expr>,
    /// `isolated`: the run of each element is a transaction of its own.
    pub isolated: Option<Isolated>,
    /// `scratch 16KB`: bytes that each element has for values of open size, place.
    pub scratch: Option<(u32, Span)>,
    /// The whole clause.
    pub span: Span,
}

/// `isolated into town.bad`.
#[derive(Clone, Copy, Debug)]
pub struct Isolated {
    /// The ring of those whose run has failed: handles, or numbers of elements.
    pub into: Option<FieldId>,
    /// The words.
    pub span: Span,
}

/// `inserts town.people max 2`, `sends town.events max 4`.
#[derive(Clone, Debug)]
pub struct Quota {
    /// The pool, ring or list.
    pub field: FieldId,
    /// How often one element may add to it.
    pub max: u64,
    /// The whole clause.
    pub span: Span,
}

impl Quota {
    /// The output that it is, too.
    pub(crate) const fn entry(&self) -> Entry {
        Entry {
            target: Target::Field(self.field, Vec::new()),
            span: self.span,
        }
    }
}

/// An entry of `inputs` or `outputs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it names.
    pub target: Target,
    /// Where.
    pub span: Span,
}

/// A process that is skipped while nothing that it names is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cached {
    /// After how many ticks it runs all the same.
    pub max_age: Option<u64>,
    /// The clause.
    pub span: Span,
}

/// What an entry names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A whole context.
    Context(ContextId),
    /// A field, or a member of a struct field: member indices; of a field of several
    /// contexts, first which one.
    Field(FieldId, Vec<u32>),
    /// `tick`.
    Tick,
    /// `random`.
    Random,
    /// Reported.
    Error,
}

/// A test, a property or a bench.
#[derive(Clone, Debug)]
pub struct Test {
    /// Its title and place.
    pub head: Head,
    /// What is done with it.
    pub kind: TestKind,
    /// Parameters: local, name, values to take (constant expressions).
    pub params: Vec<(LocalId, Arc<str>, Vec<Expr>)>,
    /// Property: what is drawn.
    pub drawn: Vec<Drawn>,
    /// Property: the process whose contract is tested. The first statement runs it.
    pub of: Option<ProcessId>,
    /// Property: what the inputs satisfy, of type `bool`.
    pub requires: Vec<Expr>,
    /// Locals and statements.
    pub body: Body,
}

/// An input that a property draws.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The local that holds it.
    pub local: LocalId,
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Ty,
    /// Its range.
    pub range: Option<Range>,
}
