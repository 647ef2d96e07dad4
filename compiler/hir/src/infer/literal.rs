//! Literals: they take the type that is due, if they fit.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr::{self as tree, UnaryOp};

use super::Checker;
use crate::body::{Expr, ExprKind};
use crate::eval::{bounds, rounded};
use crate::item::GenericKind;
use crate::resolve::types::primitive;
use crate::ty::{FloatTy, IntTy, Ty, TyKind};

/// How much an expression needs a type from outside; the least is typed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weak {
    /// It has a type of its own.
    No,
    /// A decimal literal, or made of one: a float.
    Decimal,
    /// An integer literal, or made of such: any number.
    Integer,
    /// `none`, a bare variant, an empty array: nothing without a type.
    Void,
}

impl Checker<'_, '_> {
    /// How much an expression needs a type from outside.
    pub(crate) fn weak(&mut self, written: &tree::Expr) -> Weak {
        use tree::ExprKind as K;
        match &written.kind {
            K::Int(_, None) => Weak::Integer,
            K::Float(_, None) => Weak::Decimal,
            K::None => Weak::Void,
            K::Paren(inner) | K::Unary(UnaryOp::Neg | UnaryOp::BitNot, inner) => {
                self.weak(inner)
            }
            K::Fill(inner, _) => self.weak(inner),
            K::Tuple(elems) | K::Array(elems) => {
                let weak = elems.iter().map(|elem| self.weak(elem)).min();
                weak.unwrap_or(Weak::Void)
            }
            K::Binary(op, _, left, right)
                if op.text().len() == 1 && !"<>".contains(op.text()) =>
            {
                let left = self.weak(left);
                if left == Weak::No {
                    left
                } else {
                    left.min(self.weak(right))
                }
            }
            K::If(_, yes, no) => self.weak(yes).min(self.weak(no)),
            K::Name(name) => {
                let known = self.find_local(&name.text).is_some()
                    || self.subject_field(&name.text).is_some()
                    || self.cx.lookup(self.env.module, &name.text).is_some()
                    || self
                        .env
                        .generics
                        .iter()
                        .any(|generic| generic.name == name.text);
                if known { Weak::No } else { Weak::Void }
            }
            _ => Weak::No,
        }
    }

    /// An integer literal; `negative` for one behind a `-`, which `span` takes in.
    pub(crate) fn integer(
        &mut self,
        value: u64,
        negative: bool,
        suffix: Option<&Name>,
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        let value = if negative {
            -i128::from(value)
        } else {
            i128::from(value)
        };
        let ty = match suffix.map(|suffix| (suffix, primitive(&suffix.text))) {
            Some((_, Some(ty))) => ty,
            Some((suffix, None)) => return self.bad_suffix(suffix),
            None => self.number_due(due, true).unwrap_or(Ty::I64),
        };
        match *self.kind(ty) {
            TyKind::Int(int) => self.whole(value, int, ty, span),
            TyKind::Float(float) => self.exact(value, float, ty, span),
            TyKind::Param(at) => self.generic_integer(value, self.bound(at), ty, span),
            _ => self.whole(
                value,
                IntTy {
                    signed: true,
                    bits: 64,
                },
                Ty::I64,
                span,
            ),
        }
    }

    fn whole(&mut self, value: i128, int: IntTy, ty: Ty, span: Span) -> Expr {
        let (lo, hi) = bounds(int);
        if (lo..=hi).contains(&value) {
            return Expr {
                kind: ExprKind::Int(value),
                ty,
                span,
            };
        }
        let text = self.show(ty);
        let found = Diagnostic::new(
            Code::LiteralRange,
            span,
            format!("this does not fit `{text}`"),
        )
        .title(format!("`{value}` is out of range for `{text}`"))
        .help(format!("`{text}` goes from {lo} to {hi}"));
        self.report(found);
        Expr::error(ty, span)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "whether anything is lost is what is tested"
    )]
    fn exact(&mut self, value: i128, float: FloatTy, ty: Ty, span: Span) -> Expr {
        let near = match float {
            FloatTy::F64 => value as f64,
            FloatTy::F32 => f64::from(value as f32),
        };
        if near as i128 == value {
            return Expr {
                kind: ExprKind::Float(near),
                ty,
                span,
            };
        }
        let text = self.show(ty);
        let found = Diagnostic::new(
            Code::LiteralRange,
            span,
            format!("`{text}` cannot hold this exactly"),
        )
        .title(format!("`{value}` is not exact in `{text}`"))
        .help(format!("write it as a decimal to round it: `{value}.0`"));
        self.report(found);
        Expr::error(ty, span)
    }

    /// A literal of a generic type must fit every type that it may stand for.
    #[expect(clippy::cast_precision_loss, reason = "small integers are exact")]
    fn generic_integer(
        &mut self,
        value: i128,
        bound: GenericKind,
        ty: Ty,
        span: Span,
    ) -> Expr {
        let float = bound == GenericKind::Float;
        let fits = if float {
            value.abs() <= 1 << 24
        } else {
            (0..=127).contains(&value)
        };
        let kind = match (fits, float) {
            (true, true) => ExprKind::Float(value as f64),
            (true, false) => ExprKind::Int(value),
            (false, _) => {
                let text = self.show(ty);
                let label = format!("`{text}` may be a type that cannot hold this");
                let found = Diagnostic::new(Code::LiteralRange, span, label)
                    .title(format!("`{value}` does not fit every `{text}`"))
                    .help("literals from 0 to 127 fit every number type");
                self.report(found);
                ExprKind::Error
            }
        };
        Expr { kind, ty, span }
    }

    /// A decimal literal.
    pub(crate) fn decimal(
        &mut self,
        value: f64,
        suffix: Option<&Name>,
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        let ty = match suffix.map(|suffix| (suffix, primitive(&suffix.text))) {
            Some((_, Some(ty))) if matches!(self.kind(ty), TyKind::Float(_)) => ty,
            Some((suffix, _)) => return self.bad_suffix(suffix),
            None => self.number_due(due, false).unwrap_or(Ty::F64),
        };
        let near = match self.kind(ty) {
            TyKind::Float(float) => rounded(value, *float),
            _ => value,
        };
        if near.is_finite() {
            return Expr {
                kind: ExprKind::Float(near),
                ty,
                span,
            };
        }
        let text = self.show(ty);
        let found = Diagnostic::new(
            Code::LiteralRange,
            span,
            format!("this does not fit `{text}`"),
        )
        .title(format!("this literal is too large for `{text}`"))
        .help("infinity is the constant `inf`");
        self.report(found);
        Expr::error(ty, span)
    }

    /// The type that is due, if a literal may have it.
    fn number_due(&self, due: Option<Ty>, integer: bool) -> Option<Ty> {
        let due = self.bare(due?);
        let fits = match self.kind(due) {
            TyKind::Float(_) => true,
            TyKind::Int(_) => integer,
            TyKind::Param(at) => match self.bound(*at) {
                GenericKind::Float => true,
                GenericKind::Number | GenericKind::Integer => integer,
                GenericKind::Any
                | GenericKind::Key
                | GenericKind::Ordered
                | GenericKind::Size => false,
            },
            _ => false,
        };
        fits.then_some(due)
    }

    fn bad_suffix(&mut self, suffix: &Name) -> Expr {
        let found = Diagnostic::new(Code::BadNumber, suffix.span, "no number type")
            .title(format!("`{}` cannot follow this number", suffix.text))
            .help("suffixes are `i8 … i64`, `u8 … u64`, `f32`, `f64`");
        self.report(found);
        Self::error(suffix.span)
    }
}
