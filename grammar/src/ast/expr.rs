//! Expressions, patterns, statements and blocks.

use super::item::Applied;
use super::ty::Ty;
use super::{Name, Path};
use crate::span::Span;

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// An integer literal: value, and suffix (`u8`, `f32`) if written.
    Int(u64, Option<Name>),
    /// A decimal literal (`1.5`, `1e3`), and suffix if written.
    Float(f64, Option<Name>),
    /// A duration literal in ns: `10ms`, `1.5min`.
    Duration(i64),
    /// `true`, `false`.
    Bool(bool),
    /// `none`.
    None,
    /// A string without holes, unescaped.
    Str(String),
    /// A string with holes: `"x is {x:.3}"`.
    Format(Vec<Piece>),
    /// A bare name.
    Name(Name),
    /// `a.x`: a member, a field of a context, an item of a module, a variant of an enum; of a
    /// tuple `t.0`.
    Member(Box<Expr>, Name),
    /// `a[i]`, `a[i, j]`.
    Index(Box<Expr>, Vec<Expr>),
    /// `f(x)`, `Params(m0: 1.5)`, `Params(..p, m0: 1.4)`.
    Call(Box<Expr>, Vec<Arg>),
    /// `a.f(b)`: a method call; also a function of a module or a constructor `m.S(…)`:
    /// resolution tells.
    Method(Box<Expr>, Name, Vec<Arg>),
    /// `-x`, `not x`, `~x`.
    Unary(UnaryOp, Box<Expr>),
    /// `a + b` and all other infix operators; `span` is the operator's.
    Binary(BinaryOp, Span, Box<Expr>, Box<Expr>),
    /// `x in lo..=hi`, `x in lo..hi`.
    In(Box<Expr>, Box<Expr>),
    /// `lo..hi` or `lo..=hi` (inclusive).
    Range(Box<Expr>, Box<Expr>, bool),
    /// `e as f32`.
    As(Box<Expr>, Ty),
    /// `e ?? d`.
    Coalesce(Box<Expr>, Box<Expr>),
    /// `(e)`: kept, because chained comparison is about what is written.
    Paren(Box<Expr>),
    /// `(a, b)`.
    Tuple(Vec<Expr>),
    /// `[a, b, c]`.
    Array(Vec<Expr>),
    /// `[e; n, m]`: sizes are expressions as in types.
    Fill(Box<Expr>, Vec<Expr>),
    /// `[e for p in xs if c]`.
    Build(Box<Build>),
    /// `|x, y| e` or `|x: f64| { … }`.
    Closure(Vec<(Name, Option<Ty>)>, ClosureBody),
    /// `if c { a } else { b }` as a value.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `match e { p => v, … }` as a value.
    Match(Box<Expr>, Vec<Arm<Expr>>),
    /// `let p = e` in the head of `if` and `while`.
    Let(Box<Pattern>, Box<Expr>),
    /// `all(i in 0..n: e)`, `any(i in 0..n: e)`: true for all (`true`) or any.
    Quantifier(bool, Name, Box<Expr>, Box<Expr>),
    /// `old(e)`.
    Old(Box<Expr>),
    /// Unreadable or not built; reported.
    Bad,
}

/// A slice made element by element.
#[derive(Clone, Debug)]
pub struct Build {
    /// The element.
    pub value: Expr,
    /// The names of what it is made of.
    pub pattern: Pattern,
    /// A range or collection.
    pub over: Expr,
    /// Only where this holds.
    pub cond: Option<Expr>,
}

/// A piece of a string with holes.
#[derive(Clone, Debug)]
pub enum Piece {
    /// What stands between holes, unescaped.
    Text(String),
    /// A value, how it is written (what follows the `:`), and the hole with its braces.
    Hole(Box<Expr>, String, Span),
}

/// The body of a closure.
#[derive(Clone, Debug)]
pub enum ClosureBody {
    /// `|x| e`.
    Expr(Box<Expr>),
    /// `|x| { … return e }`.
    Block(Block),
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub struct Arg {
    /// Plain, named or spread.
    pub kind: ArgKind,
    /// The value.
    pub value: Expr,
}

/// The kinds of arguments.
#[derive(Clone, Debug)]
pub enum ArgKind {
    /// `e`.
    Plain,
    /// `name: e`.
    Named(Name),
    /// `..e`.
    Spread,
}

/// Prefix operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `not`
    Not,
    /// `~`
    BitNot,
}

macro_rules! infix {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// Infix operators that make one value of two.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum BinaryOp { $($(#[$doc])* $name,)* }
        impl BinaryOp {
            /// Every operator.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// As written.
            pub const fn text(self) -> &'static str { match self { $(Self::$name => $text,)* } }
        }
    };
}

infix! {
    /// Sum.
    Add = "+";
    /// Difference.
    Sub = "-";
    /// Product (elementwise on arrays).
    Mul = "*";
    /// Quotient.
    Div = "/";
    /// Remainder.
    Rem = "%";
    /// Matrix product.
    MatMul = "@";
    /// Bitwise and.
    BitAnd = "&";
    /// Bitwise or.
    BitOr = "|";
    /// Bitwise exclusive or.
    BitXor = "^";
    /// Shift left.
    Shl = "<<";
    /// Shift right.
    Shr = ">>";
    /// Equal.
    Eq = "==";
    /// Different.
    Ne = "!=";
    /// Less.
    Lt = "<";
    /// Less or equal.
    Le = "<=";
    /// Greater.
    Gt = ">";
    /// Greater or equal.
    Ge = ">=";
    /// Lazy and.
    And = "and";
    /// Lazy or.
    Or = "or";
    /// `a implies b`: `not a or b`, lazy.
    Implies = "implies";
}

