//! A process is a transaction: it works on copies of what it writes, is checked, and then
//! writes back.
//!
//! - A small field has a shadow in the frame, which the passes turn into registers; commit
//!   stores it. Undo is to forget it.
//! - A ring is written in place: the process can only push as many elements as there are
//!   spare slots, so undo is to put its header back.
//! - A large field (or a ring without enough spare slots) is copied to transaction space
//!   first; undo is to copy it back.
//! - A meta field is written where it is: a count survives the failure that it counts.

use theus_abi::image::Zone;
use theus_abi::{Fault, HostFn, Repr};
use theus_grammar::Span;
use theus_hir::walk::each_expr;
use theus_hir::{ExprKind, FieldId, ProcessId, Ty};
use theus_mir::Value;

use crate::frame::{Exit, Failure, FieldBinding, FnCx, Kept, Stream};
use crate::handler::Undone;
use crate::place::Place;
use crate::program::Cx;

/// Fields of up to this many bytes have a shadow in the frame.
const MAX_SHADOW: u64 = 1024;
/// Bytes of a ring that a push changes, apart from spare slots.
const RING_HEADER: u32 = 16;

/// What must be put back when a process fails.
#[derive(Clone, Copy)]
pub(crate) struct Undo {
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

impl FnCx<'_, '_> {
    /// Runs a process: its body is lowered here.
    pub(crate) fn run_process(&mut self, id: ProcessId, span: Span) {
        if self.is_over(span) {
            return;
        }
        let index = self.cx.process_index(id);
        let process = &self.cx.typed.processes[id];
        let outer = self.enter_process(id, index);
        let timed = process.deadline.is_some();
        if timed {
            self.clock(HostFn::ClockStart, index);
        }
        let frame = self.push_frame(&process.body, Vec::new());
        let before = std::mem::replace(&mut self.frame, frame);
        let (shadows, undo) = self.bind_outputs(id);
        if self.strict {
            for clause in &process.requires {
                let holds = self.value(clause);
                self.check(holds, Fault::Requires, clause.span, &[]);
            }
            self.keep_old(id);
        }
        let exit = self.b.new_block();
        self.exits.push(Exit {
            dest: None,
            block: exit,
        });
        self.prepare_totals(&process.body.block);
        self.block(&process.body.block);
        self.exits.pop();
        self.b.jump(exit, &[]);
        self.b.switch_to(exit);
        if self.strict {
            for clause in &process.ensures {
                let holds = self.value(clause);
                self.check(holds, Fault::Ensures, clause.span, &[]);
            }
        }
        for Shadow { field, shadow } in shadows {
            self.copy(field, shadow, true);
        }
        if timed {
            self.clock(HostFn::ClockStop, index);
        }
        let done = self.b.new_block();
        self.b.jump(done, &[]);
        self.frame = before;
        let failures = std::mem::take(&mut self.fail_blocks);
        let status = self.callee_status;
        self.leave_process(outer);
        let undone = Undone {
            undo,
            timed: timed.then_some(index),
        };
        self.handle(Some(id), failures, status, &undone, (done, span));
        self.b.switch_to(done);
    }

    /// Makes the process the current one; gives what was current.
    fn enter_process(&mut self, id: ProcessId, index: u32) -> Outer {
        let draws = self.temp(Ty::U64);
        if self.cx.sound.footprints().process(id).random.is_some() {
            let zero = self.b.iconst(Repr::I64, 0);
            self.store(draws, zero);
        }
        let status = self.temp(Ty::I32);
        let run = self.runs.get(&id).copied().unwrap_or(0);
        self.runs.insert(id, run + 1);
        let stream = Stream {
            name: self.cx.stream_name(id, run),
            draws,
        };
        Outer {
            process: self.process.replace(index),
            stream: self.stream.replace(stream),
            status: self.callee_status.replace(status),
            fails: std::mem::take(&mut self.fail_blocks),
            fields: std::mem::take(&mut self.fields),
            kept: std::mem::take(&mut self.kept),
        }
    }

    fn leave_process(&mut self, outer: Outer) {
        self.process = outer.process;
        self.stream = outer.stream;
        self.callee_status = outer.status;
        self.fail_blocks = outer.fails;
        self.fields = outer.fields;
        self.kept = outer.kept;
    }

    /// Binds every field that the process writes.
    fn bind_outputs(&mut self, id: ProcessId) -> (Vec<Shadow>, Vec<Undo>) {
        let (mut shadows, mut undos) = (Vec::new(), Vec::new());
        let mut reserved = 0_u32;
        for field in self.cx.written(id) {
            let zone = self.cx.typed.fields[field].zone;
            let place = self.context_place(field);
            if zone == Zone::Meta || !self.strict {
                let binding = FieldBinding {
                    place,
                    old: None,
                    direct: true,
                };
                self.fields.insert(field, binding);
                continue;
            }
            if self.is_ring(place.ty) || self.size(place.ty) > MAX_SHADOW {
                let undo = self.back_up(id, field, place, &mut reserved);
                let binding = FieldBinding {
                    place,
                    old: Some(undo.backup),
                    direct: true,
                };
                self.fields.insert(field, binding);
                undos.push(undo);
                continue;
            }
            let shadow = self.temp(place.ty);
            self.copy(shadow, place, false);
            let binding = FieldBinding {
                place: shadow,
                old: Some(place),
                direct: false,
            };
            self.fields.insert(field, binding);
            shadows.push(Shadow {
                field: place,
                shadow,
            });
        }
        (shadows, undos)
    }

