//! The state of each check of a program: proved, so that it leaves no code; checked at run
//! time; or refuted, which is an error.

mod reason;
mod text;

use indexmap::{IndexMap, IndexSet};
use serde::Serialize;
use theus_abi::Fault;
use theus_abi::image::{Image, Site, SiteKind};
use theus_diag::{Code, Diagnostic};
use theus_grammar::Source;
use theus_mir::passes::{Verdict, verdicts};
use theus_mir::{SiteId, Terminator};

use crate::memory::span;
use crate::options::Options;
use crate::program::Program;
use crate::report::Report;
use crate::sources::{Sources, Text};

/// What is known of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It cannot fail: it leaves no code.
    Proved,
    /// It is made at run time.
    Checked,
    /// It fails whenever it is reached.
    Refuted,
}

impl State {
    /// The word in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Checked => "checked",
            Self::Refuted => "refuted",
        }
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The file that it is in.
    pub file: String,
    /// What it belongs to: `process move`, `pipeline main`, `fn limit`, `start`.
    pub within: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The fault that it guards against.
    pub fault: &'static str,
    /// What stands there.
    pub source: String,
    /// What is known of it.
    pub state: State,
    /// From what.
    pub reason: String,
    /// The same place, for tools.
    #[serde(skip)]
    pub span: theus_grammar::Span,
    /// The sites of the image that it is, one for each set of arguments of its function.
    #[serde(skip)]
    pub sites: Vec<u32>,
}

/// The checks of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Proofs {
    /// Those of its own files, by file and what they belong to, in the order of the text.
    pub checks: Vec<Check>,
    /// Those of the library, which every program brings along.
    pub library: Vec<Check>,
}

/// How many checks have which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// All of them.
    pub checks: usize,
    /// Those that leave no code.
    pub proved: usize,
    /// Those that are made at run time.
    pub checked: usize,
    /// Those that always fail.
    pub refuted: usize,
}

impl Totals {
    /// Counts checks.
    pub fn of(checks: &[Check]) -> Self {
        let count = |state| checks.iter().filter(|check| check.state == state).count();
        Self {
            checks: checks.len(),
            proved: count(State::Proved),
            checked: count(State::Checked),
            refuted: count(State::Refuted),
        }
    }

    /// The share that is proved, in percent, rounded down.
    pub const fn share(&self) -> usize {
        match (self.proved * 100).checked_div(self.checks) {
            Some(share) => share,
            None => 100,
        }
    }
}

/// The state of each check of a program, and what is wrong with it: checks that always fail
/// are errors.
///
/// # Errors
/// Everything that is wrong with the program otherwise.
pub fn prove(root: Text, sources: &dyn Sources) -> Result<(Proofs, Report), Box<Report>> {
    let options = Options {
        optimise: false,
        ..Options::default()
    };
    let program = crate::compile(root, sources, &options)?;
    let (proofs, errors) = of_program(&program);
    let mut report = program.warnings().clone();
    report.found.extend(errors);
    Ok((proofs, report))
}

/// The checks of a program that no pass has run on.
pub fn of_program(program: &Program) -> (Proofs, Vec<Diagnostic>) {
    let verdicts = verdicts(program.mir());
    let verdicts = verdicts.into_iter().map(|verdict| (verdict.site, verdict));
    let all = All {
        image: &program.mir().image,
        sources: &program.warnings().sources,
        verdicts: verdicts.collect(),
        left: sites(program.optimised().mir()).into_keys().collect(),
    };
    let mut found: IndexMap<(u32, u32, u32, String, Fault), Check> = IndexMap::new();
    let mut errors = Vec::new();
    for (id, func) in sites(program.mir()) {
        let Some((site, fault)) = all.fault(id) else {
            continue;
        };
        let check = all.check(id, site, fault, &func);
        let loc = site.loc;
        let key = (loc.file, loc.start, loc.end, check.within.clone(), fault);
        match found.get_mut(&key) {
            Some(known) => merge(known, check),
            None => {
                found.insert(key, check);
            }
        }
    }
    let mut proofs = Proofs::default();
    for (_, check) in found {
        if is_library(&check) {
            proofs.library.push(check);
        } else {
            errors.extend(all.error(&check));
            proofs.checks.push(check);
        }
    }
    let order: IndexSet<String> =
        proofs.checks.iter().map(|c| c.within.clone()).collect();
    proofs.checks.sort_by_key(|check| {
        let within = order.get_index_of(&check.within);
        (check.file.clone(), within, check.line, check.column)
    });
    (proofs, errors)
}

