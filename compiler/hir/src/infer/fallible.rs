//! `??` and `else`: which values can be missing, which operations can fail.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr::{BinaryOp, UnaryOp};

use super::Checker;
use crate::body::{Expr, ExprKind, PoolOp};
use crate::item::GenericKind;
use crate::ty::{FloatTy, Ty, TyKind};

impl Checker<'_, '_> {
    /// The type of the value inside an optional or a fallible operation; `None`, reported,
    /// for what cannot fail. `span` is the whole with its `??` or `else`.
    pub(crate) fn inside(&mut self, value: &Expr, span: Span) -> Option<Ty> {
        if let TyKind::Option(inner) = *self.kind(value.ty) {
            return Some(inner);
        }
        if value.ty == Ty::ERROR || matches!(value.kind, ExprKind::Error) {
            return None;
        }
        if self.fallible(value) {
            return Some(value.ty);
        }
        if let Some(method) = self.filling(value) {
            let found = Diagnostic::new(Code::NotFallible, value.span, "it faults `Full`")
                .title(format!("`{method}` hands on no failure"))
                .label(span, "so what follows would never happen")
                .help("test `is_full()` before it, or declare what is to happen: `full oldest` makes room by itself");
            self.report(found);
            return None;
        }
        let text = self.show(value.ty);
        let found = Diagnostic::new(Code::NotFallible, value.span, format!("this is always a `{text}`"))
            .title("this operation cannot fail")
            .label(span, "so what follows would never happen")
            .help("it is for optionals and for the outermost of index, integer arithmetic, shift and `as`");
        self.report(found);
        None
    }

    /// The method of a list, map or queue that a value is a call of, if it may find no room.
    fn filling(&self, value: &Expr) -> Option<String> {
        let ExprKind::Call(id, ..) = value.kind else {
            return None;
        };
        let method = self.cx.method_of(id)?;
        let name = method.name.to_string();
        matches!(&*name, "push" | "put" | "insert" | "extend").then_some(name)
    }

    /// Whether the outermost operation can fault.
    fn fallible(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Index(..) | ExprKind::RingIndex(..) | ExprKind::PoolAt(..) => true,
            ExprKind::Pool(op, _) => {
                matches!(op, PoolOp::Insert | PoolOp::Free | PoolOp::Owner)
            }
            ExprKind::Unary(UnaryOp::Neg, _) => self.overflows(value.ty),
            ExprKind::Binary(op, left, right) => match op {
                BinaryOp::Add
                | BinaryOp::Sub
                | BinaryOp::Mul
                | BinaryOp::Div
                | BinaryOp::Rem => self.overflows(left.ty) || self.overflows(right.ty),
                BinaryOp::Shl | BinaryOp::Shr => true,
                _ => false,
            },
            ExprKind::Cast(inner) => self.narrows(inner.ty, value.ty),
            _ => false,
        }
    }

    /// Whether arithmetic of a scalar type can fault.
    fn overflows(&self, ty: Ty) -> bool {
        match self.kind(ty) {
            TyKind::Int(_) | TyKind::Duration | TyKind::Instant => true,
            TyKind::Param(at) => {
                matches!(self.bound(*at), GenericKind::Integer | GenericKind::Number)
            }
            _ => false,
        }
    }

    /// Whether a conversion can fault.
    fn narrows(&self, from: Ty, to: Ty) -> bool {
        match (self.kind(from), self.kind(to)) {
            (TyKind::Int(from), TyKind::Int(to)) => {
                let room = if to.signed && !from.signed {
                    to.bits - 1
                } else {
                    to.bits
                };
                (from.signed && !to.signed) || from.bits > room
            }
            (_, TyKind::Float(FloatTy::F32 | FloatTy::F64)) => false,
            _ => true,
        }
    }
}
