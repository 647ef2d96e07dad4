//! Pipelines.

use std::sync::Arc;

use theus_abi::Fault;
use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr as tree;
use theus_grammar::ast::flow as tree_flow;
use theus_grammar::ast::item::Applied;
use theus_grammar::ast::{Name, Path};

use super::mismatch::at;
use super::{Checker, Home};
use crate::body::{Body, Expr, ExprKind};
use crate::build::dotted;
use crate::cx::{Cx, Env};
use crate::flow::{Flow, FlowKind, Handler, ResetTarget};
use crate::ids::{ModuleId, PipelineId, ProcessId};
use crate::item::Period;
use crate::resolve::scope::{Def, Walk, listed, unknown};
use crate::ty::Ty;
use crate::value::Value;

/// Checks all pipelines.
pub(crate) fn all(cx: &mut Cx<'_>) {
    for id in cx.out.pipelines.keys().collect::<Vec<_>>() {
        one(cx, id);
    }
    super::idle::all(cx);
    super::nested::all(cx);
    super::together::all(cx);
}

fn one(cx: &mut Cx<'_>, id: PipelineId) {
    let tree = cx.trees.pipelines[id];
    let module = cx.out.pipelines[id].head.module;
    let mut checker = Checker::new(cx, Env::plain(module), Home::Pipeline);
    let period = checker.cx.out.pipelines[id].period;
    checker.pipeline = Some(id);
    let batch = tree.batch.as_ref();
    let batch = batch.and_then(|batch| checker.batch(batch));
    let body = checker.top_flows(&tree.body, period);
    let locals = Body {
        locals: checker.finish(),
        block: crate::body::Block::default(),
    };
    let found = &mut cx.out.pipelines[id];
    found.batch = batch;
    found.body = body;
    found.locals = locals;
}

/// Most bytes of scratch of a pipeline, or of an element.
const MOST_SCRATCH: u32 = 1 << 30;
/// What a pipeline has that says nothing.
const PIPELINE: &str = "without one it is 1 MiB where a process needs it";

/// The bytes of `scratch 8MB`; what there are without it, for messages.
pub(super) fn scratch_of(
    cx: &mut Cx<'_>,
    module: ModuleId,
    written: &tree::Expr,
    without: &str,
) -> Option<u32> {
    let (value, _) =
        cx.constant_value(module, written, Some(Ty::I64), "a size of scratch")?;
    let bytes = match value {
        Value::Int(bytes) => u32::try_from(bytes).ok(),
        _ => None,
    };
    let bytes = bytes.filter(|bytes| (1..=MOST_SCRATCH).contains(bytes));
    if bytes.is_none() {
        let label = "not between 1 byte and 1 GiB";
        let found = Diagnostic::new(Code::BadScratch, written.span, label)
            .help(format!("write a size such as `64KiB` or `8MB`; {without}"));
        cx.report(found);
    }
    bytes
}

/// Resolves the period of a pipeline, and its scratch.
pub(super) fn period(cx: &mut Cx<'_>, id: PipelineId) {
    let tree = cx.trees.pipelines[id];
    let module = cx.out.pipelines[id].head.module;
    if let Some(every) = &tree.every {
        let period = Checker::new(cx, Env::plain(module), Home::Pipeline).period(every);
        cx.out.pipelines[id].period = period;
    }
    if let Some(size) = &tree.scratch {
        cx.out.pipelines[id].scratch = scratch_of(cx, module, size, PIPELINE);
    }
}

