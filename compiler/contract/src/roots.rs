//! Every body and expression of a program, by what it is for.

use theus_abi::image::Format;
use theus_hir::{Body, Expr, ExprKind, Flow, FlowKind, Typed};

use theus_hir::walk::{Part, each_expr, each_expr_of_block};

/// What a body or expression is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Body of a function.
    Function,
    /// Body of a process.
    Process,
    /// A `requires` clause.
    Requires,
    /// An `ensures` clause.
    Ensures,
    /// An `invariant`.
    Invariant,
    /// The head of `when` or `match` in a pipeline.
    Condition,
    /// A rule of an audit.
    Rule,
    /// A condition of an alert.
    Alert,
    /// A column of a sink.
    Column,
    /// A value in what `stop` or `fail` says.
    Message,
    /// Where a measured time goes.
    Measure,
    /// What a sink writes from where it is.
    Frame,
    /// A column of a source: a place.
    Target,
    /// Body of a test.
    Test,
}

impl Role {
    /// As part of a title: ``a `requires` clause``.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Function => "a function",
            Self::Process => "a process",
            Self::Requires => "a `requires` clause",
            Self::Ensures => "an `ensures` clause",
            Self::Invariant => "an `invariant`",
            Self::Condition => "a condition of a pipeline",
            Self::Rule => "a rule of an audit",
            Self::Alert => "a condition of an alert",
            Self::Column => "a column of a sink",
            Self::Message => "a message",
            Self::Measure => "what is measured",
            Self::Frame => "a frame of a sink",
            Self::Target => "a column of a source",
            Self::Test => "a test",
        }
    }
}

/// A body or expression.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code<'a> {
    /// What it is for.
    pub(crate) role: Role,
    /// The locals it uses, if it may have any.
    pub(crate) body: Option<&'a Body>,
    /// The text.
    pub(crate) part: Part<'a>,
}

impl<'a> Code<'a> {
    /// Every expression in it, outside in.
    pub(crate) fn each_expr(&self, visit: &mut dyn FnMut(&'a Expr)) {
        match self.part {
            Part::Expr(expr) => each_expr(expr, visit),
            Part::Block(block) => each_expr_of_block(block, visit),
        }
    }
}

/// Visits all code of a program.
pub(crate) fn each_code<'a>(typed: &'a Typed, visit: &mut dyn FnMut(Code<'a>)) {
    for item in typed.fns.values() {
        if let Ok(body) = &item.body {
            let part = Part::Block(&body.block);
            visit(Code {
                role: Role::Function,
                body: Some(body),
                part,
            });
        }
    }
    for context in typed.written_contexts() {
        for expr in &context.invariants {
            visit(Code {
                role: Role::Invariant,
                body: Some(&context.locals),
                part: Part::Expr(expr),
            });
        }
    }
    for (_, process) in typed.written_processes() {
        let body = Some(&process.body);
        let mut clause = |role, expr| {
            visit(Code {
                role,
                body,
                part: Part::Expr(expr),
            });
        };
        process
            .requires
            .iter()
            .for_each(|expr| clause(Role::Requires, expr));
        process
            .ensures
            .iter()
            .for_each(|expr| clause(Role::Ensures, expr));
        if let Some(each) = &process.each {
            let parts = [&each.filter, &each.slice].into_iter().flatten();
            parts.for_each(|expr| clause(Role::Process, expr));
        }
        visit(Code {
            role: Role::Process,
            body,
            part: Part::Block(&process.body.block),
        });
    }
    for pipeline in typed.pipelines.values() {
        let body = Some(&pipeline.locals);
        each_flow_expr(&pipeline.body, &mut |role, expr| {
            visit(Code {
                role,
                body,
                part: Part::Expr(expr),
            });
        });
    }
    each_watch(typed, visit);
    for test in typed.tests.values() {
        let clauses = test.requires.iter().map(Part::Expr);
        for part in clauses.chain([Part::Block(&test.body.block)]) {
            visit(Code {
                role: Role::Test,
                body: Some(&test.body),
                part,
            });
        }
    }
}

/// Visits the code of audits and alerts.
fn each_watch<'a>(typed: &'a Typed, visit: &mut dyn FnMut(Code<'a>)) {
    let mut one = |role, body: &'a Body, expr| {
        let (body, part) = (Some(body), Part::Expr(expr));
        visit(Code { role, body, part });
    };
    for audit in &typed.audits {
        let rules = audit.rules.iter();
        rules.for_each(|rule| one(Role::Rule, &audit.locals, &rule.holds));
    }
    for alert in &typed.alerts {
        let locals = &alert.locals;
        let conditions = alert.conditions().into_iter();
        conditions.for_each(|expr| one(Role::Alert, locals, expr));
        each_flow_expr(&alert.body, &mut |role, expr| one(role, locals, expr));
    }
}

/// Visits the expressions of pipeline items and of the items in them.
pub(crate) fn each_flow_expr<'a>(
    flows: &'a [Flow],
    visit: &mut dyn FnMut(Role, &'a Expr),
) {
    for flow in flows {
        match &flow.kind {
            FlowKind::When(head, ..)
            | FlowKind::On(head, ..)
            | FlowKind::Enter(_, _, Some(head)) => visit(Role::Condition, head),
            FlowKind::Repeat(repeat, _) => {
                visit(Role::Condition, &repeat.times);
                repeat
                    .until
                    .iter()
                    .for_each(|head| visit(Role::Condition, head));
            }
            // Its own pipeline is visited for itself.
            FlowKind::Nested(..) => continue,
            FlowKind::Match(head, arms) => {
                visit(Role::Condition, head);
                let guards = arms.iter().filter_map(|arm| arm.guard.as_ref());
                guards.for_each(|guard| visit(Role::Condition, guard));
            }
            FlowKind::Sink(stream) => {
                let role = match stream.format {
                    Format::Csv => Role::Column,
                    Format::Npy(_) => Role::Frame,
                };
                stream
                    .columns
                    .iter()
                    .for_each(|(expr, _)| visit(role, expr));
            }
            FlowKind::Source(stream) => {
                stream
                    .columns
                    .iter()
                    .for_each(|(expr, _)| visit(Role::Target, expr));
            }
            FlowKind::Stop(Some(text)) | FlowKind::Fail(Some(text)) => {
                each_hole(text, &mut |value| visit(Role::Message, value));
            }
            FlowKind::Measure(measure, _) => visit(Role::Measure, &measure.push),
            FlowKind::Run(_)
            | FlowKind::Par(_)
            | FlowKind::Atomic(_)
            | FlowKind::EveryTicks(..)
            | FlowKind::EveryTime(..)
            | FlowKind::Mode(..)
            | FlowKind::Enter(_, _, None)
            | FlowKind::OnEnter(_)
            | FlowKind::OnExit(_)
            | FlowKind::OnStart(_)
            | FlowKind::OnStop(_)
            | FlowKind::Handler(_)
            | FlowKind::Skip
            | FlowKind::Drop
            | FlowKind::Stop(None)
            | FlowKind::Fail(None)
            | FlowKind::Reset(_)
            | FlowKind::Error => {}
        }
        theus_hir::flow::each_list(flow, &mut |list| each_flow_expr(list, visit));
    }
}

/// Visits the values in a text with holes. That the text itself may be too long for scratch is
/// no failure of a message: it is cut.
fn each_hole<'a>(text: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    match &text.kind {
        ExprKind::Concat(parts) => parts.iter().for_each(|part| each_hole(part, visit)),
        ExprKind::Show(value, _) | ExprKind::View(value) => visit(value),
        ExprKind::Str(_) => {}
        _ => visit(text),
    }
}
