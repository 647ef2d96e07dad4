//! `theusc test`: runs tests and properties, one line each.

mod property;
mod results;

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use theus::Program;
use theus_vm::{Outcome, Trials, Vm, VmError};

use self::results::{Case, File, Results};
use crate::args::Test;
use crate::failure;
use crate::ground;
use crate::number;
use crate::problem::Exit;
use crate::settings;
use crate::terminal::Terminal;

/// Runs the tests of every file. A file that is rejected does not keep others from running.
pub(crate) fn main(args: &Test, terminal: &mut Terminal) -> Result<u8, Exit> {
    let began = Instant::now();
    let mut results = Results::default();
    for path in &args.files {
        let mut found = File {
            name: path.display().to_string(),
            cases: Vec::new(),
            skipped: 0,
            rejected: false,
        };
        match file(path, args, &mut found, terminal) {
            Ok(()) => {}
            Err(Exit::Quiet) => return Err(Exit::Quiet),
            Err(Exit::Report(report, _)) => {
                terminal.problem(&report);
                found.rejected = true;
            }
        }
        results.files.push(found);
    }
    results.took = began.elapsed();
    if let Some(path) = &args.junit {
        super::save(path, &results.junit())?;
    }
    terminal.out(&match args.json {
        true => results.json(),
        false => results.summary(terminal),
    })?;
    Ok(results.status())
}

fn file(
    path: &Path,
    args: &Test,
    found: &mut File,
    terminal: &mut Terminal,
) -> Result<(), Exit> {
    let (program, mut vm) = ground::tests(path, (args.engine, args.workers))?;
    settings::apply(&mut vm, None, &args.set)?;
    if args.files.len() > 1 && !args.json {
        terminal.out(&format!("{}\n", path.display()))?;
    }
    let image = program.image();
    let filter = args.filter.as_deref().unwrap_or_default();
    let tests = image.tests.iter().map(|test| &test.name).zip(0..);
    let tests = tests.map(|(name, index)| (name, index, false));
    let properties = image.properties.iter().map(|one| &one.name).zip(0..);
    let properties = properties.map(|(name, index)| (name, index, true));
    for (name, index, is_property) in tests.chain(properties) {
        if !name.contains(filter) {
            found.skipped += 1;
            continue;
        }
        let (case, drawn) = match is_property {
            false => one(&mut vm, index, name, &program, terminal),
            true => {
                let trials = Trials {
                    seed: args.seed,
                    cases: args.cases,
                    ..Trials::default()
                };
                property::one(&mut vm, (index, name), trials, &program, terminal)
            }
        };
        if !args.json {
            terminal.out(&(line(&case, terminal) + &drawn))?;
        }
        found.cases.push(case);
    }
    Ok(())
}

/// What came of a test, and why it failed, for people.
fn one(
    vm: &mut Vm,
    index: usize,
    name: &str,
    program: &Program,
    terminal: &Terminal,
) -> (Case, String) {
    let began = Instant::now();
    let done = vm.run_test(index).map(|report| report.outcome);
    let took: Duration = began.elapsed();
    let failed = !matches!(&done, Ok(outcome) if outcome.is_success());
    let (drawn, failure) = match failed {
        true => {
            let (drawn, failure) = told(done, program, terminal);
            (drawn, Some(failure))
        }
        false => (String::new(), None),
    };
    let name = name.to_owned();
    let case = Case {
        name,
        took,
        failure,
        property: None,
    };
    (case, drawn)
}

fn line(case: &Case, terminal: &Terminal) -> String {
    let word = match &case.failure {
        None => terminal.colored("ok", "32") + "  ",
        Some(_) => terminal.colored("FAIL", "1;31"),
    };
    let took = number::rough_time(case.took.as_nanos());
    let inputs = case.property.as_ref().and_then(|one| one.get("cases"));
    let inputs = inputs
        .and_then(Json::as_u64)
        .filter(|_| case.failure.is_none());
    let inputs = inputs.map_or_else(String::new, |count| {
        format!("{} inputs, ", number::grouped(count))
    });
    format!("{word} {} ({inputs}{took})\n", case.name)
}

/// Why a test failed: for people, and for programs.
pub(super) fn told(
    outcome: Result<Outcome, VmError>,
    program: &Program,
    terminal: &Terminal,
) -> (String, Json) {
    let sources = &program.warnings().sources;
    let text = match outcome {
        Ok(Outcome::Failed(found)) | Err(VmError::Start(found)) => {
            let drawn = failure::show(&found, sources, &program.image(), terminal);
            return (drawn, failure::json(&found, sources));
        }
        Ok(other) => other.to_string(),
        Err(error) => error.to_string(),
    };
    let failure = json!({ "kind": "ended", "code": "end", "name": text });
    (format!("     {text}\n"), failure)
}
