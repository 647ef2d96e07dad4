//! Bodies: names of locals resolved and types inferred, in one walk from the outside in.
//!
//! The type that is due comes down (`due`), the type that is found comes up. A literal takes
//! the type that is due; nothing is ever unified.

mod argument;
mod array;
mod audit;
mod batch;
mod branch;
mod build;
mod call;
mod closure;
mod construct;
mod contexts;
mod cover;
mod delay;
mod each;
mod entity;
mod expr;
mod fallible;
mod field;
mod flow;
mod format;
mod generic;
mod heard;
mod held;
mod host;
mod idle;
mod index;
mod instance;
mod leave;
mod literal;
mod loops;
mod made;
mod measure;
mod method;
mod mismatch;
mod mode;
mod nested;
mod op;
mod optable;
mod parts;
mod paths;
mod pattern;
mod place;
mod pool;
mod process;
mod property;
mod query;
mod random;
mod repeat;
mod score;
mod shared;
mod stmt;
mod stream;
mod test;
mod text;
mod together;
mod tuple;
mod variant;

use std::sync::Arc;

use cranelift_entity::{EntityRef, PrimaryMap, SecondaryMap};
use indexmap::IndexMap;
use theus_diag::Diagnostic;
use theus_grammar::Span;
use theus_grammar::ast::expr as tree;

use crate::body::{Body, Expr, ExprKind, Local};
use crate::cx::{Cx, Env};
use crate::ids::{ContextId, FieldId, FnId, LocalId, ModuleId, PipelineId};
use crate::ty::{Ty, TyKind};

pub(crate) use audit::all as audits;
pub(crate) use call::arguments;
pub(crate) use delay::periods;
pub(crate) use flow::all as pipelines;
pub(crate) use generic::{Bindings, Declared};
pub(crate) use process::all as processes;
pub(crate) use test::all as tests;

/// How deep expressions and statements may nest.
const MAX_DEPTH: u32 = 600;

/// Why a type is due: a place and what it says.
pub(crate) type Why = Option<(Span, &'static str)>;

/// Whose body or expression is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Home {
    /// A function.
    Fn,
    /// A process.
    Process,
    /// A test.
    Test,
    /// Conditions and columns of a pipeline, rules of an audit.
    Pipeline,
    /// Conditions of an alert.
    Alert,
    /// An invariant of a context.
    Invariant,
    /// The default of the field of that index: earlier globals may be named.
    Default(usize),
    /// A constant expression; what it is.
    Constant(&'static str),
}

/// What `return` may bring.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Returns {
    /// A value of that type; where the type is written.
    Value(Ty, Span),
    /// No value; of what.
    Nothing(&'static str),
    /// A closure: the type that is due, and the type found so far.
    Closure(Option<Ty>, Option<Ty>),
    /// There is nothing to return from.
    Nowhere,
}

/// The function or closure around a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) returns: Returns,
    /// How many loops are around.
    pub(crate) loops: u32,
    /// Locals before this one belong to the body around the closure.
    pub(crate) first: u32,
    /// Whether this is a closure.
    pub(crate) closure: bool,
    /// The measured block around: its word, and how many loops are around it.
    pub(crate) measured: Option<(Span, u32)>,
}

/// A parameter of a contract, in its clauses.
#[derive(Clone)]
pub(crate) struct Alias<'a> {
    pub(crate) name: Arc<str>,
    /// Where it is declared.
    pub(crate) span: Span,
    /// What it stands for; `None` where that is wrong, reported.
    pub(crate) value: Option<&'a tree::Expr>,
    /// Where that is written.
    pub(crate) module: ModuleId,
}

