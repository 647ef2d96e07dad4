//! Patterns: values taken apart.

use theus_hir::{Block as HirBlock, Expr, Pat};

use crate::frame::{Binding, FnCx};
use crate::place::Place;

impl<'a> FnCx<'_, 'a> {
    /// `let (a, b) = value`.
    pub(crate) fn unpack(
        &mut self,
        pat: &'a Pat,
        value: &'a Expr,
        _otherwise: Option<&'a HirBlock>,
    ) {
        let place = self.place(value);
        self.bind_parts(pat, place);
    }

    /// Gives the locals of a pattern that fits their values.
    fn bind_parts(&mut self, pat: &Pat, from: Place) {
        match pat {
            Pat::Bind(local) => {
                let to = self.temp(from.ty);
                self.copy(to, from, false);
                self.bind(*local, Binding::Place(to));
            }
            Pat::Members(parts) => {
                for (part, n) in parts.iter().zip(0_u32..) {
                    let from = self.member(from, n);
                    self.bind_parts(part, from);
                }
            }
            Pat::Wild
            | Pat::Variant(_)
            | Pat::Int(_)
            | Pat::IntRange(..)
            | Pat::Bool(_)
            | Pat::None => {}
        }
    }
}
