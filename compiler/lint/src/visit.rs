//! Every expression and statement of a program that stands in its text.

use theus_hir::body::Body;
use theus_hir::flow::{FlowKind, each_flow};
use theus_hir::walk::{each_expr, each_expr_of_block, each_stmt};
use theus_hir::{Expr, Flow, Stmt};

use crate::cx::Cx;

/// Where something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Home {
    /// A function, a process, a context.
    Code,
    /// A pipeline, an alert, an audit.
    Flow,
    /// A test.
    Test,
}

impl Cx<'_> {
    /// The bodies of functions, processes and tests.
    pub(crate) fn bodies(&self) -> Vec<(&Body, Home)> {
        let typed = self.typed;
        let fns = typed.fns.values().filter(|one| self.owns(&one.head));
        let fns = fns.filter_map(|one| one.body.as_ref().ok());
        let processes = typed
            .written_processes()
            .filter(|(_, one)| self.owns(&one.head));
        let code = fns.chain(processes.map(|(_, one)| &one.body));
        let tests = typed.tests.values().filter(|one| self.owns(&one.head));
        code.map(|body| (body, Home::Code))
            .chain(tests.map(|one| (&one.body, Home::Test)))
            .collect()
    }

    /// Every statement.
    pub(crate) fn each_stmt<'s>(&'s self, visit: &mut dyn FnMut(&'s Stmt, Home)) {
        for (body, home) in self.bodies() {
            each_stmt(&body.block, &mut |stmt| visit(stmt, home));
        }
    }

    /// Every expression.
    pub(crate) fn each_expr<'s>(&'s self, visit: &mut dyn FnMut(&'s Expr, Home)) {
        for (body, home) in self.bodies() {
            each_expr_of_block(&body.block, &mut |expr| visit(expr, home));
        }
        for (expr, home) in self.loose() {
            each_expr(expr, &mut |expr| visit(expr, home));
        }
    }

    /// The expressions that are in no body: clauses, conditions, rules.
    pub(crate) fn loose(&self) -> Vec<(&Expr, Home)> {
        let mut found: Vec<(&Expr, Home)> = Vec::new();
        for (_, process) in self.typed.written_processes() {
            let clauses = process.requires.iter().chain(&process.ensures);
            found.extend(clauses.map(|clause| (clause, Home::Code)));
            let each = process.each.iter();
            let each = each
                .flat_map(|each| each.filter.iter().chain(&each.slice).chain(&each.part));
            found.extend(each.map(|part| (part, Home::Code)));
        }
        for context in self.typed.written_contexts() {
            found.extend(context.invariants.iter().map(|one| (one, Home::Code)));
        }
        for audit in &self.typed.audits {
            found.extend(audit.rules.iter().map(|rule| (&rule.holds, Home::Flow)));
        }
        for alert in &self.typed.alerts {
            found.extend(alert.conditions().into_iter().map(|one| (one, Home::Flow)));
        }
        for list in self.typed.flows() {
            each_flow(list, &mut |flow| {
                found.extend(parts(flow).into_iter().map(|one| (one, Home::Flow)));
            });
        }
        for test in self.typed.tests.values() {
            found.extend(test.requires.iter().map(|one| (one, Home::Test)));
        }
        found
    }
}

/// The expressions directly in an item of a pipeline.
pub(crate) fn parts(flow: &Flow) -> Vec<&Expr> {
    match &flow.kind {
        FlowKind::When(cond, ..) | FlowKind::On(cond, ..) => vec![cond],
        FlowKind::Match(head, arms) => {
            let guards = arms.iter().filter_map(|arm| arm.guard.as_ref());
            [head].into_iter().chain(guards).collect()
        }
        FlowKind::Repeat(repeat, _) => {
            [&repeat.times].into_iter().chain(&repeat.until).collect()
        }
        FlowKind::Enter(_, _, cond) => cond.iter().collect(),
        FlowKind::Stop(text) | FlowKind::Fail(text) => text.iter().collect(),
        FlowKind::Sink(stream) | FlowKind::Source(stream) => {
            stream.columns.iter().map(|(value, _)| value).collect()
        }
        FlowKind::Measure(measure, _) => vec![&measure.push],
        FlowKind::Run(_)
        | FlowKind::Par(_)
        | FlowKind::Atomic(_)
        | FlowKind::EveryTicks(..)
        | FlowKind::EveryTime(..)
        | FlowKind::Mode(..)
        | FlowKind::OnEnter(_)
        | FlowKind::OnExit(_)
        | FlowKind::Nested(..)
        | FlowKind::OnStart(_)
        | FlowKind::OnStop(_)
        | FlowKind::Handler(_)
        | FlowKind::Skip
        | FlowKind::Drop
        | FlowKind::Reset(_)
        | FlowKind::Error => Vec::new(),
    }
}
