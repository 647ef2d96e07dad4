//! Struct values: `Params(m0: 1.5)`, `Params(..p, m0: 1.4)`.

use std::sync::Arc;

use indexmap::IndexMap;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr::{Arg, ArgKind};

use super::Checker;
use super::call::Given;
use super::generic::{Bindings, Declared};
use super::mismatch::at;
use crate::body::{Expr, ExprKind};
use crate::cx::State;
use crate::ids::{LocalId, StructId};
use crate::item::{FnParam, Member};
use crate::resolve::scope::{listed, unknown};
use crate::ty::{GenericArg, Ty, TyKind};

impl Checker<'_, '_> {
    /// `S(args)`.
    pub(crate) fn construct(
        &mut self,
        id: StructId,
        args: &[Arg],
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        self.cx.ensure_members(id);
        if self.cx.states.defaults[id] == State::Doing {
            let head = self.cx.out.structs[id].head.clone();
            let found = Diagnostic::new(
                Code::RecursiveType,
                span,
                "its defaults are not known yet",
            )
            .title(format!(
                "a default of `{}` needs a value of itself",
                head.name
            ))
            .label(head.span, "the struct is declared here")
            .help("write the members out, or use a constant");
            self.report(found);
            return Self::error(span);
        }
        self.cx.ensure_defaults(id);
        let found = &self.cx.out.structs[id];
        if found.collection.is_some() && !self.cx.is_std(self.env.module) {
            let title = format!("a `{}` is not made of members", found.head.name);
            self.loose_args(args);
            let text = "its members are the library's own";
            let found = Diagnostic::new(Code::HiddenMember, span, text)
                .title(title)
                .help("write its values: `[]`, `[a, b]`");
            self.report(found);
            return Self::error(span);
        }
        if !self.cx.out.structs[id].generics.is_empty() {
            return self.construct_generic(id, args, due, span);
        }
        let ty = self.cx.intern(TyKind::Struct(id, Vec::new()));
        let count = self.cx.out.structs[id].members.len();
        let mut given: Vec<Option<Expr>> = (0..count).map(|_| None).collect();
        let (base, positional) = self.member_arguments(id, ty, args, &mut given);
        if positional {
            self.positional(id, args, span);
            return Expr::error(ty, span);
        }
        if let Some(base) = base {
            let changes = (0_u32..).zip(given);
            let changes = changes
                .filter_map(|(at, value)| Some((at, value?)))
                .collect();
            return Expr {
                kind: ExprKind::Update(Box::new(base), changes),
                ty,
                span,
            };
        }
        let mut members = Vec::new();
        for (place, value) in given.into_iter().enumerate() {
            let member = value.or_else(|| self.cx.member_default(id, place, &[], span));
            members.push(member.unwrap_or_else(|| self.member_missing(id, place, span)));
        }
        Expr {
            kind: ExprKind::Struct(id, members),
            ty,
            span,
        }
    }

    /// Types the arguments; the base, and whether one has no name.
    fn member_arguments(
        &mut self,
        id: StructId,
        ty: Ty,
        args: &[Arg],
        given: &mut [Option<Expr>],
    ) -> (Option<Expr>, bool) {
        let mut base: Option<Expr> = None;
        let mut positional = false;
        for arg in args {
            match &arg.kind {
                ArgKind::Spread => {
                    let why = at(
                        self.cx.out.structs[id].head.span,
                        "the struct is declared here",
                    );
                    let value = self.check(&arg.value, ty, why);
                    if let Some(first) = &base {
                        let found = Diagnostic::new(
                            Code::UnknownArgument,
                            arg.value.span,
                            "a second one",
                        )
                        .title("a struct value has one base")
                        .label(first.span, "the first is here")
                        .help("remove one of them");
                        self.report(found);
                    } else {
                        base = Some(value);
                    }
                }
                ArgKind::Named(name) => self.member_argument(id, name, arg, given),
                ArgKind::Plain => {
                    self.value(&arg.value);
                    positional = true;
                }
            }
        }
        (base, positional)
    }

    fn member_argument(
        &mut self,
        id: StructId,
        name: &Name,
        arg: &Arg,
        given: &mut [Option<Expr>],
    ) {
        let Some((place, member)) = self.member_named(id, name) else {
            self.value(&arg.value);
            return;
        };
        let (ty, why) = (member.ty, at(member.span, "the member is declared here"));
        let value = self.check(&arg.value, ty, why);
        let Some(slot) = given.get_mut(place) else {
            return;
        };
        if slot.is_some() {
            self.given_twice(name);
        } else {
            *slot = Some(value);
        }
    }

    /// The member of that name, with its place; reports one that is not there.
    fn member_named(&mut self, id: StructId, name: &Name) -> Option<(usize, Member)> {
        let members = &self.cx.out.structs[id].members;
        let place = members.iter().position(|member| member.name == name.text);
        if let Some(place) = place {
            let member = members.get(place)?.clone();
            self.cx.used(name.span, member.span);
            return Some((place, member));
        }
        let names: Vec<Arc<str>> = members
            .iter()
            .map(|member| Arc::clone(&member.name))
            .collect();
        let head = self.cx.out.structs[id].head.clone();
        let report = unknown(Code::UnknownArgument, "member", name, &names)
            .title(format!(
                "struct `{}` has no member `{}`",
                head.name, name.text
            ))
            .label(head.span, format!("it has {}", listed(&names, "and")));
        self.report(report);
        None
    }

