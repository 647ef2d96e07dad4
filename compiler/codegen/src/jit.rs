//! Machine code in memory: writing it, protecting it, calling it, freeing it.
#![expect(unsafe_code, reason = "machine code is called by address")]

use std::fmt;
use std::ptr;

use cranelift_jit::{ArenaMemoryProvider, JITBuilder, JITModule};
use cranelift_module::{FuncId as ModuleFuncId, Linkage, Module};
use theus_abi::header::{HEADER_SIZE, HOST};
use theus_abi::{Host, Memory};
use theus_mir::{FuncId, Program};

use crate::compile::Compiled;
use crate::import::Import;
use crate::options::Ice;
use crate::shim::{self, Session};
use crate::target;
use crate::translate;
use crate::workers::Workers;

/// The address of a function that takes the base address and returns a status.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry(unsafe extern "C" fn(*mut u8) -> i32);

/// The memory that holds the code of one program. An `Entry` is only called through the
/// `Loaded` that it comes from, so no code is called after its memory has been freed.
pub(crate) struct Loaded {
    module: Option<JITModule>,
    count: u32,
}

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loaded")
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

impl Drop for Loaded {
    fn drop(&mut self) {
        if let Some(module) = self.module.take() {
            // SAFETY: `call` borrows `self`, so no code of the module is running, and no
            // entry can be called any more.
            unsafe { module.free_memory() };
        }
    }
}

impl Loaded {
    /// Puts the functions of a program into memory. Names are resolved from the table of
    /// imports only, never from the process.
    pub(crate) fn new(
        program: &Program,
        host: &target::Host,
        compiled: &[Compiled],
    ) -> Result<Self, Ice> {
        let mut builder =
            JITBuilder::with_isa(host.isa.clone(), Box::new(shim::libcall_name));
        builder.memory_provider(Box::new(arena(compiled)?));
        builder.symbol_lookup_fn(Box::new(|name| Some(shim::address(name))));
        let mut module = JITModule::new(builder);
        declare(&mut module, program, host)?;
        let with_body = compiled
            .iter()
            .zip(0..)
            .filter(|(code, _)| !code.bytes.is_empty());
        for (code, number) in with_body {
            let id = ModuleFuncId::from_u32(number);
            module
                .define_function_bytes(id, code.alignment, &code.bytes, &code.relocs)
                .map_err(|error| Ice::new(error.to_string()))?;
        }
        module
            .finalize_definitions()
            .map_err(|error| Ice::new(error.to_string()))?;
        let count = u32::try_from(compiled.len()).unwrap_or(u32::MAX);
        Ok(Self {
            module: Some(module),
            count,
        })
    }

    /// The address of a function, which must have the signature of an entry.
    pub(crate) fn entry(&self, func: FuncId) -> Option<Entry> {
        let module = self
            .module
            .as_ref()
            .filter(|_| func.as_u32() < self.count)?;
        let address =
            module.get_finalized_function(ModuleFuncId::from_u32(func.as_u32()));
        // SAFETY: the address is that of compiled code whose CLIF signature, for a function
        // without parameters that returns an `I32`, is this one in the same call convention.
        Some(Entry(unsafe {
            std::mem::transmute::<*const u8, unsafe extern "C" fn(*mut u8) -> i32>(
                address,
            )
        }))
    }

    /// Calls an entry of this code on a memory block that is large enough for the program.
    pub(crate) fn call(
        &self,
        entry: Entry,
        memory: &mut Memory,
        host: &mut dyn Host,
        workers: Option<&Workers>,
    ) -> Result<i32, String> {
        let bytes = memory.bytes_mut();
        if self.module.is_none() || bytes.len() < HEADER_SIZE as usize {
            return Err("no code or no memory block".to_owned());
        }
        let (base, size) = (bytes.as_mut_ptr(), bytes.len());
        let mut session = Session::new(host, (base, size), workers);
        let slot = base.wrapping_add(HOST as usize).cast::<*mut Session<'_>>();
        // SAFETY: the slot lies within the header, which lies within the block, and is
        // 8-aligned because the block is page-aligned.
        unsafe { slot.write(ptr::from_mut(&mut session)) };
        // SAFETY: compiled code stays within the block and its own stack, because MIR is
        // checked; host calls reach the session through the slot while it is alive.
        let status = unsafe { entry.0(base) };
        // SAFETY: as above; the session is about to die.
        unsafe { slot.write(ptr::null_mut()) };
        session.end().map(|()| status)
    }
}

/// Room for all code: about as much as it takes.
fn arena(compiled: &[Compiled]) -> Result<ArenaMemoryProvider, Ice> {
    const PAGE: usize = 4096;
    let code = compiled
        .iter()
        .map(|code| code.bytes.len() + code.relocs.len() * 32 + 128);
    let size = code.sum::<usize>().next_multiple_of(PAGE) + (compiled.len() + 1) * PAGE;
    ArenaMemoryProvider::new_with_size(size)
        .map_err(|error| Ice::new(format!("no memory for code: {error}")))
}

/// Functions of the program first, so that numbers agree with CLIF, then imports.
fn declare(
    module: &mut JITModule,
    program: &Program,
    host: &target::Host,
) -> Result<(), Ice> {
    let conv = host.isa.default_call_conv();
    let error = |error: cranelift_module::ModuleError| Ice::new(error.to_string());
    for (id, func) in &program.funcs {
        let signature = translate::signature(func, conv);
        let name = format!("{}:{}", id.as_u32(), func.name);
        module
            .declare_function(&name, Linkage::Local, &signature)
            .map_err(error)?;
    }
    for import in Import::all() {
        let signature = import.signature(conv);
        let symbol = import.symbol();
        module
            .declare_function(symbol, Linkage::Import, &signature)
            .map_err(error)?;
    }
    Ok(())
}
