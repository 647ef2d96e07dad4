//! The graph of a program: which process of which pipeline reads and writes what, between which
//! modes a pipeline goes, and what may run together.

mod mermaid;
mod svg;
mod together;

use indexmap::{IndexMap, IndexSet};
use theus_abi::duration::UNITS;
use theus_abi::image::{Image, Threads};
use theus_contract::{Meeting, Sound, meeting};
use theus_grammar::Source;
use theus_hir::flow::{Stream, each_list};
use theus_hir::item::{self, Period};
use theus_hir::{Flow, FlowKind, PipelineId, ProcessId, Typed};

use crate::report::Report;
use crate::sources::{Sources, Text};

/// The graph of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// Pipelines in order of text.
    pub pipelines: Vec<Pipeline>,
    /// Contexts that some process touches, with the fields of theirs that are touched.
    pub contexts: IndexMap<String, IndexSet<String>>,
    /// How long a step of the clock is that all pipelines share, if `theusc run` runs them
    /// together.
    pub shared: Option<String>,
}

/// A pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pipeline {
    /// Its name.
    pub name: String,
    /// When it has a tick: `every 1ms`, `on c.inbox max 16 or 4ms`.
    pub clock: String,
    /// Its processes in order of text, each once for each mode.
    pub runs: Vec<Run>,
    /// Its sources and sinks in order of text, each with the fields that it fills or writes out.
    pub streams: Vec<Run>,
    /// Its modes; the first is the one that it begins in.
    pub modes: Vec<String>,
    /// From mode to mode, and when; from `None` where every mode goes there.
    pub changes: Vec<(Option<String>, String, String)>,
}

/// A process in a pipeline, or a source or sink.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Its name.
    pub process: String,
    /// The mode in which it runs, if not in all.
    pub mode: Option<String>,
    /// Fields that it reads.
    pub reads: IndexSet<String>,
    /// Fields that it writes.
    pub writes: IndexSet<String>,
    /// The branches that it stands in: which choice, and which way.
    branches: Vec<(usize, usize)>,
    /// How its elements are run.
    pub elements: Threads,
    /// How it is run as a member of `par`.
    pub member: Threads,
    /// Those before it in the pipeline that it may not run together with, and why.
    pub after: Vec<(usize, Meeting)>,
}

impl Pipeline {
    /// `pipeline main every 1ms`.
    fn title(&self) -> String {
        let blank = if self.clock.is_empty() { "" } else { " " };
        format!("pipeline {}{blank}{}", self.name, self.clock)
    }
}

impl Run {
    /// The contexts of some of its fields.
    fn contexts(fields: &IndexSet<String>) -> IndexSet<&str> {
        fields.iter().map(|field| context_of(field)).collect()
    }
}

/// `plant` of `plant.x`.
fn context_of(field: &str) -> &str {
    field.split('.').next().unwrap_or(field)
}

/// The graph of a program.
///
/// # Errors
/// Everything that is wrong with it.
pub fn graph(root: Text, sources: &dyn Sources) -> Result<Graph, Box<Report>> {
    crate::pipeline::graph(root, sources)
}

pub(crate) fn of(sound: &Sound<'_>, sources: &[Source], image: &Image) -> Graph {
    let typed = sound.typed();
    let mut graph = Graph::default();
    let own = typed.pipelines.iter();
    for (id, item) in own.filter(|(_, item)| item.together.is_empty()) {
        let mut walk = Walk {
            sound,
            sources,
            image,
            pipeline: Pipeline {
                name: item.head.name.to_string(),
                clock: clock(typed, item),
                modes: modes(typed, id),
                ..Pipeline::default()
            },
            ids: Vec::new(),
            mode: None,
            branches: Vec::new(),
            choices: 1,
        };
        walk.list(&item.body);
        graph.pipelines.push(walk.pipeline);
    }
    let all = typed.all.and_then(|all| typed.pipelines.get(all));
    graph.shared = all.map(|all| match all.period {
        Period::Fixed(ns) => time(ns),
        Period::Global(_) | Period::None | Period::Error => {
            "time that their periods are multiples of".to_owned()
        }
    });
    let runs = graph
        .pipelines
        .iter()
        .flat_map(|pipeline| pipeline.runs.iter().chain(&pipeline.streams));
    for field in runs.flat_map(|run| run.reads.iter().chain(&run.writes)) {
        let name = field.split_once('.').map_or("", |(_, name)| name);
        let context = context_of(field).to_owned();
        graph
            .contexts
            .entry(context)
            .or_default()
            .insert(name.to_owned());
    }
    graph
}