/// The sites of all checks of a program, with the function that each is in.
fn sites(program: &theus_mir::Program) -> IndexMap<SiteId, String> {
    let mut found = IndexMap::new();
    for func in program.funcs.values().filter(|func| !func.dead) {
        for &block in &func.layout {
            let term = func.blocks.get(block).and_then(|data| data.term.as_ref());
            if let Some(Terminator::Check { site, .. }) = term {
                found.entry(*site).or_insert_with(|| func.name.clone());
            }
        }
    }
    found
}

/// Two sites of one check: a generic function, or one that is called with other memory.
fn merge(known: &mut Check, new: Check) {
    known.sites.extend(new.sites);
    if known.state != new.state {
        known.state = State::Checked;
        if new.state == State::Checked {
            known.reason = new.reason;
        }
    } else if known.reason == reason::DEAD {
        // A copy of a loop is reached where another is not.
        known.reason = new.reason;
    }
}

/// Whether it is in a file of the library.
fn is_library(check: &Check) -> bool {
    let mut modules = crate::library::modules().iter();
    modules.any(|module| *module.source.name == check.file)
}

/// What the states follow from.
struct All<'p> {
    image: &'p Image,
    sources: &'p [Source],
    verdicts: IndexMap<SiteId, Verdict>,
    /// Sites of which code is left.
    left: IndexSet<SiteId>,
}

impl All<'_> {
    fn fault(&self, id: SiteId) -> Option<(&Site, Fault)> {
        let site = self.image.sites.get(usize::try_from(id.as_u32()).ok()?)?;
        match site.kind {
            SiteKind::Fault(fault) => Some((site, fault)),
            SiteKind::Raise(_) | SiteKind::Share => None,
        }
    }

    fn state(&self, id: SiteId) -> State {
        let refuted = self.verdicts.get(&id).and_then(|verdict| verdict.holds);
        match (self.left.contains(&id), refuted) {
            (false, _) => State::Proved,
            (true, Some(false)) => State::Refuted,
            (true, _) => State::Checked,
        }
    }

    fn check(&self, id: SiteId, site: &Site, fault: Fault, func: &str) -> Check {
        let source = self
            .sources
            .iter()
            .find(|source| source.id.0 == site.loc.file);
        let (line, column) =
            source.map_or((0, 0), |source| source.position(site.loc.start));
        let text = source.map_or("", |source| source.slice(site.loc.start, site.loc.end));
        let state = self.state(id);
        let reason = match self.verdicts.get(&id) {
            None => "constants decide it".to_owned(),
            Some(verdict) => reason::reason(self.image, site, verdict, state),
        };
        Check {
            file: source.map_or_else(String::new, |source| source.name.to_string()),
            within: self.within(site, func),
            line,
            column,
            fault: fault.name(),
            source: text::short(text),
            state,
            reason,
            span: span(site.loc),
            sites: vec![id.as_u32()],
        }
    }

    /// What a check belongs to.
    fn within(&self, site: &Site, func: &str) -> String {
        let process = site
            .process
            .and_then(|at| self.image.processes.get(at as usize));
        if let Some(process) = process {
            return format!("process {}", process.name);
        }
        match func.split_once('.') {
            Some(("tick" | "start" | "stop", pipeline)) => format!("pipeline {pipeline}"),
            None | Some(("global", _)) => "start".to_owned(),
            Some(_) => {
                let name = func.split('<').next().unwrap_or(func);
                let name = name.rsplit('.').next().unwrap_or(name);
                format!("fn {name}")
            }
        }
    }

    /// A check that fails whenever it is reached.
    fn error(&self, check: &Check) -> Option<Diagnostic> {
        if check.state != State::Refuted {
            return None;
        }
        let id = SiteId::from_u32(*check.sites.first()?);
        let ((site, fault), verdict) = (self.fault(id)?, self.verdicts.get(&id)?);
        let title = format!("this always fails: {}", fault.title());
        let mut error =
            Diagnostic::new(Code::AlwaysFails, span(site.loc), check.reason.clone())
                .title(title);
        if let Some(text) = reason::example(self.image, site, verdict) {
            error = error.help(text);
        }
        Some(
            error.help(
                "what always fails is undone each time: change it, or leave it out",
            ),
        )
    }
}
