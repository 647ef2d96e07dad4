//! Heavy fields of two buffers: a transaction writes the back, and commit exchanges the words
//! that say where the buffers are.

use theus_abi::Repr;
use theus_abi::heavy::{HEAVY_BACK, HEAVY_FRONT};
use theus_hir::item::Swap;
use theus_hir::{Expr, FieldId, ProcessId, Ty};
use theus_mir::{BinaryOp, Value};

use crate::access::root_field;
use crate::frame::{FieldBinding, FnCx};
use crate::place::Place;
use crate::undo::Transaction;
use crate::unit::Unit;

/// The buffers of a field that a transaction writes.
#[derive(Clone, Copy)]
pub(crate) struct Swapped {
    field: FieldId,
    table: u32,
    front: Value,
    back: Value,
    /// In a group: where the buffer is written that its members see.
    seen: Option<Place>,
}

impl<'a> FnCx<'_, 'a> {
    /// Binds the buffers of the fields that a transaction writes, and of those that it reads:
    /// nothing else exchanges them meanwhile.
    pub(crate) fn begin_swaps(&mut self, unit: &Unit) -> Vec<Swapped> {
        let written = self.cx.written(unit);
        let swapped: Vec<FieldId> = self.swaps(&written);
        let begun: Vec<Swapped> = swapped.iter().map(|id| self.begin_swap(*id)).collect();
        if self.atomic.is_none() && unit.processes.len() == 1 {
            for id in self.swaps(&self.cx.read(unit)) {
                if !swapped.contains(&id) {
                    let (place, old, seen) = (self.heavy_place(id), None, None);
                    self.fields.insert(id, FieldBinding { place, old, seen });
                }
            }
        }
        begun
    }

    fn swaps(&self, fields: &[FieldId]) -> Vec<FieldId> {
        let swaps = |id: &&FieldId| self.cx.typed.fields[**id].swap.is_some();
        fields.iter().filter(swaps).copied().collect()
    }

    /// Keeps where the buffers are: what is written is the back one.
    pub(crate) fn save_buffers(&mut self, field: FieldId, begun: &mut Transaction) {
        let words = self.b.base(self.cx.heavy_table(field));
        for at in [HEAVY_FRONT, HEAVY_BACK] {
            let word = Place::own(words, Ty::I64);
            let word = Self::inside(word, u64::from(at.unsigned_abs()), Ty::I64);
            self.save_word(word, begun);
        }
    }

    fn begin_swap(&mut self, field: FieldId) -> Swapped {
        let table = self.cx.heavy_table(field);
        let words = self.b.base(table);
        let front = self.b.load(Repr::I64, words, HEAVY_FRONT);
        let back = self.b.load(Repr::I64, words, HEAVY_BACK);
        let old = self.heavy_at(field, front);
        let place = self.heavy_at(field, back);
        let binding = FieldBinding {
            place,
            old: Some(old),
            seen: None,
        };
        self.fields.insert(field, binding);
        Swapped {
            field,
            table,
            front,
            back,
            seen: None,
        }
    }

    /// The members of a group see the front until one of them writes.
    pub(crate) fn share_swaps(&mut self, begun: &mut [Swapped]) {
        for swapped in begun {
            let seen = self.temp(Ty::I64);
            self.store(seen, swapped.front);
            swapped.seen = Some(seen);
            if let Some(binding) = self.fields.get_mut(&swapped.field) {
                binding.seen = Some(seen);
            }
        }
    }

    /// A process begins that writes some of them: it writes the back.
    pub(crate) fn enter_swaps(&mut self, id: ProcessId, begun: &[Swapped]) {
        let written = self.cx.written(&Unit::one(id));
        for swapped in begun.iter().filter(|swap| written.contains(&swap.field)) {
            if self.cx.typed.fields[swapped.field].swap == Some(Swap::Copy) {
                let front = self.heavy_at(swapped.field, swapped.front);
                let back = self.heavy_at(swapped.field, swapped.back);
                self.copy(back, front, false);
            }
            if let Some(seen) = swapped.seen {
                self.store(seen, swapped.back);
            }
        }
    }

    /// What was written is seen from now on.
    pub(crate) fn commit_swaps(&mut self, begun: &[Swapped]) {
        for swapped in begun {
            let (mut front, mut back) = (swapped.back, swapped.front);
            if let Some(seen) = swapped.seen {
                front = self.load(seen);
                let both = self.b.binary(BinaryOp::Xor, swapped.front, swapped.back);
                back = self.b.binary(BinaryOp::Xor, both, front);
            }
            let words = self.b.base(swapped.table);
            self.b.store(front, words, HEAVY_FRONT);
            self.b.store(back, words, HEAVY_BACK);
        }
    }

    /// Runs `f` where these fields are what they were at the start of the transaction.
    pub(crate) fn at_fronts<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let swaps: Vec<FieldId> = self.fields.keys().copied().collect();
        let swaps = self.swaps(&swaps);
        let before: Vec<Option<FieldBinding>> = swaps
            .iter()
            .map(|id| self.fields.get(id).copied())
            .collect();
        for id in &swaps {
            if let Some(binding) = self.fields.get_mut(id)
                && let Some(old) = binding.old
            {
                (binding.place, binding.seen) = (old, None);
            }
        }
        let result = f(self);
        for (id, binding) in swaps.into_iter().zip(before) {
            if let Some(binding) = binding {
                self.fields.insert(id, binding);
            }
        }
        result
    }

    /// `old(f)` and parts of it, where `f` has two buffers: nothing need be kept.
    pub(crate) fn is_swap(&self, e: &'a Expr) -> bool {
        root_field(e).is_some_and(|id| self.cx.typed.fields[id].swap.is_some())
    }
}