    fn given_twice(&mut self, name: &Name) {
        let report =
            Diagnostic::new(Code::UnknownArgument, name.span, "given again here")
                .title(format!("member `{}` is given twice", name.text))
                .help("remove one of them");
        self.report(report);
    }

    /// `S(args)` of a generic struct: the arguments, or what is due, decide the parameters.
    fn construct_generic(
        &mut self,
        id: StructId,
        args: &[Arg],
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        let of = Declared::Struct(id);
        let own = self.cx.own_args(of);
        let whole = self.cx.intern(TyKind::Struct(id, own));
        if args.iter().any(|arg| matches!(arg.kind, ArgKind::Plain)) {
            self.loose_args(args);
            self.positional(id, args, span);
            return Self::error(span);
        }
        let mut bindings = Bindings::new(self.cx.generics_of(of).len());
        self.wish(of, whole, due, &mut bindings, span);
        let (params, given, places) = self.generic_members(id, whole, args);
        let typed = self.arguments(of, &params, given, (whole, due, span), &mut bindings);
        let Some(generics) = self.generic_args(of, &bindings, span) else {
            return Self::error(span);
        };
        let ty = self.cx.out.types.subst(whole, &generics);
        if !self.cx.bounded(ty, span) {
            return Self::error(span);
        }
        let (mut base, mut members) = (None, IndexMap::new());
        for ((param, value), place) in params.iter().zip(typed).zip(places) {
            let due = self.cx.out.types.subst(param.ty, &generics);
            let value =
                self.coerce(value, due, at(param.span, "the member is declared here"));
            match place {
                Some(place) => drop(members.insert(place, value)),
                None => base = Some(value),
            }
        }
        let kind = match base {
            Some(base) => ExprKind::Update(
                Box::new(base),
                members
                    .into_iter()
                    .filter_map(|(at, value)| Some((u32::try_from(at).ok()?, value)))
                    .collect(),
            ),
            None => ExprKind::Struct(id, self.all_members(id, &generics, members, span)),
        };
        Expr { kind, ty, span }
    }

    /// What the arguments of a generic struct stand for: members as parameters, the values,
    /// and the places of the members; `None` for the base.
    fn generic_members<'t>(
        &mut self,
        id: StructId,
        whole: Ty,
        args: &'t [Arg],
    ) -> (Vec<FnParam>, Vec<Given<'t>>, Vec<Option<usize>>) {
        let (mut params, mut given, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for arg in args {
            let (place, ty, declared) = match &arg.kind {
                ArgKind::Named(name) => match self.member_named(id, name) {
                    Some((place, member)) if !places.contains(&Some(place)) => {
                        (Some(place), member.ty, member.span)
                    }
                    found => {
                        if found.is_some() {
                            self.given_twice(name);
                        }
                        self.loose_args(std::slice::from_ref(arg));
                        continue;
                    }
                },
                ArgKind::Spread | ArgKind::Plain => {
                    (None, whole, self.cx.out.structs[id].head.span)
                }
            };
            params.push(FnParam {
                local: LocalId::from_u32(0),
                name: Arc::from(""),
                ty,
                inout: false,
                range: None,
                span: declared,
            });
            given.push(Given::Written(&arg.value));
            places.push(place);
        }
        (params, given, places)
    }

    /// All members of a generic struct, those that are not given with their defaults.
    fn all_members(
        &mut self,
        id: StructId,
        generics: &[GenericArg],
        mut given: IndexMap<usize, Expr>,
        span: Span,
    ) -> Vec<Expr> {
        let count = self.cx.out.structs[id].members.len();
        let mut members = Vec::with_capacity(count);
        for place in 0..count {
            let value = given
                .swap_remove(&place)
                .or_else(|| self.cx.member_default(id, place, generics, span));
            members.push(match value {
                Some(value) => value,
                None => self.member_missing(id, place, span),
            });
        }
        members
    }

    fn member_missing(&mut self, id: StructId, place: usize, span: Span) -> Expr {
        let found = &self.cx.out.structs[id];
        if let Some(member) = found.members.get(place) {
            let report = Diagnostic::new(
                Code::MissingMember,
                span,
                format!("`{}` is not given", member.name),
            )
            .title(format!(
                "a value of `{}` needs its member `{}` here",
                found.head.name, member.name
            ))
            .label(member.span, "its type has no zero")
            .help(format!("give it: `{}: …`", member.name));
            self.report(report);
        }
        Self::error(span)
    }

    fn positional(&mut self, id: StructId, args: &[Arg], span: Span) {
        let found = &self.cx.out.structs[id];
        let names: Vec<Arc<str>> = found
            .members
            .iter()
            .map(|member| Arc::clone(&member.name))
            .collect();
        let mut report =
            Diagnostic::new(Code::UnknownArgument, span, "values without names")
                .title(format!(
                    "members of `{}` are given by name",
                    found.head.name
                ))
                .label(found.head.span, "the struct is declared here")
                .help(match names.first() {
                    Some(first) => format!("write `{}({first}: …)`", found.head.name),
                    None => format!("`{}` has no members", found.head.name),
                });
        let all_plain = args.iter().all(|arg| matches!(arg.kind, ArgKind::Plain));
        if all_plain && args.len() <= names.len() {
            let edits = args.iter().zip(&names);
            let edits =
                edits.map(|(arg, name)| (arg.value.span.before(), format!("{name}: ")));
            let title = "name the members in their order".to_owned();
            report.fixes.push(theus_diag::Fix {
                title,
                edits: edits.collect(),
            });
        }
        self.report(report);
    }
}
