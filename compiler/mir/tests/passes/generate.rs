//! Random MIR programs: valid, terminating, and careful about the one thing that passes may
//! change, which is the bits of a NaN that has not gone through `fcanon`.

mod flow;
mod memory;
mod scalar;

use cranelift_entity::PrimaryMap;
use theus_abi::image::{ArgKind, Image, Loc, Site, SiteKind, Within};
use theus_abi::{Fault, Repr};
use theus_mir::{
    BinaryOp, Block, BlockCall, Func, FuncId, Inst, Program, Slot, Terminator, TernaryOp,
    UnaryOp, Value,
};

/// First byte of the memory that functions use.
pub(crate) const DATA: u32 = 256;
/// Bytes of it.
pub(crate) const DATA_SIZE: u32 = 192;
/// The first bytes of it are `global` fields: never written.
const GLOBALS: u32 = 32;
/// Where `main` leaves what it has computed.
const RESULTS: u32 = DATA + 96;
/// How many sites there are; odd ones have an operand.
const SITES: usize = 16;
/// What a callee takes; the last is the address of two cells of the caller.
const PARAMS: [Repr; 3] = [Repr::F64, Repr::I64, Repr::I64];

/// A random number generator (splitmix64).
#[derive(Debug)]
pub(crate) struct Rng(pub(crate) u64);

impl Rng {
    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// True once in `n` times.
    pub(crate) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of them.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

/// An image of nothing but sites.
fn image(functions: &PrimaryMap<FuncId, Func>) -> Image {
    let loc = Loc::default();
    let site = |n: usize| {
        let args = (0..n % 2).map(|_| ("n".to_owned(), ArgKind::Int)).collect();
        Site {
            kind: SiteKind::Fault(Fault::Assert),
            loc,
            process: None,
            args,
            call: None,
            within: Within::Entry,
        }
    };
    Image {
        context_end: DATA + DATA_SIZE,
        fixed_end: DATA + DATA_SIZE,
        sites: (0..SITES).map(site).collect(),
        functions: functions.values().map(|func| func.name.clone()).collect(),
        strict: true,
        ..Image::default()
    }
}

/// A program: `leaf` and `middle`, which may fail, and `main`, which calls them.
pub(crate) fn program(seed: u64) -> Program {
    let mut rng = Rng(seed);
    let mut funcs = PrimaryMap::new();
    let (small, large) = (1 + rng.below(4), 4 + rng.below(24));
    let leaf = funcs.push(Gen::new(&mut rng, "leaf", vec![]).callee(small));
    let middle = funcs.push(Gen::new(&mut rng, "middle", vec![leaf]).callee(3));
    funcs.push(Gen::new(&mut rng, "main", vec![leaf, middle]).main(large));
    Program {
        image: image(&funcs),
        funcs,
    }
}

/// A function in the making.
struct Gen<'r> {
    rng: &'r mut Rng,
    func: Func,
    callees: Vec<FuncId>,
    block: Block,
    /// Values that may be used here.
    values: Vec<Value>,
    /// Addresses of cells that may be used again here.
    cells: Vec<(Value, i32)>,
    slots: Vec<Slot>,
    /// The block that leaves the function with a failure.
    fail: Block,
    depth: usize,
}

impl<'r> Gen<'r> {
    fn new(rng: &'r mut Rng, name: &str, callees: Vec<FuncId>) -> Self {
        let mut func = Func {
            name: name.to_owned(),
            ..Func::default()
        };
        let block = func.new_block();
        let fail = func.new_block();
        func.blocks[fail].cold = true;
        Self {
            rng,
            func,
            callees,
            block,
            values: vec![],
            cells: vec![],
            slots: vec![],
            fail,
            depth: 0,
        }
    }

