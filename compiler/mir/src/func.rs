//! A function: blocks of instructions in SSA form, each ended by one terminator.

use cranelift_entity::PrimaryMap;
use theus_abi::{HostFn, MathFn, Repr};

use crate::ids::{Block, FuncId, InstId, SiteId, Slot, Value};
use crate::op::{BinaryOp, TernaryOp, UnaryOp};
use crate::results::Results;

/// A function. Its first implicit parameter, the base address of the memory block, is
/// reached by `Inst::Base`; it is not among `params`.
#[derive(Clone, Debug, Default)]
pub struct Func {
    /// The name in text, images and profiles: letters, digits, `_`, `.`, `:`, `<`, `>`, `,`.
    pub name: String,
    /// Representations of the parameters, which are the parameters of the entry block.
    pub params: Vec<Repr>,
    /// Representations of the results.
    pub returns: Vec<Repr>,
    /// Blocks. The order of `layout` is the order of text and machine code.
    pub blocks: PrimaryMap<Block, BlockData>,
    /// The entry block first; a block that is not in it does not exist.
    pub layout: Vec<Block>,
    /// Instructions; those in no block do not exist.
    pub insts: PrimaryMap<InstId, Inst>,
    /// The results of instructions, parallel to `insts`.
    pub results: PrimaryMap<InstId, Results>,
    /// Values and where they come from.
    pub values: PrimaryMap<Value, ValueData>,
    /// Frame memory. Contents are undefined until stored: every load is preceded by a store
    /// on every path.
    pub slots: PrimaryMap<Slot, SlotData>,
    /// Never inlined (tick loops, entries the VM calls).
    pub keep: bool,
    /// A share of the elements of an `each`: `fn(lo, hi, arg) -> status`. What it does for one
    /// number of `lo..hi` does not depend on the others, so a call may become calls for parts of
    /// that range, in any order and at the same time; it gives 0 if all of them do, else some
    /// other number. A part of so many is worth a thread.
    pub share: Option<u32>,
    /// Every call has been inlined: the body is a `return` of zeros and needs no code.
    pub dead: bool,
}

/// A value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueData {
    /// Its representation.
    pub repr: Repr,
    /// What defines it.
    pub def: ValueDef,
}

/// What defines a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueDef {
    /// The n-th parameter of a block.
    Param(Block, u32),
    /// The n-th result of an instruction.
    Result(InstId, u32),
}

/// Frame memory: a local that may be indexed at run time, or whose address is passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotData {
    /// Bytes.
    pub size: u32,
    /// Alignment, a power of two up to 16.
    pub align: u32,
}

/// A basic block.
#[derive(Clone, Debug, Default)]
pub struct BlockData {
    /// Parameters (the phi nodes of other forms).
    pub params: Vec<Value>,
    /// Instructions in order.
    pub insts: Vec<InstId>,
    /// The end; `None` only while the block is being built.
    pub term: Option<Terminator>,
    /// Rarely reached: laid out last, not optimised for.
    pub cold: bool,
}

/// An instruction. Addresses are `I64` values; `offset` is added to them.
#[derive(Clone, Debug, PartialEq)]
pub enum Inst {
    /// An integer constant, sign-extended from its representation.
    Iconst {
        /// Representation.
        repr: Repr,
        /// Value.
        imm: i64,
    },
    /// A float constant, by its bits (`f32` in the low half).
    Fconst {
        /// `F32` or `F64`.
        repr: Repr,
        /// Bits.
        bits: u64,
    },
    /// A unary operation; `repr` is that of the result.
    Unary {
        /// Operation.
        op: UnaryOp,
        /// Representation of the result.
        repr: Repr,
        /// Operand.
        arg: Value,
    },
    /// A binary operation.
    Binary {
        /// Operation.
        op: BinaryOp,
        /// Operands.
        args: [Value; 2],
    },
    /// A ternary operation.
    Ternary {
        /// Operation.
        op: TernaryOp,
        /// Operands.
        args: [Value; 3],
    },
    /// A pure function of `f64`s of the host, from the table `MathFn`. With one operand,
    /// both entries of `args` are the same value.
    Math {
        /// Which function.
        math: MathFn,
        /// Operands.
        args: [Value; 2],
    },
    /// The address `base + offset` in the memory block.
    Base {
        /// Offset from the base address.
        offset: u32,
    },
    /// The address of frame memory.
    SlotAddr {
        /// Which.
        slot: Slot,
    },
    /// `addr + index * scale`; the index is an `I64` that checks have bounded.
    Element {
        /// Address of element 0.
        addr: Value,
        /// Index.
        index: Value,
        /// Bytes from one element to the next.
        scale: u32,
    },
    /// A scalar from memory.
    Load {
        /// Representation.
        repr: Repr,
        /// Address.
        addr: Value,
        /// Constant added to it.
        offset: i32,
        /// Nothing in this function or its callees writes there (a `global` field, a
        /// header constant): the load may be moved, merged and hoisted freely.
        invariant: bool,
    },
    /// A scalar to memory.
    Store {
        /// Value.
        value: Value,
        /// Address.
        addr: Value,
        /// Constant added to it.
        offset: i32,
    },
    /// `size` bytes from `src` to `dst`; the two do not overlap.
    Copy {
        /// Destination address.
        dst: Value,
        /// Source address.
        src: Value,
        /// Bytes.
        size: u32,
    },
    /// `size` zero bytes.
    Zero {
        /// Destination address.
        dst: Value,
        /// Bytes.
        size: u32,
    },
    /// A call of another function of the program. Its results are the callee's `returns`.
    Call {
        /// Callee.
        func: FuncId,
        /// Arguments.
        args: Vec<Value>,
    },
    /// A call into the VM; the result is an `I32` status.
    Host {
        /// Which.
        host: HostFn,
        /// Arguments after the base address.
        args: Vec<Value>,
    },
}

