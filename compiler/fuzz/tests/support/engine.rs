//! Running generated programs on either engine.

use theus::{Options, Program, compile_str};
use theus_abi::{Code, header::HEADER_SIZE};
use theus_vm::{Control, LoadOptions, Outcome, Report, Vm};

/// Ticks of each run.
const TICKS: u64 = 6;

/// Which engine, and how its program is prepared.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Engine {
    /// Machine code of the optimised program.
    Machine,
    /// The interpreter on the program as lowered.
    Oracle,
    /// Machine code of the program as lowered.
    MachineAsLowered,
    /// The interpreter on the optimised program.
    OracleOptimised,
}

/// What can be seen of a run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) outcome: String,
    pub(crate) contexts: Vec<u8>,
    pub(crate) ticks: u64,
    /// How the test of the program ended, if there is one, and what it left behind.
    pub(crate) test: Option<(String, Vec<u8>)>,
}

/// A program that is compiled once, for all engines.
pub(crate) struct Built {
    lowered: Program,
    optimised: Program,
}

impl Built {
    /// Compiles a program; one that is rejected is the text of its diagnostics.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let options = Options {
            optimise: false,
            tests: true,
            ..Options::default()
        };
        let lowered = compile_str(text, &options).map_err(|report| report.to_string())?;
        let optimised = lowered.optimised();
        Ok(Self { lowered, optimised })
    }

    fn program(&self, engine: Engine) -> &Program {
        match engine {
            Engine::Machine | Engine::OracleOptimised => &self.optimised,
            Engine::Oracle | Engine::MachineAsLowered => &self.lowered,
        }
    }

    /// Runs the program.
    pub(crate) fn observe(&self, engine: Engine) -> Result<Seen, String> {
        let program = self.program(engine);
        let image = program.image();
        let end = usize::try_from(image.context_end).unwrap_or(0);
        let load = LoadOptions {
            seed: 7,
            ..LoadOptions::default()
        };
        let mut vm = Vm::load(image, code(program, engine)?, load)
            .map_err(|error| error.to_string())?;
        vm.start().map_err(|error| error.to_string())?;
        let report = vm
            .run(0, TICKS, &mut Control::default())
            .map_err(|error| error.to_string())?;
        let (outcome, contexts) = (said(&report), contexts(&vm, end));
        let test = match vm.image().tests.len() {
            0 => None,
            _ => {
                let report = vm.run_test(0).map_err(|error| error.to_string())?;
                Some((said(&report), self::contexts(&vm, end)))
            }
        };
        Ok(Seen {
            outcome,
            contexts,
            ticks: report.ticks,
            test,
        })
    }
}

fn code(program: &Program, engine: Engine) -> Result<Box<dyn Code>, String> {
    let code: Result<Box<dyn Code>, _> = match engine {
        Engine::Machine | Engine::MachineAsLowered => {
            program.machine().map(|code| Box::new(code) as _)
        }
        Engine::Oracle | Engine::OracleOptimised => {
            program.interpreter().map(|code| Box::new(code) as _)
        }
    };
    code.map_err(|report| format!("{report:?}"))
}

fn said(report: &Report) -> String {
    match &report.outcome {
        Outcome::Reached => "reached".to_owned(),
        other => format!("{other:?}"),
    }
}

fn contexts(vm: &Vm, end: usize) -> Vec<u8> {
    let all = vm.memory().get(HEADER_SIZE as usize..end);
    all.unwrap_or_default().to_vec()
}
