//! Blocks of cells: a session in both engines, and what it says of each cell.

use std::path::Path;
use std::time::Duration;

use theus::{InMemory, Report};
use theus_diag::render::Style;
use theus_session::{Engine, Event, Options, Refused, Session, cells};

/// How far cells are apart, in ns.
const MINUTE: i64 = 60_000_000_000;

/// What the cells of a block come to.
pub(crate) struct Transcript {
    /// A line or a report for each cell that says something.
    pub(crate) text: String,
    /// Everything that was found.
    pub(crate) report: Report,
}

/// Runs the cells, so far apart; both engines say the same.
pub(crate) fn run(
    text: &str,
    sources: &InMemory,
    folder: &Path,
    apart: &str,
) -> Result<Transcript, String> {
    let apart = match apart {
        "cells" => Some(MINUTE),
        other => theus_vm::parse_duration(other),
    };
    let apart = apart.ok_or("`session=` takes `cells`, a minute apart, or a time")?;
    let apart = Duration::from_nanos(apart.unsigned_abs());
    let with = |engine| transcript(text, sources, folder, (engine, apart));
    let (machine, interpreter) = (with(Engine::Machine), with(Engine::Interpreter));
    match machine.text == interpreter.text {
        true => Ok(machine),
        false => Err(format!(
            "the engines differ:\n{}\n{}",
            machine.text, interpreter.text
        )),
    }
}

fn transcript(
    text: &str,
    sources: &InMemory,
    folder: &Path,
    (engine, apart): (Engine, Duration),
) -> Transcript {
    let options = Options {
        engine,
        directory: folder.to_owned(),
        ..Options::default()
    };
    let mut session = Session::new(Box::new(sources.clone()), options);
    let mut out = Transcript {
        text: String::new(),
        report: Report::default(),
    };
    for (cell, at) in cells(text).iter().zip(0_u32..) {
        let mut clock = || apart * at;
        let said = match session.run(cell, &mut clock, None) {
            Ok(done) => {
                let shown = done.shown.map(|shown| shown.value + "\n");
                let events: String = done.events.iter().map(event).collect();
                let warnings = done.warnings.render(Style::default());
                out.report.found.extend(done.warnings.found);
                format!("{warnings}{}{events}", shown.unwrap_or_default())
            }
            Err(Refused::Report(report)) => {
                let text = report.render(Style::default());
                out.report.found.extend(report.found);
                text
            }
            Err(other) => format!("failed: {other}\n"),
        };
        if !said.is_empty() {
            out.text += &format!("[{}] {said}", at + 1);
        }
    }
    out
}

fn event(event: &Event) -> String {
    match event {
        Event::Clean {
            trigger, dropped, ..
        } => {
            let dropped = dropped.join(", ");
            format!("clean-up ({}): {dropped}\n", trigger.name())
        }
        Event::Trim { cells, .. } => format!("trim: {cells}\n"),
        Event::Run { name, failure } => match failure {
            None => format!("ran {name}\n"),
            Some(why) => format!("{name}: {why}\n"),
        },
        Event::Unwritten { paths } => format!("not written: {}\n", paths.join(", ")),
    }
}
