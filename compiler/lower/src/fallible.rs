//! `??` and `else`: what to do when the outermost operation of a value fails.

use theus_hir::{Expr, Otherwise, TyKind};

use crate::frame::FnCx;
use crate::place::Place;

impl<'a> FnCx<'_, 'a> {
    /// Writes `value`, or what stands for it when it fails, to `dest`.
    pub(crate) fn or_else(
        &mut self,
        value: &'a Expr,
        otherwise: &'a Otherwise,
        dest: Place,
    ) {
        let outer = self.take_guard();
        let (failed, join) = (self.b.new_block(), self.b.new_block());
        let ty = self.ty(value.ty);
        if matches!(self.cx.types.kind(ty), TyKind::Option(_)) && ty != dest.ty {
            let option = self.place(value);
            let (tag, inner) = self.option_parts(option);
            let some = self.load(tag);
            let there = self.b.new_block();
            self.b.branch(some, there, failed);
            self.b.switch_to(there);
            self.copy(dest, inner, false);
        } else {
            self.guard = Some(failed);
            self.into(value, dest);
            self.guard = None;
        }
        self.b.jump(join, &[]);
        self.b.switch_to(failed);
        match otherwise {
            Otherwise::Value(default) => {
                self.guard = outer;
                self.into(default, dest);
                self.guard = None;
            }
            Otherwise::Raise(error, payload) => {
                let payload = self.payload(payload);
                self.raise(*error, value.span, &payload);
            }
            Otherwise::Block(block) => self.block(block),
        }
        self.b.jump(join, &[]);
        self.b.switch_to(join);
    }
}
