//! Fields and elements: from names and indices to places.

use theus_abi::image::{ArgKind, Zone};
use theus_abi::{Fault, Repr};
use theus_grammar::Span;
use theus_hir::{Expr, ExprKind, FieldId, Ty, TyKind};
use theus_mir::{BinaryOp, Block, Inst, UnaryOp, Value, ValueDef};

use crate::frame::{FieldBinding, FnCx};
use crate::place::{Home, Place};

/// An element's number: known when lowering, or at run time.
#[derive(Clone, Copy)]
pub(crate) enum At {
    Const(u64),
    Value(Value),
}

/// A test of an index that waits.
#[derive(Clone, Copy)]
pub(crate) struct Bound {
    inside: Value,
    index: (Value, ArgKind),
    length: Value,
    span: Span,
}

impl<'a> FnCx<'_, 'a> {
    /// The place that is assigned, and the tests of its indices, due before the store.
    pub(crate) fn assigned(&mut self, target: &'a Expr) -> (Place, Vec<Bound>) {
        self.bounds = self.is_plain(target).then(Vec::new);
        let place = self.place(target);
        (place, self.bounds.take().unwrap_or_default())
    }

    /// Whether the address of a place is computed without looking into memory.
    fn is_plain(&mut self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Local(_) => true,
            ExprKind::Field(_) => !self.root_is_heavy(e),
            ExprKind::Member(base, _) => self.is_plain(base),
            ExprKind::Index(base, indices) => {
                let ty = self.ty(base.ty);
                matches!(self.cx.types.kind(ty), TyKind::Array(..))
                    && indices
                        .iter()
                        .all(|at| self.index_fault(at) == Fault::Index)
                    && self.is_plain(base)
            }
            _ => false,
        }
    }

    /// Tests indices.
    pub(crate) fn check_bounds(&mut self, bounds: &[Bound]) {
        for bound in bounds {
            let (index, kind) = bound.index;
            let operands = [
                ("index", index, kind),
                ("length", bound.length, ArgKind::Uint),
            ];
            self.check(bound.inside, Fault::Index, bound.span, &operands);
        }
    }

    /// Where the code at hand reads and writes a field.
    pub(crate) fn field_place(&mut self, id: FieldId) -> Place {
        if let Some(front) = self.front(id) {
            return front;
        }
        if let Some(FieldBinding { place, seen, .. }) = self.fields.get(&id).copied() {
            let Some(seen) = seen else { return place };
            let by = self.load(seen);
            return self.heavy_at(id, by);
        }
        self.context_place(id)
    }

    /// Where a field lies in its context.
    pub(crate) fn context_place(&mut self, id: FieldId) -> Place {
        if self.cx.typed.is_buffer(id) {
            return self.heavy_place(id);
        }
        let offset = self.cx.offsets.get(&id).copied().unwrap_or(0);
        let addr = self.b.base(offset);
        Place {
            addr,
            offset: 0,
            ty: self.cx.typed.fields[id].ty,
            home: Home::Context,
        }
    }

    /// The value of a scalar field.
    pub(crate) fn field_value(&mut self, id: FieldId) -> Value {
        let place = self.field_place(id);
        if self.globals_fixed && self.cx.typed.fields[id].zone == Zone::Global {
            let repr = self.cx.repr(place.ty).unwrap_or(Repr::I64);
            return self.b.load_invariant(repr, place.addr, place.offset);
        }
        self.load(place)
    }

    /// Whether a place expression lies in a `global` field.
    pub(crate) fn root_is_global(&self, e: &Expr) -> bool {
        root_field(e).is_some_and(|id| self.cx.typed.fields[id].zone == Zone::Global)
    }

    /// Whether a place expression lies in a heavy field with memory of its own.
    pub(crate) fn root_is_heavy(&self, e: &Expr) -> bool {
        root_field(e).is_some_and(|id| self.cx.typed.is_buffer(id))
    }

    /// The element (or row view) of an array.
    pub(crate) fn element(
        &mut self,
        guard: Option<Block>,
        base: Place,
        indices: &'a [Expr],
        span: Span,
    ) -> Place {
        if let TyKind::Slice(elem) = *self.cx.types.kind(base.ty) {
            return self.slice_element(guard, base, elem, indices, span);
        }
        if let Some(list) = self.list_of(base) {
            return self.list_element(guard, list, indices, span);
        }
        let TyKind::Array(elem, dims) = self.cx.types.kind(base.ty).clone() else {
            return base;
        };
        let mut ats = Vec::with_capacity(indices.len());
        for (index, dim) in indices.iter().zip(&dims) {
            let len = self.size_at(*dim);
            ats.push(self.index_value(guard, index, len, span));
        }
        let rest = dims.get(indices.len()..).unwrap_or_default().to_vec();
        let mut below = At::Const(self.size(elem));
        for dim in &rest {
            let dim = self.size_at(*dim);
            below = self.times(below, dim);
        }
        let ty = if rest.is_empty() {
            elem
        } else {
            self.cx.types.intern(TyKind::Array(elem, rest))
        };
        let mut strides = vec![below];
        for dim in dims.iter().take(indices.len()).skip(1).rev() {
            let dim = self.size_at(*dim);
            below = self.times(below, dim);
            strides.push(below);
        }
        let mut place = base;
        for (at, stride) in ats.into_iter().zip(strides.into_iter().rev()) {
            place = match (at, stride) {
                (at, At::Const(stride)) => self.element_at(place, ty, stride, at),
                (at, At::Value(_)) => {
                    let by = self.times(at, stride);
                    self.element_at(place, ty, 1, by)
                }
            };
        }
        Place { ty, ..place }
    }

    /// An index that has been checked against the length.
    pub(crate) fn index_value(
        &mut self,
        guard: Option<Block>,
        index: &'a Expr,
        len: At,
        span: Span,
    ) -> At {
        // Indices inside of the index are tested at once.
        let waiting = self.bounds.take();
        let value = self.value(index);
        self.bounds = waiting;
        let ty = self.ty(index.ty);
        let wide = self.widen_index(value, ty);
        if let (Some(known), At::Const(len)) = (self.const_of(wide), len)
            && u64::try_from(known).is_ok_and(|known| known < len)
        {
            return At::Const(u64::try_from(known).unwrap_or(0));
        }
        // Contexts indexed by an enum: there is one for each variant.
        if matches!(self.cx.types.kind(ty), TyKind::Enum(..)) {
            return At::Value(wide);
        }
        let bound = self.count_value(len);
        let inside = self.b.binary(BinaryOp::Ult, wide, bound);
        let kind = self.arg_kind(ty);
        if let (None, Some(bounds)) = (guard, &mut self.bounds) {
            bounds.push(Bound {
                inside,
                index: (wide, kind),
                length: bound,
                span,
            });
            return At::Value(wide);
        }
        let operands = [("index", wide, kind), ("length", bound, ArgKind::Uint)];
        let fault = self.index_fault(index);
        let operands = if fault == Fault::Index {
            operands.as_slice()
        } else {
            &[]
        };
        self.check_or(guard, inside, fault, span, operands);
        At::Value(wide)
    }

    /// The element of a slice.
    fn slice_element(
        &mut self,
        guard: Option<Block>,
        base: Place,
        elem: Ty,
        indices: &'a [Expr],
        span: Span,
    ) -> Place {
        let Some(index) = indices.first() else {
            return base;
        };
        let run = self.run_at(base);
        let value = self.value(index);
        let ty = self.ty(index.ty);
        let at = self.widen_index(value, ty);
        let inside = self.b.binary(BinaryOp::Ult, at, run.len);
        let operands = [
            ("index", at, self.arg_kind(ty)),
            ("length", run.len, ArgKind::Uint),
        ];
        self.check_or(guard, inside, Fault::Index, span, &operands);
        let size = self.size(elem);
        let first = Place::own(run.addr, elem);
        self.element_at(first, elem, size, At::Value(at))
    }

    /// An integer of any type as 64 bits.
    pub(crate) fn widen_index(&mut self, value: Value, ty: Ty) -> Value {
        if self.b.func().repr(value) == Repr::I64 {
            return value;
        }
        let signed = matches!(self.cx.types.kind(ty), TyKind::Int(int) if int.signed);
        if let Some(known) = self.const_of(value)
            && (signed || known >= 0)
        {
            return self.b.iconst(Repr::I64, known);
        }
        let op = if signed { UnaryOp::Sext } else { UnaryOp::Zext };
        self.b.unary(op, Repr::I64, value)
    }

    /// The element of that number, of that type and stride.
    pub(crate) fn element_at(
        &mut self,
        base: Place,
        ty: Ty,
        stride: u64,
        at: At,
    ) -> Place {
        match at {
            At::Const(n) => Self::inside(base, n * stride, ty),
            At::Value(value) => {
                let scale = u32::try_from(stride).unwrap_or(u32::MAX);
                let addr = self.b.element(base.addr, value, scale);
                Place { addr, ty, ..base }
            }
        }
    }

    /// The integer constant that a value is, if it is one.
    pub(crate) fn const_of(&self, value: Value) -> Option<i64> {
        let func = self.b.func();
        let ValueDef::Result(inst, _) = func.values[value].def else {
            return None;
        };
        match &func.insts[inst] {
            Inst::Iconst { imm, .. } => Some(*imm),
            _ => None,
        }
    }
}

/// The field that a place expression starts from.
pub(crate) fn root_field(e: &Expr) -> Option<FieldId> {
    match &e.kind {
        ExprKind::Field(id) | ExprKind::Owned(_, id) => Some(*id),
        ExprKind::Member(base, _)
        | ExprKind::Index(base, _)
        | ExprKind::Elem(base)
        | ExprKind::PoolAt(base, _)
        | ExprKind::Old(base)
        | ExprKind::RingIndex(base, _) => root_field(base),
        _ => None,
    }
}
