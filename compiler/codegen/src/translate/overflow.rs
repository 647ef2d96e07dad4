//! Sums and their overflow predicates, which are computed together.

use std::collections::BTreeMap;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder};
use theus_mir::{BinaryOp, Block, Func, Inst, Value};

use super::Translator;
use crate::options::Ice;
use crate::order::Order;

type Key = (BinaryOp, [Value; 2]);

/// A sum and whether it overflowed, and the block that computes both.
#[derive(Clone, Copy, Debug)]
struct Pair {
    block: Block,
    value: ir::Value,
    overflow: ir::Value,
}

/// What is known of overflow predicates in the function.
#[derive(Debug, Default)]
pub(super) struct Overflows {
    /// Predicates that the function computes, and where: the last place.
    wanted: BTreeMap<Key, Block>,
    /// Those that have been translated: the last place.
    done: BTreeMap<Key, Pair>,
}

impl Overflows {
    pub(super) fn new(mir: &Func, order: &Order) -> Self {
        let mut wanted = BTreeMap::new();
        for &block in &order.blocks {
            for &inst in &mir.blocks[block].insts {
                if let Inst::Binary { op, args } = &mir.insts[inst]
                    && arithmetic(*op).is_some()
                {
                    wanted.insert((*op, *args), block);
                }
            }
        }
        Self {
            wanted,
            done: BTreeMap::new(),
        }
    }
}

/// The operation whose overflow a predicate tells.
const fn arithmetic(predicate: BinaryOp) -> Option<BinaryOp> {
    match predicate {
        BinaryOp::SaddOvf | BinaryOp::UaddOvf => Some(BinaryOp::Iadd),
        BinaryOp::SsubOvf | BinaryOp::UsubOvf => Some(BinaryOp::Isub),
        BinaryOp::SmulOvf | BinaryOp::UmulOvf => Some(BinaryOp::Imul),
        _ => None,
    }
}

/// The predicates of an operation.
const fn predicates(op: BinaryOp) -> &'static [BinaryOp] {
    match op {
        BinaryOp::Iadd => &[BinaryOp::SaddOvf, BinaryOp::UaddOvf],
        BinaryOp::Isub => &[BinaryOp::SsubOvf, BinaryOp::UsubOvf],
        BinaryOp::Imul => &[BinaryOp::SmulOvf, BinaryOp::UmulOvf],
        _ => &[],
    }
}

impl Translator<'_> {
    /// The sum, if a predicate of the same operands is or will be at hand.
    pub(super) fn arithmetic_of_overflow(
        &mut self,
        op: BinaryOp,
        args: [Value; 2],
    ) -> Result<Option<ir::Value>, Ice> {
        for &predicate in predicates(op) {
            let key = (predicate, args);
            if let Some(pair) = self.pair_at_hand(key) {
                return Ok(Some(pair.value));
            }
            if self.overflows.wanted.get(&key) == Some(&self.here) {
                return Ok(Some(self.make_pair(key)?.value));
            }
        }
        Ok(None)
    }

    pub(super) fn overflow(
        &mut self,
        predicate: BinaryOp,
        args: [Value; 2],
    ) -> Result<ir::Value, Ice> {
        match self.pair_at_hand((predicate, args)) {
            Some(pair) => Ok(pair.overflow),
            None => Ok(self.make_pair((predicate, args))?.overflow),
        }
    }

    fn pair_at_hand(&self, key: Key) -> Option<Pair> {
        let pair = self.overflows.done.get(&key)?;
        self.order
            .is_just_above(pair.block, self.here)
            .then_some(*pair)
    }

    /// Comparisons are cheaper than the overflow flag: they need no register for the
    /// predicate. A sum with a constant of known sign has one.
    fn make_pair(&mut self, key: Key) -> Result<Pair, Ice> {
        let (predicate, [a, b]) = key;
        let (x, y) = (self.value(a)?, self.value(b)?);
        let (first, second) = (self.known(a), self.known(b));
        let (value, overflow) = match predicate {
            BinaryOp::SaddOvf => match (first, second) {
                (_, Some(known)) => self.sum_with_constant(x, y, x, known),
                (Some(known), _) => self.sum_with_constant(x, y, y, known),
                _ => self.builder.ins().sadd_overflow(x, y),
            },
            BinaryOp::SsubOvf => match second {
                Some(known) => {
                    let value = self.builder.ins().isub(x, y);
                    (value, self.is_past(value, x, known <= 0))
                }
                None => self.builder.ins().ssub_overflow(x, y),
            },
            BinaryOp::SmulOvf => self.builder.ins().smul_overflow(x, y),
            BinaryOp::UaddOvf => {
                let value = self.builder.ins().iadd(x, y);
                (
                    value,
                    self.builder.ins().icmp(IntCC::UnsignedLessThan, value, x),
                )
            }
            BinaryOp::UsubOvf => {
                let value = self.builder.ins().isub(x, y);
                (
                    value,
                    self.builder.ins().icmp(IntCC::UnsignedLessThan, x, y),
                )
            }
            BinaryOp::UmulOvf => self.builder.ins().umul_overflow(x, y),
            other => return Err(Ice::new(format!("{} has no overflow", other.name()))),
        };
        let pair = Pair {
            block: self.here,
            value,
            overflow,
        };
        self.overflows.done.insert(key, pair);
        Ok(pair)
    }

    fn sum_with_constant(
        &mut self,
        x: ir::Value,
        y: ir::Value,
        other: ir::Value,
        known: i64,
    ) -> (ir::Value, ir::Value) {
        let value = self.builder.ins().iadd(x, y);
        (value, self.is_past(value, other, known >= 0))
    }

    /// Whether a value that should be at least (or at most) another is not.
    fn is_past(
        &mut self,
        value: ir::Value,
        other: ir::Value,
        at_least: bool,
    ) -> ir::Value {
        let wrong = if at_least {
            IntCC::SignedLessThan
        } else {
            IntCC::SignedGreaterThan
        };
        self.builder.ins().icmp(wrong, value, other)
    }
}
