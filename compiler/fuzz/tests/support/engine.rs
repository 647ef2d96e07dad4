//! Running generated programs on either engine.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use theus::{Options, Program, compile_str};
use theus_abi::audit::Entry;
use theus_abi::image::Threads;
use theus_abi::{Code, Image, Memory, header::HEADER_SIZE};
use theus_mir::passes;
use theus_vm::{Control, LoadOptions, Outcome, Report, Trials, Vm, VmError};

/// Ticks of each run.
const TICKS: u64 = 6;

/// How properties are looked at.
const TRIALS: Trials = Trials {
    seed: 3,
    cases: 4,
    steps: 12,
};

/// Which engine, and how its program is prepared.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Engine {
    /// Machine code of the optimised program, on as many threads as have something to do.
    Machine,
    /// The interpreter on the program as lowered.
    Oracle,
    /// Machine code of the program as lowered.
    MachineAsLowered,
    /// The interpreter on the optimised program.
    OracleOptimised,
}

/// What can be seen of the runs of a program.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// How the pipeline ended, after how many ticks, and what it left behind.
    pub(crate) outcome: String,
    pub(crate) ticks: u64,
    contexts: Vec<u8>,
    /// The log of audits.
    log: Vec<Entry>,
    /// The files that it wrote.
    files: Vec<(String, Vec<u8>)>,
    /// How its tests and benches ended, and what they left behind.
    tests: Vec<(String, Vec<u8>)>,
    /// What came of its properties.
    properties: Vec<String>,
}

/// A program that is compiled once, for all engines.
pub(crate) struct Built {
    lowered: Program,
    optimised: Program,
    workers: u32,
}

/// How a program is compiled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) passes: passes::Options,
    /// Whether what fails is undone.
    pub(crate) strict: bool,
    /// Whether it looks if it is to stop.
    pub(crate) watched: bool,
    /// Threads that run it.
    pub(crate) workers: u32,
}

impl Built {
    /// Compiles a program; one that is rejected is the text of its diagnostics.
    pub(crate) fn new(text: &str, way: &Way) -> Result<Self, String> {
        let options = Options {
            strict: way.strict,
            watched: way.watched,
            optimise: false,
            tests: true,
            // The interpreter does, before anything else runs.
            verify: false,
            // All that threads can share they do.
            share_from: 0,
            ..Options::default()
        };
        let lowered = compile_str(text, &options).map_err(|report| report.to_string())?;
        let optimised = lowered.optimised_by(&way.passes);
        Ok(Self {
            lowered,
            optimised,
            workers: way.workers,
        })
    }

    fn program(&self, engine: Engine) -> &Program {
        match engine {
            Engine::Machine | Engine::OracleOptimised => &self.optimised,
            Engine::Oracle | Engine::MachineAsLowered => &self.lowered,
        }
    }

    fn code(&self, engine: Engine) -> Result<Box<dyn Code>, String> {
        let program = self.program(engine);
        let code: Result<Box<dyn Code>, _> = match engine {
            Engine::Machine | Engine::MachineAsLowered => program
                .machine_of(self.workers)
                .map(|code| Box::new(code) as _),
            Engine::Oracle | Engine::OracleOptimised => {
                program.interpreter().map(|code| Box::new(code) as _)
            }
        };
        code.map_err(|report| format!("{report:?}"))
    }

    /// Whether several threads share something.
    pub(crate) fn is_shared(&self) -> bool {
        let image = self.optimised.image();
        let mut processes = image.processes.iter();
        processes.any(|process| process.elements == Threads::Shared)
    }

    /// Runs the program: its first pipeline, its tests, properties and benches.
    pub(crate) fn observe(&self, engine: Engine) -> Result<Seen, String> {
        let program = self.program(engine);
        let image = program.image();
        let folder = (!image.sinks.is_empty()).then(new_folder).transpose()?;
        let load = LoadOptions {
            seed: 7,
            sinks: folder.clone(),
            ..LoadOptions::default()
        };
        let mut vm = Vm::load(Arc::clone(&image), self.code(engine)?, load)
            .map_err(|error| error.to_string())?;
        let seen = runs(&mut vm, &image).map_err(|error| error.to_string());
        let files = folder.map(|folder| files(&folder)).transpose();
        let files = files.map_err(|error| error.to_string())?;
        Ok(Seen {
            files: files.unwrap_or_default(),
            ..seen?
        })
    }
}

fn runs(vm: &mut Vm, image: &Image) -> Result<Seen, VmError> {
    if !image.host.is_empty() {
        vm.tell_host(crate::host::told());
    }
    vm.start()?;
    let report = vm.run(0, TICKS, &mut Control::default())?;
    let mut seen = Seen {
        outcome: said(&report),
        ticks: report.ticks,
        contexts: contexts(vm, image),
        log: vm.log().collect(),
        ..Seen::default()
    };
    for test in 0..image.tests.len() {
        let report = vm.run_test(test)?;
        seen.tests.push((said(&report), contexts(vm, image)));
    }
    for bench in 0..image.benches.len() {
        let report = vm.run_bench(bench)?;
        seen.tests.push((said(&report), contexts(vm, image)));
    }
    for property in 0..image.properties.len() {
        let checked = vm.check_property(property, TRIALS)?;
        seen.properties.push(format!("{checked:?}"));
    }
    Ok(seen)
}

/// A folder of its own for the files of a run.
fn new_folder() -> Result<PathBuf, String> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("theus-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    Ok(folder)
}

/// The files of a folder, which goes.
fn files(folder: &Path) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        files.push((name.into_owned(), fs::read(&path)?));
    }
    files.sort();
    fs::remove_dir_all(folder)?;
    Ok(files)
}

fn said(report: &Report) -> String {
    match &report.outcome {
        Outcome::Reached => "reached".to_owned(),
        other => format!("{other:?}"),
    }
}

/// The bytes of all fields, and of what lies behind the block.
fn contexts(vm: &Vm, image: &Image) -> Vec<u8> {
    let end = usize::try_from(image.context_end).unwrap_or(0);
    let buffers = usize::try_from(Memory::size_for(image)).unwrap_or(usize::MAX);
    let parts = [
        vm.memory().get(HEADER_SIZE as usize..end),
        vm.memory().get(buffers..),
    ];
    parts.map(Option::unwrap_or_default).concat()
}
