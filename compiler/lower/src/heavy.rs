//! Heavy fields: memory of their own behind the memory block, found through words in it that
//! are written at start; sizes that are known at start.

use theus_abi::Repr;
use theus_abi::heavy::{self, Dim, HEAVY_DIRTY, HEAVY_FRONT, HEAVY_WORDS, SizeWord};
use theus_grammar::Span;
use theus_hir::ty::SizeTerm;
use theus_hir::{Expr, ExprKind, FieldId, Size, Ty, TyKind};
use theus_mir::{BinaryOp, Value};

use crate::access::At;
use crate::frame::FnCx;
use crate::layout::size_of;
use crate::place::{Home, Place, low_bits};
use crate::program::{Cx, loc};

impl Cx<'_> {
    /// Gives the words of heavy fields and sizes their places, from `at` on.
    pub(crate) fn place_heavy(&mut self, mut at: u64) -> u64 {
        let fields: Vec<heavy::Heavy> =
            self.heavy_fields().map(|id| self.heavy_of(id)).collect();
        self.image.heavy = fields;
        let mut take = |bytes: u32| {
            let start = u32::try_from(at).unwrap_or(u32::MAX);
            at += u64::from(bytes);
            start
        };
        for heavy in &mut self.image.heavy {
            heavy.table = take(HEAVY_WORDS);
        }
        let terms: Vec<SizeTerm> = self.types.terms().cloned().collect();
        for term in terms {
            let word = SizeWord {
                term: self.size_term(&term),
                text: theus_hir::show::term(self.typed, &term),
                offset: take(8),
                loc: loc(self.span_of_term(&term)),
            };
            self.image.sizes.push(word);
        }
        at
    }

    fn heavy_of(&self, id: FieldId) -> heavy::Heavy {
        let field = &self.typed.fields[id];
        let dims = match self.types.kind(field.ty) {
            TyKind::Array(_, dims) => dims.as_slice(),
            _ => &[],
        };
        let dims = dims.iter().map(|dim| match dim {
            Size::Start(at) => Dim::Size(*at),
            Size::Const(_) | Size::Param(_) | Size::Of(_) | Size::Error => {
                Dim::Const(size_of(*dim))
            }
        });
        heavy::Heavy {
            field: 0,
            table: 0,
            dims: dims.collect(),
            swap: field.swap.is_some(),
        }
    }

    fn size_term(&mut self, term: &SizeTerm) -> heavy::SizeTerm {
        match term {
            SizeTerm::Const(value) => heavy::SizeTerm::Const(*value),
            SizeTerm::Global(id) => heavy::SizeTerm::Global {
                offset: self.offsets.get(id).copied().unwrap_or(0),
                shape: crate::layout::shape(
                    self.typed,
                    &mut self.types,
                    self.typed.fields[*id].ty,
                ),
            },
            SizeTerm::Op(op, parts) => {
                let parts = parts.each_ref().map(|part| self.size_term(part));
                heavy::SizeTerm::Op(*op, Box::new(parts))
            }
        }
    }

    /// The field that has a size; else the global it is made of.
    fn span_of_term(&self, term: &SizeTerm) -> Span {
        let has = |ty: Ty| {
            match self.types.kind(ty) {
            TyKind::Array(_, dims) => dims
                .iter()
                .any(|dim| matches!(dim, Size::Start(at) if self.types.term(*at) == Some(term))),
            _ => false,
        }
        };
        let mut fields = self.typed.fields.values();
        let found = fields.find(|field| has(field.ty));
        let first = self.typed.fields.values().next();
        found
            .or(first)
            .map_or(Span::new(theus_grammar::FileId(0), 0, 0), |field| {
                field.span
            })
    }

    /// Every heavy field that has memory of its own.
    fn heavy_fields(&self) -> impl Iterator<Item = FieldId> {
        let stored = self.typed.stored();
        let heavy = stored.filter(|(id, _)| self.typed.is_buffer(*id));
        heavy.map(|(id, _)| id)
    }

    /// Says which fields of the image the heavy ones are.
    pub(crate) fn index_heavy(&mut self) {
        let ids: Vec<FieldId> = self.heavy_fields().collect();
        for (id, heavy) in ids.into_iter().zip(&mut self.image.heavy) {
            let at = self.image_index.get(&id).copied().unwrap_or(0);
            heavy.field = u32::try_from(at).unwrap_or(u32::MAX);
        }
    }

    /// Offset of the words of a heavy field.
    pub(crate) fn heavy_table(&self, id: FieldId) -> u32 {
        let mut tables = self.heavy_fields().zip(&self.image.heavy);
        let found = tables.find(|(other, _)| *other == id);
        found.map_or(0, |(_, heavy)| heavy.table)
    }
}

