//! `Place`: an address with a type, and scalars and aggregates moved between places.

use theus_abi::image::Range;
use theus_abi::shape::Variant;
use theus_abi::{Repr, Shape};
use theus_hir::{FloatTy, Ty, TyKind};
use theus_mir::{UnaryOp, Value};

use crate::frame::FnCx;
use crate::layout::size_of;

/// Aggregates of up to this many scalars are copied scalar by scalar.
const MAX_SCALARS: u64 = 64;
/// So are the zeros of a default, up to this many.
const FEW_SCALARS: u64 = 8;

/// A typed address: `addr + offset`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) addr: Value,
    pub(crate) offset: i32,
    pub(crate) ty: Ty,
    pub(crate) home: Home,
}

/// Whose memory a place is, which says what a write to it must do first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Home {
    /// Of the code at hand alone: frame, scratch, shadows.
    Own,
    /// Of a context: what is written is seen, so floats are canonical.
    Context,
    /// Of a context, undone by the journal: touched before it is written.
    Journal,
    /// A heavy collection: in the journal, but for its payload.
    Heavy,
}

impl Home {
    /// The mark in names of functions whose parameter is no memory of theirs.
    pub(crate) fn name(self) -> Option<String> {
        match self {
            Self::Own => None,
            Self::Context => Some("context".to_owned()),
            Self::Journal => Some("journal".to_owned()),
            Self::Heavy => Some("heavy".to_owned()),
        }
    }
}

impl Place {
    /// Memory of the code at hand.
    pub(crate) const fn own(addr: Value, ty: Ty) -> Self {
        Self {
            addr,
            offset: 0,
            ty,
            home: Home::Own,
        }
    }

    /// Whether what is written there is seen at once.
    pub(crate) fn is_seen(self) -> bool {
        self.home != Home::Own
    }
}

/// A scalar inside an aggregate: offset and representation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaf {
    pub(crate) offset: i32,
    pub(crate) repr: Repr,
}

impl FnCx<'_, '_> {
    /// The scalar at a place.
    pub(crate) fn load(&mut self, place: Place) -> Value {
        let repr = self.cx.repr(place.ty).unwrap_or(Repr::I64);
        self.b.load(repr, place.addr, place.offset)
    }

    /// Writes a scalar.
    pub(crate) fn store(&mut self, place: Place, value: Value) {
        let place = self.touched(place);
        self.b.store(value, place.addr, place.offset);
    }

    /// A place inside a place.
    pub(crate) fn inside(place: Place, offset: u64, ty: Ty) -> Place {
        let by = i32::try_from(offset).unwrap_or(i32::MAX);
        Place {
            addr: place.addr,
            offset: place.offset.saturating_add(by),
            ty,
            ..place
        }
    }

    /// The address of a place as one value.
    pub(crate) fn address(&mut self, place: Place) -> Value {
        if place.offset == 0 {
            return place.addr;
        }
        let by = self.b.iconst(Repr::I64, i64::from(place.offset));
        self.b.element(place.addr, by, 1)
    }

    /// The types of the members of a struct, or of the parts of a tuple.
    pub(crate) fn member_types(&mut self, ty: Ty) -> Vec<Ty> {
        match self.cx.types.kind(ty).clone() {
            TyKind::Struct(id, args) => {
                let members = self.cx.typed.structs[id].members.iter();
                members
                    .map(|member| self.cx.types.subst(member.ty, &args))
                    .collect()
            }
            TyKind::Tuple(parts) => parts,
            _ => Vec::new(),
        }
    }

    /// The type of the n-th member of a struct, or part of a tuple.
    fn member_type(&mut self, ty: Ty, n: u32) -> Option<Ty> {
        match self.cx.types.kind(ty).clone() {
            TyKind::Struct(id, args) => {
                let member = self.cx.typed.structs[id].members.get(n as usize)?;
                Some(self.cx.types.subst(member.ty, &args))
            }
            TyKind::Tuple(parts) => parts.get(n as usize).copied(),
            _ => None,
        }
    }

