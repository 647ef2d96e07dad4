//! The table of checks, for people.

use std::fmt::Write as _;

use super::{Check, Proofs, State, Totals};

/// Characters of source in a row.
const WIDTH: usize = 32;

/// What stands at a check, in one short line.
pub(super) fn short(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= WIDTH {
        return line;
    }
    let cut: String = line.chars().take(WIDTH - 1).collect();
    format!("{cut}…")
}

impl Proofs {
    /// The table: by file and process; `paint` may colour the word of a state.
    pub fn text(&self, paint: &dyn Fn(State, &str) -> String) -> String {
        let mut out = String::new();
        let width = |of: fn(&Check) -> usize| self.checks.iter().map(of).max();
        let fault = width(|check| check.fault.chars().count()).unwrap_or(0);
        let source = width(|check| check.source.chars().count()).unwrap_or(0);
        let (mut file, mut within) = ("", "");
        for check in &self.checks {
            if file != check.file {
                let _ = writeln!(out, "{}", check.file);
                within = "";
            }
            if within != check.within {
                let _ = writeln!(out, "  {}", check.within);
            }
            (file, within) = (&check.file, &check.within);
            let word = paint(check.state, &format!("{:7}", check.state.name()));
            let place = format!("{}:{}", check.line, check.column);
            let row = format!(
                "    {place:>7}  {word}  {:fault$}  {:source$}  {}",
                check.fault, check.source, check.reason
            );
            let _ = writeln!(out, "{}", row.trim_end());
        }
        out + &self.totals()
    }

    /// The last lines of the table.
    pub fn totals(&self) -> String {
        let line = |name: &str, checks: &[Check]| {
            let found = Totals::of(checks);
            let word = if found.checks == 1 { "check" } else { "checks" };
            format!(
                "{name}{} {word}: {} proved ({} %), {} checked, {} refuted\n",
                found.checks,
                found.proved,
                found.share(),
                found.checked,
                found.refuted
            )
        };
        let mut out = line("", &self.checks);
        if !self.library.is_empty() {
            out += &line("of the library ", &self.library);
        }
        out
    }
}
