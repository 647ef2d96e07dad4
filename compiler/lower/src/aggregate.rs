//! Values of more than one scalar: arrays, structs, optionals, built in place; elementwise
//! operators and matrix products.

use theus_grammar::Span;
use theus_grammar::ast::expr::BinaryOp as Op;
use theus_hir::walk::each_expr;
use theus_hir::{Expr, ExprKind, StructId, Ty, TyKind};
use theus_mir::{UnaryOp, Value};

use crate::access::At;
use crate::frame::FnCx;
use crate::layout::size_of;
use crate::place::{Place, low_bits};
use crate::weight;

/// One side of an elementwise operator.
enum Side {
    Scalar(Value, Ty),
    Array(Place, Ty, u64),
    Op(Op, Box<[Self; 2]>, Span),
    Negated(Box<Self>, Span),
}

/// Whether an operator on arrays works element by element.
pub(crate) fn is_elementwise(op: Op) -> bool {
    op != Op::MatMul
}

impl<'a> FnCx<'_, 'a> {
    /// The place of a left operand: its own, or a copy if evaluating the right one may
    /// change it (operands are evaluated from left to right).
    pub(crate) fn stable_place(&mut self, e: &'a Expr, right: &Expr) -> Place {
        let place = self.place(e);
        let mut changes = false;
        each_expr(right, &mut |inner| {
            changes |= match &inner.kind {
                ExprKind::Call(id, ..) => self.cx.typed.fns[*id]
                    .params
                    .iter()
                    .any(|param| param.inout),
                _ => false,
            };
        });
        if !changes {
            return place;
        }
        let copy = self.temp(place.ty);
        self.copy(copy, place, false);
        copy
    }

    /// `[a, b, c]`, rows for rank two and more.
    pub(crate) fn array_into(&mut self, elems: &'a [Expr], dest: Place) {
        if matches!(self.cx.types.kind(dest.ty), TyKind::Ring(..)) {
            self.ring_into(elems, dest);
            return;
        }
        let mut dest = dest;
        if let Some(list) = self.list_of(dest) {
            let count = low_bits(elems.len() as i128);
            let count = self.b.iconst(theus_abi::Repr::I64, count);
            self.zero(dest);
            self.store(list.count, count);
            dest = list.slots;
        }
        if theus_hir::is_opaque(self.cx.typed, &self.cx.types, dest.ty) {
            self.zero(dest);
        }
        let Some(first) = elems.first() else { return };
        let ty = self.ty(first.ty);
        let size = self.size(ty);
        for (elem, n) in elems.iter().zip(0_u64..) {
            let at = Self::inside(dest, n.saturating_mul(size), ty);
            self.into(elem, at);
        }
    }

    /// `[e; n, m]`.
    pub(crate) fn fill_into(&mut self, value: &'a Expr, dest: Place) {
        let elem = self.ty(value.ty);
        let size = self.size(elem).max(1);
        let count = self.elements_of(dest.ty, size);
        if self.is_scalar(elem) {
            let value = self.value(value);
            self.each_at(count, |cx, at| {
                let to = cx.element_at(dest, elem, size, at);
                cx.store(to, value);
            });
            return;
        }
        let from = self.place(value);
        self.each_at(count, |cx, at| {
            let to = cx.element_at(dest, elem, size, at);
            cx.copy(to, from, false);
        });
    }

    /// How many pieces of `size` bytes there are in an array.
    fn elements_of(&mut self, ty: Ty, size: u64) -> At {
        match self.array_count(ty) {
            Some((At::Value(count), _)) => At::Value(count),
            Some((At::Const(_), _)) | None => At::Const(self.size(ty) / size),
        }
    }

    /// A tuple from all its parts.
    pub(crate) fn tuple_into(&mut self, parts: &'a [Expr], dest: Place) {
        for (value, n) in parts.iter().zip(0_u32..) {
            let at = self.member(dest, n);
            self.into(value, at);
        }
    }

    /// A struct from all its members; ranges of members are checked.
    pub(crate) fn struct_into(&mut self, id: StructId, members: &'a [Expr], dest: Place) {
        for (value, n) in members.iter().zip(0_u32..) {
            let at = self.member(dest, n);
            self.into(value, at);
            let member = self.cx.typed.structs[id].members.get(n as usize);
            if let Some(range) = member.and_then(|member| member.range) {
                self.check_range(at, range, value.span);
            }
        }
    }

    /// `S(..base, m: e)`.
    pub(crate) fn update_into(
        &mut self,
        base: &'a Expr,
        changes: &'a [(u32, Expr)],
        dest: Place,
    ) {
        let from = self.place(base);
        self.copy(dest, from, false);
        let &TyKind::Struct(id, _) = self.cx.types.kind(dest.ty) else {
            return;
        };
        for (n, value) in changes {
            let at = self.member(dest, *n);
            self.into(value, at);
            let member = self.cx.typed.structs[id].members.get(*n as usize);
            if let Some(range) = member.and_then(|member| member.range) {
                self.check_range(at, range, value.span);
            }
        }
    }

    /// `none`: the value under it is zero, so that equal optionals have equal bits.
    pub(crate) fn none_into(&mut self, dest: Place) {
        self.zero(dest);
    }

    /// A value made optional.
    pub(crate) fn some_into(&mut self, value: &'a Expr, dest: Place) {
        let (tag, inner) = self.option_parts(dest);
        self.into(value, inner);
        let some = self.b.bool(true);
        self.store(tag, some);
    }

    /// `-array`.
    pub(crate) fn negate_into(&mut self, arg: &'a Expr, dest: Place) {
        let side = Side::Negated(Box::new(self.side(arg, None)), arg.span);
        self.elementwise(&side, dest);
    }

    /// An operator whose result is an array.
    pub(crate) fn arrays_into(
        &mut self,
        op: Op,
        left: &'a Expr,
        right: &'a Expr,
        dest: Place,
        span: Span,
    ) {
        if op == Op::MatMul {
            self.matmul_into(left, right, dest);
            return;
        }
        let left = self.side(left, Some(right));
        let right = self.side(right, None);
        let side = Side::Op(op, Box::new([left, right]), span);
        self.elementwise(&side, dest);
    }

    /// `place op= right` for arrays.
    pub(crate) fn array_op_assign(
        &mut self,
        op: Op,
        place: Place,
        right: &'a Expr,
        span: Span,
    ) {
        let Some((_, elem)) = self.array_count(place.ty) else {
            return;
        };
        let size = self.size(elem);
        let right = self.side(right, None);
        let left = Side::Array(place, elem, size);
        let side = Side::Op(op, Box::new([left, right]), span);
        self.elementwise(&side, place);
    }

    /// One operand. Operators in it are not computed for all elements first: the whole
    /// expression is evaluated for one element after the other.
    fn side(&mut self, e: &'a Expr, later: Option<&Expr>) -> Side {
        let ty = self.ty(e.ty);
        let Some((_, elem)) = self.array_count(ty) else {
            return Side::Scalar(self.value(e), ty);
        };
        match &e.kind {
            ExprKind::Binary(op, left, right) if is_elementwise(*op) => {
                let (left, right) =
                    (self.side(left, Some(right)), self.side(right, later));
                Side::Op(*op, Box::new([left, right]), e.span)
            }
            ExprKind::Unary(_, arg) => {
                Side::Negated(Box::new(self.side(arg, later)), arg.span)
            }
            _ => {
                let place = match later {
                    Some(later) => self.stable_place(e, later),
                    None => self.place(e),
                };
                Side::Array(place, elem, self.size(elem))
            }
        }
    }

    fn elementwise(&mut self, side: &Side, dest: Place) {
        let Some((count, elem)) = self.array_count(dest.ty) else {
            return;
        };
        let size = self.size(elem);
        self.each_at(count, |cx, at| {
            let (value, _) = cx.pick(side, at, elem);
            let to = cx.element_at(dest, elem, size, at);
            cx.store(to, value);
        });
    }

    fn pick(&mut self, side: &Side, at: At, elem: Ty) -> (Value, Ty) {
        match side {
            Side::Scalar(value, ty) => (*value, *ty),
            Side::Array(place, elem, size) => {
                let at = self.element_at(*place, *elem, *size, at);
                (self.load(at), *elem)
            }
            Side::Op(op, parts, span) => {
                let [left, right] = &**parts;
                let a = self.pick(left, at, elem);
                let b = self.pick(right, at, elem);
                (self.arith(None, *op, a, b, elem, *span), elem)
            }
            Side::Negated(arg, span) => {
                let (value, _) = self.pick(arg, at, elem);
                let repr = self.b.func().repr(value);
                let value = if repr.is_float() {
                    self.b.unary(UnaryOp::Fneg, repr, value)
                } else {
                    self.negate(None, value, elem, *span)
                };
                (value, elem)
            }
        }
    }

    /// `a @ b` of two vectors: the sum of products, left to right.
    pub(crate) fn dot(&mut self, left: &'a Expr, right: &'a Expr) -> Value {
        let ty = self.ty(left.ty);
        let a = self.stable_place(left, right);
        let b = self.place(right);
        let Some((count, elem)) = self.array_parts(ty) else {
            return self.b.f64(0.0);
        };
        let size = self.size(elem);
        self.sum_of_products(count, elem, left.span, |cx, at| {
            let x = cx.element_at(a, elem, size, at);
            let y = cx.element_at(b, elem, size, at);
            (x, y)
        })
    }

    /// The first product, then each next one added: no leading `0 +`, which would turn a
    /// sum of `-0.0` into `0.0`.
    fn sum_of_products(
        &mut self,
        count: u64,
        elem: Ty,
        span: Span,
        mut f: impl FnMut(&mut Self, At) -> (Place, Place),
    ) -> Value {
        let sum = self.temp(elem);
        let mut step = |cx: &mut Self, at: At, first: bool| {
            let (x, y) = f(cx, at);
            let (x, y) = (cx.load(x), cx.load(y));
            let product = cx.arith(None, Op::Mul, (x, elem), (y, elem), elem, span);
            let total = if first {
                product
            } else {
                let before = cx.load(sum);
                cx.arith(None, Op::Add, (before, elem), (product, elem), elem, span)
            };
            cx.store(sum, total);
        };
        if count == 0 {
            self.zero(sum);
            return self.load(sum);
        }
        step(self, At::Const(0), true);
        if count <= 16 {
            (1..count).for_each(|n| step(self, At::Const(n), false));
        } else {
            use theus_abi::Repr;
            let one = self.b.iconst(Repr::I64, 1);
            let end = self
                .b
                .iconst(Repr::I64, i64::try_from(count).unwrap_or(i64::MAX));
            self.counted(one, end, |cx, at| step(cx, At::Value(at), false));
        }
        self.load(sum)
    }

    /// `(N, K) @ (K, M)`, `(N, K) @ (K)`, `(K) @ (K, M)`: each element a sum of products.
    fn matmul_into(&mut self, left: &'a Expr, right: &'a Expr, dest: Place) {
        let (left_ty, right_ty) = (self.ty(left.ty), self.ty(right.ty));
        let a = self.stable_place(left, right);
        let b = self.place(right);
        let (n, k) = self.rows_columns(left_ty, true);
        let (_, m) = self.rows_columns(right_ty, false);
        let Some((_, elem)) = self.array_parts(dest.ty) else {
            return;
        };
        let size = self.size(elem);
        let span = left.span;
        let few = n.saturating_mul(m).saturating_mul(k) <= 216;
        let rows = |cx: &mut Self, i: At| {
            let row = cx.element_at(a, elem, size * k, i);
            let out = cx.element_at(dest, elem, size * m, i);
            let column = |cx: &mut Self, j: At| {
                let to = cx.element_at(out, elem, size, j);
                let from = cx.element_at(b, elem, size, j);
                let value = cx.sum_of_products(k, elem, span, |cx, at| {
                    let x = cx.element_at(row, elem, size, at);
                    let y = cx.element_at(from, elem, size * m, at);
                    (x, y)
                });
                cx.store(to, value);
            };
            cx.run_index(m, few, column);
        };
        self.run_index(n, few, rows);
    }

    fn run_index(&mut self, count: u64, unroll: bool, mut f: impl FnMut(&mut Self, At)) {
        use theus_abi::Repr;
        if unroll || count == 1 {
            (0..count).for_each(|n| f(self, At::Const(n)));
            return;
        }
        let start = self.b.iconst(Repr::I64, 0);
        let end = self
            .b
            .iconst(Repr::I64, i64::try_from(count).unwrap_or(i64::MAX));
        self.counted(start, end, |cx, at| f(cx, At::Value(at)));
    }

    /// Rows and columns; a vector is one row on the left and one column on the right.
    fn rows_columns(&self, ty: Ty, left: bool) -> (u64, u64) {
        match self.cx.types.kind(ty) {
            TyKind::Array(_, dims) => match (dims.as_slice(), left) {
                ([n, m], _) => (size_of(*n), size_of(*m)),
                ([k], true) => (1, size_of(*k)),
                ([k], false) => (size_of(*k), 1),
                _ => (0, 0),
            },
            _ => (0, 0),
        }
    }

    /// `if` as a value.
    pub(crate) fn if_into(
        &mut self,
        cond: &'a Expr,
        then: &'a Expr,
        other: &'a Expr,
        dest: Place,
    ) {
        let cond = self.value(cond);
        let scalar = self.is_scalar(dest.ty);
        if scalar && weight::is_simple(then) && weight::is_simple(other) {
            let (a, b) = (self.value(then), self.value(other));
            let value = self.b.select(cond, a, b);
            self.store(dest, value);
            return;
        }
        let (yes, no, join) =
            (self.b.new_block(), self.b.new_block(), self.b.new_block());
        self.b.branch(cond, yes, no);
        self.b.switch_to(yes);
        self.into(then, dest);
        self.b.jump(join, &[]);
        self.b.switch_to(no);
        self.into(other, dest);
        self.b.jump(join, &[]);
        self.b.switch_to(join);
    }

    /// Whether an expression reads the local or field that a place expression starts from.
    pub(crate) fn reads_root(e: &Expr, root: &Expr) -> bool {
        let root = weight::root(root);
        let mut found = false;
        each_expr(e, &mut |inner| {
            found |= match (&inner.kind, &root.kind) {
                (ExprKind::Local(a), ExprKind::Local(b)) => a == b,
                (ExprKind::Field(a), ExprKind::Field(b)) => a == b,
                (ExprKind::CallLocal(..) | ExprKind::Closure(..), _) => true,
                _ => false,
            };
        });
        found
    }
}
