//! The file of a record: which run it is of, what the machine told it line by line, and up to
//! which tick.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{StreamError, VmError};
use crate::stream::plain_error;

/// The first line, with the version of the form.
const HEAD: &str = "theus record 1";
/// The beginning of every version of it.
const ANY_HEAD: &str = "theus record ";
/// Before the lines of values.
const COLUMNS: &str = "tick,word,bits";

/// What a record is of, as far as the VM cannot tell: which program, and what runs of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The name of the program, as people know it.
    pub program: String,
    /// A number for its text.
    pub text: u64,
    /// The pipeline that runs.
    pub pipeline: String,
}

/// Which run a record is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) of: Recorded,
    pub(crate) seed: u64,
    /// A number for what the fields held when the run began.
    pub(crate) state: u64,
}

/// A value that the machine tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostInput {
    /// At the beginning of that tick.
    pub tick: u64,
    /// Which of the host words of the image.
    pub word: u32,
    /// The value.
    pub bits: u64,
}

/// A record that is being written.
#[derive(Debug)]
pub(crate) struct Writer {
    path: PathBuf,
    out: BufWriter<File>,
    /// The tick at which the record has its end, if nothing came after that.
    ended: Option<u64>,
}

impl Writer {
    pub(crate) fn create(path: &Path, origin: &Origin) -> Result<Self, VmError> {
        let failed = |error: std::io::Error| plain_error(path, &error);
        let mut out = BufWriter::new(File::create(path).map_err(failed)?);
        let Origin { of, seed, state } = origin;
        let name = of.program.replace('\n', " ");
        write!(
            out,
            "{HEAD}\nprogram,{:016x},{name}\npipeline,{}\nseed,{seed}\nstate,{state:016x}\n{COLUMNS}\n",
            of.text, of.pipeline
        )
        .and_then(|()| out.flush())
        .map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            out,
            ended: None,
        })
    }

    pub(crate) fn input(&mut self, input: HostInput) -> Result<(), StreamError> {
        let HostInput { tick, word, bits } = input;
        self.ended = None;
        let done = writeln!(self.out, "{tick},{word},{bits}");
        done.map_err(|error| plain_error(&self.path, &error))
    }

    /// Everything up to that tick was told.
    pub(crate) fn end(&mut self, tick: u64) -> Result<(), StreamError> {
        if self.ended.replace(tick) == Some(tick) {
            return Ok(());
        }
        let done = writeln!(self.out, "end,{tick}").and_then(|()| self.out.flush());
        done.map_err(|error| plain_error(&self.path, &error))
    }

    pub(crate) fn flush(&mut self) -> Result<(), StreamError> {
        self.out
            .flush()
            .map_err(|error| plain_error(&self.path, &error))
    }
}

/// The error of a run that is longer than its record.
pub(crate) fn goes_on(path: &Path, end: u64) -> StreamError {
    let text =
        format!("the record ends at tick {end}: end the run there, `--ticks {end}`");
    plain_error(path, &text)
}

/// What a record tells, and up to which tick, if it is one of this run, whose machine is asked
/// so many things.
pub(crate) fn read(path: &Path, origin: &Origin, words: usize) -> Result<Told, VmError> {
    let refused = |(text, help): (String, String)| VmError::Record {
        path: path.display().to_string(),
        text,
        help,
    };
    let bytes = fs::read(path)
        .map_err(|error| refused((format!("cannot be read: {error}"), again())))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| refused(("is no record of a run".to_owned(), again())))?;
    inputs(&text, origin, words).map_err(refused)
}

/// The values of a record, and the tick at which it ends.
type Told = (Vec<HostInput>, u64);

/// What is wrong with a record, and what to do.
type Wrong = (String, String);

fn again() -> String {
    "`theusc run FILE --record RECORD` writes one".to_owned()
}

fn inputs(text: &str, origin: &Origin, words: usize) -> Result<Told, Wrong> {
    let mut lines = text.lines().zip(1_u64..);
    let mut head = || lines.next().map_or("", |(line, _)| line);
    match head() {
        HEAD => {}
        line if line.starts_with(ANY_HEAD) => {
            let text = "is a record of another release of Theus";
            return Err((text.to_owned(), again()));
        }
        _ if text.trim().is_empty() => return Err(("is empty".to_owned(), again())),
        _ => return Err(("is no record of a run".to_owned(), again())),
    }
    same_run([head(), head(), head(), head()], origin)?;
    if head() != COLUMNS {
        return Err(cut(0));
    }
    let mut found = Vec::new();
    let mut end: Option<u64> = None;
    for (line, number) in lines {
        if let Some(tick) = line.strip_prefix("end,").and_then(|tick| tick.parse().ok()) {
            end = Some(tick);
            continue;
        }
        end = None;
        let known = |input: &HostInput| (input.word as usize) < words;
        match input(line).filter(known) {
            Some(input) => found.push(input),
            None if text.lines().count() as u64 == number => break,
            None => {
                let text =
                    format!("cannot be read: line {number} is no line of a record");
                return Err((text, again()));
            }
        }
    }
    let last = found.last().map_or(0, |input: &HostInput| input.tick);
    match end {
        Some(end) if end >= last && text.ends_with('\n') => Ok((found, end)),
        _ => Err(cut(last)),
    }
}

