//! Generic parameters of structs replaced: in the types of members and in their defaults.

use indexmap::IndexSet;
use theus_abi::image::Zone;
use theus_grammar::Span;
use theus_grammar::ast::expr::BinaryOp;

use crate::body::{Expr, ExprKind};
use crate::formula::{Factor, Formula};
use crate::ids::{FieldId, StructId};
use crate::item::{Collection, Member};
use crate::ty::{GenericArg, Rules, Size, Ty, TyKind, Types};
use crate::typed::Typed;

/// The elements and the capacity of a list type.
pub fn list_parts(typed: &Typed, types: &Types, ty: Ty) -> Option<(Ty, Size)> {
    let TyKind::Struct(id, args) = types.kind(ty) else {
        return None;
    };
    match (typed.structs[*id].collection, args.as_slice()) {
        (Some(Collection::List), [GenericArg::Ty(elem), GenericArg::Size(size), _]) => {
            Some((*elem, *size))
        }
        _ => None,
    }
}

/// The keys and the values of a map type.
pub fn map_parts(typed: &Typed, types: &Types, ty: Ty) -> Option<(Ty, Ty)> {
    let TyKind::Struct(id, args) = types.kind(ty) else {
        return None;
    };
    match (typed.structs[*id].collection, args.as_slice()) {
        (Some(Collection::Map), [GenericArg::Ty(key), GenericArg::Ty(value), ..]) => {
            Some((*key, *value))
        }
        _ => None,
    }
}

/// What a collection is told; of another type nothing.
pub fn rules_of<'t>(typed: &Typed, types: &'t Types, ty: Ty) -> Option<&'t Rules> {
    let TyKind::Struct(id, args) = types.kind(ty) else {
        return None;
    };
    match (typed.structs[*id].collection, args.last()) {
        (Some(_), Some(GenericArg::Size(by))) => types.rules(*by),
        _ => None,
    }
}

/// Whether a type is a collection that is written `[]` where it is empty, and no other way.
pub fn is_opaque(typed: &Typed, types: &Types, ty: Ty) -> bool {
    matches!(types.kind(ty), TyKind::Struct(id, _) if matches!(
        typed.structs[*id].collection,
        Some(Collection::Map | Collection::Queue)
    ))
}

/// The place of the member of maps that holds the values.
pub const MAP_VALUES: u32 = 10;

impl Typed {
    /// Whether a type is a collection of the library.
    pub fn is_collection(&self, ty: Ty) -> bool {
        self.collection(ty).is_some()
    }

    /// How long a value of a collection stays, in ns.
    pub fn ttl_of(&self, ty: Ty) -> Option<i64> {
        match self.types.kind(ty) {
            TyKind::Pool(_, _, rules) => rules.ttl,
            _ => self.rules_of(ty)?.ttl,
        }
    }

    /// Which collection of the library a type is.
    pub fn collection(&self, ty: Ty) -> Option<Collection> {
        match self.types.kind(ty) {
            TyKind::Struct(id, _) => self.structs[*id].collection,
            _ => None,
        }
    }

    /// Whether a field is heavy with memory of its own, as no collection and no pool is.
    pub fn is_buffer(&self, field: FieldId) -> bool {
        let field = &self.fields[field];
        let pool = matches!(self.types.kind(field.ty), TyKind::Pool(..));
        field.zone == Zone::Heavy && !pool && !self.is_collection(field.ty)
    }

    /// Whether a type is a collection that is written `[]` where it is empty, and no other way.
    pub fn is_opaque(&self, ty: Ty) -> bool {
        is_opaque(self, &self.types, ty)
    }

    /// Whether there is a ring in values of a type, as a member or an element.
    pub fn holds_ring(&self, ty: Ty) -> bool {
        self.holds_ring_but(ty, &mut IndexSet::new())
    }

    /// The same; structs that were seen hold none, also where they contain themselves.
    fn holds_ring_but(&self, ty: Ty, seen: &mut IndexSet<StructId>) -> bool {
        match self.types.kind(ty) {
            TyKind::Ring(..) => true,
            TyKind::Array(elem, _) | TyKind::Option(elem) => {
                self.holds_ring_but(*elem, seen)
            }
            TyKind::Tuple(parts) => {
                parts.iter().any(|part| self.holds_ring_but(*part, seen))
            }
            TyKind::Struct(id, args) => {
                let members: &[Member] = match seen.insert(*id) {
                    true => &self.structs[*id].members,
                    false => &[],
                };
                members
                    .iter()
                    .any(|member| self.holds_ring_but(member.ty, seen))
                    || args.iter().any(|arg| match arg {
                        GenericArg::Ty(ty) => self.holds_ring_but(*ty, seen),
                        GenericArg::Size(_) => false,
                    })
            }
            _ => false,
        }
    }

    /// What a collection is told; of another type nothing.
    pub fn rules_of(&self, ty: Ty) -> Option<&Rules> {
        rules_of(self, &self.types, ty)
    }

    /// The keys and the values of a map type.
    pub fn map_parts(&self, ty: Ty) -> Option<(Ty, Ty)> {
        map_parts(self, &self.types, ty)
    }

    /// The elements and the capacity of a list type.
    pub fn list_parts(&self, ty: Ty) -> Option<(Ty, Size)> {
        list_parts(self, &self.types, ty)
    }

