//! `Session`: runs cells, and goes back.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use theus::{Program, Report, Sources, Stays, Text};
use theus_abi::Code as Runs;
use theus_abi::image::{Image, Loc};
use theus_diag::{Code, Diagnostic, NOWHERE};
use theus_grammar::{FileId, Source, Span};
use theus_vm::{Changed, Failure, FailureKind, LoadOptions, Outcome, Vm, VmError};

use crate::clean::{Action, Event, Rule, Rules, Statistics, Trigger};
use crate::compose::{CellText, Composed};
use crate::kept::{self, CONTEXT, IT, Kept, TEXT};
use crate::split::{Parts, split};

/// Most cells that can be undone.
const MOST_PAST: usize = 8;

/// What runs the code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// Machine code.
    #[default]
    Machine,
    /// The interpreter.
    Interpreter,
}

/// Choices of a session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// What runs the code.
    pub engine: Engine,
    /// The seed of `random`.
    pub seed: u64,
    /// The directory of relative paths of sources.
    pub directory: PathBuf,
    /// When to clean up.
    pub rules: Rules,
}

/// What a cell shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The type of its value, as in source.
    pub ty: String,
    /// The value, as in source.
    pub value: String,
}

/// What came of a cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Its number, from 1.
    pub number: u64,
    /// Its value.
    pub shown: Option<Shown>,
    /// Warnings about it, and the sources.
    pub warnings: Report,
    /// Ticks that its last run did.
    pub ticks: u64,
    /// How long it took.
    pub took: Duration,
    /// Locals that could not be kept, with their types.
    pub forgotten: Vec<(String, String)>,
    /// What happened after it.
    pub events: Vec<Event>,
}

/// Why a cell changed nothing.
#[derive(Debug)]
pub enum Refused {
    /// It is wrong.
    Report(Box<Report>),
    /// It failed as it ran.
    Failed {
        /// How.
        failure: Box<Failure>,
        /// The program.
        image: Arc<Image>,
        /// Its texts.
        sources: Vec<Source>,
    },
    /// A `fail` of the program.
    Declared {
        /// What it says.
        text: Option<String>,
        /// Where.
        loc: Loc,
        /// The texts.
        sources: Vec<Source>,
    },
    /// The host ended it.
    Interrupted,
    /// The machine refuses.
    Machine(VmError),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Report(report) => {
                let first = report.found.first().map(|found| found.title.as_str());
                f.write_str(first.unwrap_or_default())
            }
            Self::Failed { failure, .. } => match &failure.kind {
                FailureKind::Fault(fault) => f.write_str(fault.title()),
                FailureKind::Error(name) => write!(f, "error `{name}` is not handled"),
            },
            Self::Declared { text, .. } => {
                f.write_str(text.as_deref().unwrap_or("the program says that it failed"))
            }
            Self::Interrupted => f.write_str("interrupted"),
            Self::Machine(error) => error.fmt(f),
        }
    }
}

impl From<Box<Report>> for Refused {
    fn from(report: Box<Report>) -> Self {
        Self::Report(report)
    }
}

/// An item of some cell.
#[derive(Clone, Debug)]
struct Item {
    key: String,
    is_test: bool,
    cell: CellText,
    range: std::ops::Range<usize>,
}

impl Item {
    fn text(&self) -> &str {
        self.cell.given.get(self.range.clone()).unwrap_or_default()
    }
}

/// What cells have declared.
#[derive(Clone, Debug, Default)]
struct State {
    items: Vec<Item>,
    kept: Vec<Kept>,
}

/// A state with the machine that holds its values.
struct Held {
    state: State,
    vm: Option<Vm>,
}

/// Cells and what they have made.
pub struct Session {
    options: Options,
    modules: Box<dyn Sources>,
    state: State,
    vm: Option<Vm>,
    past: Vec<Held>,
    number: u64,
    statistics: Statistics,
    /// When the last cell ended.
    ended: Option<Duration>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("number", &self.number)
            .field("state", &self.state)
            .field("vm", &self.vm)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// A session in which nothing is declared yet; imported modules come from `modules`.
    pub fn new(modules: Box<dyn Sources>, options: Options) -> Self {
        Self {
            options,
            modules,
            state: State::default(),
            vm: None,
            past: Vec::new(),
            number: 0,
            statistics: Statistics::default(),
            ended: None,
        }
    }

