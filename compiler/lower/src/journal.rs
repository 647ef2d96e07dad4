//! The journal: undo of large fields that are written piece by piece, at a cost of what is
//! touched.
//!
//! The fields that need it lie together in one region of the contexts. Of each block of 64
//! bytes there is a shadow, and a mark. A write *touches* its block first: if the mark is not
//! the stamp of the running transaction, the block is copied to its shadow, marked and
//! listed. Undo copies the listed blocks back. Commit forgets the list and counts the epoch
//! on, so that no mark fits any more.

use theus_abi::Repr;
use theus_abi::image::Journal;
use theus_hir::FieldId;
use theus_mir::builder::FuncBuilder;
use theus_mir::{BinaryOp, Block, FuncId, Inst, Value, ValueDef};

use crate::frame::FnCx;
use crate::place::{Home, Place, payload_offset};
use crate::program::Cx;

/// Bytes of a block, as a power of two.
const BLOCK_SHIFT: u32 = 6;
/// Bytes of a block: a write touches one or two, and its copy is a few vector moves.
pub(crate) const BLOCK: u32 = 1 << BLOCK_SHIFT;
/// Offsets in the head of the journal.
const EPOCH: i32 = 0;
const COUNT: i32 = 8;
/// Bytes of the head.
const HEAD: u32 = 16;
const WORD: u32 = 8;

/// Where the journal of a program lies, and the functions that work it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    area: Journal,
    keep: FuncId,
    keep_all: FuncId,
    /// Made when it is first needed.
    back: Option<FuncId>,
    undo: FuncId,
}

impl Layout {
    const fn head(self) -> u32 {
        self.area.start
    }

    const fn marks(self) -> u32 {
        self.area.start + HEAD
    }

    const fn list(self) -> u32 {
        self.marks() + self.area.blocks * WORD
    }

    const fn shadows(self) -> u32 {
        (self.list() + self.area.blocks * WORD).next_multiple_of(BLOCK)
    }
}

/// The blocks of a write.
#[derive(Clone, Copy)]
struct Touched {
    first: Value,
    last: Value,
    /// There is none between them.
    few: bool,
}

impl Cx<'_> {
    /// Lays out the journal of the fields between two offsets.
    pub(crate) fn reserve_journal(&mut self, region: (u32, u32)) {
        let (first, end) = region;
        let blocks = (end - first) / BLOCK;
        if blocks == 0 {
            return;
        }
        let bytes = u64::from(HEAD) + u64::from(blocks) * u64::from(2 * WORD + BLOCK);
        let start = self.reserve(bytes + u64::from(BLOCK), BLOCK);
        let area = Journal {
            start,
            end: self.image.fixed_end,
            region: first,
            blocks,
        };
        self.image.journal = Some(area);
        let layout = Layout {
            area,
            keep: self.declare("journal.keep"),
            keep_all: self.declare("journal.keep_all"),
            back: None,
            undo: self.declare("journal.undo"),
        };
        self.funcs[layout.keep] = keep(layout);
        self.funcs[layout.keep_all] = keep_all(layout);
        self.funcs[layout.undo] = undo(layout);
        self.journal = Some(layout);
    }
}

impl Cx<'_> {
    /// Whether a field lies in the region of the journal.
    pub(crate) fn is_journaled(&self, field: FieldId) -> bool {
        let (Some(journal), Some(offset)) = (self.journal, self.offsets.get(&field))
        else {
            return false;
        };
        let area = journal.area;
        *offset >= area.region && *offset - area.region < area.blocks * BLOCK
    }

    fn journal_back(&mut self) -> Option<FuncId> {
        let journal = self.journal?;
        if journal.back.is_some() {
            return journal.back;
        }
        let func = self.declare("journal.back");
        self.funcs[func] = back(journal);
        self.journal = Some(Layout {
            back: Some(func),
            ..journal
        });
        Some(func)
    }
}

impl FnCx<'_, '_> {
    /// From here on writes to journaled places are part of one transaction.
    pub(crate) fn open_journal(&mut self) {
        let Some(journal) = self.cx.journal else {
            return;
        };
        let head = self.b.base(journal.head());
        let epoch = self.b.load(Repr::I64, head, EPOCH);
        let one = self.b.iconst(Repr::I64, 1);
        self.stamp = Some(self.b.binary(BinaryOp::Iadd, epoch, one));
    }

    /// What was written stays.
    pub(crate) fn commit_journal(&mut self) {
        let (Some(journal), Some(stamp)) = (self.cx.journal, self.stamp) else {
            return;
        };
        let head = self.b.base(journal.head());
        self.b.store(stamp, head, EPOCH);
        let none = self.b.iconst(Repr::I64, 0);
        self.b.store(none, head, COUNT);
    }

    /// What was written is put back.
    pub(crate) fn undo_journal(&mut self) {
        if let Some(journal) = self.cx.journal {
            self.b.call(journal.undo, &[], &[]);
        }
    }

