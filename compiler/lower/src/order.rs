//! Orders of queues: which of two values stands first.

use theus_abi::{Fault, Repr};
use theus_grammar::Span;
use theus_hir::ty::OrderKey;
use theus_hir::{Expr, ExprKind, GenericArg};
use theus_mir::{BinaryOp, Value};

use crate::frame::FnCx;
use crate::place::Place;

impl<'a> FnCx<'_, 'a> {
    /// `order_before(by, a, b)`: the first key that differs decides.
    pub(crate) fn order_before(&mut self, args: &'a [Expr]) -> Value {
        let mut before = self.b.bool(false);
        let [by, left, right] = args else {
            return before;
        };
        let keys = self.order_keys(by);
        if keys.is_empty() {
            return before;
        }
        let (a, b) = (self.stable_place(left, right), self.place(right));
        for key in keys.iter().rev() {
            let (mut x, mut y) = (self.order_member(a, key), self.order_member(b, key));
            if key.descending {
                std::mem::swap(&mut x, &mut y);
            }
            let ty = x.ty;
            let (x, y) = (self.load(x), self.load(y));
            let (less, greater) =
                (self.less(x, y, ty, false), self.less(y, x, ty, false));
            before = self.b.select(greater, less, before);
            before = self.b.binary(BinaryOp::Or, less, before);
        }
        before
    }

    /// `must_order(by, value)`.
    pub(crate) fn must_order(&mut self, args: &'a [Expr], span: Span) -> Value {
        if let [by, value] = args {
            let keys = self.order_keys(by);
            if !keys.is_empty() {
                let place = self.place(value);
                self.no_nan(place, &keys, span);
            }
        }
        self.b.iconst(Repr::I64, 0)
    }

    fn no_nan(&mut self, place: Place, keys: &[OrderKey], span: Span) {
        for key in keys {
            let key = self.order_member(place, key);
            let key = self.load(key);
            if self.b.func().repr(key).is_float() {
                let holds = self.b.binary(BinaryOp::Feq, key, key);
                self.check(holds, Fault::Key, span, &[]);
            }
        }
    }

    /// The keys of the order whose number is a generic argument.
    fn order_keys(&self, by: &Expr) -> Vec<OrderKey> {
        let ExprKind::SizeParam(at) = by.kind else {
            return Vec::new();
        };
        match self.current().generics.get(at as usize) {
            Some(GenericArg::Size(size)) => self.cx.types.order(*size).to_vec(),
            Some(GenericArg::Ty(_)) | None => Vec::new(),
        }
    }

    fn order_member(&mut self, place: Place, key: &OrderKey) -> Place {
        key.path
            .iter()
            .fold(place, |place, at| self.member(place, *at))
    }
}