impl<'a> FnCx<'_, 'a> {
    /// Where the memory of a heavy field is. The word of one buffer does not change while the
    /// program runs; those of two are exchanged by commits.
    pub(crate) fn heavy_place(&mut self, id: FieldId) -> Place {
        let table = self.cx.heavy_table(id);
        let words = self.b.base(table);
        let by = if self.cx.typed.fields[id].swap.is_some() {
            self.b.load(Repr::I64, words, HEAVY_FRONT)
        } else {
            self.b.load_invariant(Repr::I64, words, HEAVY_FRONT)
        };
        self.heavy_at(id, by)
    }

    /// A heavy field whose buffer is that far from the base address.
    pub(crate) fn heavy_at(&mut self, id: FieldId, by: Value) -> Place {
        let base = self.b.base(0);
        Place {
            addr: self.b.element(base, by, 1),
            offset: 0,
            ty: self.cx.typed.fields[id].ty,
            home: Home::Context,
        }
    }

    /// Marks heavy fields that a process writes: it has failed half-way, or succeeded.
    pub(crate) fn mark_heavy(&mut self, tables: &[u32], dirty: bool) {
        for table in tables {
            let words = self.b.base(*table);
            let mark = self.b.iconst(Repr::I64, i64::from(dirty));
            self.b.store(mark, words, HEAVY_DIRTY);
        }
    }

    /// A size: a number, or a word that is written at start.
    pub(crate) fn size_at(&mut self, size: Size) -> At {
        let Size::Start(at) = size else {
            return At::Const(size_of(size));
        };
        let word = self.cx.image.sizes.get(at as usize).map(|word| word.offset);
        let base = self.b.base(word.unwrap_or(0));
        At::Value(self.b.load_invariant(Repr::I64, base, 0))
    }

    /// A number of elements as a value.
    pub(crate) fn count_value(&mut self, count: At) -> Value {
        match count {
            At::Const(count) => self.b.iconst(Repr::I64, low_bits(i128::from(count))),
            At::Value(value) => value,
        }
    }

    /// The product of two numbers of elements.
    pub(crate) fn times(&mut self, a: At, b: At) -> At {
        match (a, b) {
            (At::Const(a), At::Const(b)) => At::Const(a.saturating_mul(b)),
            (At::Const(1), other) | (other, At::Const(1)) => other,
            (a, b) => {
                let (a, b) = (self.count_value(a), self.count_value(b));
                At::Value(self.b.binary(BinaryOp::Imul, a, b))
            }
        }
    }

    /// Number of elements of an array and their type; `None` if it is no array.
    pub(crate) fn array_count(&mut self, ty: Ty) -> Option<(At, Ty)> {
        let TyKind::Array(elem, dims) = self.cx.types.kind(ty).clone() else {
            return None;
        };
        let mut count = At::Const(1);
        for dim in dims {
            let dim = self.size_at(dim);
            count = self.times(count, dim);
        }
        Some((count, elem))
    }

    /// Runs `f` for each index below a number.
    pub(crate) fn each_at(&mut self, count: At, f: impl FnMut(&mut Self, At)) {
        match count {
            At::Const(count) => self.each_index(count, f),
            At::Value(end) => {
                let start = self.b.iconst(Repr::I64, 0);
                let mut f = f;
                self.counted(start, end, |cx, at| f(cx, At::Value(at)));
            }
        }
    }

    /// `heavy = value` for a whole field or a row: written in place, element by element,
    /// without a copy. `false` if the value must exist as a whole first.
    pub(crate) fn assign_heavy(
        &mut self,
        target: &'a Expr,
        place: Place,
        value: &'a Expr,
    ) -> bool {
        if !self.root_is_heavy(target) {
            return false;
        }
        match &value.kind {
            ExprKind::Fill(elem) => self.fill_into(elem, place),
            ExprKind::Binary(op, left, right)
                if crate::aggregate::is_elementwise(*op) =>
            {
                self.arrays_into(*op, left, right, place, value.span);
            }
            ExprKind::Unary(_, arg) => self.negate_into(arg, place),
            ExprKind::Field(_)
            | ExprKind::Index(..)
            | ExprKind::Member(..)
            | ExprKind::Old(_)
            | ExprKind::Local(_) => {
                let from = self.place(value);
                self.copy(place, from, true);
                return true;
            }
            _ => return false,
        }
        if self.has_floats(place.ty) {
            self.copy(place, place, true);
        }
        true
    }
}