    fn callee(mut self, size: usize) -> Func {
        self.func.params = PARAMS.to_vec();
        self.func.returns = vec![Repr::I32, Repr::F64];
        let entry = self.block;
        let params = PARAMS.map(|repr| self.func.block_param(entry, repr));
        self.values.extend(&params[..2]);
        self.start();
        self.statements(size);
        let value = self.canonical(Repr::F64);
        self.store_to(value, params[2], 8);
        if self.rng.once_in(2) {
            let value = self.any(Repr::I64);
            self.store_to(value, params[2], 0);
        }
        let (ok, result) = (self.int(Repr::I32, 0), self.canonical(Repr::F64));
        self.end(Terminator::Return(vec![ok, result]));
        self.block = self.fail;
        let (failed, nothing) = (self.int(Repr::I32, 2), self.float(Repr::F64, 0.0));
        self.end(Terminator::Return(vec![failed, nothing]));
        self.func
    }

    fn main(mut self, size: usize) -> Func {
        self.func.returns = vec![Repr::I32];
        self.func.keep = true;
        self.start();
        self.statements(size);
        let last = self.values.len().saturating_sub(12);
        for (value, at) in self.values.split_off(last).into_iter().zip(0_u32..) {
            let (value, addr) = (self.canon(value), self.base(RESULTS + 8 * at));
            self.store_to(value, addr, 0);
        }
        let ok = self.int(Repr::I32, 0);
        self.end(Terminator::Return(vec![ok]));
        self.block = self.fail;
        let failed = self.int(Repr::I32, 2);
        self.end(Terminator::Return(vec![failed]));
        self.func
    }

    /// Some values, and slots with defined contents.
    fn start(&mut self) {
        for at in 0..1 + self.rng.below(3) {
            let size = if at == 0 {
                16
            } else {
                self.rng.pick(&[8, 16, 24, 64])
            };
            let slot = self.func.new_slot(size, 8);
            let dst = self.slot_addr(slot);
            self.effect(Inst::Zero { dst, size });
            self.slots.push(slot);
        }
        for repr in Repr::ALL {
            let value = self.constant(repr);
            self.values.push(value);
            self.load(repr);
        }
    }

    fn statements(&mut self, size: usize) {
        for _ in 0..size {
            let nested = self.depth < 3;
            match self.rng.below(if nested { 26 } else { 18 }) {
                0..=7 => self.expression(),
                8 | 9 => {
                    let repr = self.repr();
                    self.load(repr);
                }
                10..=12 => self.store(),
                13 => self.copy(),
                14 | 15 => self.slot_store(),
                16 => self.slot_load(),
                17 => self.check(),
                18..=20 => self.branch(),
                21 | 22 => self.repeat(),
                23 => self.switch(),
                _ => self.call(),
            }
        }
    }

    fn repr(&mut self) -> Repr {
        use Repr::{F32, F64, I8, I16, I32, I64};
        self.rng.pick(&[F64, I64, F64, I8, I32, F32, I16])
    }

    fn effect(&mut self, inst: Inst) {
        let id = self.func.make(inst, &[]);
        self.func.blocks[self.block].insts.push(id);
    }

    fn inst(&mut self, inst: Inst) -> Value {
        let repr = self.func.result_repr(&inst).unwrap();
        let id = self.func.make(inst, &[repr]);
        self.func.blocks[self.block].insts.push(id);
        self.func.results[id][0]
    }

    fn unary(&mut self, op: UnaryOp, repr: Repr, arg: Value) -> Value {
        self.inst(Inst::Unary { op, repr, arg })
    }

    fn binary(&mut self, op: BinaryOp, a: Value, b: Value) -> Value {
        self.inst(Inst::Binary { op, args: [a, b] })
    }

    fn ternary(&mut self, op: TernaryOp, args: [Value; 3]) -> Value {
        self.inst(Inst::Ternary { op, args })
    }

    fn end(&mut self, term: Terminator) {
        self.func.blocks[self.block].term = Some(term);
    }

    fn jump(&mut self, block: Block, args: Vec<Value>) {
        self.end(Terminator::Jump(BlockCall { block, args }));
    }

    fn fork(&mut self, cond: Value, then: Block, otherwise: Block) {
        let (then, otherwise) = (BlockCall::to(then), BlockCall::to(otherwise));
        self.end(Terminator::Branch {
            cond,
            then,
            otherwise,
        });
    }
}
