//! What every answer must have, whatever the text was.

use theus::{Options, Program, Report, Sources, Text, compile};
use theus_abi::Code as Engine;
use theus_diag::render::{self, Style};
use theus_diag::{Code, NOWHERE};
use theus_grammar::Span;
use theus_vm::{Control, LoadOptions, Vm, VmError};

/// Ticks of each accepted program.
const TICKS: u64 = 3;

/// The answer to a text.
pub(crate) enum Answer {
    /// It is a program.
    Accepted(Box<Program>),
    /// It is none; how many diagnostics there are.
    Rejected(Report),
}

/// Compiles a text with its tests, which is what a check does, and makes machine code of
/// what is accepted.
pub(crate) fn answer(text: Text, sources: &dyn Sources) -> Answer {
    let options = Options {
        tests: true,
        ..Options::default()
    };
    match compile(text, sources, &options) {
        Ok(program) => Answer::Accepted(Box::new(program)),
        Err(report) => Answer::Rejected(*report),
    }
}

/// What is wrong with an answer.
pub(crate) fn complaint(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Accepted(program) => of_report(program.warnings(), false),
        Answer::Rejected(report) => of_report(report, true),
    }
}

/// What is wrong with a report.
pub(crate) fn of_report(report: &Report, rejected: bool) -> Option<String> {
    if report.has_errors() != rejected {
        return Some(format!("rejected is {rejected}, but:\n{report}"));
    }
    for found in &report.found {
        if found.code == Code::Internal {
            return Some(format!("internal error: {}", found.primary.text));
        }
        let edits = found.fixes.iter().flat_map(|fix| &fix.edits);
        let spans = std::iter::once(found.primary.span)
            .chain(found.labels.iter().map(|label| label.span))
            .chain(edits.map(|(span, _)| *span));
        for span in spans {
            if !is_inside(span, report) {
                return Some(format!("{span:?} is not in the text: {found:?}"));
            }
        }
    }
    rendered(report);
    None
}

fn is_inside(span: Span, report: &Report) -> bool {
    if span == NOWHERE {
        return true;
    }
    let source = report.sources.get(span.file.0 as usize);
    source.is_some_and(|source| {
        source
            .text
            .get(span.start as usize..span.end as usize)
            .is_some()
    })
}

/// All four forms of a report; the length of them, so that they are made.
fn rendered(report: &Report) -> usize {
    let style = Style {
        width: 80,
        color: true,
    };
    let (found, sources) = (&report.found, &report.sources);
    let short = found
        .iter()
        .map(|one| render::short::render(one, sources).len());
    short.sum::<usize>()
        + report.render(style).len()
        + report.to_string().len()
        + render::json::render(found, sources).len()
        + render::sarif::render(found, sources).len()
}

/// Steps of the interpreter after which a program counts as long.
const STEPS: u64 = 100_000;

/// Runs a program a little. A changed number can make a loop of a second into one of a
/// century, which is a program like any other: only what the interpreter finishes within
/// [`STEPS`] runs as machine code.
pub(crate) fn run(program: &Program, code: theus_codegen::Machine) -> Result<(), String> {
    let mut interpreter = program.interpreter().map_err(|report| report.to_string())?;
    interpreter.fuel = Some(STEPS);
    if !run_in(program, Box::new(interpreter))? {
        return Ok(());
    }
    run_in(program, Box::new(code)).map(|_| ())
}

/// Runs the pipelines one after the other; whether all came to an end.
fn run_in(program: &Program, code: Box<dyn Engine>) -> Result<bool, String> {
    let load = LoadOptions {
        sinks: None,
        most_memory: 1 << 30,
        ..LoadOptions::default()
    };
    let image = program.image();
    let pipelines = image.pipelines.len();
    let mut vm = Vm::load(image, code, load).map_err(|error| error.to_string())?;
    // A source whose file is missing or a global that breaks an invariant ends here.
    if let Err(error) = vm.start() {
        return Ok(!is_long(&error));
    }
    for pipeline in 0..pipelines {
        // A run that fails is one that a program may have.
        let result = vm.run(pipeline, TICKS, &mut Control::default());
        if result.is_err_and(|error| is_long(&error)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the interpreter has stopped because its steps were used up.
fn is_long(error: &VmError) -> bool {
    error.to_string().contains("step limit")
}
