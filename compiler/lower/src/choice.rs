//! `match`: a block for each arm, and the jump to the first that fits.

use theus_hir::{Block as HirBlock, Expr, Pat, Ty, TyKind};
use theus_mir::{BinaryOp, Block, Value};

use crate::frame::FnCx;
use crate::place::{Place, low_bits};

impl<'a> FnCx<'_, 'a> {
    pub(crate) fn match_stmt(
        &mut self,
        value: &'a Expr,
        arms: &'a [(Vec<Pat>, HirBlock)],
    ) {
        let pats: Vec<&[Pat]> = arms.iter().map(|(pats, _)| pats.as_slice()).collect();
        let blocks = self.select_arm(value, &pats);
        let join = self.b.new_block();
        for ((_, body), block) in arms.iter().zip(blocks) {
            self.b.switch_to(block);
            self.block(body);
            self.b.jump(join, &[]);
        }
        self.b.switch_to(join);
    }

    /// `match` as a value.
    pub(crate) fn match_into(
        &mut self,
        value: &'a Expr,
        arms: &'a [(Vec<Pat>, Expr)],
        dest: Place,
    ) {
        let pats: Vec<&[Pat]> = arms.iter().map(|(pats, _)| pats.as_slice()).collect();
        let blocks = self.select_arm(value, &pats);
        let join = self.b.new_block();
        for ((_, body), block) in arms.iter().zip(blocks) {
            self.b.switch_to(block);
            self.into(body, dest);
            self.b.jump(join, &[]);
        }
        self.b.switch_to(join);
    }

    /// A block for each arm, and the jump to the first that fits. The last arm is where
    /// everything else goes: the arms are exhaustive.
    pub(crate) fn select_arm(&mut self, value: &'a Expr, arms: &[&[Pat]]) -> Vec<Block> {
        let blocks: Vec<Block> = arms.iter().map(|_| self.b.new_block()).collect();
        let Some(last) = blocks.last().copied() else {
            return blocks;
        };
        let ty = self.ty(value.ty);
        let scalar = if let TyKind::Option(_) = self.cx.types.kind(ty) {
            let place = self.place(value);
            let (tag, _) = self.option_parts(place);
            self.load(tag)
        } else {
            self.value(value)
        };
        let known = |pat: &Pat| match pat {
            Pat::Variant(n) => Some(i64::from(*n)),
            Pat::Int(value) => Some(low_bits(*value)),
            Pat::Bool(value) => Some(i64::from(*value)),
            Pat::None => Some(0),
            Pat::Wild | Pat::Bind(_) | Pat::Members(_) | Pat::IntRange(..) => None,
        };
        let ranges = arms
            .iter()
            .any(|pats| pats.iter().any(|pat| matches!(pat, Pat::IntRange(..))));
        if ranges {
            self.chain(scalar, ty, arms, &blocks);
            return blocks;
        }
        let mut cases: Vec<(i64, Block)> = Vec::new();
        let mut default = last;
        for (pats, block) in arms.iter().zip(&blocks) {
            if pats.iter().any(|pat| matches!(pat, Pat::Wild)) {
                default = *block;
                break;
            }
            for case in pats.iter().filter_map(known) {
                if cases.iter().all(|(seen, _)| *seen != case) {
                    cases.push((case, *block));
                }
            }
        }
        self.b.switch(scalar, &cases, default);
        blocks
    }

    /// Arms tried one after the other.
    fn chain(&mut self, value: Value, ty: Ty, arms: &[&[Pat]], blocks: &[Block]) {
        let repr = self.b.func().repr(value);
        for (pats, block) in arms.iter().zip(blocks) {
            for pat in *pats {
                let hit = match pat {
                    Pat::Wild | Pat::Bind(_) | Pat::Members(_) => self.b.bool(true),
                    Pat::IntRange(lo, hi) => {
                        let lo = self.b.iconst(repr, low_bits(*lo));
                        let hi = self.b.iconst(repr, low_bits(*hi));
                        self.between(value, (lo, hi, true), ty)
                    }
                    Pat::Variant(n) => self.is_const(value, i64::from(*n)),
                    Pat::Int(n) => self.is_const(value, low_bits(*n)),
                    Pat::Bool(b) => self.is_const(value, i64::from(*b)),
                    Pat::None => self.is_const(value, 0),
                };
                let next = self.b.new_block();
                self.b.branch(hit, *block, next);
                self.b.switch_to(next);
            }
        }
        if let Some(last) = blocks.last() {
            self.b.jump(*last, &[]);
        }
    }

    fn is_const(&mut self, value: Value, n: i64) -> Value {
        let repr = self.b.func().repr(value);
        let n = self.b.iconst(repr, n);
        self.b.binary(BinaryOp::Ieq, value, n)
    }
}