    /// The n-th member of a struct, or part of a tuple.
    pub(crate) fn member(&mut self, place: Place, n: u32) -> Place {
        let Some(ty) = self.member_type(place.ty, n) else {
            return place;
        };
        let shape = self.cx.shape(place.ty);
        let offset = match &*shape {
            Shape::Struct { members, .. } => members.get(n as usize).map_or(0, |m| m.1),
            _ => 0,
        };
        let home = match place.home {
            Home::Heavy if offset == payload_offset(&shape) => Home::Context,
            Home::Heavy => Home::Journal,
            home @ (Home::Own | Home::Context | Home::Journal) => home,
        };
        Self::inside(Place { home, ..place }, u64::from(offset), ty)
    }

    /// The tag and the value of an optional.
    pub(crate) fn option_parts(&mut self, place: Place) -> (Place, Place) {
        let TyKind::Option(inner) = *self.cx.types.kind(place.ty) else {
            return (place, place);
        };
        let shape = self.cx.shape(inner);
        let payload = Self::inside(place, Shape::payload_offset(&shape), inner);
        (Self::inside(place, 0, Ty::BOOL), payload)
    }

    /// Size of a concrete type in bytes.
    pub(crate) fn size(&mut self, ty: Ty) -> u64 {
        self.cx.shape(ty).size()
    }

    /// Number of elements and their type; `None` if it is no array.
    pub(crate) fn array_parts(&self, ty: Ty) -> Option<(u64, Ty)> {
        match self.cx.types.kind(ty) {
            TyKind::Array(elem, dims) => {
                let dims = dims.iter().map(|dim| size_of(*dim));
                let count = dims.fold(1, u64::saturating_mul);
                Some((count, *elem))
            }
            _ => None,
        }
    }

    /// The type of the rows of an array (its elements, for one dimension), and how many.
    pub(crate) fn row_of(&mut self, ty: Ty) -> Option<(Ty, u64)> {
        let TyKind::Array(elem, dims) = self.cx.types.kind(ty).clone() else {
            return None;
        };
        let (first, rest) = dims.split_first()?;
        let row = match rest {
            [] => elem,
            _ => self.cx.types.intern(TyKind::Array(elem, rest.to_vec())),
        };
        Some((row, size_of(*first)))
    }

    /// Copies a value of that type; `canonical` makes every NaN the canonical one (on the
    /// way to where it can be observed).
    pub(crate) fn copy(&mut self, dst: Place, src: Place, canonical: bool) {
        if matches!(self.cx.types.kind(dst.ty), TyKind::Ring(..)) {
            return self.copy_ring(dst, src);
        }
        let dst = self.touched(dst);
        let shape = self.cx.shape(dst.ty);
        let mut leaves = Vec::new();
        let open = self.cx.types.is_open(dst.ty);
        let few = !open && collect(&shape, 0, &mut leaves, MAX_SCALARS);
        if few {
            // All loads first: the two may be one place.
            let values: Vec<Value> = leaves
                .iter()
                .map(|leaf| self.b.load(leaf.repr, src.addr, src.offset + leaf.offset))
                .collect();
            for (leaf, value) in leaves.iter().zip(values) {
                let value = if canonical {
                    self.canonical(value, leaf.repr)
                } else {
                    value
                };
                self.b.store(value, dst.addr, dst.offset + leaf.offset);
            }
            return;
        }
        let part_by_part = open || (canonical && is_parted(&shape));
        if part_by_part && self.copy_parts(dst, src) {
            return;
        }
        let (to, from) = (self.address(dst), self.address(src));
        self.b
            .copy(to, from, u32::try_from(shape.size()).unwrap_or(u32::MAX));
    }

    /// Copies a large value part by part, NaNs made canonical; `false` if it has no parts.
    fn copy_parts(&mut self, dst: Place, src: Place) -> bool {
        match self.cx.types.kind(dst.ty).clone() {
            TyKind::Array(..) => {
                let Some((count, elem)) = self.array_count(dst.ty) else {
                    return false;
                };
                let size = self.size(elem);
                self.each_at(count, |cx, at| {
                    let from = cx.element_at(src, elem, size, at);
                    let to = cx.element_at(dst, elem, size, at);
                    cx.copy(to, from, true);
                });
            }
            TyKind::Struct(..) | TyKind::Tuple(_) => {
                let members = self.member_types(dst.ty).len();
                for n in 0..u32::try_from(members).unwrap_or(u32::MAX) {
                    let (to, from) = (self.member(dst, n), self.member(src, n));
                    self.copy(to, from, true);
                }
            }
            TyKind::Enum(..) => self.copy_variant(dst, src),
            TyKind::Pool(..) => self.copy_pool(dst, src),
            TyKind::Option(_) => {
                let (to_tag, to) = self.option_parts(dst);
                let (from_tag, from) = self.option_parts(src);
                self.copy(to_tag, from_tag, false);
                self.copy(to, from, true);
            }
            _ => return false,
        }
        true
    }

