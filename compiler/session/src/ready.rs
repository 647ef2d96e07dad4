//! Everything that comes before a cell runs: its program, its code, its machine.

use std::sync::Arc;
use std::time::Duration;

use theus::{Program, Report, Stays, Text};
use theus_abi::Code as Runs;
use theus_abi::image::Image;
use theus_diag::Code;
use theus_grammar::{FileId, Source};
use theus_vm::{LoadOptions, Outcome, Vm, VmError};

use crate::clean::Rule;
use crate::compose::{CellText, Composed};
use crate::kept::{self, IT, Kept, TEXT};
use crate::refused::{Refused, boxed, changed, plain};
use crate::session::{Engine, Session};
use crate::split::Parts;
use crate::state::{Last, State, compose, read};

/// How the value at the end of a cell is read, and what the cell declares.
type Declared = (Last, Vec<(Kept, Stays)>);

/// What a cell leaves.
#[derive(Default)]
pub(crate) struct Leaves {
    /// The names of its values.
    names: Vec<String>,
    /// The type of the value that it shows.
    shows: Option<String>,
    /// What cannot be kept, with its type.
    forgotten: Vec<(String, String)>,
}

/// A cell that may run.
pub(crate) struct Ready {
    pub(crate) state: State,
    pub(crate) vm: Vm,
    pub(crate) image: Arc<Image>,
    pub(crate) report: Report,
    /// The type of the value that it shows.
    pub(crate) shows: Option<String>,
    pub(crate) forgotten: Vec<(String, String)>,
    /// What is to happen between cells from now on.
    pub(crate) rules: Option<Vec<Rule>>,
}

impl Ready {
    /// A cell has run: whether to its end.
    pub(crate) fn ended(&self, outcome: Outcome) -> Result<(), Refused> {
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

/// Whether a path is a field, or in a context, of that name.
fn is_at(path: &str, name: &str) -> bool {
    let rest = path.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl Session {
    pub(crate) fn locals(
        &self,
        composed: &Composed,
    ) -> Result<Vec<theus::Local>, Box<Report>> {
        let root = Text::new("session", composed.text.clone());
        theus::locals(root, &*self.modules)
            .map_err(|report| Box::new(composed.report(&report)))
    }

    pub(crate) fn compile(&self, composed: &Composed) -> Result<Program, Box<Report>> {
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
    pub(crate) fn ready(
        &self,
        text: &str,
        number: u64,
        now: Duration,
    ) -> Result<Ready, Refused> {
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
    ) -> Result<Declared, Box<Report>> {
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
