//! Bodies: locals, statements and typed expressions.

use std::sync::Arc;

use cranelift_entity::PrimaryMap;
use theus_grammar::Span;
use theus_grammar::ast::expr::{BinaryOp, UnaryOp};

use crate::flow::Flow;
use crate::ids::{
    ConstId, EnumId, ErrorId, FieldId, FnId, LocalId, PipelineId, StructId, WindowId,
};
use crate::ty::{GenericArg, Ty};

mod pool;
mod wrong;

pub use pool::PoolOp;

/// Locals and statements of a function, process or test.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// Parameters first, then every other local, closure parameters included.
    pub locals: PrimaryMap<LocalId, Local>,
    /// The statements.
    pub block: Block,
}

/// A local name.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Ty,
    /// `var`, or an `inout` parameter.
    pub mutable: bool,
    /// Where it is declared.
    pub span: Span,
}

/// Statements in order.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// The statements.
    pub stmts: Vec<Stmt>,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where.
    pub span: Span,
}

/// The kinds of statements.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `let` or `var`; `None`: assigned on every path before it is read. The one exception:
    /// an array of a generic element type may be assigned element by element, and starts as
    /// zero bytes.
    Let(LocalId, Option<Expr>),
    /// `let (a, b) = value`: the pattern fits, or the block (which leaves) runs.
    Unpack(Pat, Expr, Option<Block>),
    /// `place = value`. Index values of the place are evaluated first, once.
    Assign(Expr, Expr),
    /// `place op= value`: the place is evaluated once. For arrays: elementwise.
    OpAssign(Expr, BinaryOp, Expr),
    /// A call for its effects (or with an unused result).
    Expr(Expr),
    /// `if`.
    If(Expr, Block, Block),
    /// `match`: arms are tried in order; they are exhaustive.
    Match(Expr, Vec<Arm<Block>>),
    /// `for i in lo..hi` (`inclusive`): bounds are integers of the type of the local.
    ForRange {
        /// The loop variable.
        local: LocalId,
        /// First value.
        lo: Expr,
        /// Bound above.
        hi: Expr,
        /// Whether `hi` itself is taken.
        inclusive: bool,
        /// Body.
        body: Block,
    },
    /// `for x in array` or `for x in ring` (oldest to newest): each element by value.
    ForEach {
        /// The element.
        local: LocalId,
        /// An array, whose elements or rows it goes over, or a collection; evaluated once.
        over: Expr,
        /// Body.
        body: Block,
    },
    /// `while c max n`: more than `n` rounds (constant) is the fault `LoopBound`. With
    /// `total`, rounds count over the whole run of the process or function.
    While {
        /// Condition.
        cond: Expr,
        /// Bound: an `i64` or `u64` expression, evaluated once before the loop.
        max: Expr,
        /// Greatest value that the bound can take, for work bounds; `u64::MAX` where it is a
        /// size parameter, so known in each call only.
        top: u64,
        /// `total`.
        total: bool,
        /// Body.
        body: Block,
    },
    /// `return`.
    Return(Option<Expr>),
    /// `raise E(..)`.
    Raise(ErrorId, Vec<Expr>),
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `{ … }` alone (a last `else`).
    Block(Block),
    /// Test: `assert e`.
    Assert(Expr, Option<Expr>),
    /// Test: `set c.f = e`: writes any field as the host does.
    Set(Expr, Expr),
    /// Test: `run p for …`.
    Run {
        /// What runs.
        ran: Ran,
        /// How long at most.
        amount: Amount,
        /// Stop before a tick when this holds.
        until: Option<Expr>,
    },
    /// Test: the block must end with this error or fault.
    Expect(Expected, Block),
    /// Reported.
    Error,
}

/// What a test runs.
#[derive(Clone, Debug)]
pub enum Ran {
    /// A pipeline.
    Pipeline(PipelineId),
    /// A process alone: the one item of its ticks, which are those of the first pipeline that
    /// has it.
    Process(Vec<Flow>, Option<PipelineId>),
}

impl Ran {
    /// The pipeline whose ticks they are.
    pub const fn pipeline(&self) -> Option<PipelineId> {
        match self {
            Self::Pipeline(id) => Some(*id),
            Self::Process(_, like) => *like,
        }
    }
}

/// How long a pipeline runs.
#[derive(Clone, Debug)]
pub enum Amount {
    /// That many ticks (`u64` or `i64` expression).
    Ticks(Expr),
    /// That long in virtual time (a `duration` expression).
    Time(Expr),
}

/// What a test expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// An error that a process raises and nobody handles.
    Error(ErrorId),
    /// A fault.
    Fault(theus_abi::Fault),
}

/// What to do when the outermost operation of a value fails.
#[derive(Clone, Debug)]
pub enum Otherwise {
    /// `?? default`.
    Value(Box<Expr>),
    /// `else raise E(..)`.
    Raise(ErrorId, Vec<Expr>),
    /// `else { … }`: leaves on every path.
    Block(Block),
}

