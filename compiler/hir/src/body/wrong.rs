//! What stands where something is wrong.

use theus_grammar::Span;

use super::{Expr, ExprKind};
use crate::ty::Ty;

impl Expr {
    /// What is wrong, and reported, in the place of a value of that type.
    pub(crate) const fn error(ty: Ty, span: Span) -> Self {
        Self {
            kind: ExprKind::Error,
            ty,
            span,
        }
    }
}
