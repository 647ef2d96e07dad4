//! Mends programs by the edits that their diagnostics carry: in rounds, and never for the worse.

use std::sync::{Mutex, PoisonError};

use indexmap::IndexSet;
use theus_diag::{Code, Diagnostic, Ease, Fix, Severity};
use theus_grammar::{Source, Span};

use crate::report::Report;
use crate::sources::{ReadError, Sources, Text};

/// Most checks of one program: each round is one, and so is each edit that is tried alone.
const MOST_CHECKS: usize = 200;

/// What came of mending a program.
#[derive(Clone, Debug, Default)]
pub struct Fixed {
    /// The files that are others now.
    pub files: Vec<Rewritten>,
    /// What was done, in the order in which it was.
    pub mended: Vec<Mended>,
    /// What is still to be said.
    pub report: Report,
}

/// A file with edits in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// Its name in diagnostics.
    pub name: String,
    /// The text as it was.
    pub old: String,
    /// The text as it is now.
    pub new: String,
}

/// An edit that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// The file of the problem.
    pub file: String,
    /// Its line when it was found, from 1.
    pub line: usize,
    /// The code of the problem.
    pub code: Code,
    /// What was done.
    pub title: String,
}

/// A checker of programs.
pub type Checker<'a> = &'a dyn Fn(Text, &dyn Sources) -> Report;

/// Mends what edits of that ease mend, in the root file and in its modules. What `check` finds
/// becomes less with each step; a file whose syntax is still wrong is left as it was.
pub fn fix(root: Text, sources: &dyn Sources, ease: Ease, check: Checker<'_>) -> Fixed {
    let mut mender = Mender {
        original: Files::new(root, sources),
        refused: IndexSet::new(),
        checks: 0,
        check,
        ease,
    };
    let mut files = mender.original.fresh();
    let mut report = mender.checked(&files);
    let mut mended = Vec::new();
    while let Some((better, after, done)) = mender.step(&files, &report) {
        (files, report) = (better, after);
        mended.extend(done);
    }
    mender.result(files, report, mended)
}

struct Mender<'a> {
    original: Files<'a>,
    refused: IndexSet<(String, Code, String)>,
    checks: usize,
    check: Checker<'a>,
    ease: Ease,
}

type Step<'a> = (Files<'a>, Report, Vec<Mended>);

impl<'a> Mender<'a> {
    fn checked(&mut self, files: &Files<'_>) -> Report {
        self.checks += 1;
        let report = (self.check)(files.root.clone(), files);
        self.original.learn(files);
        report
    }

    /// All edits that do not meet, at once; where that makes it worse, the first that does not.
    fn step(&mut self, files: &Files<'a>, report: &Report) -> Option<Step<'a>> {
        let plan = self.plan(files, report);
        let several = plan.len() > 1;
        if let Some(done) = self.tried(files, report, &plan) {
            return Some(done);
        }
        for one in &plan {
            let alone = std::slice::from_ref(one);
            if several && let Some(done) = self.tried(files, report, alone) {
                return Some(done);
            }
            self.refused.insert(key(one.0, report));
        }
        None
    }

    /// Edits that do not meet, each with what it is for.
    fn plan<'r>(
        &self,
        files: &Files<'_>,
        report: &'r Report,
    ) -> Vec<(&'r Diagnostic, &'r Fix)> {
        let mut plan: Vec<(&Diagnostic, &Fix)> = Vec::new();
        let mut taken: Vec<Span> = Vec::new();
        for found in &report.found {
            let Some(fix) = found.mending(self.ease) else {
                continue;
            };
            let spans = || fix.edits.iter().map(|(span, _)| *span);
            let own = spans().all(|span| {
                let source = report.sources.get(span.file.0 as usize);
                source.is_some_and(|source| files.has(&source.name))
            });
            let meets = spans().any(|span| taken.iter().any(|other| touch(span, *other)));
            if own && !meets && !self.refused.contains(&key(found, report)) {
                taken.extend(spans());
                plan.push((found, fix));
            }
        }
        plan
    }

    /// The program after some edits, if it is better.
    fn tried(
        &mut self,
        files: &Files<'a>,
        report: &Report,
        plan: &[(&Diagnostic, &Fix)],
    ) -> Option<Step<'a>> {
        if plan.is_empty() || self.checks >= MOST_CHECKS {
            return None;
        }
        let mut next = files.fresh();
        for source in &report.sources {
            let edits = plan.iter().flat_map(|(_, fix)| &fix.edits);
            let edits = edits.filter(|(span, _)| span.file == source.id);
            if let Some(text) = edited(source, edits) {
                next.put(&source.name, text);
            }
        }
        let after = self.checked(&next);
        let done = plan.iter().map(|(found, fix)| mended(found, fix, report));
        (badness(&after) < badness(report)).then(|| (next, after, done.collect()))
    }

    /// The files that are others now; those whose syntax is wrong are left as they were.
    fn result(
        mut self,
        mut files: Files<'a>,
        mut report: Report,
        mut mended: Vec<Mended>,
    ) -> Fixed {
        let broken: IndexSet<String> = report
            .found
            .iter()
            .filter(|found| is_syntax(found))
            .filter_map(|found| report.sources.get(found.primary.span.file.0 as usize))
            .map(|source| source.name.to_string())
            .collect();
        if mended.iter().any(|done| broken.contains(&done.file)) {
            for name in &broken {
                let old = self.original.text(name).unwrap_or_default();
                files.put(name, old);
            }
            mended.retain(|done| !broken.contains(&done.file));
            report = self.checked(&files);
        }
        let names = self.original.names();
        let rewritten = names.into_iter().filter_map(|name| {
            let (old, new) = (self.original.text(&name)?, files.text(&name)?);
            (old != new).then_some(Rewritten { name, old, new })
        });
        Fixed {
            files: rewritten.collect(),
            mended,
            report,
        }
    }
}