impl Checker<'_, '_> {
    fn period(&mut self, written: &tree::Expr) -> Period {
        let found = self.check(
            written,
            Ty::DURATION,
            at(written.span, "a period is a duration"),
        );
        if let ExprKind::Field(field) = found.kind {
            return self.global_period(field, &found);
        }
        if matches!(found.kind, ExprKind::Error) {
            return Period::Error;
        }
        if self.global_range(&found).is_some() {
            let report =
                Diagnostic::new(Code::BadPeriod, found.span, "a part of a global")
                    .title("a period is a whole global, not a part of one")
                    .help("give the period a global of its own");
            self.report(report);
            return Period::Error;
        }
        match self.cx.evaluate(&found) {
            Ok(Value::Duration(ns)) if ns > 0 => Period::Fixed(ns),
            Ok(_) => {
                self.no_period(found.span);
                Period::Error
            }
            Err(failure) => {
                self.cx.report_failure(&failure, "a period");
                Period::Error
            }
        }
    }

    fn global_period(&mut self, field: crate::ids::FieldId, found: &Expr) -> Period {
        let known = self.cx.out.fields[field].clone();
        if known.zone != Zone::Global {
            let report =
                Diagnostic::new(Code::BadPeriod, found.span, "this field changes")
                    .title("a period is a constant or a global")
                    .label(known.span, format!("declared as {}", known.zone.name()))
                    .help("declare it with `global`");
            self.report(report);
            return Period::Error;
        }
        let start = match &known.default {
            Some(default) => self.cx.evaluate(default).ok(),
            None => Some(Value::Duration(0)),
        };
        if matches!(start, Some(Value::Duration(ns)) if ns <= 0) {
            let report =
                Diagnostic::new(Code::BadPeriod, found.span, "its default is no period")
                    .title("a period must be longer than zero")
                    .label(known.span, "declared here")
                    .help("give the global a default such as `= 10ms`");
            self.report(report);
            return Period::Error;
        }
        Period::Global(field)
    }

    fn no_period(&mut self, span: Span) {
        let found =
            Diagnostic::new(Code::BadPeriod, span, "this is not longer than zero")
                .title("a period must be longer than zero")
                .help("write a duration such as `10ms`");
        self.report(found);
    }

    pub(super) fn flows(
        &mut self,
        written: &[tree_flow::Flow],
        period: Period,
    ) -> Vec<Flow> {
        written.iter().map(|flow| self.flow(flow, period)).collect()
    }

    pub(super) fn flow(&mut self, written: &tree_flow::Flow, period: Period) -> Flow {
        let span = written.span;
        let kind = self.deeper(span, |this| this.flow_kind(&written.kind, period, span));
        Flow {
            kind: kind.unwrap_or(FlowKind::Error),
            span,
        }
    }

