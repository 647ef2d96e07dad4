//! Items: what stands at the top of a file.

use super::audit::{Alert, Audit};
use super::expr::{Arg, Block, Expr};
use super::flow::Flow;
use super::session::Session;
use super::ty::{Range, Size, Ty};
use super::{Name, Path};
use crate::span::Span;

/// A whole file.
#[derive(Clone, Debug)]
pub struct File {
    /// `//!` lines, without the marks.
    pub docs: Vec<String>,
    /// Items in order.
    pub items: Vec<Item>,
    /// The whole text.
    pub span: Span,
    /// The parts that nobody could read.
    pub unread: Vec<Span>,
}

/// An item with its `///` lines.
#[derive(Clone, Debug)]
pub struct Item {
    /// `///` lines, without the marks.
    pub docs: Vec<String>,
    /// What it is.
    pub kind: ItemKind,
    /// From its keyword to its end.
    pub span: Span,
}

/// The kinds of items.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// `use std.control`, `use a.b as c`.
    Use(Use),
    /// `const K: f64 = 1.0`.
    Const(Const),
    /// `struct P { … }`.
    Struct(Struct),
    /// `enum E { A, B(x: f64) }`.
    Enum(Enum),
    /// `fn f<T, const N>(…) -> T { … }`.
    Fn(Fn),
    /// `context c { … }`, `context type T { … }`.
    Context(Context),
    /// `context c: T`, `context c: [T; 4]`.
    Instance(Instance),
    /// `process p { … }`.
    Process(Box<Process>),
    /// `contract Bounded(f, hi) { ensures … }`.
    Contract(Contract),
    /// `pipeline p every 10ms { … }`.
    Pipeline(Pipeline),
    /// `test "…" { … }`.
    Test(Test),
    /// `audit plant { … }`.
    Audit(Audit),
    /// `alert slow { … }`.
    Alert(Box<Alert>),
    /// `session lab { … }`.
    Session(Session),
    /// Unreadable, or not built yet; reported.
    Bad,
}

/// An import.
#[derive(Clone, Debug)]
pub struct Use {
    /// The module: `std.control`.
    pub path: Path,
    /// `use a.{x, y}`: the names brought in bare.
    pub names: Vec<Name>,
    /// `as c`.
    pub alias: Option<Name>,
}

/// A constant.
#[derive(Clone, Debug)]
pub struct Const {
    /// Its name.
    pub name: Name,
    /// Its type, if written.
    pub ty: Option<Ty>,
    /// Its value.
    pub value: Expr,
}

/// A struct.
#[derive(Clone, Debug)]
pub struct Struct {
    /// Its name.
    pub name: Name,
    /// `<T: number, const N>`.
    pub generics: Vec<Generic>,
    /// Members in order. `zone` is always `None`.
    pub members: Vec<Member>,
}

/// A member of a struct, or a field of a context.
#[derive(Clone, Debug)]
pub struct Member {
    /// `///` lines.
    pub docs: Vec<String>,
    /// The zone keyword, if one is written.
    pub zone: Option<(Zone, Span)>,
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Ty,
    /// Of a pool: `of town.people max 100`.
    pub owned: Option<Owned>,
    /// Of a pool: `{ unique name  index age }`.
    pub queries: Vec<Query>,
    /// `in lo..=hi`.
    pub range: Option<Range>,
    /// `= default`.
    pub default: Option<Expr>,
    /// The whole member.
    pub span: Span,
}

/// `of town.people max 100`.
#[derive(Clone, Debug)]
pub struct Owned {
    /// The pool to whose elements these belong.
    pub by: Path,
    /// How many may belong to one.
    pub max: Option<Size>,
    /// The words.
    pub span: Span,
}

/// How a pool is asked for elements: `index age`.
#[derive(Clone, Debug)]
pub struct Query {
    /// Which way.
    pub kind: QueryKind,
    /// The member of the elements.
    pub name: Name,
    /// `cell 5.0`.
    pub cell: Option<Expr>,
    /// The whole of it.
    pub span: Span,
}

/// The ways in which a pool is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueryKind {
    /// `unique name`
    Unique,
    /// `index age`
    Index,
    /// `grid at cell 5.0`
    Grid,
}

