//! Ends of blocks: jumps, branches, switches, checks, returns.

use std::collections::BTreeSet;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64, I64};
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, MemFlagsData};
use cranelift_frontend::Switch;
use theus_abi::image::{ArgKind, SiteKind};
use theus_abi::{Repr, header};
use theus_mir::{BlockCall, Inst, SiteId, Terminator, UnaryOp, Value, ValueDef};

use super::Translator;
use crate::options::Ice;

/// Up to this many cases are compared one after the other.
const FEW_CASES: usize = 4;

/// A target with its arguments.
struct Edge {
    block: ir::Block,
    args: Vec<BlockArg>,
}

impl Translator<'_> {
    pub(super) fn terminator(&mut self, block: theus_mir::Block) -> Result<(), Ice> {
        let mir = self.mir;
        match &mir.blocks[block].term {
            None => return Err(Ice::new(format!("{block} has no end"))),
            Some(Terminator::Jump(target)) => {
                let edge = self.edge(target)?;
                self.builder.ins().jump(edge.block, &edge.args);
            }
            Some(Terminator::Branch {
                cond,
                then,
                otherwise,
            }) => {
                let (then, otherwise) = (self.edge(then)?, self.edge(otherwise)?);
                self.branch(*cond, then, otherwise)?;
            }
            Some(Terminator::Switch {
                value,
                cases,
                default,
            }) => {
                self.switch(*value, cases, default)?;
            }
            Some(Terminator::Check {
                cond,
                site,
                args,
                ok,
                fail,
            }) => {
                let ok = self.edge(ok)?;
                let cold = self.builder.create_block();
                self.builder.set_cold_block(cold);
                let failed = Edge {
                    block: cold,
                    args: Vec::new(),
                };
                self.branch(*cond, ok, failed)?;
                self.builder.switch_to_block(cold);
                self.report(*site, args)?;
                let fail = self.edge(fail)?;
                self.builder.ins().jump(fail.block, &fail.args);
            }
            Some(Terminator::Return(values)) => {
                let values = self.values(values)?;
                self.builder.ins().return_(&values);
            }
        }
        Ok(())
    }

    fn edge(&mut self, target: &BlockCall) -> Result<Edge, Ice> {
        let outside =
            |entrance: &&super::vector::Entrance| !entrance.inside.contains(&self.here);
        let entrance = self.entrances.get(&target.block).filter(outside);
        let block = match entrance {
            Some(entrance) => entrance.block,
            None => self.block(target.block)?,
        };
        let args = self
            .values(&target.args)?
            .into_iter()
            .map(BlockArg::from)
            .collect();
        Ok(Edge { block, args })
    }

    /// `cond` is not 0: `then`. A negated condition is not computed, the targets change
    /// places instead.
    fn branch(&mut self, cond: Value, then: Edge, otherwise: Edge) -> Result<(), Ice> {
        let (mut cond, mut then, mut otherwise) = (cond, then, otherwise);
        while let ValueDef::Result(inst, _) = self.mir.values[cond].def
            && let Inst::Unary {
                op: UnaryOp::Not,
                arg,
                ..
            } = &self.mir.insts[inst]
        {
            cond = *arg;
            std::mem::swap(&mut then, &mut otherwise);
        }
        let cond = self.value(cond)?;
        let ins = self.builder.ins();
        ins.brif(
            cond,
            then.block,
            &then.args,
            otherwise.block,
            &otherwise.args,
        );
        Ok(())
    }

    /// Writes the site and its operands to the header.
    fn report(&mut self, site: SiteId, args: &[Value]) -> Result<(), Ice> {
        let program = self.program;
        let number = i64::from(site.as_u32());
        let Some(entry) = program.image.sites.get(site.as_u32() as usize) else {
            return Err(Ice::new(format!("no such site: {site}")));
        };
        if entry.kind == SiteKind::Share {
            return Ok(());
        }
        if entry.args.len() != args.len() || args.len() > header::MAX_FAULT_ARGS {
            return Err(Ice::new(format!(
                "{site} has other operands than its check"
            )));
        }
        let flags = MemFlagsData::trusted();
        let number = self.builder.ins().iconst(I64, number);
        self.builder
            .ins()
            .store(flags, number, self.base, header::FAULT_SITE);
        for ((arg, (_, kind)), at) in args.iter().zip(&entry.args).zip(0..) {
            let value = self.extended(*arg, *kind)?;
            let offset = header::FAULT_ARGS + 8 * at;
            self.builder.ins().store(flags, value, self.base, offset);
        }
        Ok(())
    }

    /// An operand in 64 bits.
    fn extended(&mut self, arg: Value, kind: ArgKind) -> Result<ir::Value, Ice> {
        let repr = self.mir.repr(arg);
        let value = self.value(arg)?;
        let ins = self.builder.ins();
        Ok(match (repr, kind) {
            (Repr::I64, _) => value,
            // Payloads of NaN depend on the machine; nobody may see them.
            (Repr::F64, _) => self.canonical(Repr::F64, value),
            (Repr::F32, _) => {
                let wide = ins.fpromote(F64, value);
                self.canonical(Repr::F64, wide)
            }
            (
                Repr::I8 | Repr::I16 | Repr::I32,
                ArgKind::Uint | ArgKind::Bool | ArgKind::Text,
            ) => ins.uextend(I64, value),
            (
                Repr::I8 | Repr::I16 | Repr::I32,
                ArgKind::Int | ArgKind::Duration | ArgKind::Float,
            ) => ins.sextend(I64, value),
        })
    }

    fn switch(
        &mut self,
        value: Value,
        cases: &[(i64, BlockCall)],
        default: &BlockCall,
    ) -> Result<(), Ice> {
        let unused = 64 - self.mir.repr(value).bits();
        let numbers: Vec<u64> = cases
            .iter()
            .map(|(case, _)| case.cast_unsigned() << unused >> unused)
            .collect();
        if numbers.iter().collect::<BTreeSet<_>>().len() != cases.len() {
            return Err(Ice::new("two cases of a switch are equal"));
        }
        let value = self.value(value)?;
        if cases.len() <= FEW_CASES {
            return self.compare_cases(value, cases, &numbers, default);
        }
        // A switch takes no arguments: an edge with arguments gets a block of its own.
        let (mut table, mut bridges) = (Switch::new(), Vec::new());
        for ((_, target), number) in cases.iter().zip(numbers) {
            let block = self.bridge(target, &mut bridges)?;
            table.set_entry(u128::from(number), block);
        }
        let otherwise = self.bridge(default, &mut bridges)?;
        table.emit(&mut self.builder, value, otherwise);
        for (block, target) in bridges {
            self.builder.switch_to_block(block);
            let edge = self.edge(target)?;
            self.builder.ins().jump(edge.block, &edge.args);
        }
        Ok(())
    }

    fn compare_cases(
        &mut self,
        value: ir::Value,
        cases: &[(i64, BlockCall)],
        numbers: &[u64],
        default: &BlockCall,
    ) -> Result<(), Ice> {
        for ((_, target), number) in cases.iter().zip(numbers) {
            let edge = self.edge(target)?;
            let next = self.builder.create_block();
            let ins = self.builder.ins();
            let same = ins.icmp_imm_u(IntCC::Equal, value, number.cast_signed());
            self.builder
                .ins()
                .brif(same, edge.block, &edge.args, next, &[]);
            self.builder.switch_to_block(next);
        }
        let edge = self.edge(default)?;
        self.builder.ins().jump(edge.block, &edge.args);
        Ok(())
    }

    fn bridge<'t>(
        &mut self,
        target: &'t BlockCall,
        bridges: &mut Vec<(ir::Block, &'t BlockCall)>,
    ) -> Result<ir::Block, Ice> {
        if target.args.is_empty() {
            return self.block(target.block);
        }
        let block = self.builder.create_block();
        bridges.push((block, target));
        Ok(block)
    }
}
