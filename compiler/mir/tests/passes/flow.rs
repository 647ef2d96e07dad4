//! Random checks, branches, loops, switches and calls.

use super::{DATA, GLOBALS, Gen, SITES};
use theus_abi::{Repr, header};
use theus_mir::{BinaryOp, Block, BlockCall, Inst, SiteId, Terminator, Value};

impl Gen<'_> {
    pub(super) fn check(&mut self) {
        // Most checks must hold, or little of the function would run.
        let cond = if self.rng.once_in(3) {
            self.condition()
        } else {
            let (value, one) = (self.any(Repr::I8), self.int(Repr::I8, 1));
            self.binary(BinaryOp::Or, value, one)
        };
        let handled = self.rng.once_in(2);
        self.check_that(cond, handled);
    }

    pub(super) fn check_that(&mut self, cond: Value, handled: bool) {
        let number = self.rng.below(SITES);
        let args = (0..number % 2).map(|_| self.any(Repr::I64)).collect();
        let site = SiteId::from_u32(number as u32);
        let ok = self.func.new_block();
        let fail = if handled {
            self.func.new_block()
        } else {
            self.fail
        };
        let edges = (BlockCall::to(ok), BlockCall::to(fail));
        self.end(Terminator::Check {
            cond,
            site,
            args,
            ok: edges.0,
            fail: edges.1,
        });
        self.block = ok;
        if handled {
            self.handler(fail);
        }
    }

    /// A handler that looks at the report and goes on.
    fn handler(&mut self, fail: Block) {
        let join = self.func.new_block();
        let param = self.func.block_param(join, Repr::I64);
        let value = self.any(Repr::I64);
        self.jump(join, vec![value]);
        self.func.blocks[fail].cold = true;
        self.block = fail;
        let addr = self.base(0);
        let offset = self.rng.pick(&[header::FAULT_SITE, header::FAULT_ARGS]);
        let seen = self.inst(Inst::Load {
            repr: Repr::I64,
            addr,
            offset,
            invariant: false,
        });
        self.jump(join, vec![seen]);
        self.values.push(param);
        self.block = join;
    }

    /// Statements in a block of their own; what they make is not visible outside.
    fn arm(&mut self, block: Block, join: Block, repr: Repr) {
        let kept = (self.values.len(), self.cells.len());
        self.block = block;
        self.depth += 1;
        let size = self.rng.below(5);
        self.statements(size);
        self.depth -= 1;
        let value = self.any(repr);
        self.jump(join, vec![value]);
        self.values.truncate(kept.0);
        self.cells.truncate(kept.1);
    }

    fn join(&mut self, repr: Repr) -> (Block, Value) {
        let join = self.func.new_block();
        (join, self.func.block_param(join, repr))
    }

    pub(super) fn branch(&mut self) {
        let repr = self.repr();
        let (join, param) = self.join(repr);
        let (then, otherwise) = (self.func.new_block(), self.func.new_block());
        let cond = self.condition();
        self.fork(cond, then, otherwise);
        self.arm(then, join, repr);
        self.arm(otherwise, join, repr);
        self.block = join;
        self.values.push(param);
    }

    pub(super) fn switch(&mut self) {
        let repr = self.repr();
        let value = self.any(Repr::I32);
        let (join, param) = self.join(repr);
        let blocks = [0; 3].map(|_| self.func.new_block());
        let [zero, minus, default] = blocks.map(BlockCall::to);
        self.end(Terminator::Switch {
            value,
            cases: vec![(0, zero), (-1, minus)],
            default,
        });
        for block in blocks {
            self.arm(block, join, repr);
        }
        self.block = join;
        self.values.push(param);
    }

    /// A loop of a few rounds that carries one value.
    pub(super) fn repeat(&mut self) {
        let repr = self.repr();
        let (header, carried) = self.join(repr);
        let round = self.func.block_param(header, Repr::I64);
        let (next, new) = self.join(repr);
        let (body, done) = (self.func.new_block(), self.func.new_block());
        let (start, first) = (self.rng.pick(&[0, 0, 2, -3]), self.any(repr));
        let start = self.int(Repr::I64, start);
        self.jump(header, vec![first, start]);
        self.block = header;
        let rounds = self.rng.below(6) as i64;
        let limit = self.int(Repr::I64, rounds);
        let op =
            self.rng
                .pick(&[BinaryOp::Slt, BinaryOp::Slt, BinaryOp::Sle, BinaryOp::Ult]);
        let cond = self.binary(op, round, limit);
        self.fork(cond, body, done);
        let kept = self.values.len();
        self.values.extend([round, carried]);
        self.arm(body, next, repr);
        self.block = next;
        let step = self.rng.pick(&[1, 1, 2]);
        let step = self.int(Repr::I64, step);
        let more = self.binary(BinaryOp::Iadd, round, step);
        self.jump(header, vec![new, more]);
        self.values.truncate(kept);
        self.block = done;
        self.values.extend([round, carried]);
    }

    /// A call that may fail.
    pub(super) fn call(&mut self) {
        if self.callees.is_empty() {
            return self.check();
        }
        let func = self.callees[self.rng.below(self.callees.len())];
        let out = if self.rng.once_in(3) {
            self.base(DATA + GLOBALS)
        } else {
            // The first slot has room for two cells.
            self.slot_addr(self.slots[0])
        };
        let args = vec![self.any(Repr::F64), self.any(Repr::I64), out];
        let id = self
            .func
            .make(Inst::Call { func, args }, &[Repr::I32, Repr::F64]);
        self.func.blocks[self.block].insts.push(id);
        let (status, result) = (self.func.results[id][0], self.func.results[id][1]);
        let zero = self.int(Repr::I32, 0);
        let cond = self.binary(BinaryOp::Ieq, status, zero);
        let ok = self.func.new_block();
        if self.rng.once_in(2) {
            self.fork(cond, ok, self.fail);
            self.block = ok;
        } else {
            // The failure is handled.
            let (failed, join) = (self.func.new_block(), self.func.new_block());
            self.fork(cond, ok, failed);
            for block in [ok, failed] {
                self.block = block;
                self.jump(join, vec![]);
            }
            self.block = join;
        }
        self.values.push(result);
    }
}
