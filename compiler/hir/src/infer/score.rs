//! `full least(|v| …)`: a closure that stands in a type, as an argument where the type is used.

use std::mem;

use theus_grammar::Span;

use super::optable::Class;
use super::{Checker, Home};
use crate::body::Expr;
use crate::cx::{Cx, Env};
use crate::ty::{Ty, TyKind};

impl<'c, 'a> Checker<'c, 'a> {
    /// The type of a score of values of a type; `None` if values of it have no order.
    pub(crate) fn scoring(
        cx: &'c mut Cx<'a>,
        at: u32,
        value: Ty,
        span: Span,
    ) -> Option<Ty> {
        let (module, ..) = cx.scores.get_index(at as usize)?.0;
        let env = Env::plain(*module);
        let mut checker = Checker::new(cx, env, Home::Fn);
        let closure = checker.score(at, &[value], span);
        let TyKind::Fn(_, result) = *checker.kind(closure.ty) else {
            return None;
        };
        let class = checker.class(result);
        let ordered =
            class.arithmetic() || matches!(class, Class::Duration | Class::Ordered);
        ordered.then_some(result)
    }

    /// The closure of a score, as it stands in its module: it sees nothing of the body that
    /// it is used in.
    pub(super) fn score(&mut self, at: u32, params: &[Ty], declared: Span) -> Expr {
        let Some(((module, ..), written)) = self.cx.scores.get_index(at as usize) else {
            return Self::error(declared);
        };
        let (env, written) = (Env::plain(*module), written.clone());
        let outer = (
            mem::replace(&mut self.env, env),
            mem::replace(&mut self.home, Home::Fn),
            mem::replace(&mut self.scopes, vec![Vec::new()]),
            mem::take(&mut self.contexts),
            mem::take(&mut self.aliases),
            self.element.take(),
        );
        let found = self.closure_argument(&written, params, Ty::ERROR, declared);
        (
            self.env,
            self.home,
            self.scopes,
            self.contexts,
            self.aliases,
            self.element,
        ) = outer;
        found
    }
}
