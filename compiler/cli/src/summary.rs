//! What came of a run, for people and for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json, json};
use theus::Program;
use theus_abi::image::{Format, Image, SiteKind};
use theus_vm::{FailureKind, Outcome, Report, Times, Vm};

use crate::number::{grouped, rough, rough_time, time};
use crate::{failure, state};

/// What the ticks of a run took from the system.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    /// Allocations after the first tick; `None` if there was no other.
    pub(crate) allocations: Option<u64>,
    /// Growth of resident memory after the first tick, in pages, where the system tells.
    pub(crate) pages: Option<i64>,
}

/// A run that has ended.
#[derive(Debug)]
pub(crate) struct Summary<'a> {
    pub(crate) program: &'a Program,
    pub(crate) vm: &'a Vm,
    pub(crate) pipeline: usize,
    pub(crate) report: &'a Report,
    pub(crate) memory: Memory,
    pub(crate) out: &'a Path,
    /// Where its pictures are.
    pub(crate) pictures: &'a [PathBuf],
}

impl Summary<'_> {
    /// For people.
    pub(crate) fn text(&self) -> String {
        let report = self.report;
        let mut out = String::new();
        let mut line = |name: &str, text: String| {
            let _ = writeln!(out, "{name:12} {text}");
        };
        line("pipeline", self.name().to_owned());
        line("ended", self.ended());
        if !self.vm.image().strict {
            line(
                "strict",
                "off: contracts, ranges and transactions are not there".to_owned(),
            );
            line("checks kept", kept_text(&kept_checks(self.vm.image())));
            if report.dirty {
                line("contexts", "dirty: what failed was not undone".to_owned());
            }
        }
        let ticks = grouped(report.ticks);
        match report.time {
            0 => line("ticks", ticks),
            ns => line("ticks", format!("{ticks}, {}", time(ns.unsigned_abs()))),
        }
        line("wall time", self.wall());
        if report.faults > 0 {
            line("faults", grouped(report.faults));
        }
        if let Some(count) = self.memory.allocations {
            line(
                "allocations",
                format!("{} after the first tick", grouped(count)),
            );
        }
        if let Some(pages) = self.memory.pages {
            let word = if pages == 1 { "page" } else { "pages" };
            line(
                "memory",
                format!("{}, grown by {pages} {word}", self.block()),
            );
        }
        self.deadlines(&mut out);
        self.profile(&mut out);
        self.pace(&mut out);
        self.state(&mut out);
        self.sinks(&mut out);
        out
    }

    fn name(&self) -> &str {
        let pipeline = self.vm.image().pipelines.get(self.pipeline);
        pipeline.map_or("", |pipeline| pipeline.name.as_str())
    }

    fn ended(&self) -> String {
        match &self.report.outcome {
            Outcome::Interrupted => {
                format!("interrupted at tick {}", grouped(self.report.total_ticks))
            }
            Outcome::Failed(found) => match &found.kind {
                FailureKind::Fault(fault) => format!("failed: {}", fault.title()),
                FailureKind::Error(name) => format!("failed: error {name}"),
            },
            other => other.to_string(),
        }
    }

    fn wall(&self) -> String {
        let wall = self.report.wall;
        let rate = u128::from(self.report.ticks) * 1_000_000_000 / wall.as_nanos().max(1);
        let rate = grouped(rough(u64::try_from(rate).unwrap_or(u64::MAX)));
        format!("{} ({rate} ticks/s)", rough_time(wall.as_nanos()))
    }

    fn block(&self) -> String {
        theus::memory::human(u64::try_from(self.vm.memory_size()).unwrap_or(u64::MAX))
    }

    fn deadlines(&self, out: &mut String) {
        let width = self
            .report
            .deadlines
            .iter()
            .map(|one| one.process.chars().count())
            .max();
        let Some(width) = width.map(|width| width.max(12)) else {
            return;
        };
        let _ = writeln!(
            out,
            "\n{:width$} {:>9} {:>9} {:>9} {:>9} {:>9} {:>6}",
            "deadlines", "limit", "samples", "p50", "p99", "max", "late"
        );
        for one in &self.report.deadlines {
            let _ = writeln!(
                out,
                "{:width$} {:>9} {:>9} {:>9} {:>9} {:>9} {:>6}",
                one.process,
                time(one.deadline.unsigned_abs()),
                grouped(one.times.samples),
                time(one.times.p50),
                time(one.times.p99),
                time(one.times.max),
                grouped(one.late)
            );
        }
    }

    /// Where the time of the measured ticks went.
    fn profile(&self, out: &mut String) {
        let rows = &self.report.profile;
        let Some(width) = rows.iter().map(|one| one.process.chars().count()).max() else {
            return;
        };
        let width = width.max(12);
        let all: u64 = rows.iter().map(|one| one.times.total).sum();
        let _ = writeln!(
            out,
            "\n{:width$} {:>7} {:>7} {:>9} {:>9} {:>9} {:>9}",
            "profile", "share", "sum", "samples", "p50", "p99", "max"
        );
        let mut sum = 0;
        let share = |part: u64| {
            let tenths = u128::from(part) * 1000 / u128::from(all.max(1));
            format!("{}.{} %", tenths / 10, tenths % 10)
        };
        for one in rows {
            sum += one.times.total;
            let _ = writeln!(
                out,
                "{:width$} {:>7} {:>7} {:>9} {:>9} {:>9} {:>9}",
                one.process,
                share(one.times.total),
                share(sum),
                grouped(one.times.samples),
                time(one.times.p50),
                time(one.times.p99),
                time(one.times.max)
            );
        }
    }

    /// How late ticks began, beside what this machine does with a loop that does nothing.
    fn pace(&self, out: &mut String) {
        let Some(pace) = &self.report.pace else {
            return;
        };
        let rows = [("ticks", &pace.lateness), ("empty loop", &pace.empty)];
        let _ = writeln!(
            out,
            "\n{:12} {:>9} {:>9} {:>9} {:>9} {:>6}",
            "lateness", "samples", "p50", "p99", "max", "misses"
        );
        for ((name, times), misses) in rows.into_iter().zip([Some(pace.misses), None]) {
            let row = format!(
                "{name:12} {:>9} {:>9} {:>9} {:>9} {:>6}",
                grouped(times.samples),
                time(times.p50),
                time(times.p99),
                time(times.max),
                misses.map_or_else(String::new, grouped)
            );
            let _ = writeln!(out, "{}", row.trim_end());
        }
    }

    fn state(&self, out: &mut String) {
        for (context, fields) in state::contexts(self.vm) {
            let _ = writeln!(out, "\n{context}");
            let width = fields
                .iter()
                .map(|(name, _)| name.chars().count())
                .max()
                .unwrap_or(0);
            let width = width.max(10);
            for (name, value) in fields {
                let _ = writeln!(out, "  {name:width$} {}", state::short(&value));
            }
        }
    }

    fn sinks(&self, out: &mut String) {
        for (path, what, rows) in self.written() {
            let word = if rows == 1 {
                what.to_owned()
            } else {
                format!("{what}s")
            };
            let _ = writeln!(out, "\nwrote {path}: {} {word}", grouped(rows));
        }
    }

    /// Files of sinks, and how many rows or frames they have.
    fn written(&self) -> Vec<(String, &'static str, u64)> {
        let sinks = self.vm.image().sinks.iter();
        let written = sinks.filter_map(|sink| {
            let path = self.out.join(&sink.path);
            let (what, count) = match sink.format {
                Format::Csv => ("row", rows(&path)?),
                Format::Npy(_) => ("frame", frames(&path)?),
            };
            Some((path.display().to_string(), what, count))
        });
        written.collect()
    }

    /// For programs: one object, of a stable schema.
    pub(crate) fn json(&self) -> String {
        let report = self.report;
        let deadlines = report.deadlines.iter().map(|one| {
            json!({ "process": one.process, "deadline_ns": one.deadline, "samples": one.times.samples,
                "p50_ns": one.times.p50, "p99_ns": one.times.p99, "max_ns": one.times.max, "late": one.late })
        });
        let sinks = self
            .written()
            .into_iter()
            .map(|(path, _, rows)| json!({ "path": path, "rows": rows }));
        let times = |times: &Times| {
            json!({ "samples": times.samples, "p50_ns": times.p50, "p99_ns": times.p99,
                "max_ns": times.max })
        };
        let profile = report.profile.iter().map(|one| {
            json!({ "process": one.process, "samples": one.times.samples, "total_ns": one.times.total,
                "p50_ns": one.times.p50, "p99_ns": one.times.p99, "max_ns": one.times.max })
        });
        let pace = report.pace.as_ref().map(|pace| {
            json!({ "period_ns": pace.period, "misses": pace.misses,
                "lateness": times(&pace.lateness), "empty_loop": times(&pace.empty) })
        });
        let wall = u64::try_from(report.wall.as_nanos()).unwrap_or(u64::MAX);
        let value = json!({
            "schema": "theus.run/1",
            "pipeline": self.name(),
            "strict": self.vm.image().strict,
            "dirty": report.dirty,
            "checks": kept_checks(self.vm.image()),
            "outcome": self.outcome(),
            "ticks": report.ticks,
            "time_ns": report.time,
            "wall_ns": wall,
            "faults": report.faults,
            "allocations_after_first_tick": self.memory.allocations,
            "resident_pages_grown": self.memory.pages,
            "memory_bytes": self.vm.memory_size(),
            "deadlines": deadlines.collect::<Vec<_>>(),
            "profile": profile.collect::<Vec<_>>(),
            "realtime": pace,
            "sinks": sinks.collect::<Vec<_>>(),
            "pictures": self.pictures.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
            "state": self.exact_state(),
        });
        serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
    }

    fn exact_state(&self) -> Json {
        let contexts = state::contexts(self.vm)
            .into_iter()
            .map(|(context, fields)| {
                let fields = fields
                    .iter()
                    .map(|(name, value)| (name.clone(), state::exact(value)));
                (context, Json::Object(fields.collect::<Map<_, _>>()))
            });
        Json::Object(contexts.collect::<Map<_, _>>())
    }

    fn outcome(&self) -> Json {
        let text = |text: &Option<String>| {
            text.as_deref().map_or(Json::Null, |text| json!(text))
        };
        match &self.report.outcome {
            Outcome::Reached => json!({ "kind": "reached" }),
            Outcome::Stopped { text: said, .. } => {
                json!({ "kind": "stopped", "text": text(said) })
            }
            Outcome::Declared { text: said, .. } => {
                json!({ "kind": "failed", "text": text(said) })
            }
            Outcome::SourceEnded => json!({ "kind": "source-ended" }),
            Outcome::Interrupted => json!({ "kind": "interrupted" }),
            Outcome::Stream(error) => {
                json!({ "kind": "stream", "text": error.to_string() })
            }
            Outcome::Failed(found) => {
                failure::json(found, &self.program.warnings().sources)
            }
        }
    }
}

/// Rows of a CSV file: its lines without the header.
fn rows(path: &Path) -> Option<u64> {
    let bytes = fs::read(path).ok()?;
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
    u64::try_from(lines.saturating_sub(1)).ok()
}

/// Frames of an array file, as its header says.
fn frames(path: &Path) -> Option<u64> {
    let file = theus_vm::npy::Npy::open(path).ok()?;
    file.header.dims.first().copied()
}

/// The checks that the run has, with how many places there are.
fn kept_checks(image: &Image) -> BTreeMap<&'static str, usize> {
    let mut found = BTreeMap::new();
    for site in &image.sites {
        if let SiteKind::Fault(fault) = site.kind {
            *found.entry(fault.name()).or_insert(0) += 1;
        }
    }
    found
}

fn kept_text(checks: &BTreeMap<&'static str, usize>) -> String {
    if checks.is_empty() {
        return "none".to_owned();
    }
    let checks = checks.iter().map(|(name, count)| format!("{name} {count}"));
    checks.collect::<Vec<_>>().join(", ")
}