/// Checks one body.
pub(crate) struct Checker<'c, 'a> {
    pub(crate) cx: &'c mut Cx<'a>,
    pub(crate) env: Env,
    pub(crate) home: Home,
    pub(crate) locals: PrimaryMap<LocalId, Local>,
    /// `let` words, for fixes.
    pub(crate) lets: SecondaryMap<LocalId, Option<Span>>,
    pub(crate) frame: Frame,
    /// The element of an `each` process.
    pub(crate) element: Option<each::Element>,
    /// The context whose fields are known by their bare names: that of an audit.
    pub(crate) subject: Option<ContextId>,
    /// Contexts that have a name here alone: parameters, and a type in its own text.
    pub(crate) contexts: Vec<(Arc<str>, ContextId)>,
    /// The greatest values of parameters of a process.
    pub(crate) tops: IndexMap<LocalId, i128>,
    /// Parameters of the contract whose clause is checked.
    pub(crate) aliases: Vec<Alias<'a>>,
    /// Names of values of signals: `on c.hit as h { … }`.
    pub(crate) heard: IndexMap<LocalId, FieldId>,
    /// The pipeline whose items are checked.
    pub(crate) pipeline: Option<PipelineId>,
    scopes: Vec<Vec<(Arc<str>, LocalId)>>,
    /// How many of the first locals are parameters of the function.
    pub(crate) params: usize,
    /// Whether the function has named a field of a context, which was reported.
    pub(crate) reached_out: bool,
    /// What the loops around go over, outermost first.
    iterated: Vec<Expr>,
    /// The loops around over collections, outermost first.
    turns: Vec<loops::Turn>,
    depth: u32,
    failures: usize,
}

impl<'c, 'a> Checker<'c, 'a> {
    pub(crate) fn new(cx: &'c mut Cx<'a>, env: Env, home: Home) -> Self {
        let failures = cx.failures;
        Self {
            cx,
            env,
            home,
            locals: PrimaryMap::new(),
            lets: SecondaryMap::new(),
            frame: Frame {
                returns: Returns::Nowhere,
                loops: 0,
                first: 0,
                closure: false,
                measured: None,
            },
            element: None,
            subject: None,
            contexts: Vec::new(),
            tops: IndexMap::new(),
            aliases: Vec::new(),
            heard: IndexMap::new(),
            pipeline: None,
            params: 0,
            reached_out: false,
            scopes: vec![Vec::new()],
            iterated: Vec::new(),
            turns: Vec::new(),
            depth: 0,
            failures,
        }
    }

    /// The locals, for the body.
    pub(crate) fn finish(self) -> PrimaryMap<LocalId, Local> {
        self.locals
    }

    /// Whether something in this body has been reported.
    pub(crate) const fn failed(&self) -> bool {
        self.cx.failures > self.failures
    }

    pub(crate) fn report(&mut self, found: Diagnostic) {
        self.cx.report(found);
    }

    pub(crate) fn kind(&self, ty: Ty) -> &TyKind {
        self.cx.kind(ty)
    }

    pub(crate) fn show(&self, ty: Ty) -> String {
        self.cx.show(&self.env.generics, ty)
    }

