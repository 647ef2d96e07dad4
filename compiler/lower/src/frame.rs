//! `FnCx`: the state of lowering one MIR function: frames of inlined bodies, bindings of
//! locals and fields, and where failures go.

use indexmap::IndexMap;
use theus_abi::hash::Quick;
use theus_abi::{Fault, Repr, header};
use theus_grammar::Span;
use theus_hir::{
    Body, ErrorId, Expr, ExprKind, FieldId, Flow, GenericArg, LocalId, ProcessId, Ty,
};
use theus_mir::builder::FuncBuilder;
use theus_mir::{BinaryOp, Block, Slot, Value};

use crate::access::Bound;
use crate::delay::Keeps;
use crate::each::Element;
use crate::own::Own;
use crate::place::Place;
use crate::program::Cx;
use crate::steps::Counts;

/// Slots of more bytes than this live in scratch.
pub(crate) const MAX_SLOT: u64 = 4096;

/// What a local stands for.
#[derive(Clone, Copy)]
pub(crate) enum Binding<'a> {
    /// An immutable scalar.
    Value(Value),
    /// Memory.
    Place(Place),
    /// A closure and the frame it was written in.
    Closure(&'a Expr, usize),
}

/// One body being lowered: the function itself, or one inlined into it.
pub(crate) struct Frame<'a> {
    pub(crate) body: &'a Body,
    pub(crate) generics: Vec<GenericArg>,
    pub(crate) locals: IndexMap<LocalId, Binding<'a>, Quick>,
    /// Of a function of the library.
    pub(crate) library: bool,
    /// Of one whose code stands where the program calls it: the call.
    pub(crate) call: Option<Span>,
}

/// Where `return` goes.
#[derive(Clone, Copy)]
pub(crate) struct Exit {
    /// Where the result is to be written, if there is one.
    pub(crate) dest: Option<Place>,
    /// Where to go on.
    pub(crate) block: Block,
}

/// Where `break` and `continue` go.
#[derive(Clone, Copy)]
pub(crate) struct Loop {
    pub(crate) on_break: Block,
    pub(crate) on_continue: Block,
}

/// The kind of a failure, as far as handlers tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Failure {
    /// A fault.
    Fault(Fault),
    /// A raised error.
    Error(ErrorId),
    /// Whatever a called function returned, in `callee_status`.
    Callee,
}

/// How the current code reads and writes a field.
#[derive(Clone, Copy)]
pub(crate) struct FieldBinding {
    /// Where the body reads and writes.
    pub(crate) place: Place,
    /// Where the value of the start of the process is, if the process writes the field.
    pub(crate) old: Option<Place>,
    /// Of a heavy field of two buffers, in a group: where the buffer is written that its
    /// members see.
    pub(crate) seen: Option<Place>,
}

/// What an expression was: `old(e)` at the start, an index before what is assigned.
#[derive(Clone, Copy)]
pub(crate) enum Kept {
    Value(Value),
    Place(Place),
}

/// The random stream of the running process.
#[derive(Clone, Copy)]
pub(crate) struct Stream {
    pub(crate) name: i64,
    pub(crate) draws: Place,
}

/// Where items that leave their place go.
#[derive(Clone, Copy, Default)]
pub(crate) struct Leave {
    /// The end of the tick: `drop`.
    pub(crate) tick: Option<Block>,
    /// After the failed item: `skip`, in handlers only.
    pub(crate) item: Option<Block>,
    /// Whether a `stop` counts the tick that it ends.
    pub(crate) counts: bool,
}

/// A group: failures of its members wait until all members have run.
pub(crate) struct Group<'a> {
    /// Number of the failure of the current member (0: none), then the report.
    pub(crate) pending: Place,
    /// Where a failed member goes on.
    pub(crate) next: Block,
    /// What each number stands for: the handler.
    pub(crate) failures: Vec<Option<&'a theus_hir::flow::Handler>>,
}

