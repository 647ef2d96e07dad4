//! `FuncBuilder`: builds a function instruction by instruction, in SSA form.

use theus_abi::{HostFn, MathFn, Repr};

use crate::cfg;
use crate::eval;
use crate::func::{BlockCall, Func, Inst, Terminator};
use crate::ids::{Block, FuncId, SiteId, Slot, Value};
use crate::op::{BinaryOp, TernaryOp, UnaryOp};

/// A function being built. Instructions go to the end of the current block; after a
/// terminator they go to a fresh block that nothing reaches, which `finish` removes, so that
/// lowering need not know which code is dead.
#[derive(Debug)]
pub struct FuncBuilder {
    func: Func,
    current: Block,
}

impl FuncBuilder {
    /// A function with an entry block that has those parameters and is current.
    pub fn new(name: impl Into<String>, params: &[Repr], returns: &[Repr]) -> Self {
        let mut func = Func {
            name: name.into(),
            params: params.to_vec(),
            returns: returns.to_vec(),
            ..Func::default()
        };
        let entry = func.new_block();
        for &repr in params {
            func.block_param(entry, repr);
        }
        Self {
            func,
            current: entry,
        }
    }

    /// The parameters of the function.
    pub fn params(&self) -> Vec<Value> {
        self.func
            .entry()
            .map(|entry| self.func.blocks[entry].params.clone())
            .unwrap_or_default()
    }

    /// The function so far.
    pub const fn func(&self) -> &Func {
        &self.func
    }

    /// The function so far.
    pub const fn func_mut(&mut self) -> &mut Func {
        &mut self.func
    }

    /// The representation of a value.
    pub fn repr(&self, value: Value) -> Repr {
        self.func.repr(value)
    }

    /// A new block; it does not become current.
    pub fn new_block(&mut self) -> Block {
        self.func.new_block()
    }

    /// A new block that is rarely reached.
    pub fn cold_block(&mut self) -> Block {
        let block = self.func.new_block();
        self.func.blocks[block].cold = true;
        block
    }

    /// Adds a parameter to a block.
    pub fn param(&mut self, block: Block, repr: Repr) -> Value {
        self.func.block_param(block, repr)
    }

    /// Makes a block current.
    pub const fn switch_to(&mut self, block: Block) {
        self.current = block;
    }

    /// The current block.
    pub const fn current(&self) -> Block {
        self.current
    }

    /// Whether the current block has its terminator.
    pub fn is_terminated(&self) -> bool {
        self.func.blocks[self.current].term.is_some()
    }

    /// Frame memory.
    pub fn slot(&mut self, size: u32, align: u32) -> Slot {
        self.func.new_slot(size, align)
    }

    /// An integer constant; bits of `imm` above the width are dropped.
    pub fn iconst(&mut self, repr: Repr, imm: i64) -> Value {
        let imm = eval::sign_extend(repr, imm.cast_unsigned());
        self.one(Inst::Iconst { repr, imm }, repr)
    }

    /// 0 or 1 as an `I8`.
    pub fn bool(&mut self, value: bool) -> Value {
        self.iconst(Repr::I8, value.into())
    }

    /// An `F64` constant.
    pub fn f64(&mut self, value: f64) -> Value {
        self.one(
            Inst::Fconst {
                repr: Repr::F64,
                bits: value.to_bits(),
            },
            Repr::F64,
        )
    }

    /// An `F32` constant.
    pub fn f32(&mut self, value: f32) -> Value {
        self.one(
            Inst::Fconst {
                repr: Repr::F32,
                bits: value.to_bits().into(),
            },
            Repr::F32,
        )
    }

    /// A unary operation with a result of that representation.
    pub fn unary(&mut self, op: UnaryOp, repr: Repr, arg: Value) -> Value {
        self.one(Inst::Unary { op, repr, arg }, repr)
    }

    /// A binary operation.
    pub fn binary(&mut self, op: BinaryOp, a: Value, b: Value) -> Value {
        let repr = if op.is_predicate() {
            Repr::I8
        } else {
            self.func.repr(a)
        };
        self.one(Inst::Binary { op, args: [a, b] }, repr)
    }

    /// A ternary operation.
    pub fn ternary(&mut self, op: TernaryOp, args: [Value; 3]) -> Value {
        let repr = self.func.repr(args[1]);
        self.one(Inst::Ternary { op, args }, repr)
    }

    /// `a` where `cond` is not 0, else `b`.
    pub fn select(&mut self, cond: Value, a: Value, b: Value) -> Value {
        self.ternary(TernaryOp::Select, [cond, a, b])
    }

    /// A function of the host; `b` is ignored where it has one operand.
    pub fn math(&mut self, math: MathFn, a: Value, b: Value) -> Value {
        let b = if math.arity() == 1 { a } else { b };
        self.one(Inst::Math { math, args: [a, b] }, Repr::F64)
    }

    /// The address `base + offset`.
    pub fn base(&mut self, offset: u32) -> Value {
        self.one(Inst::Base { offset }, Repr::I64)
    }

    /// The address of frame memory.
    pub fn slot_addr(&mut self, slot: Slot) -> Value {
        self.one(Inst::SlotAddr { slot }, Repr::I64)
    }

