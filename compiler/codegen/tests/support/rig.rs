//! Programs of one function each, for tests.

use theus_abi::image::{Image, Site};
use theus_abi::{Code, Host, HostFn, Memory};
use theus_codegen::{Machine, OptLevel, Options, emit};
use theus_mir::interp::Interp;
use theus_mir::{Func, Program};

/// Where tests keep operands and results: behind the header.
pub(crate) const OPERANDS: u32 = 256;

/// An image with so many bytes of context and those sites.
pub(crate) fn image(context: u32, sites: Vec<Site>) -> Image {
    Image {
        files: vec!["test".to_owned()],
        context_end: OPERANDS + context,
        fixed_end: OPERANDS + context,
        sites,
        strict: true,
        ..Image::default()
    }
}

/// A program of those functions.
pub(crate) fn program(funcs: Vec<Func>, sites: Vec<Site>) -> Program {
    let mut image = image(4096, sites);
    image.functions = funcs.iter().map(|func| func.name.clone()).collect();
    Program {
        funcs: funcs.into_iter().collect(),
        image,
    }
}

/// A host that answers every call with its argument plus the number of the call.
#[derive(Debug, Default)]
pub(crate) struct Echo {
    /// The calls, in order.
    pub(crate) calls: Vec<(HostFn, i32)>,
}

impl Host for Echo {
    fn call(&mut self, host: HostFn, arg: i32, memory: &mut [u8]) -> i32 {
        self.calls.push((host, arg));
        memory[OPERANDS as usize] = memory[OPERANDS as usize].wrapping_add(1);
        arg + i32::try_from(self.calls.len()).unwrap()
    }
}

/// A machine and its memory.
#[derive(Debug)]
pub(crate) struct Rig {
    /// The code.
    pub(crate) machine: Machine,
    /// The memory block.
    pub(crate) memory: Memory,
    /// The host.
    pub(crate) host: Echo,
}

impl Rig {
    /// Compiles a program.
    pub(crate) fn new(program: &Program, options: &Options) -> Self {
        let machine = emit(program, options).unwrap_or_else(|ice| panic!("{ice}"));
        let size = usize::try_from(Memory::size_for(&program.image)).unwrap();
        let mut memory = Memory::new(size).unwrap();
        memory.set_u64(theus_abi::header::INJECT, u64::MAX);
        Self {
            machine,
            memory,
            host: Echo::default(),
        }
    }

    /// Calls a function; its status.
    pub(crate) fn call(&mut self, func: u32) -> i32 {
        self.machine
            .call(func, &mut self.memory, &mut self.host)
            .unwrap()
    }

    /// Sets the n-th operand.
    pub(crate) fn set(&mut self, n: u32, bits: u64) {
        self.memory
            .set_u64(i32::try_from(OPERANDS + 8 * n).unwrap(), bits);
    }

    /// The n-th operand.
    pub(crate) fn get(&self, n: u32) -> u64 {
        self.memory.u64(i32::try_from(OPERANDS + 8 * n).unwrap())
    }
}

/// All settings whose code must agree.
pub(crate) fn settings() -> [Options; 3] {
    let plain = Options::default();
    [
        plain,
        Options {
            opt_level: OptLevel::Speed,
            ..plain
        },
        Options {
            fast_registers: true,
            check_registers: true,
            ..plain
        },
    ]
}

/// Calls function 0 in the interpreter and in the machine code of all settings, on memory
/// with those operands. Status, memory and host calls must agree; they are returned.
pub(crate) fn agree(program: &Program, operands: &[u64]) -> (i32, Memory, Echo) {
    let mut oracle = Interp::new(program.clone()).unwrap();
    let size = usize::try_from(Memory::size_for(&program.image)).unwrap();
    let mut want = Memory::new(size).unwrap();
    let mut host = Echo::default();
    prepare(&mut want, operands);
    let status = oracle.call(0, &mut want, &mut host).unwrap();
    for options in settings() {
        let mut rig = Rig::new(program, &options);
        prepare(&mut rig.memory, operands);
        assert_eq!(rig.call(0), status, "{options:?}");
        assert_eq!(rig.host.calls, host.calls, "{options:?}");
        let got = rig.memory.bytes();
        let wrong = want.bytes().iter().zip(got).position(|(a, b)| a != b);
        assert_eq!(wrong, None, "{options:?}: memory differs at an offset");
    }
    (status, want, host)
}

fn prepare(memory: &mut Memory, operands: &[u64]) {
    memory.set_u64(theus_abi::header::INJECT, u64::MAX);
    for (bits, n) in operands.iter().zip(0..) {
        memory.set_u64(i32::try_from(OPERANDS).unwrap() + 8 * n, *bits);
    }
}
