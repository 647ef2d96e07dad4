//! `retain` of pools: the elements for which a closure does not hold are freed.

use theus_abi::Repr;
use theus_hir::{Expr, FieldId, Ty};
use theus_mir::Value;

use crate::frame::{Binding, FnCx};
use crate::place::Place;
use crate::pool::Pool;

impl<'a> FnCx<'_, 'a> {
    /// Frees the elements for which a closure does not hold, in the order of slots.
    pub(crate) fn pool_retain(&mut self, (field, pool): (FieldId, Pool), test: &'a Expr) {
        let Some(closure) = self.closure_of(test) else {
            return;
        };
        let stays = self.temp(Ty::BOOL);
        let (zero, fresh) = (self.b.iconst(Repr::I64, 0), self.pool_fresh(pool));
        self.each_round(zero, fresh, |cx, slot| {
            cx.if_live(pool, slot, |cx| {
                cx.free_unless((field, pool, slot), closure, stays);
            });
        });
    }

    /// Frees an element if a closure does not hold for it.
    pub(crate) fn free_unless(
        &mut self,
        (field, pool, slot): (FieldId, Pool, Value),
        closure: (&'a Expr, usize),
        stays: Place,
    ) {
        let elem = self.pool_elem(pool, slot);
        let elem = self.closure_binding(elem);
        self.run_closure(closure, vec![elem], stays);
        let (kept, gone) = (self.b.new_block(), self.b.new_block());
        let stays = self.load(stays);
        self.b.branch(stays, kept, gone);
        self.b.switch_to(gone);
        self.pool_free(field, pool, slot);
        self.b.jump(kept, &[]);
        self.b.switch_to(kept);
    }

    /// A value that a closure is given: scalars as values.
    pub(crate) fn closure_binding(&mut self, place: Place) -> Binding<'a> {
        if self.is_scalar(place.ty) {
            Binding::Value(self.load(place))
        } else {
            Binding::Place(place)
        }
    }
}
