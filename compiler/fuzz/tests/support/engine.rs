//! Running generated programs on either engine.

use theus::{Options, compile_str};
use theus_abi::{Code, header::HEADER_SIZE};
use theus_vm::{Control, LoadOptions, Outcome, Vm};

/// Ticks of each run.
const TICKS: u64 = 6;

/// Which engine, and how it is prepared.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Engine {
    /// Machine code of the optimised program.
    Machine,
    /// The interpreter on the program as lowered.
    Oracle,
}

/// What can be seen of a run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) outcome: String,
    pub(crate) contexts: Vec<u8>,
    pub(crate) ticks: u64,
}

/// Compiles and runs a program; a program that is rejected is the text of its diagnostics.
pub(crate) fn observe(text: &str, engine: Engine) -> Result<Seen, String> {
    let optimise = matches!(engine, Engine::Machine);
    let options = Options {
        optimise,
        ..Options::default()
    };
    let program = compile_str(text, &options).map_err(|report| report.to_string())?;
    let code: Box<dyn Code> = match engine {
        Engine::Machine => {
            Box::new(program.machine().map_err(|report| format!("{report:?}"))?)
        }
        Engine::Oracle => Box::new(
            program
                .interpreter()
                .map_err(|report| format!("{report:?}"))?,
        ),
    };
    let image = program.image();
    let end = usize::try_from(image.context_end).unwrap_or(0);
    let load = LoadOptions {
        seed: 7,
        ..LoadOptions::default()
    };
    let mut vm = Vm::load(image, code, load).map_err(|error| error.to_string())?;
    vm.start().map_err(|error| error.to_string())?;
    let report = vm
        .run(0, TICKS, &mut Control::default())
        .map_err(|error| error.to_string())?;
    let outcome = match &report.outcome {
        Outcome::Reached => "reached".to_owned(),
        other => format!("{other:?}"),
    };
    let contexts = vm
        .memory()
        .get(HEADER_SIZE as usize..end)
        .unwrap_or_default()
        .to_vec();
    Ok(Seen {
        outcome,
        contexts,
        ticks: report.ticks,
    })
}
