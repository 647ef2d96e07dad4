//! Running generated programs on either engine.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

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

/// Calls `f` for each seed on two threads; the first complaint.
pub(crate) fn each_seed(
    count: u64,
    f: impl Fn(u64) -> Option<String> + Sync,
) -> Option<String> {
    let asked = std::env::var("THEUS_FUZZ_PROGRAMS")
        .ok()
        .and_then(|n| n.parse().ok());
    let count = asked.unwrap_or(count);
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let first = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= count {
                        return;
                    }
                    if let Some(complaint) = f(seed) {
                        stop.store(true, Ordering::Relaxed);
                        *first.lock().unwrap() = Some(complaint);
                    }
                }
            });
        }
    });
    first.into_inner().unwrap()
}
