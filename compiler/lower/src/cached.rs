//! `cached`: a process is skipped while no field that it names has been written.
//!
//! It has a word: 0 if it must run, else one more than the tick in which it ran. Whatever
//! writes a field clears the words of the cached processes that name it, so a run costs the
//! test of one word, and a write one store for each of them.

use theus_abi::{Repr, Shape, header, image};
use theus_hir::item::Target;
use theus_hir::{FieldId, ProcessId, Ty};
use theus_mir::{BinaryOp, Block, Value};

use crate::frame::FnCx;
use crate::place::{Place, low_bits};
use crate::program::Cx;
use crate::undo::Transaction;
use crate::unit::Unit;

/// A cached process.
#[derive(Clone, Debug)]
pub(crate) struct Cached {
    /// Offset of its word.
    offset: u32,
    /// The fields that it names or touches, in order.
    names: Vec<FieldId>,
    max_age: Option<u64>,
}

impl Cached {
    fn names_any(&self, fields: &[FieldId]) -> bool {
        self.names.iter().any(|field| fields.contains(field))
    }
}

impl Cx<'_> {
    /// Gives the words of cached processes their places.
    pub(crate) fn place_cached(&mut self, at: &mut u64) {
        for (id, process) in self.typed.run_processes() {
            let Some(cached) = process.cached else {
                continue;
            };
            let name = format!("cached {}", process.head.name);
            let cached = Cached {
                offset: self.keep_bytes(name, &Shape::Uint(Repr::I64), at),
                names: self.named(id),
                max_age: cached.max_age,
            };
            self.cached.insert(id, cached);
        }
    }

    /// The fields whose writes let a process run again.
    fn named(&self, id: ProcessId) -> Vec<FieldId> {
        let process = &self.typed.processes[id];
        let print = self.sound.footprints().process(id);
        let reads = print.reads.keys().map(|(place, _)| place);
        let writes = print.writes.keys().map(|(place, _)| place);
        let touched = reads
            .chain(writes)
            .filter_map(theus_contract::Place::in_field);
        let mut names: Vec<FieldId> = touched.collect();
        for entry in process.inputs.iter().chain(&process.outputs) {
            match &entry.target {
                Target::Context(context) => {
                    names.extend(&self.typed.contexts[*context].fields);
                }
                Target::Field(field, _) => names.push(*field),
                Target::Tick | Target::Random | Target::Error => {}
            }
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Tells the VM of the words, because a host writes fields too.
    pub(crate) fn index_cached(&mut self) {
        for cached in self.cached.values() {
            let mut fields = Vec::new();
            for field in &cached.names {
                let first = self.image_index.get(field).copied().unwrap_or(0);
                let several = self
                    .typed
                    .several(*field)
                    .map_or(1, theus_hir::item::Count::get);
                let first = u32::try_from(first).unwrap_or(u32::MAX);
                let several = u32::try_from(several).unwrap_or(u32::MAX);
                fields.extend(first..first.saturating_add(several));
            }
            let offset = cached.offset;
            self.image.cached.push(image::Cached { offset, fields });
        }
    }
}

impl FnCx<'_, '_> {
    fn cached_word(&mut self, offset: u32) -> Place {
        Place::own(self.b.base(offset), Ty::U64)
    }

    /// The number of the running tick, from 1.
    fn tick_number(&mut self) -> Value {
        let header = self.b.base(0);
        let count = self.b.load(Repr::I64, header, header::TICK);
        let one = self.b.iconst(Repr::I64, 1);
        self.b.binary(BinaryOp::Iadd, count, one)
    }

    /// Before a process: goes on at the block that is given if it is cached and need not run.
    pub(crate) fn skip_cached(&mut self, id: ProcessId) -> Option<Block> {
        let cached = self.cx.cached.get(&id)?;
        let (offset, max_age) = (cached.offset, cached.max_age);
        let place = self.cached_word(offset);
        let word = self.load(place);
        let zero = self.b.iconst(Repr::I64, 0);
        let mut hit = self.b.binary(BinaryOp::Ine, word, zero);
        if let Some(ticks) = max_age {
            // A tick before that one, in another run, is far away.
            let now = self.tick_number();
            let age = self.b.binary(BinaryOp::Isub, now, word);
            let most = self.b.iconst(Repr::I64, low_bits(ticks.into()));
            let young = self.b.binary(BinaryOp::Ult, age, most);
            hit = self.b.binary(BinaryOp::And, hit, young);
        }
        let (skipped, run) = (self.b.new_block(), self.b.new_block());
        self.b.branch(hit, skipped, run);
        self.b.switch_to(run);
        Some(skipped)
    }

    /// After a process: what it may have written is new to others, and it has seen all.
    pub(crate) fn note_cached(&mut self, id: ProcessId) {
        let written = self.cx.written(&Unit::one(id));
        self.wake_cached(&written);
        if let Some(cached) = self.cx.cached.get(&id) {
            let offset = cached.offset;
            let place = self.cached_word(offset);
            let now = self.tick_number();
            self.store(place, now);
        }
    }

    /// Fields have been written: lets the cached processes that name one run again.
    pub(crate) fn wake_cached(&mut self, written: &[FieldId]) {
        let cached = self.cx.cached.values();
        let woken = cached.filter(|cached| cached.names_any(written));
        let words: Vec<u32> = woken.map(|cached| cached.offset).collect();
        self.wake(&words);
    }

    /// Before the first tick every process runs.
    pub(crate) fn wake_all(&mut self) {
        let words: Vec<u32> = self
            .cx
            .cached
            .values()
            .map(|cached| cached.offset)
            .collect();
        self.wake(&words);
    }

    fn wake(&mut self, words: &[u32]) {
        for offset in words {
            let zero = self.b.iconst(Repr::I64, 0);
            let place = self.cached_word(*offset);
            self.store(place, zero);
        }
    }

    /// Before a group: a write that is undone has not been one.
    pub(crate) fn save_cached(&mut self, unit: &Unit, begun: &mut Transaction) {
        if !self.strict {
            return;
        }
        let written = self.cx.written(unit);
        let cached = self.cx.cached.iter();
        let changed = cached.filter(|(id, cached)| {
            unit.processes.contains(*id) || cached.names_any(&written)
        });
        let words: Vec<u32> = changed.map(|(_, cached)| cached.offset).collect();
        for offset in words {
            let place = self.cached_word(offset);
            self.save_word(place, begun);
        }
    }
}
