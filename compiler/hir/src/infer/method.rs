//! `a.f(b)`: a function of a module, a draw, or `f(a, b)`.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr as tree;
use theus_grammar::ast::expr::Arg;
use theus_stdlib::Intrinsic;

use super::Checker;
use super::call::Given;
use super::entity::Entity;
use super::generic::{Bindings, Declared};
use crate::body::Expr;
use crate::habits;
use crate::ids::FnId;
use crate::item::Collection;
use crate::resolve::scope::{Def, unknown};
use crate::ty::{Full, Ty, TyKind};

/// How names of functions of the library begin that are methods, and of what they are.
const METHODS: [(&str, &str); 5] = [
    ("list_", "a list"),
    ("map_", "a map"),
    ("queue_", "a queue"),
    ("slice_", "a slice"),
    ("str_", "a text"),
];

/// A function of the library that is called as a method.
pub(crate) struct LibraryMethod<'n> {
    /// As it is written after the dot.
    pub(crate) name: &'n str,
    /// Of what it is one.
    pub(crate) of: &'static str,
    /// Whether the last argument is the score that the type says.
    pub(crate) scored: bool,
}

impl Checker<'_, '_> {
    /// `base.name(args)`.
    pub(crate) fn method(
        &mut self,
        base: &tree::Expr,
        name: &Name,
        args: &[Arg],
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        match self.entity(base, None) {
            Entity::Def(Def::Module(module)) => match self.in_module(module, name) {
                Some(def) => {
                    self.no_ranges(name, args);
                    self.call_def(def, name.span, args, due, span)
                }
                None => {
                    self.loose_args(args);
                    Self::error(span)
                }
            },
            Entity::Random => self.draw(name, args, due, span),
            Entity::Tick if &*name.text == "used" => self.used(args, span),
            Entity::Host => self.host_call(name, args, span),
            Entity::Value(receiver) => {
                if let Some(found) = self.pool_method(&receiver, name, args, span) {
                    return found;
                }
                if let Some(found) = self.element_method(&receiver, name, args, span) {
                    return found;
                }
                self.no_ranges(name, args);
                let receiver = self.some_value(receiver);
                self.method_of(receiver, name, args, due, span)
            }
            Entity::Def(Def::Error) => {
                self.loose_args(args);
                self.fallen(span)
            }
            Entity::Def(Def::Enum(id)) => {
                self.construct_variant(id, name, args, due, span)
            }
            Entity::Def(def) => {
                self.loose_args(args);
                let found =
                    Diagnostic::new(Code::UnknownMethod, name.span, "nothing to call")
                        .title(format!("{} has no function `{}`", def.what(), name.text))
                        .label(base.span, format!("this is {}", def.what()))
                        .help("functions are called on values and modules");
                self.report(found);
                Self::error(span)
            }
            Entity::Tick | Entity::Type | Entity::Element(..) => {
                self.loose_args(args);
                let found =
                    Diagnostic::new(Code::UnknownMethod, name.span, "nothing to call")
                        .title(format!("there is no function `{}` here", name.text))
                        .help("`tick` has `count`, `time`, `dt`, `faults`, `steps`, `load` and `used(x)`");
                self.report(found);
                Self::error(span)
            }
        }
    }

    pub(super) fn method_of(
        &mut self,
        receiver: Expr,
        name: &Name,
        args: &[Arg],
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        if receiver.ty == Ty::ERROR {
            self.loose_args(args);
            return Self::error(span);
        }
        let named = self.functions_named(&name.text);
        let own = self.ring_function(receiver.ty, &name.text);
        // Functions of the program come before methods, methods before other functions.
        let home = |id: &FnId| self.cx.out.fns[*id].head.module;
        let mine: Vec<FnId> = (named.iter().copied())
            .filter(|id| home(id) == self.env.module)
            .collect();
        let own = own.or_else(|| {
            (mine.into_iter()).find(|id| self.takes_receiver(*id, receiver.ty))
        });
        let own = own.or_else(|| self.library_method(receiver.ty, &name.text));
        let found = own.or_else(|| {
            named
                .iter()
                .copied()
                .find(|id| self.takes_receiver(*id, receiver.ty))
        });
        let Some(id) = found else {
            self.loose_args(args);
            self.no_method(&receiver, name, &named);
            return Self::error(span);
        };
        if matches!(&*name.text, "sort" | "sort_by")
            && self.cx.out.ttl_of(receiver.ty).is_some()
        {
            self.loose_args(args);
            let label = "values with a time to live stay in the order in which they came";
            let found = Diagnostic::new(Code::SortedAges, name.span, label)
                .help("copy it into a list without `ttl`, and sort that");
            self.cx.report(found);
            return Self::error(span);
        }
        self.cx.mark_used(self.env.module, id);
        self.cx.used(name.span, self.cx.out.fns[id].head.span);
        let score = self.score_of(id, receiver.ty);
        let mut given = vec![Given::Done(receiver)];
        given.extend(self.plain(args));
        given.extend(score.map(Given::Score));
        self.call_fn(id, given, due, span)
    }

