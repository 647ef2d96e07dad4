//! How a failed transaction is undone, field by field.
//!
//! - A small field has a shadow in the frame, which the passes turn into registers; commit
//!   stores it. Undo is to forget it.
//! - A ring is written in place: the transaction can only push as many elements as there are
//!   spare slots, so undo is to put its header back.
//! - A large field that is surely written as a whole is copied to transaction space first;
//!   undo is to copy it back.
//! - Any other large field is in the journal, which keeps what is touched.
//! - A heavy collection is in the journal, but for its payload, which lies in blocks of its own.
//! - Any other heavy field is written where it is, and marked as dirty by a failure; one of two buffers
//!   is written in the back, which commit makes the front. Undo is to forget it.
//! - A meta field is written where it is: a count survives the failure that it counts.

use theus_abi::Repr;
use theus_abi::image::Zone;
use theus_hir::FieldId;

use crate::frame::{FieldBinding, FnCx};
use crate::place::{Home, Place};
use crate::ring::RING_HEADER;
use crate::swap::Swapped;
use crate::unit::{Method, Unit};

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
    /// Heavy fields whose buffers commit exchanges.
    pub(crate) swapped: Vec<Swapped>,
}

impl FnCx<'_, '_> {
    /// Binds every field that a transaction writes.
    pub(crate) fn begin(&mut self, unit: &Unit) -> Transaction {
        let mut begun = Transaction::default();
        let mut reserved = 0_u32;
        for field in self.cx.written(unit) {
            if self.cx.typed.fields[field].swap.is_some() {
                continue;
            }
            let place = self.context_place(field);
            let method = self.cx.field_method(unit, field);
            if self.counts.is_quiet() {
                let shadow = method == Method::Shadow && !self.parted.contains(&field);
                self.begin_apart(shadow, field, &mut begun);
                continue;
            }
            if self.cx.typed.is_buffer(field) {
                begun.heavy.push(self.cx.heavy_table(field));
            }
            let (place, old) = match method {
                Method::Never => (place, None),
                Method::Shadow => (self.shadow(place, &mut begun), Some(place)),
                Method::Header | Method::Copy => {
                    let saved = self.save(method, field, place, &mut reserved);
                    begun.saved.push(saved);
                    (place, Some(saved.backup))
                }
                Method::Journal => {
                    begun.journaled = true;
                    if self.cx.typed.fields[field].zone == Zone::Heavy {
                        let home = Home::Heavy;
                        (Place { home, ..place }, None)
                    } else {
                        let home = Home::Journal;
                        (Place { home, ..place }, Some(place))
                    }
                }
            };
            let seen = None;
            self.fields.insert(field, FieldBinding { place, old, seen });
        }
        for id in &unit.processes {
            let kept = self.strict && !self.counts.is_quiet();
            if kept && self.cx.cursors.contains_key(id) {
                let cursor = self.cursor(*id);
                self.save_word(cursor, &mut begun);
            }
        }
        if begun.journaled {
            self.open_journal();
        }
        begun.swapped = self.begin_swaps(unit);
        begun
    }

    /// Binds a field that a process in a share writes: what fails there is undone outside.
    fn begin_apart(&mut self, shadow: bool, field: FieldId, begun: &mut Transaction) {
        let whole = self.context_place(field);
        let place = match shadow {
            true => self.shadow(whole, begun),
            false => whole,
        };
        let (old, seen) = (Some(whole), None);
        self.fields.insert(field, FieldBinding { place, old, seen });
    }

    fn shadow(&mut self, field: Place, begun: &mut Transaction) -> Place {
        let shadow = self.temp(field.ty);
        self.copy(shadow, field, false);
        begun.shadows.push(Shadow { field, shadow });
        shadow
    }

    /// Keeps all that processes write which other threads run.
    pub(crate) fn begin_whole(&mut self, unit: &Unit) -> Transaction {
        let (mut begun, mut reserved) = (Transaction::default(), 0_u32);
        let mut journaled = Vec::new();
        for field in self.cx.written(unit) {
            let method = self.cx.whole_method(unit, field);
            if method == Method::Never {
                self.save_buffers(field, &mut begun);
                continue;
            }
            let place = self.context_place(field);
            match method {
                Method::Journal => journaled.push(place),
                method => {
                    let saved = self.save(method, field, place, &mut reserved);
                    begun.saved.push(saved);
                }
            }
        }
        for id in &unit.processes {
            if self.cx.cursors.contains_key(id) {
                let cursor = self.cursor(*id);
                self.save_word(cursor, &mut begun);
            }
        }
        self.save_cached(unit, &mut begun);
        begun.journaled = !journaled.is_empty();
        if begun.journaled {
            self.open_journal();
        }
        for place in journaled {
            let home = Home::Journal;
            self.touched(Place { home, ..place });
        }
        begun
    }

    /// Puts a word back if the transaction fails: a slice that was undone is done again.
    pub(crate) fn save_word(&mut self, field: Place, begun: &mut Transaction) {
        let backup = self.temp(field.ty);
        self.copy(backup, field, false);
        let bytes = 8;
        begun.saved.push(Saved {
            field,
            backup,
            bytes,
        });
    }

    /// Puts a whole field back if what begins here fails.
    pub(crate) fn save_field(&mut self, id: FieldId, begun: &mut Transaction) {
        let field = self.context_place(id);
        let bytes = self.cx.field_bytes(id);
        let backup = self.temp(field.ty);
        self.move_bytes(backup, field, bytes);
        begun.saved.push(Saved {
            field,
            backup,
            bytes,
        });
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
        self.commit_swaps(&begun.swapped);
    }

    /// Puts back what a failed transaction has written in place. The journal comes first: a
    /// block of it may hold part of a field that was copied.
    pub(crate) fn undo(&mut self, begun: &Transaction) {
        if begun.journaled {
            self.undo_journal();
        }
        self.mark_heavy(&begun.heavy, true);
        self.restore(begun);
    }

    fn restore(&mut self, begun: &Transaction) {
        for Saved {
            field,
            backup,
            bytes,
        } in &begun.saved
        {
            self.move_bytes(*field, *backup, *bytes);
        }
    }

    /// Puts back what was written, and goes on with the transaction.
    pub(crate) fn put_back(&mut self, begun: &Transaction) {
        if begun.journaled {
            self.back_journal();
        }
        self.restore(begun);
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