/// An arm of a `match`.
#[derive(Clone, Debug)]
pub struct Arm<T> {
    /// What it takes.
    pub pattern: Pattern,
    /// `if e`: only then.
    pub guard: Option<Expr>,
    /// What it gives or does.
    pub body: T,
}

/// A pattern: of `match`, of `if let`, of `let` and of `for`.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// What it is.
    pub kind: PatternKind,
    /// Where.
    pub span: Span,
}

/// The kinds of patterns.
#[derive(Clone, Debug)]
pub enum PatternKind {
    /// `_`.
    Wild,
    /// `Law.Sta`, `Sta`: a variant (or a constant); a new name.
    Path(Path),
    /// `Shape.Circle(r)`, `Circle(r: x)`, `Point(x: 0, y)`: the payload of a variant, the
    /// members of a struct.
    Parts(Path, Vec<(Option<Name>, Pattern)>),
    /// `(a, b)`.
    Tuple(Vec<Pattern>),
    /// `3`, `-1`, `true`: a literal expression.
    Literal(Expr),
    /// `0..10`, `0..=9`.
    Range(Expr, Expr, bool),
    /// `none`.
    None,
    /// `A | B`.
    Or(Vec<Pattern>),
    /// Unreadable or not built; reported.
    Bad,
}

/// `{ … }`.
#[derive(Clone, Debug)]
pub struct Block {
    /// Statements in order.
    pub stmts: Vec<Stmt>,
    /// From `{` to `}` (for a process body: from the first statement to the `}`).
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where.
    pub span: Span,
}

/// What follows a fallible operation: `e else raise E(..)`, `e else { return … }`.
#[derive(Clone, Debug)]
pub enum Otherwise {
    /// `else raise E(payload)`.
    Raise(Name, Vec<Expr>, Span),
    /// `else { … }`: a block that leaves (returns, raises, breaks, continues).
    Block(Block),
}

/// The kinds of statements.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `let x: T = e [else …]` (`mutable` for `var`).
    Let {
        /// `var`.
        mutable: bool,
        /// The name.
        name: Name,
        /// The type, if written.
        ty: Option<Ty>,
        /// The value; `None` for `var x: T` (assigned later).
        value: Option<Expr>,
        /// `else …`.
        otherwise: Option<Otherwise>,
    },
    /// `let (a, b): T = e [else …]`: a value taken apart.
    Unpack {
        /// `var`.
        mutable: bool,
        /// The pattern.
        pattern: Pattern,
        /// The type, if written.
        ty: Option<Ty>,
        /// The value.
        value: Expr,
        /// `else …`.
        otherwise: Option<Otherwise>,
    },
    /// `place = e`, `place += e` …
    Assign {
        /// The place: a name, members, indices.
        place: Expr,
        /// The operator of `+=` and its kin; `None` for `=`.
        op: Option<BinaryOp>,
        /// Where `=` or `+=` stands.
        op_span: Span,
        /// The value.
        value: Expr,
        /// `else …`.
        otherwise: Option<Otherwise>,
    },
    /// A call whose effects are wanted: `r.push(x)`, `scale(v, 2.0)`.
    Call {
        /// `ExprKind::Call` or `ExprKind::Method`.
        call: Expr,
        /// `else …`.
        otherwise: Option<Otherwise>,
    },
    /// `if c { } else if d { } else { }`.
    If(Expr, Block, Option<Box<Stmt>>),
    /// The `{ }` of a last `else`.
    Block(Block),
    /// `match e { p => { … } … }`: each arm is a block.
    Match(Expr, Vec<Arm<Block>>),
    /// `for x in range_or_collection { }`, `for (k, v) in … { }`.
    For(Pattern, Expr, Block),
    /// `while c max n { }`, `while c max n total { }`.
    While {
        /// Condition.
        cond: Expr,
        /// The bound; `None` is an error the checker reports.
        max: Option<Expr>,
        /// `total`.
        total: bool,
        /// Body.
        body: Block,
    },
    /// `return`, `return e [else …]`.
    Return(Option<Expr>, Option<Otherwise>),
    /// `raise E`, `raise E(payload)`.
    Raise(Name, Vec<Expr>),
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `assert e`, `assert e, "why"` (tests).
    Assert(Expr, Option<Expr>),
    /// `set c.f = e` (tests).
    Set(Expr, Expr),
    /// `run p for 10s`, `run p for 100 ticks`, `run p until c max 10s` (tests).
    Run {
        /// The pipeline or process.
        target: Applied,
        /// Those that run with it on one clock: `run p, q for 10s`.
        with: Vec<Applied>,
        /// A duration or a number of ticks.
        amount: Option<Amount>,
        /// `until c`.
        until: Option<Expr>,
    },
    /// `assert_faults n { … }` (tests): how many processes the block must undo.
    AssertFaults(Expr, Block),
    /// `assert_no_growth { … }` (tests): no collection holds more after the block.
    AssertNoGrowth(Block),
    /// `measure plant.t { … }`: how long the block takes goes to samples.
    Measure(Expr, Block),
    /// `expect E { run … }` (tests): the error or fault that the block must end with.
    Expect(Path, Block),
    /// Unreadable or not built; reported.
    Bad,
}

/// How long: `10s`, `cfg.span`, `100 ticks`.
#[derive(Clone, Debug)]
pub struct Amount {
    /// The number or duration.
    pub value: Expr,
    /// `ticks` (or `times`) follows.
    pub ticks: bool,
}