    /// What was written is put back; the transaction goes on.
    pub(crate) fn back_journal(&mut self) {
        if let Some(func) = self.cx.journal_back() {
            self.b.call(func, &[], &[]);
        }
    }

    /// Keeps all from one place to another, which comes after it.
    pub(crate) fn touch_between(&mut self, first: Place, end: Place) {
        let (Some(journal), Some(stamp)) = (self.cx.journal, self.stamp) else {
            return;
        };
        let region = self.b.base(journal.area.region);
        let one = self.b.iconst(Repr::I64, 1);
        let (first, end) = (self.address(first), self.address(end));
        let last = self.b.binary(BinaryOp::Isub, end, one);
        let from = self.b.binary(BinaryOp::Isub, first, region);
        let last = self.b.binary(BinaryOp::Isub, last, region);
        let (first, last) = (self.block_of(from, 0), self.block_of(last, 0));
        self.b.call(journal.keep_all, &[first, last, stamp], &[]);
    }

    /// The place, ready to be written as a whole.
    pub(crate) fn touched(&mut self, place: Place) -> Place {
        match place.home {
            Home::Own | Home::Context => return place,
            Home::Heavy => {
                let head = payload_offset(&self.cx.shape(place.ty));
                let home = Home::Journal;
                return self.touched_bytes(Place { home, ..place }, head);
            }
            Home::Journal => {}
        }
        let bytes = u32::try_from(self.size(place.ty)).unwrap_or(u32::MAX);
        self.touched_bytes(place, bytes)
    }

    /// The place, its first bytes ready to be written.
    pub(crate) fn touched_bytes(&mut self, place: Place, bytes: u32) -> Place {
        let ready = Place {
            home: Home::Context,
            ..place
        };
        let (Home::Journal, Some(journal), Some(stamp)) =
            (place.home, self.cx.journal, self.stamp)
        else {
            return ready;
        };
        if bytes == 0 {
            return ready;
        }
        let few = bytes <= BLOCK;
        let scalar = self.is_scalar(place.ty) && bytes <= WORD;
        if let Some(at) = self.known_offset(place) {
            let from = at.saturating_sub(journal.area.region);
            let first = from >> BLOCK_SHIFT;
            let last = from.saturating_add(bytes - 1) >> BLOCK_SHIFT;
            let first = self.b.iconst(Repr::I64, i64::from(first));
            let last = self.b.iconst(Repr::I64, i64::from(last));
            self.touch_blocks(journal, stamp, Touched { first, last, few });
            return ready;
        }
        let region = self.b.base(journal.area.region);
        let addr = self.address(place);
        let from = self.b.binary(BinaryOp::Isub, addr, region);
        let first = self.block_of(from, 0);
        // A scalar is aligned to its size: it lies in one block.
        let last = if scalar {
            first
        } else {
            self.block_of(from, bytes - 1)
        };
        self.touch_blocks(journal, stamp, Touched { first, last, few });
        ready
    }

    fn block_of(&mut self, from: Value, by: u32) -> Value {
        let shift = self.b.iconst(Repr::I64, i64::from(BLOCK_SHIFT));
        let at = if by == 0 {
            from
        } else {
            let by = self.b.iconst(Repr::I64, i64::from(by));
            self.b.binary(BinaryOp::Iadd, from, by)
        };
        self.b.binary(BinaryOp::Ushr, at, shift)
    }

    /// One block or two: asked here, kept elsewhere. More: elsewhere.
    fn touch_blocks(&mut self, journal: Layout, stamp: Value, blocks: Touched) {
        let Touched { first, last, few } = blocks;
        if !few {
            self.b.call(journal.keep_all, &[first, last, stamp], &[]);
            return;
        }
        let one = first == last || self.same_const(first, last);
        let mut fresh = is_fresh(&mut self.b, journal, first, stamp);
        if !one {
            let other = is_fresh(&mut self.b, journal, last, stamp);
            fresh = self.b.binary(BinaryOp::Or, fresh, other);
        }
        let (keep, on) = (self.b.cold_block(), self.b.new_block());
        self.b.branch(fresh, keep, on);
        self.b.switch_to(keep);
        if one {
            self.b.call(journal.keep, &[first, stamp], &[]);
        } else {
            self.b.call(journal.keep_all, &[first, last, stamp], &[]);
        }
        self.b.jump(on, &[]);
        self.b.switch_to(on);
    }

    fn same_const(&self, a: Value, b: Value) -> bool {
        let known = self.const_of(a);
        known.is_some() && known == self.const_of(b)
    }

    /// The offset of a place in the memory block, if it is known now.
    fn known_offset(&self, place: Place) -> Option<u32> {
        let func = self.b.func();
        let ValueDef::Result(inst, _) = func.values[place.addr].def else {
            return None;
        };
        match &func.insts[inst] {
            Inst::Base { offset } => offset.checked_add_signed(place.offset),
            _ => None,
        }
    }
}

