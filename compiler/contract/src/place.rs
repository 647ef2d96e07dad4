//! `Place`: what a path names, and the one definition of when two places meet.

use theus_grammar::Span;
use theus_hir::{Expr, ExprKind, FieldId, LocalId, Typed};

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Root {
    /// A field of a context.
    Field(FieldId),
    /// A local of the body: of interest where it is an `inout` parameter.
    Local(LocalId),
}

/// A field or local, or a member of it. Elements of arrays and slots of rings are never told
/// apart, so a place ends before the first index. Contexts are told apart: the first member
/// of a field of several contexts is the constant index of one of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Where it begins.
    pub root: Root,
    /// Members of structs, from the outside in.
    pub members: Vec<u32>,
}

impl Place {
    /// A whole field.
    pub const fn field(field: FieldId) -> Self {
        Self {
            root: Root::Field(field),
            members: Vec::new(),
        }
    }

    /// Whether all of `other` is a part of this place.
    pub fn covers(&self, other: &Self) -> bool {
        self.root == other.root && other.members.starts_with(&self.members)
    }

    /// Whether the two have a part in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.covers(other) || other.covers(self)
    }

    /// The field it is in, if it is in one.
    pub const fn in_field(&self) -> Option<FieldId> {
        match self.root {
            Root::Field(field) => Some(field),
            Root::Local(_) => None,
        }
    }
}

/// An expression that is a path: its place, and what is evaluated to find it.
#[derive(Clone, Debug)]
pub(crate) struct Path<'a> {
    /// The place it names.
    pub(crate) place: Place,
    /// The text of the path up to the first index.
    pub(crate) span: Span,
    /// Whether it is of the element that an `each` process is at.
    pub(crate) element: bool,
    /// The indices, in no special order.
    pub(crate) indices: Vec<&'a Expr>,
    /// Whether it names all of `place`, not an element in it.
    whole: bool,
}

impl Path<'_> {
    /// The part of this path that `members` name: below an index nothing is told apart.
    pub(crate) fn part(&self, members: &[u32]) -> Place {
        let mut place = self.place.clone();
        if self.whole {
            place.members.extend_from_slice(members);
        }
        place
    }
}

/// The path that the expression is, if it is one.
pub(crate) fn path_of<'a>(typed: &Typed, expr: &'a Expr) -> Option<Path<'a>> {
    let (mut at, mut span) = (expr, expr.span);
    let (mut members, mut indices) = (Vec::new(), Vec::new());
    let mut element = false;
    let mut whole = true;
    let root = loop {
        match &at.kind {
            ExprKind::Field(field) | ExprKind::Prev(field) => break Root::Field(*field),
            ExprKind::Local(local) => break Root::Local(*local),
            ExprKind::Member(base, member) => {
                members.push(*member);
                at = base;
            }
            ExprKind::Index(base, some) => {
                indices.extend(some);
                let one = one_of_several(typed, base, some);
                if one.is_none() || some.len() > 1 {
                    members.clear();
                    (whole, span) = (false, base.span);
                }
                members.extend(one);
                at = base;
            }
            ExprKind::Elem(base) => {
                (element, whole) = (true, false);
                members.clear();
                (at, span) = (base, base.span);
            }
            // What belongs to the element at hand is of it; else the owner is looked up.
            ExprKind::Owned(base, field) => {
                if is_of_element(base) {
                    element = true;
                } else {
                    indices.push(&**base);
                }
                members.clear();
                whole = false;
                break Root::Field(*field);
            }
            ExprKind::RingIndex(base, index) | ExprKind::PoolAt(base, index) => {
                indices.push(index);
                members.clear();
                whole = false;
                (at, span) = (base, base.span);
            }
            _ => return None,
        }
    };
    members.reverse();
    Some(Path {
        place: Place { root, members },
        span,
        indices,
        element,
        whole,
    })
}

/// Whether it is the element that an `each` process is at, or belongs to it.
pub(crate) fn is_of_element(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Elem(_) => true,
        ExprKind::PoolAt(base, _) | ExprKind::Owned(base, _) => is_of_element(base),
        _ => false,
    }
}

/// Which one of several contexts the first index names, if it is constant.
fn one_of_several(typed: &Typed, base: &Expr, indices: &[Expr]) -> Option<u32> {
    let ExprKind::Field(field) = base.kind else {
        return None;
    };
    typed.several(field)?;
    constant(typed, indices.first()?)
}

fn constant(typed: &Typed, index: &Expr) -> Option<u32> {
    match &index.kind {
        ExprKind::Int(at) => u32::try_from(*at).ok(),
        ExprKind::Variant(_, at, _) => Some(*at),
        ExprKind::Const(id) => constant(typed, &typed.consts[*id].value),
        _ => None,
    }
}
