//! Indices of an element of a list or map that is assigned: they are evaluated before the
//! value, and the element is looked for, and its fault raised, when the value is there to be
//! stored. So is what was to be added to a collection by an element that another thread has run.

use std::ptr;

use theus_hir::{Expr, ExprKind, TyKind};
use theus_mir::Value;

use crate::frame::{FnCx, Kept};
use crate::place::Place;

impl<'a> FnCx<'_, 'a> {
    /// Whether what is assigned is found by looking into a list or a map, which its value may
    /// change.
    pub(crate) fn is_looked_for(&mut self, target: &'a Expr) -> bool {
        match &target.kind {
            ExprKind::Index(base, indices) => {
                let ty = self.ty(base.ty);
                matches!(self.cx.types.kind(ty), TyKind::Struct(..))
                    || indices.iter().any(|index| self.slot_key(index).is_some())
                    || self.is_looked_for(base)
            }
            ExprKind::Member(base, _) | ExprKind::PoolAt(base, _) => {
                self.is_looked_for(base)
            }
            _ => false,
        }
    }

    /// The place that is assigned, for which `value` comes first: its indices are evaluated
    /// before that, once.
    pub(crate) fn place_after<T>(
        &mut self,
        target: &'a Expr,
        value: impl FnOnce(&mut Self) -> T,
    ) -> (Place, T) {
        let before = self.ahead.len();
        self.look_ahead(target);
        let value = value(self);
        let place = self.place(target);
        self.ahead.truncate(before);
        (place, value)
    }

    fn look_ahead(&mut self, target: &'a Expr) {
        match &target.kind {
            ExprKind::Index(base, indices) => {
                self.look_ahead(base);
                for index in indices {
                    self.evaluate_ahead(self.slot_key(index).unwrap_or(index));
                }
            }
            ExprKind::PoolAt(base, handle) => {
                self.look_ahead(base);
                self.evaluate_ahead(handle);
            }
            ExprKind::Member(base, _) => self.look_ahead(base),
            _ => {}
        }
    }

    fn evaluate_ahead(&mut self, index: &'a Expr) {
        let ty = self.ty(index.ty);
        let known = if self.is_scalar(ty) {
            Kept::Value(self.value(index))
        } else {
            let place = self.temp(ty);
            self.into(index, place);
            Kept::Place(place)
        };
        self.ahead.push((index, known));
    }

    /// The key of a slot of a map.
    fn slot_key(&self, index: &'a Expr) -> Option<&'a Expr> {
        let ExprKind::Call(_, _, args) = &index.kind else {
            return None;
        };
        match args.as_slice() {
            [_, key] if self.is_map_slot(index) => Some(key),
            _ => None,
        }
    }

    /// The scalar that an index is known to be.
    pub(crate) fn value_ahead(&self, e: &Expr) -> Option<Value> {
        match self.known_ahead(e)? {
            Kept::Value(value) => Some(value),
            Kept::Place(_) => None,
        }
    }

    /// Where an index that is known lies.
    pub(crate) fn place_ahead(&self, e: &Expr) -> Option<Place> {
        match self.known_ahead(e)? {
            Kept::Place(place) => Some(place),
            Kept::Value(_) => None,
        }
    }

    /// Writes what is known to be the value of an expression.
    pub(crate) fn write_ahead(&mut self, e: &Expr, dest: Place) -> bool {
        match self.known_ahead(e) {
            Some(Kept::Value(value)) => self.store(dest, value),
            Some(Kept::Place(from)) => self.copy(dest, from, false),
            None => return false,
        }
        true
    }

    fn known_ahead(&self, e: &Expr) -> Option<Kept> {
        let mut known = self.ahead.iter();
        let found = known.find(|(index, _)| ptr::eq(*index, e));
        found.map(|(_, known)| *known)
    }
}
