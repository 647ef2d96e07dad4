//! Tests: their parameters and statements.

use std::sync::Arc;

use theus_abi::Fault;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr as tree;
use theus_grammar::ast::item::{Applied, TestKind};
use theus_grammar::ast::{Name, Path};

use super::mismatch::at;
use super::{Checker, Home, Returns, paths};
use crate::body::{Amount, Body, Expected, Expr, ExprKind, Ran, StmtKind};
use crate::build::dotted;
use crate::cx::{Cx, Env};
use crate::flow::{Flow, FlowKind, each_flow};
use crate::ids::TestId;
use crate::item::Period;
use crate::resolve::scope::{Def, Walk, unknown};
use crate::ty::{Ty, TyKind};

/// How many values a parameter may take.
const MAX_VALUES: i128 = 10_000;

/// Checks all tests.
pub(crate) fn all(cx: &mut Cx<'_>) {
    for id in cx.out.tests.keys().collect::<Vec<_>>() {
        one(cx, id);
    }
}

fn one(cx: &mut Cx<'_>, id: TestId) {
    let tree = cx.trees.tests[id];
    let module = cx.out.tests[id].head.module;
    crate::resolve::declare::duplicates(
        cx,
        "parameter",
        tree.params
            .iter()
            .map(|(name, _)| name)
            .chain(tree.drawn.iter().map(|one| &one.name)),
    );
    let mut checker = Checker::new(cx, Env::plain(module), Home::Test);
    let mut params = Vec::new();
    for (name, values) in &tree.params {
        let (ty, values) = checker.test_values(values);
        let local = checker.local(&name.text, ty, false, name.span);
        params.push((local, Arc::clone(&name.text), values));
    }
    let drawn = checker.drawn(&tree.drawn);
    let requires = tree.requires.iter();
    let requires = requires.map(|clause| checker.condition(clause)).collect();
    let of = tree.of.as_ref();
    let of = of.and_then(|written| checker.of_process(written));
    checker.frame.returns = Returns::Nothing("a test");
    let mut block = checker.block(&tree.body);
    paths::check(&mut checker, &block, params.len() + drawn.len(), None);
    if tree.kind == TestKind::Property && tree.of.is_none() && block.stmts.is_empty() {
        checker.shows_nothing(&tree.title);
    }
    let locals = checker.finish();
    let found = &mut cx.out.tests[id];
    found.params = params;
    found.drawn = drawn;
    found.requires = requires;
    if let Some((process, run)) = of {
        found.of = Some(process);
        block.stmts.insert(0, run);
    }
    found.body = Body { locals, block };
}

impl Checker<'_, '_> {
    /// The values that a parameter takes.
    fn test_values(&mut self, written: &tree::Expr) -> (Ty, Vec<Expr>) {
        if let tree::ExprKind::Member(base, name) = &written.kind
            && &*name.text == "all"
            && let Some(found) = self.all_variants(base, written.span)
        {
            return found;
        }
        if let tree::ExprKind::Range(lo, hi, inclusive) = &written.kind {
            return self.counted(lo, hi, *inclusive, written.span);
        }
        let module = self.env.module;
        let found =
            self.cx
                .constant(module, written, None, None, "a value of a test parameter");
        let span = found.span;
        match (found.kind, self.kind(found.ty).clone()) {
            (ExprKind::Array(rows), _) => (self.cx.row(found.ty), rows),
            (ExprKind::Fill(_) | ExprKind::Error, _) => {
                (self.cx.row(found.ty), Vec::new())
            }
            _ => {
                let report = Diagnostic::new(
                    Code::Mismatch,
                    span,
                    "not a list of values",
                )
                .title("a parameter of a test takes an array of values")
                .help("write `for law in [Law.Sta, Law.Hybrid]` or `for law in Law.all`");
                self.report(report);
                (Ty::ERROR, Vec::new())
            }
        }
    }

    fn all_variants(&mut self, base: &tree::Expr, span: Span) -> Option<(Ty, Vec<Expr>)> {
        let words = crate::resolve::sizes::words_of(base)?;
        let Walk::Found(Def::Enum(id), []) = self.cx.walk(self.env.module, &words) else {
            return None;
        };
        let ty = self.cx.intern(TyKind::Enum(id, Vec::new()));
        let count = self.cx.out.enums[id].variants.len();
        let variants = 0..u32::try_from(count).unwrap_or(0);
        let variants = variants.map(|at| self.bare_variant(id, at, Some(ty), span));
        Some((ty, variants.collect()))
    }