    /// The types of the payload of a variant of an enum type.
    pub fn payload_types(&mut self, ty: Ty, at: u32) -> Vec<Ty> {
        let TyKind::Enum(id, args) = self.types.kind(ty).clone() else {
            return Vec::new();
        };
        let variant = self.enums[id].variants.get(at as usize);
        let members = variant.map_or(&[][..], |variant| &variant.payload).iter();
        members
            .map(|member| self.types.subst(member.ty, &args))
            .collect()
    }

    /// The types of the payloads of all variants of an enum type.
    pub fn all_payload_types(&mut self, ty: Ty) -> Vec<Ty> {
        let count = match self.types.kind(ty) {
            TyKind::Enum(id, _) => self.enums[*id].variants.len(),
            _ => 0,
        };
        let all = 0..u32::try_from(count).unwrap_or(u32::MAX);
        all.flat_map(|at| self.payload_types(ty, at)).collect()
    }

    /// The types of the members of a struct type.
    pub fn member_types(&mut self, ty: Ty) -> Vec<Ty> {
        let TyKind::Struct(id, args) = self.types.kind(ty).clone() else {
            return Vec::new();
        };
        let members = self.structs[id].members.iter();
        members
            .map(|member| self.types.subst(member.ty, &args))
            .collect()
    }

    /// The type of the n-th member of a struct type.
    pub fn member_ty(&mut self, ty: Ty, at: u32) -> Ty {
        let TyKind::Struct(id, args) = self.types.kind(ty).clone() else {
            return Ty::ERROR;
        };
        match self.structs[id].members.get(at as usize) {
            Some(member) => self.types.subst(member.ty, &args),
            None => Ty::ERROR,
        }
    }
}

/// A computed size as a value.
fn sum(of: &Formula, span: Span) -> ExprKind {
    let whole = |kind: ExprKind| {
        let ty = Ty::I64;
        Box::new(Expr { kind, ty, span })
    };
    let factor = |factor: &Factor| match factor {
        Factor::Param(at) => ExprKind::SizeParam(*at),
        Factor::Global(id) => {
            let read = whole(ExprKind::Field(*id));
            ExprKind::Cast(read)
        }
        Factor::Quotient(inner, by) => {
            let (inner, by) = (whole(sum(inner, span)), whole(ExprKind::Int(*by)));
            ExprKind::Binary(BinaryOp::Div, inner, by)
        }
    };
    let both = |op, a, b| ExprKind::Binary(op, whole(a), whole(b));
    let parts = of.parts().map(|(factors, times)| {
        let factors = factors.iter().map(factor);
        factors.fold(ExprKind::Int(times), |a, b| both(BinaryOp::Mul, a, b))
    });
    parts.fold(ExprKind::Int(0), |a, b| both(BinaryOp::Add, a, b))
}

/// Whether a default can be repeated for other generic arguments: `expr` reaches all of it.
pub(crate) fn repeatable(default: &Expr) -> bool {
    match &default.kind {
        ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Bool(_)
        | ExprKind::Duration(_)
        | ExprKind::Variant(..)
        | ExprKind::SizeParam(_)
        | ExprKind::None
        | ExprKind::Const(_)
        | ExprKind::Error => true,
        ExprKind::Some(one)
        | ExprKind::Fill(one)
        | ExprKind::Unary(_, one)
        | ExprKind::Cast(one) => repeatable(one),
        ExprKind::Binary(_, a, b) => repeatable(a) && repeatable(b),
        ExprKind::Array(some) | ExprKind::Tuple(some) | ExprKind::Struct(_, some) => {
            some.iter().all(repeatable)
        }
        _ => false,
    }
}

/// A default with generic parameters replaced.
pub(crate) fn expr(types: &mut Types, of: &Expr, args: &[GenericArg]) -> Expr {
    if args.is_empty() {
        return of.clone();
    }
    let mut one = |inner: &Expr| Box::new(expr(types, inner, args));
    let kind = match &of.kind {
        ExprKind::Some(inner) => ExprKind::Some(one(inner)),
        ExprKind::Fill(inner) => ExprKind::Fill(one(inner)),
        ExprKind::Unary(op, inner) => ExprKind::Unary(*op, one(inner)),
        ExprKind::Cast(inner) => ExprKind::Cast(one(inner)),
        ExprKind::Binary(op, a, b) => ExprKind::Binary(*op, one(a), one(b)),
        ExprKind::Array(some) => {
            ExprKind::Array(some.iter().map(|value| *one(value)).collect())
        }
        ExprKind::Tuple(some) => {
            ExprKind::Tuple(some.iter().map(|value| *one(value)).collect())
        }
        ExprKind::Struct(id, some) => {
            ExprKind::Struct(*id, some.iter().map(|value| *one(value)).collect())
        }
        ExprKind::SizeParam(at) => match types.subst_size(Size::Param(*at), args) {
            Size::Const(size) => ExprKind::Int(i128::from(size)),
            Size::Param(at) => ExprKind::SizeParam(at),
            computed @ Size::Of(_) => match types.formula(computed) {
                Some(formula) => sum(&formula, of.span),
                None => ExprKind::Error,
            },
            Size::Start(_) | Size::Error => ExprKind::Error,
        },
        other => other.clone(),
    };
    Expr {
        kind,
        ty: types.subst(of.ty, args),
        span: of.span,
    }
}
