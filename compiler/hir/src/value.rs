//! Values of constant expressions.

use theus_grammar::Span;

use crate::body::{Expr, ExprKind};
use crate::cx::Cx;
use crate::ids::{EnumId, StructId};
use crate::ty::{GenericArg, Size, Ty, TyKind};

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
    /// A variant with its payload.
    Variant(EnumId, u32, Vec<Self>),
    /// The rows or elements of an array; an empty ring.
    Array(Vec<Self>),
    /// An array whose rows (or elements) are all alike; its type says how many.
    Repeat(Box<Self>),
    /// The parts of a tuple.
    Tuple(Vec<Self>),
    /// The members of a struct.
    Struct(StructId, Vec<Self>),
    /// `none`.
    None,
    /// A value made optional.
    Some(Box<Self>),
    /// A text.
    Str(std::sync::Arc<str>),
}

impl Value {
    /// How many nodes it has, up to a limit.
    pub(crate) fn weight(&self, limit: usize) -> usize {
        match self {
            Self::Array(parts)
            | Self::Tuple(parts)
            | Self::Struct(_, parts)
            | Self::Variant(_, _, parts) => {
                let mut weight = 1;
                for part in parts {
                    if weight > limit {
                        break;
                    }
                    weight += part.weight(limit - weight);
                }
                weight
            }
            Self::Repeat(inner) | Self::Some(inner) => 1 + inner.weight(limit),
            _ => 1,
        }
    }
}

impl Cx<'_> {
    /// The type of the rows of an array type (or its elements, for rank 1).
    pub(crate) fn row(&mut self, ty: Ty) -> Ty {
        match self.kind(ty).clone() {
            TyKind::Array(elem, dims) => match dims.split_first() {
                Some((_, rest)) if !rest.is_empty() => self.array(elem, rest.to_vec()),
                _ => elem,
            },
            TyKind::Ring(elem, _) | TyKind::Slice(elem) => elem,
            _ => self.out.list_parts(ty).map_or(Ty::ERROR, |(elem, _)| elem),
        }
    }

    /// The types of the parts of a tuple type.
    pub(crate) fn parts_of(&self, ty: Ty) -> Vec<Ty> {
        match self.kind(ty) {
            TyKind::Tuple(parts) => parts.clone(),
            _ => Vec::new(),
        }
    }

    /// Whether a type is not known in every part.
    pub(crate) fn has_holes(&self, ty: Ty) -> bool {
        match self.kind(ty) {
            TyKind::Error => true,
            TyKind::Array(elem, dims) => {
                dims.contains(&Size::Error) || self.has_holes(*elem)
            }
            TyKind::Ring(elem, size) | TyKind::Pool(elem, size, _) => {
                *size == Size::Error || self.has_holes(*elem)
            }
            TyKind::Option(inner) | TyKind::Slice(inner) => self.has_holes(*inner),
            TyKind::Str(size) => *size == Size::Error,
            TyKind::Struct(_, args) | TyKind::Enum(_, args) => {
                args.iter().any(|arg| match arg {
                    GenericArg::Ty(ty) => self.has_holes(*ty),
                    GenericArg::Size(size) => *size == Size::Error,
                })
            }
            TyKind::Tuple(parts) => parts.iter().any(|part| self.has_holes(*part)),
            TyKind::Unit
            | TyKind::Bool
            | TyKind::Int(_)
            | TyKind::Float(_)
            | TyKind::Duration
            | TyKind::Instant
            | TyKind::Handle(_)
            | TyKind::Text
            | TyKind::Fn(..)
            | TyKind::Param(_) => false,
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
            Value::Variant(id, at, payload) => {
                let types = self.out.payload_types(ty, *at);
                let payload = payload.iter().zip(types);
                let payload = payload.map(|(value, ty)| self.literal(value, ty, span));
                ExprKind::Variant(*id, *at, payload.collect())
            }
            Value::None => ExprKind::None,
            Value::Str(text) => ExprKind::Str(text.clone()),
            Value::Array(rows) => {
                let row = self.row(ty);
                ExprKind::Array(
                    rows.iter()
                        .map(|value| self.literal(value, row, span))
                        .collect(),
                )
            }
            Value::Repeat(row) => {
                let of = self.row(ty);
                match self.literal(row, of, span) {
                    Expr {
                        kind: ExprKind::Fill(elem),
                        ..
                    } => ExprKind::Fill(elem),
                    row => ExprKind::Fill(Box::new(row)),
                }
            }
            Value::Tuple(parts) => {
                let types = self.parts_of(ty);
                let parts = parts.iter().zip(types);
                ExprKind::Tuple(
                    parts
                        .map(|(value, ty)| self.literal(value, ty, span))
                        .collect(),
                )
            }
            Value::Struct(id, members) => {
                let types = self.out.member_types(ty);
                let members = members.iter().zip(types);
                ExprKind::Struct(
                    *id,
                    members
                        .map(|(value, ty)| self.literal(value, ty, span))
                        .collect(),
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
