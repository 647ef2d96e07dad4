//! Which operator takes which types, and what it yields.

use theus_grammar::ast::expr::{BinaryOp, UnaryOp};

use super::Checker;
use super::mismatch::size_fits;
use crate::item::GenericKind;
use crate::ty::{Size, Ty, TyKind};

/// What a type can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Arithmetic, comparison and bits.
    Integer,
    /// Arithmetic and comparison.
    Float,
    /// Arithmetic and comparison, integer or not.
    Number,
    /// Comparison.
    Ordered,
    /// A time.
    Duration,
    /// A point in time.
    Instant,
    /// True or false.
    Bool,
    /// Of numbers.
    Array,
    /// Equality, order and `+`.
    Text,
    /// Equality only.
    Plain,
    /// Nothing.
    Opaque,
}

impl Class {
    /// Whether `+ - * /` take it.
    pub(crate) const fn arithmetic(self) -> bool {
        matches!(self, Self::Integer | Self::Float | Self::Number)
    }

    /// Whether `<` and its kin take it; texts have an order of their own.
    pub(crate) const fn ordered(self) -> bool {
        self.arithmetic()
            || matches!(self, Self::Duration | Self::Instant | Self::Ordered)
    }
}

impl Checker<'_, '_> {
    /// What a type can do.
    pub(crate) fn class(&self, ty: Ty) -> Class {
        match self.kind(ty) {
            TyKind::Int(_) => Class::Integer,
            TyKind::Float(_) => Class::Float,
            TyKind::Duration => Class::Duration,
            TyKind::Instant => Class::Instant,
            TyKind::Bool => Class::Bool,
            TyKind::Str(_) | TyKind::Text => Class::Text,
            TyKind::Array(elem, _) if self.class(*elem).arithmetic() => Class::Array,
            TyKind::Array(elem, _) | TyKind::Option(elem) => {
                if self.equatable(*elem) {
                    Class::Plain
                } else {
                    Class::Opaque
                }
            }
            TyKind::Tuple(parts) => {
                if parts.iter().all(|part| self.equatable(*part)) {
                    Class::Plain
                } else {
                    Class::Opaque
                }
            }
            TyKind::Struct(..) if self.cx.out.is_opaque(ty) => Class::Opaque,
            TyKind::Struct(..) if self.cx.out.holds_ring(ty) => Class::Opaque,
            TyKind::Struct(..) | TyKind::Enum(..) | TyKind::Handle(_) => Class::Plain,
            TyKind::Param(at) => match self.bound(*at) {
                GenericKind::Integer => Class::Integer,
                GenericKind::Float => Class::Float,
                GenericKind::Number => Class::Number,
                GenericKind::Ordered => Class::Ordered,
                GenericKind::Key => Class::Plain,
                GenericKind::Any | GenericKind::Size => Class::Opaque,
            },
            TyKind::Error
            | TyKind::Unit
            | TyKind::Ring(..)
            | TyKind::Pool(..)
            | TyKind::Slice(_)
            | TyKind::Fn(..) => Class::Opaque,
        }
    }

    fn equatable(&self, ty: Ty) -> bool {
        self.class(ty) != Class::Opaque
    }

    /// Whether a prefix operator takes a type.
    pub(crate) fn takes_unary(&self, op: UnaryOp, ty: Ty) -> bool {
        match op {
            UnaryOp::Not => ty == Ty::BOOL,
            UnaryOp::BitNot => self.class(ty) == Class::Integer,
            UnaryOp::Neg => match self.kind(self.cx.scalar_of(ty)) {
                TyKind::Int(int) => int.signed,
                TyKind::Duration => self.cx.scalar_of(ty) == ty,
                _ => self.class(self.cx.scalar_of(ty)).arithmetic(),
            },
        }
    }