/// A zone keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Zone {
    /// `global`
    Global,
    /// `signal`
    Signal,
    /// `meta`
    Meta,
    /// `heavy`
    Heavy,
    /// `heavy(swap)`
    Swap,
    /// `heavy(swap copy)`
    SwapCopy,
}

/// A variant of an enum.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name.
    pub name: Name,
    /// What it carries: names, if given, and types.
    pub payload: Vec<(Option<Name>, Ty)>,
}

/// An enum.
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its name.
    pub name: Name,
    /// `<T, const N>`.
    pub generics: Vec<Generic>,
    /// Variants in order.
    pub variants: Vec<Variant>,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Fn {
    /// Its name.
    pub name: Name,
    /// `<T: number, const N>`.
    pub generics: Vec<Generic>,
    /// Parameters in order.
    pub params: Vec<Param>,
    /// `-> T`; `None` for a function that only has `inout` effects.
    pub result: Option<Ty>,
    /// The body; `None` for `intrinsic fn name(…) -> T` (in the library only).
    pub body: Option<Block>,
}

/// A generic parameter.
#[derive(Clone, Debug)]
pub struct Generic {
    /// Its name.
    pub name: Name,
    /// `const N`: a size; else a type.
    pub is_size: bool,
    /// `T: number`: `number`, `integer`, `float`, `ordered`.
    pub bound: Option<Name>,
}

/// A parameter of a function.
#[derive(Clone, Debug)]
pub struct Param {
    /// `inout`.
    pub inout: Option<Span>,
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Ty,
    /// `in lo..=hi`.
    pub range: Option<Range>,
}

/// A context.
#[derive(Clone, Debug)]
pub struct Context {
    /// Its name.
    pub name: Name,
    /// `context type`: a kind of contexts, not one of them.
    pub is_type: bool,
    /// Fields in order.
    pub members: Vec<Member>,
    /// `invariant e`.
    pub invariants: Vec<Expr>,
}

/// A context of a type, or several of them.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its name.
    pub name: Name,
    /// The context type.
    pub of: Path,
    /// `[T; 4]`, `[T; Kind]`: how many, or the enum that indexes them.
    pub count: Option<Size>,
}

/// Clauses that processes share: the parameters stand for what each use gives.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Its name.
    pub name: Name,
    /// Names of its parameters.
    pub params: Vec<Name>,
    /// `requires e`.
    pub requires: Vec<Expr>,
    /// `ensures e`.
    pub ensures: Vec<Expr>,
    /// `errors A, B(f64)`.
    pub errors: Vec<ErrorDecl>,
}

/// A name with arguments: a process in a pipeline, a contract of a process.
#[derive(Clone, Debug)]
pub struct Applied {
    /// What is named.
    pub path: Path,
    /// The arguments, if there are parentheses.
    pub args: Option<Vec<Arg>>,
    /// All of it.
    pub span: Span,
}

/// A parameter of a process.
#[derive(Clone, Debug)]
pub struct ProcessParam {
    /// Its name.
    pub name: Name,
    /// Its type or context type; `None` for `const N`: a size.
    pub ty: Option<Ty>,
    /// `in lo..=hi`.
    pub range: Option<Range>,
}

/// A process.
#[derive(Clone, Debug)]
pub struct Process {
    /// Its name.
    pub name: Name,
    /// `(t: Track, rate: f64)`.
    pub params: Vec<ProcessParam>,
    /// `is Bounded(plant.u, 150.0)`.
    pub contracts: Vec<Applied>,
    /// `each a in town.people`.
    pub each: Option<Each>,
    /// `inserts town.people max 2`, `sends town.events max 4`.
    pub quotas: Vec<Quota>,
    /// `inputs a.x, b, tick`.
    pub inputs: Vec<Entry>,
    /// The whole clause (empty span after the `{` if there is none), for edits.
    pub inputs_span: Span,
    /// `outputs a.u`.
    pub outputs: Vec<Entry>,
    /// The whole clause, for edits.
    pub outputs_span: Span,
    /// `requires e`, one for each clause.
    pub requires: Vec<Expr>,
    /// `ensures e`, one for each clause.
    pub ensures: Vec<Expr>,
    /// `errors A, B(f64)`.
    pub errors: Vec<ErrorDecl>,
    /// `deadline [hard] 100us`: whether hard, and the duration expression.
    pub deadline: Option<(bool, Expr)>,
    /// `budget 10_000 steps`.
    pub budget: Option<Expr>,
    /// `cached`.
    pub cached: Option<Cached>,
    /// The statements.
    pub body: Block,
}

