//! Calls of functions.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr as tree;
use theus_grammar::ast::expr::{Arg, ArgKind};
use theus_stdlib::Intrinsic;

use super::entity::Entity;
use super::generic::{Bindings, Declared};
use super::literal::Weak;
use super::mismatch::at;
use super::{Checker, Home};
use crate::body::{Expr, ExprKind};
use crate::habits;
use crate::ids::{FnId, LocalId};
use crate::item::FnParam;
use crate::resolve::scope::{Def, unknown};
use crate::resolve::types::primitive;
use crate::ty::{Ty, TyKind};

/// An argument on its way.
pub(crate) enum Given<'t> {
    /// Typed: the receiver of a method call, a draw.
    Done(Expr),
    /// As written.
    Written(&'t tree::Expr),
    /// The score of that number, which a type has.
    Score(u32),
}

impl Checker<'_, '_> {
    /// `callee(args)`.
    pub(crate) fn call(
        &mut self,
        callee: &tree::Expr,
        args: &[Arg],
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        if let tree::ExprKind::Name(name) = &callee.kind
            && self.find_local(&name.text).is_none()
        {
            match self.cx.lookup(self.env.module, &name.text) {
                Some(def) => {
                    self.cx.used_def(name.span, def);
                    return self.call_def(def, callee.span, args, due, span);
                }
                None => {
                    if let Some(TyKind::Enum(id, _)) =
                        due.map(|due| self.kind(self.bare(due)).clone())
                        && self.variant(id, name).is_some()
                    {
                        return self.construct_variant(id, name, args, due, span);
                    }
                    if let Some(kept) = self.delay(name, args, span) {
                        return kept;
                    }
                    self.unknown_function(name, args);
                    return Self::error(span);
                }
            }
        }
        match self.entity(callee, None) {
            Entity::Value(Expr {
                kind: ExprKind::Local(local),
                ty,
                ..
            }) if matches!(self.kind(ty), TyKind::Fn(..)) => {
                self.call_local(local, ty, args, span)
            }
            Entity::Value(value) => {
                if value.ty != Ty::ERROR {
                    let text = self.show(value.ty);
                    let found = Diagnostic::new(
                        Code::WrongKind,
                        callee.span,
                        format!("this is `{text}`"),
                    )
                    .title("only functions are called")
                    .help("for an element write `a[i]`");
                    self.report(found);
                }
                self.loose_args(args);
                Self::error(span)
            }
            Entity::Def(def) => self.call_def(def, callee.span, args, due, span),
            Entity::Tick
            | Entity::Random
            | Entity::Host
            | Entity::Type
            | Entity::Element(..) => {
                self.named(callee, None);
                self.loose_args(args);
                Self::error(span)
            }
        }
    }

    fn unknown_function(&mut self, name: &theus_grammar::ast::Name, args: &[Arg]) {
        self.loose_args(args);
        if primitive(&name.text).is_some() {
            let found = Diagnostic::new(Code::WrongKind, name.span, "this is a type")
                .title(format!("`{}` is a type, not a function", name.text))
                .help(format!("to convert a number write `x as {}`", name.text));
            self.report(found);
            return;
        }
        let names = self.cx.candidates(self.env.module, None, |def| {
            matches!(def, Def::Fn(_) | Def::Struct(_))
        });
        let mut found = unknown(Code::UnknownName, "function", name, &names);
        if let Some(habit) = habits::function(&name.text) {
            found.fixes.clear();
            found.help = vec![habit.to_owned()];
        }
        if found.help.is_empty() {
            found = found.help(match self.module_with(&name.text) {
                Some(module) => {
                    format!("it is in `{module}`: import that module and name it")
                }
                None => {
                    "declare it with `fn`, or import the module that has it".to_owned()
                }
            });
        }
        self.report(found);
    }

    /// A module of the library that declares a function of that name.
    fn module_with(&self, name: &str) -> Option<Arc<str>> {
        let mut modules = self.cx.out.modules.iter();
        let found = modules.find(|(id, module)| {
            module.is_std && matches!(self.cx.scopes[*id].own(name), Some(Def::Fn(_)))
        });
        found.map(|(_, module)| Arc::clone(&module.name))
    }

    /// `def(args)`.
    pub(crate) fn call_def(
        &mut self,
        def: Def,
        name: Span,
        args: &[Arg],
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        match def {
            Def::Fn(id) => {
                let given = self.plain(args);
                self.call_fn(id, given, due, span)
            }
            Def::Struct(id) => self.construct(id, args, due, span),
            Def::Error => {
                self.loose_args(args);
                self.fallen(span)
            }
            _ => {
                self.loose_args(args);
                let found = Diagnostic::new(
                    Code::WrongKind,
                    name,
                    format!("this is {}", def.what()),
                )
                .title("only functions are called")
                .help(match def {
                    Def::Process(_) => "processes run in pipelines: name them there",
                    Def::Enum(_) => "name a variant: `Law.Sta`",
                    _ => "name a function",
                });
                self.report(found);
                Self::error(span)
            }
        }
    }

