//! The header of a thread: what runs in shares counts its steps and takes its scratch there, and not
//! where the thread of the run does. It has the layout of the header of the memory block, of which
//! it is a part, on the stack of its thread; scratch follows it.
//!
//! There is never more of it than on one thread. Where it is used up, the share fails, and the process
//! runs once more on one thread, with all that the pipeline has.

use theus_abi::Repr;
use theus_abi::header::{self, HEADER_SIZE};
use theus_hir::Ty;
use theus_hir::item::Process;
use theus_mir::{BinaryOp, Block, Value};

use crate::each::Over;
use crate::frame::FnCx;
use crate::place::low_bits;

/// Bytes of scratch that the code of a share has at most.
const SCRATCH: u32 = 16 << 10;
/// The same, where the clause of its elements says how many they have.
const ARENA: u32 = 64 << 10;
/// The same, of locals in one function.
const LOCALS: u64 = 32 << 10;

/// The header of a thread, and what of its scratch was in use when the function at hand began.
#[derive(Clone, Copy)]
pub(crate) struct Own {
    pub(crate) header: Value,
    pub(crate) next: Value,
    /// Offset past its scratch.
    pub(crate) end: Value,
}

impl<'a> FnCx<'_, 'a> {
    /// Where the code at hand counts its steps and takes its scratch.
    pub(crate) fn header(&mut self) -> Value {
        match self.own {
            Some(own) => own.header,
            None => self.b.base(0),
        }
    }

    /// In a share: makes the header of the thread at hand, with as much scratch as an element
    /// has by its clause.
    pub(crate) fn make_header(&mut self, arena: Option<u32>) {
        let room = arena.map_or(SCRATCH, |bytes| bytes.min(ARENA));
        let slot = HEADER_SIZE + room.next_multiple_of(16);
        let slot = self.b.slot(slot, 16);
        let own = self.b.slot_addr(slot);
        let first = self.b.iconst(Repr::I64, i64::from(HEADER_SIZE));
        let peak = self.b.iconst(Repr::I64, 0);
        let mut room = self.b.iconst(Repr::I64, i64::from(room));
        if arena.is_none() {
            let left = self.scratch_left();
            let fits = self.b.binary(BinaryOp::Slt, room, left);
            room = self.b.select(fits, room, left);
        }
        let end = self.b.binary(BinaryOp::Iadd, first, room);
        let words = [
            (header::SCRATCH_NEXT, first),
            (header::SCRATCH_END, end),
            (header::SCRATCH_PEAK, peak),
        ];
        for (at, value) in words {
            self.b.store(value, own, at);
        }
        self.use_header(own);
    }

    /// Bytes of scratch that the thread of the run has left.
    fn scratch_left(&mut self) -> Value {
        let header = self.b.base(0);
        let end = self.b.load(Repr::I64, header, header::SCRATCH_END);
        let next = self.b.load(Repr::I64, header, header::SCRATCH_NEXT);
        self.b.binary(BinaryOp::Isub, end, next)
    }

    /// In what a share calls: its last parameter is the header.
    pub(crate) fn use_header(&mut self, own: Value) {
        let next = self.b.load(Repr::I64, own, header::SCRATCH_NEXT);
        let end = self.b.load(Repr::I64, own, header::SCRATCH_END);
        self.own = Some(Own {
            header: own,
            next,
            end,
        });
    }

    /// What is passed to a function that a share calls, too.
    pub(crate) fn pass_header(&mut self, args: &mut Vec<Value>) {
        if self.counts.is_quiet() {
            args.push(self.header());
        }
    }

    /// Whether a local of that size fits into the frame of a function in a share.
    pub(crate) fn has_own_room(&mut self, size: u64) -> bool {
        let fits = self.own.is_some() && self.own_locals + size <= LOCALS;
        if fits {
            self.own_locals += size;
        }
        fits
    }

    /// In a share: its part may take all the steps that there are.
    pub(crate) fn begin_steps(&mut self, process: &Process) {
        if let (Some((budget, _)), Some(_)) = (process.budget, self.boxes.steps) {
            let steps = self.b.iconst(Repr::I64, low_bits(i128::from(budget)));
            let header = self.header();
            self.b.store(steps, header, header::STEPS);
        }
    }

    /// In a share: how many steps its part has taken.
    pub(crate) fn note_steps(&mut self, process: &Process, lo: Value) {
        if let (Some((budget, _)), Some(start)) = (process.budget, self.boxes.steps) {
            let header = self.header();
            let left = self.b.load(Repr::I64, header, header::STEPS);
            let all = self.b.iconst(Repr::I64, low_bits(i128::from(budget)));
            let taken = self.b.binary(BinaryOp::Isub, all, left);
            let word = self.box_word(start, lo);
            self.store(word, taken);
        }
    }

    /// The steps of all parts are within the budget, or it goes to `again`.
    pub(crate) fn end_steps(
        &mut self,
        over: Over<'a>,
        (lo, hi): (Value, Value),
        again: Block,
    ) {
        let Some(start) = self.cx.place_boxes(over.id).0.steps else {
            return;
        };
        let header = self.b.base(0);
        let left = self.b.load(Repr::I64, header, header::STEPS);
        let rest = self.temp(Ty::I64);
        self.store(rest, left);
        self.counted(lo, hi, |cx, slot| {
            let word = cx.box_word(start, slot);
            let (left, taken) = (cx.load(rest), cx.load(word));
            let left = cx.b.binary(BinaryOp::Isub, left, taken);
            cx.store(rest, left);
            let zero = cx.b.iconst(Repr::I64, 0);
            let over = cx.b.binary(BinaryOp::Slt, left, zero);
            let on = cx.b.new_block();
            cx.b.branch(over, again, on);
            cx.b.switch_to(on);
        });
        let left = self.load(rest);
        let header = self.b.base(0);
        self.b.store(left, header, header::STEPS);
    }
}
