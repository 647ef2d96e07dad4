//! Modes of pipelines: which is in force is a field, `arm.mode`, that `enter` changes.

use std::sync::Arc;

use indexmap::IndexSet;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr as tree;
use theus_grammar::ast::flow as tree_flow;

use super::Checker;
use crate::body::Expr;
use crate::flow::{Flow, FlowKind};
use crate::ids::{EnumId, PipelineId};
use crate::item::Period;
use crate::resolve::scope::{listed, unknown};

impl Checker<'_, '_> {
    /// The items that stand directly in a pipeline: modes among them.
    pub(super) fn top_flows(
        &mut self,
        written: &[tree_flow::Flow],
        period: Period,
    ) -> Vec<Flow> {
        self.first_mode();
        let mut at = 0;
        let mut flows = Vec::with_capacity(written.len());
        for flow in written {
            let (tree_flow::FlowKind::Mode(_, _, body), Some(pipeline)) =
                (&flow.kind, self.pipeline)
            else {
                flows.push(self.flow(flow, period));
                continue;
            };
            let kind = FlowKind::Mode(pipeline, at, self.flows(body, period));
            let span = flow.span;
            flows.push(Flow { kind, span });
            at += 1;
        }
        flows
    }

    /// One mode is marked as the first.
    fn first_mode(&mut self) {
        let Some(id) = self.pipeline else { return };
        let Some(modes) = &self.cx.trees.pipelines[id].modes else {
            return;
        };
        let mut names = modes.names.variants.iter().map(|mode| &mode.name);
        let found = match (modes.first.as_slice(), names.next()) {
            ([_], _) | (_, None) => return,
            ([first, second, ..], _) => {
                let label = "this is another first mode";
                Diagnostic::new(Code::StartMode, second.span, label)
                    .title("two modes are marked as the first")
                    .label(first.span, "the first mode")
                    .help(
                        "a pipeline begins in one mode: remove one of the words `start`",
                    )
            }
            ([], Some(name)) => {
                let label = "does the pipeline begin in this mode?";
                let end = name.span.after();
                Diagnostic::new(Code::StartMode, name.span, label)
                    .title("no mode is marked as the first")
                    .help(format!("mark one: `mode {} start {{ … }}`", name.text))
                    .fix("begin in this mode", end, " start")
            }
        };
        self.report(found);
    }

    /// A mode that does not stand directly in the pipeline.
    pub(super) fn inner_mode(&mut self, span: Span) -> FlowKind {
        let end = span.start.saturating_add(4);
        let found =
            Diagnostic::new(Code::MisplacedMode, Span { end, ..span }, "inside another item")
                .title("a mode inside another item")
                .help("modes stand directly in a pipeline; a mode in a mode is a pipeline of its own: name it in the outer mode");
        self.report(found);
        FlowKind::Error
    }

    /// `enter M when c`.
    pub(super) fn enter_flow(
        &mut self,
        name: &Name,
        cond: Option<&tree::Expr>,
    ) -> FlowKind {
        let cond = cond.map(|cond| self.condition(cond));
        let Some(id) = self.pipeline else {
            return FlowKind::Error;
        };
        let Some(modes) = self.cx.out.pipelines[id].modes else {
            let head = self.cx.out.pipelines[id].head.clone();
            let found =
                Diagnostic::new(Code::UnknownMode, name.span, "there is no such mode")
                    .title(format!("the pipeline `{}` has no modes", head.name))
                    .label(head.span, "declared here")
                    .help(format!("add one: `mode {} start {{ … }}`", name.text));
            self.report(found);
            return FlowKind::Error;
        };
        match self.variant(modes.names, name) {
            Some(at) => FlowKind::Enter(id, at, cond),
            None => {
                self.unknown_mode(id, modes.names, name);
                FlowKind::Error
            }
        }
    }

    fn unknown_mode(&mut self, id: PipelineId, names: EnumId, name: &Name) {
        let known: Vec<Arc<str>> = self.cx.out.enums[names]
            .variants
            .iter()
            .map(|mode| Arc::clone(&mode.name))
            .collect();
        let mut seen = IndexSet::new();
        if !known.iter().all(|mode| seen.insert(mode)) {
            // Two modes of one name: one of them is perhaps this one.
            self.cx.failures += 1;
            return;
        }
        let head = self.cx.out.pipelines[id].head.clone();
        let text = format!("it has {}", listed(&known, "and"));
        let found = unknown(Code::UnknownMode, "mode", name, &known)
            .title(format!("`{}` has no mode `{}`", head.name, name.text))
            .label(head.span, text);
        self.report(found);
    }

    /// `arm.mode`, or a mode: `arm.Balance`.
    pub(super) fn of_pipeline(
        &mut self,
        id: PipelineId,
        name: &Name,
        span: Span,
    ) -> Expr {
        let Some(modes) = self.cx.out.pipelines[id].modes else {
            return Self::error(span);
        };
        if let Some(at) = self.variant(modes.names, name) {
            return self.bare_variant(modes.names, at, None, span);
        }
        if &*name.text == "mode" {
            return self.field(modes.context, name, span);
        }
        self.unknown_mode(id, modes.names, name);
        Self::error(span)
    }
}
