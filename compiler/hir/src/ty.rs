//! Types, interned: equal types have equal ids.

use cranelift_entity::entity_impl;
use indexmap::IndexSet;
use theus_abi::hash::Quick;
use theus_grammar::ast::item::QueryKind;

use theus_abi::heavy::SizeOp;

use crate::formula::Formula;
use crate::ids::{EnumId, FieldId, StructId};
pub use crate::rules::{Full, OrderKey, Rules};

/// A type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ty(u32);
entity_impl!(Ty, "ty");

/// An integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IntTy {
    /// Whether it is signed.
    pub signed: bool,
    /// 8, 16, 32 or 64.
    pub bits: u8,
}

/// A float type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FloatTy {
    /// `f32`
    F32,
    /// `f64`
    F64,
}

/// The greatest size of one dimension.
pub(crate) const MAX_SIZE: i128 = u32::MAX as i128;

/// The size of a dimension or capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Size {
    /// Known.
    Const(u64),
    /// The n-th generic parameter of the function, which is a size.
    Param(u32),
    /// Computed from size parameters: the n-th formula of `Types`. Where no parameter is left
    /// in it, no array has that size.
    Of(u32),
    /// Known at start: the n-th term of `Types`, over globals. Of heavy fields only.
    Start(u32),
    /// Reported.
    Error,
}

/// A size that is known at start.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SizeTerm {
    /// A number.
    Const(u64),
    /// An integer global.
    Global(FieldId),
    /// Two terms.
    Op(SizeOp, Box<[Self; 2]>),
}

/// What is said of a pool besides its elements and how many there may be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PoolRules {
    /// What its elements are found by.
    pub queries: Vec<Query>,
    /// To what they belong.
    pub owner: Option<Owner>,
    /// What happens where it is full.
    pub full: Full,
    /// How long an element stays, in ns.
    pub ttl: Option<i64>,
}

/// The pool to whose elements those of another one belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    /// The pool.
    pub pool: FieldId,
    /// How many may belong to one of its elements.
    pub max: u64,
}

/// What the elements of a pool are found by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// In which way.
    pub kind: QueryKind,
    /// Which member it is.
    pub member: u32,
    /// Its name.
    pub name: std::sync::Arc<str>,
    /// Its type.
    pub ty: Ty,
    /// Of a grid: the bits of the size of its cells.
    pub cell: u64,
}

/// What a type is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TyKind {
    /// Reported; fits everything.
    Error,
    /// The result of a function without result.
    Unit,
    /// `bool`
    Bool,
    /// `i8 … u64`
    Int(IntTy),
    /// `f32 f64`
    Float(FloatTy),
    /// `duration`
    Duration,
    /// `instant`: a point of the virtual clock, in ns since it began.
    Instant,
    /// A struct, with what stands for its generic parameters.
    Struct(StructId, Vec<GenericArg>),
    /// An enum, with what stands for its generic parameters: a scalar if no variant has a
    /// payload.
    Enum(EnumId, Vec<GenericArg>),
    /// `(A, B)`
    Tuple(Vec<Ty>),
    /// `[T; N, M]`
    Array(Ty, Vec<Size>),
    /// `ring<T, N>`
    Ring(Ty, Size),
    /// `pool<T, N>`, only as the type of a field.
    Pool(Ty, Size, PoolRules),
    /// `handle<town.people>`: of an element of that pool.
    Handle(FieldId),
    /// `T?`
    Option(Ty),
    /// `str<N>`: UTF-8 of up to N bytes.
    Str(Size),
    /// `str`: a view of UTF-8 of any length, in scratch or where it is kept.
    Text,
    /// `[T]`: a view of any number of values.
    Slice(Ty),
    /// The type of a closure parameter of a function: `fn(A, B) -> R`.
    Fn(Vec<Ty>, Ty),
    /// The n-th generic parameter of the function, which is a type.
    Param(u32),
}

/// What a generic parameter stands for in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GenericArg {
    /// A type.
    Ty(Ty),
    /// A size.
    Size(Size),
}

/// The table of types.
#[derive(Clone, Debug)]
pub struct Types {
    kinds: IndexSet<TyKind, Quick>,
    terms: IndexSet<SizeTerm>,
    formulas: IndexSet<Formula>,
    rules: IndexSet<Rules>,
}