    /// Runs a cell. `clock` says what time it is; once `stop` is true, the cell ends.
    ///
    /// # Errors
    /// Why it did not run to its end; the session is then as it was before.
    pub fn run(
        &mut self,
        text: &str,
        clock: &mut dyn FnMut() -> Duration,
        stop: Option<&Arc<AtomicBool>>,
    ) -> Result<Cell, Refused> {
        let began = clock();
        self.number += 1;
        let number = self.number;
        let mut ready = self.ready(text, number, began)?;
        let last = ready.image.tests.len().saturating_sub(1);
        let done = ready.vm.run_cell(last, stop.cloned());
        let done = done.map_err(Refused::Machine)?;
        if stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            return Err(Refused::Interrupted);
        }
        ready.ended(done.outcome)?;
        let Ready {
            state,
            vm,
            report,
            shows,
            forgotten,
            rules,
            ..
        } = ready;
        if let Some(rules) = rules {
            self.options.rules.rules = rules;
        }
        let shown = shows.and_then(|ty| {
            let it = state.kept.iter().find(|one| one.name == IT)?;
            let value = vm.get(&format!("{CONTEXT}.{}", it.field)).ok()?.to_string();
            Some(Shown { ty, value })
        });
        self.take(state, vm);
        let now = clock();
        let events = self.after(began, now);
        Ok(Cell {
            number,
            shown,
            warnings: report,
            ticks: done.ticks,
            took: now.saturating_sub(began),
            forgotten,
            events,
        })
    }

    /// A new state takes the place of the old one, which can be had back.
    fn take(&mut self, state: State, vm: Vm) {
        let state = std::mem::replace(&mut self.state, state);
        let vm = self.vm.replace(vm);
        self.past.push(Held { state, vm });
        if self.past.len() > MOST_PAST {
            self.past.remove(0);
        }
    }

    /// What is counted after a cell, and what that brings about.
    fn after(&mut self, began: Duration, now: Duration) -> Vec<Event> {
        let rules = self.options.rules.clone();
        let idle = self
            .ended
            .map_or(Duration::ZERO, |ended| began.saturating_sub(ended));
        self.ended = Some(now);
        let took = now.saturating_sub(began);
        let bytes = self.bytes();
        let counted = &mut self.statistics;
        counted.executions += 1;
        let average = mean(counted.average, took, counted.executions);
        counted.average = average;
        counted.idle = idle;
        counted.pressure = bytes as f64 / (rules.memory.max(1) as f64);
        let mut events = Vec::new();
        for rule in &rules.rules {
            if let Some(trigger) = rule.trigger(&self.statistics) {
                let actions = rule.actions.iter();
                events.extend(actions.map(|action| self.act(action, trigger, now)));
            }
        }
        events
    }

    /// What a rule does.
    fn act(&mut self, action: &Action, trigger: Trigger, now: Duration) -> Event {
        match action {
            Action::Clean => {
                let rules = &self.options.rules;
                let stays = |one: &Kept| rules.stays(one, trigger, now);
                let (stay, leave): (Vec<_>, Vec<_>) =
                    self.state.kept.drain(..).partition(stays);
                self.state.kept = stay;
                Event::Clean {
                    trigger,
                    dropped: leave.into_iter().map(|one| one.name).collect(),
                    statistics: self.statistics(),
                }
            }
            Action::Trim => {
                let cells = self.past.len();
                self.past.clear();
                Event::Trim {
                    cells,
                    statistics: self.statistics(),
                }
            }
            Action::Run(name) => Event::Run {
                name: name.clone(),
                failure: self.run_between(name, now).err().map(|why| why.to_string()),
            },
        }
    }

    /// Runs a process or a pipeline once, as a part of the cell that has run.
    fn run_between(&mut self, name: &str, now: Duration) -> Result<(), Refused> {
        let mut ready = self.ready(&format!("run {name}"), self.number, now)?;
        let last = ready.image.tests.len().saturating_sub(1);
        let done = ready.vm.run_cell(last, None).map_err(Refused::Machine)?;
        ready.ended(done.outcome)?;
        self.state = ready.state;
        self.vm = Some(ready.vm);
        Ok(())
    }

    /// Bytes of the memory blocks.
    pub fn bytes(&self) -> u64 {
        let past = self.past.iter().filter_map(|held| held.vm.as_ref());
        let sizes = past.chain(&self.vm).map(|vm| vm.memory_size() as u64);
        sizes.sum()
    }

    /// What the session counts.
    pub fn statistics(&self) -> Statistics {
        let kept = self.state.kept.iter();
        Statistics {
            preserved: kept.map(|one| one.name.clone()).collect(),
            ..self.statistics.clone()
        }
    }

    /// Forgets the last cell. False if there is none that can be undone.
    pub fn undo(&mut self) -> bool {
        match self.past.pop() {
            Some(held) => {
                self.state = held.state;
                self.vm = held.vm;
                true
            }
            None => false,
        }
    }

    /// The machine that holds the contexts, once a cell has run.
    pub const fn vm(&self) -> Option<&Vm> {
        self.vm.as_ref()
    }

    /// The values that are kept.
    pub fn kept(&self) -> &[Kept] {
        &self.state.kept
    }

    /// The items of all cells as one program.
    pub fn program(&self) -> String {
        let items = self.state.items.iter();
        let texts = items.map(|item| item.text().trim().to_owned() + "\n");
        texts.collect::<Vec<_>>().join("\n")
    }

    /// The names that a person may want to write: items, fields, values.
    pub fn names(&self) -> Vec<String> {
        let items = self.state.items.iter().filter(|item| !item.is_test);
        let mut names: Vec<String> = items
            .map(|item| item.key.clone())
            .filter(|key| !key.contains(' '))
            .collect();
        names.extend(self.state.kept.iter().map(|one| one.name.clone()));
        let fields = self.vm.iter().flat_map(|vm| &vm.image().fields);
        let paths = fields.map(|field| field.path.clone());
        let own = format!("{CONTEXT}.");
        names.extend(paths.filter(|path| !path.starts_with(&own)));
        names
    }

    /// The type of a value, which is not computed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn type_of(&self, text: &str) -> Result<String, Box<Report>> {
        let (cell, parts) = read(text, self.number + 1)?;
        if parts.value.is_none() || !parts.items.is_empty() {
            let found = plain(Code::NoValue, "this is no value");
            return Err(boxed(found.help("write `:type plant.x + 1.0`")));
        }
        let state = &self.state;
        let composed = compose(state, &state.kept, (&cell, &parts), Last::Value, &[]);
        let locals = self.locals(&composed)?;
        let it = locals.iter().rev().find(|local| local.name == IT);
        Ok(it.map_or_else(String::new, |it| it.ty.clone()))
    }

    /// The program of all items without statements, for whoever wants to know of it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn compiled(&self) -> Result<Program, Box<Report>> {
        let (cell, parts) = read("", self.number)?;
        let state = &self.state;
        let composed = compose(state, &state.kept, (&cell, &parts), Last::Nothing, &[]);
        self.compile(&composed)
    }

    fn locals(&self, composed: &Composed) -> Result<Vec<theus::Local>, Box<Report>> {
        let root = Text::new("session", composed.text.clone());
        theus::locals(root, &*self.modules)
            .map_err(|report| Box::new(composed.report(&report)))
    }

    fn compile(&self, composed: &Composed) -> Result<Program, Box<Report>> {
        let options = theus::Options {
            tests: true,
            watched: true,
            ..theus::Options::default()
        };
        let root = Text::new("session", composed.text.clone());
        theus::compile(root, &*self.modules, &options)
            .map_err(|report| Box::new(composed.report(&report)))
    }

    /// Everything that comes before a cell runs.
    fn ready(&self, text: &str, number: u64, now: Duration) -> Result<Ready, Refused> {
        let (cell, mut parts) = read(text, number)?;
        let rules = parts.rules.take();
        let mut state = self.state.clone();
        for item in &parts.items {
            state.declare(item, &cell);
        }
        for one in &mut state.kept {
            if kept::names(&cell.plain, &one.name) {
                one.used = now;
            }
        }
        let (last, declared) = self.declared(&state, &cell, &parts)?;
        let before = state.kept.clone();
        let mut out = Leaves::default();
        for (mut one, stays) in declared {
            let shows = one.name == IT && last == Last::Value;
            let ty = one.ty.clone();
            match stays {
                Stays::Field => {}
                Stays::Text => TEXT.clone_into(&mut one.ty),
                Stays::Not => {
                    out.forgotten.push((one.name, one.ty));
                    continue;
                }
            }
            out.names.push(one.name.clone());
            one.used = now;
            state.keep(one, number);
            out.shows = out.shows.or(shows.then_some(ty));
        }
        let composed = compose(&state, &before, (&cell, &parts), last, &out.names);
        let program = self.compile(&composed)?;
        let warnings = program.warnings();
        let (image, sources) = composed.image(&program.image(), &warnings.sources);
        let image = Arc::new(image);
        let report = composed.report(warnings);
        let vm = self.load(&program, &image, &sources, &parts.resets)?;
        Ok(Ready {
            state,
            vm,
            image,
            report,
            shows: out.shows,
            forgotten: out.forgotten,
            rules,
        })
    }

    /// The locals that a cell declares with their types, and how its last value is read.
    fn declared(
        &self,
        state: &State,
        cell: &CellText,
        parts: &Parts,
    ) -> Result<(Last, Vec<(Kept, Stays)>), Box<Report>> {
        if parts.lets.is_empty() && parts.value.is_none() {
            return Ok((Last::Nothing, Vec::new()));
        }
        let mut last = match parts.value {
            Some(_) => Last::Value,
            None => Last::Nothing,
        };
        let compose = |last| compose(state, &state.kept, (cell, parts), last, &[]);
        let mut composed = compose(last);
        let mut locals = self.locals(&composed);
        if parts.is_call && locals.is_err() {
            last = Last::Statement;
            composed = compose(last);
            locals = self.locals(&composed);
        }
        let locals = locals?;
        let new = |local: &theus::Local| Kept {
            name: local.name.clone(),
            field: local.name.clone(),
            ty: local.ty.clone(),
            mutable: false,
            preserved: false,
            used: Duration::ZERO,
        };
        let mut found = Vec::new();
        for one in &parts.lets {
            let at = composed.of_cell(cell, one.at);
            let mut of_root = locals.iter().filter(|local| local.span.file == FileId(0));
            let Some(local) = of_root.find(|local| Some(local.span.start as usize) == at)
            else {
                continue;
            };
            let mut kept = new(local);
            (kept.mutable, kept.preserved) = (one.mutable, one.keep);
            found.push((kept, local.stays));
        }
        let it = locals.iter().rev().find(|local| local.name == IT);
        if let (Last::Value, Some(it)) = (last, it) {
            found.push((new(it), it.stays));
        }
        Ok((last, found))
    }

    /// A machine for the program that holds what the last one held.
    fn load(
        &self,
        program: &Program,
        image: &Arc<Image>,
        sources: &[Source],
        resets: &[String],
    ) -> Result<Vm, Refused> {
        let code: Box<dyn Runs> = match self.options.engine {
            Engine::Machine => Box::new(program.machine()?),
            Engine::Interpreter => Box::new(program.interpreter()?),
        };
        let options = LoadOptions {
            seed: self.options.seed,
            sinks: None,
            sources: self.options.directory.clone(),
            most_memory: self.options.rules.memory,
            ..LoadOptions::default()
        };
        let vm = Vm::load(Arc::clone(image), code, options);
        let mut vm = vm.map_err(Refused::Machine)?;
        let known =
            |name: &&String| image.fields.iter().any(|field| is_at(&field.path, name));
        if let Some(unknown) = resets.iter().find(|name| !known(name)) {
            let title = format!("there is no field or context `{unknown}` to reset");
            return Err(Refused::Report(boxed(plain(Code::NothingToReset, title))));
        }
        let started = match &self.vm {
            Some(old) => vm.start_from(old, resets),
            None => vm.start(),
        };
        match started {
            Ok(()) => Ok(vm),
            Err(VmError::Changed(fields)) => {
                let found = fields.iter().map(changed).collect();
                let sources = sources.to_vec();
                Err(Refused::Report(Box::new(Report { found, sources })))
            }
            Err(VmError::Start(failure)) => Err(Refused::Failed {
                failure,
                image: Arc::clone(image),
                sources: sources.to_vec(),
            }),
            Err(error) => Err(Refused::Machine(error)),
        }
    }
}