    /// Functions of that name: bare ones first, then those of imported modules.
    fn functions_named(&mut self, name: &str) -> Vec<FnId> {
        let mut found = Vec::new();
        if let Some(named) = self.cx.scopes[self.env.module].names.get(name) {
            found.extend(function(named.def));
        }
        if let Some(prelude) = self.cx.prelude {
            found.extend(self.cx.scopes[prelude].own(name).and_then(function));
        }
        let modules = self.cx.scopes[self.env.module].names.values();
        for named in modules {
            if let Def::Module(module) = named.def {
                found.extend(self.cx.scopes[module].own(name).and_then(function));
            }
        }
        found
    }

    /// The function of the library that is a method of texts or slices: `str_trim`.
    fn library_method(&mut self, ty: Ty, name: &str) -> Option<FnId> {
        if let (Some(collection), Some(rules)) =
            (self.collection(ty), self.cx.out.rules_of(ty))
            && rules.full != Full::Fault
        {
            // What it is told says which function it is.
            let name = format!("{}_{}_{name}", rules.full.word(), collection.name());
            if let Some(id) = self.cx.library_fn(&name) {
                return Some(id);
            }
        }
        let prefixes: &[&str] = match self.kind(ty) {
            TyKind::Struct(..) => match self.collection(ty)? {
                Collection::List => &["list", "slice"],
                Collection::Map => &["map"],
                Collection::Queue => &["queue"],
            },
            TyKind::Str(_) | TyKind::Text => &["str"],
            TyKind::Slice(_) | TyKind::Array(..) => &["slice"],
            _ => return None,
        };
        prefixes.iter().find_map(|prefix| {
            let id = self.cx.library_fn(&format!("{prefix}_{name}"))?;
            self.takes_receiver(id, ty).then_some(id)
        })
    }

    /// The score that a function of the library takes from the type of its receiver.
    fn score_of(&self, id: FnId, ty: Ty) -> Option<u32> {
        let Full::Least(score, _) = self.cx.out.rules_of(ty)?.full else {
            return None;
        };
        let head = &self.cx.out.fns[id].head;
        let of_type = self.cx.out.modules[head.module].is_std
            && head.name.starts_with(&format!("{}_", Full::LEAST));
        of_type.then_some(score)
    }

    /// What collection a type is.
    /// Whether a type is a collection of the library.
    pub(super) fn is_collection(&self, ty: Ty) -> bool {
        self.collection(ty).is_some()
    }

    fn collection(&self, ty: Ty) -> Option<Collection> {
        self.cx.out.collection(ty)
    }

    /// Whether the first parameter of a function takes a type.
    pub(crate) fn takes_receiver(&mut self, id: FnId, ty: Ty) -> bool {
        self.cx.ensure_signature(id);
        let found = &self.cx.out.fns[id];
        let Some(first) = found.params.first().map(|param| param.ty) else {
            return false;
        };
        if found.body.as_ref().err() == Some(&Intrinsic::Len) && self.cx.has_length(ty) {
            return true;
        }
        let mut bindings = Bindings::new(self.cx.out.fns[id].generics.len());
        let span = self.cx.out.fns[id].head.span;
        self.cx.match_types(first, ty, &mut bindings, span);
        let first = self.cx.hinted(Declared::Fn(id), first, &bindings);
        self.cx.fits(ty, first) || self.cx.converts(ty, first)
    }

    /// Whether `value.name()` exists.
    pub(crate) fn has_method(&mut self, ty: Ty, name: &str) -> bool {
        self.method_takes(ty, name).is_some()
    }

    /// How many arguments such a function takes behind the value.
    pub(crate) fn method_takes(&mut self, ty: Ty, name: &str) -> Option<usize> {
        let behind = |cx: &Self, id: FnId| {
            let params = &cx.cx.out.fns[id].params;
            params.len().saturating_sub(1)
        };
        if let Some(id) = self.library_method(ty, name) {
            return Some(behind(self, id));
        }
        let own = self.cx.scopes[self.env.module].own(name);
        let bare = self
            .cx
            .prelude
            .and_then(|prelude| self.cx.scopes[prelude].own(name));
        let id = own.or(bare).and_then(function)?;
        let first = self.cx.out.fns[id].params.first()?.ty;
        let fits = std::mem::discriminant(self.kind(first))
            == std::mem::discriminant(self.kind(ty))
            || matches!(self.kind(first), TyKind::Param(_))
            || (name == "len" && self.cx.has_length(ty));
        fits.then(|| behind(self, id))
    }

