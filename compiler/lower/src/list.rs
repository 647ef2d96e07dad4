//! Lists: structs of the library whose elements the language reaches by index, in loops and
//! by `==`. Slots beyond the length are never looked at.

use theus_abi::Repr;
use theus_grammar::Span;
use theus_hir::{Block as HirBlock, Expr, LocalId, Ty};
use theus_mir::{BinaryOp, Block, Value};

use crate::access::At;
use crate::frame::FnCx;
use crate::place::Place;

/// Where the parts of a list are.
#[derive(Clone, Copy)]
pub(crate) struct List {
    /// The length.
    pub(crate) count: Place,
    /// The slots, an array.
    pub(crate) slots: Place,
    elem: Ty,
}

impl<'a> FnCx<'_, 'a> {
    /// The parts of a list; `None` if the place is no list.
    pub(crate) fn list_of(&mut self, place: Place) -> Option<List> {
        let (elem, _) = theus_hir::list_parts(self.cx.typed, &self.cx.types, place.ty)?;
        Some(List {
            count: self.member(place, 0),
            slots: self.member(place, 1),
            elem,
        })
    }

    /// `list[i]`.
    pub(crate) fn list_element(
        &mut self,
        guard: Option<Block>,
        list: List,
        indices: &'a [Expr],
        span: Span,
    ) -> Place {
        let Some(index) = indices.first() else {
            return list.slots;
        };
        let count = self.load(list.count);
        let at = self.index_value(guard, index, At::Value(count), span);
        self.list_slot(list, at)
    }

    pub(crate) fn list_slot(&mut self, list: List, at: At) -> Place {
        let size = self.size(list.elem);
        self.element_at(list.slots, list.elem, size, at)
    }

    /// `for local in list { … }`; `false` if it is no list.
    pub(crate) fn for_each_in_list(
        &mut self,
        local: LocalId,
        over: &'a Expr,
        body: &'a HirBlock,
    ) -> bool {
        let ty = self.ty(over.ty);
        if theus_hir::list_parts(self.cx.typed, &self.cx.types, ty).is_none() {
            return false;
        }
        let place = self.looped(over, body);
        if let Some(list) = self.list_of(place) {
            let (zero, count) = (self.b.iconst(Repr::I64, 0), self.load(list.count));
            self.each_round(zero, count, |cx, n| {
                let slot = cx.list_slot(list, At::Value(n));
                cx.bind_copy(local, slot, list.elem);
                cx.block(body);
            });
        }
        true
    }

    /// Equal lists: as long, and equal value by value.
    pub(crate) fn equal_lists(&mut self, a: List, b: List, bits: bool) -> Value {
        let (x, y) = (self.load(a.count), self.load(b.count));
        let same = self.b.binary(BinaryOp::Ieq, x, y);
        let all = self.temp(Ty::BOOL);
        self.store(all, same);
        let zero = self.b.iconst(Repr::I64, 0);
        let rounds = self.b.select(same, x, zero);
        self.counted(zero, rounds, |cx, n| {
            let (x, y) = (cx.list_slot(a, At::Value(n)), cx.list_slot(b, At::Value(n)));
            let same = cx.equal_places(x, y, bits);
            let before = cx.load(all);
            let both = cx.b.binary(BinaryOp::And, before, same);
            cx.store(all, both);
        });
        self.load(all)
    }
}
