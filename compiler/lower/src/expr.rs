//! Expressions: scalars as values, aggregates in places. One line a kind; the work is
//! elsewhere.

use theus_abi::Repr;
use theus_hir::body::{PoolOp, TickField};
use theus_hir::{Expr, ExprKind, FloatTy, GenericArg, Ty, TyKind};
use theus_mir::{BinaryOp, Value};

use crate::access::At;
use crate::frame::{Binding, FnCx, Kept};
use crate::place::{Place, low_bits, narrow};

impl<'a> FnCx<'_, 'a> {
    /// The value of an expression of a scalar type.
    pub(crate) fn value(&mut self, e: &'a Expr) -> Value {
        let ty = self.ty(e.ty);
        if self.is_over(e.span) {
            return self.zero_value(ty);
        }
        if let Some(known) = self.value_ahead(e) {
            return known;
        }
        match &e.kind {
            ExprKind::Int(value) => self.int_literal(*value, ty),
            ExprKind::Float(value) => self.float_literal(*value, ty),
            ExprKind::Bool(value) => self.b.bool(*value),
            ExprKind::Duration(ns) => self.b.iconst(Repr::I64, *ns),
            ExprKind::Variant(_, n, _) => self.int_literal(i128::from(*n), ty),
            ExprKind::Let(value, pat) => self.let_value(value, pat),
            ExprKind::SizeParam(n) => self.size_param(*n),
            ExprKind::Local(local) => self.local_value(*local),
            ExprKind::Const(id) => self.const_value(*id),
            ExprKind::Field(_)
            | ExprKind::Prev(_)
            | ExprKind::Window(_)
            | ExprKind::Member(..)
            | ExprKind::Index(..)
            | ExprKind::Elem(_)
            | ExprKind::PoolAt(..)
            | ExprKind::RingIndex(..) => self.load_place(e),
            ExprKind::Unary(op, arg) => self.unary(*op, arg, ty, e.span),
            ExprKind::Binary(op, left, right) => {
                self.binary(*op, left, right, ty, e.span)
            }
            ExprKind::InRange {
                value,
                lo,
                hi,
                inclusive,
            } => self.in_range(value, lo, hi, *inclusive),
            ExprKind::Cast(value) => self.cast(value, ty, e.span),
            ExprKind::Intrinsic(intrinsic, args) => {
                self.intrinsic(*intrinsic, args, ty, e.span)
            }
            ExprKind::Quantifier {
                all,
                local,
                lo,
                hi,
                inclusive,
                body,
            } => self.quantifier(*all, *local, (lo, hi, *inclusive), body),
            ExprKind::Old(inner) => self.old_value(inner),
            ExprKind::Tick(field) => self.tick(*field),
            ExprKind::Draw => self.draw(),
            ExprKind::Timer(timer, number) => self.timer(*timer, *number),
            ExprKind::Pool(op, args) => self.pool_op(*op, args, e.span),
            ExprKind::If(..)
            | ExprKind::Match(..)
            | ExprKind::Call(..)
            | ExprKind::CallLocal(..)
            | ExprKind::After(..)
            | ExprKind::OrElse(..) => self.through_memory(e, ty),
            ExprKind::None
            | ExprKind::Str(_)
            | ExprKind::View(_)
            | ExprKind::Bounded(_)
            | ExprKind::Concat(_)
            | ExprKind::Show(..)
            | ExprKind::Some(_)
            | ExprKind::Array(_)
            | ExprKind::Tuple(_)
            | ExprKind::Fill(_)
            | ExprKind::Struct(..)
            | ExprKind::Update(..)
            | ExprKind::Owned(..)
            | ExprKind::Closure(..)
            | ExprKind::Error => self.zero_value(ty),
        }
    }

    /// The place of a value: its own where it has one, else a fresh copy.
    pub(crate) fn place(&mut self, e: &'a Expr) -> Place {
        if let Some(known) = self.place_ahead(e) {
            return known;
        }
        match &e.kind {
            ExprKind::Local(local) => self.local_place(*local),
            ExprKind::Field(field) => self.field_place(*field),
            ExprKind::Prev(field) => self.prev_place(*field),
            ExprKind::Window(id) => self.window_place(*id, e.ty),
            ExprKind::Const(id) => self.const_place(*id),
            ExprKind::Member(base, n) => {
                let base = self.place(base);
                self.member(base, *n)
            }
            ExprKind::Elem(base) => self.each_place(base),
            ExprKind::Owned(_, field) => self.field_place(*field),
            ExprKind::PoolAt(base, handle) => {
                let guard = self.take_guard();
                self.pool_index(base, handle, guard, e.span)
            }
            ExprKind::Index(base, indices) => {
                let guard = self.take_guard();
                let base_place = self.place(base);
                self.element(guard, base_place, indices, e.span)
            }
            ExprKind::RingIndex(ring, at) => {
                let guard = self.take_guard();
                self.ring_element(guard, ring, at, e.span)
            }
            ExprKind::Old(inner) => self.old_place(e, inner),
            _ => {
                let ty = self.ty(e.ty);
                let temp = self.temp(ty);
                self.into(e, temp);
                temp
            }
        }
    }

    /// Writes the value of an expression to a place that it does not read.
    pub(crate) fn into(&mut self, e: &'a Expr, dest: Place) {
        if self.is_over(e.span) {
            return;
        }
        let dest = self.touched(dest);
        if self.write_ahead(e, dest) {
            return;
        }
        match &e.kind {
            ExprKind::If(cond, then, other) => self.if_into(cond, then, other, dest),
            ExprKind::Match(value, arms) => self.match_into(value, arms, dest),
            ExprKind::Call(id, args, values) => {
                self.call_into(*id, args, values, Some(dest), e.span);
            }
            ExprKind::CallLocal(..) if self.is_too_deep(e.span) => {}
            ExprKind::CallLocal(local, args) => self.call_closure(*local, args, dest),
            ExprKind::OrElse(value, otherwise) => self.or_else(value, otherwise, dest),
            ExprKind::Pool(PoolOp::Find(n), args) => self.pool_find(*n, args, dest),
            ExprKind::Pool(PoolOp::Get, args) => self.pool_get(args, dest),
            ExprKind::Pool(PoolOp::Insert, args) if !self.is_scalar(dest.ty) => {
                self.pool_insert_best(args, dest, e.span);
            }
            ExprKind::None => self.none_into(dest),
            ExprKind::Some(value) => self.some_into(value, dest),
            ExprKind::Variant(_, n, payload) if !self.is_scalar(dest.ty) => {
                self.variant_into(*n, payload, dest);
            }
            ExprKind::Intrinsic(intrinsic, args)
                if intrinsic.is_raw() && !self.is_scalar(dest.ty) =>
            {
                self.raw_into(*intrinsic, args, dest, e.span);
            }
            ExprKind::After(block, value) => {
                self.take_guard();
                self.block(block);
                self.into(value, dest);
            }
            ExprKind::Str(text) => self.text_into(text, dest),
            ExprKind::View(value) => self.view_into(value, dest, false, e.span),
            ExprKind::Bounded(value) => self.bounded_into(value, dest, e.span),
            ExprKind::Show(value, written) => {
                let run = self.show_run(value, written, e.span);
                self.store_run(run, dest);
            }
            ExprKind::Concat(parts) => self.concat_into(parts, dest, e.span),
            ExprKind::Array(elems) => self.array_into(elems, dest),
            ExprKind::Tuple(parts) => self.tuple_into(parts, dest),
            ExprKind::Fill(value) => self.fill_into(value, dest),
            ExprKind::Struct(id, members) => self.struct_into(*id, members, dest),
            ExprKind::Update(base, changes) => self.update_into(base, changes, dest),
            ExprKind::Unary(_, arg) if !self.is_scalar(dest.ty) => {
                self.negate_into(arg, dest);
            }
            ExprKind::Binary(op, left, right) if !self.is_scalar(dest.ty) => {
                self.arrays_into(*op, left, right, dest, e.span);
            }
            _ if self.is_scalar(dest.ty) => {
                let value = self.value(e);
                self.store(dest, value);
            }
            _ => {
                let from = self.place(e);
                self.copy(dest, from, false);
            }
        }
    }

    /// Whether a concrete type is one register.
    pub(crate) fn is_scalar(&self, ty: Ty) -> bool {
        self.cx.repr(ty).is_some()
    }

    fn load_place(&mut self, e: &'a Expr) -> Value {
        if let ExprKind::Field(id) = &e.kind {
            return self.field_value(*id);
        }
        let global = self.globals_fixed && self.root_is_global(e);
        let place = self.place(e);
        if global {
            let repr = self.cx.repr(place.ty).unwrap_or(Repr::I64);
            return self.b.load_invariant(repr, place.addr, place.offset);
        }
        self.load(place)
    }

    fn through_memory(&mut self, e: &'a Expr, ty: Ty) -> Value {
        let temp = self.temp(ty);
        self.into(e, temp);
        if self.is_scalar(ty) {
            self.load(temp)
        } else {
            self.b.iconst(Repr::I64, 0)
        }
    }

    fn zero_value(&mut self, ty: Ty) -> Value {
        let repr = self.cx.repr(ty).unwrap_or(Repr::I64);
        self.zero_scalar(repr)
    }

    /// An integer literal of the type due, which may be a float type.
    pub(crate) fn int_literal(&mut self, value: i128, ty: Ty) -> Value {
        match self.cx.types.kind(ty) {
            #[expect(clippy::cast_precision_loss, reason = "checked to be exact before")]
            TyKind::Float(_) => self.float_literal(value as f64, ty),
            _ => {
                let repr = self.cx.repr(ty).unwrap_or(Repr::I64);
                self.b.iconst(repr, low_bits(value))
            }
        }
    }

    /// A float literal of the type due.
    pub(crate) fn float_literal(&mut self, value: f64, ty: Ty) -> Value {
        match self.cx.types.kind(ty) {
            TyKind::Float(FloatTy::F32) => self.b.f32(narrow(value)),
            _ => self.b.f64(value),
        }
    }

    fn size_param(&mut self, n: u32) -> Value {
        let size = match self.current().generics.get(n as usize) {
            Some(GenericArg::Size(size)) => self.size_at(*size),
            Some(GenericArg::Ty(_)) | None => At::Const(0),
        };
        self.count_value(size)
    }

    fn local_value(&mut self, local: theus_hir::LocalId) -> Value {
        match self.current().locals.get(&local).copied() {
            Some(Binding::Value(value)) => value,
            Some(Binding::Place(place)) => self.load(place),
            Some(Binding::Closure(..)) | None => self.b.iconst(Repr::I64, 0),
        }
    }

    /// The place of a local; an immutable scalar gets one now.
    pub(crate) fn local_place(&mut self, local: theus_hir::LocalId) -> Place {
        match self.current().locals.get(&local).copied() {
            Some(Binding::Place(place)) => place,
            Some(Binding::Value(value)) => {
                let ty = self.current().body.locals[local].ty;
                let ty = self.ty(ty);
                let place = self.temp(ty);
                self.store(place, value);
                place
            }
            Some(Binding::Closure(..)) | None => self.temp(Ty::I64),
        }
    }

    fn tick(&mut self, field: TickField) -> Value {
        use theus_abi::header::{FAULTS, TICK};
        let header = self.b.base(0);
        match field {
            TickField::Count => self.b.load(Repr::I64, header, TICK),
            TickField::Faults => self.b.load(Repr::I64, header, FAULTS),
            TickField::Dt => self.tick_period(),
            TickField::Steps => self.last_steps(),
            TickField::Load => self.last_load(),
            TickField::Idle => self.idle(),
            TickField::Time | TickField::Now => {
                let count = self.b.load(Repr::I64, header, TICK);
                let period = self.tick_period();
                self.b.binary(BinaryOp::Imul, count, period)
            }
        }
    }

    /// The period that runs; in a test, of the last run.
    fn tick_period(&mut self) -> Value {
        let header = self.b.base(0);
        let period = theus_abi::header::PERIOD;
        match self.clock {
            Some(_) => self.b.load(Repr::I64, header, period),
            None => self.b.load_invariant(Repr::I64, header, period),
        }
    }

    fn old_value(&mut self, inner: &'a Expr) -> Value {
        match self.kept(inner) {
            Some(Kept::Value(value)) => value,
            Some(Kept::Place(place)) => self.load(place),
            None => self.at_fronts(|cx| cx.value(inner)),
        }
    }

    fn old_place(&mut self, e: &'a Expr, inner: &'a Expr) -> Place {
        match self.kept(inner) {
            Some(Kept::Place(place)) => place,
            Some(Kept::Value(value)) => {
                let ty = self.ty(e.ty);
                let temp = self.temp(ty);
                self.store(temp, value);
                temp
            }
            None => self.at_fronts(|cx| cx.place(inner)),
        }
    }
}
