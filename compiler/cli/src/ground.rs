//! From a program to a VM that is ready to run it.

use std::path::PathBuf;

use theus::Program;
use theus_abi::Code as Runs;
use theus_diag::Code;
use theus_vm::{LoadOptions, Vm, VmError};

use crate::args::Engine;
use crate::problem::{self, Exit, plain};

/// The code of a program, as the engine has it.
pub(crate) fn code(program: &Program, engine: Engine) -> Result<Box<dyn Runs>, Exit> {
    Ok(match engine {
        Engine::Jit => Box::new(program.machine()?),
        Engine::Interp => Box::new(program.interpreter()?),
    })
}

/// The program, loaded.
pub(crate) fn load(
    program: &Program,
    engine: Engine,
    seed: u64,
    sinks: Option<PathBuf>,
    sources: PathBuf,
) -> Result<Vm, Exit> {
    let options = LoadOptions {
        seed,
        sinks,
        sources,
        ..LoadOptions::default()
    };
    Vm::load(program.image(), code(program, engine)?, options)
        .map_err(|error| refused(&error))
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
        VmError::NoMemory(_) => Code::TooMuchMemory,
        VmError::HeavySize { .. } => Code::HeavySize,
        VmError::Array { .. } => Code::BadNpy,
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