    /// The values of arguments; reports names and spreads.
    pub(crate) fn plain<'t>(&mut self, args: &'t [Arg]) -> Vec<Given<'t>> {
        for arg in args {
            let (span, label) = match &arg.kind {
                ArgKind::Plain => continue,
                ArgKind::Named(name) => {
                    (name.span, "functions take arguments by position")
                }
                ArgKind::Spread => (arg.value.span, "only structs are spread"),
            };
            let found = Diagnostic::new(Code::UnknownArgument, span, label)
                .title("this argument cannot be named or spread")
                .help("write the value alone, in the order of the parameters");
            self.report(found);
        }
        args.iter().map(|arg| Given::Written(&arg.value)).collect()
    }

    /// Types arguments of a call that is wrong anyway, for the errors in them.
    pub(crate) fn loose_args(&mut self, args: &[Arg]) {
        for arg in args {
            if !matches!(
                arg.value.kind,
                tree::ExprKind::Closure(..) | tree::ExprKind::None
            ) {
                let weak = self.weak(&arg.value);
                if weak != Weak::Void {
                    self.expr(&arg.value, None);
                }
            }
        }
    }

    /// A call of a closure parameter.
    fn call_local(&mut self, local: LocalId, ty: Ty, args: &[Arg], span: Span) -> Expr {
        let TyKind::Fn(params, result) = self.kind(ty).clone() else {
            return Self::error(span);
        };
        if params.len() != args.len() {
            let found = &self.locals[local];
            let report =
                Diagnostic::new(Code::WrongArity, span, format!("{} given", args.len()))
                    .title(format!(
                        "`{}` takes {}",
                        found.name,
                        arguments(params.len())
                    ))
                    .label(found.span, "declared here")
                    .help("give one argument for each parameter");
            self.report(report);
            self.loose_args(args);
            return Expr::error(result, span);
        }
        let why = at(self.locals[local].span, "the closure is declared here");
        self.plain(args);
        let args = args
            .iter()
            .zip(params)
            .map(|(arg, ty)| self.check(&arg.value, ty, why));
        let args = args.collect();
        Expr {
            kind: ExprKind::CallLocal(local, args),
            ty: result,
            span,
        }
    }

    /// A call of a function.
    pub(crate) fn call_fn(
        &mut self,
        id: FnId,
        mut given: Vec<Given<'_>>,
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        self.cx.ensure_signature(id);
        let found = &self.cx.out.fns[id];
        let (params, result) = (found.params.clone(), found.result);
        let mut bindings = Bindings::new(found.generics.len());
        if params.len() != given.len() {
            let drawn = |given: &&Given<'_>| {
                matches!(
                    given,
                    Given::Done(Expr {
                        kind: ExprKind::Draw,
                        ..
                    })
                )
            };
            let draws = given.iter().take_while(drawn).count();
            let named = params.get(draws..).unwrap_or_default();
            self.wrong_arity(id, named, given.len() - draws, span);
            for given in given {
                if let Given::Written(written) = given
                    && self.weak(written) != Weak::Void
                    && !matches!(written.kind, tree::ExprKind::Closure(..))
                {
                    self.expr(written, None);
                }
            }
            return Expr::error(Ty::ERROR, span);
        }
        if let Some(len) = self.own_length(id, &mut given, span) {
            return len;
        }
        let typed = self.arguments(
            Declared::Fn(id),
            &params,
            given,
            (result, due, span),
            &mut bindings,
        );
        let Some(args) = self.generic_args(Declared::Fn(id), &bindings, span) else {
            let ty = self.cx.hinted(Declared::Fn(id), result, &bindings);
            let whole = !bindings.broken
                && ty != Ty::ERROR
                && self.cx.out.fns[id].generics.is_empty();
            return Expr::error(if whole { ty } else { Ty::ERROR }, span);
        };
        let mut values = Vec::new();
        for (param, value) in params.iter().zip(typed) {
            let ty = self.cx.out.types.subst(param.ty, &args);
            values.push(self.argument(value, param, ty));
        }
        let ty = self.cx.out.types.subst(result, &args);
        let kind = match self.cx.out.fns[id].body {
            Err(intrinsic) => {
                if intrinsic.is_raw() && !self.cx.out.modules[self.env.module].is_std {
                    return self.internal_function(id, ty, span);
                }
                if !self.takes(intrinsic, &values) {
                    return Expr::error(ty, span);
                }
                ExprKind::Intrinsic(intrinsic, values)
            }
            Ok(_) => ExprKind::Call(id, args, values),
        };
        Expr { kind, ty, span }
    }

    fn wrong_arity(&mut self, id: FnId, params: &[FnParam], given: usize, span: Span) {
        let head = self.cx.out.fns[id].head.clone();
        let mut names: Vec<Arc<str>> =
            params.iter().map(|param| Arc::clone(&param.name)).collect();
        if let Some(method) = self.cx.method_of(id) {
            // What stands before the dot is given, and so is the score of the type.
            let unwritten = 1 + usize::from(method.scored);
            names.truncate(params.len() - usize::from(method.scored));
            let written = names.get(1..).unwrap_or_default();
            let (name, of) = (method.name, method.of);
            let label = format!("{} given", given.saturating_sub(unwritten));
            let found = Diagnostic::new(Code::WrongArity, span, label)
                .title(format!(
                    "`{name}` of {of} takes {}",
                    arguments(written.len())
                ))
                .help(match name {
                    "get" if given > unwritten + 1 => {
                        "write `….get(key) ?? default`".to_owned()
                    }
                    _ => format!("write `….{name}({})`", written.join(", ")),
                });
            self.report(found);
            return;
        }
        let mut found = Diagnostic::new(Code::WrongArity, span, format!("{given} given"))
            .title(format!("`{}` takes {}", head.name, arguments(params.len())))
            .label(head.span, "declared here");
        if !names.is_empty() {
            let list = crate::resolve::scope::listed(&names, "and");
            let of_array = match &*head.name {
                "max" | "min" if given == 1 && self.cx.is_std(head.module) => {
                    format!(
                        "the {0}imum of an array is `{0}_of(xs)`, of a list `xs.{0}_by(|x| x)`",
                        head.name
                    )
                }
                _ => format!("its parameters are {list}"),
            };
            found = found.help(of_array);
        }
        self.report(found);
    }

    /// `len` of a ring, text or slice, which the library declares for arrays.
    fn own_length(
        &mut self,
        id: FnId,
        given: &mut [Given<'_>],
        span: Span,
    ) -> Option<Expr> {
        if self.cx.out.fns[id].body.as_ref().err() != Some(&Intrinsic::Len) {
            return None;
        }
        let [given] = given else { return None };
        let value = match given {
            Given::Score(_) => return None,
            Given::Done(value) => value.clone(),
            Given::Written(written) => {
                let value = self.expr(written, None);
                self.some_value(value)
            }
        };
        *given = Given::Done(value.clone());
        self.cx.has_length(value.ty).then(|| Expr {
            kind: ExprKind::Intrinsic(Intrinsic::Len, vec![value]),
            ty: Ty::I64,
            span,
        })
    }

    /// Reports a call of a function that only the library may call.
    fn internal_function(&mut self, id: FnId, ty: Ty, span: Span) -> Expr {
        let name = &self.cx.out.fns[id].head.name;
        let found = Diagnostic::new(Code::InternalFunction, span, "it checks nothing")
            .title(format!("`{name}` is for the library only"))
            .help("use the functions of texts and slices: `t.slice(a, b)`, `t.bytes()`");
        self.report(found);
        Expr::error(ty, span)
    }

    /// Checks what the signature of an intrinsic cannot say.
    fn takes(&mut self, intrinsic: Intrinsic, args: &[Expr]) -> bool {
        let Some(first) = args.first() else {
            return true;
        };
        if intrinsic == Intrinsic::Finite && !self.has_floats(first.ty, 0) {
            let text = self.show(first.ty);
            let found =
                Diagnostic::new(Code::BadBound, first.span, format!("this is `{text}`"))
                    .title("`finite` needs floats")
                    .help(
                        "integers, bools and durations are always finite: leave it out",
                    );
            self.report(found);
            return false;
        }
        true
    }

    fn has_floats(&mut self, ty: Ty, depth: u32) -> bool {
        match self.kind(ty) {
            TyKind::Float(_) | TyKind::Error | TyKind::Param(_) => true,
            TyKind::Array(elem, _) => self.has_floats(*elem, depth),
            TyKind::Tuple(parts) if depth < 70 => {
                let mut parts = parts.clone().into_iter();
                parts.any(|part| self.has_floats(part, depth + 1))
            }
            TyKind::Struct(..) if depth < 70 => {
                let mut members = self.cx.out.member_types(ty).into_iter();
                members.any(|ty| self.has_floats(ty, depth + 1))
            }
            TyKind::Enum(..) if depth < 70 => {
                let types = self.cx.out.all_payload_types(ty);
                types.into_iter().any(|ty| self.has_floats(ty, depth + 1))
            }
            _ => false,
        }
    }

    /// Whether calls that draw are allowed here at all.
    pub(crate) const fn may_draw(&self) -> bool {
        matches!(self.home, Home::Process)
    }
}

/// `1 argument`, `3 arguments`.
pub(crate) fn arguments(count: usize) -> String {
    if count == 1 {
        "1 argument".to_owned()
    } else {
        format!("{count} arguments")
    }
}