/// When a pipeline has a tick, as it is written.
fn clock(typed: &Typed, item: &item::Pipeline) -> String {
    if let Some(batch) = &item.batch {
        let wait = batch.wait.map(|ns| format!(" or {}", time(ns)));
        let (field, most) = (typed.field_path(batch.field), batch.most);
        return format!("on {field} max {most}{}", wait.unwrap_or_default());
    }
    match item.period {
        Period::Fixed(ns) => format!("every {}", time(ns)),
        Period::Global(field) => format!("every {}", typed.field_path(field)),
        Period::None | Period::Error => String::new(),
    }
}

/// A time in the longest unit in which it is whole.
fn time(ns: i64) -> String {
    let mut units = UNITS.iter();
    let unit = units.find(|(_, of)| ns != 0 && ns % of == 0);
    unit.map_or_else(
        || "0s".to_owned(),
        |(name, of)| format!("{}{name}", ns / of),
    )
}

/// The names of the modes of a pipeline, the one it begins in first.
fn modes(typed: &Typed, id: PipelineId) -> Vec<String> {
    let Some(modes) = typed.pipelines.get(id).and_then(|item| item.modes) else {
        return Vec::new();
    };
    let count = typed
        .enums
        .get(modes.names)
        .map_or(0, |names| names.variants.len());
    let all = (0..u32::try_from(count).unwrap_or(0)).filter(|at| *at != modes.first);
    let order = std::iter::once(modes.first).chain(all);
    order.filter_map(|at| mode(typed, id, at)).collect()
}

fn mode(typed: &Typed, id: PipelineId, at: u32) -> Option<String> {
    let modes = typed.pipelines.get(id)?.modes?;
    let variant = typed.enums.get(modes.names)?.variants.get(at as usize)?;
    Some(variant.name.to_string())
}

/// A walk through the items of a pipeline.
struct Walk<'s> {
    sound: &'s Sound<'s>,
    sources: &'s [Source],
    image: &'s Image,
    pipeline: Pipeline,
    /// The processes of `pipeline.runs`.
    ids: Vec<ProcessId>,
    mode: Option<String>,
    branches: Vec<(usize, usize)>,
    /// How many choices there are so far.
    choices: usize,
}

