//! `Machine`: a program in machine code, ready to be called.

use cranelift_codegen::entity::SecondaryMap;
use theus_abi::{Code, Host, Memory, Repr};
use theus_mir::{Func, FuncId, Inst, Program};

use crate::compile::{self, Compiled};
use crate::jit::{Entry, Loaded};
use crate::options::{Ice, Options};
use crate::target;

/// What machine code costs in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// By function, in the order of the image.
    pub functions: Vec<FuncSize>,
    /// Bytes of stack of the deepest chain of calls, host calls not included.
    pub stack: u64,
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
    Ok(Machine {
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
        self.loaded.call(entry, memory, host)
    }
}

/// Entries have a body, no parameters, and return one status.
fn is_entry(func: &Func) -> bool {
    !func.layout.is_empty()
        && func.params.is_empty()
        && func.returns.as_slice() == [Repr::I32]
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
    let stack = deepest(program, &functions)?;
    Ok(Sizes { functions, stack })
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Depth {
    #[default]
    Unknown,
    Open,
    Known(u64),
}

/// The sum of frames along the worst chain of calls, without recursion of our own.
fn deepest(program: &Program, sizes: &[FuncSize]) -> Result<u64, Ice> {
    let mut depths: SecondaryMap<FuncId, Depth> = SecondaryMap::new();
    let mut most = 0;
    for root in program.funcs.keys() {
        let mut stack = vec![root];
        while let Some(&id) = stack.last() {
            let callees = callees(&program.funcs[id]);
            if depths[id] == Depth::Unknown {
                depths[id] = Depth::Open;
                for callee in callees {
                    match depths[callee] {
                        Depth::Unknown => stack.push(callee),
                        Depth::Open => {
                            let name = &program.funcs[callee].name;
                            return Err(
                                Ice::new("the function calls itself").within(name)
                            );
                        }
                        Depth::Known(_) => {}
                    }
                }
                continue;
            }
            stack.pop();
            if depths[id] == Depth::Open {
                let below = callees.iter().map(|callee| match depths[*callee] {
                    Depth::Known(depth) => depth,
                    Depth::Unknown | Depth::Open => 0,
                });
                let own = sizes.get(id.as_u32() as usize).map_or(0, |size| size.frame);
                let depth = below.max().unwrap_or(0) + u64::from(own);
                depths[id] = Depth::Known(depth);
                most = most.max(depth);
            }
        }
    }
    Ok(most)
}

fn callees(func: &Func) -> Vec<FuncId> {
    let blocks = func
        .layout
        .iter()
        .flat_map(|block| &func.blocks[*block].insts);
    let calls = blocks.filter_map(|inst| match &func.insts[*inst] {
        Inst::Call { func, .. } => Some(*func),
        _ => None,
    });
    let mut callees: Vec<_> = calls.collect();
    callees.sort_unstable();
    callees.dedup();
    callees
}
