//! What came of tests: a line for people, an object for programs, JUnit for servers.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use crate::number::rough_time;
use crate::terminal::Terminal;

/// One test that has run.
#[derive(Debug)]
pub(super) struct Case {
    /// Its title, with the values of its parameters.
    pub(super) name: String,
    /// How long it took.
    pub(super) took: Duration,
    /// Why it failed, if it did: an object with `code`, `name`, and what there is to say.
    pub(super) failure: Option<Json>,
    /// Of a property: how many inputs it was tried with, and what broke it.
    pub(super) property: Option<Json>,
}

/// The tests of one file.
#[derive(Debug)]
pub(super) struct File {
    /// As it was named.
    pub(super) name: String,
    /// Those that ran, in order of text.
    pub(super) cases: Vec<Case>,
    /// How many were left out.
    pub(super) skipped: usize,
    /// Whether it was rejected: then it has no tests.
    pub(super) rejected: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Results {
    /// In the order in which they were named.
    pub(super) files: Vec<File>,
    /// How long all took, compilation included.
    pub(super) took: Duration,
}

impl Results {
    fn cases(&self) -> impl Iterator<Item = &Case> {
        self.files.iter().flat_map(|file| &file.cases)
    }

    /// How many failed.
    pub(super) fn failed(&self) -> usize {
        self.cases().filter(|case| case.failure.is_some()).count()
    }

    fn passed(&self) -> usize {
        self.cases().count() - self.failed()
    }

    fn skipped(&self) -> usize {
        self.files.iter().map(|file| file.skipped).sum()
    }

    fn rejected(&self) -> usize {
        self.files.iter().filter(|file| file.rejected).count()
    }

    /// The status of the command.
    pub(super) fn status(&self) -> u8 {
        match self.rejected() {
            0 => u8::from(self.failed() > 0),
            _ => 2,
        }
    }

    /// The last line.
    pub(super) fn summary(&self, terminal: &Terminal) -> String {
        let word = match self.status() {
            0 => terminal.colored("ok", "32"),
            _ => terminal.colored("FAILED", "1;31"),
        };
        let mut text = format!(
            "\ntest result: {word}. {} passed; {} failed",
            self.passed(),
            self.failed()
        );
        let rest = [
            (self.skipped(), "filtered out"),
            (self.rejected(), "rejected"),
        ];
        for (count, what) in rest.into_iter().filter(|(count, _)| *count > 0) {
            let _ = write!(text, "; {count} {what}");
        }
        text + &format!("; finished in {}\n", rough_time(self.took.as_nanos()))
    }

    /// For programs: one object, of a stable schema.
    pub(super) fn json(&self) -> String {
        let files = self.files.iter().map(|file| {
            json!({
                "file": file.name,
                "rejected": file.rejected,
                "filtered_out": file.skipped,
                "tests": file.cases.iter().map(case).collect::<Vec<_>>(),
            })
        });
        let value = json!({
            "schema": "theus.test/1",
            "passed": self.passed(),
            "failed": self.failed(),
            "filtered_out": self.skipped(),
            "wall_ns": nanos(self.took),
            "files": files.collect::<Vec<_>>(),
        });
        serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
    }

    /// For servers that show results.
    pub(super) fn junit(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let _ = writeln!(
            out,
            "<testsuites tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\">",
            self.cases().count() + self.rejected(),
            self.failed(),
            self.rejected(),
            seconds(self.took)
        );
        for file in &self.files {
            suite(&mut out, file);
        }
        out + "</testsuites>\n"
    }
}

fn case(case: &Case) -> Json {
    json!({
        "name": case.name,
        "passed": case.failure.is_none(),
        "wall_ns": nanos(case.took),
        "failure": case.failure,
        "property": case.property,
    })
}

fn suite(out: &mut String, file: &File) {
    let name = escaped(&file.name);
    let failed = file.cases.iter().filter(|case| case.failure.is_some());
    let took = file.cases.iter().map(|case| case.took).sum();
    let errors = usize::from(file.rejected);
    let _ = writeln!(
        out,
        "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"{errors}\" skipped=\"0\" time=\"{}\">",
        file.cases.len() + errors,
        failed.count(),
        seconds(took)
    );
    for case in &file.cases {
        let _ = write!(
            out,
            "    <testcase classname=\"{name}\" name=\"{}\" time=\"{}\"",
            escaped(&case.name),
            seconds(case.took)
        );
        match &case.failure {
            None => *out += "/>\n",
            Some(failure) => {
                let inputs = case.property.as_ref().map_or_else(String::new, inputs);
                let _ = writeln!(out, ">\n{}    </testcase>", why(failure, &inputs));
            }
        }
    }
    if file.rejected {
        let _ = writeln!(
            out,
            "    <testcase classname=\"{name}\" name=\"compiles\">\n      <error message=\"the program was rejected\"/>\n    </testcase>"
        );
    }
    *out += "  </testsuite>\n";
}

/// The inputs that broke a property, and how to find them again.
fn inputs(property: &Json) -> String {
    let broken = property.get("broken").and_then(|it| it.get("inputs"));
    let Some(inputs) = broken.and_then(Json::as_object) else {
        return String::new();
    };
    let inputs: Vec<_> = inputs
        .iter()
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    let seed = property.get("seed").and_then(Json::as_u64).unwrap_or(0);
    format!(" with {} (--seed {seed})", inputs.join(", "))
}

/// What failed, with its values, and where.
fn why(failure: &Json, inputs: &str) -> String {
    let text = |key: &str| failure.get(key).and_then(Json::as_str).unwrap_or_default();
    let none = Map::new();
    let values = failure.get("values").and_then(Json::as_object);
    let values = values.unwrap_or(&none).iter();
    let values: Vec<_> = values
        .map(|(name, value)| match value {
            Json::String(value) => format!("{name} = {value}"),
            other => format!("{name} = {other}"),
        })
        .collect();
    let parts = [text("name"), text("message"), &values.join(", ")];
    let said: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let number = |key: &str| failure.get(key).and_then(Json::as_u64);
    let place = number("line").zip(number("column"));
    let place = place.map_or_else(String::new, |(line, column)| {
        format!("{}:{line}:{column}", text("file"))
    });
    format!(
        "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
        escaped(text("code")),
        escaped(&said.join(": ")),
        escaped(&(place + inputs)),
    )
}

/// A text inside of XML: what it may not hold is not shown.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\n' => out += "&#10;",
            '\t' => out += "&#9;",
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                out.push('\u{fffd}');
            }
            c => out.push(c),
        }
    }
    out
}

fn seconds(time: Duration) -> String {
    format!("{:.6}", time.as_secs_f64())
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
