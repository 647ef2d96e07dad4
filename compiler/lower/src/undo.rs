//! How a failed transaction is undone, field by field.
//!
//! - A small field has a shadow in the frame, which the passes turn into registers; commit
//!   stores it. Undo is to forget it.
//! - A ring is written in place: the transaction can only push as many elements as there are
//!   spare slots, so undo is to put its header back.
//! - A large field that is surely written as a whole is copied to transaction space first;
//!   undo is to copy it back.
//! - Any other large field is in the journal, which keeps what is touched.
//! - A heavy field is written where it is, and marked as dirty by a failure.
//! - A meta field is written where it is: a count survives the failure that it counts.

use indexmap::IndexSet;
use theus_abi::image::Zone;
use theus_abi::{Repr, Shape};
use theus_hir::{FieldId, ProcessId};

use crate::frame::{FieldBinding, FnCx};
use crate::place::{Home, Place};
use crate::program::Cx;
use crate::ring::RING_HEADER;

/// Fields of up to this many bytes have a shadow in the frame.
const MAX_SHADOW: u64 = 1024;

/// How the writes of a transaction to one field are undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// Not at all.
    Never,
    /// A shadow is forgotten.
    Shadow,
    /// The header of a ring is put back.
    Header,
    /// The whole is copied back.
    Copy,
    /// The journal puts back what was touched.
    Journal,
}

/// Bytes that must be put back when a transaction fails.
#[derive(Clone, Copy)]
pub(crate) struct Saved {
    field: Place,
    backup: Place,
    bytes: u32,
}

/// A shadow that commit stores.
#[derive(Clone, Copy)]
struct Shadow {
    field: Place,
    shadow: Place,
}

/// What ends a transaction, well or not.
#[derive(Default)]
pub(crate) struct Transaction {
    shadows: Vec<Shadow>,
    saved: Vec<Saved>,
    journaled: bool,
    /// Heavy fields that may be left half-written, by the offset of their words.
    heavy: Vec<u32>,
}

impl FnCx<'_, '_> {
    /// Binds every field that a transaction of those processes writes.
    pub(crate) fn begin(&mut self, unit: &[ProcessId]) -> Transaction {
        let mut begun = Transaction::default();
        let mut reserved = 0_u32;
        for field in self.cx.written(unit) {
            let place = self.context_place(field);
            let method = self.cx.field_method(unit, field);
            if self.cx.typed.fields[field].zone == Zone::Heavy {
                begun.heavy.push(self.cx.heavy_table(field));
            }
            let (place, old) = match method {
                Method::Never => (place, None),
                Method::Shadow => {
                    let shadow = self.temp(place.ty);
                    self.copy(shadow, place, false);
                    begun.shadows.push(Shadow {
                        field: place,
                        shadow,
                    });
                    (shadow, Some(place))
                }
                Method::Header | Method::Copy => {
                    let saved = self.save(method, field, place, &mut reserved);
                    begun.saved.push(saved);
                    (place, Some(saved.backup))
                }
                Method::Journal => {
                    begun.journaled = true;
                    let home = Home::Journal;
                    (Place { home, ..place }, Some(place))
                }
            };
            self.fields.insert(field, FieldBinding { place, old });
        }
        for id in unit {
            if self.strict && self.cx.cursors.contains_key(id) {
                let saved = self.save_cursor(*id);
                begun.saved.push(saved);
            }
        }
        if begun.journaled {
            self.open_journal();
        }
        begun
    }

    /// A slice that was undone is done again.
    fn save_cursor(&mut self, id: ProcessId) -> Saved {
        let field = self.cursor(id);
        let backup = self.temp(field.ty);
        self.copy(backup, field, false);
        let bytes = 8;
        Saved {
            field,
            backup,
            bytes,
        }
    }

    /// Copies what a failure must put back.
    fn save(
        &mut self,
        method: Method,
        field: FieldId,
        place: Place,
        reserved: &mut u32,
    ) -> Saved {
        let (addr, bytes) = if method == Method::Header {
            (self.raw_temp(u64::from(RING_HEADER), 8), RING_HEADER)
        } else {
            let bytes = self.cx.field_bytes(field);
            let at = self.cx.undo_start.saturating_add(*reserved);
            *reserved = reserved.saturating_add(bytes.next_multiple_of(16));
            (self.b.base(at), bytes)
        };
        let backup = Place::own(addr, place.ty);
        self.move_bytes(backup, place, bytes);
        Saved {
            field: place,
            backup,
            bytes,
        }
    }

