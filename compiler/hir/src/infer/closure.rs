//! Closures: only as arguments, inlined where they are called.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr::{self as tree, ClosureBody as Written};
use theus_grammar::ast::{Name, ty};

use super::call::{Given, arguments};
use super::entity::Entity;
use super::mismatch::at;
use super::{Checker, Frame, Returns, paths};
use crate::body::{ClosureBody, Expr, ExprKind};
use crate::ids::{FnId, LocalId};
use crate::resolve::scope::Def;
use crate::ty::{Ty, TyKind};

/// Parameters of a closure as written.
type Params = [(Name, Option<ty::Ty>)];

impl Checker<'_, '_> {
    /// An argument for a parameter of a function type. What is not known of `params` and
    /// `result` is `Ty::ERROR`.
    pub(crate) fn closure_argument(
        &mut self,
        written: &tree::Expr,
        params: &[Ty],
        result: Ty,
        declared: Span,
    ) -> Expr {
        match &written.kind {
            tree::ExprKind::Closure(names, body) => {
                self.closure(names, body, params, result, declared, written.span)
            }
            tree::ExprKind::Paren(inner) => {
                self.closure_argument(inner, params, result, declared)
            }
            tree::ExprKind::Name(_) | tree::ExprKind::Member(..) => {
                match self.entity(written, None) {
                    Entity::Def(Def::Fn(id)) => {
                        self.function_argument(id, params, result, written.span)
                    }
                    Entity::Value(value) => value,
                    Entity::Def(_)
                    | Entity::Tick
                    | Entity::Random
                    | Entity::Host
                    | Entity::Type
                    | Entity::Element(..) => self.named(written, None),
                }
            }
            _ => self.expr(written, None),
        }
    }

    /// A function by name: the closure that calls it.
    fn function_argument(
        &mut self,
        id: FnId,
        params: &[Ty],
        result: Ty,
        span: Span,
    ) -> Expr {
        if let Some(what) = self.no_locals() {
            return self.no_closure(what, span);
        }
        let mut locals = Vec::new();
        let mut given = Vec::new();
        for (at, param) in (0_u32..).zip(params) {
            let name: Arc<str> = format!("_{at}").into();
            let local = self.scoped(|this| this.local(&name, *param, false, span));
            locals.push(local);
            given.push(Given::Done(Expr {
                kind: ExprKind::Local(local),
                ty: *param,
                span,
            }));
        }
        let due = (result != Ty::ERROR).then_some(result);
        let value = self.call_fn(id, given, due, span);
        self.finished(
            locals,
            params.to_vec(),
            ClosureBody::Expr(value.clone()),
            value.ty,
            span,
        )
    }

    fn finished(
        &mut self,
        locals: Vec<LocalId>,
        params: Vec<Ty>,
        body: ClosureBody,
        result: Ty,
        span: Span,
    ) -> Expr {
        let ty = self.cx.intern(TyKind::Fn(params, result));
        Expr {
            kind: ExprKind::Closure(locals, Box::new(body)),
            ty,
            span,
        }
    }

    fn closure(
        &mut self,
        names: &Params,
        body: &Written,
        params: &[Ty],
        result: Ty,
        declared: Span,
        span: Span,
    ) -> Expr {
        if let Some(what) = self.no_locals() {
            return self.no_closure(what, span);
        }
        if names.len() != params.len() {
            let found = Diagnostic::new(
                Code::WrongArity,
                span,
                format!("this takes {}", names.len()),
            )
            .title(format!(
                "a closure of {} is needed here",
                arguments(params.len())
            ))
            .label(declared, "the parameter is declared here")
            .help("name one parameter for each value: `|x, y| …`");
            self.report(found);
            return Self::error(span);
        }
        crate::resolve::declare::duplicates(
            self.cx,
            "parameter",
            names.iter().map(|(name, _)| name),
        );
        let first = u32::try_from(self.locals.len()).unwrap_or(u32::MAX);
        let due = (result != Ty::ERROR).then_some(result);
        let frame = Frame {
            returns: Returns::Closure(due, None),
            loops: 0,
            first,
            closure: true,
            measured: None,
        };
        let outer = std::mem::replace(&mut self.frame, frame);
        let (locals, types, body, found) = self.scoped(|this| {
            let (locals, types) = this.closure_params(names, params, declared);
            let (body, found) = this.closure_body(body, due, declared, span);
            (locals, types, body, found)
        });
        self.frame = outer;
        self.finished(locals, types, body, found, span)
    }

    fn closure_params(
        &mut self,
        names: &Params,
        params: &[Ty],
        declared: Span,
    ) -> (Vec<LocalId>, Vec<Ty>) {
        let (mut locals, mut types) = (Vec::new(), Vec::new());
        for ((name, written), due) in names.iter().zip(params) {
            let ty = match written {
                None => *due,
                Some(written) => {
                    let env = self.env.clone();
                    let ty = self.cx.ty(&env, written);
                    let value = Expr::error(ty, written.span);
                    if !self.cx.fits(ty, *due) {
                        self.mismatch(
                            &value,
                            *due,
                            at(declared, "the parameter is declared here"),
                        );
                    }
                    ty
                }
            };
            locals.push(self.local(&name.text, ty, false, name.span));
            types.push(ty);
        }
        (locals, types)
    }

    fn closure_body(
        &mut self,
        body: &Written,
        due: Option<Ty>,
        declared: Span,
        span: Span,
    ) -> (ClosureBody, Ty) {
        match body {
            Written::Expr(value) => {
                let found = self.expr(value, due);
                let found = self.some_value(found);
                let why = at(declared, "the parameter is declared here");
                let found = match due {
                    Some(due) => self.coerce(found, due, why),
                    None => found,
                };
                let ty = found.ty;
                (ClosureBody::Expr(found), ty)
            }
            Written::Block(block) => {
                let stmts = self.block(block);
                let found = match self.frame.returns {
                    Returns::Closure(due, found) => due.or(found),
                    _ => None,
                };
                paths::closure(self, &stmts, span);
                (ClosureBody::Block(stmts), found.unwrap_or(Ty::ERROR))
            }
        }
    }

    fn no_closure(&mut self, what: &str, span: Span) -> Expr {
        let found = Diagnostic::new(Code::NotConstant, span, "this is a closure")
            .title(format!("{what} must be known at compile time"))
            .help("closures are not evaluated at compile time");
        self.report(found);
        Self::error(span)
    }

    /// A closure that is no argument.
    pub(crate) fn loose_closure(
        &mut self,
        _names: &Params,
        _body: &Written,
        span: Span,
    ) -> Expr {
        let found = Diagnostic::new(Code::ClosureEscapes, span, "no function takes it here")
            .title("a closure is stored")
            .help("closures are arguments only: write a `fn`, or pass the closure where it is used");
        self.report(found);
        Self::error(span)
    }
}
