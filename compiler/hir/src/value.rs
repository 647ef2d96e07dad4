//! Values of constant expressions.

use theus_grammar::Span;

use crate::body::{Expr, ExprKind};
use crate::cx::Cx;
use crate::ids::{EnumId, StructId};
use crate::ty::{Size, Ty, TyKind};

/// The value of a constant expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// An integer.
    Int(i128),
    /// A float, already rounded for `f32`.
    Float(f64),
    /// A bool.
    Bool(bool),
    /// A duration in ns.
    Duration(i64),
    /// A variant.
    Variant(EnumId, u32),
    /// The rows or elements of an array; an empty ring.
    Array(Vec<Self>),
    /// An array of equal elements, which are no arrays themselves.
    Fill(Box<Self>),
    /// The members of a struct.
    Struct(StructId, Vec<Self>),
    /// `none`.
    None,
    /// A value made optional.
    Some(Box<Self>),
}

impl Cx<'_> {
    /// The type of the rows of an array type (or its elements, for rank 1).
    pub(crate) fn row(&mut self, ty: Ty) -> Ty {
        match self.kind(ty).clone() {
            TyKind::Array(elem, dims) => match dims.split_first() {
                Some((_, rest)) if !rest.is_empty() => self.array(elem, rest.to_vec()),
                _ => elem,
            },
            TyKind::Ring(elem, _) => elem,
            _ => Ty::ERROR,
        }
    }

    /// The elements of an array type, under all its dimensions.
    pub(crate) fn scalar_of(&self, ty: Ty) -> Ty {
        match self.kind(ty) {
            TyKind::Array(elem, _) => *elem,
            _ => ty,
        }
    }

    /// The expression of a value.
    pub(crate) fn literal(&mut self, value: &Value, ty: Ty, span: Span) -> Expr {
        let kind = match value {
            Value::Int(value) => ExprKind::Int(*value),
            Value::Float(value) => ExprKind::Float(*value),
            Value::Bool(value) => ExprKind::Bool(*value),
            Value::Duration(value) => ExprKind::Duration(*value),
            Value::Variant(id, at) => ExprKind::Variant(*id, *at),
            Value::None => ExprKind::None,
            Value::Array(rows) => {
                let row = self.row(ty);
                ExprKind::Array(rows.iter().map(|value| self.literal(value, row, span)).collect())
            }
            Value::Fill(elem) => {
                let of = self.scalar_of(ty);
                ExprKind::Fill(Box::new(self.literal(elem, of, span)))
            }
            Value::Struct(id, members) => {
                let types: Vec<Ty> =
                    self.out.structs[*id].members.iter().map(|member| member.ty).collect();
                let members = members.iter().zip(types);
                ExprKind::Struct(
                    *id,
                    members.map(|(value, ty)| self.literal(value, ty, span)).collect(),
                )
            }
            Value::Some(inner) => {
                let of = match self.kind(ty) {
                    TyKind::Option(of) => *of,
                    _ => Ty::ERROR,
                };
                ExprKind::Some(Box::new(self.literal(inner, of, span)))
            }
        };
        Expr { kind, ty, span }
    }
}

/// How many elements dimensions have, if known.
pub(crate) fn count(dims: &[Size]) -> Option<u64> {
    dims.iter().try_fold(1_u64, |count, dim| match dim {
        Size::Const(size) => count.checked_mul(*size),
        Size::Param(_) | Size::Error => None,
    })
}
