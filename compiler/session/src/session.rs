//! `Session`: runs cells, and goes back.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use theus::{Program, Report, Sources};
use theus_diag::Code;
use theus_vm::{Value, Vm};

use crate::clean::{Action, Event, Rules, Statistics, Trigger};
use crate::kept::{CONTEXT, IT, Kept};
use crate::ready::Ready;
use crate::refused::{Refused, boxed, plain};
use crate::state::{Last, State, compose, read};

/// Most cells that can be undone.
pub const MOST_PAST: usize = 8;

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

/// A state with the machine that holds its values.
struct Held {
    state: State,
    vm: Option<Vm>,
}

impl Held {
    fn bytes(&self) -> u64 {
        size(self.vm.as_ref())
    }
}

/// Bytes of the memory block of a machine, which never changes.
fn size(vm: Option<&Vm>) -> u64 {
    vm.map_or(0, |vm| vm.memory_size() as u64)
}

/// Cells and what they have made.
pub struct Session {
    pub(crate) options: Options,
    pub(crate) modules: Box<dyn Sources>,
    pub(crate) state: State,
    pub(crate) vm: Option<Vm>,
    past: Vec<Held>,
    /// Bytes of the memory blocks in `past`.
    past_bytes: u64,
    number: u64,
    statistics: Statistics,
    /// What all cells took together.
    spent: Duration,
    /// The sinks of which it was told that they write nothing.
    unwritten: Vec<String>,
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
            past_bytes: 0,
            number: 0,
            statistics: Statistics::default(),
            spent: Duration::ZERO,
            unwritten: Vec::new(),
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
        let unwritten = self.unwritten(&ready, done.ticks);
        let Ready {
            state,
            vm,
            report,
            shows,
            forgotten,
            rules,
            image,
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
        drop(image);
        let now = clock();
        let mut events: Vec<Event> = unwritten.into_iter().collect();
        self.after(began, now, &mut events);
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

    /// What is told of sinks once ticks have run: whoever reads a file waits for them in vain.
    fn unwritten(&mut self, ready: &Ready, ticks: u64) -> Option<Event> {
        let sinks = ready.image.sinks.iter().map(|sink| &sink.path);
        let mut paths: Vec<String> = sinks
            .filter(|path| !self.unwritten.contains(path))
            .cloned()
            .collect();
        paths.dedup();
        if ticks == 0 || paths.is_empty() {
            return None;
        }
        self.unwritten.extend(paths.iter().cloned());
        Some(Event::Unwritten { paths })
    }

    /// A new state takes the place of the old one, which can be had back.
    fn take(&mut self, state: State, vm: Vm) {
        let state = std::mem::replace(&mut self.state, state);
        let vm = self.vm.replace(vm);
        let held = Held { state, vm };
        self.past_bytes += held.bytes();
        self.past.push(held);
        if self.past.len() > MOST_PAST {
            let oldest = self.past.remove(0);
            self.past_bytes -= oldest.bytes();
        }
    }

    /// What is counted after a cell, and what that brings about.
    fn after(&mut self, began: Duration, now: Duration, events: &mut Vec<Event>) {
        let idle = self
            .ended
            .map_or(Duration::ZERO, |ended| began.saturating_sub(ended));
        self.ended = Some(now);
        self.spent += now.saturating_sub(began);
        let bytes = self.bytes();
        let counted = &mut self.statistics;
        counted.executions += 1;
        counted.idle = idle;
        counted.pressure = bytes as f64 / (self.options.rules.memory.max(1) as f64);
        // After most cells nothing is due, and nothing is allocated.
        for at in 0..self.options.rules.rules.len() {
            let due = self.options.rules.rules.get(at).and_then(|rule| {
                let trigger = rule.trigger(&self.statistics, &|of| self.used(of))?;
                Some((trigger, rule.actions.clone()))
            });
            let Some((trigger, actions)) = due else {
                continue;
            };
            for action in &actions {
                events.push(self.act(action, trigger, now));
            }
        }
    }

    /// The share of a context or a field that is in use: that of its fullest collection.
    fn used(&self, of: &str) -> f64 {
        self.vm.as_ref().map_or(0.0, |vm| vm.share_used(of))
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
                self.past_bytes = 0;
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
        self.past_bytes + size(self.vm.as_ref())
    }

    /// What the session counts.
    pub fn statistics(&self) -> Statistics {
        let kept = self.state.kept.iter();
        Statistics {
            average: average(self.spent, self.statistics.executions),
            preserved: kept.map(|one| one.name.clone()).collect(),
            ..self.statistics.clone()
        }
    }

    /// Forgets the last cell. False if there is none that can be undone.
    pub fn undo(&mut self) -> bool {
        match self.past.pop() {
            Some(held) => {
                self.past_bytes -= held.bytes();
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

    /// What a field holds, or a name that a cell has kept.
    pub fn value(&self, name: &str) -> Option<Value> {
        let vm = self.vm.as_ref()?;
        match self.state.kept.iter().find(|one| one.name == name) {
            Some(one) => vm.get(&format!("{CONTEXT}.{}", one.field)).ok(),
            None => vm.get(name).ok(),
        }
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
}

/// What each of so many took on average.
fn average(all: Duration, count: u64) -> Duration {
    let nanos = all.as_nanos() / u128::from(count.max(1));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}
