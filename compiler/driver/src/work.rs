//! The bill of work: how many steps the loops of a tick make at most, by pipeline, and by what
//! runs in it: processes, handlers, audits and alerts.

use std::fmt::Write as _;

use serde::Serialize;
use theus_codegen::Sizes;
use theus_contract::{Sound, steps_of};
use theus_hir::flow::each_list;
use theus_hir::{Flow, FlowKind, Typed, item};

use crate::memory::grouped;

/// What the ticks of a program do at most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Work {
    /// In order of text.
    pub pipelines: Vec<Pipeline>,
}

/// A pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pipeline {
    /// Its name.
    pub name: String,
    /// Most steps of a tick; `None` where a loop has no bound that is known.
    pub most: Option<u64>,
    /// Bytes of its machine code.
    pub code: u64,
    /// What runs in it.
    pub parts: Vec<Part>,
}

/// What runs in a pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// `act`, `handlers` …
    pub name: String,
    /// Most steps of one run.
    pub most: Option<u64>,
    /// What else there is to say.
    pub note: String,
}

/// Steps in order, and in choice.
#[derive(Clone, Copy)]
struct Most(Option<u64>);

impl Most {
    const NONE: Self = Self(Some(0));

    fn then(self, other: Self) -> Self {
        let both = self.0.zip(other.0);
        Self(both.map(|(a, b)| a.saturating_add(b)))
    }

    fn or(self, other: Self) -> Self {
        Self(self.0.zip(other.0).map(|(a, b)| a.max(b)))
    }

    fn times(self, times: u64) -> Self {
        Self(self.0.map(|most| most.saturating_mul(times)))
    }
}

/// The work of a program.
pub(crate) fn of(sound: &Sound<'_>) -> Work {
    let typed = sound.typed();
    let own = typed.pipelines.iter();
    let own = own.filter(|(_, pipeline)| pipeline.together.is_empty());
    let pipelines = own.map(|(_, item)| pipeline(typed, item)).collect();
    Work { pipelines }
}

fn pipeline(typed: &Typed, item: &item::Pipeline) -> Pipeline {
    let mut parts = Vec::new();
    runs(typed, &item.body, "", &mut parts);
    let mut most = list(typed, &item.body);
    let rules: usize = typed.audits.iter().map(|audit| audit.rules.len()).sum();
    if rules > 0 {
        let note = format!("{rules} of the program, tested at commits");
        parts.push(part("rules of audits", Most::NONE, note));
    }
    for alert in &typed.alerts {
        let does = list(typed, &alert.body);
        most = most.then(does);
        let name = format!("alert {}", alert.head.name);
        parts.push(part(&name, does, "looked at when a tick ends".to_owned()));
    }
    Pipeline {
        name: item.head.name.to_string(),
        most: most.0,
        code: 0,
        parts,
    }
}

fn part(name: &str, most: Most, note: String) -> Part {
    Part {
        name: name.to_owned(),
        most: most.0,
        note,
    }
}

fn process(typed: &Typed, item: &item::Process) -> Most {
    let most = steps_of(typed, item).most;
    let budget = item.budget.map(|(budget, _)| budget);
    Most(most.map_or(budget, |most| {
        Some(budget.map_or(most, |budget| budget.min(most)))
    }))
}

/// Each process once, with what its bound is.
fn runs(typed: &Typed, flows: &[Flow], place: &'static str, found: &mut Vec<Part>) {
    for flow in flows {
        if let FlowKind::Run(id) = flow.kind
            && let Some(item) = typed.processes.get(id)
        {
            let note = match item.budget {
                _ if !place.is_empty() => place.to_owned(),
                Some((budget, _)) => format!("budget {}", grouped(budget)),
                None if item.each.is_some() => "for each element".to_owned(),
                None => String::new(),
            };
            let new = part(&item.head.name, process(typed, item), note);
            if !found.contains(&new) {
                found.push(new);
            }
        }
        let inside = match flow.kind {
            FlowKind::OnStart(_) => "before the first tick: in none",
            FlowKind::OnStop(_) => "after the last tick: in none",
            FlowKind::Handler(_) if place.is_empty() => "in a handler",
            _ => place,
        };
        each_list(flow, &mut |list| runs(typed, list, inside, found));
    }
}

