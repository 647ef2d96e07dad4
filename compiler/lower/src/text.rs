//! Texts and slices: where their bytes are, views of them, copies into bounded texts.

use std::sync::Arc;

use theus_abi::image::ArgKind;
use theus_abi::shape::STR_DATA;
use theus_abi::{Fault, HostFn, Repr};
use theus_grammar::Span;
use theus_hir::body::StmtKind;
use theus_hir::walk::each_stmt;
use theus_hir::{Expr, ExprKind, FnId, GenericArg, Size, Ty, TyKind};
use theus_mir::{BinaryOp, UnaryOp, Value};
use theus_stdlib::Intrinsic;

use crate::access::root_field;
use crate::frame::FnCx;
use crate::layout::size_of;
use crate::place::{Place, low_bits};
use crate::program::Cx;
use crate::weight;

/// Offset of the address in a view.
const VIEW_AT: i32 = 0;
/// Offset of the length in a view: bytes of a text, elements of a slice.
const VIEW_LEN: i32 = 8;

/// Bytes in memory: an address and how many.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) addr: Value,
    pub(crate) len: Value,
}

impl<'a> FnCx<'_, 'a> {
    /// Whether a type is a text.
    pub(crate) fn is_text(&self, ty: Ty) -> bool {
        matches!(self.cx.types.kind(ty), TyKind::Str(_) | TyKind::Text)
    }

    /// The bytes of a text, or the elements of a slice. `later` is evaluated before they are
    /// used and may change what they are read from.
    pub(crate) fn run_of(&mut self, e: &'a Expr, later: Option<&'a Expr>) -> Run {
        match &e.kind {
            ExprKind::Str(text) => self.literal_run(text),
            ExprKind::View(inner) => self.run_of(inner, later),
            _ => {
                let place = match later {
                    Some(later) => self.stable_place(e, later),
                    None => self.place(e),
                };
                self.run_at(place)
            }
        }
    }

    /// The bytes or elements of what lies at a place.
    pub(crate) fn run_at(&mut self, place: Place) -> Run {
        if let Some(list) = self.list_of(place) {
            let len = self.load(list.count);
            let addr = self.address(list.slots);
            return Run { addr, len };
        }
        match self.cx.types.kind(place.ty).clone() {
            TyKind::Str(_) => {
                let len = self.b.load(Repr::I32, place.addr, place.offset);
                let len = self.b.unary(UnaryOp::Zext, Repr::I64, len);
                let data = Self::inside(place, STR_DATA.into(), place.ty);
                Run {
                    addr: self.address(data),
                    len,
                }
            }
            TyKind::Array(_, dims) => {
                let len = self.size_at(dims.first().copied().unwrap_or(Size::Const(0)));
                Run {
                    addr: self.address(place),
                    len: self.count_value(len),
                }
            }
            _ => Run {
                addr: self.b.load(Repr::I64, place.addr, place.offset + VIEW_AT),
                len: self.b.load(Repr::I64, place.addr, place.offset + VIEW_LEN),
            },
        }
    }

    pub(crate) fn literal_run(&mut self, text: &Arc<str>) -> Run {
        let offset = self.cx.pooled_text(text);
        Run {
            addr: self.b.base(offset),
            len: self.b.iconst(Repr::I64, low_bits(text.len() as i128)),
        }
    }

    /// Writes a view of bytes or elements.
    pub(crate) fn store_run(&mut self, run: Run, dest: Place) {
        self.b.store(run.addr, dest.addr, dest.offset + VIEW_AT);
        self.b.store(run.len, dest.addr, dest.offset + VIEW_LEN);
    }

    /// A literal, as a view of it or as a bounded text.
    pub(crate) fn text_into(&mut self, text: &Arc<str>, dest: Place) {
        let run = self.literal_run(text);
        if *self.cx.types.kind(dest.ty) == TyKind::Text {
            self.store_run(run, dest);
            return;
        }
        self.zero(dest);
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        if length > 0 {
            let data = Self::inside(dest, STR_DATA.into(), dest.ty);
            let to = self.address(data);
            self.b.copy(to, run.addr, length);
            let length = self.b.iconst(Repr::I32, length.into());
            self.b.store(length, dest.addr, dest.offset);
        }
    }

    /// Copies a text into a bounded one, the bytes beyond it zeroed.
    pub(crate) fn bounded_into(&mut self, value: &'a Expr, dest: Place, span: Span) {
        let guard = self.take_guard();
        let TyKind::Str(size) = *self.cx.types.kind(dest.ty) else {
            return;
        };
        let run = self.run_of(value, None);
        let room = self.b.iconst(Repr::I64, low_bits(size_of(size).into()));
        let fits = self.b.binary(BinaryOp::Ule, run.len, room);
        let operands = [
            ("length", run.len, ArgKind::Uint),
            ("capacity", room, ArgKind::Uint),
        ];
        self.check_or(guard, fits, Fault::Full, span, &operands);
        self.zero(dest);
        let data = Self::inside(dest, STR_DATA.into(), dest.ty);
        let to = self.address(data);
        self.copy_bytes(to, run);
        let len = self.b.unary(UnaryOp::Trunc, Repr::I32, run.len);
        self.b.store(len, dest.addr, dest.offset);
    }

    /// Copies bytes to where none of them lies.
    fn copy_bytes(&mut self, to: Value, run: Run) {
        let zero = self.b.iconst(Repr::I64, 0);
        self.counted(zero, run.len, |cx, at| {
            let from = cx.b.element(run.addr, at, 1);
            let byte = cx.b.load(Repr::I8, from, 0);
            let to = cx.b.element(to, at, 1);
            cx.b.store(byte, to, 0);
        });
    }

    /// Copies elements of so many bytes to where none of them lies.
    fn copy_run(&mut self, to: Value, run: Run, size: u64) {
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        let zero = self.b.iconst(Repr::I64, 0);
        self.counted(zero, run.len, |cx, at| {
            let from = cx.b.element(run.addr, at, size);
            let to = cx.b.element(to, at, size);
            cx.b.copy(to, from, size);
        });
    }

    /// Whether two texts have the same bytes.
    pub(crate) fn equal_runs(&mut self, a: Run, b: Run) -> Value {
        let head = self.b.new_block();
        let at = self.b.param(head, Repr::I64);
        let done = self.b.new_block();
        let result = self.b.param(done, Repr::I8);
        let (look, next) = (self.b.new_block(), self.b.new_block());
        let same = self.b.binary(BinaryOp::Ieq, a.len, b.len);
        let (zero, yes, no) = (
            self.b.iconst(Repr::I64, 0),
            self.b.bool(true),
            self.b.bool(false),
        );
        self.b.branch_args(same, head, &[zero], done, &[no]);
        self.b.switch_to(head);
        let more = self.b.binary(BinaryOp::Slt, at, a.len);
        self.b.branch_args(more, look, &[], done, &[yes]);
        self.b.switch_to(look);
        let (x, y) = (self.b.element(a.addr, at, 1), self.b.element(b.addr, at, 1));
        let (x, y) = (self.b.load(Repr::I8, x, 0), self.b.load(Repr::I8, y, 0));
        let same = self.b.binary(BinaryOp::Ieq, x, y);
        self.b.branch_args(same, next, &[], done, &[no]);
        self.b.switch_to(next);
        let one = self.b.iconst(Repr::I64, 1);
        let following = self.b.binary(BinaryOp::Iadd, at, one);
        self.b.jump(head, &[following]);
        self.b.switch_to(done);
        result
    }

    /// A view of a text or an array. What it is read from may change while the view lives:
    /// then it is a view of a copy, unless it is only lent to a call (`lent`).
    pub(crate) fn view_into(
        &mut self,
        value: &'a Expr,
        dest: Place,
        lent: bool,
        span: Span,
    ) {
        self.take_guard();
        if lent || self.is_fixed(value) {
            let run = self.run_of(value, None);
            self.store_run(run, dest);
            return;
        }
        let place = self.place(value);
        let run = self.run_at(place);
        let size = match *self.cx.types.kind(dest.ty) {
            TyKind::Slice(elem) => self.size(elem),
            _ => 1,
        };
        let bytes = self.slice_bytes(run.len, size);
        let copy = self.open_scratch(bytes, span);
        self.copy_run(copy, run, size);
        self.store_run(
            Run {
                addr: copy,
                len: run.len,
            },
            dest,
        );
    }

    /// Whether a value lies where nothing writes while this process runs.
    fn is_fixed(&self, e: &Expr) -> bool {
        match root_field(e) {
            Some(id) => self.globals_fixed && !self.fields.contains_key(&id),
            None => matches!(weight::root(e).kind, ExprKind::Const(_) | ExprKind::Str(_)),
        }
    }

    /// Texts one after another, in scratch.
    pub(crate) fn concat_into(&mut self, parts: &'a [Expr], dest: Place, span: Span) {
        self.take_guard();
        let runs: Vec<Run> = parts.iter().map(|part| self.run_of(part, None)).collect();
        let run = self.join(&runs, span);
        self.store_run(run, dest);
    }

    /// Bytes one after another, in scratch.
    pub(crate) fn join(&mut self, runs: &[Run], span: Span) -> Run {
        let mut total = self.b.iconst(Repr::I64, 0);
        for run in runs {
            total = self.b.binary(BinaryOp::Iadd, total, run.len);
        }
        let start = self.open_scratch(total, span);
        let mut to = start;
        for run in runs {
            self.copy_bytes(to, *run);
            to = self.b.element(to, run.len, 1);
        }
        Run {
            addr: start,
            len: total,
        }
    }

    /// An unchecked function of the library whose result is a view.
    pub(crate) fn raw_into(
        &mut self,
        intrinsic: Intrinsic,
        args: &'a [Expr],
        dest: Place,
        span: Span,
    ) {
        self.take_guard();
        match (intrinsic, args) {
            (Intrinsic::RawPart, [values, from, count]) => {
                let place = self.place(values);
                let run = self.run_at(place);
                let (from, count) = (self.value(from), self.value(count));
                let size = self.slice_size(dest.ty);
                let run = Run {
                    addr: self.scaled(run.addr, from, size),
                    len: count,
                };
                self.store_run(run, dest);
            }
            (Intrinsic::RawSlice, [count]) => {
                let count = self.value(count);
                let size = self.slice_size(dest.ty);
                let bytes = self.slice_bytes(count, size);
                let run = Run {
                    addr: self.open_scratch(bytes, span),
                    len: count,
                };
                self.store_run(run, dest);
            }
            (_, [view]) => {
                let place = self.place(view);
                let run = self.run_at(place);
                self.store_run(run, dest);
            }
            _ => {}
        }
    }

    /// `raw_set(values, at, value)`.
    pub(crate) fn raw_set(&mut self, args: &'a [Expr]) {
        let [values, at, value] = args else { return };
        let place = self.place(values);
        let run = self.run_at(place);
        let at = self.value(at);
        let ty = self.ty(value.ty);
        let size = self.size(ty);
        let to = Place::own(self.scaled(run.addr, at, size), ty);
        self.into(value, to);
    }

    /// `raw_edge(holds, from, to)`.
    pub(crate) fn raw_edge(&mut self, args: &'a [Expr], span: Span) -> Value {
        let [holds, from, to] = args else {
            return self.b.iconst(Repr::I64, 0);
        };
        let holds = self.value(holds);
        let (from, to) = (self.value(from), self.value(to));
        let operands = [("from", from, ArgKind::Int), ("to", to, ArgKind::Int)];
        self.check(holds, Fault::Index, span, &operands);
        from
    }

    /// `raw_float(text)`: the host reads a copy of the text.
    pub(crate) fn raw_float(&mut self, args: &'a [Expr], span: Span) -> Value {
        let eight = self.b.iconst(Repr::I64, 8);
        let run = match args.first() {
            Some(text) => self.run_of(text, None),
            None => self.literal_run(&"".into()),
        };
        let bytes = self.b.binary(BinaryOp::Iadd, run.len, eight);
        let record = self.open_scratch(bytes, span);
        self.b.store(run.len, record, 0);
        let to = self.b.element(record, eight, 1);
        self.copy_bytes(to, run);
        let base = self.b.base(0);
        let offset = self.b.binary(BinaryOp::Isub, record, base);
        let offset = self.b.unary(UnaryOp::Trunc, Repr::I32, offset);
        self.b.host(HostFn::ReadFloat, offset);
        self.b.load(Repr::F64, record, 0)
    }

    /// Bytes of an element of a slice type.
    fn slice_size(&mut self, ty: Ty) -> u64 {
        match *self.cx.types.kind(ty) {
            TyKind::Slice(elem) => self.size(elem),
            _ => 1,
        }
    }

    /// Bytes of so many elements; -1 if they are more than scratch can ever be.
    fn slice_bytes(&mut self, count: Value, size: u64) -> Value {
        let most = self.b.iconst(Repr::I64, low_bits((u32::MAX).into()));
        let few = self.b.binary(BinaryOp::Ule, count, most);
        let size = self.b.iconst(Repr::I64, low_bits(size.into()));
        let bytes = self.b.binary(BinaryOp::Imul, count, size);
        let none = self.b.iconst(Repr::I64, -1);
        self.b.select(few, bytes, none)
    }

    /// `addr + index * size`.
    fn scaled(&mut self, addr: Value, index: Value, size: u64) -> Value {
        self.b
            .element(addr, index, u32::try_from(size).unwrap_or(u32::MAX))
    }

    /// Bytes of scratch that live to the end of the process; the fault `Scratch` if there
    /// are not so many left.
    pub(crate) fn open_scratch(&mut self, bytes: Value, span: Span) -> Value {
        use theus_abi::header::{SCRATCH_END, SCRATCH_NEXT, SCRATCH_PEAK};
        self.cx.opens = true;
        self.opens = true;
        let header = self.header();
        let next = self.b.load(Repr::I64, header, SCRATCH_NEXT);
        let end = if self.own.is_some() || self.cx.limits_scratch() {
            self.b.load(Repr::I64, header, SCRATCH_END)
        } else {
            self.b.load_invariant(Repr::I64, header, SCRATCH_END)
        };
        let (round, mask) = (self.b.iconst(Repr::I64, 15), self.b.iconst(Repr::I64, !15));
        let size = self.b.binary(BinaryOp::Iadd, bytes, round);
        let size = self.b.binary(BinaryOp::And, size, mask);
        let free = self.b.binary(BinaryOp::Isub, end, next);
        // A size beyond 2^63 is less than 0 and unsigned more than any room; so is no room.
        let fits = self.b.binary(BinaryOp::Sle, size, free);
        let zero = self.b.iconst(Repr::I64, 0);
        let sound = self.b.binary(BinaryOp::Sle, zero, bytes);
        let fits = self.b.binary(BinaryOp::And, fits, sound);
        let operands = [("bytes", bytes, ArgKind::Int), ("free", free, ArgKind::Int)];
        self.check(fits, Fault::Scratch, span, &operands);
        let after = self.b.binary(BinaryOp::Iadd, next, size);
        self.b.store(after, header, SCRATCH_NEXT);
        let peak = self.b.load(Repr::I64, header, SCRATCH_PEAK);
        let more = self.b.binary(BinaryOp::Ult, peak, after);
        let peak = self.b.select(more, after, peak);
        self.b.store(peak, header, SCRATCH_PEAK);
        self.b.element(header, next, 1)
    }
}