macro_rules! fixed {
    ($($name:ident = $at:literal: $kind:expr;)*) => {
        impl Ty {
            $(#[doc = stringify!($kind)] pub const $name: Self = Self($at);)*
        }
        const FIXED: &[TyKind] = &[$($kind),*];
    };
}

const fn int(signed: bool, bits: u8) -> TyKind {
    TyKind::Int(IntTy { signed, bits })
}

fixed! {
    ERROR = 0: TyKind::Error;
    UNIT = 1: TyKind::Unit;
    BOOL = 2: TyKind::Bool;
    I8 = 3: int(true, 8);
    I16 = 4: int(true, 16);
    I32 = 5: int(true, 32);
    I64 = 6: int(true, 64);
    U8 = 7: int(false, 8);
    U16 = 8: int(false, 16);
    U32 = 9: int(false, 32);
    U64 = 10: int(false, 64);
    F32 = 11: TyKind::Float(FloatTy::F32);
    F64 = 12: TyKind::Float(FloatTy::F64);
    DURATION = 13: TyKind::Duration;
    TEXT = 14: TyKind::Text;
    INSTANT = 15: TyKind::Instant;
}

impl Default for Types {
    fn default() -> Self {
        Self {
            kinds: FIXED.iter().cloned().collect(),
            terms: IndexSet::new(),
            formulas: IndexSet::new(),
            // The rules of a collection that is told none are the first.
            rules: IndexSet::from([Rules::default()]),
        }
    }
}

impl Types {
    /// The id of a type.
    pub fn intern(&mut self, kind: TyKind) -> Ty {
        let (at, _) = self.kinds.insert_full(kind);
        Ty(u32::try_from(at).unwrap_or(0))
    }

    /// The size that a term over globals is: that of another one which is equal, if there is
    /// one.
    pub fn size_of_term(&mut self, term: SizeTerm) -> Size {
        let formula = Formula::of_term(&term);
        let equal = |other: &SizeTerm| {
            *other == term || formula.is_some() && Formula::of_term(other) == formula
        };
        let at = match self.terms.iter().position(equal) {
            Some(at) => at,
            None => self.terms.insert_full(term).0,
        };
        Size::Start(u32::try_from(at).unwrap_or(0))
    }

    /// The sizes that are known at start, by number.
    pub fn terms(&self) -> impl Iterator<Item = &SizeTerm> {
        self.terms.iter()
    }

    /// The term of that number.
    pub fn term(&self, at: u32) -> Option<&SizeTerm> {
        self.terms.get_index(at as usize)
    }

    /// The size that a formula is.
    pub fn size_of_formula(&mut self, formula: Formula) -> Size {
        let possible = |value: &i128| (1..=MAX_SIZE).contains(value);
        if let Some(value) = formula.number().filter(possible)
            && let Ok(value) = u64::try_from(value)
        {
            return Size::Const(value);
        }
        if let Some(at) = formula.param() {
            return Size::Param(at);
        }
        if let Some(term) = formula.term() {
            return self.size_of_term(term);
        }
        let (at, _) = self.formulas.insert_full(formula);
        Size::Of(u32::try_from(at).unwrap_or(0))
    }

    /// A size as a formula; `None` where it was reported.
    pub fn formula(&self, size: Size) -> Option<Formula> {
        match size {
            Size::Const(value) => Some(Formula::of_number(i128::from(value))),
            Size::Param(at) => Some(Formula::of_param(at)),
            Size::Of(at) => self.formulas.get_index(at as usize).cloned(),
            Size::Start(at) => Formula::of_term(self.term(at)?),
            Size::Error => None,
        }
    }

    /// Whether any size is computed from size parameters.
    pub fn has_formulas(&self) -> bool {
        !self.formulas.is_empty()
    }

    /// `size` with the generic parameters replaced. A formula stays as it is where what it
    /// becomes is none.
    pub fn subst_size(&mut self, size: Size, args: &[GenericArg]) -> Size {
        match size {
            Size::Param(at) => match args.get(at as usize) {
                Some(GenericArg::Size(size)) => *size,
                Some(GenericArg::Ty(_)) | None => size,
            },
            Size::Of(_) if args.contains(&GenericArg::Size(Size::Error)) => Size::Error,
            Size::Of(_) => match self.formula_of(size, args) {
                Some(formula) => self.size_of_formula(formula),
                None => size,
            },
            Size::Const(_) | Size::Start(_) | Size::Error => size,
        }
    }

    /// The number that a size is for these arguments, if it is one.
    pub fn size_number(&self, size: Size, args: &[GenericArg]) -> Option<u64> {
        let number = self.formula_of(size, args)?.number()?;
        u64::try_from(number).ok()
    }

    fn formula_of(&self, size: Size, args: &[GenericArg]) -> Option<Formula> {
        self.formula(size)?
            .subst(&|at| match args.get(at as usize) {
                Some(GenericArg::Size(size)) => self.formula(*size),
                Some(GenericArg::Ty(_)) | None => Some(Formula::of_param(at)),
            })
    }

    /// The number of rules, as an argument of a type.
    pub fn size_of_rules(&mut self, rules: Rules) -> Size {
        let (at, _) = self.rules.insert_full(rules);
        Size::Const(u64::try_from(at).unwrap_or(0))
    }

    /// The rules of that number.
    pub fn rules(&self, of: Size) -> Option<&Rules> {
        let at = match of {
            Size::Const(at) => usize::try_from(at).unwrap_or(0),
            Size::Param(_) | Size::Of(_) | Size::Start(_) | Size::Error => 0,
        };
        self.rules.get_index(at)
    }

    /// The keys of an order.
    pub fn order(&self, of: Size) -> &[OrderKey] {
        self.rules(of).map_or(&[], |rules| &rules.keys)
    }

    /// Whether the size of values of that type is known at start only.
    pub fn is_open(&self, ty: Ty) -> bool {
        matches!(self.kind(ty), TyKind::Array(_, dims)
            if dims.iter().any(|dim| matches!(dim, Size::Start(_))))
    }

    /// The array type of `dims` of `elem`. Arrays of arrays are one array: `[[T; 3]; 2]` is
    /// `[T; 2, 3]`.
    pub fn array(&mut self, elem: Ty, mut dims: Vec<Size>) -> Ty {
        if let TyKind::Array(inner, more) = self.kind(elem) {
            let inner = *inner;
            dims.extend(more.iter().copied());
            return self.intern(TyKind::Array(inner, dims));
        }
        self.intern(TyKind::Array(elem, dims))
    }

    /// What a type is.
    pub fn kind(&self, ty: Ty) -> &TyKind {
        self.kinds
            .get_index(ty.0 as usize)
            .unwrap_or(&TyKind::Error)
    }

    /// `ty` with the generic parameters replaced. Parameters beyond `args` stay.
    pub fn subst(&mut self, ty: Ty, args: &[GenericArg]) -> Ty {
        if args.is_empty() {
            return ty;
        }
        let kind = match self.kind(ty).clone() {
            TyKind::Array(elem, dims) => {
                let dims = dims.into_iter().map(|dim| self.subst_size(dim, args));
                let dims = dims.collect();
                let elem = self.subst(elem, args);
                return self.array(elem, dims);
            }
            TyKind::Ring(elem, size) => {
                TyKind::Ring(self.subst(elem, args), self.subst_size(size, args))
            }
            TyKind::Pool(elem, size, rules) => {
                TyKind::Pool(self.subst(elem, args), self.subst_size(size, args), rules)
            }
            TyKind::Option(inner) => TyKind::Option(self.subst(inner, args)),
            TyKind::Struct(_, own) | TyKind::Enum(_, own) if own.is_empty() => return ty,
            TyKind::Enum(id, own) => TyKind::Enum(id, self.subst_args(&own, args)),
            TyKind::Struct(id, own) => TyKind::Struct(id, self.subst_args(&own, args)),
            TyKind::Slice(inner) => TyKind::Slice(self.subst(inner, args)),
            TyKind::Str(size) => TyKind::Str(self.subst_size(size, args)),
            TyKind::Tuple(parts) => {
                let parts = parts.into_iter().map(|part| self.subst(part, args));
                TyKind::Tuple(parts.collect())
            }
            TyKind::Fn(params, result) => {
                let params = params
                    .into_iter()
                    .map(|param| self.subst(param, args))
                    .collect();
                TyKind::Fn(params, self.subst(result, args))
            }
            TyKind::Param(at) => match args.get(at as usize) {
                Some(GenericArg::Ty(ty)) => return *ty,
                Some(GenericArg::Size(_)) | None => return ty,
            },
            TyKind::Error
            | TyKind::Unit
            | TyKind::Bool
            | TyKind::Int(_)
            | TyKind::Float(_)
            | TyKind::Duration
            | TyKind::Instant
            | TyKind::Handle(_)
            | TyKind::Text => return ty,
        };
        self.intern(kind)
    }

    /// Generic arguments with the generic parameters in them replaced.
    pub fn subst_args(
        &mut self,
        own: &[GenericArg],
        args: &[GenericArg],
    ) -> Vec<GenericArg> {
        own.iter()
            .map(|arg| match *arg {
                GenericArg::Ty(ty) => GenericArg::Ty(self.subst(ty, args)),
                GenericArg::Size(size) => GenericArg::Size(self.subst_size(size, args)),
            })
            .collect()
    }
}
