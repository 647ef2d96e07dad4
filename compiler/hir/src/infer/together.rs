//! Pipelines that run together on one clock: due ticks in order of time, then of text.

use std::sync::Arc;

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::item::Applied;

use super::Checker;
use crate::body::{Body, Expr, ExprKind, Ran};
use crate::cx::{ContextTree, Cx};
use crate::flow::{FlowKind, ResetTarget, each_flow};
use crate::ids::{ContextId, FieldId, PipelineId};
use crate::item::{ContextKind, Field, Head, Period, Pipeline, Target};
use crate::resolve::declare::empty_context;
use crate::resolve::scope::listed;
use crate::ty::Ty;

/// Most steps of the clock in the shortest of the periods.
const MAX_STEPS: i64 = 1000;

/// Why pipelines cannot run together.
enum Problem {
    /// One has no period that is known.
    Period(PipelineId),
    /// Their periods have hardly anything in common: so many steps in the shortest.
    Steps(i64),
    /// Two of them write the same field.
    Writers(Box<[Write; 2]>),
}

/// A write of a pipeline.
#[derive(Clone)]
struct Write {
    pipeline: PipelineId,
    field: FieldId,
    members: Vec<u32>,
    /// The item of the pipeline.
    item: Span,
}

impl Write {
    fn meets(&self, other: &Self) -> bool {
        let same = self.members.iter().zip(&other.members);
        self.field == other.field && same.into_iter().all(|(a, b)| a == b)
    }
}

/// What runs if nobody names a pipeline: all that have a clock and are in no other one, if
/// they can.
pub(super) fn all(cx: &mut Cx<'_>) {
    let pipelines = &cx.out.pipelines;
    if pipelines
        .values()
        .any(|pipeline| *pipeline.head.name == *"main")
    {
        return;
    }
    let mut nested = Vec::new();
    for pipeline in pipelines.values() {
        each_flow(&pipeline.body, &mut |flow| {
            if let FlowKind::Nested(id, _) = flow.kind {
                nested.push(id);
            }
        });
    }
    let clocked = pipelines.iter().filter(|(id, pipeline)| {
        let clock = pipeline.period != Period::None || pipeline.batch.is_some();
        clock && !nested.contains(id)
    });
    let ids: Vec<PipelineId> = clocked.map(|(id, _)| id).collect();
    if ids.len() < 2 {
        return;
    }
    if let Ok(step) = step(cx, &ids) {
        cx.out.all = Some(joined(cx, ids, step));
    }
}

/// The length of a step of the clock that all of them have; `None` if globals say it.
fn step(cx: &Cx<'_>, ids: &[PipelineId]) -> Result<Option<i64>, Problem> {
    let (mut step, mut shortest, mut fixed) = (0, i64::MAX, true);
    for id in ids {
        let pipeline = &cx.out.pipelines[*id];
        match (pipeline.period, &pipeline.batch) {
            // Its waits end at steps of the clock.
            (Period::None, Some(batch)) => step = common(step, batch.wait.unwrap_or(0)),
            (Period::Fixed(ns), _) => {
                step = common(step, ns);
                shortest = shortest.min(ns);
            }
            (Period::Global(_), _) => fixed = false,
            (Period::None | Period::Error, _) => return Err(Problem::Period(*id)),
        }
    }
    if fixed && shortest == i64::MAX {
        // All of them wait for batches, and nothing comes.
        return Err(ids
            .first()
            .map_or(Problem::Steps(0), |id| Problem::Period(*id)));
    }
    if fixed && shortest / step.max(1) > MAX_STEPS {
        return Err(Problem::Steps(shortest / step.max(1)));
    }
    let mut known: Vec<Write> = Vec::new();
    for id in ids {
        let writes = writes(cx, *id);
        for write in &writes {
            if let Some(first) = known.iter().find(|first| first.meets(write)) {
                let both = [first.clone(), write.clone()];
                return Err(Problem::Writers(Box::new(both)));
            }
        }
        known.extend(writes);
    }
    Ok(fixed.then_some(step.max(1)))
}

