//! The audit log outside of the memory block: its entries as rows of a file, written after
//! every batch in which there were some, so that a run that is killed leaves what it had.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use theus_abi::Memory;
use theus_abi::audit::{self, ENTRIES, Entry};
use theus_abi::image::{ArgKind, Image, SiteKind};

use crate::error::StreamError;

/// How the file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogForm {
    /// Comma-separated values, one header row.
    Csv,
    /// One JSON object on each line.
    JsonLines,
}

/// Where something stands in the source, and its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// `main.theus:12:5`.
    pub place: String,
    /// `abs(x[1]) <= 0.5`.
    pub text: String,
}

/// The file of an audit log.
#[derive(Debug)]
pub(crate) struct LogFile {
    path: PathBuf,
    out: BufWriter<File>,
    form: LogForm,
    /// By site.
    sites: Vec<Told>,
    /// By alert.
    alerts: Vec<Told>,
    /// Entries written.
    seen: u64,
}

/// What a row says besides numbers.
struct Words<'a> {
    level: Option<char>,
    name: &'a str,
    process: &'a str,
    told: Option<&'a Told>,
    args: &'a [(String, ArgKind)],
}

impl LogFile {
    pub(crate) fn create(
        path: &Path,
        form: LogForm,
        sites: Vec<Told>,
        alerts: Vec<Told>,
    ) -> Result<Self, StreamError> {
        let file = File::create(path).map_err(|error| failed(path, &error))?;
        let mut log = Self {
            path: path.to_owned(),
            out: BufWriter::new(file),
            form,
            sites,
            alerts,
            seen: 0,
        };
        if form == LogForm::Csv {
            let head = b"tick,time_ns,event,level,name,process,place,rule,values\n";
            let written = log.out.write_all(head).and_then(|()| log.out.flush());
            written.map_err(|error| failed(path, &error))?;
        }
        Ok(log)
    }

    /// Writes the entries that are new.
    pub(crate) fn follow(
        &mut self,
        image: &Image,
        memory: &Memory,
    ) -> Result<(), StreamError> {
        let count = audit::count(image, memory);
        if count == self.seen {
            return Ok(());
        }
        let lost = count.saturating_sub(self.seen).saturating_sub(ENTRIES);
        let written = self.rows(image, memory, lost);
        self.seen = count;
        written.map_err(|error| failed(&self.path, &error))
    }

    fn rows(&mut self, image: &Image, memory: &Memory, lost: u64) -> io::Result<()> {
        if lost > 0 {
            match self.form {
                LogForm::Csv => writeln!(self.out, ",,lost,,,,,,entries={lost}")?,
                LogForm::JsonLines => {
                    writeln!(self.out, "{{\"event\":\"lost\",\"entries\":{lost}}}")?;
                }
            }
        }
        let Self {
            out,
            form,
            sites,
            alerts,
            seen,
            ..
        } = self;
        for entry in audit::entries(image, memory, *seen) {
            let words = words(image, &entry, sites, alerts);
            match form {
                LogForm::Csv => csv_row(out, &entry, &words)?,
                LogForm::JsonLines => json_row(out, &entry, &words)?,
            }
        }
        out.flush()
    }
}

fn failed(path: &Path, error: &io::Error) -> StreamError {
    crate::stream::plain_error(path, error)
}

fn words<'a>(
    image: &'a Image,
    entry: &Entry,
    sites: &'a [Told],
    alerts: &'a [Told],
) -> Words<'a> {
    let at = usize::try_from(entry.index).unwrap_or(usize::MAX);
    if entry.event.is_alert() {
        let alert = image.alerts.get(at);
        return Words {
            level: None,
            name: alert.map_or("", |alert| &alert.name),
            process: "",
            told: alerts.get(at),
            args: alert.map_or(&[], |alert| &alert.args),
        };
    }
    let site = image.sites.get(at);
    let rule = audit::rule_of(image, entry.index);
    let process = site.and_then(|site| site.process);
    let process = process.and_then(|at| image.processes.get(usize::try_from(at).ok()?));
    let fault = site.map_or("", |site| match site.kind {
        SiteKind::Fault(fault) => fault.name(),
        SiteKind::Raise(error) => {
            let error = usize::try_from(error).ok();
            let name = error.and_then(|at| image.errors.get(at));
            name.map_or("", String::as_str)
        }
        SiteKind::Share => "",
    });
    Words {
        level: rule.map(|rule| rule.level),
        name: rule.map_or(fault, |rule| &rule.context),
        process: process.map_or("", |process| &process.name),
        told: sites.get(at),
        args: site.map_or(&[], |site| &site.args),
    }
}

