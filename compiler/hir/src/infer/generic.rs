//! Generic arguments of a call, found by matching parameter types with argument types.

mod unknown;

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;

use super::Checker;
use super::optable::Class;
use crate::cx::Cx;
use crate::formula::Formula;
use crate::ids::{EnumId, FnId, StructId};
use crate::item::{Generic, GenericKind, Head};
use crate::ty::{GenericArg, Size, Ty, TyKind, Types};
use theus_abi::heavy::SizeOp;

/// What declares generic parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Declared {
    /// A function.
    Fn(FnId),
    /// A struct.
    Struct(StructId),
    /// An enum.
    Enum(EnumId),
}

/// What is known so far of the generic arguments of a call.
#[derive(Clone, Debug)]
pub(crate) struct Bindings {
    known: Vec<Option<GenericArg>>,
    /// Where each was decided.
    from: Vec<Option<Span>>,
    /// A computed size from which no parameter followed, and what it had to be.
    unsolved: Option<(Size, Size)>,
    /// An argument of another kind than its parameter, so that nothing followed from it.
    unlike: Option<(Ty, Span)>,
    /// Whether something reported took part, so that nothing can be concluded.
    pub(crate) broken: bool,
}

impl Bindings {
    pub(crate) fn new(count: usize) -> Self {
        Self {
            known: vec![None; count],
            from: vec![None; count],
            unsolved: None,
            unlike: None,
            broken: false,
        }
    }

    /// The arguments for a hint: what is not known fits everything.
    fn hints(&self, kinds: &[GenericKind]) -> Vec<GenericArg> {
        let known = self.known.iter().zip(kinds);
        known
            .map(|(known, kind)| match (known, kind) {
                (Some(known), _) => *known,
                (None, GenericKind::Size) => GenericArg::Size(Size::Error),
                (None, _) => GenericArg::Ty(Ty::ERROR),
            })
            .collect()
    }

    fn ty(&mut self, at: u32, ty: Ty, span: Span) -> Option<Ty> {
        match self.known.get_mut(at as usize) {
            Some(slot @ None) => {
                *slot = Some(GenericArg::Ty(ty));
                if let Some(from) = self.from.get_mut(at as usize) {
                    *from = Some(span);
                }
                Some(ty)
            }
            Some(Some(GenericArg::Ty(known))) => Some(*known),
            _ => None,
        }
    }

    fn size(&mut self, types: &mut Types, size: Size, found: Size) {
        let (at, found) = match size {
            Size::Param(at) => (at, found),
            Size::Of(_) => match self.solved(types, size, found) {
                Some(solved) => solved,
                None => return,
            },
            Size::Const(_) | Size::Start(_) | Size::Error => return,
        };
        if let Some(slot @ None) = self.known.get_mut(at as usize) {
            if found == Size::Error {
                self.broken = true;
            }
            *slot = Some(GenericArg::Size(found));
        }
    }

    /// The parameter that a computed size decides: the only one that is not known, if it is
    /// only multiplied by numbers and added to.
    fn solved(
        &mut self,
        types: &mut Types,
        size: Size,
        due: Size,
    ) -> Option<(u32, Size)> {
        let open = |at: u32| matches!(self.known.get(at as usize), Some(None));
        let formula = types.formula(size)?;
        if !formula.mentions(&open) {
            return None;
        }
        self.broken |= due == Size::Error;
        let solution = formula.linear(&open).and_then(|(at, times, rest)| {
            let rest = rest.subst(&|at| match self.known.get(at as usize)? {
                Some(GenericArg::Size(size)) => types.formula(*size),
                Some(GenericArg::Ty(_)) | None => None,
            })?;
            let left = Formula::apply(SizeOp::Sub, &types.formula(due)?, &rest)?;
            let found = left.exactly_over(times)?;
            let possible = found.number().is_none_or(|value| value >= 1);
            possible.then(|| (at, types.size_of_formula(found)))
        });
        if solution.is_none() {
            self.unsolved = Some((size, due));
        }
        solution
    }

    /// Where a parameter was decided.
    pub(crate) fn decided(&self, at: u32) -> Option<Span> {
        self.from.get(at as usize).copied().flatten()
    }
}

