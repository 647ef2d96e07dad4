//! `random.uniform(a, b)`: functions of `std.random`, their draws filled in.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr::Arg;

use super::Checker;
use super::call::Given;
use crate::body::{Expr, ExprKind};
use crate::ids::{FnId, ModuleId};
use crate::resolve::scope::{Def, Origin, listed, unknown};
use crate::ty::Ty;

impl Checker<'_, '_> {
    /// `random.name(args)`.
    pub(crate) fn draw(
        &mut self,
        name: &Name,
        args: &[Arg],
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        let module = self
            .cx
            .out
            .modules
            .iter()
            .find(|(_, module)| &*module.name == "std.random");
        let Some(module) = module.map(|(id, _)| id) else {
            self.loose_args(args);
            let found = Diagnostic::new(Code::UnknownModule, span, "this needs it")
                .title("the library module `std.random` is missing");
            self.report(found);
            return Self::error(span);
        };
        let found = match self.cx.scopes[module].own(&name.text) {
            Some(Def::Fn(id)) => Some(id).filter(|id| self.draws(*id) > 0),
            _ => None,
        };
        let Some(id) = found else {
            self.loose_args(args);
            self.unknown_draw(module, name);
            return Self::error(span);
        };
        self.cx.used(name.span, self.cx.out.fns[id].head.span);
        if !self.may_draw() {
            self.loose_args(args);
            let found = Diagnostic::new(Code::UndeclaredTick, span, "not inside a process")
                .title("only processes draw random numbers")
                .help("draw in a process with `random` among its inputs, and pass the number on");
            self.report(found);
            return Self::error(span);
        }
        let draw = || {
            Given::Done(Expr {
                kind: ExprKind::Draw,
                ty: Ty::U64,
                span,
            })
        };
        let mut given: Vec<Given<'_>> = (0..self.draws(id)).map(|_| draw()).collect();
        given.extend(self.plain(args));
        self.call_fn(id, given, due, span)
    }

    /// How many draws a function of `std.random` takes.
    fn draws(&mut self, id: FnId) -> usize {
        self.cx.ensure_signature(id);
        let params = self.cx.out.fns[id].params.iter();
        params
            .take_while(|param| param.ty == Ty::U64 && param.name.starts_with("draw"))
            .count()
    }

    fn unknown_draw(&mut self, module: ModuleId, name: &Name) {
        let all: Vec<(Arc<str>, Def)> = self.cx.scopes[module]
            .names
            .iter()
            .filter(|(_, named)| named.origin == Origin::Item)
            .map(|(name, named)| (Arc::clone(name), named.def))
            .collect();
        let mut names = Vec::new();
        for (name, def) in all {
            if let Def::Fn(id) = def
                && self.draws(id) > 0
            {
                names.push(name);
            }
        }
        let found = unknown(Code::UnknownMethod, "distribution", name, &names);
        let found = if found.help.is_empty() {
            found.help(format!("`random` has {}", listed(&names, "and")))
        } else {
            found
        };
        self.report(found);
    }
}