    /// What a transaction has written is seen from now on.
    pub(crate) fn commit(&mut self, begun: &Transaction) {
        for Shadow { field, shadow } in &begun.shadows {
            self.copy(*field, *shadow, true);
        }
        if begun.journaled {
            self.commit_journal();
        }
        self.mark_heavy(&begun.heavy, false);
    }

    /// Puts back what a failed transaction has written in place. The journal comes first: a
    /// block of it may hold part of a field that was copied.
    pub(crate) fn undo(&mut self, begun: &Transaction) {
        if begun.journaled {
            self.undo_journal();
        }
        self.mark_heavy(&begun.heavy, true);
        for Saved {
            field,
            backup,
            bytes,
        } in &begun.saved
        {
            self.move_bytes(*field, *backup, *bytes);
        }
    }

    /// Two words one by one, more in one piece.
    fn move_bytes(&mut self, to: Place, from: Place, bytes: u32) {
        if bytes == RING_HEADER {
            for word in [0, 8] {
                let value = self.b.load(Repr::I64, from.addr, from.offset + word);
                self.b.store(value, to.addr, to.offset + word);
            }
            return;
        }
        let (to, from) = (self.address(to), self.address(from));
        self.b.copy(to, from, bytes);
    }
}

impl Cx<'_> {
    /// The fields that a transaction writes, in order of declaration.
    pub(crate) fn written(&self, unit: &[ProcessId]) -> Vec<FieldId> {
        let prints = unit.iter().map(|id| self.sound.footprints().process(*id));
        let mut fields: Vec<FieldId> = prints
            .flat_map(|print| print.writes.keys())
            .filter_map(|(place, _)| place.in_field())
            .collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// How a transaction of those processes undoes a field of that layout.
    fn method(&self, unit: &[ProcessId], field: FieldId, shape: &Shape) -> Method {
        let kept = matches!(self.typed.fields[field].zone, Zone::Meta | Zone::Heavy);
        if kept || !self.options.strict {
            return Method::Never;
        }
        let bodies = || unit.iter().map(|id| &self.typed.processes[*id].body.block);
        if let Shape::Ring {
            capacity, slots, ..
        } = shape
        {
            let pushes =
                bodies().map(|body| crate::bound::pushes(self.typed, body, field));
            if pushes.fold(0, u64::saturating_add) <= slots - capacity {
                return Method::Header;
            }
            if shape.size() <= MAX_SHADOW {
                return Method::Copy;
            }
        }
        if shape.size() <= MAX_SHADOW {
            return Method::Shadow;
        }
        let written =
            bodies().map(|body| crate::rewrite::surely(self.typed, body, field));
        if written.fold(0, u64::saturating_add) >= shape.size() / 2 {
            Method::Copy
        } else {
            Method::Journal
        }
    }

    fn field_method(&self, unit: &[ProcessId], field: FieldId) -> Method {
        let shape = self.field_shapes.get(&field);
        shape.map_or(Method::Never, |shape| self.method(unit, field, shape))
    }

    fn field_bytes(&self, field: FieldId) -> u32 {
        let shape = self.field_shapes.get(&field);
        shape.map_or(0, |shape| u32::try_from(shape.size()).unwrap_or(u32::MAX))
    }

    /// Every transaction that the program can have.
    fn units(&self) -> Vec<Vec<ProcessId>> {
        self.typed.processes.keys().map(|id| vec![id]).collect()
    }

    /// The fields that some transaction journals.
    pub(crate) fn journaled(&self) -> IndexSet<FieldId> {
        let mut found = IndexSet::new();
        for unit in self.units() {
            for field in self.written(&unit) {
                if self.field_method(&unit, field) == Method::Journal {
                    found.insert(field);
                }
            }
        }
        found
    }

    /// Reserves transaction space: areas of one transaction follow each other, those of
    /// different ones lie in the same place.
    pub(crate) fn reserve_undo(&mut self) {
        let most = self.units().into_iter().map(|unit| {
            let copied = self
                .written(&unit)
                .into_iter()
                .filter(|field| self.field_method(&unit, *field) == Method::Copy);
            let bytes = copied.map(|field| self.field_bytes(field).next_multiple_of(16));
            bytes.map(u64::from).sum::<u64>()
        });
        let most = most.max().unwrap_or(0);
        if most > 0 {
            self.undo_start = self.reserve(most, 16);
        }
    }
}
