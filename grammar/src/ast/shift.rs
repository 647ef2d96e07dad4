//! Trees at other places of their file: every span moves by the same number of bytes.

use std::sync::Arc;

use super::audit::{Alert, Audit, Clear, Level, Rule};
use super::expr::{
    Amount, Arg, ArgKind, Arm, BinaryOp, Block, Build, ClosureBody, Expr, ExprKind,
    Otherwise, Pattern, PatternKind, Piece, Stmt, StmtKind, UnaryOp,
};
use super::flow::{Flow, FlowKind, Stream};
use super::item::{
    Applied, Batch, Cached, Const, Context, Contract, Each, Entry, Enum, ErrorDecl, Fn,
    Generic, Instance, Isolated, Item, ItemKind, Member, Modes, Owned, Param, Pipeline,
    Process, ProcessParam, Query, QueryKind, Quota, Struct, Test, TestKind, Use, Variant,
    Zone,
};
use super::session::{Between, Session, SessionRule};
use super::ty::{Full, OrderKey, Range, Rules, Size, Ty, TyArg, TyKind};
use super::{Name, Path};
use crate::span::Span;

/// What has places.
pub(crate) trait Shift {
    /// Moves them all by so many bytes, modulo 2³².
    fn shift(&mut self, by: u32);
}

impl Shift for Span {
    fn shift(&mut self, by: u32) {
        self.start = self.start.wrapping_add(by);
        self.end = self.end.wrapping_add(by);
    }
}

impl<T: Shift> Shift for Vec<T> {
    fn shift(&mut self, by: u32) {
        self.iter_mut().for_each(|one| one.shift(by));
    }
}

impl<T: Shift> Shift for Option<T> {
    fn shift(&mut self, by: u32) {
        self.iter_mut().for_each(|one| one.shift(by));
    }
}

impl<T: Shift> Shift for Box<T> {
    fn shift(&mut self, by: u32) {
        self.as_mut().shift(by);
    }
}

impl Shift for Arc<Expr> {
    fn shift(&mut self, by: u32) {
        Self::make_mut(self).shift(by);
    }
}

impl<A: Shift, B: Shift> Shift for (A, B) {
    fn shift(&mut self, by: u32) {
        self.0.shift(by);
        self.1.shift(by);
    }
}

/// What has no place.
macro_rules! placeless {
    ($($ty:ty),* $(,)?) => {
        $(impl Shift for $ty {
            fn shift(&mut self, _: u32) {}
        })*
    };
}

/// Structs with all their members: one that is left out does not compile.
macro_rules! structs {
    ($($name:ident $(<$of:ident>)? { $($part:ident),* })*) => {
        $(impl$(<$of: Shift>)? Shift for $name$(<$of>)? {
            fn shift(&mut self, by: u32) {
                let Self { $($part),* } = self;
                $($part.shift(by);)*
            }
        })*
    };
}

/// Enums with all their variants, and what those carry.
macro_rules! enums {
    ($($name:ident {
        $($variant:ident $(($($part:ident),*))? $({ $($member:ident),* })?),* $(,)?
    })*) => {
        $(impl Shift for $name {
            fn shift(&mut self, by: u32) {
                match self {
                    $(Self::$variant $(($($part),*))? $({ $($member),* })? => {
                        $($($part.shift(by);)*)?
                        $($($member.shift(by);)*)?
                    })*
                }
            }
        })*
    };
}

placeless! {
    bool, u64, i64, f64, usize, String, Arc<str>,
    BinaryOp, Level, QueryKind, TestKind, UnaryOp, Zone,
}

