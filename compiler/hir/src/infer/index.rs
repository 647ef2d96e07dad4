//! Indexing arrays and rings.

use theus_abi::Fault;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr as tree;

use super::Checker;
use super::call::Given;
use super::loops::range_of;
use crate::body::{Expr, ExprKind};
use crate::item::GenericKind;
use crate::ty::{Size, Ty, TyKind};
use crate::value::Value;

impl Checker<'_, '_> {
    /// `map[key]`: the value in the slot of the key.
    fn map_index(
        &mut self,
        base: Expr,
        indices: &[tree::Expr],
        ty: Ty,
        span: Span,
    ) -> Expr {
        let (Some(slot), [key]) = (self.cx.library_fn("map_slot"), indices) else {
            self.wrong_rank(&base, 1, indices.len(), span);
            return Expr::error(ty, span);
        };
        let given = vec![Given::Done(base.clone()), Given::Written(key)];
        let slot = self.call_fn(slot, given, Some(Ty::I64), span);
        let values = Expr {
            ty: self.cx.out.member_ty(base.ty, crate::MAP_VALUES),
            span: base.span,
            kind: ExprKind::Member(Box::new(base), crate::MAP_VALUES),
        };
        Expr {
            kind: ExprKind::Index(Box::new(values), vec![slot]),
            ty,
            span,
        }
    }

    /// `base[indices]`.
    pub(crate) fn index(
        &mut self,
        base: &tree::Expr,
        indices: &[tree::Expr],
        span: Span,
    ) -> Expr {
        if let Some(context) = self.context_named(base) {
            return self.context_value(context, span);
        }
        let base = self.expr(base, None);
        if let TyKind::Pool(elem, ..) = *self.kind(base.ty) {
            return self.pool_element(base, indices, elem, span);
        }
        let base = self.some_value(base);
        if let [index] = indices
            && let Some(range) = range_of(index)
        {
            return self.cut(base, range, span);
        }
        if let Some((_, ty)) = self.cx.out.map_parts(base.ty) {
            return self.map_index(base, indices, ty, span);
        }
        let mut found: Vec<Expr> = indices
            .iter()
            .map(|index| self.index_value(index))
            .collect();
        match self.kind(base.ty).clone() {
            TyKind::Error => Self::error(span),
            TyKind::Ring(elem, _) => {
                let (Some(index), 1) = (found.pop(), indices.len()) else {
                    self.wrong_rank(&base, 1, indices.len(), span);
                    return Expr::error(elem, span);
                };
                let kind = ExprKind::RingIndex(Box::new(base), Box::new(index));
                Expr {
                    kind,
                    ty: elem,
                    span,
                }
            }
            TyKind::Struct(..)
                if indices.len() == 1 && self.cx.out.list_parts(base.ty).is_some() =>
            {
                let ty = self.cx.row(base.ty);
                Expr {
                    kind: ExprKind::Index(Box::new(base), found),
                    ty,
                    span,
                }
            }
            TyKind::Slice(elem) if indices.len() == 1 => Expr {
                kind: ExprKind::Index(Box::new(base), found),
                ty: elem,
                span,
            },
            TyKind::Array(elem, dims) => self.elements(base, found, elem, &dims, span),
            _ => {
                let text = self.show(base.ty);
                let help = match self.kind(base.ty) {
                    TyKind::Option(_) => {
                        "say first what to do with `none`: `… ?? default`"
                    }
                    TyKind::Struct(..) => "members have names: `s.x`",
                    TyKind::Str(_) | TyKind::Text => {
                        "a character may take several bytes: `t.slice(a, b)`, `t.chars()` or `t.bytes()`"
                    }
                    TyKind::Tuple(_) => "parts have numbers: `t.0`",
                    _ => "arrays and rings have indices",
                };
                let code = if self.cx.is_text(base.ty) {
                    Code::TextIndex
                } else {
                    Code::NotIndexable
                };
                let report =
                    Diagnostic::new(code, base.span, format!("this is `{text}`"))
                        .title(format!("`{text}` cannot be indexed"))
                        .help(help);
                self.report(report);
                Self::error(span)
            }
        }
    }

    pub(crate) fn elements(
        &mut self,
        base: Expr,
        found: Vec<Expr>,
        elem: Ty,
        dims: &[Size],
        span: Span,
    ) -> Expr {
        let Some(rest) = dims.get(found.len()..) else {
            self.wrong_rank(&base, dims.len(), found.len(), span);
            return Expr::error(elem, span);
        };
        let ty = if rest.is_empty() {
            elem
        } else {
            self.cx.array(elem, rest.to_vec())
        };
        for (index, dim) in found.iter().zip(dims) {
            self.constant_index(index, *dim);
        }
        // `m[i][j]` is `m[i, j]`: nothing is copied for the row. A row exists only where
        // fewer indices than dimensions are given, so a full index is never extended. The
        // elements of a list or a slice are no rows.
        let kind = match base.kind {
            ExprKind::Index(inner, mut first)
                if matches!(self.kind(inner.ty), TyKind::Array(..)) =>
            {
                first.extend(found);
                ExprKind::Index(inner, first)
            }
            kind => ExprKind::Index(
                Box::new(Expr {
                    kind,
                    ty: base.ty,
                    span: base.span,
                }),
                found,
            ),
        };
        Expr { kind, ty, span }
    }

    fn wrong_rank(&mut self, base: &Expr, rank: usize, given: usize, span: Span) {
        let text = self.show(base.ty);
        let plural = if rank == 1 { "index" } else { "indices" };
        let found = Diagnostic::new(Code::WrongRank, span, format!("{given} given"))
            .title(format!("`{text}` takes {rank} {plural}"))
            .label(base.span, format!("this is `{text}`"))
            .help("one index for each dimension; fewer give a row");
        self.report(found);
    }

    /// An index: of any integer type.
    pub(crate) fn index_value(&mut self, written: &tree::Expr) -> Expr {
        let index = self.value(written);
        if index.ty == Ty::ERROR || self.is_integer(index.ty) {
            return index;
        }
        let text = self.show(index.ty);
        let help = match self.kind(index.ty) {
            TyKind::Float(_) => "convert it: `floor(x) as i64`",
            _ => "an index is an integer",
        };
        let found =
            Diagnostic::new(Code::Mismatch, index.span, format!("this is `{text}`"))
                .title(format!("expected an integer, found `{text}`"))
                .help(help);
        self.report(found);
        Self::error(index.span)
    }

    /// Whether a type is an integer type, or a parameter for one.
    pub(crate) fn is_integer(&self, ty: Ty) -> bool {
        match self.kind(ty) {
            TyKind::Int(_) => true,
            TyKind::Param(at) => self.bound(*at) == GenericKind::Integer,
            _ => false,
        }
    }

    /// Reports a constant index that is out of range.
    fn constant_index(&mut self, index: &Expr, dim: Size) {
        let Size::Const(size) = dim else { return };
        if !matches!(
            index.kind,
            ExprKind::Int(_) | ExprKind::Const(_) | ExprKind::Unary(..)
        ) {
            return;
        }
        let Ok(Value::Int(at)) = self.cx.evaluate(index) else {
            return;
        };
        if (0..i128::from(size)).contains(&at) {
            return;
        }
        let found =
            Diagnostic::new(Code::ConstantFault, index.span, format!("this is {at}"))
                .title(format!("this always fails: {}", Fault::Index.title()))
                .help(format!("indices go from 0 to {}", size.saturating_sub(1)));
        self.report(found);
    }
}