    /// The type of `left op right`; `None` if the operator does not take them.
    pub(crate) fn result(&mut self, op: BinaryOp, left: Ty, right: Ty) -> Option<Ty> {
        let same = self.cx.fits(left, right);
        let (a, b) = (self.class(left), self.class(right));
        match op {
            BinaryOp::And | BinaryOp::Or | BinaryOp::Implies => {
                (a == Class::Bool && b == Class::Bool).then_some(Ty::BOOL)
            }
            BinaryOp::Eq | BinaryOp::Ne => {
                (same && a != Class::Opaque).then_some(Ty::BOOL)
            }
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
                (same && a.ordered()).then_some(Ty::BOOL)
            }
            BinaryOp::Shl | BinaryOp::Shr => {
                (a == Class::Integer && b == Class::Integer).then_some(left)
            }
            BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor | BinaryOp::Rem => {
                (same && a == Class::Integer).then_some(left)
            }
            BinaryOp::Add | BinaryOp::Sub => match (a, b) {
                (Class::Instant, Class::Duration) => Some(left),
                (Class::Duration, Class::Instant) => {
                    (op == BinaryOp::Add).then_some(right)
                }
                (Class::Instant, Class::Instant) => {
                    (op == BinaryOp::Sub).then_some(Ty::DURATION)
                }
                _ => {
                    let takes =
                        a.arithmetic() || matches!(a, Class::Duration | Class::Array);
                    (same && takes).then_some(left)
                }
            },
            BinaryOp::Mul => self.product(left, right, same),
            BinaryOp::Div => self.quotient(left, right, same),
            BinaryOp::MatMul => self.matrix(left, right),
        }
    }

    fn product(&self, left: Ty, right: Ty, same: bool) -> Option<Ty> {
        match (self.class(left), self.class(right)) {
            (Class::Duration, Class::Integer) => Some(left),
            (Class::Integer, Class::Duration) => Some(right),
            (Class::Array, Class::Array) => same.then_some(left),
            (Class::Array, b) if b.arithmetic() => self.scaled(left, right),
            (a, Class::Array) if a.arithmetic() => self.scaled(right, left),
            (a, _) => (same && a.arithmetic()).then_some(left),
        }
    }

    fn quotient(&self, left: Ty, right: Ty, same: bool) -> Option<Ty> {
        match (self.class(left), self.class(right)) {
            (Class::Duration, Class::Integer) => Some(left),
            (Class::Duration, Class::Duration) => Some(Ty::I64),
            (Class::Array, Class::Array) => same.then_some(left),
            (Class::Array, b) if b.arithmetic() => self.scaled(left, right),
            (a, _) => (same && a.arithmetic()).then_some(left),
        }
    }

    fn scaled(&self, array: Ty, number: Ty) -> Option<Ty> {
        self.cx
            .fits(self.cx.scalar_of(array), number)
            .then_some(array)
    }

    /// `@`: matrix with matrix, matrix with vector, vector with matrix, dot product.
    fn matrix(&mut self, left: Ty, right: Ty) -> Option<Ty> {
        let (TyKind::Array(elem, x), TyKind::Array(other, y)) =
            (self.kind(left), self.kind(right))
        else {
            return None;
        };
        if !self.cx.fits(*elem, *other) || !self.class(*elem).arithmetic() {
            return None;
        }
        let (elem, dims) = (*elem, inner(x, y)?);
        Some(if dims.is_empty() {
            elem
        } else {
            self.cx.array(elem, dims)
        })
    }
}

/// The dimensions of a matrix product; `None` if the operands do not fit.
pub(crate) fn inner(left: &[Size], right: &[Size]) -> Option<Vec<Size>> {
    let (rows, shared, other, columns) = match (left, right) {
        ([n, k], [l, m]) => (Some(*n), *k, *l, Some(*m)),
        ([n, k], [l]) => (Some(*n), *k, *l, None),
        ([k], [l, m]) => (None, *k, *l, Some(*m)),
        ([k], [l]) => (None, *k, *l, None),
        _ => return None,
    };
    size_fits(shared, other).then(|| rows.into_iter().chain(columns).collect())
}