impl Cx<'_> {
    /// The generic parameters of a function or struct.
    pub(crate) fn generics_of(&self, of: Declared) -> &[Generic] {
        match of {
            Declared::Fn(id) => &self.out.fns[id].generics,
            Declared::Struct(id) => &self.out.structs[id].generics,
            Declared::Enum(id) => &self.out.enums[id].generics,
        }
    }

    /// Its parameters as arguments for itself.
    pub(crate) fn own_args(&mut self, of: Declared) -> Vec<GenericArg> {
        let generics = self.generics_of(of).iter();
        let kinds: Vec<GenericKind> = generics.map(|generic| generic.kind).collect();
        let mut args = Vec::with_capacity(kinds.len());
        for (at, kind) in (0_u32..).zip(kinds) {
            args.push(match kind {
                GenericKind::Size => GenericArg::Size(Size::Param(at)),
                _ => GenericArg::Ty(self.intern(TyKind::Param(at))),
            });
        }
        args
    }

    /// The head of a function or struct.
    pub(crate) fn head_of(&self, of: Declared) -> &Head {
        match of {
            Declared::Fn(id) => &self.out.fns[id].head,
            Declared::Struct(id) => &self.out.structs[id].head,
            Declared::Enum(id) => &self.out.enums[id].head,
        }
    }

    /// Matches the type of a parameter with that of an argument and notes what follows.
    /// Whether the whole fits is tested afterwards.
    pub(crate) fn match_types(
        &mut self,
        pattern: Ty,
        found: Ty,
        bindings: &mut Bindings,
        span: Span,
    ) {
        if found == Ty::ERROR {
            bindings.broken = true;
            return;
        }
        match (self.kind(pattern).clone(), self.kind(found).clone()) {
            (TyKind::Param(at), _) => {
                bindings.ty(at, found, span);
            }
            (TyKind::Array(elem, dims), TyKind::Array(other, sizes)) => {
                for (dim, size) in dims.iter().zip(&sizes) {
                    bindings.size(&mut self.out.types, *dim, *size);
                }
                let rest = sizes.get(dims.len()..).unwrap_or_default().to_vec();
                let other = if rest.is_empty() {
                    other
                } else {
                    self.array(other, rest)
                };
                self.match_types(elem, other, bindings, span);
            }
            (TyKind::Ring(elem, size), TyKind::Ring(other, found)) => {
                bindings.size(&mut self.out.types, size, found);
                self.match_types(elem, other, bindings, span);
            }
            (TyKind::Str(size), TyKind::Str(found)) => {
                bindings.size(&mut self.out.types, size, found);
            }
            (TyKind::Slice(inner), TyKind::Slice(other)) => {
                self.match_types(inner, other, bindings, span);
            }
            (TyKind::Slice(inner), TyKind::Array(..) | TyKind::Struct(..)) => {
                let row = self.row(found);
                self.match_types(inner, row, bindings, span);
            }
            (TyKind::Option(inner), TyKind::Option(other)) => {
                self.match_types(inner, other, bindings, span);
            }
            (TyKind::Struct(id, args), TyKind::Struct(other, found)) if id == other => {
                self.match_args(args, found, bindings, span);
            }
            (TyKind::Enum(id, args), TyKind::Enum(other, found)) if id == other => {
                self.match_args(args, found, bindings, span);
            }
            (TyKind::Option(inner), _) => self.match_types(inner, found, bindings, span),
            (TyKind::Tuple(parts), TyKind::Tuple(others)) => {
                for (part, other) in parts.into_iter().zip(others) {
                    self.match_types(part, other, bindings, span);
                }
            }
            (TyKind::Fn(params, result), TyKind::Fn(others, other)) => {
                for (param, other) in params.into_iter().zip(others) {
                    self.match_types(param, other, bindings, span);
                }
                self.match_types(result, other, bindings, span);
            }
            (TyKind::Array(..), TyKind::Struct(..) | TyKind::Slice(_)) => {
                bindings.unlike = Some((found, span));
            }
            _ => {}
        }
    }

    fn match_args(
        &mut self,
        args: Vec<GenericArg>,
        found: Vec<GenericArg>,
        bindings: &mut Bindings,
        span: Span,
    ) {
        for (arg, found) in args.into_iter().zip(found) {
            match (arg, found) {
                (GenericArg::Ty(arg), GenericArg::Ty(found)) => {
                    self.match_types(arg, found, bindings, span);
                }
                (GenericArg::Size(arg), GenericArg::Size(found)) => {
                    bindings.size(&mut self.out.types, arg, found);
                }
                _ => {}
            }
        }
    }

    /// `ty` with what is known put in; what is not known fits everything.
    pub(crate) fn hinted(&mut self, of: Declared, ty: Ty, bindings: &Bindings) -> Ty {
        let kinds: Vec<GenericKind> = self
            .generics_of(of)
            .iter()
            .map(|generic| generic.kind)
            .collect();
        let args = bindings.hints(&kinds);
        self.out.types.subst(ty, &args)
    }
}

impl Checker<'_, '_> {
    /// The generic arguments of a call; `None` if one is not known or does not satisfy its
    /// bound, which is reported.
    pub(crate) fn generic_args(
        &mut self,
        of: Declared,
        bindings: &Bindings,
        span: Span,
    ) -> Option<Vec<GenericArg>> {
        let mut args = Vec::new();
        let mut fine = !bindings.broken;
        for (at, known) in (0_u32..).zip(&bindings.known) {
            match known {
                Some(GenericArg::Ty(ty)) => {
                    fine &= self.satisfies(of, at, *ty, bindings, span);
                    args.push(GenericArg::Ty(*ty));
                }
                Some(GenericArg::Size(size)) => args.push(GenericArg::Size(*size)),
                None if bindings.broken => fine = false,
                None => {
                    match bindings.unsolved {
                        Some(size) if self.is_size(of, at) => {
                            self.unsolved(of, at, size, span);
                        }
                        _ if bindings.unlike.is_some() => {
                            self.unlike(of, bindings.unlike);
                            return None;
                        }
                        _ => self.unknown_generic(of, at, span),
                    }
                    fine = false;
                }
            }
        }
        if !fine && !self.failed() {
            // Nothing is wrong but this: an argument did not decide what it should have.
            self.unknown_generic(of, 0, span);
        }
        fine.then_some(args)
    }

