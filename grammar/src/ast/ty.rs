//! Types and sizes as written.

use std::sync::Arc;

use super::expr::Expr;
use super::{Name, Path};
use crate::span::Span;

/// A type.
#[derive(Clone, Debug)]
pub struct Ty {
    /// What it is.
    pub kind: TyKind,
    /// Where.
    pub span: Span,
}

/// The kinds of types.
#[derive(Clone, Debug)]
pub enum TyKind {
    /// `f64`, `Params`, `pendulum.Params`, `T`; with arguments: `ring<f64, N>`.
    Named(Path, Vec<TyArg>),
    /// `[f64; 3, 3]`; without sizes `[f64]`: a slice.
    Array(Box<Ty>, Vec<Size>),
    /// `(A, B)`.
    Tuple(Vec<Ty>),
    /// `T?`.
    Option(Box<Ty>),
    /// `fn(f64) -> f64`, for parameters of functions.
    Fn(Vec<Ty>, Box<Ty>),
    /// Unreadable or not built; reported.
    Bad,
}

/// An argument of a type: resolution tells whether a lone name is a type or a size.
#[derive(Clone, Debug)]
pub enum TyArg {
    /// Certainly a type.
    Ty(Ty),
    /// Certainly a size.
    Size(Size),
    /// A lone path: a type or a size.
    Path(Path),
    /// `by at desc, id full oldest ttl 5min`, after the others.
    Rules(Box<Rules>),
}

/// What a collection is told after its `>`.
#[derive(Clone, Debug)]
pub struct Rules {
    /// `by at desc, id`.
    pub by: Vec<OrderKey>,
    /// `full oldest`.
    pub full: Option<Full>,
    /// The time after `ttl`.
    pub ttl: Option<Size>,
    /// All of it.
    pub span: Span,
}

/// What happens where no further value fits.
#[derive(Clone, Debug)]
pub struct Full {
    /// `fault`, `oldest`, `touched`, `least`.
    pub word: Name,
    /// The closure after `least`.
    pub score: Option<Arc<Expr>>,
    /// All of it.
    pub span: Span,
}

/// A key of an order.
#[derive(Clone, Debug)]
pub struct OrderKey {
    /// The member, or the member of a member.
    pub path: Path,
    /// `desc`: the greatest first.
    pub descending: bool,
}

/// A size: an integer expression of literals, constants and size parameters with
/// `+ - * /` and parentheses.
#[derive(Clone, Debug)]
pub struct Size {
    /// The expression (`Int`, `Name`, `Member`, `Binary`, `Paren` only).
    pub expr: Expr,
}

/// `lo..=hi` or `lo..hi` after `in`.
#[derive(Clone, Debug)]
pub struct Range {
    /// The bound below.
    pub lo: Expr,
    /// The bound above.
    pub hi: Expr,
    /// `..=`.
    pub inclusive: bool,
    /// Both bounds.
    pub span: Span,
}
