//! Zeros: what a type holds where nothing else is said.

use theus_grammar::Span;

use crate::body::{Expr, ExprKind};
use crate::cx::Cx;
use crate::ids::StructId;
use crate::ty::{GenericArg, Ty, TyKind};

impl Cx<'_> {
    /// The default of a type: zero, and for structs the defaults of their members. `None` for
    /// types of generic parameters, which have one only when they are known.
    pub(crate) fn default_of(&mut self, ty: Ty, span: Span) -> Option<Expr> {
        let kind = match self.kind(ty).clone() {
            TyKind::Error => ExprKind::Error,
            TyKind::Unit | TyKind::Fn(..) | TyKind::Param(_) | TyKind::Pool(..) => {
                return None;
            }
            TyKind::Handle(_) => return None,
            TyKind::Bool => ExprKind::Bool(false),
            TyKind::Int(_) => ExprKind::Int(0),
            TyKind::Float(_) => ExprKind::Float(0.0),
            TyKind::Duration | TyKind::Instant => ExprKind::Duration(0),
            TyKind::Struct(id, _) if self.out.structs[id].collection.is_some() => {
                ExprKind::Array(Vec::new())
            }
            TyKind::Struct(id, args) => {
                ExprKind::Struct(id, self.member_defaults(id, &args, span)?)
            }
            TyKind::Enum(id, _) => {
                let payload = self.out.payload_types(ty, 0).into_iter();
                let payload = payload.map(|ty| self.default_of(ty, span));
                ExprKind::Variant(id, 0, payload.collect::<Option<_>>()?)
            }
            TyKind::Tuple(parts) => {
                let parts = parts.into_iter().map(|part| self.default_of(part, span));
                ExprKind::Tuple(parts.collect::<Option<_>>()?)
            }
            TyKind::Array(elem, _) => {
                ExprKind::Fill(Box::new(self.default_of(elem, span)?))
            }
            TyKind::Ring(..) => ExprKind::Array(Vec::new()),
            TyKind::Option(_) => ExprKind::None,
            TyKind::Str(_) | TyKind::Text => ExprKind::Str("".into()),
            TyKind::Slice(_) => return None,
        };
        Some(Expr { kind, ty, span })
    }

    /// The defaults of all members of a struct.
    pub(crate) fn member_defaults(
        &mut self,
        id: StructId,
        args: &[GenericArg],
        span: Span,
    ) -> Option<Vec<Expr>> {
        (0..self.out.structs[id].members.len())
            .map(|at| self.member_default(id, at, args, span))
            .collect()
    }

    /// The default of a member of a struct.
    pub(crate) fn member_default(
        &mut self,
        id: StructId,
        at: usize,
        args: &[GenericArg],
        span: Span,
    ) -> Option<Expr> {
        let member = self.out.structs[id].members.get(at)?;
        match &member.default {
            Some(default) => {
                let default = default.clone();
                let default = crate::instance::expr(&mut self.out.types, &default, args);
                Some(Expr { span, ..default })
            }
            None => {
                let ty = self.out.types.subst(member.ty, args);
                self.default_of(ty, span)
            }
        }
    }
}