impl Ready {
    /// A cell has run: whether to its end.
    fn ended(&self, outcome: Outcome) -> Result<(), Refused> {
        let sources = || self.report.sources.clone();
        match outcome {
            Outcome::Reached | Outcome::Stopped { .. } | Outcome::SourceEnded => Ok(()),
            Outcome::Interrupted => Err(Refused::Interrupted),
            Outcome::Failed(failure) => Err(Refused::Failed {
                failure,
                image: Arc::clone(&self.image),
                sources: sources(),
            }),
            Outcome::Declared { text, loc } => Err(Refused::Declared {
                text,
                loc,
                sources: sources(),
            }),
            Outcome::Stream(error) => Err(Refused::Machine(VmError::Stream(error))),
        }
    }
}

/// What a cell leaves.
#[derive(Default)]
struct Leaves {
    /// The names of its values.
    names: Vec<String>,
    /// The type of the value that it shows.
    shows: Option<String>,
    /// What cannot be kept, with its type.
    forgotten: Vec<(String, String)>,
}

/// A cell that may run.
struct Ready {
    state: State,
    vm: Vm,
    image: Arc<Image>,
    report: Report,
    /// The type of the value that it shows.
    shows: Option<String>,
    forgotten: Vec<(String, String)>,
    /// What is to happen between cells from now on.
    rules: Option<Vec<Rule>>,
}

