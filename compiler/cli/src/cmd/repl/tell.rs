//! What came of a cell, for people.

use std::time::Duration;

use theus::memory::human;
use theus_diag::Severity;
use theus_session::{Cell, Event, Refused, Statistics};

use crate::terminal::Terminal;
use crate::{failure, number};

/// Longest value that is shown whole, in bytes.
const LONGEST: usize = 4000;

/// Its value, what it could not keep, and what happened after it.
pub(super) fn cell(cell: &Cell) -> String {
    let mut text = String::new();
    if let Some(shown) = &cell.shown {
        text += &short(&shown.value);
        text.push('\n');
    }
    for (name, ty) in &cell.forgotten {
        text += &match name.as_str() {
            "it" => format!(
                "a value of type `{ty}` cannot be shown: it lives in its cell only\n"
            ),
            _ => format!("`{name}` is not kept: `{ty}` lives in its cell only\n"),
        };
    }
    for event in &cell.events {
        text += &self::event(event);
        text.push('\n');
    }
    text
}

fn short(value: &str) -> String {
    match value.char_indices().find(|(at, _)| *at >= LONGEST) {
        Some((at, _)) => {
            let shown = value.get(..at).unwrap_or_default();
            let all = number::grouped(value.len() as u64);
            format!("{shown} … {all} bytes in all")
        }
        None => value.to_owned(),
    }
}

/// An event in a line.
pub(super) fn event(event: &Event) -> String {
    match event {
        Event::Clean {
            trigger,
            dropped,
            statistics,
        } => {
            let dropped = match dropped.as_slice() {
                [] => "nothing dropped".to_owned(),
                names => format!("dropped {}", names.join(", ")),
            };
            let why = trigger.name();
            format!(
                "clean-up ({why}): {dropped}\n  {}",
                self::statistics(statistics)
            )
        }
        Event::Trim { cells, statistics } => format!(
            "trim: {} can no longer be undone\n  {}",
            cells_of(*cells as u64),
            self::statistics(statistics)
        ),
        Event::Run { name, failure } => match failure {
            None => format!("ran {name}"),
            Some(why) => format!("{name} was not run: {why}"),
        },
        Event::Unwritten { paths } => format!(
            "sinks write nothing in a session: {}; read fields by their names, or `theusc run` the file",
            paths.join(", ")
        ),
    }
}

/// What a session counts, in a line.
pub(super) fn statistics(counted: &Statistics) -> String {
    let kept = match counted.preserved.as_slice() {
        [] => "nothing".to_owned(),
        names => names.join(", "),
    };
    format!(
        "{}, {} on average, memory {:.1} % full, idle {} before, kept {kept}",
        cells_of(counted.executions),
        time(counted.average),
        counted.pressure * 100.0,
        time(counted.idle),
    )
}

fn cells_of(count: u64) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{} cell{end}", number::grouped(count))
}

fn time(time: Duration) -> String {
    number::rough_time(time.as_nanos())
}

/// The first line of a cell, cut where it is long.
pub(super) fn first_line(cell: &str) -> String {
    let mut lines = cell.trim().lines();
    let line = lines.next().unwrap_or_default();
    let short: String = line.chars().take(60).collect();
    match short.len() < line.len() || lines.next().is_some() {
        true => format!("{short} …"),
        false => short,
    }
}

/// Whether all errors are in cells before the last one: it has declared something anew.
pub(super) fn is_of_earlier(report: &theus::Report) -> bool {
    let number = |file| {
        let source = report.sources.iter().find(|source| source.id == file)?;
        source.name.strip_prefix("cell ")?.parse::<u64>().ok()
    };
    let cells = report.sources.iter().filter_map(|source| number(source.id));
    let Some(last) = cells.max() else {
        return false;
    };
    let errors = report
        .found
        .iter()
        .filter(|found| found.severity() == Severity::Error);
    let mut places = errors
        .map(|found| number(found.primary.span.file))
        .peekable();
    places.peek().is_some() && places.all(|place| place.is_some_and(|cell| cell < last))
}

/// Why a cell changed nothing.
pub(super) fn refused(refused: Refused, terminal: &Terminal) -> String {
    match refused {
        Refused::Report(report) => report.to_string(),
        Refused::Failed {
            failure,
            image,
            sources,
        } => failure::show(&failure, &sources, &image, terminal),
        Refused::Declared { text, loc, sources } => {
            let title = text.unwrap_or_else(|| "the program says that it failed".into());
            failure::declared(&title, loc, &sources, terminal)
        }
        Refused::Interrupted => "interrupted: the cell has changed nothing".to_owned(),
        Refused::Machine(error) => format!("error: {error}"),
    }
}

/// Bytes for people.
pub(super) fn bytes(count: u64) -> String {
    human(count)
}
