//! Measurements of an earlier run, as a file, and what has changed since.

use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};
use theus_diag::Code;

use super::measured::Measured;
use crate::number::rough_time;
use crate::problem::{Exit, plain};
use crate::terminal::Terminal;

/// The form of the file.
const SCHEMA: &str = "theus.bench/1";

/// What a file holds.
#[derive(Debug)]
pub(super) struct Baseline(Vec<Json>);

/// A bench as it was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    least: u64,
    p50: u64,
}

/// What has changed: by how many percent p50 is longer or shorter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// Both the least and p50 are longer than is allowed.
    Slower(Percent),
    /// Both are shorter by more than that.
    Faster(Percent),
    /// Neither.
    Same(Percent),
}

/// A change in percent, and what the time was, in ns.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Percent {
    by: f64,
    before: u64,
}

impl Baseline {
    /// Reads a file that `--save` has written.
    pub(super) fn read(path: &Path) -> Result<Self, Exit> {
        let refuse = |text: String| -> Exit {
            let title = format!("`{}` is no baseline: {text}", path.display());
            plain(Code::BadBaseline, title)
                .help("write one with `theusc bench --save FILE`")
                .into()
        };
        let text = fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
        let value: Json =
            serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        if value.get("schema").and_then(Json::as_str) != Some(SCHEMA) {
            return Err(refuse(format!("it does not say `{SCHEMA}`")));
        }
        let benches = value.get("benches").and_then(Json::as_array);
        Ok(Self(benches.cloned().unwrap_or_default()))
    }

    /// The bench of that file and title, as it was.
    pub(super) fn of(&self, found: &Measured) -> Option<Before> {
        let is = |one: &Json, key: &str, text: &str| {
            one.get(key).and_then(Json::as_str) == Some(text)
        };
        let same =
            |one: &&Json| is(one, "file", &found.file) && is(one, "name", &found.name);
        let one = self.0.iter().find(same)?;
        let time = |key: &str| one.get(key).and_then(Json::as_u64);
        Some(Before {
            least: time("min_ns")?,
            p50: time("p50_ns")?,
        })
    }
}

impl Before {
    /// What has changed; up to so many percent count as noise.
    pub(super) fn change(self, now: &Measured, within: f64) -> Change {
        let [least, p50, ..] = now.quantiles;
        let (least, by) = (percent(self.least, least), percent(self.p50, p50));
        let change = Percent {
            by,
            before: self.p50,
        };
        if least > within && by > within {
            Change::Slower(change)
        } else if least < -within && by < -within {
            Change::Faster(change)
        } else {
            Change::Same(change)
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share of a time")]
fn percent(before: u64, now: u64) -> f64 {
    let before = before.max(1) as f64;
    (now as f64 - before) / before * 100.0
}

impl Change {
    const fn parts(&self) -> (&'static str, &'static str, &Percent) {
        match self {
            Self::Slower(by) => ("slower", "1;31", by),
            Self::Faster(by) => ("faster", "32", by),
            Self::Same(by) => ("same", "0", by),
        }
    }

    /// `slower: p50 +31 % (was 1.2us)`.
    pub(super) fn text(&self, terminal: &Terminal) -> String {
        let (word, color, Percent { by, before }) = self.parts();
        let was = rough_time(u128::from(*before));
        let word = terminal.colored(word, color);
        format!("{word}: p50 {by:+.0} % (was {was})")
    }
}

/// All measurements: the file, and the answer of `--json`.
pub(super) fn text(all: &[Measured]) -> String {
    let value = json!({
        "schema": SCHEMA,
        "benches": all.iter().map(one).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}

fn one(found: &Measured) -> Json {
    let [least, p50, p90, p99, most] = found.quantiles;
    let change = found.change.as_ref().map(|change| {
        let (word, _, Percent { by, before }) = change.parts();
        json!({ "is": word, "p50_percent": by, "p50_before_ns": before })
    });
    json!({
        "file": found.file,
        "name": found.name,
        "samples": found.samples,
        "ticks": found.ticks,
        "min_ns": least,
        "p50_ns": p50,
        "p90_ns": p90,
        "p99_ns": p99,
        "max_ns": most,
        "histogram": found.histogram,
        "change": change,
    })
}