/// A record without its end.
fn cut(last: u64) -> Wrong {
    let text = format!("ends in the middle, at tick {last}");
    let help = format!(
        "the run that wrote it was killed, or the file was cut: record it again, or end it with the line `end,{last}`"
    );
    (text, help)
}

/// Holds what a record says of its run against the run that is to be.
fn same_run(lines: [&str; 4], origin: &Origin) -> Result<(), Wrong> {
    let [program, pipeline, seed, state] = lines;
    let program = program.strip_prefix("program,");
    let program = program.and_then(|rest| rest.split_once(','));
    let number = |text: &str| u64::from_str_radix(text, 16).ok();
    let (Some((text, name)), Some(pipeline), Some(seed), Some(state)) = (
        program.and_then(|(text, name)| Some((number(text)?, name))),
        pipeline.strip_prefix("pipeline,"),
        seed.strip_prefix("seed,")
            .and_then(|seed| seed.parse::<u64>().ok()),
        state.strip_prefix("state,").and_then(number),
    ) else {
        return Err(cut(0));
    };
    let of = &origin.of;
    if text != of.text {
        return Err(if name == of.program {
            let text = format!("is a record of `{name}` as it was before a change");
            (
                text,
                "what the machine told belongs to the program as it was: record it again"
                    .to_owned(),
            )
        } else {
            let text = format!("is a record of another program, `{name}`");
            (text, again())
        });
    }
    if pipeline != of.pipeline {
        let text = format!(
            "is a record of the pipeline `{pipeline}`, not of `{}`",
            of.pipeline
        );
        return Err((text, format!("run the same: `--pipeline {pipeline}`")));
    }
    if seed != origin.seed {
        let text = format!(
            "was recorded with the seed {seed}, and this run has {}",
            origin.seed
        );
        return Err((text, format!("run it with the same: `--seed {seed}`")));
    }
    if state != origin.state {
        let text = "was recorded of a run that began with other values".to_owned();
        let help =
            "give the same `--set`, `--config` and `--load` as when it was recorded";
        return Err((text, help.to_owned()));
    }
    Ok(())
}

fn input(line: &str) -> Option<HostInput> {
    let mut parts = line.split(',');
    let input = HostInput {
        tick: parts.next()?.parse().ok()?,
        word: parts.next()?.parse().ok()?,
        bits: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> Origin {
        Origin {
            of: Recorded {
                program: "main.theus".to_owned(),
                text: 7,
                pipeline: "main".to_owned(),
            },
            seed: 3,
            state: 9,
        }
    }

    const GOOD: &str = "theus record 1\nprogram,0000000000000007,main.theus\npipeline,main\nseed,3\nstate,0000000000000009\ntick,word,bits\n0,0,5\n10,1,6\nend,20\n";

    #[test]
    fn a_record_is_read() {
        let (found, end) = inputs(GOOD, &origin(), 2).unwrap();
        assert_eq!((found.len(), end), (2, 20));
        let (tick, word, bits) = (10, 1, 6);
        assert_eq!(found.last(), Some(&HostInput { tick, word, bits }));
    }

    #[test]
    fn every_cut_is_told() {
        for end in 0..GOOD.len() {
            let found = inputs(GOOD.get(..end).unwrap_or_default(), &origin(), 2);
            assert!(found.is_err(), "read up to byte {end}");
        }
    }

    #[test]
    fn records_of_others_are_refused() {
        let cases = [
            ("main.theus", "other.theus", ""),
            ("0007", "0008", "before a change"),
            ("0007,main", "0008,other", "another program, `other.theus`"),
            (
                "pipeline,main",
                "pipeline,slow",
                "the pipeline `slow`, not of `main`",
            ),
            ("seed,3", "seed,4", "the seed 4, and this run has 3"),
            ("0009", "0001", "other values"),
            ("record 1", "record 2", "another release"),
            ("10,1,6", "10,2,6", "line 8"),
            ("10,1,6", "10,1,6,4", "line 8"),
            ("10,1,6", "30,1,6", "ends in the middle"),
        ];
        for (from, to, said) in cases {
            let text = GOOD.replace(from, to);
            assert_ne!(text, GOOD);
            match inputs(&text, &origin(), 2) {
                Ok(_) => assert_eq!(said, "", "{to} is taken"),
                Err((text, _)) => assert!(text.contains(said), "{to}: {text}"),
            }
        }
    }
}