    /// Runs `inside` one level deeper; `None`, reported, where that is too deep.
    pub(crate) fn deeper<T>(
        &mut self,
        span: Span,
        inside: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            let found =
                Diagnostic::new(theus_diag::Code::TooDeep, span, "too deep from here")
                    .title("an expression or block nests too deep")
                    .help("split it: give parts of it a name with `let`");
            self.report(found);
            return None;
        }
        self.depth += 1;
        let out = inside(self);
        self.depth -= 1;
        Some(out)
    }

    /// Runs `inside` with locals of its own.
    pub(crate) fn scoped<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.scopes.push(Vec::new());
        let out = inside(self);
        self.scopes.pop();
        out
    }

    /// A new local of the innermost scope.
    pub(crate) fn local(
        &mut self,
        name: &Arc<str>,
        ty: Ty,
        mutable: bool,
        span: Span,
    ) -> LocalId {
        let id = self.locals.push(Local {
            name: Arc::clone(name),
            ty,
            mutable,
            span,
        });
        self.bind(name, id);
        id
    }

    /// Makes a local visible from here on.
    pub(crate) fn bind(&mut self, name: &Arc<str>, id: LocalId) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.push((Arc::clone(name), id));
        }
    }

    /// The local of that name.
    pub(crate) fn find_local(&self, name: &str) -> Option<LocalId> {
        let scopes = self.scopes.iter().rev();
        scopes
            .flat_map(|scope| scope.iter().rev())
            .find(|(known, _)| **known == *name)
            .map(|(_, id)| *id)
    }

    /// Names of visible locals.
    pub(crate) fn local_names(&self) -> Vec<Arc<str>> {
        self.scopes
            .iter()
            .flatten()
            .map(|(name, _)| Arc::clone(name))
            .collect()
    }

    /// An expression that names what was reported where it is declared or imported.
    pub(crate) const fn fallen(&mut self, span: Span) -> Expr {
        self.cx.failures += 1;
        Self::error(span)
    }

    /// An expression that has been reported.
    pub(crate) const fn error(span: Span) -> Expr {
        Expr::error(Ty::ERROR, span)
    }

    /// An expression whose type must be `due`.
    pub(crate) fn check(&mut self, written: &tree::Expr, due: Ty, why: Why) -> Expr {
        let found = self.expr(written, Some(due));
        self.coerce(found, due, why)
    }

    /// An expression whose value is wanted, whatever its type.
    pub(crate) fn value(&mut self, written: &tree::Expr) -> Expr {
        let found = self.expr(written, None);
        self.some_value(found)
    }

    /// Reports an expression without a value.
    pub(crate) fn some_value(&mut self, found: Expr) -> Expr {
        match self.kind(found.ty) {
            TyKind::Unit => {
                let report = Diagnostic::new(
                    theus_diag::Code::NotAValue,
                    found.span,
                    "this gives nothing",
                )
                .title("a call without a result is not a value")
                .help("call it as a statement of its own");
                self.report(report);
                Self::error(found.span)
            }
            TyKind::Pool(..) if matches!(found.kind, ExprKind::Pool(..)) => {
                self.loose_query(found.span)
            }
            TyKind::Pool(..) => self.pool_value(found.span),
            TyKind::Fn(..) => {
                self.cx.function_type(found.span);
                Self::error(found.span)
            }
            _ => found,
        }
    }
}

/// Checks the bodies of all functions that may be reached.
pub(crate) fn functions(cx: &mut Cx<'_>) {
    for id in cx.out.fns.keys().collect::<Vec<_>>() {
        let head = &cx.out.fns[id].head;
        let module = &cx.modules[head.module.index()];
        let reached = module.reached.as_ref();
        if reached.is_some_and(|reached| !reached.contains_key(&*head.name)) {
            cx.out.fns[id].reached = false;
        } else if cx.trees.fns[id].body.is_some() {
            function(cx, id);
        }
    }
}

fn function(cx: &mut Cx<'_>, id: FnId) {
    let tree = cx.trees.fns[id];
    let Some(block) = &tree.body else { return };
    let found = &cx.out.fns[id];
    let env = Env {
        module: found.head.module,
        generics: found.generics.iter().cloned().collect(),
    };
    let (params, result) = (found.params.clone(), found.result);
    let name = found.head.span;
    let mut checker = Checker::new(cx, env, Home::Fn);
    for param in &params {
        checker.local(&param.name, param.ty, param.inout, param.span);
    }
    checker.params = params.len();
    let due = tree.result.as_ref().map_or(name, |ty| ty.span);
    checker.frame.returns = if result == Ty::UNIT {
        Returns::Nothing("a function without a result")
    } else {
        Returns::Value(result, due)
    };
    let stmts = checker.block(block);
    paths::check(
        &mut checker,
        &stmts,
        params.len(),
        (!matches!(result, Ty::UNIT | Ty::ERROR)).then_some((name, due)),
    );
    let locals = checker.finish();
    cx.out.fns[id].body = Ok(Body {
        locals,
        block: stmts,
    });
}