/// The greatest common divisor.
const fn common(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// What a pipeline writes to data and heavy fields, as its contracts say.
fn writes(cx: &Cx<'_>, pipeline: PipelineId) -> Vec<Write> {
    let mut found = Vec::new();
    // Who fills what it waits for is another one, and it takes from it.
    let own = cx.out.pipelines[pipeline].batch.as_ref();
    let own = own.map(|batch| batch.field);
    let lasts = |field: &FieldId| {
        matches!(cx.out.fields[*field].zone, Zone::Data | Zone::Heavy)
            && own != Some(*field)
    };
    each_flow(&cx.out.pipelines[pipeline].body, &mut |flow| {
        let item = flow.span;
        let mut add = |field: FieldId, members: Vec<u32>| {
            if lasts(&field) {
                found.push(Write {
                    pipeline,
                    field,
                    members,
                    item,
                });
            }
        };
        let of = |context: ContextId| cx.out.contexts[context].fields.clone();
        match &flow.kind {
            FlowKind::Run(process) => {
                for entry in &cx.out.processes[*process].outputs {
                    match &entry.target {
                        Target::Field(field, members) => add(*field, members.clone()),
                        Target::Context(context) => {
                            of(*context).into_iter().for_each(|id| add(id, Vec::new()));
                        }
                        Target::Tick | Target::Random | Target::Error => {}
                    }
                }
            }
            FlowKind::Reset(ResetTarget::Field(field)) => add(*field, Vec::new()),
            FlowKind::Reset(ResetTarget::Context(context)) => {
                of(*context).into_iter().for_each(|id| add(id, Vec::new()));
            }
            FlowKind::Source(stream) => {
                let roots = stream.columns.iter().filter_map(|(to, _)| root(to));
                roots.for_each(|field| add(field, Vec::new()));
            }
            _ => {}
        }
    });
    found
}

fn root(e: &Expr) -> Option<FieldId> {
    match &e.kind {
        ExprKind::Field(field) => Some(*field),
        ExprKind::Member(base, _) | ExprKind::Index(base, _) => root(base),
        _ => None,
    }
}

/// The pipelines as one; the same ones are the same.
fn joined(cx: &mut Cx<'_>, ids: Vec<PipelineId>, step: Option<i64>) -> PipelineId {
    let known = cx.out.pipelines.iter();
    let mut known = known.filter(|(_, pipeline)| pipeline.together == ids);
    if let Some((id, _)) = known.next() {
        return id;
    }
    let names: Vec<&str> = ids
        .iter()
        .map(|id| &*cx.out.pipelines[*id].head.name)
        .collect();
    let name: Arc<str> = match names.split_last() {
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")).into(),
        None => "".into(),
    };
    let first = ids.first().map(|id| cx.out.pipelines[*id].head.clone());
    let head = first.map_or_else(
        || Head {
            name: Arc::clone(&name),
            span: Span::new(theus_grammar::FileId(0), 0, 0),
            module: crate::ids::ModuleId::from_u32(0),
            docs: Vec::new(),
        },
        |head| Head {
            name: Arc::clone(&name),
            ..head
        },
    );
    let period = match step {
        Some(step) => Period::Fixed(step),
        None => Period::Global(clock(cx, &head)),
    };
    cx.out.pipelines.push(Pipeline {
        head,
        period,
        batch: None,
        together: ids,
        scratch: None,
        modes: None,
        body: Vec::new(),
        locals: Body::default(),
    })
}

/// The length of a step that globals say: a global of its own, which the start sets.
fn clock(cx: &mut Cx<'_>, head: &Head) -> FieldId {
    let context = empty_context(cx, head.clone(), ContextTree::Param, ContextKind::One);
    cx.trees.fields.push(None);
    let field = cx.out.fields.push(Field {
        context,
        name: "clock".into(),
        zone: Zone::Global,
        swap: None,
        ty: Ty::DURATION,
        range: None,
        default: None,
        docs: Vec::new(),
        span: head.span,
    });
    cx.out.contexts[context].fields.push(field);
    field
}

impl Checker<'_, '_> {
    /// Several pipelines that a test runs together.
    pub(super) fn run_together(
        &mut self,
        target: &Applied,
        with: &[Applied],
    ) -> Option<PipelineId> {
        let all = std::iter::once(target).chain(with);
        let found: Vec<_> = all.map(|written| self.with_clock(written)).collect();
        let mut ids: Vec<PipelineId> = found.into_iter().collect::<Option<_>>()?;
        ids.sort_unstable();
        let last = with.last().map_or(target.span, |path| path.span);
        match step(self.cx, &ids) {
            Ok(step) => Some(joined(self.cx, ids, step)),
            Err(problem) => {
                self.apart(&problem, target.span.to(last));
                None
            }
        }
    }

    fn with_clock(&mut self, written: &Applied) -> Option<PipelineId> {
        match self.ran(written)? {
            Ran::Pipeline(id) => Some(id),
            Ran::Process(..) => {
                let label = "a process has no clock of its own";
                let found = Diagnostic::new(Code::NoCommonClock, written.span, label)
                    .title("a process does not run together with pipelines")
                    .help("name pipelines, or put it into one");
                self.report(found);
                None
            }
        }
    }

    fn apart(&mut self, problem: &Problem, span: Span) {
        let head = |id: PipelineId| self.cx.out.pipelines[id].head.clone();
        let found = match problem {
            Problem::Period(id) => {
                let head = head(*id);
                let label = format!("`{}` has no period", head.name);
                Diagnostic::new(Code::NoCommonClock, span, label)
                    .title("pipelines that run together share a clock")
                    .label(head.span, "declared here")
                    .help(format!("give it one: `pipeline {} every 10ms`", head.name))
            }
            Problem::Steps(steps) => {
                let label =
                    format!("a step for all is {steps} times shorter than the shortest");
                Diagnostic::new(Code::NoCommonClock, span, label)
                    .title("the periods have hardly anything in common")
                    .help("take periods that are multiples of one time: 2ms and 50ms, not 1.999ms and 50ms")
            }
            Problem::Writers(both) => {
                let [one, two] = &**both;
                let path = self.cx.out.field_path(one.field);
                let names = [head(one.pipeline).name, head(two.pipeline).name];
                let label = format!("{} cannot run together", listed(&names, "and"));
                Diagnostic::new(Code::SeveralWriters, span, label)
                    .title(format!("two pipelines on one clock write `{path}`"))
                    .label(one.item, format!("`{}` writes it", head(one.pipeline).name))
                    .label(two.item, format!("`{}` writes it too", head(two.pipeline).name))
                    .help("a field has its writers in one of them: the others read what it holds")
            }
        };
        self.report(found);
    }
}