    fn counted(
        &mut self,
        lo: &tree::Expr,
        hi: &tree::Expr,
        inclusive: bool,
        span: Span,
    ) -> (Ty, Vec<Expr>) {
        let module = self.env.module;
        let (lo, hi, _) = {
            let mut inner =
                Checker::new(self.cx, Env::plain(module), Home::Constant("a bound"));
            inner.bounds_of(lo, hi, None)
        };
        let ty = lo.ty;
        let (lo, hi) = (self.cx.folded(lo, "a bound"), self.cx.folded(hi, "a bound"));
        let (ExprKind::Int(lo), ExprKind::Int(hi)) = (lo.kind, hi.kind) else {
            if ty != Ty::ERROR {
                let report = Diagnostic::new(
                    Code::Mismatch,
                    span,
                    "not a range of integers",
                )
                .title("a parameter of a test takes a range of integers, or an array")
                .help("write `for seed in 0..10`");
                self.report(report);
            }
            return (Ty::ERROR, Vec::new());
        };
        let hi = if inclusive { hi } else { hi - 1 };
        if hi - lo >= MAX_VALUES {
            let report = Diagnostic::new(Code::BadRange, span, "this is too many")
                .title(format!(
                    "a parameter of a test takes at most {MAX_VALUES} values"
                ))
                .help("take fewer");
            self.report(report);
            return (ty, Vec::new());
        }
        let values = (lo..=hi).map(|value| Expr {
            kind: ExprKind::Int(value),
            ty,
            span,
        });
        (ty, values.collect())
    }

    /// A statement of tests.
    pub(crate) fn test_stmt(&mut self, written: &tree::StmtKind, span: Span) -> StmtKind {
        use tree::StmtKind as K;
        if self.home != Home::Test || self.frame.closure {
            let word = match written {
                K::Assert(..) => "assert",
                K::AssertFaults(..) => "assert_faults",
                K::AssertNoGrowth(_) => "assert_no_growth",
                K::Set(..) => "set",
                K::Run { .. } => "run",
                _ => "expect",
            };
            let found = Diagnostic::new(Code::MisplacedFlow, span, "not inside a test")
                .title(format!("`{word}` outside of a test"))
                .help(match word {
                    "assert" => "in a process write `requires`, `ensures` or `raise`",
                    "set" => "in a process assign the field: `c.f = e`",
                    _ => "processes run in pipelines",
                });
            self.report(found);
            return StmtKind::Error;
        }
        match written {
            K::Assert(cond, why) => {
                let cond = self.condition(cond);
                let why = why.as_ref().map(|why| self.message(why));
                StmtKind::Assert(cond, why)
            }
            K::Set(place, value) => self.set(place, value),
            K::Run {
                target,
                with,
                amount,
                until,
            } => {
                let ran = if with.is_empty() {
                    self.ran(target)
                } else {
                    self.run_together(target, with).map(Ran::Pipeline)
                };
                self.run(ran, amount.as_ref(), until.as_ref(), span)
            }
            K::AssertFaults(count, block) => self.assert_faults(count, block, span),
            K::AssertNoGrowth(block) => self.assert_no_growth(block, span),
            K::Expect(path, block) => {
                let expected = self.expected(path);
                let block = self.block(block);
                expected.map_or(StmtKind::Error, |expected| {
                    StmtKind::Expect(expected, block)
                })
            }
            _ => StmtKind::Error,
        }
    }

    fn set(&mut self, place: &tree::Expr, value: &tree::Expr) -> StmtKind {
        let place = self.place(place);
        let why = at(place.span, "this field decides the type");
        let mut root = &place;
        while let ExprKind::Member(base, _) | ExprKind::Index(base, _) = &root.kind {
            root = base;
        }
        if !matches!(root.kind, ExprKind::Field(_) | ExprKind::Error) {
            let found =
                Diagnostic::new(Code::NotAssignable, place.span, "this is no field")
                    .title("`set` writes fields of contexts")
                    .help("assign a local with `=` alone");
            self.report(found);
        }
        let value = self.check(value, place.ty, why);
        StmtKind::Set(place, value)
    }

    pub(super) fn run(
        &mut self,
        ran: Option<Ran>,
        amount: Option<&tree::Amount>,
        until: Option<&tree::Expr>,
        span: Span,
    ) -> StmtKind {
        let period = ran.as_ref().map(|ran| self.period_of(ran));
        let amount = match amount {
            Some(amount) => self.amount(amount, period),
            None if until.is_some() => {
                let found =
                    Diagnostic::new(Code::UnboundedLoop, span, "how long at most?")
                        .title("`run … until` without `max`")
                        .help("write `run p until c max 10s`");
                self.report(found);
                None
            }
            None => {
                let one = Expr {
                    kind: ExprKind::Int(1),
                    ty: Ty::I64,
                    span,
                };
                Some(Amount::Ticks(one))
            }
        };
        let until = until.map(|until| self.condition(until));
        match (ran, amount) {
            (Some(ran), Some(amount)) => StmtKind::Run { ran, amount, until },
            _ => StmtKind::Error,
        }
    }