/// An arm of a `match`.
#[derive(Clone, Debug)]
pub struct Arm<T> {
    /// What it takes.
    pub pat: Pat,
    /// `if e`: only then; a `bool`.
    pub guard: Option<Expr>,
    /// What it gives or does.
    pub body: T,
}

/// A pattern after resolution.
#[derive(Clone, Debug, PartialEq)]
pub enum Pat {
    /// `_`.
    Wild,
    /// A new local that holds the value.
    Bind(LocalId),
    /// The variant of that index, and patterns for all of its payload.
    Variant(u32, Vec<Self>),
    /// Patterns for all members of a struct, or all parts of a tuple.
    Members(Vec<Self>),
    /// An integer or a duration in ns.
    Int(i128),
    /// Integers from the first to the second, both included.
    IntRange(i128, i128),
    /// A float.
    Float(f64),
    /// A text.
    Text(Arc<str>),
    /// Floats from the first to the second, which is taken where `true`.
    FloatRange(f64, f64, bool),
    /// A bool.
    Bool(bool),
    /// `none`.
    None,
    /// An optional that has a value, which fits.
    Some(Box<Self>),
    /// One of them; all make the same locals.
    Or(Vec<Self>),
}

impl Pat {
    /// The patterns directly in it.
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::Variant(_, parts) | Self::Members(parts) | Self::Or(parts) => parts,
            Self::Some(inner) => std::slice::from_ref(inner),
            Self::Wild
            | Self::Bind(_)
            | Self::Int(_)
            | Self::IntRange(..)
            | Self::Float(_)
            | Self::FloatRange(..)
            | Self::Text(_)
            | Self::Bool(_)
            | Self::None => &[],
        }
    }

    /// The locals that it makes; one for each alternative that has it.
    pub fn each_local(&self, visit: &mut dyn FnMut(LocalId)) {
        if let Self::Bind(local) = self {
            visit(*local);
        }
        for part in self.parts() {
            part.each_local(visit);
        }
    }
}

/// An expression with its type.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type, after every implicit step (there are none but `Some`).
    pub ty: Ty,
    /// Where.
    pub span: Span,
}

