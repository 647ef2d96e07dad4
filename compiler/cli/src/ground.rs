//! From a program to a VM that is ready to run it.

use std::path::{Path, PathBuf};

use theus::{MAX_WORKERS, Options, Program};
use theus_abi::Code as Runs;
use theus_diag::Code;
use theus_vm::{LoadOptions, Vm, VmError};

use crate::args::Engine;
use crate::files;
use crate::problem::{self, Exit, plain};

/// The code of a program, as the engine has it.
pub(crate) fn code(
    program: &Program,
    engine: Engine,
    workers: u32,
) -> Result<Box<dyn Runs>, Exit> {
    Ok(match engine {
        Engine::Jit => Box::new(program.machine_of(workers)?),
        Engine::Interp => Box::new(program.interpreter()?),
    })
}

/// While processes are measured to find the dear ones, one tick in so many is.
const PROFILED: u64 = 16;

/// The program, loaded.
pub(crate) fn load(
    program: &Program,
    (engine, workers): (Engine, u32),
    seed: u64,
    sinks: Option<PathBuf>,
    sources: PathBuf,
) -> Result<Vm, Exit> {
    let options = options(seed, sinks, sources);
    Vm::load(program.image(), code(program, engine, workers)?, options)
        .map_err(|error| refused(&error))
}

/// As `load`, with every process measured.
pub(crate) fn load_profiled(
    program: &Program,
    (engine, workers): (Engine, u32),
    seed: u64,
    sinks: Option<PathBuf>,
    sources: PathBuf,
) -> Result<Vm, Exit> {
    let options = LoadOptions {
        measure_every: PROFILED,
        profile: true,
        ..options(seed, sinks, sources)
    };
    Vm::load(program.image(), code(program, engine, workers)?, options)
        .map_err(|error| refused(&error))
}

fn options(seed: u64, sinks: Option<PathBuf>, sources: PathBuf) -> LoadOptions {
    LoadOptions {
        seed,
        sinks,
        sources,
        ..LoadOptions::default()
    }
}

/// A thread for each processor.
pub(crate) fn processors() -> u32 {
    let found = std::thread::available_parallelism().map_or(1, usize::from);
    u32::try_from(found).unwrap_or(MAX_WORKERS).min(MAX_WORKERS)
}

/// The program of a file with its tests, loaded.
pub(crate) fn tests(
    path: &Path,
    (engine, workers): (Engine, Option<u32>),
) -> Result<(Program, Vm), Exit> {
    let root = files::root(path)?;
    let options = Options {
        tests: true,
        ..Options::default()
    };
    let directory = root.modules.path().to_owned();
    let program = theus::compile(root.text, &root.modules, &options)?;
    let vm = load(
        &program,
        (engine, workers.unwrap_or_else(processors)),
        0,
        None,
        directory,
    )?;
    Ok((program, vm))
}

/// What the VM refuses before the program runs.
pub(crate) fn refused(error: &VmError) -> Exit {
    let text = error.to_string();
    let code = match error {
        VmError::UnknownPath { .. }
        | VmError::WrongZone { .. }
        | VmError::WrongType { .. }
        | VmError::OutOfRange { .. }
        | VmError::BadIndex { .. } => Code::BadOverride,
        VmError::UnknownPipeline { .. } => Code::NoPipeline,
        VmError::Changed(_) => Code::ChangedField,
        VmError::NoMemory(_) => Code::TooMuchMemory,
        VmError::HeavySize { .. } => Code::HeavySize,
        VmError::Array { .. } => Code::BadNpy,
        VmError::Record { help, .. } => {
            return plain(Code::BadRecord, text).help(help.as_str()).into();
        }
        VmError::Stream(_) => Code::OutputFailed,
        VmError::Start(_)
        | VmError::Order(_)
        | VmError::BadImage(_)
        | VmError::Internal(_) => {
            return Exit::Report(Box::new(problem::internal(&text)), 2);
        }
    };
    plain(code, text).into()
}
