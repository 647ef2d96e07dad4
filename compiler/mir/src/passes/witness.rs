//! `witness`: every check notes that something came to it and whether it failed, and loops end
//! after so many rounds. For tests of what the compiler proves: all checks are kept.

use theus_abi::Repr;

use super::constant::Const;
use super::inject::failed;
use crate::cfg::Cfg;
use crate::func::{BlockCall, Func, Inst, Terminator};
use crate::ids::{Block, InstId, Value};
use crate::op::{BinaryOp, UnaryOp};
use crate::program::Program;

/// What a function returns that has failed: `header::Status::Failed`, and some fault.
const FAILED: u64 = 2;

/// Where a program notes what its checks do: bytes of the memory block, all zero at the start
/// of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notes {
    /// A word: how many rounds all loops have made.
    pub rounds: u32,
    /// For each site a byte: 0 while nothing has come to its check, 1 after it has held, else
    /// more: it has failed.
    pub sites: u32,
    /// Past the last one.
    pub end: u32,
}

impl Notes {
    /// How many rounds all loops of a run have made.
    #[must_use]
    pub fn made(self, memory: &[u8]) -> u64 {
        let at = usize::try_from(self.rounds).unwrap_or(usize::MAX);
        let word = memory.get(at..).and_then(<[u8]>::first_chunk);
        word.map_or(0, |word| u64::from_le_bytes(*word))
    }

    /// What became of the check of a site, by the memory block of a run.
    #[must_use]
    pub fn of(self, memory: &[u8], site: u32) -> Note {
        let at = usize::try_from(self.sites.saturating_add(site));
        match at.ok().and_then(|at| memory.get(at)) {
            None | Some(0) => Note::Unreached,
            Some(1) => Note::Held,
            Some(_) => Note::Failed,
        }
    }
}

/// What became of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// Nothing came to it.
    Unreached,
    /// It held whenever it was reached.
    Held,
    /// It failed at least once.
    Failed,
}

/// Makes all checks of a program note what they do; no loop goes on after `rounds` rounds of all.
pub fn witness(program: &mut Program, rounds: u64) -> Notes {
    let start = program.image.fixed_end.next_multiple_of(64);
    let count = u32::try_from(program.image.sites.len()).unwrap_or(u32::MAX);
    let sites = start.saturating_add(8);
    let notes = Notes {
        rounds: start,
        sites,
        end: sites.saturating_add(count),
    };
    program.image.fixed_end = notes.end.next_multiple_of(64);
    for func in program.funcs.values_mut() {
        if func.share.is_some() {
            *func = failed(func);
        }
        checks(func, notes);
        loops(func, notes, rounds);
    }
    notes
}

/// New instructions of a block.
struct Insts<'f> {
    func: &'f mut Func,
    out: Vec<InstId>,
}

impl Insts<'_> {
    fn add(&mut self, inst: Inst) -> Value {
        let repr = self.func.result_repr(&inst).unwrap_or(Repr::I64);
        let id = self.func.make(inst, &[repr]);
        self.out.push(id);
        self.func.results[id][0]
    }

    fn constant(&mut self, repr: Repr, value: u64) -> Value {
        self.add(Const::new(repr, value).inst())
    }

    fn binary(&mut self, op: BinaryOp, args: [Value; 2]) -> Value {
        self.add(Inst::Binary { op, args })
    }

    fn load(&mut self, repr: Repr, addr: Value) -> Value {
        self.add(Inst::Load {
            repr,
            addr,
            offset: 0,
            invariant: false,
        })
    }

    fn store(&mut self, value: Value, addr: Value) {
        let store = Inst::Store {
            value,
            addr,
            offset: 0,
        };
        self.out.push(self.func.make(store, &[]));
    }
}

/// Before each check: its byte gets a bit for what it does.
fn checks(func: &mut Func, notes: Notes) {
    for at in 0..func.layout.len() {
        let block = func.layout[at];
        let Some(Terminator::Check { cond, site, .. }) = func.blocks[block].term else {
            continue;
        };
        let out = std::mem::take(&mut func.blocks[block].insts);
        let mut insts = Insts { func, out };
        let offset = notes.sites.saturating_add(site.as_u32());
        let addr = insts.add(Inst::Base { offset });
        let fails = insts.add(Inst::Unary {
            op: UnaryOp::Not,
            repr: Repr::I8,
            arg: cond,
        });
        let one = insts.constant(Repr::I8, 1);
        let bit = insts.binary(BinaryOp::Iadd, [fails, one]);
        let old = insts.load(Repr::I8, addr);
        let new = insts.binary(BinaryOp::Or, [old, bit]);
        insts.store(new, addr);
        let out = insts.out;
        func.blocks[block].insts = out;
    }
}

/// On each edge that leads back: one more round.
fn loops(func: &mut Func, notes: Notes, rounds: u64) {
    let cfg = Cfg::new(func);
    let mut seen = cranelift_entity::EntitySet::new();
    for &block in &cfg.order {
        seen.insert(block);
        let Some(mut term) = func.blocks[block].term.take() else {
            continue;
        };
        term.each_edge_mut(|edge| {
            if seen.contains(edge.block) {
                let target = std::mem::replace(edge, BlockCall::to(block));
                edge.block = round(func, target, notes, rounds);
            }
        });
        func.blocks[block].term = Some(term);
    }
}

/// A block that counts a round and goes on, or leaves the function as one that failed.
fn round(func: &mut Func, target: BlockCall, notes: Notes, rounds: u64) -> Block {
    let leave = left(func);
    let block = func.new_block();
    let mut insts = Insts {
        func,
        out: Vec::new(),
    };
    let addr = insts.add(Inst::Base {
        offset: notes.rounds,
    });
    let old = insts.load(Repr::I64, addr);
    let one = insts.constant(Repr::I64, 1);
    let new = insts.binary(BinaryOp::Iadd, [old, one]);
    insts.store(new, addr);
    let most = insts.constant(Repr::I64, rounds);
    let cond = insts.binary(BinaryOp::Ult, [new, most]);
    let out = insts.out;
    func.blocks[block].insts = out;
    func.blocks[block].term = Some(Terminator::Branch {
        cond,
        then: target,
        otherwise: BlockCall::to(leave),
    });
    block
}

/// A block that returns as if something had failed.
fn left(func: &mut Func) -> Block {
    let block = func.new_block();
    let returns = func.returns.clone();
    let mut insts = Insts {
        func,
        out: Vec::new(),
    };
    let values = returns.iter().enumerate().map(|(at, repr)| {
        let is_status = at == 0 && *repr == Repr::I32;
        insts.constant(*repr, if is_status { FAILED } else { 0 })
    });
    let values = values.collect();
    let out = insts.out;
    func.blocks[block].insts = out;
    func.blocks[block].term = Some(Terminator::Return(values));
    block
}