/// A jump to a block with arguments for its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockCall {
    /// Target.
    pub block: Block,
    /// Arguments.
    pub args: Vec<Value>,
}

impl BlockCall {
    /// A jump without arguments.
    pub const fn to(block: Block) -> Self {
        Self {
            block,
            args: Vec::new(),
        }
    }
}

/// The end of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Terminator {
    /// Go there.
    Jump(BlockCall),
    /// `cond` (an `I8`) is not 0: `then`, else `otherwise`.
    Branch {
        /// Condition.
        cond: Value,
        /// Where to go if it is not 0.
        then: BlockCall,
        /// Where to go if it is 0.
        otherwise: BlockCall,
    },
    /// By the value of an integer.
    Switch {
        /// The integer.
        value: Value,
        /// Cases; values are distinct.
        cases: Vec<(i64, BlockCall)>,
        /// All other values.
        default: BlockCall,
    },
    /// A check of the program. If `cond` is 0: write `site` and `args` (extended to 64 bits
    /// by their `ArgKind`) to `FAULT_SITE` and `FAULT_ARGS` of the header, go to `fail`.
    /// `fail` is cold. A check whose condition is always 1 may be removed; no check may
    /// move above a store to the context, a host call, or another check that a handler can
    /// tell apart.
    Check {
        /// What must hold.
        cond: Value,
        /// Which check it is.
        site: SiteId,
        /// Operands for the report, at most `MAX_FAULT_ARGS`.
        args: Vec<Value>,
        /// Where to go on.
        ok: BlockCall,
        /// Where failures go.
        fail: BlockCall,
    },
    /// Leave the function.
    Return(Vec<Value>),
}

impl Inst {
    /// Calls `f` on each operand.
    pub fn each_arg_mut(&mut self, mut f: impl FnMut(&mut Value)) {
        match self {
            Self::Iconst { .. } | Self::Fconst { .. } | Self::Base { .. } => {}
            Self::SlotAddr { .. } => {}
            Self::Unary { arg, .. } => f(arg),
            Self::Binary { args, .. } | Self::Math { args, .. } => {
                args.iter_mut().for_each(f);
            }
            Self::Ternary { args, .. } => args.iter_mut().for_each(f),
            Self::Element { addr, index, .. } => {
                f(addr);
                f(index);
            }
            Self::Load { addr, .. } => f(addr),
            Self::Store { value, addr, .. } => {
                f(value);
                f(addr);
            }
            Self::Copy { dst, src, .. } => {
                f(dst);
                f(src);
            }
            Self::Zero { dst, .. } => f(dst),
            Self::Call { args, .. } | Self::Host { args, .. } => {
                args.iter_mut().for_each(f);
            }
        }
    }

    /// Calls `f` on each operand.
    pub fn each_arg(&self, mut f: impl FnMut(Value)) {
        match self {
            Self::Iconst { .. } | Self::Fconst { .. } | Self::Base { .. } => {}
            Self::SlotAddr { .. } => {}
            Self::Unary { arg, .. } => f(*arg),
            Self::Binary { args, .. } | Self::Math { args, .. } => {
                args.iter().copied().for_each(f);
            }
            Self::Ternary { args, .. } => args.iter().copied().for_each(f),
            Self::Element { addr, index, .. } => {
                f(*addr);
                f(*index);
            }
            Self::Load { addr, .. } => f(*addr),
            Self::Store { value, addr, .. } => {
                f(*value);
                f(*addr);
            }
            Self::Copy { dst, src, .. } => {
                f(*dst);
                f(*src);
            }
            Self::Zero { dst, .. } => f(*dst),
            Self::Call { args, .. } | Self::Host { args, .. } => {
                args.iter().copied().for_each(f);
            }
        }
    }

    /// Whether the instruction has no effect but its results, which depend on its operands
    /// only, and can be executed anywhere (so it may be merged, moved, hoisted, dropped).
    pub const fn is_pure(&self) -> bool {
        match self {
            Self::Binary { op, .. } => !op.is_guarded(),
            Self::Iconst { .. }
            | Self::Fconst { .. }
            | Self::Base { .. }
            | Self::SlotAddr { .. }
            | Self::Unary { .. }
            | Self::Ternary { .. }
            | Self::Math { .. }
            | Self::Element { .. } => true,
            Self::Load { invariant, .. } => *invariant,
            Self::Store { .. }
            | Self::Copy { .. }
            | Self::Zero { .. }
            | Self::Call { .. }
            | Self::Host { .. } => false,
        }
    }
}

