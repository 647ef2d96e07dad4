//! The scalar at the bottom of a type.

use theus_hir::{Ty, TyKind, Typed};

/// The type of the elements of an array (of arrays …), of what an option holds, or itself.
pub(crate) fn of(typed: &Typed, ty: Ty) -> Ty {
    let mut at = ty;
    // Types are finite; an element type is interned before its array.
    while let TyKind::Array(inner, _) | TyKind::Option(inner) = typed.types.kind(at) {
        at = *inner;
    }
    at
}