    fn no_method(&mut self, receiver: &Expr, name: &Name, named: &[FnId]) {
        let text = self.show(receiver.ty);
        let title = format!("`{text}` has no function `{}`", name.text);
        let label = format!("this is `{text}`");
        if let Some(id) = named.first() {
            let found = &self.cx.out.fns[*id];
            let (place, first) =
                (found.head.span, found.params.first().map(|param| param.ty));
            let generics = found.generics.clone();
            let takes = first.map_or_else(
                || "takes nothing".to_owned(),
                |ty| format!("takes `{}` first", self.cx.show(&generics, ty)),
            );
            let report =
                Diagnostic::new(Code::UnknownMethod, name.span, "it takes another type")
                    .title(title)
                    .label(receiver.span, label)
                    .label(place, format!("this `{}` {takes}", name.text));
            let report = match self.kind(receiver.ty) {
                TyKind::Option(_) => {
                    report.help("say first what to do with `none`: `… ?? default`")
                }
                _ => report
                    .help("`a.f(b)` is `f(a, b)`: the receiver is the first argument"),
            };
            self.report(report);
            return;
        }
        let names = self.methods_of(receiver.ty);
        let habit = habits::method(self.collection(receiver.ty), &name.text);
        let report = unknown(Code::UnknownMethod, "function", name, &names)
            .title(title)
            .label(receiver.span, label);
        let report = if matches!(&*name.text, "prev" | "window" | "old") {
            report.help(format!(
                "it stands before the field: `{}(field)`",
                name.text
            ))
        } else if let Some(habit) = habit {
            report.help(habit)
        } else if report.help.is_empty() {
            report.help(
                "`a.f(b)` is `f(a, b)`: declare `f`, or import the module that has it",
            )
        } else {
            report
        };
        self.report(report);
    }

    /// Names of functions that could be called on a type.
    fn methods_of(&mut self, ty: Ty) -> Vec<Arc<str>> {
        let all = self
            .cx
            .candidates(self.env.module, None, |def| matches!(def, Def::Fn(_)));
        let mut fitting = Vec::new();
        for name in all {
            let named = self.functions_named(&name);
            if named.into_iter().any(|id| self.takes_receiver(id, ty)) {
                fitting.push(name);
            }
        }
        fitting
    }
}

const fn function(def: Def) -> Option<FnId> {
    match def {
        Def::Fn(id) => Some(id),
        _ => None,
    }
}

impl crate::cx::Cx<'_> {
    /// The function of that name that every program has, used by name or not.
    pub(crate) fn library_fn(&self, name: &str) -> Option<FnId> {
        let mut modules = self.prelude.iter().chain(&self.collections);
        let found = modules.find_map(|module| self.scopes[*module].own(name));
        found.and_then(function)
    }

    /// The method that a function of the library is: `least_list_push` is `push` of a list.
    pub(crate) fn method_of(&self, id: FnId) -> Option<LibraryMethod<'_>> {
        let head = &self.out.fns[id].head;
        if !self.is_std(head.module) {
            return None;
        }
        let (scored, plain) = match head.name.strip_prefix("least_") {
            Some(rest) => (true, rest),
            None => (false, &*head.name),
        };
        let told = ["oldest_", "touched_"];
        let plain = told
            .iter()
            .find_map(|told| plain.strip_prefix(told))
            .unwrap_or(plain);
        let (of, name) = METHODS
            .iter()
            .find_map(|(prefix, of)| Some((*of, plain.strip_prefix(prefix)?)))?;
        Some(LibraryMethod { name, of, scored })
    }

    /// Whether `len` takes it, beside arrays.
    pub(crate) fn has_length(&self, ty: Ty) -> bool {
        matches!(
            self.kind(ty),
            TyKind::Ring(..) | TyKind::Str(_) | TyKind::Text | TyKind::Slice(_)
        )
    }

    /// Notes that a module uses a function, so that its import is not idle.
    fn mark_used(&mut self, module: crate::ids::ModuleId, id: FnId) {
        let home = self.out.fns[id].head.module;
        for named in self.scopes[module].names.values_mut() {
            if named.def == Def::Module(home) || named.def == Def::Fn(id) {
                named.used = true;
            }
        }
    }
}
