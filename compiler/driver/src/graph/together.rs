//! What may run together, and why the rest may not, as text.

use std::fmt::Write as _;

use theus_abi::image::Threads;

use super::{Graph, Pipeline};

impl Graph {
    /// The steps of each pipeline: those of one step may run together; each other one follows
    /// something that it meets, and the text says where. Of an `each` and of a member of `par` it
    /// says whether several threads run it.
    pub fn together(&self) -> String {
        let mut out = String::new();
        for pipeline in &self.pipelines {
            let _ = writeln!(out, "{}", pipeline.title());
            let steps = pipeline.steps();
            let width = pipeline.runs.iter().map(|run| run.process.chars().count());
            let width = width.max().unwrap_or(0);
            for (run, step) in pipeline.runs.iter().zip(&steps) {
                let mode = run
                    .mode
                    .as_ref()
                    .map_or(String::new(), |mode| format!(" in {mode}"));
                let line = format!("  {step:>3}  {:width$}{mode}", run.process);
                let _ = writeln!(
                    out,
                    "{}{}",
                    line.trim_end(),
                    why(pipeline, run, *step, &steps)
                );
                for note in notes(run) {
                    let _ = writeln!(out, "         {note}");
                }
            }
        }
        if let Some(step) = &self.shared {
            let _ = writeln!(out, "one clock for all of them, with a step every {step}");
        }
        out
    }
}

/// On which threads it runs, where that is not plain.
fn notes(run: &super::Run) -> Vec<String> {
    let elements = match run.elements {
        Threads::None => None,
        Threads::Shared => Some("its elements run on several threads".to_owned()),
        Threads::Alone(why) => Some(format!("its elements run on one thread: {why}")),
    };
    let member = match run.member {
        Threads::None => None,
        Threads::Shared => {
            Some("the members of its `par` run on several threads".to_owned())
        }
        Threads::Alone(why) => {
            Some(format!("its `par` does not run it beside others: {why}"))
        }
    };
    elements.into_iter().chain(member).collect()
}

/// Why a process is not in an earlier step.
fn why(pipeline: &Pipeline, run: &super::Run, step: usize, steps: &[usize]) -> String {
    let last = run
        .after
        .iter()
        .find(|(at, _)| steps.get(*at) == Some(&(step - 1)));
    let Some((at, met)) = last else {
        return String::new();
    };
    let earlier = pipeline
        .runs
        .get(*at)
        .map_or("", |run| run.process.as_str());
    let place = &met.place;
    match (met.first_writes, met.second_writes) {
        (true, true) => format!("  after `{earlier}`: both write `{place}`"),
        (true, false) => {
            format!("  after `{earlier}`, which writes `{place}`, which it reads")
        }
        (false, _) => {
            format!("  after `{earlier}`, which reads `{place}`, which it writes")
        }
    }
}

impl Pipeline {
    /// The earliest step of each process, from 1.
    pub(super) fn steps(&self) -> Vec<usize> {
        let mut steps: Vec<usize> = Vec::new();
        for run in &self.runs {
            let before = run.after.iter().filter_map(|(at, _)| steps.get(*at));
            let step = before.max().copied().unwrap_or(0) + 1;
            steps.push(step);
        }
        steps
    }
}
