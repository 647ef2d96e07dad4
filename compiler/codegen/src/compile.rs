//! CLIF functions to bytes: what cranelift is asked for, and what is kept of its answer.

use std::cmp::Reverse;
use std::thread;

use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{ExternalName, LibCall};
use cranelift_codegen::{Context, FinalizedRelocTarget};
use cranelift_module::{FuncId as ModuleFuncId, ModuleReloc};
use theus_mir::{FuncId, Program};

use crate::calls;
use crate::import::Import;
use crate::limit;
use crate::options::Ice;
use crate::order::Order;
use crate::shim;
use crate::target::Host;
use crate::translate;

/// Cranelift recurses on the depth of expressions.
const STACK: usize = 64 << 20;

/// A function in machine code, not yet at its place in memory. One that
/// nothing calls has no bytes.
#[derive(Default)]
pub(crate) struct Compiled {
    pub(crate) bytes: Vec<u8>,
    pub(crate) alignment: u64,
    pub(crate) relocs: Vec<ModuleReloc>,
    /// Bytes of stack of one call.
    pub(crate) frame: u32,
    /// The listing, if asked for.
    pub(crate) listing: Option<String>,
}

/// Compiles every function of the program, in order.
pub(crate) fn program(
    program: &Program,
    host: &Host,
    listing: bool,
) -> Result<Vec<Compiled>, Ice> {
    let reachable = calls::reachable(program);
    let ids = program.funcs.keys().filter(|id| reachable[*id]);
    let mut ids: Vec<FuncId> = ids.collect();
    let size = |id: &FuncId| program.funcs[*id].insts.len();
    // The largest first, so that no thread is left with one that others could have begun.
    ids.sort_by_key(|id| Reverse(size(id)));
    let work = || {
        let context = || {
            let mut context = Context::new();
            context.set_disasm(listing);
            context
        };
        let total = ids.iter().map(size).sum();
        let codes = theus_mir::on_threads(ids.len(), total, context, |context, at| {
            let id = ids[at];
            let compiled = function(program, id, host, context);
            compiled.map_err(|ice| ice.within(&program.funcs[id].name))
        });
        let mut all: Vec<_> = program.funcs.keys().map(|_| Compiled::default()).collect();
        for (id, code) in ids.iter().zip(codes) {
            all[id.as_u32() as usize] = code?;
        }
        Ok(all)
    };
    thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(STACK);
        match builder.spawn_scoped(scope, work) {
            Err(error) => Err(Ice::new(format!("no thread to compile on: {error}"))),
            Ok(thread) => thread
                .join()
                .unwrap_or_else(|panic| Err(from_panic(panic.as_ref()))),
        }
    })
}

fn from_panic(panic: &(dyn std::any::Any + Send)) -> Ice {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    Ice::new(format!("the code generator panicked: {text}"))
}

fn function(
    program: &Program,
    id: FuncId,
    host: &Host,
    context: &mut Context,
) -> Result<Compiled, Ice> {
    let mir = &program.funcs[id];
    let order = Order::new(mir);
    let registers = limit::registers(mir, &order)?;
    let listing = context.want_disasm;
    context.clear();
    context.set_disasm(listing);
    context.func = translate::function(program, id, &order, host.target())?;
    let isa = host.isa(registers).as_ref();
    if let Err(error) = context.compile(isa, &mut ControlPlane::default()) {
        return Err(Ice::new(format!("cranelift: {:?}", error.inner)));
    }
    collect(program, id, context)
}

/// Takes what is needed out of the context, and makes sure that the code refers to nothing
/// but the program and the table of imports.
fn collect(program: &Program, id: FuncId, context: &Context) -> Result<Compiled, Ice> {
    let Some(code) = context.compiled_code() else {
        return Err(Ice::new("cranelift made no code"));
    };
    let known = program.funcs.len() + Import::all().count();
    let mut relocs = Vec::new();
    for reloc in code.buffer.relocs() {
        check_target(&reloc.target, context, known)?;
        let func = ModuleFuncId::from_u32(id.as_u32());
        relocs.push(ModuleReloc::from_mach_reloc(reloc, &context.func, func));
    }
    let layout = code.buffer.frame_layout();
    Ok(Compiled {
        bytes: code.code_buffer().to_vec(),
        alignment: u64::from(code.buffer.alignment),
        relocs,
        // The return address and the frame pointer of the caller are above the frame.
        frame: layout.map_or(0, |layout| layout.frame_to_fp_offset + 16),
        listing: code.vcode.clone(),
    })
}

fn check_target(
    target: &FinalizedRelocTarget,
    context: &Context,
    known: usize,
) -> Result<(), Ice> {
    let good = match target {
        FinalizedRelocTarget::Func(_) => true,
        FinalizedRelocTarget::ExternalName(ExternalName::User(name)) => {
            let name = &context.func.params.user_named_funcs()[*name];
            name.namespace == 0 && (name.index as usize) < known
        }
        FinalizedRelocTarget::ExternalName(ExternalName::LibCall(call)) => {
            is_known(*call)
        }
        FinalizedRelocTarget::ExternalName(
            ExternalName::TestCase(_) | ExternalName::KnownSymbol(_),
        ) => false,
    };
    if good {
        Ok(())
    } else {
        Err(Ice::new(format!("code refers to {target:?}")))
    }
}

fn is_known(call: LibCall) -> bool {
    shim::libcall(call).is_some()
}