    fn is_size(&self, of: Declared, at: u32) -> bool {
        let generic = self.cx.generics_of(of).get(at as usize);
        generic.is_some_and(|generic| generic.kind == GenericKind::Size)
    }

    /// Whether a type satisfies a bound.
    fn within(&mut self, bound: GenericKind, ty: Ty) -> bool {
        let class = self.class(ty);
        match bound {
            GenericKind::Any | GenericKind::Size => !matches!(
                self.kind(ty),
                TyKind::Fn(..) | TyKind::Ring(..) | TyKind::Unit
            ),
            GenericKind::Number => class.arithmetic(),
            GenericKind::Integer => class == Class::Integer,
            GenericKind::Float => class == Class::Float,
            GenericKind::Key => self.is_key(ty, 0),
            GenericKind::Ordered => class.ordered(),
        }
    }

    /// Whether values of a type are told apart by `==` without floats.
    fn is_key(&mut self, ty: Ty, depth: u32) -> bool {
        match self.kind(ty).clone() {
            TyKind::Error
            | TyKind::Bool
            | TyKind::Int(_)
            | TyKind::Duration
            | TyKind::Instant
            | TyKind::Handle(_)
            | TyKind::Str(_) => true,
            TyKind::Enum(id, _) if depth < 70 => {
                self.cx.ensure_payloads(id);
                let types = self.cx.out.all_payload_types(ty);
                types.into_iter().all(|ty| self.is_key(ty, depth + 1))
            }
            TyKind::Param(at) => {
                matches!(self.bound(at), GenericKind::Key | GenericKind::Integer)
            }
            TyKind::Array(elem, _) | TyKind::Option(elem) if depth < 70 => {
                self.is_key(elem, depth + 1)
            }
            TyKind::Tuple(parts) if depth < 70 => {
                parts.into_iter().all(|part| self.is_key(part, depth + 1))
            }
            TyKind::Struct(id, _) if depth < 70 => {
                self.cx.out.structs[id].collection.is_none()
                    && self
                        .cx
                        .out
                        .member_types(ty)
                        .into_iter()
                        .all(|ty| self.is_key(ty, depth + 1))
            }
            _ => false,
        }
    }

    /// What the type that is due for a result says about the generic arguments. What breaks
    /// a bound says nothing: the result will not fit, and that is the error.
    pub(crate) fn wish(
        &mut self,
        of: Declared,
        result: Ty,
        due: Option<Ty>,
        bindings: &mut Bindings,
        span: Span,
    ) {
        let Some(due) = due.filter(|due| *due != Ty::ERROR) else {
            return;
        };
        let due = match self.kind(result) {
            TyKind::Option(_) => due,
            _ => self.bare(due),
        };
        let mut wished = bindings.clone();
        self.cx.match_types(result, due, &mut wished, span);
        let generics = self.cx.generics_of(of).to_vec();
        let fine =
            generics
                .iter()
                .zip(&wished.known)
                .all(|(generic, known)| match known {
                    Some(GenericArg::Ty(ty)) => self.within(generic.kind, *ty),
                    Some(GenericArg::Size(_)) | None => true,
                });
        if fine && (bindings.broken || !wished.broken) {
            *bindings = wished;
        }
    }

    /// Whether a generic argument is within its bound; reports it if not.
    pub(crate) fn satisfies(
        &mut self,
        of: Declared,
        at: u32,
        ty: Ty,
        bindings: &Bindings,
        span: Span,
    ) -> bool {
        let Some(generic) = self.cx.generics_of(of).get(at as usize).cloned() else {
            return true;
        };
        let fits = self.within(generic.kind, ty);
        let needs = match generic.kind {
            GenericKind::Any | GenericKind::Size => "a value",
            GenericKind::Number => "a number",
            GenericKind::Integer => "an integer",
            GenericKind::Float => "a float",
            GenericKind::Ordered => "a number, a duration or an instant",
            GenericKind::Key => "a key (no floats, no collections)",
        };
        let class = self.class(ty);
        if fits || ty == Ty::ERROR {
            return true;
        }
        let (name, head) = (generic.name, self.cx.head_of(of).clone());
        let text = self.show(ty);
        let place = bindings.decided(at).unwrap_or(span);
        let found = Diagnostic::new(Code::BadBound, place, format!("this is `{text}`"))
            .title(format!("`{}` needs {needs} here, not `{text}`", head.name))
            .label(head.span, format!("because of the bound of `{name}`"));
        let found = match class {
            Class::Integer => found.help("convert it: `… as f64`"),
            Class::Float => found.help("convert it: `… as i64`"),
            Class::Array => found.help("call it for each element in a loop"),
            _ => found.help(format!("`{}` is declared for other types", head.name)),
        };
        self.report(found);
        false
    }
}