    fn amount(
        &mut self,
        written: &tree::Amount,
        period: Option<Period>,
    ) -> Option<Amount> {
        if !written.ticks {
            let why = at(written.value.span, "a time; for ticks write `100 ticks`");
            let value = self.check(&written.value, Ty::DURATION, why);
            if period == Some(Period::None) && value.ty != Ty::ERROR {
                self.no_clock(value.span);
                return None;
            }
            return (!matches!(value.kind, ExprKind::Error))
                .then_some(Amount::Time(value));
        }
        let value = self.value(&written.value);
        if value.ty == Ty::ERROR {
            return None;
        }
        if value.ty != Ty::I64 && value.ty != Ty::U64 {
            let text = self.show(value.ty);
            let found =
                Diagnostic::new(Code::Mismatch, value.span, format!("this is `{text}`"))
                    .title("a number of ticks is an `i64` or `u64`")
                    .help("write `run p for 100 ticks`");
            self.report(found);
            return None;
        }
        Some(Amount::Ticks(value))
    }

    /// The ticks of what runs.
    fn period_of(&self, ran: &Ran) -> Period {
        let pipeline = ran.pipeline();
        pipeline.map_or(Period::None, |id| self.cx.out.pipelines[id].period)
    }

    /// A process alone.
    fn alone(&mut self, written: &Applied) -> Option<Ran> {
        let process = self.applied(written)?;
        let runs = |flows: &[Flow]| {
            let mut found = false;
            each_flow(flows, &mut |flow| {
                found |= matches!(flow.kind, FlowKind::Run(id) if id == process);
            });
            found
        };
        let mut pipelines = self.cx.out.pipelines.iter();
        let like = pipelines.find(|(_, pipeline)| runs(&pipeline.body));
        let like = like.map(|(id, _)| id);
        let kind = FlowKind::Run(process);
        let span = written.span;
        Some(Ran::Process(vec![Flow { kind, span }], like))
    }

    pub(super) fn ran(&mut self, written: &Applied) -> Option<Ran> {
        let path = &written.path;
        match self.cx.walk(self.env.module, &path.words) {
            Walk::Error => None,
            Walk::Found(Def::Pipeline(id), []) => {
                if let Some(args) = &written.args {
                    self.pipeline_arguments(args, written);
                    return None;
                }
                Some(Ran::Pipeline(id))
            }
            Walk::Found(Def::Process(_), []) => self.alone(written),
            Walk::Found(def, _) => {
                let found = Diagnostic::new(
                    Code::WrongKind,
                    path.span,
                    format!("this is {}", def.what()),
                )
                .title(format!("`{}` is not a pipeline or process", dotted(path)))
                .help("`run` takes a pipeline or a process");
                self.report(found);
                None
            }
            Walk::Unknown(name, inside) => {
                let names = self.cx.candidates(self.env.module, inside, |def| {
                    matches!(def, Def::Pipeline(_) | Def::Process(_))
                        || (inside.is_none() && def.is_module())
                });
                let name: &Name = name;
                let found =
                    unknown(Code::UnknownPipeline, "pipeline or process", name, &names);
                self.report(found);
                None
            }
        }
    }

    fn pipeline_arguments(&mut self, args: &[tree::Arg], written: &Applied) {
        let given = format!("{} given", args.len());
        let found = Diagnostic::new(Code::WrongArity, written.span, given)
            .title(format!(
                "pipeline `{}` takes no arguments",
                dotted(&written.path)
            ))
            .help("only processes have parameters");
        self.report(found);
    }

    fn expected(&mut self, path: &Path) -> Option<Expected> {
        let name = path.words.last()?;
        if let Some(error) = self.cx.error_names.get(&name.text).copied() {
            self.cx.used(name.span, self.cx.out.errors[error].span);
            return Some(Expected::Error(error));
        }
        if let Some(fault) = Fault::from_name(&name.text) {
            return Some(Expected::Fault(fault));
        }
        let mut names: Vec<Arc<str>> = self.cx.error_names.keys().cloned().collect();
        names.extend(Fault::ALL.iter().map(|fault| fault.name().into()));
        let found = unknown(Code::UnknownError, "error or fault", name, &names);
        self.report(found);
        None
    }
}