/// State of lowering one MIR function.
pub(crate) struct FnCx<'c, 'a> {
    pub(crate) cx: &'c mut Cx<'a>,
    pub(crate) b: FuncBuilder,
    pub(crate) frames: Vec<Frame<'a>>,
    pub(crate) frame: usize,
    pub(crate) exits: Vec<Exit>,
    pub(crate) loops: Vec<Loop>,
    pub(crate) fields: IndexMap<FieldId, FieldBinding, Quick>,
    pub(crate) kept: Vec<(&'a Expr, Kept)>,
    /// Where each kind of failure goes, made when first needed.
    pub(crate) fail_blocks: IndexMap<Failure, Block>,
    /// The process being lowered, for sites.
    pub(crate) process: Option<u32>,
    pub(crate) stream: Option<Stream>,
    /// What the journal marks blocks with now; where nothing is journaled, nothing.
    pub(crate) stamp: Option<Value>,
    /// Counters of `while … total`, by place of the loop and frame.
    pub(crate) totals: IndexMap<(usize, Span), Place>,
    /// Where a failure of the outermost operation goes, inside `??` and `else`.
    pub(crate) guard: Option<Block>,
    /// Inside a clause: the fault that a failure in it is.
    pub(crate) clause: Option<Fault>,
    /// Bounds of the place being assigned: they are tested once its value is known.
    pub(crate) bounds: Option<Vec<Bound>>,
    /// Indices of that place that are known already.
    pub(crate) ahead: Vec<(&'a Expr, Kept)>,
    /// Where the status of a failed callee is kept; a function returns it instead.
    pub(crate) callee_status: Option<Place>,
    /// Loads of globals may be moved: nothing in this function writes them.
    pub(crate) globals_fixed: bool,
    /// Contract checks and ranges are compiled in.
    pub(crate) strict: bool,
    /// How often each process has been run in the text of the pipeline so far.
    pub(crate) runs: IndexMap<ProcessId, u64>,
    /// Lists of items around the current one, innermost last: where handlers stand.
    pub(crate) lists: Vec<&'a [Flow]>,
    /// The handlers met so far, with the frame that their items stand in.
    pub(crate) handler_frames: Vec<(&'a theus_hir::flow::Handler, usize)>,
    /// Which turn of the `repeat`s around this is.
    pub(crate) turn: Option<Value>,
    /// Where items that leave go.
    pub(crate) leave: Leave,
    /// In a test: the time at the end of its last run, and the ticks without a period.
    pub(crate) clock: Option<(Place, Place)>,
    /// Where a failed run goes inside `expect`.
    pub(crate) expecting: Option<Block>,
    /// The group whose member is being lowered.
    pub(crate) group: Option<Group<'a>>,
    /// Whether this is a function, which is called.
    pub(crate) is_called: bool,
    /// The value being written as a text.
    pub(crate) shown_at: Option<Span>,
    /// What loops count.
    pub(crate) counts: Counts,
    /// The loop being lowered.
    pub(crate) loop_at: Option<Span>,
    /// The `atomic` group whose member is being lowered.
    pub(crate) atomic: Option<crate::atomic::Atomic>,
    /// What the pipeline being lowered keeps at the end of each tick.
    pub(crate) keeps: Keeps,
    /// What the element at hand may still add to collections.
    pub(crate) quotas: IndexMap<FieldId, (Place, u64)>,
    /// In a share for members of a group: fields of which others touch other parts.
    pub(crate) parted: Vec<FieldId>,
    /// In a share for elements: the fields that they add to.
    pub(crate) adds: crate::adds::Adds,
    /// In a share for elements: where they put what they add to collections.
    pub(crate) boxes: crate::outbox::Outboxes<'a>,
    /// In a share, and in what it calls: the header of the thread at hand.
    pub(crate) own: Option<Own>,
    /// Bytes of large locals in the frame.
    pub(crate) own_locals: u64,
    /// What of scratch is in use when an element begins.
    pub(crate) element_scratch: Option<Value>,
    /// The element that an `each` process is at.
    pub(crate) element: Option<Element>,
    prologue: Block,
    /// Bytes that values of open size may take, where it is known which pipeline runs.
    pub(crate) arena: Option<u32>,
    scratch_base: Value,
    /// What of the frames was in use when the function had its own.
    frame_next: Value,
    /// What of scratch was in use when the function began.
    scratch_next: Value,
    scratch_size: u64,
    /// How often code is written now, because of unrolled loops over arrays.
    pub(crate) copies: u64,
    /// Whether scratch of open size is taken here or by a function called from here.
    pub(crate) opens: bool,
    /// Of a function that returns a view: what scratch it takes is not given back, and large
    /// locals are taken one by one. Where it is declared.
    pub(crate) yields_view: Option<Span>,
}

impl<'c, 'a> FnCx<'c, 'a> {
    /// A function with that name and signature, at its start.
    pub(crate) fn new(
        cx: &'c mut Cx<'a>,
        name: &str,
        params: &[Repr],
        returns: &[Repr],
    ) -> Self {
        let (strict, watched) = (cx.options.strict, cx.options.watched);
        let mut b = FuncBuilder::new(name, params, returns);
        let prologue = b.new_block();
        let start = b.new_block();
        let scratch_base = b.param(start, Repr::I64);
        let frame_next = b.param(start, Repr::I64);
        let scratch_next = b.param(start, Repr::I64);
        b.jump(prologue, &[]);
        b.switch_to(start);
        Self {
            cx,
            b,
            frames: Vec::new(),
            frame: 0,
            exits: Vec::new(),
            loops: Vec::new(),
            fields: IndexMap::default(),
            kept: Vec::new(),
            fail_blocks: IndexMap::new(),
            process: None,
            stream: None,
            stamp: None,
            totals: IndexMap::new(),
            guard: None,
            clause: None,
            bounds: None,
            ahead: Vec::new(),
            callee_status: None,
            globals_fixed: true,
            strict,
            runs: IndexMap::new(),
            lists: Vec::new(),
            handler_frames: Vec::new(),
            turn: None,
            leave: Leave::default(),
            clock: None,
            expecting: None,
            group: None,
            is_called: false,
            shown_at: None,
            counts: Counts::of_entry(watched),
            loop_at: None,
            atomic: None,
            keeps: Keeps::default(),
            quotas: IndexMap::new(),
            parted: Vec::new(),
            adds: Vec::new(),
            boxes: crate::outbox::Outboxes::default(),
            own: None,
            own_locals: 0,
            element_scratch: None,
            element: None,
            prologue,
            arena: None,
            scratch_base,
            frame_next,
            scratch_next,
            scratch_size: 0,
            copies: 1,
            opens: false,
            yields_view: None,
        }
    }

    /// Ends the function. Scratch of its own is taken in the prologue and given back in
    /// `leave`, the one block that returns normally (its parameters are the results).
    pub(crate) fn finish(self, leave: Block) -> (theus_mir::Func, u32) {
        let ((func, _), scratch) = self.finish_parts(leave);
        (func, scratch)
    }

    /// Ends the function and gives the state of the program back.
    pub(crate) fn finish_parts(
        mut self,
        leave: Block,
    ) -> ((theus_mir::Func, &'c mut Cx<'a>), u32) {
        let size = self.scratch_size.next_multiple_of(64);
        let start = self.start_block();
        self.b.switch_to(self.prologue);
        let header = self.b.base(0);
        let open = self.b.load(Repr::I64, header, header::SCRATCH_NEXT);
        let (base, next) = self.take_frame(size);
        self.b.jump(start, &[base, next, open]);
        self.b.switch_to(leave);
        let keeps = self.yields_view.is_some();
        if let Some(own) = self.own.filter(|_| self.opens && !keeps) {
            self.b.store(own.next, own.header, header::SCRATCH_NEXT);
        }
        let header = self.b.base(0);
        if self.opens && self.own.is_none() && !keeps {
            self.b
                .store(self.scratch_next, header, header::SCRATCH_NEXT);
        }
        if size > 0 {
            let bytes = self.b.iconst(Repr::I64, i64::try_from(size).unwrap_or(0));
            let before = self.b.binary(BinaryOp::Isub, self.frame_next, bytes);
            self.b.store(before, header, header::FRAME_NEXT);
        }
        let results = self.b.func().blocks[leave].params.clone();
        self.b.ret(&results);
        let Self { cx, b, .. } = self;
        cx.budget.add(b.func().insts.len());
        ((b.finish(), cx), u32::try_from(size).unwrap_or(u32::MAX))
    }

    fn start_block(&self) -> Block {
        match self.b.func().values[self.scratch_base].def {
            theus_mir::ValueDef::Param(block, _) => block,
            theus_mir::ValueDef::Result(..) => self.prologue,
        }
    }

    /// Large locals lie in a stack of frames: the image has room for the deepest chain of calls,
    /// so there is nothing to check. Gives the address of the frame and the offset past it.
    fn take_frame(&mut self, size: u64) -> (Value, Value) {
        let header = self.b.base(0);
        let next = self.b.load(Repr::I64, header, header::FRAME_NEXT);
        if size == 0 {
            return (header, next);
        }
        let size = self.b.iconst(Repr::I64, i64::try_from(size).unwrap_or(0));
        let end = self.b.binary(BinaryOp::Iadd, next, size);
        self.b.store(end, header, header::FRAME_NEXT);
        let peak = self.b.load(Repr::I64, header, header::SCRATCH_PEAK);
        let more = self.b.binary(BinaryOp::Ult, peak, end);
        let peak = self.b.select(more, end, peak);
        self.b.store(peak, header, header::SCRATCH_PEAK);
        (self.b.element(header, next, 1), end)
    }

    /// Gives back what failed callees have not: at the start of every failure path.
    pub(crate) fn reset_scratch(&mut self) {
        let next = self.own.map_or(self.scratch_next, |own| own.next);
        self.scratch_from(next);
        self.widen_scratch();
    }

    /// What is in use of scratch is what was when it was `next`; of frames, the one at hand.
    pub(crate) fn scratch_from(&mut self, next: Value) {
        let header = self.header();
        self.b.store(next, header, header::SCRATCH_NEXT);
        if self.own.is_none() {
            self.b.store(self.frame_next, header, header::FRAME_NEXT);
        }
    }

    /// The body being lowered.
    pub(crate) fn current(&self) -> &Frame<'a> {
        &self.frames[self.frame]
    }

    /// The concrete type of an expression.
    pub(crate) fn ty(&mut self, ty: Ty) -> Ty {
        let Some(frame) = self.frames.get(self.frame) else {
            return ty;
        };
        if frame.generics.is_empty() {
            return ty;
        }
        let generics = frame.generics.clone();
        self.cx.types.subst(ty, &generics)
    }

    /// Enters a body.
    pub(crate) fn push_frame(
        &mut self,
        body: &'a Body,
        generics: Vec<GenericArg>,
    ) -> usize {
        self.frames.push(Frame {
            body,
            generics,
            locals: IndexMap::default(),
            library: false,
            call: None,
        });
        self.frames.len() - 1
    }

    /// Memory for a value of that (concrete) type, undefined.
    pub(crate) fn temp(&mut self, ty: Ty) -> Place {
        let shape = self.cx.shape(ty);
        let (size, align) = (shape.size().max(1), shape.align());
        let addr = self.raw_temp(size, align);
        Place::own(addr, ty)
    }

    /// Frame memory, or scratch if it is large.
    pub(crate) fn raw_temp(&mut self, size: u64, align: u32) -> Value {
        let views = self.yields_view.filter(|_| size > MAX_SLOT);
        if size <= MAX_SLOT || views.is_none() && self.has_own_room(size) {
            let slot: Slot = self.b.slot(u32::try_from(size).unwrap_or(1), align);
            return self.b.slot_addr(slot);
        }
        if let Some(span) = views {
            let bytes = self
                .b
                .iconst(Repr::I64, i64::try_from(size).unwrap_or(i64::MAX));
            return self.open_scratch(bytes, span);
        }
        self.scratch_size = self.scratch_size.next_multiple_of(16);
        let at = i64::try_from(self.scratch_size).unwrap_or(0);
        self.scratch_size += size;
        let at = self.b.iconst(Repr::I64, at);
        self.b.element(self.scratch_base, at, 1)
    }

    /// Runs `f` with another frame current.
    pub(crate) fn in_frame<T>(
        &mut self,
        frame: usize,
        f: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = std::mem::replace(&mut self.frame, frame);
        let result = f(self);
        self.frame = before;
        result
    }

    /// What `old(e)` was, for that very `e`: clauses that processes share have one place.
    pub(crate) fn kept(&self, inner: &Expr) -> Option<Kept> {
        self.kept
            .iter()
            .find(|(at, _)| std::ptr::eq(*at, inner))
            .map(|(_, kept)| *kept)
    }

    /// The closure that an argument stands for, and the frame it was written in.
    pub(crate) fn closure_of(&self, arg: &'a Expr) -> Option<(&'a Expr, usize)> {
        match &arg.kind {
            ExprKind::Closure(..) => Some((arg, self.frame)),
            ExprKind::Local(local) => match self.current().locals.get(local) {
                Some(Binding::Closure(closure, frame)) => Some((closure, *frame)),
                Some(Binding::Value(_) | Binding::Place(_)) | None => None,
            },
            _ => None,
        }
    }
}