/// The kinds of expressions. In generic functions types may contain parameters.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A literal of an integer type (or of a `number` parameter): fits.
    Int(i128),
    /// A literal of a float type: already rounded for `f32`.
    Float(f64),
    /// A bool.
    Bool(bool),
    /// A duration in ns.
    Duration(i64),
    /// A variant with all of its payload, in order of declaration.
    Variant(EnumId, u32, Vec<Expr>),
    /// The value of a size parameter, as an `i64`.
    SizeParam(u32),
    /// `none`; the type says of what.
    None,
    /// A value made optional.
    Some(Box<Expr>),
    /// A text of type `str`, or `str<N>` if it fits.
    Str(Arc<str>),
    /// A `str<N>` as a `str`, an array, or a row of it, as a slice.
    View(Box<Expr>),
    /// A `str` copied into a `str<N>`; the fault `Full` if it is too long.
    Bounded(Box<Expr>),
    /// Texts one after another, as one `str` in scratch.
    Concat(Vec<Expr>),
    /// Statements that only make locals of their own, then a value.
    After(Box<Block>, Box<Expr>),
    /// A value as a `str` in scratch.
    Show(Box<Expr>, Written),
    /// A local. For an `inout` parameter: its place.
    Local(LocalId),
    /// A constant.
    Const(ConstId),
    /// A whole field of a context.
    Field(FieldId),
    /// `prev(f)`: the field as it was at the end of the last tick of the pipeline that
    /// writes it.
    Prev(FieldId),
    /// `window(f, 200ms)`: its samples, a ring of `f64`.
    Window(WindowId),
    /// The n-th member of a struct, or part of a tuple.
    Member(Box<Expr>, u32),
    /// The element that an `each` process is at, of the collection that it goes over.
    Elem(Box<Expr>),
    /// An element of an array (as many indices as dimensions), or a row view by value
    /// (fewer); `m[i][j]` has become `m[i, j]`. Indices are of any integer type. May fault `Index`.
    Index(Box<Expr>, Vec<Expr>),
    /// `r[i]`, 0 the newest. May fault `Index`.
    RingIndex(Box<Expr>, Box<Expr>),
    /// The element of a pool that a handle names: a place. May fault `Stale`.
    PoolAt(Box<Expr>, Box<Expr>),
    /// What of an owned pool belongs to an element of its owner: `a.memories`, as a pool.
    Owned(Box<Expr>, FieldId),
    /// A method of a pool, which comes first.
    Pool(PoolOp, Vec<Expr>),
    /// A prefix operator; on arrays elementwise (`Neg` only).
    Unary(UnaryOp, Box<Expr>),
    /// An infix operator. Both sides have one type, except: shifts (any integer right),
    /// array with number (elementwise), `@` (1x2, 2x1, 2x2 ranks; 1x1 is the dot product),
    /// duration times or divided by an integer, duration by duration (`i64`).
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `x in range`.
    InRange {
        /// The value.
        value: Box<Expr>,
        /// Bound below.
        lo: Box<Expr>,
        /// Bound above.
        hi: Box<Expr>,
        /// Whether `hi` is in.
        inclusive: bool,
    },
    /// `e as T` between numbers; the target is `ty`. May fault `Conversion`.
    Cast(Box<Expr>),
    /// `if` as a value.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `match` as a value.
    Match(Box<Expr>, Vec<Arm<Expr>>),
    /// `let p = e` as the condition of `if` and `while`: whether the value fits; then the
    /// locals of the pattern have their values. A `bool`.
    Let(Box<Expr>, Pat),
    /// An array, row-major; for rank 2 and more the elements are the rows (arrays). Empty
    /// with a ring type: an empty ring.
    Array(Vec<Expr>),
    /// `[e; n, m]`: all elements alike; the type says how many. Where `e` is an array, its
    /// dimensions are the last ones.
    Fill(Box<Expr>),
    /// All parts of a tuple.
    Tuple(Vec<Expr>),
    /// All members of a struct in declaration order (defaults and spread filled in).
    Struct(StructId, Vec<Expr>),
    /// `S(..base, m: e)`: base, then the replaced members by index.
    Update(Box<Expr>, Vec<(u32, Expr)>),
    /// A call of a function with a body. Arguments for `inout` parameters are places;
    /// arguments for closure parameters are `Closure`s (or locals that are closure
    /// parameters themselves).
    Call(FnId, Vec<GenericArg>, Vec<Expr>),
    /// A call of an intrinsic.
    Intrinsic(theus_stdlib::Intrinsic, Vec<Expr>),
    /// A call of a closure parameter.
    CallLocal(LocalId, Vec<Expr>),
    /// A closure, only as an argument: parameters (locals of this body) and its value.
    Closure(Vec<LocalId>, Box<ClosureBody>),
    /// `value ?? default`, and `value else …` at the root of a statement: `value` is
    /// optional, or its outermost operation is fallible. The type is that of the value
    /// inside.
    OrElse(Box<Expr>, Otherwise),
    /// `all(i in lo..hi: e)` (true) or `any`: lazy, ascending.
    Quantifier {
        /// `all`.
        all: bool,
        /// The loop variable.
        local: LocalId,
        /// First value.
        lo: Box<Expr>,
        /// Bound above.
        hi: Box<Expr>,
        /// Whether `hi` is taken.
        inclusive: bool,
        /// The condition.
        body: Box<Expr>,
    },
    /// `old(e)` in `ensures`: `e` at the start of the process.
    Old(Box<Expr>),
    /// `tick.count` …
    Tick(TickField),
    /// One draw of the process's random stream: a `u64`.
    Draw,
    /// The clock of the measured block of that number.
    Timer(Timer, u32),
    /// Reported.
    Error,
}

/// What a measured block does with its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// It starts; no value.
    Begins,
    /// It ends: an `f64`, the seconds since it started.
    Took,
}

/// How a value is written in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// What fills the width: a blank if nothing is said.
    pub fill: Option<Arc<str>>,
    /// Where the value stands in the width.
    pub side: Option<Side>,
    /// A sign also before numbers that are not negative.
    pub plus: bool,
    /// Zeros between sign and digits.
    pub zeros: bool,
    /// Least number of characters; 0 if nothing is said.
    pub width: u32,
    /// Digits after the dot.
    pub places: Option<u32>,
    /// The base of an integer, or `e` for floats.
    pub form: Form,
}

/// Where a value stands in its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `<`
    Left,
    /// `>`
    Right,
    /// `^`
    Middle,
}

/// The form of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Decimal.
    #[default]
    Plain,
    /// `x`
    Hex,
    /// `X`
    Capital,
    /// `b`
    Binary,
    /// `o`
    Octal,
    /// `e`
    Power,
}

/// The value of a closure.
#[derive(Clone, Debug)]
pub enum ClosureBody {
    /// `|x| e`.
    Expr(Expr),
    /// `|x| { … return e }`.
    Block(Block),
}

/// What a program may know of its tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TickField {
    /// `tick.count`: ticks done before this one; `u64`.
    Count,
    /// `tick.time`: virtual time since the start of the run; `duration`.
    Time,
    /// `tick.now`: the point of the virtual clock at which the tick starts; `instant`.
    Now,
    /// `tick.dt`: the period; `duration`.
    Dt,
    /// `tick.faults`: failures so far, handled ones included; `u64`.
    Faults,
    /// `tick.steps`: steps of loops in the last tick that is done; `u64`.
    Steps,
    /// `tick.load`: the share of the budgets of that tick which was used; `f64`.
    Load,
    /// How long nothing has arrived: what `on idle` looks at; `duration`.
    Idle,
}