    /// `addr + index * scale`.
    pub fn element(&mut self, addr: Value, index: Value, scale: u32) -> Value {
        self.one(Inst::Element { addr, index, scale }, Repr::I64)
    }

    /// A scalar from memory.
    pub fn load(&mut self, repr: Repr, addr: Value, offset: i32) -> Value {
        self.one(
            Inst::Load {
                repr,
                addr,
                offset,
                invariant: false,
            },
            repr,
        )
    }

    /// A scalar from memory that this function and its callees do not write.
    pub fn load_invariant(&mut self, repr: Repr, addr: Value, offset: i32) -> Value {
        self.one(
            Inst::Load {
                repr,
                addr,
                offset,
                invariant: true,
            },
            repr,
        )
    }

    /// A scalar to memory.
    pub fn store(&mut self, value: Value, addr: Value, offset: i32) {
        self.push(
            Inst::Store {
                value,
                addr,
                offset,
            },
            &[],
        );
    }

    /// `size` bytes from `src` to `dst`, which do not overlap.
    pub fn copy(&mut self, dst: Value, src: Value, size: u32) {
        self.push(Inst::Copy { dst, src, size }, &[]);
    }

    /// `size` zero bytes.
    pub fn zero(&mut self, dst: Value, size: u32) {
        self.push(Inst::Zero { dst, size }, &[]);
    }

    /// A call of a function that returns values of those representations.
    pub fn call(&mut self, func: FuncId, args: &[Value], returns: &[Repr]) -> Vec<Value> {
        self.push(
            Inst::Call {
                func,
                args: args.to_vec(),
            },
            returns,
        )
    }

    /// A call into the VM; the result is its status.
    pub fn host(&mut self, host: HostFn, arg: Value) -> Value {
        self.one(
            Inst::Host {
                host,
                args: vec![arg],
            },
            Repr::I32,
        )
    }

    /// Ends the block: go there.
    pub fn jump(&mut self, block: Block, args: &[Value]) {
        self.end(Terminator::Jump(edge(block, args)));
    }

    /// Ends the block: `then` if `cond` is not 0, else `otherwise`.
    pub fn branch(&mut self, cond: Value, then: Block, otherwise: Block) {
        self.branch_args(cond, then, &[], otherwise, &[]);
    }

    /// Ends the block: `then` if `cond` is not 0, else `otherwise`.
    pub fn branch_args(
        &mut self,
        cond: Value,
        then: Block,
        then_args: &[Value],
        otherwise: Block,
        otherwise_args: &[Value],
    ) {
        self.end(Terminator::Branch {
            cond,
            then: edge(then, then_args),
            otherwise: edge(otherwise, otherwise_args),
        });
    }

    /// Ends the block: by the value of an integer. As in constants, bits of a case above the
    /// width of the value are dropped.
    pub fn switch(&mut self, value: Value, cases: &[(i64, Block)], default: Block) {
        let repr = self.func.repr(value);
        let case = |&(imm, block): &(i64, Block)| {
            (
                eval::sign_extend(repr, imm.cast_unsigned()),
                BlockCall::to(block),
            )
        };
        let cases = cases.iter().map(case).collect();
        self.end(Terminator::Switch {
            value,
            cases,
            default: BlockCall::to(default),
        });
    }

    /// Ends the block: if `cond` is 0, the site fails and control goes to `fail`. Makes the
    /// block in which control goes on, and makes it current.
    pub fn check(&mut self, cond: Value, site: SiteId, args: &[Value], fail: Block) {
        self.func.blocks[fail].cold = true;
        let dead = self.is_terminated();
        let cold = self.func.blocks[self.current].cold;
        let ok = self.func.new_block();
        self.func.blocks[ok].cold = cold;
        if !dead {
            self.end(Terminator::Check {
                cond,
                site,
                args: args.to_vec(),
                ok: BlockCall::to(ok),
                fail: BlockCall::to(fail),
            });
        }
        self.current = ok;
    }

    /// Ends the block: leave the function.
    pub fn ret(&mut self, values: &[Value]) {
        self.end(Terminator::Return(values.to_vec()));
    }

    /// The function, without the blocks that nothing reaches.
    pub fn finish(mut self) -> Func {
        cfg::remove_unreachable(&mut self.func);
        self.func
    }

    fn end(&mut self, term: Terminator) {
        self.open();
        self.func.blocks[self.current].term = Some(term);
    }

    /// Makes sure that the current block has no terminator.
    fn open(&mut self) {
        if self.is_terminated() {
            self.current = self.func.new_block();
        }
    }

    fn push(&mut self, inst: Inst, results: &[Repr]) -> Vec<Value> {
        self.open();
        let id = self.func.make(inst, results);
        self.func.blocks[self.current].insts.push(id);
        self.func.results[id].to_vec()
    }

    fn one(&mut self, inst: Inst, repr: Repr) -> Value {
        self.open();
        let id = self.func.make(inst, &[repr]);
        self.func.blocks[self.current].insts.push(id);
        self.func.results[id][0]
    }
}

fn edge(block: Block, args: &[Value]) -> BlockCall {
    BlockCall {
        block,
        args: args.to_vec(),
    }
}
