//! Structs: members with types, ranges and defaults.

use std::sync::Arc;

use theus_abi::image::Range;
use theus_diag::{Code, Diagnostic};
use theus_grammar::ast::item as tree;

use crate::body::Expr;
use crate::cx::{Cx, Env, State};
use crate::ids::StructId;
use crate::infer::{Checker, Home};
use crate::item::Member;
use crate::resolve::declare::duplicates;
use crate::resolve::extent;
use crate::resolve::ranges::Inside;
use crate::ty::Ty;

/// Resolves all structs.
pub(crate) fn all(cx: &mut Cx<'_>) {
    let ids: Vec<StructId> = cx.out.structs.keys().collect();
    for id in &ids {
        cx.ensure_members(*id);
    }
    for id in cx.out.enums.keys().collect::<Vec<_>>() {
        cx.ensure_payloads(id);
    }
    extent::all(cx);
    for id in &ids {
        cx.ensure_defaults(*id);
    }
}

impl Cx<'_> {
    /// Where the types of the members of a struct are looked up.
    fn struct_env(&mut self, id: StructId) -> Env {
        self.ensure_generics(id);
        Env {
            module: self.out.structs[id].head.module,
            generics: self.out.structs[id].generics.iter().cloned().collect(),
        }
    }

    /// Resolves the generic parameters of a struct, if that is not done.
    pub(crate) fn ensure_generics(&mut self, id: StructId) {
        let written = &self.trees.structs[id].generics;
        if self.out.structs[id].generics.len() < written.len() {
            let generics = self.generics(written);
            self.out.structs[id].generics = generics;
        }
    }

    /// A default of a generic struct holds for all arguments; reports one that cannot.
    fn repeatable(&mut self, env: &Env, default: Expr) -> Expr {
        if env.generics.is_empty() || crate::instance::repeatable(&default) {
            return default;
        }
        let text = "this is not made of literals and constants";
        let found = Diagnostic::new(Code::NotConstant, default.span, text)
            .title("a default of a generic struct is made of literals and constants")
            .help("give the member where values are made");
        self.report(found);
        Checker::error(default.span)
    }

    /// Types the members of a struct, if that is not done.
    pub(crate) fn ensure_members(&mut self, id: StructId) {
        if self.states.members[id] != State::Todo {
            return;
        }
        self.states.members[id] = State::Doing;
        let tree = self.trees.structs[id];
        let env = self.struct_env(id);
        duplicates(
            self,
            "member",
            tree.members.iter().map(|member| &member.name),
        );
        for member in &tree.members {
            let ty = self.member_type(&env, &member.ty);
            let ty = self.with_owner(&env, member, ty);
            let ty = self.with_queries(member, ty);
            self.out.structs[id].members.push(Member {
                name: Arc::clone(&member.name.text),
                ty,
                range: None,
                default: None,
                span: member.name.span,
            });
        }
        self.states.members[id] = State::Done;
    }

    /// Types the ranges and defaults of a struct, if that is not done.
    pub(crate) fn ensure_defaults(&mut self, id: StructId) {
        self.ensure_members(id);
        if self.states.defaults[id] != State::Todo {
            return;
        }
        self.states.defaults[id] = State::Doing;
        let tree = self.trees.structs[id];
        let env = self.struct_env(id);
        for (at, member) in tree.members.iter().enumerate() {
            let Some(ty) = self.out.structs[id].members.get(at).map(|member| member.ty)
            else {
                continue;
            };
            let range = member
                .range
                .as_ref()
                .and_then(|range| self.range(env.module, ty, range));
            let default = member.default.as_ref().map(|written| {
                let place = Home::Constant("the default of a member");
                let mut checker = Checker::new(self, env.clone(), place);
                let why = Some((member.ty.span, "the type is given here"));
                let default = checker.check(written, ty, why);
                // A default of a type that is wrong is dropped: its size is not known.
                if ty == Ty::ERROR {
                    return Checker::error(written.span);
                }
                let default = self.folded_default(default);
                self.repeatable(&env, default)
            });
            self.check_default(member, ty, range, default.as_ref());
            if let Some(member) = self.out.structs[id].members.get_mut(at) {
                (member.range, member.default) = (range, default);
            }
        }
        self.states.defaults[id] = State::Done;
    }

    /// A default made a literal where its value is known.
    pub(crate) fn folded_default(&mut self, default: Expr) -> Expr {
        match self.evaluate(&default) {
            Ok(value) => self.as_literal(default, &value),
            Err(failure @ crate::eval::Failure::Fault(..)) => {
                self.report_failure(&failure, "a default");
                default
            }
            Err(_) => default,
        }
    }

    /// Checks that the default, or zero, of a member or field lies in its range.
    pub(crate) fn check_default(
        &mut self,
        member: &tree::Member,
        ty: Ty,
        range: Option<Range>,
        default: Option<&Expr>,
    ) {
        let Some(range) = range else { return };
        let name = &member.name.text;
        let place = member
            .range
            .as_ref()
            .map_or(member.span, |range| range.span);
        if let Some(default) = default {
            if self.inside(default, range) == Inside::No {
                let found = Diagnostic::new(
                    Code::DefaultOutOfRange,
                    default.span,
                    "this default",
                )
                .title(format!("the default of `{name}` is outside its range"))
                .label(place, format!("the range is {range}"))
                .help("change the default, or the range");
                self.report(found);
            }
            return;
        }
        let Some(zero) = self.default_of(ty, member.span) else {
            return;
        };
        if self.inside(&zero, range) == Inside::No {
            let found = Diagnostic::new(
                Code::NeedsDefault,
                member.name.span,
                "it has no default",
            )
            .title(format!("`{name}` needs a default"))
            .label(place, "zero is not in this range")
            .help("add a default in the range: ` = …` after it");
            self.report(found);
        }
    }
}