/// How the value at the end of a cell is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    /// It is left out, or there is none.
    Nothing,
    /// As a value.
    Value,
    /// As a statement.
    Statement,
}

impl State {
    fn declare(&mut self, item: &crate::split::Item, cell: &CellText) {
        let new = Item {
            key: item.key.clone(),
            is_test: item.is_test,
            cell: cell.clone(),
            range: item.range.clone(),
        };
        match self.items.iter_mut().find(|old| old.key == item.key) {
            Some(old) => *old = new,
            None => self.items.push(new),
        }
    }

    /// Keeps a value; one of the same name and another type gets another field.
    fn keep(&mut self, one: Kept, number: u64) {
        let known = self.kept.iter().position(|old| old.name == one.name);
        let old = known.map(|at| self.kept.remove(at));
        let field = match &old {
            Some(old) if old.ty == one.ty => old.field.clone(),
            Some(_) => format!("{}_{number}", one.name),
            None => one.name.clone(),
        };
        let preserved = one.preserved || old.is_some_and(|old| old.preserved);
        self.kept.push(Kept {
            field,
            preserved,
            ..one
        });
    }
}

/// Reads a cell.
fn read(text: &str, number: u64) -> Result<(CellText, Parts), Box<Report>> {
    let name: Arc<str> = format!("cell {number}").into();
    let mut plain = text.to_owned();
    match split(&mut plain) {
        Ok(parts) => {
            let cell = CellText {
                name,
                given: text.into(),
                plain: plain.into(),
            };
            Ok((cell, parts))
        }
        Err(found) => Err(Box::new(Report {
            found,
            sources: vec![Source::new(FileId(0), name, text)],
        })),
    }
}