    /// Copies what a failure must put back.
    fn back_up(
        &mut self,
        id: ProcessId,
        field: FieldId,
        place: Place,
        reserved: &mut u32,
    ) -> Undo {
        let bytes = self.cx.undo_bytes(id, field);
        let backup = if bytes == RING_HEADER {
            let slot = self.raw_temp(u64::from(bytes), 8);
            Place {
                addr: slot,
                offset: 0,
                ty: place.ty,
            }
        } else {
            let at = self.cx.undo_start.saturating_add(*reserved);
            *reserved = reserved.saturating_add(bytes.next_multiple_of(16));
            Place {
                addr: self.b.base(at),
                offset: 0,
                ty: place.ty,
            }
        };
        self.move_bytes(backup, place, bytes);
        Undo {
            field: place,
            backup,
            bytes,
        }
    }

    /// Puts back what a failed process has written in place.
    pub(crate) fn undo(&mut self, undo: &[Undo]) {
        for Undo {
            field,
            backup,
            bytes,
        } in undo
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

    /// Evaluates every `old(e)` of the `ensures` clauses at the start.
    fn keep_old(&mut self, id: ProcessId) {
        let process = &self.cx.typed.processes[id];
        for clause in &process.ensures {
            let mut olds = Vec::new();
            each_expr(clause, &mut |e| {
                if let ExprKind::Old(inner) = &e.kind {
                    olds.push((e.span, &**inner));
                }
            });
            for (span, inner) in olds {
                let ty = self.ty(inner.ty);
                let kept = if self.is_scalar(ty) {
                    Kept::Value(self.value(inner))
                } else {
                    let temp = self.temp(ty);
                    let from = self.place(inner);
                    self.copy(temp, from, false);
                    Kept::Place(temp)
                };
                self.kept.push((span, kept));
            }
        }
    }

    /// In a measured tick, tells the VM that a process starts or ends.
    pub(crate) fn clock(&mut self, call: HostFn, index: u32) {
        let header = self.b.base(0);
        let measure = self.b.load(Repr::I64, header, theus_abi::header::MEASURE);
        let zero = self.b.iconst(Repr::I64, 0);
        let wanted = self.b.binary(theus_mir::BinaryOp::Ine, measure, zero);
        let (ask, on) = (self.b.cold_block(), self.b.new_block());
        self.b.branch(wanted, ask, on);
        self.b.switch_to(ask);
        let index = self.b.iconst(Repr::I32, i64::from(index));
        let _status: Value = self.b.host(call, index);
        self.b.jump(on, &[]);
        self.b.switch_to(on);
    }
}

/// What was current before a process.
struct Outer {
    process: Option<u32>,
    stream: Option<Stream>,
    status: Option<Place>,
    fails: indexmap::IndexMap<Failure, theus_mir::Block>,
    fields: indexmap::IndexMap<FieldId, FieldBinding>,
    kept: Vec<(Span, Kept)>,
}

impl Cx<'_> {
    /// The fields that a process writes, in order of declaration.
    pub(crate) fn written(&self, id: ProcessId) -> Vec<FieldId> {
        let print = self.sound.footprints().process(id);
        let mut fields: Vec<FieldId> = print
            .writes
            .keys()
            .filter_map(|(place, _)| place.in_field())
            .collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// Bytes that undo of a field written in place needs.
    fn undo_bytes(&self, id: ProcessId, field: FieldId) -> u32 {
        use theus_abi::Shape;
        let shape = self.image.fields.get(self.field_index(field) as usize);
        match shape.map(|field| &field.shape) {
            Some(Shape::Ring {
                capacity, slots, ..
            }) => {
                let body = &self.typed.processes[id].body.block;
                let pushes = crate::bound::pushes(self.typed, body, field);
                if pushes <= slots - capacity {
                    return RING_HEADER;
                }
                shape.map_or(0, |field| whole(&field.shape))
            }
            Some(shape) => whole(shape),
            None => 0,
        }
    }

    /// Reserves transaction space: areas of one process follow each other, those of
    /// different processes lie in the same place.
    pub(crate) fn reserve_undo(&mut self) {
        let mut most = 0_u64;
        for id in self.typed.processes.keys() {
            let bytes = self.written(id).into_iter().filter_map(|field| {
                let shape = &self
                    .image
                    .fields
                    .get(self.field_index(field) as usize)?
                    .shape;
                let large = shape.size() > MAX_SHADOW
                    || matches!(shape, theus_abi::Shape::Ring { .. });
                let bytes = self.undo_bytes(id, field);
                let kept = large && bytes != RING_HEADER;
                kept.then_some(u64::from(bytes.next_multiple_of(16)))
            });
            most = most.max(bytes.sum());
        }
        if self.options.strict && most > 0 {
            self.undo_start = self.reserve(most, 16);
        }
    }

    /// The name of a process's random stream: its path, and which of its runs in the
    /// pipeline's text it is, so that no other process changes it.
    fn stream_name(&self, id: ProcessId, run: u64) -> i64 {
        let head = &self.typed.processes[id].head;
        let module = &self.typed.modules[head.module].name;
        let text = format!("{module}.{}#{run}", head.name);
        // FNV-1a.
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        hash.cast_signed()
    }
}

fn whole(shape: &theus_abi::Shape) -> u32 {
    u32::try_from(shape.size()).unwrap_or(u32::MAX)
}