impl Walk<'_> {
    fn list(&mut self, flows: &[Flow]) {
        for flow in flows {
            match &flow.kind {
                FlowKind::Run(id) => self.run(*id),
                FlowKind::Source(stream) => {
                    let run = self.stream("source", stream);
                    self.known(Run {
                        writes: run.reads,
                        reads: IndexSet::new(),
                        ..run
                    });
                }
                FlowKind::Sink(stream) => {
                    let run = self.stream("sink", stream);
                    self.known(run);
                }
                FlowKind::Enter(id, to, cond) => {
                    let when = cond.as_ref().map_or("", |cond| self.text(cond.span));
                    let when = when.split_whitespace().collect::<Vec<_>>().join(" ");
                    let to = mode(self.sound.typed(), *id, *to).unwrap_or_default();
                    self.pipeline.changes.push((self.mode.clone(), to, when));
                }
                FlowKind::Mode(id, at, items) => {
                    let outer = self.mode.take();
                    self.mode = mode(self.sound.typed(), *id, *at);
                    self.branch(0, *at as usize, items);
                    self.mode = outer;
                }
                FlowKind::When(..) | FlowKind::Match(..) => {
                    let choice = self.choices;
                    self.choices += 1;
                    let mut way = 0;
                    each_list(flow, &mut |list| {
                        self.branch(choice, way, list);
                        way += 1;
                    });
                }
                _ => each_list(flow, &mut |list| self.list(list)),
            }
        }
    }

    /// A source or sink, which reads its columns.
    fn stream(&self, word: &str, stream: &Stream) -> Run {
        let (typed, prints) = (self.sound.typed(), self.sound.footprints());
        let mut reads = IndexSet::new();
        for (column, _) in &stream.columns {
            let print = prints.of_expr(typed, column);
            let fields = print.reads.keys().filter_map(|(place, _)| place.in_field());
            reads.extend(fields.map(|field| typed.field_path(field)));
        }
        Run {
            process: format!("{word} {}", stream.path),
            mode: self.mode.clone(),
            reads,
            ..Run::default()
        }
    }

    /// Each of them stands in the graph once for each mode.
    fn known(&mut self, new: Run) {
        let streams = &mut self.pipeline.streams;
        let same = |run: &&mut Run| run.process == new.process && run.mode == new.mode;
        match streams.iter_mut().find(same) {
            Some(run) => {
                run.reads.extend(new.reads);
                run.writes.extend(new.writes);
            }
            None => streams.push(new),
        }
    }

    /// Items that run in one way of a choice only; choice 0 is that of the mode.
    fn branch(&mut self, choice: usize, way: usize, flows: &[Flow]) {
        self.branches.push((choice, way));
        self.list(flows);
        self.branches.pop();
    }

    fn text(&self, span: theus_grammar::Span) -> &str {
        let source = self.sources.iter().find(|source| source.id == span.file);
        source.map_or("", |source| source.slice(span.start, span.end))
    }

    /// How a process is run as a member of `par` in this pipeline.
    fn member(&self, name: &str) -> Threads {
        let image = self.image;
        let mut pipelines = image.pipelines.iter();
        let pipeline = pipelines.position(|one| one.name == self.pipeline.name);
        let process = image.processes.iter().zip(0..);
        let process = process.filter(|(process, _)| process.name == name);
        let process: Vec<u32> = process.map(|(_, at)| at).collect();
        let mut members = image.members.iter();
        let found = members.find(|member| {
            Some(member.pipeline) == pipeline && process.contains(&member.process)
        });
        found.map_or(Threads::None, |member| member.threads)
    }

    fn run(&mut self, id: ProcessId) {
        let (typed, prints) = (self.sound.typed(), self.sound.footprints());
        let Some(process) = typed.processes.get(id) else {
            return;
        };
        let name = process.head.name.to_string();
        let mut known = self.pipeline.runs.iter();
        if known.any(|run| run.process == name && run.mode == self.mode) {
            return;
        }
        let print = prints.process(id);
        let path =
            |place: &theus_contract::Place| Some(typed.field_path(place.in_field()?));
        let mut after = Vec::new();
        for (at, (earlier, run)) in self.ids.iter().zip(&self.pipeline.runs).enumerate() {
            // Of two ways one is gone.
            let apart = run.branches.iter().any(|(choice, way)| {
                let here = self.branches.iter().find(|(here, _)| here == choice);
                here.is_some_and(|(_, here)| here != way)
            });
            if !apart && let Some(met) = meeting(typed, prints, (*earlier, id)) {
                after.push((at, met));
            }
        }
        let mut lowered = self.image.processes.iter();
        let lowered = lowered.find(|process| process.name == name);
        let member = self.member(&name);
        self.pipeline.runs.push(Run {
            process: name,
            elements: lowered.map_or(Threads::None, |process| process.elements),
            member,
            mode: self.mode.clone(),
            branches: self.branches.clone(),
            reads: print
                .reads
                .keys()
                .filter_map(|(place, _)| path(place))
                .collect(),
            writes: print
                .writes
                .keys()
                .filter_map(|(place, _)| path(place))
                .collect(),
            after,
        });
        self.ids.push(id);
    }
}