    /// `value` with any NaN made the canonical one.
    pub(crate) fn canonical(&mut self, value: Value, repr: Repr) -> Value {
        if repr.is_float() {
            self.b.unary(UnaryOp::Fcanon, repr, value)
        } else {
            value
        }
    }

    /// Zero bytes: the zero of every type that has one.
    pub(crate) fn zero(&mut self, place: Place) {
        self.zero_parts(place, MAX_SCALARS);
    }

    /// The same for the default of a field, which never becomes values: one operation is
    /// enough for all but the smallest.
    pub(crate) fn zero_default(&mut self, place: Place) {
        let most = match place.home {
            Home::Own => MAX_SCALARS,
            Home::Context | Home::Journal | Home::Heavy => FEW_SCALARS,
        };
        self.zero_parts(place, most);
    }

    fn zero_parts(&mut self, place: Place, most: u64) {
        let place = self.touched(place);
        let shape = self.cx.shape(place.ty);
        let mut leaves = Vec::new();
        if collect(&shape, 0, &mut leaves, most) {
            for leaf in leaves {
                let zero = self.zero_scalar(leaf.repr);
                self.b.store(zero, place.addr, place.offset + leaf.offset);
            }
        } else {
            let address = self.address(place);
            self.b
                .zero(address, u32::try_from(shape.size()).unwrap_or(u32::MAX));
        }
    }

    /// The zero of a representation.
    pub(crate) fn zero_scalar(&mut self, repr: Repr) -> Value {
        match repr {
            Repr::F64 => self.b.f64(0.0),
            Repr::F32 => self.b.f32(0.0),
            Repr::I8 | Repr::I16 | Repr::I32 | Repr::I64 => self.b.iconst(repr, 0),
        }
    }

    /// Whether a value of that type holds a float somewhere.
    pub(crate) fn has_floats(&mut self, ty: Ty) -> bool {
        holds_float(&self.cx.shape(ty))
    }

    /// Whether a value of that type is copied part by part to where it can be seen.
    pub(crate) fn is_parted(&mut self, ty: Ty) -> bool {
        is_parted(&self.cx.shape(ty))
    }

    /// Stores an immediate range bound of the scalar type.
    pub(crate) fn range_bounds(&mut self, range: Range, ty: Ty) -> (Value, Value) {
        match (range, self.cx.types.kind(ty).clone()) {
            (Range::Float { lo, hi, .. }, TyKind::Float(FloatTy::F32)) => {
                (self.b.f32(narrow(lo)), self.b.f32(narrow(hi)))
            }
            (Range::Float { lo, hi, .. }, _) => (self.b.f64(lo), self.b.f64(hi)),
            (Range::Int { lo, hi }, _) => {
                let repr = self.cx.repr(ty).unwrap_or(Repr::I64);
                (
                    self.b.iconst(repr, low_bits(lo)),
                    self.b.iconst(repr, low_bits(hi)),
                )
            }
        }
    }
}

/// Where the payload of a collection begins: its last member.
pub(crate) fn payload_offset(shape: &Shape) -> u32 {
    match shape {
        Shape::Struct { members, .. } => members.last().map_or(0, |member| member.1),
        _ => 0,
    }
}

/// The nearest `f32`.
#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding to the type is the point"
)]
pub(crate) const fn narrow(value: f64) -> f32 {
    value as f32
}

/// The low 64 bits, which is how every integer constant is written in MIR.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a value of its type fits 64 bits"
)]
pub(crate) const fn low_bits(value: i128) -> i64 {
    value as i64
}

