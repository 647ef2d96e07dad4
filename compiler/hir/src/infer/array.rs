//! Array literals.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr as tree;

use super::Checker;
use super::literal::Weak;
use super::mismatch::at;
use crate::body::{Expr, ExprKind};
use crate::ty::{Size, Ty, TyKind};

impl Checker<'_, '_> {
    pub(super) fn array(
        &mut self,
        elems: &[tree::Expr],
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        let due = due.map(|due| self.bare(due));
        if let Some(ring) = due.filter(|due| matches!(self.kind(*due), TyKind::Ring(..)))
            && elems.is_empty()
        {
            return Expr {
                kind: ExprKind::Array(Vec::new()),
                ty: ring,
                span,
            };
        }
        if let Some(ty) = due.filter(|due| self.cx.out.is_opaque(*due))
            && elems.is_empty()
        {
            let kind = ExprKind::Array(Vec::new());
            return Expr { kind, ty, span };
        }
        let list = due.and_then(|due| Some((due, self.cx.out.list_parts(due)?)));
        if let Some((ty, parts)) = list {
            return self.list(elems, ty, parts, span);
        }
        let row = due
            .map(|due| self.cx.row(due))
            .filter(|row| *row != Ty::ERROR);
        // A row that is known in part is a wish for the first element, not its type.
        let wish = row.filter(|row| self.cx.has_holes(*row));
        let row = row.filter(|_| wish.is_none());
        if elems.is_empty() && due == Some(Ty::ERROR) {
            return Self::error(span);
        }
        let Some(first) = self.first_to_type(elems) else {
            let found = Diagnostic::new(Code::BadSize, span, "this array is empty")
                .title("an array has at least one element")
                .help("only a ring, a list or a map may be empty: `let r: ring<f64, 8> = []`");
            self.report(found);
            return Self::error(span);
        };
        let mut typed: Vec<Option<Expr>> = elems.iter().map(|_| None).collect();
        let (mut ty, mut why) = (row, None);
        let rest = (0..elems.len()).filter(|at| *at != first);
        for place in std::iter::once(first).chain(rest) {
            let Some(elem) = elems.get(place) else {
                continue;
            };
            let found = match ty {
                Some(ty) => self.check(elem, ty, why),
                None if wish.is_some() => self.expr(elem, wish),
                None => self.value(elem),
            };
            if ty.is_none() && found.ty != Ty::ERROR {
                (ty, why) = (
                    Some(found.ty),
                    at(found.span, "this element decides the type"),
                );
            }
            if let Some(slot) = typed.get_mut(place) {
                *slot = Some(found);
            }
        }
        let elems: Vec<Expr> = typed.into_iter().flatten().collect();
        let size = Size::Const(elems.len() as u64);
        match ty.filter(|ty| *ty != Ty::ERROR) {
            Some(ty) => Expr {
                ty: self.cx.array(ty, vec![size]),
                kind: ExprKind::Array(elems),
                span,
            },
            None => Self::error(span),
        }
    }

    /// `[a, b]` where a list is due.
    fn list(
        &mut self,
        elems: &[tree::Expr],
        ty: Ty,
        (elem, size): (Ty, Size),
        span: Span,
    ) -> Expr {
        if elem == Ty::ERROR || size == Size::Error {
            elems.iter().for_each(|elem| drop(self.value(elem)));
            return Self::error(span);
        }
        let values = elems.iter().map(|written| self.check(written, elem, None));
        let values: Vec<Expr> = values.collect();
        if let Size::Const(size) = size
            && values.len() as u64 > size
        {
            let text = format!("{} values", values.len());
            let found = Diagnostic::new(Code::TooManyValues, span, text)
                .title(format!("`{}` holds {size} values at most", self.show(ty)))
                .help("make the list larger, or leave some out");
            self.report(found);
            return Self::error(span);
        }
        if !matches!(size, Size::Const(_)) && !values.is_empty() {
            let text = "these may be more values than it holds";
            let found = Diagnostic::new(Code::TooManyValues, span, text)
                .title("the size of this list is not known here")
                .help("start with `[]` and push the values");
            self.report(found);
            return Self::error(span);
        }
        Expr {
            kind: ExprKind::Array(values),
            ty,
            span,
        }
    }

    /// Whether a type may stand where `due` is due, made optional if need be.
    pub(super) fn optional_of(&self, due: Ty, found: Ty) -> bool {
        match self.kind(due) {
            TyKind::Option(inner) => {
                self.cx.fits(found, *inner) || self.cx.fits(found, due)
            }
            _ => self.cx.fits(found, due),
        }
    }

    /// The element that decides the type of an array.
    fn first_to_type(&mut self, elems: &[tree::Expr]) -> Option<usize> {
        let mut best = None;
        for (at, elem) in elems.iter().enumerate() {
            let weak = self.weak(elem);
            if best.is_none_or(|(least, _)| weak < least) {
                best = Some((weak, at));
            }
            if weak == Weak::No {
                break;
            }
        }
        best.map(|(_, at)| at)
    }

    pub(super) fn fill(
        &mut self,
        elem: &tree::Expr,
        sizes: &[tree::Expr],
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        let due = due.map(|due| self.bare(due));
        let mut of = due;
        for _ in sizes {
            of = of.map(|of| self.cx.row(of)).filter(|of| *of != Ty::ERROR);
        }
        let elem = self.expr(elem, of);
        let elem = self.some_value(elem);
        let env = self.env.clone();
        // What is filled so must be a heavy field: a check looks where it stands.
        self.cx.start_sizes = true;
        let dims = sizes.iter().map(|size| self.cx.size(&env, size)).collect();
        self.cx.start_sizes = false;
        if elem.ty == Ty::ERROR {
            return Self::error(span);
        }
        Expr {
            ty: self.cx.array(elem.ty, dims),
            kind: ExprKind::Fill(Box::new(elem)),
            span,
        }
    }
}
