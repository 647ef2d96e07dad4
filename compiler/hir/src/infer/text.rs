//! Texts and slices: which types become a view or a bounded text by themselves.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr::{BinaryOp, UnaryOp};

use super::Checker;
use super::call::Given;
use crate::body::{Expr, ExprKind};
use crate::cx::Cx;
use crate::ty::{Size, Ty, TyKind};

impl Cx<'_> {
    /// Whether a value of type `found` becomes one of type `due` without being asked: a text
    /// of any size another text, an array a slice.
    pub(crate) fn converts(&self, found: Ty, due: Ty) -> bool {
        match (self.kind(found), self.kind(due)) {
            (TyKind::Str(_) | TyKind::Text, TyKind::Str(_))
            | (TyKind::Str(_), TyKind::Text) => true,
            (TyKind::Array(elem, dims), TyKind::Slice(row)) => {
                match (dims.get(1..), self.kind(*row)) {
                    (Some([]), _) => self.fits(*elem, *row),
                    (Some(rest), TyKind::Array(inner, sizes)) => {
                        rest == sizes.as_slice() && self.fits(*elem, *inner)
                    }
                    _ => *row == Ty::ERROR,
                }
            }
            (TyKind::Struct(..), TyKind::Slice(row)) => {
                let parts = self.out.list_parts(found);
                parts.is_some_and(|(elem, _)| self.fits(elem, *row))
            }
            (TyKind::Slice(row), TyKind::Struct(..)) => {
                let parts = self.out.list_parts(due);
                parts.is_some_and(|(elem, _)| self.fits(*row, elem))
            }
            _ => false,
        }
    }

    /// Whether a type is a text.
    pub(crate) fn is_text(&self, ty: Ty) -> bool {
        matches!(self.kind(ty), TyKind::Str(_) | TyKind::Text)
    }
}

impl Checker<'_, '_> {
    /// A value that `converts` to `due`, as that.
    pub(crate) fn converted(&mut self, found: Expr, due: Ty) -> Expr {
        let span = found.span;
        let wrap = |kind, ty| Expr { kind, ty, span };
        match *self.kind(due) {
            TyKind::Str(size) => {
                if let ExprKind::Str(text) = found.kind {
                    self.literal_fits(&text, size, span);
                    return wrap(ExprKind::Str(text), due);
                }
                let view = self.view(found);
                wrap(ExprKind::Bounded(Box::new(view)), due)
            }
            TyKind::Text => self.view(found),
            TyKind::Slice(_) => wrap(ExprKind::View(Box::new(found)), due),
            TyKind::Struct(..) => match self.cx.library_fn("list_of_slice") {
                Some(id) => self.call_fn(id, vec![Given::Done(found)], Some(due), span),
                None => found,
            },
            _ => found,
        }
    }

    /// A text of any type as a `str`.
    pub(crate) fn view(&self, found: Expr) -> Expr {
        match self.kind(found.ty) {
            TyKind::Str(_) => Expr {
                span: found.span,
                kind: ExprKind::View(Box::new(found)),
                ty: Ty::TEXT,
            },
            _ => found,
        }
    }

    /// `left op right` of two texts; `None` if texts do not take the operator.
    pub(crate) fn text_binary(
        &mut self,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Option<Expr> {
        let of = |kind, ty| Expr { kind, ty, span };
        let (left, right) = (left.clone(), right.clone());
        Some(match op {
            BinaryOp::Eq | BinaryOp::Ne => of(
                ExprKind::Binary(op, Box::new(left), Box::new(right)),
                Ty::BOOL,
            ),
            BinaryOp::Lt => self.before(left, right, span)?,
            BinaryOp::Gt => self.before(right, left, span)?,
            BinaryOp::Le => not(self.before(right, left, span)?),
            BinaryOp::Ge => not(self.before(left, right, span)?),
            BinaryOp::Add => {
                let mut parts = Vec::new();
                for part in [left, right] {
                    match part.kind {
                        ExprKind::Concat(some) => parts.extend(some),
                        _ => parts.push(self.view(part)),
                    }
                }
                of(ExprKind::Concat(parts), Ty::TEXT)
            }
            _ => return None,
        })
    }

    /// Whether one text comes before another, by bytes.
    fn before(&mut self, left: Expr, right: Expr, span: Span) -> Option<Expr> {
        let id = self.cx.library_fn("str_before")?;
        let args = vec![self.view(left), self.view(right)];
        Some(Expr {
            kind: ExprKind::Call(id, Vec::new(), args),
            ty: Ty::BOOL,
            span,
        })
    }

    /// Reports a literal that is longer than what it is put into.
    fn literal_fits(&mut self, text: &str, size: Size, span: Span) {
        let Size::Const(size) = size else { return };
        let length = text.len() as u64;
        if length <= size {
            return;
        }
        let found =
            Diagnostic::new(Code::TextTooLong, span, format!("this has {length} bytes"))
                .title(format!("this text does not fit `str<{size}>`"))
                .help(format!(
                    "make the text shorter, or the type `str<{length}>`"
                ));
        self.report(found);
    }
}

fn not(holds: Expr) -> Expr {
    Expr {
        ty: holds.ty,
        span: holds.span,
        kind: ExprKind::Unary(UnaryOp::Not, Box::new(holds)),
    }
}