fn csv_row(out: &mut impl Write, entry: &Entry, words: &Words<'_>) -> io::Result<()> {
    write!(out, "{},{},{},", entry.tick, entry.time, entry.event.name())?;
    if let Some(level) = words.level {
        write!(out, "{level}")?;
    }
    write!(out, ",")?;
    let (place, text) = words
        .told
        .map_or(("", ""), |told| (told.place.as_str(), told.text.as_str()));
    for cell in [words.name, words.process, place, text] {
        csv_cell(out, cell)?;
        write!(out, ",")?;
    }
    for (at, ((label, kind), bits)) in words.args.iter().zip(entry.args).enumerate() {
        let blank = if at > 0 { " " } else { "" };
        write!(out, "{blank}{label}=")?;
        operand(out, *kind, bits)?;
    }
    writeln!(out)
}

fn csv_cell(out: &mut impl Write, text: &str) -> io::Result<()> {
    if !text.contains([',', '"', '\n', '\r']) {
        return write!(out, "{text}");
    }
    write!(out, "\"")?;
    for (at, part) in text.split('"').enumerate() {
        let quote = if at > 0 { "\"\"" } else { "" };
        write!(out, "{quote}{part}")?;
    }
    write!(out, "\"")
}

fn json_row(out: &mut impl Write, entry: &Entry, words: &Words<'_>) -> io::Result<()> {
    let (tick, time, event) = (entry.tick, entry.time, entry.event.name());
    write!(
        out,
        "{{\"tick\":{tick},\"time_ns\":{time},\"event\":\"{event}\""
    )?;
    if let Some(level) = words.level {
        write!(out, ",\"level\":\"{level}\"")?;
    }
    let told = words.told;
    let texts = [
        ("name", words.name),
        ("process", words.process),
        ("place", told.map_or("", |told| &told.place)),
        ("rule", told.map_or("", |told| &told.text)),
    ];
    for (key, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        write!(out, ",\"{key}\":")?;
        json_text(out, text)?;
    }
    write!(out, ",\"values\":{{")?;
    for (at, ((label, kind), bits)) in words.args.iter().zip(entry.args).enumerate() {
        let comma = if at > 0 { "," } else { "" };
        write!(out, "{comma}")?;
        json_text(out, label)?;
        write!(out, ":")?;
        let odd = *kind == ArgKind::Float && !f64::from_bits(bits).is_finite();
        let quote = if odd { "\"" } else { "" };
        write!(out, "{quote}")?;
        operand(out, *kind, bits)?;
        write!(out, "{quote}")?;
    }
    writeln!(out, "}}}}")
}

fn json_text(out: &mut impl Write, text: &str) -> io::Result<()> {
    write!(out, "\"")?;
    for letter in text.chars() {
        match letter {
            '"' | '\\' => write!(out, "\\{letter}")?,
            '\n' => write!(out, "\\n")?,
            letter if letter.is_control() => {
                write!(out, "\\u{:04x}", u32::from(letter))?;
            }
            letter => write!(out, "{letter}")?,
        }
    }
    write!(out, "\"")
}

/// An operand as a number; a duration in ns.
fn operand(out: &mut impl Write, kind: ArgKind, bits: u64) -> io::Result<()> {
    match kind {
        ArgKind::Int | ArgKind::Duration => write!(out, "{}", bits.cast_signed()),
        ArgKind::Uint => write!(out, "{bits}"),
        ArgKind::Float => write!(out, "{:?}", f64::from_bits(bits)),
        ArgKind::Bool => write!(out, "{}", bits != 0),
        // Where the text was may hold another by now.
        ArgKind::Text => write!(out, "\"…\""),
    }
}