    fn flow_kind(
        &mut self,
        written: &tree_flow::FlowKind,
        period: Period,
        span: Span,
    ) -> FlowKind {
        use tree_flow::FlowKind as K;
        match written {
            K::Run(written) => self.run_flow(written, period),
            K::Par(members) => {
                let members = members.iter().map(|member| self.flows(member, period));
                FlowKind::Par(members.collect())
            }
            K::Atomic(body) => FlowKind::Atomic(self.flows(body, period)),
            K::When(cond, yes, no) => {
                let cond = self.condition(cond);
                let yes = self.flows(yes, period);
                FlowKind::When(cond, yes, self.flows(no, period))
            }
            K::Match(value, arms) => self.match_flow(value, arms, period, span),
            K::Every(amount, body) => self.every(amount, body, period),
            K::Measure(place, body) => self.measure_flow(place, body, period),
            K::On(cond, None, body) => self.on_flow(cond, body, period),
            K::On(signal, Some(name), body) => {
                self.heard_flow(signal, name, body, period)
            }
            K::OnIdle(amount, body) => self.idle_flow(amount, body, period),
            K::Repeat(times, until, body) => {
                self.repeat_flow(times, until.as_ref(), body, period)
            }
            K::Mode(..) => self.inner_mode(span),
            K::Enter(name, cond) => self.enter_flow(name, cond.as_ref()),
            K::OnEnter(body) => FlowKind::OnEnter(self.flows(body, period)),
            K::OnExit(body) => FlowKind::OnExit(self.flows(body, period)),
            K::OnStart(body) => FlowKind::OnStart(self.flows(body, period)),
            K::OnStop(body) => FlowKind::OnStop(self.flows(body, period)),
            K::OnError { names, from, body } => {
                let errors = names
                    .iter()
                    .filter_map(|name| self.error_name(name))
                    .collect();
                let from = self.from(from);
                let handler = Handler {
                    errors,
                    faults: None,
                    from,
                    body: Vec::new(),
                };
                self.handler(handler, names.len(), body, period)
            }
            K::OnFault { names, from, body } => {
                let faults: Vec<Fault> = names
                    .iter()
                    .filter_map(|name| self.fault_name(name))
                    .collect();
                let known = names.is_empty() || !faults.is_empty();
                let from = self.from(from);
                let faults = Some(faults);
                let handler = Handler {
                    errors: Vec::new(),
                    faults,
                    from,
                    body: Vec::new(),
                };
                match self.handler(handler, 0, body, period) {
                    handler if known => handler,
                    _ => FlowKind::Error,
                }
            }
            K::Skip => FlowKind::Skip,
            K::Drop => FlowKind::Drop,
            K::Stop(text) => FlowKind::Stop(text.as_ref().map(|text| self.message(text))),
            K::Fail(text) => FlowKind::Fail(text.as_ref().map(|text| self.message(text))),
            K::Reset(path) => self.reset(path).map_or(FlowKind::Error, FlowKind::Reset),
            K::Sink(stream) => self
                .stream(stream, false, span)
                .map_or(FlowKind::Error, FlowKind::Sink),
            K::Source(stream) => self
                .stream(stream, true, span)
                .map_or(FlowKind::Error, FlowKind::Source),
            K::Bad => {
                self.cx.failures += 1;
                FlowKind::Error
            }
        }
    }

    /// The processes whose failures a handler takes; a process with parameters without its
    /// arguments means all its uses.
    fn from(&mut self, written: &[Applied]) -> Vec<ProcessId> {
        let one = |written: &Applied| match written.args {
            None => self.process(&written.path),
            Some(_) => self.applied(written),
        };
        written.iter().filter_map(one).collect()
    }

    fn handler(
        &mut self,
        handler: Handler,
        names: usize,
        body: &[tree_flow::Flow],
        period: Period,
    ) -> FlowKind {
        let body = self.flows(body, period);
        if names > 0 && handler.errors.is_empty() {
            return FlowKind::Error;
        }
        FlowKind::Handler(Handler { body, ..handler })
    }

    fn match_flow(
        &mut self,
        value: &tree::Expr,
        arms: &[tree::Arm<Vec<tree_flow::Flow>>],
        period: Period,
        span: Span,
    ) -> FlowKind {
        let value = self.scrutinee(value);
        let arms = self.arms(&value, arms, span, |this, body| this.flows(body, period));
        arms.map_or(FlowKind::Error, |arms| FlowKind::Match(value, arms))
    }

    fn every(
        &mut self,
        amount: &tree::Amount,
        body: &[tree_flow::Flow],
        period: Period,
    ) -> FlowKind {
        let module = self.env.module;
        let span = amount.value.span;
        let due = if amount.ticks {
            None
        } else {
            Some(Ty::DURATION)
        };
        let value = self.cx.constant_value(module, &amount.value, due, "a rate");
        let body = self.flows(body, period);
        match value.map(|(value, _)| value) {
            Some(_) if self.waits() => {
                self.ticks_of_batches(span);
                FlowKind::Error
            }
            Some(Value::Int(ticks)) if ticks > 0 && amount.ticks => {
                FlowKind::EveryTicks(u64::try_from(ticks).unwrap_or(u64::MAX), body)
            }
            Some(Value::Duration(ns)) if ns > 0 && !amount.ticks => {
                if period == Period::None {
                    self.no_clock(span);
                    return FlowKind::Error;
                }
                FlowKind::EveryTime(ns, body)
            }
            Some(_) => {
                let found = Diagnostic::new(Code::BadPeriod, span, "not a rate")
                    .title("a rate must be more than zero")
                    .help("write `every 10 ticks` or `every 100ms`");
                self.report(found);
                FlowKind::Error
            }
            None => FlowKind::Error,
        }
    }

