//! The syntax tree, in the words of the text. It owns its data, so that an editor may keep
//! it; every node has its span; what could not be read is a `Bad` node under a reported
//! error.

pub mod audit;
pub mod expr;
pub mod flow;
pub mod item;
pub mod session;
pub(crate) mod shift;
pub mod ty;

use std::sync::Arc;

use crate::span::Span;

pub use expr::{Arg, ArgKind, Arm, Expr, ExprKind, Pattern, PatternKind};
pub use flow::{Flow, FlowKind};
pub use item::{File, Item, ItemKind};
pub use ty::{Size, Ty, TyKind};

/// A word with its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// The text.
    pub text: Arc<str>,
    /// The place.
    pub span: Span,
}

/// A dotted path of words: `std.control`, `plant.p.m0`. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    /// Its words.
    pub words: Vec<Name>,
    /// From the first to the last.
    pub span: Span,
}