impl Terminator {
    /// Calls `f` on each outgoing edge.
    pub fn each_edge_mut(&mut self, mut f: impl FnMut(&mut BlockCall)) {
        match self {
            Self::Jump(target) => f(target),
            Self::Branch {
                then, otherwise, ..
            } => {
                f(then);
                f(otherwise);
            }
            Self::Switch { cases, default, .. } => {
                cases.iter_mut().for_each(|(_, target)| f(target));
                f(default);
            }
            Self::Check { ok, fail, .. } => {
                f(ok);
                f(fail);
            }
            Self::Return(_) => {}
        }
    }

    /// Calls `f` on each outgoing edge.
    pub fn each_edge(&self, mut f: impl FnMut(&BlockCall)) {
        match self {
            Self::Jump(target) => f(target),
            Self::Branch {
                then, otherwise, ..
            } => {
                f(then);
                f(otherwise);
            }
            Self::Switch { cases, default, .. } => {
                cases.iter().for_each(|(_, target)| f(target));
                f(default);
            }
            Self::Check { ok, fail, .. } => {
                f(ok);
                f(fail);
            }
            Self::Return(_) => {}
        }
    }

    /// Calls `f` on each operand, arguments of edges included.
    pub fn each_arg_mut(&mut self, mut f: impl FnMut(&mut Value)) {
        match self {
            Self::Jump(_) => {}
            Self::Branch { cond, .. } => f(cond),
            Self::Switch { value, .. } => f(value),
            Self::Check { cond, args, .. } => {
                f(cond);
                args.iter_mut().for_each(&mut f);
            }
            Self::Return(args) => args.iter_mut().for_each(&mut f),
        }
        self.each_edge_mut(|edge| edge.args.iter_mut().for_each(&mut f));
    }

    /// Calls `f` on each operand, arguments of edges included.
    pub fn each_arg(&self, mut f: impl FnMut(Value)) {
        match self {
            Self::Jump(_) => {}
            Self::Branch { cond, .. } => f(*cond),
            Self::Switch { value, .. } => f(*value),
            Self::Check { cond, args, .. } => {
                f(*cond);
                args.iter().copied().for_each(&mut f);
            }
            Self::Return(args) => args.iter().copied().for_each(&mut f),
        }
        self.each_edge(|edge| edge.args.iter().copied().for_each(&mut f));
    }
}

impl Func {
    /// The representation of a value.
    pub fn repr(&self, value: Value) -> Repr {
        self.values[value].repr
    }

    /// The entry block.
    pub fn entry(&self) -> Option<Block> {
        self.layout.first().copied()
    }

    /// Adds an empty block at the end of the layout.
    pub fn new_block(&mut self) -> Block {
        let block = self.blocks.push(BlockData::default());
        self.layout.push(block);
        block
    }

    /// Adds a parameter to a block.
    pub fn block_param(&mut self, block: Block, repr: Repr) -> Value {
        let at = u32::try_from(self.blocks[block].params.len()).unwrap_or(u32::MAX);
        let value = self.values.push(ValueData {
            repr,
            def: ValueDef::Param(block, at),
        });
        self.blocks[block].params.push(value);
        value
    }

    /// Adds frame memory.
    pub fn new_slot(&mut self, size: u32, align: u32) -> Slot {
        self.slots.push(SlotData { size, align })
    }

    /// Makes an instruction with results of those representations, in no block yet.
    pub fn make(&mut self, inst: Inst, results: &[Repr]) -> InstId {
        let id = self.insts.push(inst);
        let mut value = |repr, n| {
            let def = ValueDef::Result(id, n);
            self.values.push(ValueData { repr, def })
        };
        let results = match *results {
            [repr] => Results::One(value(repr, 0)),
            _ => {
                let values = results.iter().zip(0..);
                Results::Many(values.map(|(&repr, n)| value(repr, n)).collect())
            }
        };
        self.results.push(results);
        id
    }

    /// The representation of the single result of an instruction; `None` for stores, calls
    /// and other instructions without exactly one result fixed by the instruction itself.
    pub fn result_repr(&self, inst: &Inst) -> Option<Repr> {
        match inst {
            Inst::Iconst { repr, .. }
            | Inst::Fconst { repr, .. }
            | Inst::Unary { repr, .. }
            | Inst::Load { repr, .. } => Some(*repr),
            Inst::Binary { op, .. } if op.is_predicate() => Some(Repr::I8),
            Inst::Binary { args, .. } => Some(self.repr(args[0])),
            Inst::Ternary { args, .. } => Some(self.repr(args[1])),
            Inst::Math { .. } => Some(Repr::F64),
            Inst::Base { .. } | Inst::SlotAddr { .. } | Inst::Element { .. } => {
                Some(Repr::I64)
            }
            Inst::Host { .. } => Some(Repr::I32),
            Inst::Store { .. } | Inst::Copy { .. } | Inst::Zero { .. } => None,
            Inst::Call { .. } => None,
        }
    }
}
