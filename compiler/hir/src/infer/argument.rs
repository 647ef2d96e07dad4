//! Arguments of a call: in which order they are typed, and what for.

use theus_grammar::Span;

use super::Checker;
use super::call::Given;
use super::generic::{Bindings, Declared};
use super::literal::Weak;
use super::mismatch::at;
use crate::body::Expr;
use crate::item::{FnParam, GenericKind};
use crate::ty::{Ty, TyKind};

/// When an argument is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// It has a type of its own.
    First,
    /// Decimal literals.
    Decimal,
    /// Integer literals.
    Integer,
    /// `none` and the like.
    Void,
    /// Closures: their parameters follow from the other arguments.
    Closure,
}

impl Checker<'_, '_> {
    /// Types the arguments, those that have a type of their own first.
    pub(super) fn arguments(
        &mut self,
        of: Declared,
        params: &[FnParam],
        given: Vec<Given<'_>>,
        (result, due, span): (Ty, Option<Ty>, Span),
        bindings: &mut Bindings,
    ) -> Vec<Expr> {
        let mut typed: Vec<Option<Expr>> = given.iter().map(|_| None).collect();
        let mut order: Vec<(Turn, usize)> = Vec::new();
        for (place, (given, param)) in given.iter().zip(params).enumerate() {
            order.push((self.turn(given, param), place));
        }
        order.sort_by_key(|(turn, _)| *turn);
        let mut wished = false;
        let mut given: Vec<Option<Given<'_>>> = given.into_iter().map(Some).collect();
        for (turn, place) in order {
            if turn > Turn::First && !wished {
                wished = true;
                self.wish(of, result, due, bindings, span);
            }
            let Some(param) = params.get(place) else {
                continue;
            };
            let Some(arg) = given.get_mut(place).and_then(Option::take) else {
                continue;
            };
            let value = self.one(of, param, arg, bindings);
            self.cx
                .match_types(param.ty, value.ty, bindings, value.span);
            if let Some(slot) = typed.get_mut(place) {
                *slot = Some(value);
            }
        }
        if !wished {
            self.wish(of, result, due, bindings, span);
        }
        typed.into_iter().flatten().collect()
    }

    fn turn(&mut self, given: &Given<'_>, param: &FnParam) -> Turn {
        match given {
            Given::Done(_) => Turn::First,
            Given::Score(_) => Turn::Closure,
            Given::Written(_) if matches!(self.kind(param.ty), TyKind::Fn(..)) => {
                Turn::Closure
            }
            Given::Written(written) => match self.weak(written) {
                Weak::No => Turn::First,
                Weak::Decimal => Turn::Decimal,
                Weak::Integer => Turn::Integer,
                Weak::Void => Turn::Void,
            },
        }
    }

    fn one(
        &mut self,
        of: Declared,
        param: &FnParam,
        given: Given<'_>,
        bindings: &Bindings,
    ) -> Expr {
        let mut hint = self.cx.hinted(of, param.ty, bindings);
        let written = match (given, self.kind(hint)) {
            (Given::Done(value), _) => return value,
            (Given::Written(written), _) => written,
            (Given::Score(at), TyKind::Fn(params, _)) => {
                let params = params.clone();
                return self.score(at, &params, param.span);
            }
            (Given::Score(_), _) => return Self::error(param.span),
        };
        if let TyKind::Fn(params, result) = self.kind(hint).clone() {
            return self.closure_argument(written, &params, result, param.span);
        }
        if hint == Ty::ERROR && self.wants_float(of, param.ty) {
            hint = Ty::F64;
        }
        let due = (hint != Ty::ERROR).then_some(hint);
        let found = self.expr(written, due);
        self.some_value(found)
    }

    /// Whether a parameter is of a type bounded by `float`.
    fn wants_float(&self, of: Declared, ty: Ty) -> bool {
        let TyKind::Param(at) = *self.kind(ty) else {
            return false;
        };
        let generic = self.cx.generics_of(of).get(at as usize);
        generic.is_some_and(|generic| generic.kind == GenericKind::Float)
    }

    /// A typed argument for a parameter.
    pub(super) fn argument(&mut self, value: Expr, param: &FnParam, ty: Ty) -> Expr {
        let why = at(param.span, "the parameter is declared here");
        if !param.inout {
            return self.coerce(value, ty, why);
        }
        // A place that is changed is of that type, whatever it is told.
        let told = self.cx.out.rules_of(value.ty) == self.cx.out.rules_of(ty);
        if !told || !self.cx.fits(value.ty, ty) {
            self.mismatch(&value, ty, why);
            return Expr::error(ty, value.span);
        }
        if self.assignable(&value, Some(param.span)) {
            value
        } else {
            Expr::error(ty, value.span)
        }
    }
}
