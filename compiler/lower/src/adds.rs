//! Counts of elements that several threads run: each element adds to a word of its own, and what
//! all have added goes to the field when the last has ended.
//!
//! What is added is never negative, so the sum runs over where adding one by one does, and then the
//! process is run on one thread, which tells where.

use theus_abi::Repr;
use theus_abi::image::Zone;
use theus_contract::{ReadKind, WriteKind};
use theus_hir::item::Each;
use theus_hir::walk::each_stmt;
use theus_hir::{ExprKind, FieldId, ProcessId, StmtKind, Ty, TyKind};
use theus_mir::{BinaryOp, Block, Value};

use crate::access::root_field;
use crate::frame::{FieldBinding, FnCx};
use crate::place::Place;
use crate::program::Cx;

/// Bytes of what an element adds to a field.
const WORD: u32 = 8;

/// The fields that elements add to, each with what it starts from.
pub(crate) type Adds = Vec<(FieldId, u32)>;

impl Cx<'_> {
    /// The meta fields that the elements of a process only count in.
    pub(crate) fn adds_of(&self, id: ProcessId) -> Vec<FieldId> {
        let print = self.sound.footprints().process(id);
        let writes = print.writes.keys();
        let mut fields: Vec<FieldId> =
            writes.filter_map(|(place, _)| place.in_field()).collect();
        fields.sort_unstable();
        fields.dedup();
        fields.retain(|field| self.only_adds(id, *field));
        fields
    }

    fn only_adds(&self, id: ProcessId, field: FieldId) -> bool {
        let def = &self.typed.fields[field];
        let TyKind::Int(int) = self.typed.types.kind(def.ty) else {
            return false;
        };
        if def.zone != Zone::Meta || def.range.is_some() {
            return false;
        }
        let print = self.sound.footprints().process(id);
        let of = |place: &theus_contract::Place| place.in_field() == Some(field);
        let counts = print.writes.keys().filter(|(place, _)| of(place));
        let own = print.reads.keys().filter(|(place, _)| of(place));
        let mut plain = counts.into_iter().all(|(_, how)| *how == WriteKind::Count)
            && own.into_iter().all(|(_, how)| *how == ReadKind::Own);
        each_stmt(&self.typed.processes[id].body.block, &mut |stmt| {
            if let StmtKind::OpAssign(target, _, value) = &stmt.kind
                && root_field(target) == Some(field)
            {
                let known = matches!(value.kind, ExprKind::Int(value) if value >= 0);
                plain &= !int.signed || known;
            }
        });
        plain
    }

    /// Where the elements of a process add to its fields.
    fn place_adds(&self, id: ProcessId, each: &Each) -> Adds {
        let most = u32::try_from(self.most_elements(each)).unwrap_or(0);
        let starts = (0_u32..).map(|n| n.saturating_mul(most).saturating_mul(WORD));
        let starts = starts.map(|at| self.adds_start.saturating_add(at));
        self.adds_of(id).into_iter().zip(starts).collect()
    }

    /// Reserves room for what elements add.
    pub(crate) fn reserve_adds(&mut self) {
        let mut most = 0;
        for (id, process) in self.typed.run_processes() {
            if let Some(each) = &process.each
                && self.is_shared(id)
            {
                let words = self.adds_of(id).len() as u64 * self.most_elements(each);
                most = most.max(words * u64::from(WORD));
            }
        }
        if most > 0 {
            self.adds_start = self.reserve(most, 64);
        }
    }
}

impl FnCx<'_, '_> {
    /// In a share: its elements have added nothing.
    pub(crate) fn begin_adds(
        &mut self,
        (id, each): (ProcessId, &Each),
        lo: Value,
        hi: Value,
    ) {
        self.adds = self.cx.place_adds(id, each);
        if self.adds.is_empty() {
            return;
        }
        let adds = self.adds.clone();
        self.counted(lo, hi, |cx, slot| {
            let zero = cx.b.iconst(Repr::I64, 0);
            for (_, start) in adds {
                let word = cx.add_word(start, slot, Ty::I64);
                cx.store(word, zero);
            }
        });
    }

    /// In a share: what the element at hand adds to fields.
    pub(crate) fn bind_adds(&mut self, slot: Value) {
        for (field, start) in self.adds.clone() {
            let ty = self.cx.typed.fields[field].ty;
            let place = self.add_word(start, slot, ty);
            let (old, seen) = (None, None);
            self.fields.insert(field, FieldBinding { place, old, seen });
        }
    }

    fn add_word(&mut self, start: u32, slot: Value, ty: Ty) -> Place {
        let base = self.b.base(start);
        Place::own(self.b.element(base, slot, WORD), ty)
    }

    /// Adds what elements have added to the fields; goes to `again` if a sum runs over.
    pub(crate) fn end_adds(
        &mut self,
        (id, each): (ProcessId, &Each),
        (lo, hi): (Value, Value),
        again: Block,
    ) {
        let mut sums = Vec::new();
        for (field, start) in self.cx.place_adds(id, each) {
            let place = self.context_place(field);
            let sum = self.temp(place.ty);
            self.copy(sum, place, false);
            let over = match self.is_signed(place.ty) {
                true => BinaryOp::SaddOvf,
                false => BinaryOp::UaddOvf,
            };
            self.counted(lo, hi, |cx, slot| {
                let word = cx.add_word(start, slot, place.ty);
                let (before, more) = (cx.load(sum), cx.load(word));
                let over = cx.b.binary(over, before, more);
                let on = cx.b.new_block();
                cx.b.branch(over, again, on);
                cx.b.switch_to(on);
                let after = cx.b.binary(BinaryOp::Iadd, before, more);
                cx.store(sum, after);
            });
            sums.push((place, sum));
        }
        for (place, sum) in sums {
            self.copy(place, sum, false);
        }
    }
}
