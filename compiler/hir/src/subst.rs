//! What stands for what: a checked body or expression made one of other fields and values.
//! So a context type, or a process with parameters, is checked once and used often.

use indexmap::IndexMap;

use crate::body::{Block, Expr, ExprKind};
use crate::change::{change_block, change_expr};
use crate::ids::{FieldId, LocalId, WindowId};
use crate::ty::Ty;

/// A field that stands for the field of a type.
#[derive(Clone, Debug)]
pub(crate) struct Stand {
    /// The field.
    pub(crate) field: FieldId,
    /// Its type.
    pub(crate) ty: Ty,
    /// Of the field of several contexts: which one.
    pub(crate) at: Option<Expr>,
    /// Whether what stands there is an array, whose elements are elements of the field.
    pub(crate) rows: bool,
}

/// What stands for what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subst {
    /// For fields of a context type or of a parameter.
    pub(crate) fields: IndexMap<FieldId, Stand>,
    /// For windows over fields of a parameter.
    pub(crate) windows: IndexMap<WindowId, WindowId>,
    /// For parameters that are values: constants and globals.
    pub(crate) locals: IndexMap<LocalId, Expr>,
}

impl Subst {
    /// The expression with everything replaced.
    pub(crate) fn expr(&self, expr: &Expr) -> Expr {
        let mut made = expr.clone();
        change_expr(&mut made, &mut |expr| self.one(expr));
        made
    }

    /// The block with everything replaced.
    pub(crate) fn block(&self, block: &Block) -> Block {
        let mut made = block.clone();
        change_block(&mut made, &mut |expr| self.one(expr));
        made
    }

    /// What stands for a field: itself, if nothing does.
    pub(crate) fn stands(&self, field: FieldId) -> FieldId {
        self.fields.get(&field).map_or(field, |stand| stand.field)
    }

    /// One expression, whose parts are done.
    fn one(&self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::Field(id) | ExprKind::Prev(id) => {
                let Some(stand) = self.fields.get(id) else {
                    return;
                };
                let whole = match expr.kind {
                    ExprKind::Prev(_) => ExprKind::Prev(stand.field),
                    _ => ExprKind::Field(stand.field),
                };
                expr.kind = match &stand.at {
                    None => whole,
                    Some(at) => {
                        let (ty, span) = (stand.ty, expr.span);
                        let whole = Expr {
                            kind: whole,
                            ty,
                            span,
                        };
                        ExprKind::Index(
                            Box::new(whole),
                            vec![Expr { span, ..at.clone() }],
                        )
                    }
                };
            }
            ExprKind::Window(id) => *id = self.windows.get(id).copied().unwrap_or(*id),
            ExprKind::Local(id) => {
                if let Some(value) = self.locals.get(id) {
                    let span = expr.span;
                    *expr = Expr {
                        span,
                        ..value.clone()
                    };
                }
            }
            // An element of an array in one of several contexts has all indices in one list.
            ExprKind::Index(base, indices) => {
                let ExprKind::Index(inner, first) = &mut base.kind else {
                    return;
                };
                let (ExprKind::Field(whole) | ExprKind::Prev(whole)) = inner.kind else {
                    return;
                };
                let mut stands = self.fields.values();
                let rows = stands.any(|stand| stand.field == whole && stand.rows);
                if !rows || first.len() > 1 {
                    return;
                }
                first.append(indices);
                let (inner, first) = (inner.clone(), std::mem::take(first));
                expr.kind = ExprKind::Index(inner, first);
            }
            _ => {}
        }
    }
}