/// Whether a block has not been touched in this transaction.
fn is_fresh(b: &mut FuncBuilder, journal: Layout, block: Value, stamp: Value) -> Value {
    let marks = b.base(journal.marks());
    let at = b.element(marks, block, WORD);
    let mark = b.load(Repr::I64, at, 0);
    b.binary(BinaryOp::Ine, mark, stamp)
}

/// Copies a fresh block to its shadow, marks and lists it.
fn keep_block(b: &mut FuncBuilder, journal: Layout, block: Value, stamp: Value) {
    let marks = b.base(journal.marks());
    let mark = b.element(marks, block, WORD);
    b.store(stamp, mark, 0);
    let (region, shadows) = (b.base(journal.area.region), b.base(journal.shadows()));
    let from = b.element(region, block, BLOCK);
    let to = b.element(shadows, block, BLOCK);
    b.copy(to, from, BLOCK);
    let head = b.base(journal.head());
    let count = b.load(Repr::I64, head, COUNT);
    let list = b.base(journal.list());
    let entry = b.element(list, count, WORD);
    b.store(block, entry, 0);
    let one = b.iconst(Repr::I64, 1);
    let count = b.binary(BinaryOp::Iadd, count, one);
    b.store(count, head, COUNT);
}

/// `fn(block, stamp)`: keeps a fresh block.
fn keep(journal: Layout) -> theus_mir::Func {
    let mut b = FuncBuilder::new("journal.keep", &[Repr::I64; 2], &[]);
    if let [block, stamp] = b.params()[..] {
        keep_block(&mut b, journal, block, stamp);
    }
    b.ret(&[]);
    out_of_line(b)
}

/// `fn(first, last, stamp)`: keeps those of the blocks that are fresh.
fn keep_all(journal: Layout) -> theus_mir::Func {
    let mut b = FuncBuilder::new("journal.keep_all", &[Repr::I64; 3], &[]);
    if let [first, last, stamp] = b.params()[..] {
        let one = b.iconst(Repr::I64, 1);
        let end = b.binary(BinaryOp::Iadd, last, one);
        let step = b.new_block();
        let exit = rounds(&mut b, first, end, step, |b, block| {
            let fresh = is_fresh(b, journal, block, stamp);
            let keep = b.new_block();
            b.branch(fresh, keep, step);
            b.switch_to(keep);
            keep_block(b, journal, block, stamp);
        });
        b.switch_to(exit);
    }
    b.ret(&[]);
    out_of_line(b)
}

/// `fn()`: copies every listed block back.
fn back(journal: Layout) -> theus_mir::Func {
    let mut b = FuncBuilder::new("journal.back", &[], &[]);
    put_back(&mut b, journal);
    b.ret(&[]);
    out_of_line(b)
}

fn put_back(b: &mut FuncBuilder, journal: Layout) {
    let head = b.base(journal.head());
    let count = b.load(Repr::I64, head, COUNT);
    let zero = b.iconst(Repr::I64, 0);
    let step = b.new_block();
    let exit = rounds(b, zero, count, step, |b, at| {
        let list = b.base(journal.list());
        let entry = b.element(list, at, WORD);
        let block = b.load(Repr::I64, entry, 0);
        let (region, shadows) = (b.base(journal.area.region), b.base(journal.shadows()));
        let from = b.element(shadows, block, BLOCK);
        let to = b.element(region, block, BLOCK);
        b.copy(to, from, BLOCK);
    });
    b.switch_to(exit);
}

/// `fn()`: copies every listed block back and ends the transaction.
fn undo(journal: Layout) -> theus_mir::Func {
    let mut b = FuncBuilder::new("journal.undo", &[], &[]);
    put_back(&mut b, journal);
    let head = b.base(journal.head());
    let epoch = b.load(Repr::I64, head, EPOCH);
    let one = b.iconst(Repr::I64, 1);
    let epoch = b.binary(BinaryOp::Iadd, epoch, one);
    b.store(epoch, head, EPOCH);
    let none = b.iconst(Repr::I64, 0);
    b.store(none, head, COUNT);
    b.ret(&[]);
    out_of_line(b)
}

/// A loop from `start` to `end`; `body` ends by going to `step`. Gives the block after it.
fn rounds(
    b: &mut FuncBuilder,
    start: Value,
    end: Value,
    step: Block,
    body: impl FnOnce(&mut FuncBuilder, Value),
) -> Block {
    let (head, inside, exit) = (b.new_block(), b.new_block(), b.new_block());
    let at = b.param(head, Repr::I64);
    b.jump(head, &[start]);
    b.switch_to(head);
    let more = b.binary(BinaryOp::Slt, at, end);
    b.branch(more, inside, exit);
    b.switch_to(inside);
    body(b, at);
    b.jump(step, &[]);
    b.switch_to(step);
    let one = b.iconst(Repr::I64, 1);
    let next = b.binary(BinaryOp::Iadd, at, one);
    b.jump(head, &[next]);
    exit
}

/// Rarely reached, so its callers stay small.
fn out_of_line(b: FuncBuilder) -> theus_mir::Func {
    let mut func = b.finish();
    func.keep = true;
    func
}