    /// Reports a duration in a pipeline that has no period.
    pub(crate) fn no_clock(&mut self, span: Span) {
        let found = Diagnostic::new(Code::NoTickPeriod, span, "this is a time")
            .title("a pipeline without a period has no time")
            .help("count ticks, or give the pipeline a period: `pipeline p every 10ms`");
        self.report(found);
    }

    /// The error of that name; `None`, reported, if no process declares it.
    fn error_name(&mut self, name: &Name) -> Option<crate::ids::ErrorId> {
        if let Some(id) = self.cx.error_names.get(&name.text).copied() {
            self.cx.used(name.span, self.cx.out.errors[id].span);
            return Some(id);
        }
        let names: Vec<Arc<str>> = self.cx.error_names.keys().cloned().collect();
        let mut found = unknown(Code::UnknownError, "error", name, &names);
        if Fault::from_name(&name.text).is_some() {
            found =
                found.help(format!("`{}` is a fault: write `on fault {0}`", name.text));
        } else if found.help.is_empty() {
            found = found.help("errors are declared in the `errors` clause of a process");
        }
        self.report(found);
        None
    }

    fn fault_name(&mut self, name: &Name) -> Option<Fault> {
        if let Some(fault) = Fault::from_name(&name.text) {
            return Some(fault);
        }
        let names: Vec<Arc<str>> =
            Fault::ALL.iter().map(|fault| fault.name().into()).collect();
        let mut found = unknown(Code::UnknownError, "fault", name, &names);
        if self.cx.error_names.contains_key(&name.text) {
            found =
                found.help(format!("`{}` is an error: write `on error {0}`", name.text));
        } else if found.help.is_empty() {
            found = found.help(format!("faults are {}", listed(&names, "and")));
        }
        self.report(found);
        None
    }

    fn reset(&mut self, path: &Path) -> Option<ResetTarget> {
        let bad = |title: String, label: String| {
            Diagnostic::new(Code::BadReset, path.span, label)
                .title(title)
                .help("`reset` takes a context or one of its data fields")
        };
        let found = match self.cx.walk(self.env.module, &path.words) {
            Walk::Error => return None,
            Walk::Found(Def::Context(context), []) => {
                return Some(ResetTarget::Context(context));
            }
            Walk::Found(Def::Context(context), [name]) => {
                let fields = self.cx.out.contexts[context].fields.iter();
                let field = fields
                    .copied()
                    .find(|id| self.cx.out.fields[*id].name == name.text);
                let Some(field) = field else {
                    self.unknown_field(context, name);
                    return None;
                };
                self.cx.used(name.span, self.cx.out.fields[field].span);
                let zone = self.cx.out.fields[field].zone;
                if zone == Zone::Data {
                    return Some(ResetTarget::Field(field));
                }
                bad(
                    format!("a {} field cannot be reset", zone.name()),
                    "not a data field".to_owned(),
                )
            }
            Walk::Found(def, []) => bad(
                format!("`{}` cannot be reset", dotted(path)),
                format!("this is {}", def.what()),
            ),
            Walk::Found(..) => bad(
                format!("`{}` cannot be reset", dotted(path)),
                "a part of a field".to_owned(),
            ),
            Walk::Unknown(name, inside) => {
                let names = self.cx.candidates(self.env.module, inside, |def| {
                    matches!(def, Def::Context(_))
                        || (inside.is_none() && def.is_module())
                });
                unknown(Code::UnknownName, "context", name, &names)
            }
        };
        self.report(found);
        None
    }
}