/// The most steps of a list of items in one tick. Where an item fails one handler runs, so each
/// process may bring the dearest of the handlers of its list with it.
fn list(typed: &Typed, flows: &[Flow]) -> Most {
    let (mut sum, mut modes, mut exits) = (Most::NONE, Most::NONE, Most::NONE);
    let dearest = dearest(typed, flows);
    for flow in flows {
        match &flow.kind {
            FlowKind::Mode(_, _, body) => {
                modes = modes.or(list(typed, body));
                exits = exits.or(exit(typed, body));
            }
            // Those of a mode count where it is left.
            FlowKind::OnExit(_) => {}
            FlowKind::Handler(_) | FlowKind::OnStart(_) | FlowKind::OnStop(_) => {}
            _ => sum = sum.then(item(typed, flow)),
        }
    }
    let modes = modes.then(exits);
    sum.then(modes).then(dearest.times(runs_of(flows)))
}

/// The most steps of a handler of a list.
fn dearest(typed: &Typed, flows: &[Flow]) -> Most {
    let handlers = flows.iter().filter_map(|flow| match &flow.kind {
        FlowKind::Handler(handler) => Some(list(typed, &handler.body)),
        _ => None,
    });
    handlers.fold(Most::NONE, Most::or)
}

/// What leaving a mode does at most: in one tick a mode is left and another one goes on.
fn exit(typed: &Typed, mode: &[Flow]) -> Most {
    let dearest = dearest(typed, mode);
    let lists = mode.iter().filter_map(|flow| match &flow.kind {
        FlowKind::OnExit(body) => {
            Some(list(typed, body).then(dearest.times(runs_of(body))))
        }
        _ => None,
    });
    lists.fold(Most::NONE, Most::then)
}

/// The most steps of an item.
fn item(typed: &Typed, flow: &Flow) -> Most {
    match &flow.kind {
        FlowKind::Run(id) => {
            let run = typed.processes.get(*id);
            run.map_or(Most::NONE, |run| process(typed, run))
        }
        FlowKind::When(_, then, other) => list(typed, then).or(list(typed, other)),
        FlowKind::Match(_, arms) => arms
            .iter()
            .map(|arm| list(typed, &arm.body))
            .fold(Most::NONE, Most::or),
        FlowKind::Repeat(repeat, body) => list(typed, body).times(repeat.top),
        _ => {
            let mut most = Most::NONE;
            each_list(flow, &mut |inner| most = most.then(list(typed, inner)));
            most
        }
    }
}

/// How many processes a list runs at most.
fn runs_of(flows: &[Flow]) -> u64 {
    let one = |flow: &Flow| match &flow.kind {
        FlowKind::Run(_) => 1,
        FlowKind::Handler(_) => 0,
        FlowKind::When(_, then, other) => runs_of(then).max(runs_of(other)),
        FlowKind::Match(_, arms) => {
            let arms = arms.iter().map(|arm| runs_of(&arm.body));
            arms.max().unwrap_or(0)
        }
        FlowKind::Repeat(repeat, body) => runs_of(body).saturating_mul(repeat.top),
        _ => {
            let mut sum: u64 = 0;
            each_list(flow, &mut |inner| sum = sum.saturating_add(runs_of(inner)));
            sum
        }
    };
    flows.iter().map(one).fold(0, u64::saturating_add)
}

impl Work {
    /// The same with the bytes of machine code.
    #[must_use]
    pub fn with_code(mut self, sizes: &Sizes) -> Self {
        for pipeline in &mut self.pipelines {
            let names =
                ["tick", "start", "stop"].map(|word| format!("{word}.{}", pipeline.name));
            let own = sizes
                .functions
                .iter()
                .filter(|func| names.contains(&func.name));
            pipeline.code = own.map(|func| u64::from(func.code)).sum();
        }
        self
    }

    /// The bill as a table.
    pub fn text(&self) -> String {
        let parts = self.pipelines.iter().flat_map(|pipeline| &pipeline.parts);
        let parts = parts.map(|part| part.name.chars().count() + 2);
        let names = self
            .pipelines
            .iter()
            .map(|pipeline| pipeline.name.chars().count() + 9);
        let width = parts.chain(names).max().unwrap_or(0).max(12);
        let bound =
            |most: Option<u64>| most.map_or_else(|| "no bound".to_owned(), grouped);
        let mut out = format!(
            "{:width$}  {:>12}  {:>12}\n",
            "work in a tick", "most steps", "code bytes"
        );
        for pipeline in &self.pipelines {
            let name = format!("pipeline {}", pipeline.name);
            let (most, code) = (bound(pipeline.most), grouped(pipeline.code));
            let _ = writeln!(out, "{name:width$}  {most:>12}  {code:>12}");
            for part in &pipeline.parts {
                let name = format!("  {}", part.name);
                let line = format!(
                    "{name:width$}  {:>12}  {:>12}  {}",
                    bound(part.most),
                    "",
                    part.note
                );
                let _ = writeln!(out, "{}", line.trim_end());
            }
        }
        out
    }
}