/// The program of a cell: `before` are the values that it finds, `stores` the names of those
/// that it leaves.
fn compose(
    state: &State,
    before: &[Kept],
    (cell, parts): (&CellText, &Parts),
    last: Last,
    stores: &[String],
) -> Composed {
    let mut out = Composed::of(cell);
    for item in &state.items {
        let is_new = Arc::ptr_eq(&item.cell.given, &cell.given);
        if !item.is_test || is_new {
            out.part(&item.cell, item.range.clone());
            out.own("\n");
        }
    }
    out.own(&kept::context(before, &state.kept));
    out.own("test \"cell\" {\n");
    let end = parts
        .value
        .as_ref()
        .map_or(parts.body.end, |value| value.end);
    let words = cell.plain.get(parts.body.start..end).unwrap_or_default();
    out.own(&kept::prologue(before, words));
    out.part(cell, parts.body.clone());
    out.own("\n");
    match (last, parts.value.clone()) {
        (Last::Value, Some(value)) => {
            out.own(&format!("let {IT} = (\n"));
            out.part(cell, value);
            out.own("\n)\n");
        }
        (Last::Statement, Some(value)) => {
            out.part(cell, value);
            out.own("\n");
        }
        _ => {}
    }
    let changes = before.iter().filter(|one| one.mutable);
    let changes = changes.filter(|one| kept::names(words, &one.name));
    let mut names: Vec<String> = changes.map(|one| one.name.clone()).collect();
    names.extend_from_slice(stores);
    out.own(&kept::epilogue(&state.kept, &names));
    out.own("}\n");
    out
}

/// Whether a path is a field, or in a context, of that name.
fn is_at(path: &str, name: &str) -> bool {
    let rest = path.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// A field that cannot keep what it holds.
fn changed(field: &Changed) -> Diagnostic {
    let Changed { path, was, is, loc } = field;
    let span = Span::new(FileId(loc.file), loc.start, loc.end);
    let name = path.split('.').next_back().unwrap_or(path);
    Diagnostic::new(Code::ChangedField, span, format!("this is to be {is}"))
        .title(format!("`{path}` holds {was}, which is not {is}"))
        .help(format!(
            "write `reset {path}` in the cell to let it begin anew"
        ))
        .help(format!(
            "or give it another name: `{name}` then goes with its value"
        ))
}

fn plain(code: Code, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, NOWHERE, "").title(title)
}

fn boxed(found: Diagnostic) -> Box<Report> {
    Box::new(Report {
        found: vec![found],
        sources: Vec::new(),
    })
}

/// The mean of so many, of which `last` is the last.
fn mean(before: Duration, last: Duration, count: u64) -> Duration {
    let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let others = u128::from(nanos(before)) * u128::from(count.saturating_sub(1));
    let sum = others + u128::from(nanos(last));
    let mean = sum / u128::from(count.max(1));
    Duration::from_nanos(u64::try_from(mean).unwrap_or(u64::MAX))
}