impl Cx<'_> {
    /// Whether a value of that type points into memory.
    fn holds_view(&self, ty: Ty) -> bool {
        match self.types.kind(ty) {
            TyKind::Text | TyKind::Slice(_) => true,
            TyKind::Array(elem, _) | TyKind::Ring(elem, _) | TyKind::Option(elem) => {
                self.holds_view(*elem)
            }
            TyKind::Tuple(parts) => parts.iter().any(|part| self.holds_view(*part)),
            TyKind::Struct(id, args) => {
                let members = &self.typed.structs[*id].members;
                members.iter().any(|member| self.holds_view(member.ty))
                    || args.iter().any(|arg| match arg {
                        GenericArg::Ty(ty) => self.holds_view(*ty),
                        GenericArg::Size(_) => false,
                    })
            }
            _ => false,
        }
    }

    /// Whether what a function gives back may point to what it was given: not where each
    /// `return` has a slice that the function has made.
    pub(crate) fn lends(&mut self, id: FnId, args: &[GenericArg]) -> bool {
        self.keeps_views(id, args) && !self.is_fresh(id)
    }

    fn is_fresh(&self, id: FnId) -> bool {
        let def = &self.typed.fns[id];
        let Ok(body) = &def.body else { return false };
        if !matches!(self.types.kind(def.result), TyKind::Slice(_)) {
            return false;
        }
        let (mut made, mut fresh) = (Vec::new(), true);
        each_stmt(&body.block, &mut |stmt| match &stmt.kind {
            StmtKind::Let(local, Some(value)) if is_raw_slice(value) => made.push(*local),
            StmtKind::Return(Some(value)) => {
                let root = match &value.kind {
                    ExprKind::Intrinsic(Intrinsic::RawPart, args) => args.first(),
                    _ => Some(value),
                };
                fresh &= root.is_some_and(|root| match &root.kind {
                    ExprKind::Local(local) => made.contains(local),
                    ExprKind::Call(id, ..) => self.is_fresh(*id),
                    _ => false,
                });
            }
            _ => {}
        });
        fresh
    }

    /// Whether what a function gives back may point to what it was given or has made.
    pub(crate) fn keeps_views(&mut self, id: FnId, args: &[GenericArg]) -> bool {
        let def = &self.typed.fns[id];
        let inout = def.params.iter().filter(|param| param.inout);
        let tys = inout.map(|param| param.ty).chain([def.result]);
        tys.into_iter().any(|ty| {
            let ty = self.types.subst(ty, args);
            self.holds_view(ty)
        })
    }
}

const fn is_raw_slice(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::Intrinsic(Intrinsic::RawSlice, _))
}