/// Collects the scalars of a shape in order; `false` if there are more than `max`, or if it
/// holds something that is not copied scalar by scalar.
pub(crate) fn collect(shape: &Shape, at: u64, leaves: &mut Vec<Leaf>, max: u64) -> bool {
    let mut leaf = |repr| {
        leaves.push(Leaf {
            offset: i32::try_from(at).unwrap_or(i32::MAX),
            repr,
        });
        u64::try_from(leaves.len()).is_ok_and(|len| len <= max)
    };
    match shape {
        Shape::Bool => leaf(Repr::I8),
        Shape::Int(repr) | Shape::Uint(repr) | Shape::Float(repr) => leaf(*repr),
        Shape::Enum { repr, .. } => leaf(*repr),
        Shape::Duration | Shape::Handle(_) => leaf(Repr::I64),
        Shape::Struct { members, .. } => members.iter().all(|(_, offset, shape)| {
            collect(shape, at + u64::from(*offset), leaves, max)
        }),
        Shape::Array { elem, dims } => {
            let count = dims.iter().copied().fold(1, u64::saturating_mul);
            let size = elem.size();
            count <= max && (0..count).all(|n| collect(elem, at + n * size, leaves, max))
        }
        Shape::Option(inner) => {
            leaf(Repr::I8)
                && collect(inner, at + Shape::payload_offset(inner), leaves, max)
        }
        Shape::Choice { repr, variants, .. } => {
            leaf(*repr) && collect_variants(variants, at, leaves, max)
        }
        Shape::Ring { .. } | Shape::Str { .. } => false,
    }
}

/// Whether a copy of all bytes would show more than the value: a NaN that is not the canonical
/// one, or what happens to lie between members.
fn is_parted(shape: &Shape) -> bool {
    holds_float(shape) || has_gaps(shape)
}

/// Whether there are bytes in a shape that belong to no value.
fn has_gaps(shape: &Shape) -> bool {
    match shape {
        Shape::Struct { members, size, .. } => {
            let used = members.iter().map(|(_, _, member)| member.size());
            used.sum::<u64>() < u64::from(*size)
                || members.iter().any(|(_, _, member)| has_gaps(member))
        }
        Shape::Option(elem) => Shape::payload_offset(elem) > 1 || has_gaps(elem),
        Shape::Array { elem, .. } => has_gaps(elem),
        // Variants are of different sizes.
        Shape::Choice { .. } => true,
        Shape::Bool
        | Shape::Int(_)
        | Shape::Uint(_)
        | Shape::Float(_)
        | Shape::Duration
        | Shape::Handle(_)
        | Shape::Str { .. }
        | Shape::Enum { .. }
        | Shape::Ring { .. } => false,
    }
}

/// The scalars of all variants, where those that share bytes are of one representation.
fn collect_variants(
    variants: &[Variant],
    at: u64,
    leaves: &mut Vec<Leaf>,
    max: u64,
) -> bool {
    let mut found: Vec<Leaf> = Vec::new();
    for (_, offset, shape) in variants.iter().flat_map(|(_, members)| members) {
        if !collect(shape, at + u64::from(*offset), &mut found, max) {
            return false;
        }
    }
    found.sort_by_key(|leaf| (leaf.offset, leaf.repr.size()));
    found.dedup_by_key(|leaf| (leaf.offset, leaf.repr));
    let end = |leaf: &Leaf| leaf.offset + i32::try_from(leaf.repr.size()).unwrap_or(8);
    let apart = found
        .iter()
        .zip(found.iter().skip(1))
        .all(|(leaf, next)| end(leaf) <= next.offset);
    leaves.extend(found);
    apart && u64::try_from(leaves.len()).is_ok_and(|len| len <= max)
}

fn holds_float(shape: &Shape) -> bool {
    match shape {
        Shape::Float(_) => true,
        Shape::Bool
        | Shape::Int(_)
        | Shape::Uint(_)
        | Shape::Duration
        | Shape::Handle(_)
        | Shape::Str { .. }
        | Shape::Enum { .. } => false,
        Shape::Struct { members, .. } => {
            members.iter().any(|(_, _, shape)| holds_float(shape))
        }
        Shape::Choice { variants, .. } => {
            let mut members = variants.iter().flat_map(|(_, members)| members);
            members.any(|(_, _, shape)| holds_float(shape))
        }
        Shape::Array { elem, .. } | Shape::Ring { elem, .. } | Shape::Option(elem) => {
            holds_float(elem)
        }
    }
}
