//! `Interp`: the interpreter, the oracle for machine code. Slow and obvious: scalars are
//! the bits of `eval`, every access is checked, memory of a frame that was not written has
//! a pattern, and whatever only a broken compiler can do is an error with a text.

mod call;
mod report;
mod space;
mod step;

use theus_abi::{Code, Host, Memory, Repr};

use crate::compact::compact;
use crate::ids::FuncId;
use crate::program::Program;
use crate::verify::verify;

/// Calls may be nested this deep.
pub const MAX_DEPTH: usize = 1000;

/// Virtual address of the memory block. The block is smaller than this.
pub const MEMORY_BASE: u64 = 1 << 40;
/// Virtual address past which frame memory lies: each slot of each call is a region of its
/// own, so that an access that leaves its slot is always found.
pub const FRAME_BASE: u64 = 2 << 40;

/// An interpreter of a program.
#[derive(Debug)]
pub struct Interp {
    program: Program,
    /// How many instructions may still be executed; `None` for no limit. A run that needs
    /// more ends with an error.
    pub fuel: Option<u64>,
}

impl Interp {
    /// An interpreter of a program, or what the verifier says against it.
    pub fn new(mut program: Program) -> Result<Self, Vec<String>> {
        verify(&program)?;
        for func in program.funcs.values_mut() {
            *func = compact(func);
        }
        Ok(Self {
            program,
            fuel: None,
        })
    }

    /// The program, with its functions made compact.
    pub const fn program(&self) -> &Program {
        &self.program
    }

    /// Runs a function with any parameters and results, all as bits. Bits of an argument
    /// above the width of its representation are dropped.
    pub fn run(
        &mut self,
        func: FuncId,
        args: &[u64],
        memory: &mut Memory,
        host: &mut dyn Host,
    ) -> Result<Vec<u64>, String> {
        let mut fuel = self.fuel.unwrap_or(u64::MAX);
        let machine =
            call::Machine::new(&self.program, memory.bytes_mut(), host, &mut fuel);
        let result = machine.run(func, args);
        if self.fuel.is_some() {
            self.fuel = Some(fuel);
        }
        result
    }
}

impl Code for Interp {
    fn call(
        &mut self,
        func: u32,
        memory: &mut Memory,
        host: &mut dyn Host,
    ) -> Result<i32, String> {
        let id = FuncId::from_u32(func);
        let data = self
            .program
            .funcs
            .get(id)
            .ok_or_else(|| format!("there is no fn{func}"))?;
        if !data.params.is_empty() || data.returns != [Repr::I32] {
            return Err(format!("%{} is not `() -> i32`", data.name));
        }
        let results = self.run(id, &[], memory, host)?;
        let status = results.first().copied().unwrap_or_default();
        i32::try_from(crate::eval::sign_extend(Repr::I32, status))
            .map_err(|error| error.to_string())
    }
}
