//! A property: how many inputs it was tried with, and the simplest that break it.

use std::time::Instant;

use serde_json::{Map, Value as Json, json};
use theus::Program;
use theus_vm::{Broken, Checked, Trials, Vm};

use super::results::Case;
use super::told;
use crate::number::grouped;
use crate::state;
use crate::terminal::Terminal;

/// What came of a property, and what there is to say of it, for people.
pub(super) fn one(
    vm: &mut Vm,
    (index, name): (usize, &str),
    trials: Trials,
    program: &Program,
    terminal: &Terminal,
) -> (Case, String) {
    let began = Instant::now();
    let checked = vm.check_property(index, trials);
    let took = began.elapsed();
    let mut case = Case {
        name: name.to_owned(),
        took,
        failure: None,
        property: None,
    };
    let checked = match checked {
        Ok(checked) => checked,
        Err(error) => {
            let (drawn, failure) = told(Err(error), program, terminal);
            case.failure = Some(failure);
            return (case, drawn);
        }
    };
    case.property = Some(as_json(&checked, trials));
    let notes = notes(&checked, trials);
    let drawn = match &checked.broken {
        Some(broken) => {
            let outcome = Ok(broken.outcome.clone());
            let (drawn, failure) = told(outcome, program, terminal);
            case.failure = Some(failure);
            drawn
        }
        None if checked.is_vacuous() => {
            case.failure = Some(vacuous(index, program));
            String::new()
        }
        None => String::new(),
    };
    (case, drawn + &notes)
}

/// A property that says nothing, and where it stands.
fn vacuous(index: usize, program: &Program) -> Json {
    let image = program.image();
    let loc = image.properties.get(index).map(|property| property.loc);
    let mut sources = program.warnings().sources.iter();
    let source = sources.find(|source| Some(source.id.0) == loc.map(|loc| loc.file));
    let (line, column) = source
        .zip(loc)
        .map_or((0, 0), |(source, loc)| source.position(loc.start));
    json!({
        "kind": "vacuous",
        "code": "vacuous",
        "name": "no inputs satisfy what it requires",
        "file": source.map(|source| source.name.to_string()),
        "line": line,
        "column": column,
    })
}

fn notes(checked: &Checked, trials: Trials) -> String {
    let line = |text: String| format!("     {text}\n");
    if let Some(broken) = &checked.broken {
        return inputs(broken) + &line(again(broken, trials));
    }
    let (held, discarded) = (grouped(checked.held), grouped(checked.discarded));
    if checked.is_vacuous() {
        return line(format!(
            "vacuous: none of {discarded} inputs satisfies what it requires"
        ));
    }
    let mut out = String::new();
    if checked.held < trials.cases {
        out += &line(format!(
            "note: only {held} of {} inputs satisfy what it requires",
            grouped(checked.held + checked.discarded)
        ));
    }
    if checked.trivial {
        out += &line(
            "note: trivial: its `ensures` hold whatever the process writes".to_owned(),
        );
    }
    out
}

/// The inputs that break it, one a line.
fn inputs(broken: &Broken) -> String {
    let width = broken.inputs.iter().map(|(name, _)| name.chars().count());
    let width = width.max().unwrap_or(0);
    let lines = broken.inputs.iter().zip(0..).map(|((name, value), n)| {
        let word = if n == 0 { "with" } else { "" };
        format!("     {word:4} {name:width$} = {}\n", state::short(value))
    });
    lines.collect()
}

/// How to see it again.
fn again(broken: &Broken, trials: Trials) -> String {
    let times = match broken.steps {
        0 => String::new(),
        1 => ", made simpler once".to_owned(),
        n => format!(", made simpler {n} times"),
    };
    let Trials { seed, .. } = trials;
    format!(
        "case {} of seed {seed}{times}; `--seed {seed}` finds it again",
        broken.case
    )
}

fn as_json(checked: &Checked, trials: Trials) -> Json {
    let broken = checked.broken.as_ref().map(|broken| {
        let inputs = broken.inputs.iter();
        let inputs = inputs.map(|(name, value)| (name.clone(), state::exact(value)));
        json!({
            "inputs": Json::Object(inputs.collect::<Map<_, _>>()),
            "case": broken.case,
            "steps": broken.steps,
        })
    });
    json!({
        "seed": trials.seed,
        "cases": checked.held,
        "discarded": checked.discarded,
        "vacuous": checked.is_vacuous(),
        "trivial": checked.trivial,
        "broken": broken,
    })
}
