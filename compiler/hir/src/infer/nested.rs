//! Pipelines as items of pipelines: their items stand in the place of the name.

use indexmap::IndexMap;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::item::Applied;

use super::Checker;
use crate::cx::Cx;
use crate::flow::{Flow, FlowKind, each_flow};
use crate::ids::PipelineId;
use crate::item::Period;
use crate::resolve::scope::{Def, Walk};

impl Checker<'_, '_> {
    /// A process or a pipeline by name.
    pub(super) fn run_flow(&mut self, written: &Applied, period: Period) -> FlowKind {
        let words = &written.path.words;
        let Walk::Found(Def::Pipeline(id), []) = self.cx.walk(self.env.module, words)
        else {
            return self.applied(written).map_or(FlowKind::Error, FlowKind::Run);
        };
        if written.args.as_ref().is_some_and(|args| !args.is_empty()) {
            let found = Diagnostic::new(Code::WrongArity, written.span, "arguments")
                .title("a pipeline has no parameters")
                .help("write its name alone");
            self.report(found);
            return FlowKind::Error;
        }
        if self.cx.trees.pipelines[id].batch.is_some() {
            self.nested_batch(id, written.span);
            return FlowKind::Error;
        }
        let nested = FlowKind::Nested(id, Vec::new());
        match self.slower(id, period, written.span) {
            Ok(None) => nested,
            Ok(Some(ns)) => {
                let span = written.span;
                FlowKind::EveryTime(ns, vec![Flow { kind: nested, span }])
            }
            Err(()) => FlowKind::Error,
        }
    }

    /// The period of a pipeline that is slower than the one that it stands in.
    fn slower(
        &mut self,
        id: PipelineId,
        outer: Period,
        span: Span,
    ) -> Result<Option<i64>, ()> {
        let inner = &self.cx.out.pipelines[id];
        let (head, inner) = (inner.head.clone(), inner.period);
        let title = match (outer, inner) {
            (Period::Error, _) | (_, Period::Error) => return Err(()),
            (_, Period::None) => return Ok(None),
            (Period::Fixed(outer), Period::Fixed(inner)) if outer == inner => {
                return Ok(None);
            }
            (Period::Fixed(outer), Period::Fixed(inner)) if inner % outer == 0 => {
                return Ok(Some(inner));
            }
            (Period::Global(outer), Period::Global(inner)) if outer == inner => {
                return Ok(None);
            }
            (Period::None, Period::Fixed(_) | Period::Global(_)) => {
                format!(
                    "`{}` has a period, and the pipeline around it has none",
                    head.name
                )
            }
            (Period::Fixed(_), Period::Fixed(_)) => {
                format!(
                    "the ticks of `{}` do not fall on ticks of the pipeline around it",
                    head.name
                )
            }
            (
                Period::Fixed(_) | Period::Global(_),
                Period::Fixed(_) | Period::Global(_),
            ) => {
                format!(
                    "whether the ticks of `{}` fall on ticks of the pipeline around it is not known",
                    head.name
                )
            }
        };
        let found = Diagnostic::new(Code::NestedPeriod, span, "stands here")
            .title(title)
            .label(head.span, "declared here")
            .help("the period of a pipeline in a pipeline is a multiple of the outer one, or there is none");
        self.report(found);
        Err(())
    }
}

/// Puts the items of pipelines where their names stand.
pub(super) fn all(cx: &mut Cx<'_>) {
    let ids: Vec<PipelineId> = cx.out.pipelines.keys().collect();
    let mut places: IndexMap<PipelineId, Span> = IndexMap::new();
    for id in &ids {
        for (inner, span) in named(&cx.out.pipelines[*id].body) {
            match places.get(&inner) {
                Some(first) => twice(cx, inner, *first, span),
                None => {
                    places.insert(inner, span);
                }
            }
        }
    }
    let mut filled = Vec::new();
    for id in ids {
        fill(cx, id, &mut filled, &mut Vec::new());
    }
}

/// The pipelines that stand in a list, each with its place.
fn named(flows: &[Flow]) -> Vec<(PipelineId, Span)> {
    let mut found = Vec::new();
    each_flow(flows, &mut |flow| {
        if let FlowKind::Nested(id, _) = &flow.kind {
            found.push((*id, flow.span));
        }
    });
    found
}

fn twice(cx: &mut Cx<'_>, inner: PipelineId, first: Span, span: Span) {
    let name = cx.out.pipelines[inner].head.name.clone();
    let found = Diagnostic::new(Code::PipelineTwice, span, "and here again")
        .title(format!("the pipeline `{name}` stands in two places"))
        .label(first, "it stands here")
        .help(
            "a pipeline has one state: name its processes, or declare a second pipeline",
        );
    cx.report(found);
}

/// Fills a pipeline, those in it first. `around`: the pipelines that wait for this one.
fn fill(
    cx: &mut Cx<'_>,
    id: PipelineId,
    filled: &mut Vec<PipelineId>,
    around: &mut Vec<PipelineId>,
) {
    if filled.contains(&id) {
        return;
    }
    around.push(id);
    let mut circle = None;
    for (inner, span) in named(&cx.out.pipelines[id].body) {
        if around.contains(&inner) {
            circle = Some((inner, span));
        } else {
            fill(cx, inner, filled, around);
        }
    }
    around.pop();
    filled.push(id);
    if let Some((inner, span)) = circle {
        let head = cx.out.pipelines[inner].head.clone();
        let found = Diagnostic::new(Code::PipelineCircle, span, "this leads back to it")
            .title(format!("the pipeline `{}` contains itself", head.name))
            .label(head.span, "declared here")
            .help("a tick must end: break the circle");
        cx.report(found);
        return;
    }
    let mut body = std::mem::take(&mut cx.out.pipelines[id].body);
    put(cx, &mut body);
    cx.out.pipelines[id].body = body;
}

fn put(cx: &Cx<'_>, flows: &mut [Flow]) {
    for flow in flows {
        if let FlowKind::Nested(id, body) = &mut flow.kind {
            body.clone_from(&cx.out.pipelines[*id].body);
            continue;
        }
        crate::flow::each_list_mut(flow, &mut |list| put(cx, list));
    }
}
