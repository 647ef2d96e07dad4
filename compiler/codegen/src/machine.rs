//! `Machine`: a program in machine code, ready to be called.

use theus_abi::{Code, Host, Memory};
use theus_mir::{FuncId, Program};

use crate::calls::{self, is_entry};
use crate::compile::{self, Compiled};
use crate::jit::{Entry, Loaded};
use crate::options::{Ice, Options};
use crate::target;
use crate::workers::Workers;

/// More workers than this are not started.
pub const MAX_WORKERS: u32 = 64;

/// What machine code costs in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// By function, in the order of the image.
    pub functions: Vec<FuncSize>,
    /// Bytes of stack of the deepest chain of calls, host calls not included.
    pub stack: u64,
    /// Bytes of stack of a thread beside that of the run, if there is something for one.
    pub worker: Option<u64>,
}

/// What one function costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FuncSize {
    /// Its name.
    pub name: String,
    /// Bytes of machine code and constants.
    pub code: u32,
    /// Bytes of stack of one call.
    pub frame: u32,
}

impl Sizes {
    /// Bytes of machine code and constants of all functions.
    pub fn code(&self) -> u64 {
        self.functions.iter().map(|func| u64::from(func.code)).sum()
    }
}

/// Machine code of a program, in memory that is executable and not writable. Dropping it
/// gives the memory back.
#[derive(Debug)]
pub struct Machine {
    /// Threads besides that of the run, if the program has something for them. They end before
    /// the code goes.
    workers: Option<Workers>,
    loaded: Loaded,
    /// The functions that the VM may call.
    entries: Vec<Option<Entry>>,
    sizes: Sizes,
    /// Least size of the memory block.
    memory: u64,
}

/// Compiles a program for the machine at hand.
///
/// # Errors
/// If the program exceeds a limit, or MIR is not well-formed.
pub fn emit(program: &Program, options: &Options) -> Result<Machine, Ice> {
    let host = target::Host::new(options)?;
    let compiled = compile::program(program, &host, false)?;
    let sizes = sizes(program, &compiled)?;
    let loaded = Loaded::new(program, &host, &compiled)?;
    let entries = program
        .funcs
        .iter()
        .map(|(id, func)| {
            if is_entry(func) {
                loaded.entry(id)
            } else {
                None
            }
        })
        .collect();
    let memory = Memory::size_for(&program.image);
    let workers = workers(options, &sizes)?;
    Ok(Machine {
        workers,
        loaded,
        entries,
        sizes,
        memory,
    })
}

impl Machine {
    /// What the code costs in memory.
    pub const fn sizes(&self) -> &Sizes {
        &self.sizes
    }
}

impl Code for Machine {
    fn call(
        &mut self,
        func: u32,
        memory: &mut Memory,
        host: &mut dyn Host,
    ) -> Result<i32, String> {
        let entry = usize::try_from(func)
            .ok()
            .and_then(|func| self.entries.get(func));
        let Some(Some(entry)) = entry.copied() else {
            return Err(format!("function {func} is no entry of the program"));
        };
        if (memory.bytes().len() as u64) < self.memory {
            return Err(format!(
                "the memory block is smaller than {} bytes",
                self.memory
            ));
        }
        let workers = self.workers.as_ref();
        self.loaded.call(entry, memory, host, workers)
    }
}

/// What a thread needs of its stack besides the frames of compiled code.
const STACK: u64 = 256 << 10;

/// The threads that share work, if there is work to share.
fn workers(options: &Options, sizes: &Sizes) -> Result<Option<Workers>, Ice> {
    let others = options.workers.saturating_sub(1).min(MAX_WORKERS - 1);
    let Some(stack) = sizes.worker.filter(|_| others > 0) else {
        return Ok(None);
    };
    let stack = usize::try_from(stack).unwrap_or(usize::MAX);
    let started = Workers::start(others, stack);
    started
        .map(Some)
        .map_err(|error| Ice::new(format!("no thread for a worker: {error}")))
}

fn sizes(program: &Program, compiled: &[Compiled]) -> Result<Sizes, Ice> {
    let functions = program
        .funcs
        .values()
        .zip(compiled)
        .map(|(func, compiled)| FuncSize {
            name: func.name.clone(),
            code: u32::try_from(compiled.bytes.len()).unwrap_or(u32::MAX),
            frame: compiled.frame,
        });
    let functions: Vec<_> = functions.collect();
    let frame = |id: FuncId| {
        functions
            .get(id.as_u32() as usize)
            .map_or(0, |size: &FuncSize| size.frame)
    };
    let stack = calls::deepest(program, frame)?;
    let shares = program.funcs.values().any(|func| func.share.is_some());
    let worker = shares.then(|| stack.saturating_add(STACK));
    Ok(Sizes {
        functions,
        stack,
        worker,
    })
}