/// What orders programs: errors of syntax hide others, and errors hide warnings.
fn badness(report: &Report) -> (usize, usize, usize) {
    let errors = report
        .found
        .iter()
        .filter(|found| found.severity() == Severity::Error);
    let syntax = report.found.iter().filter(|found| is_syntax(found));
    (syntax.count(), errors.count(), report.found.len())
}

fn is_syntax(found: &Diagnostic) -> bool {
    found.code.id().starts_with("T01") && found.severity() == Severity::Error
}

/// Whether one ends where the other begins, or beyond.
fn touch(a: Span, b: Span) -> bool {
    a.file == b.file && a.start <= b.end && b.start <= a.end
}

fn key(found: &Diagnostic, report: &Report) -> (String, Code, String) {
    let source = report.sources.get(found.primary.span.file.0 as usize);
    let name = source.map_or_else(String::new, |source| source.name.to_string());
    (name, found.code, found.title.clone())
}

fn mended(found: &Diagnostic, fix: &Fix, report: &Report) -> Mended {
    let source = report.sources.get(found.primary.span.file.0 as usize);
    let before =
        source.and_then(|source| source.text.get(..found.primary.span.start as usize));
    Mended {
        file: source.map_or_else(String::new, |source| source.name.to_string()),
        line: before.map_or(0, |text| text.matches('\n').count() + 1),
        code: found.code,
        title: fix.title.clone(),
    }
}

/// The text with edits in it; `None` without any.
fn edited<'e>(
    source: &Source,
    edits: impl Iterator<Item = &'e (Span, String)>,
) -> Option<String> {
    let mut edits: Vec<_> = edits.collect();
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    let (mut out, mut at) = (String::new(), 0);
    for (span, new) in &edits {
        let (start, end) = match new.is_empty() {
            true => with_its_line(&source.text, span.start as usize, span.end as usize),
            false => (span.start as usize, span.end as usize),
        };
        out += source.text.get(at..start.max(at))?;
        out += new;
        at = end;
    }
    out += source.text.get(at..)?;
    (!edits.is_empty()).then_some(out)
}

/// What is cut: if nothing else stands in its lines, they go too.
fn with_its_line(text: &str, start: usize, end: usize) -> (usize, usize) {
    let blank = |letter: char| letter == ' ' || letter == '\t' || letter == '\r';
    let before = text.get(..start).unwrap_or("").trim_end_matches(blank);
    let rest = text.get(end..).unwrap_or("");
    let after = rest.trim_start_matches(blank);
    match after.strip_prefix('\n') {
        Some(next) if before.is_empty() || before.ends_with('\n') => {
            (before.len(), text.len() - next.len())
        }
        Some(_) | None => (start, end),
    }
}

/// The files of a program as they would be.
struct Files<'a> {
    root: Text,
    inner: &'a dyn Sources,
    /// The modules that have been read.
    read: Mutex<Vec<Text>>,
}

impl<'a> Files<'a> {
    fn new(root: Text, inner: &'a dyn Sources) -> Self {
        Self {
            root,
            inner,
            read: Mutex::default(),
        }
    }

    fn modules(&self) -> Vec<Text> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.clone()
    }

    /// The same files, to be edited.
    fn fresh(&self) -> Self {
        Self {
            root: self.root.clone(),
            inner: self.inner,
            read: Mutex::new(self.modules()),
        }
    }

    /// Takes over what others have read first: that is not edited yet.
    fn learn(&mut self, other: &Files<'_>) {
        let new = other.modules().into_iter();
        let new: Vec<Text> = new.filter(|text| !self.has(&text.name)).collect();
        let read = self.read.get_mut().unwrap_or_else(PoisonError::into_inner);
        read.extend(new);
    }

    fn names(&self) -> Vec<String> {
        let modules = self.modules().into_iter().map(|text| text.name);
        [self.root.name.clone()]
            .into_iter()
            .chain(modules)
            .collect()
    }

    fn has(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    fn text(&self, name: &str) -> Option<String> {
        if self.root.name == name {
            return Some(self.root.text.clone());
        }
        let mut modules = self.modules().into_iter();
        modules.find(|text| text.name == name).map(|text| text.text)
    }

    fn put(&mut self, name: &str, new: String) {
        if self.root.name == name {
            self.root.text = new;
            return;
        }
        let read = self.read.get_mut().unwrap_or_else(PoisonError::into_inner);
        for text in read.iter_mut().filter(|text| text.name == name) {
            text.text.clone_from(&new);
        }
    }
}

impl Sources for Files<'_> {
    fn read(&self, module: &str) -> Result<Text, ReadError> {
        let known = self.modules().into_iter();
        if let Some(text) = known.into_iter().find(|text| text.module == module) {
            return Ok(text);
        }
        let text = self.inner.read(module)?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.push(text.clone());
        Ok(text)
    }

    fn names(&self) -> Vec<String> {
        self.inner.names()
    }
}