structs! {
    Name { text, span }
    Path { words, span }
    Item { docs, kind, span }
    Use { path, names, alias }
    Const { name, ty, value }
    Struct { name, generics, members }
    Member { docs, zone, name, ty, owned, queries, range, default, span }
    Owned { by, max, span }
    Query { kind, name, cell, span }
    Variant { name, payload }
    Enum { name, generics, variants }
    Fn { name, generics, params, result, body }
    Generic { name, is_size, bound }
    Param { inout, name, ty, range }
    Context { name, is_type, members, invariants }
    Instance { name, of, count }
    Contract { name, params, requires, ensures, errors }
    Applied { path, args, span }
    ProcessParam { name, ty, range }
    Process {
        name, params, contracts, each, quotas, inputs, inputs_span, outputs, outputs_span,
        requires, ensures, errors, deadline, budget, cached, body
    }
    Cached { max_age, span }
    Quota { inserts, into, max, span }
    Each { name, over, filter, slice, isolated, scratch, span }
    Isolated { into, span }
    Entry { path, at, span }
    ErrorDecl { name, payload }
    Pipeline { name, every, batch, scratch, modes, body }
    Batch { queue, most, wait }
    Modes { names, context, first }
    Test { kind, title, params, drawn, of, requires, body }
    Audit { context, rules }
    Rule { docs, holds, level, after, span }
    Alert { name, when, held, clear, body }
    Session { name, rules }
    SessionRule { when, actions }
    Flow { kind, span }
    Stream { format, path, columns, into }
    Ty { kind, span }
    Rules { by, full, ttl, span }
    Full { word, score, span }
    OrderKey { path, descending }
    Size { expr }
    Range { lo, hi, inclusive, span }
    Expr { kind, span }
    Build { value, pattern, over, cond }
    Arg { kind, value }
    Arm<T> { pattern, guard, body }
    Pattern { kind, span }
    Block { stmts, span }
    Stmt { kind, span }
    Amount { value, ticks }
}

enums! {
    ItemKind {
        Use(a), Const(a), Struct(a), Enum(a), Fn(a), Context(a), Instance(a), Process(a),
        Contract(a), Pipeline(a), Test(a), Audit(a), Alert(a), Session(a), Bad,
    }
    Clear { Below(a), Above(a), When(a) }
    Between { Every(a), Pressure(a, b), Idle(a) }
    FlowKind {
        Run(a), Par(a), Atomic(a), When(a, b, c), Match(a, b), Every(a, b), On(a, b, c),
        OnIdle(a, b), Repeat(a, b, c), Mode(a, b, c), Enter(a, b), OnEnter(a), OnExit(a),
        OnStart(a), OnStop(a), OnError { names, from, body }, OnFault { names, from, body },
        Measure(a, b), Skip, Drop, Stop(a), Fail(a), Reset(a), Sink(a), Source(a), Bad,
    }
    TyKind { Named(a, b), Array(a, b), Tuple(a), Option(a), Fn(a, b), Bad }
    TyArg { Ty(a), Size(a), Path(a), Rules(a) }
    ExprKind {
        Int(a, b), Float(a, b), Duration(a), Bool(a), None, Str(a), Format(a), Name(a),
        Member(a, b), Index(a, b), Call(a, b), Method(a, b, c), Unary(a, b),
        Binary(a, b, c, d), In(a, b), Range(a, b, c), As(a, b), Coalesce(a, b), Paren(a),
        Tuple(a), Array(a), Fill(a, b), Build(a), Closure(a, b), If(a, b, c), Match(a, b),
        Let(a, b), Quantifier(a, b, c, d), Old(a), Bad,
    }
    Piece { Text(a), Hole(a, b, c) }
    ClosureBody { Expr(a), Block(a) }
    ArgKind { Plain, Named(a), Spread }
    PatternKind {
        Wild, Path(a), Parts(a, b), Tuple(a), Literal(a), Range(a, b, c), None, Or(a), Bad,
    }
    Otherwise { Raise(a, b, c), Block(a) }
    StmtKind {
        Let { mutable, name, ty, value, otherwise },
        Unpack { mutable, pattern, ty, value, otherwise },
        Assign { place, op, op_span, value, otherwise },
        Call { call, otherwise },
        If(a, b, c), Block(a), Match(a, b), For(a, b, c),
        While { cond, max, total, body },
        Return(a, b), Raise(a, b), Break, Continue, Assert(a, b), Set(a, b),
        Run { target, with, amount, until },
        AssertFaults(a, b), AssertNoGrowth(a), Expect(a, b), Measure(a, b), Bad,
    }
}