/// `cached max age 3 ticks`: skipped while nothing that it names is written.
#[derive(Clone, Debug)]
pub struct Cached {
    /// After how many ticks it runs all the same.
    pub max_age: Option<Expr>,
    /// The whole clause.
    pub span: Span,
}

/// `inserts town.people max 2`, `sends town.events max 4`: what each element may add.
#[derive(Clone, Debug)]
pub struct Quota {
    /// `inserts`; else `sends`.
    pub inserts: bool,
    /// The pool, or the collection.
    pub into: Path,
    /// How many at most.
    pub max: Expr,
    /// The whole clause.
    pub span: Span,
}

/// `each a in town.people where e slice n scratch 16KB`.
#[derive(Clone, Debug)]
pub struct Each {
    /// The element.
    pub name: Name,
    /// The collection.
    pub over: Path,
    /// `where e`.
    pub filter: Option<Expr>,
    /// `slice n`.
    pub slice: Option<Expr>,
    /// `isolated into town.bad`: each element is a transaction of its own.
    pub isolated: Option<Isolated>,
    /// `scratch 16KB`: what each element has for values of open size.
    pub scratch: Option<Expr>,
    /// The whole clause.
    pub span: Span,
}

/// `isolated into town.bad`.
#[derive(Clone, Debug)]
pub struct Isolated {
    /// The ring that elements go to whose body has failed.
    pub into: Option<Path>,
    /// The words.
    pub span: Span,
}

/// What an `inputs` or `outputs` clause names: `plant.x`, `arms[2].x`.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its words, the index left out.
    pub path: Path,
    /// How many words stand before the index, and the index.
    pub at: Option<(usize, Expr)>,
    /// All of it.
    pub span: Span,
}

/// An error in an `errors` clause.
#[derive(Clone, Debug)]
pub struct ErrorDecl {
    /// Its name, program-wide.
    pub name: Name,
    /// Types of its payload.
    pub payload: Vec<Ty>,
}

/// A pipeline.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// Its name.
    pub name: Name,
    /// `every 10ms`, `every cfg.dt`.
    pub every: Option<Expr>,
    /// `on c.inbox max 100 or 50ms`.
    pub batch: Option<Box<Batch>>,
    /// `scratch 8MB`.
    pub scratch: Option<Box<Expr>>,
    /// What its modes declare, if it has some.
    pub modes: Option<Box<Modes>>,
    /// Its items.
    pub body: Vec<Flow>,
}

/// What a pipeline waits for: its ticks are batches.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The field that they wait in.
    pub queue: Expr,
    /// `max 100`: so many are a batch; one that is missing is reported later.
    pub most: Option<Expr>,
    /// `or 50ms`: fewer are one after this time.
    pub wait: Option<Expr>,
}

/// What the modes of a pipeline `arm` declare: the enum of their names, and the field
/// `arm.mode`, which says which of them is in force.
#[derive(Clone, Debug)]
pub struct Modes {
    /// The modes as variants, in order of text.
    pub names: Enum,
    /// The context of the field.
    pub context: Context,
    /// The modes that are marked with `start`.
    pub first: Vec<Name>,
}

/// What `theusc` does with a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestKind {
    /// `test "…" { … }`: runs it.
    Test,
    /// `property "…" (a: f64) { … }`: runs it with many inputs.
    Property,
    /// `bench "…" { … }`: measures it.
    Bench,
}

/// A test, a property or a bench.
#[derive(Clone, Debug)]
pub struct Test {
    /// Which of them.
    pub kind: TestKind,
    /// The string, holes not allowed.
    pub title: Name,
    /// `for law in [..]`: name and an array or `Law.all`.
    pub params: Vec<(Name, Expr)>,
    /// Property: `(a: f64 in -1.0..=1.0)`: what is drawn.
    pub drawn: Vec<ProcessParam>,
    /// Property: `of p`: the process whose contract is tested.
    pub of: Option<Applied>,
    /// Property: what the inputs satisfy.
    pub requires: Vec<Expr>,
    /// The statements (`run`, `set`, `assert` and ordinary ones).
    pub body: Block,
}
