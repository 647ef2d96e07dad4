//! A loop over blocks of rounds, before the plain loop that does the rest.

use std::collections::BTreeMap;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder};
use theus_abi::Repr;
use theus_mir::{BinaryOp, Block, Inst, InstId, UnaryOp, Value};

use super::Translator;
use super::lanes::Lanes;
use crate::options::Ice;
use crate::target::clif_type;
use crate::vector::kind::Kind;
use crate::vector::plan::{Plan, def};

/// Where a loop is entered, and its blocks.
#[derive(Debug)]
pub(super) struct Entrance {
    pub(super) block: ir::Block,
    pub(super) inside: Vec<Block>,
}

/// Values that step, at one round.
type Round = BTreeMap<Value, ir::Value>;

impl Translator<'_> {
    /// Makes the block through which each vector loop is entered.
    pub(super) fn make_entrances(&mut self) {
        for (header, plan) in &self.plans {
            let block = self.builder.create_block();
            for &param in &self.mir.blocks[*header].params {
                let ty = clif_type(self.mir.repr(param));
                self.builder.append_block_param(block, ty);
            }
            let inside = plan.blocks.clone();
            self.entrances.insert(*header, Entrance { block, inside });
        }
    }

    /// The vector loop of a header, if it has one. What it leaves goes to the plain loop.
    pub(super) fn vector_loop(&mut self, header: Block) -> Result<(), Ice> {
        let Some(mut plan) = self.plans.remove(&header) else {
            return Ok(());
        };
        let Some(entrance) = self.entrances.get(&header) else {
            return Ok(());
        };
        let block = entrance.block;
        self.builder.switch_to_block(block);
        let params = self.builder.block_params(block).to_vec();
        let names = self.mir.blocks[header].params.clone();
        let plain: Vec<_> = names.iter().map(|name| self.values[*name]).collect();
        for (name, param) in names.iter().zip(&params) {
            self.values[*name] = (*param).into();
        }
        self.same_values(&plan)?;
        let mut lanes = Lanes::default();
        self.prepare_lanes(&mut plan, &mut lanes)?;
        let blocks = self.vector_blocks(&plan, &params, header)?;
        self.blocks_of_rounds(&mut plan, &mut lanes, &params, blocks)?;
        for (name, value) in names.iter().zip(plain) {
            self.values[*name] = value;
        }
        Ok(())
    }

    /// What is the same in every round is computed once.
    fn same_values(&mut self, plan: &Plan) -> Result<(), Ice> {
        for &id in &plan.insts {
            let result = self.mir.results[id].first().copied();
            if result.is_some_and(|result| plan.kind(result) == Kind::Same) {
                self.inst(id)?;
            }
        }
        Ok(())
    }

    /// Whether the loop may run in blocks at all; gives the body, and the last round in which
    /// a block may start.
    fn vector_blocks(
        &mut self,
        plan: &Plan,
        params: &[ir::Value],
        header: Block,
    ) -> Result<(ir::Block, ir::Value), Ice> {
        let (Some(&start), Some(end)) = (params.get(plan.counter), plan.end) else {
            return Err(Ice::new("a loop without a counter"));
        };
        let end = self.value(end)?;
        let lanes = i64::from(plan.lanes);
        let less = if plan.signed {
            IntCC::SignedLessThan
        } else {
            IntCC::UnsignedLessThan
        };
        let count = self.builder.ins().isub(end, start);
        let some = self.builder.ins().icmp(less, start, end);
        let width = self.builder.func.dfg.value_type(count);
        let block = self.builder.ins().iconst(width, lanes);
        let enough =
            self.builder
                .ins()
                .icmp(IntCC::UnsignedGreaterThanOrEqual, count, block);
        let mut good = self.builder.ins().band(some, enough);
        let last = self.builder.ins().isub(end, block);
        let final_round = self.builder.ins().iadd_imm_s(end, -1);
        let counter = self.mir.blocks[header].params[plan.counter];
        let mut first = Round::from([(counter, start)]);
        let mut final_round = Round::from([(counter, final_round)]);
        for &(cond, holds) in &plan.checks {
            let one = match plan.kind(cond) {
                Kind::Ends => {
                    let a = self.ends(plan, cond, holds, &mut first)?;
                    let b = self.ends(plan, cond, holds, &mut final_round)?;
                    let both = self.builder.ins().band(a, b);
                    let grows = self.grows(plan, cond, &mut first, &mut final_round)?;
                    self.builder.ins().band(both, grows)
                }
                Kind::Same => {
                    let value = self.value(cond)?;
                    self.truth(value, holds)
                }
                _ => continue,
            };
            good = self.builder.ins().band(good, one);
        }
        for &(a, b) in &plan.apart {
            let one = self.are_apart(plan, (a, b), &mut first, &mut final_round)?;
            good = self.builder.ins().band(good, one);
        }
        let body = self.builder.create_block();
        let mut args = vec![BlockArg::from(start)];
        self.builder.append_block_param(body, width);
        for total in &plan.totals {
            let Some(&param) = params.get(total.param) else {
                return Err(Ice::new("a total without a parameter"));
            };
            let ty = self.builder.func.dfg.value_type(param);
            self.builder.append_block_param(body, ty);
            args.push(param.into());
        }
        let rest: Vec<BlockArg> = params.iter().map(|param| (*param).into()).collect();
        let plain = self.block(header)?;
        self.builder.ins().brif(good, body, &args, plain, &rest);
        Ok((body, last))
    }

    fn truth(&mut self, value: ir::Value, holds: bool) -> ir::Value {
        let cc = if holds { IntCC::NotEqual } else { IntCC::Equal };
        self.builder.ins().icmp_imm_u(cc, value, 0)
    }

    /// A predicate on stepping values at one round.
    fn ends(
        &mut self,
        plan: &Plan,
        cond: Value,
        holds: bool,
        round: &mut Round,
    ) -> Result<ir::Value, Ice> {
        let Some((_, Inst::Binary { op, args: [a, b] })) = def(self.mir, cond) else {
            return Err(Ice::new("a predicate of no operation"));
        };
        let (a, b) = (self.at(plan, *a, round)?, self.at(plan, *b, round)?);
        let ins = self.builder.ins();
        let value = match op {
            BinaryOp::Ult => ins.icmp(IntCC::UnsignedLessThan, a, b),
            BinaryOp::Ule => ins.icmp(IntCC::UnsignedLessThanOrEqual, a, b),
            BinaryOp::Slt => ins.icmp(IntCC::SignedLessThan, a, b),
            BinaryOp::Sle => ins.icmp(IntCC::SignedLessThanOrEqual, a, b),
            BinaryOp::SaddOvf => ins.sadd_overflow(a, b).1,
            BinaryOp::SsubOvf => ins.ssub_overflow(a, b).1,
            BinaryOp::UaddOvf => ins.uadd_overflow(a, b).1,
            BinaryOp::UsubOvf => ins.usub_overflow(a, b).1,
            _ => return Err(Ice::new("a predicate that does not end")),
        };
        Ok(self.truth(value, holds))
    }

    /// Whether the first operand of a predicate grows from the first round to the last.
    fn grows(
        &mut self,
        plan: &Plan,
        cond: Value,
        first: &mut Round,
        last: &mut Round,
    ) -> Result<ir::Value, Ice> {
        let Some((_, Inst::Binary { op, args: [a, _] })) = def(self.mir, cond) else {
            return Err(Ice::new("a predicate of no operation"));
        };
        let (from, to) = (self.at(plan, *a, first)?, self.at(plan, *a, last)?);
        let cc = match op {
            BinaryOp::Slt | BinaryOp::Sle | BinaryOp::SaddOvf | BinaryOp::SsubOvf => {
                IntCC::SignedLessThanOrEqual
            }
            _ => IntCC::UnsignedLessThanOrEqual,
        };
        Ok(self.builder.ins().icmp(cc, from, to))
    }

    /// Whether two accesses touch no common byte in any round.
    fn are_apart(
        &mut self,
        plan: &Plan,
        (a, b): (InstId, InstId),
        first: &mut Round,
        last: &mut Round,
    ) -> Result<ir::Value, Ice> {
        let (a_lo, a_hi) = self.extent(plan, a, first, last)?;
        let (b_lo, b_hi) = self.extent(plan, b, first, last)?;
        let cc = IntCC::UnsignedLessThanOrEqual;
        let before = self.builder.ins().icmp(cc, a_hi, b_lo);
        let after = self.builder.ins().icmp(cc, b_hi, a_lo);
        Ok(self.builder.ins().bor(before, after))
    }

    /// The first byte of an access, and the one past its last.
    fn extent(
        &mut self,
        plan: &Plan,
        access: InstId,
        first: &mut Round,
        last: &mut Round,
    ) -> Result<(ir::Value, ir::Value), Ice> {
        let (addr, offset, size) = match &self.mir.insts[access] {
            Inst::Load {
                addr, offset, repr, ..
            } => (*addr, *offset, repr.size()),
            Inst::Store {
                addr,
                offset,
                value,
            } => (*addr, *offset, self.mir.repr(*value).size()),
            _ => return Err(Ice::new("an access of no memory")),
        };
        let (from, to) = (self.at(plan, addr, first)?, self.at(plan, addr, last)?);
        let lo = self.builder.ins().iadd_imm_s(from, i64::from(offset));
        let past = i64::from(offset) + i64::from(size);
        Ok((lo, self.builder.ins().iadd_imm_s(to, past)))
    }

    /// A value that is the same or steps, at one round.
    pub(super) fn at(
        &mut self,
        plan: &Plan,
        value: Value,
        round: &mut Round,
    ) -> Result<ir::Value, Ice> {
        if let Some(known) = round.get(&value) {
            return Ok(*known);
        }
        if plan.kind(value) == Kind::Same {
            return self.value(value);
        }
        let Some((_, inst)) = def(self.mir, value) else {
            return Err(Ice::new("a value that does not step"));
        };
        let made = match inst {
            Inst::Unary { op, repr, arg } => {
                let from = self.mir.repr(*arg);
                let x = self.at(plan, *arg, round)?;
                let ty = clif_type(*repr);
                match op {
                    _ if from == *repr => x,
                    UnaryOp::Zext => self.builder.ins().uextend(ty, x),
                    _ => self.builder.ins().sextend(ty, x),
                }
            }
            Inst::Binary { op, args: [a, b] } => {
                let (a, b) = (self.at(plan, *a, round)?, self.at(plan, *b, round)?);
                match op {
                    BinaryOp::Isub => self.builder.ins().isub(a, b),
                    _ => self.builder.ins().iadd(a, b),
                }
            }
            Inst::Element { addr, index, scale } => {
                let addr = self.at(plan, *addr, round)?;
                let index = self.at(plan, *index, round)?;
                let by = match scale {
                    1 => index,
                    _ => self.builder.ins().imul_imm_s(index, i64::from(*scale)),
                };
                self.builder.ins().iadd(addr, by)
            }
            _ => return Err(Ice::new("a value that does not step")),
        };
        round.insert(value, made);
        Ok(made)
    }

    /// The loop: checks, stores, totals of one block of rounds.
    fn blocks_of_rounds(
        &mut self,
        plan: &mut Plan,
        lanes: &mut Lanes,
        params: &[ir::Value],
        (body, last): (ir::Block, ir::Value),
    ) -> Result<(), Ice> {
        let header = plan.blocks.first().copied().unwrap_or(self.here);
        let plain = self.block(header)?;
        self.builder.switch_to_block(body);
        let own = self.builder.block_params(body).to_vec();
        let Some((&at, totals)) = own.split_first() else {
            return Err(Ice::new("a loop without a counter"));
        };
        let counter = self.mir.blocks[header].params[plan.counter];
        lanes.round = Round::from([(counter, at)]);
        let rest = handed(plan, params, at, totals);
        let failed = self.failed(plan, lanes, totals)?;
        if let Some(failed) = failed {
            let on = self.builder.create_block();
            self.builder.ins().brif(failed, plain, &rest, on, &[]);
            self.builder.switch_to_block(on);
        }
        self.lane_stores(plan, lanes)?;
        let mut sums = Vec::new();
        for (total, before) in plan.totals.clone().iter().zip(totals) {
            let counted = self.count(plan, lanes, total)?;
            sums.push(self.builder.ins().iadd(*before, counted));
        }
        let next = self.builder.ins().iadd_imm_s(at, i64::from(plan.lanes));
        let less = if plan.signed {
            IntCC::SignedLessThanOrEqual
        } else {
            IntCC::UnsignedLessThanOrEqual
        };
        let more = self.builder.ins().icmp(less, next, last);
        let again: Vec<BlockArg> = std::iter::once(next)
            .chain(sums.iter().copied())
            .map(BlockArg::from)
            .collect();
        let rest = handed(plan, params, next, &sums);
        self.builder.ins().brif(more, body, &again, plain, &rest);
        Ok(())
    }

    /// Whether some check of the block could fail, or a total could leave its type.
    fn failed(
        &mut self,
        plan: &mut Plan,
        lanes: &mut Lanes,
        totals: &[ir::Value],
    ) -> Result<Option<ir::Value>, Ice> {
        let mut failed = self.lane_checks(plan, lanes)?;
        for (total, before) in plan.totals.clone().iter().zip(totals) {
            let (Some(signed), Some((_, a, b))) =
                (total.checked, plan.counted(self.mir, total.addend))
            else {
                continue;
            };
            let most = i64::from(plan.lanes) * a.max(b);
            let wide = self.builder.func.dfg.value_type(*before) == clif_type(Repr::I64);
            let top = match (signed, wide) {
                (true, true) => i64::MAX,
                (true, false) => i64::from(i32::MAX),
                (false, true) => -1,
                (false, false) => i64::from(u32::MAX),
            };
            let cc = if signed {
                IntCC::SignedGreaterThan
            } else {
                IntCC::UnsignedGreaterThan
            };
            let ty = self.builder.func.dfg.value_type(*before);
            let limit = self.builder.ins().iconst(ty, top.wrapping_sub(most));
            let over = self.builder.ins().icmp(cc, *before, limit);
            failed = Some(match failed {
                Some(failed) => self.builder.ins().bor(failed, over),
                None => over,
            });
        }
        Ok(failed)
    }
}

/// What the plain loop is entered with.
fn handed(
    plan: &Plan,
    params: &[ir::Value],
    at: ir::Value,
    totals: &[ir::Value],
) -> Vec<BlockArg> {
    let mut values = params.to_vec();
    if let Some(counter) = values.get_mut(plan.counter) {
        *counter = at;
    }
    for (total, value) in plan.totals.iter().zip(totals) {
        if let Some(slot) = values.get_mut(total.param) {
            *slot = *value;
        }
    }
    values.into_iter().map(BlockArg::from).collect()
}
