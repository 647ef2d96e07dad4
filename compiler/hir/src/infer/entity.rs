//! What a name or a dotted path means where a value may stand.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr as tree;

use super::Checker;
use crate::body::{Expr, ExprKind};
use crate::habits;
use crate::ids::{ContextId, EnumId, ModuleId};
use crate::item::{GenericKind, Variant};
use crate::resolve::scope::{Def, listed, unknown};
use crate::resolve::types::primitive;
use crate::ty::{Ty, TyKind};

/// What an expression names.
pub(crate) enum Entity {
    /// A value.
    Value(Expr),
    /// An item that is no value.
    Def(Def),
    /// `tick`.
    Tick,
    /// `random`.
    Random,
    /// `host`.
    Host,
    /// A type by name: primitive or parameter.
    Type,
    /// One of several contexts: the index.
    Element(ContextId, Box<Expr>),
}

impl Checker<'_, '_> {
    /// A name or path as a value.
    pub(crate) fn named(&mut self, written: &tree::Expr, due: Option<Ty>) -> Expr {
        let span = written.span;
        let (what, help) = match self.entity(written, due) {
            Entity::Value(value) => return Expr { span, ..value },
            Entity::Def(Def::Error) => return self.fallen(span),
            Entity::Def(def) => (def.what(), Self::value_help(def)),
            Entity::Tick => (
                "the clock",
                "name what you want: `tick.count`, `tick.time`, `tick.dt`",
            ),
            Entity::Random => (
                "the random source",
                "draw from it: `random.uniform(0.0, 1.0)`",
            ),
            Entity::Host => (
                "the machine",
                "name what you want: `host.late`, `host.p99(act)`",
            ),
            Entity::Type => ("a type", "to convert a number write `x as f64`"),
            Entity::Element(..) => ("a context", Self::value_help(Def::Error)),
        };
        let found = Diagnostic::new(Code::NotAValue, span, format!("this is {what}"))
            .title(format!("{what} is not a value"))
            .help(help);
        self.report(found);
        Self::error(span)
    }

    const fn value_help(def: Def) -> &'static str {
        match def {
            Def::Context(_) => "name one of its fields: `plant.x`",
            Def::ContextType(_) => "name a field of a context of this type: `left.x`",
            Def::Enum(_) => {
                "name one of its variants: `Law.Sta`; all of them has a `match`, or a test: `test \"…\" for law in Law.all { … }`"
            }
            Def::Struct(_) => "make a value of it: `Params(m0: 1.5)`",
            Def::Fn(_) => "call it, or pass it where a closure is due",
            Def::Module(_) => "name something in it",
            Def::Process(_) => "processes run in pipelines",
            Def::Pipeline(_) => "pipelines run by themselves, or in other pipelines",
            Def::Contract(_) => "a process takes it: `process p is Bounded(c.u, 1.0)`",
            Def::Const(_) | Def::Error => "",
        }
    }

    /// What an expression names. Reports names that mean nothing.
    pub(crate) fn entity(&mut self, written: &tree::Expr, due: Option<Ty>) -> Entity {
        match &written.kind {
            tree::ExprKind::Name(name) => self.bare_name(name, due),
            tree::ExprKind::Paren(inner) => self.entity(inner, due),
            tree::ExprKind::Index(base, indices) => match self.context_named(base) {
                Some(context) => self.one_of(context, indices, written.span),
                None => Entity::Value(self.expr(written, due)),
            },
            tree::ExprKind::Member(base, name) => {
                let span = written.span;
                let found = self.deeper(span, |this| this.entity(base, None));
                match found.unwrap_or_else(|| Entity::Value(Self::error(span))) {
                    Entity::Value(base) => Entity::Value(self.member(base, name, span)),
                    Entity::Def(def) => self.in_def(def, name, due, span),
                    Entity::Element(context, at) => {
                        Entity::Value(self.field_at(context, *at, name, span))
                    }
                    Entity::Tick => Entity::Value(self.tick(name, span)),
                    Entity::Host => Entity::Value(self.host(name, span)),
                    Entity::Random => {
                        let found = Diagnostic::new(Code::NotAValue, span, "not called")
                            .title("a draw is a call")
                            .help("write `random.uniform(0.0, 1.0)`");
                        self.report(found);
                        Entity::Value(Self::error(span))
                    }
                    Entity::Type => {
                        let found = Diagnostic::new(
                            Code::WrongKind,
                            base.span,
                            "this is a type",
                        )
                        .title("a type has no members")
                        .help(
                            "limits are written as literals; conversions as `x as f64`",
                        );
                        self.report(found);
                        Entity::Value(Self::error(span))
                    }
                }
            }
            _ => Entity::Value(self.expr(written, due)),
        }
    }

    fn bare_name(&mut self, name: &Name, due: Option<Ty>) -> Entity {
        let span = name.span;
        if let Some(local) = self.find_local(&name.text) {
            self.cx.used(span, self.locals[local].span);
            if let Some(element) = self.element(local, span) {
                return Entity::Value(element);
            }
            let ty = self.locals[local].ty;
            if let Some(field) = self.heard.get(&local) {
                let kind = ExprKind::Field(*field);
                return Entity::Value(Expr { kind, ty, span });
            }
            return Entity::Value(Expr {
                kind: ExprKind::Local(local),
                ty,
                span,
            });
        }
        let generic = self
            .env
            .generics
            .iter()
            .position(|generic| generic.name == name.text);
        if let Some(at) = generic {
            let of = self.env.generics.get(at).map(|generic| generic.span);
            of.into_iter().for_each(|of| self.cx.used(span, of));
            let at = u32::try_from(at).unwrap_or(0);
            if self.bound(at) == GenericKind::Size {
                return Entity::Value(Expr {
                    kind: ExprKind::SizeParam(at),
                    ty: Ty::I64,
                    span,
                });
            }
            return Entity::Type;
        }
        if let Some(alias) = self.alias(&name.text) {
            self.cx.used(span, alias.span);
            let Some(value) = alias.value else {
                return Entity::Value(Self::error(span));
            };
            return self.in_argument(alias.module, |this| this.entity(value, due));
        }
        if let Some(context) = self.subject_field(&name.text) {
            return Entity::Value(self.field_of_one(context, name, span));
        }
        if let Some(context) = self.own_context(&name.text) {
            self.cx.used(span, self.cx.out.contexts[context].head.span);
            return Entity::Def(Def::Context(context));
        }
        if let Some(variant) = due.and_then(|due| self.due_variant(name, due)) {
            return Entity::Value(variant);
        }
        if let Some(def) = self.cx.lookup(self.env.module, &name.text) {
            self.cx.used_def(span, def);
            return self.item(def, span);
        }
        match &*name.text {
            "tick" => return Entity::Tick,
            "random" => return Entity::Random,
            "host" => return Entity::Host,
            text if primitive(text).is_some() => return Entity::Type,
            _ => {}
        }
        self.unknown_name(name, due);
        Entity::Value(Self::error(span))
    }

    /// The variant of that name of the enum that is due.
    fn due_variant(&mut self, name: &Name, due: Ty) -> Option<Expr> {
        let ty = self.bare(due);
        let TyKind::Enum(id, _) = *self.kind(ty) else {
            return None;
        };
        let at = self.variant(id, name)?;
        Some(self.bare_variant(id, at, Some(ty), name.span))
    }

    /// The index of a variant.
    pub(crate) fn variant(&mut self, id: EnumId, name: &Name) -> Option<u32> {
        let at = self.cx.out.enums[id]
            .variants
            .iter()
            .position(|known| known.name == name.text)?;
        self.cx.used_variant(name.span, id, at);
        u32::try_from(at).ok()
    }

    fn item(&mut self, def: Def, span: Span) -> Entity {
        match def {
            Def::Const(id) => {
                self.cx.ensure_const(id);
                let ty = self.cx.out.consts[id].ty;
                Entity::Value(Expr {
                    kind: ExprKind::Const(id),
                    ty,
                    span,
                })
            }
            Def::Error => Entity::Value(self.fallen(span)),
            _ => Entity::Def(def),
        }
    }

    /// The name of a context, and those of its fields.
    fn fields_of(&self, context: ContextId) -> (Arc<str>, Vec<Arc<str>>) {
        let context = &self.cx.out.contexts[context];
        let fields = context.fields.iter();
        let fields = fields.map(|id| Arc::clone(&self.cx.out.fields[*id].name));
        (Arc::clone(&context.head.name), fields.collect())
    }

    fn unknown_name(&mut self, name: &Name, due: Option<Ty>) {
        let mut names = if self.cx.is_flooded() {
            Vec::new()
        } else {
            self.local_names()
        };
        let wanted = |def| {
            matches!(
                def,
                Def::Const(_) | Def::Context(_) | Def::Module(_) | Def::Enum(_)
            )
        };
        names.extend(self.cx.candidates(self.env.module, None, wanted));
        names.extend(
            self.env
                .generics
                .iter()
                .map(|generic| Arc::clone(&generic.name)),
        );
        names.extend(["tick".into(), "random".into()]);
        if let Some(TyKind::Enum(id, _)) = due.map(|due| self.kind(self.bare(due))) {
            let variants = self.cx.out.enums[*id].variants.iter();
            names.extend(variants.map(|variant| Arc::clone(&variant.name)));
        }
        let own = self.subject.map(|context| self.fields_of(context));
        names.extend(own.iter().flat_map(|(_, fields)| fields.iter().cloned()));
        let mut found = unknown(Code::UnknownName, "name", name, &names);
        if let Some(habit) = habits::value(&name.text) {
            found.fixes.clear();
            found.help = vec![habit.to_owned()];
        }
        if found.help.is_empty() {
            if let Some(path) = self.field_named(&name.text) {
                found = found
                    .help(format!("a field is written with its context: `{path}`"))
                    .fix(format!("write `{path}`"), name.span, path);
            } else if let Some(path) = self.variant_named(&name.text) {
                found = found
                    .help(format!("a variant is written with its enum: `{path}`"))
                    .fix(format!("write `{path}`"), name.span, path);
            } else if let Some(def) = self.cx.lookup(self.env.module, &name.text) {
                found = found.help(format!("`{}` is {}", name.text, def.what()));
            } else if let Some((context, fields)) = own {
                found = found.help(format!(
                    "a rule names fields of `{context}`: it has {}",
                    listed(&fields, "and")
                ));
            } else {
                found =
                    found.help("declare it with `let`, or import the module that has it");
            }
        }
        self.report(found);
    }

    /// `context.field` of a field of this module.
    pub(super) fn field_named(&self, name: &str) -> Option<String> {
        let mut fields = self.cx.out.stored().map(|(_, field)| field);
        let field = fields.find(|field| {
            *field.name == *name
                && self.cx.out.contexts[field.context].head.module == self.env.module
        })?;
        Some(format!(
            "{}.{name}",
            self.cx.out.contexts[field.context].head.name
        ))
    }

    /// `Enum.Variant` of a variant of this module.
    fn variant_named(&self, name: &str) -> Option<String> {
        let mut enums = self.cx.out.enums.values();
        let found = enums.find(|found| {
            found.head.module == self.env.module
                && found.variants.iter().any(|variant| *variant.name == *name)
        })?;
        // Modes are written with their pipeline.
        let of = found.head.name.strip_suffix(".mode");
        Some(format!("{}.{name}", of.unwrap_or(&found.head.name)))
    }

    /// `def.name`.
    fn in_def(&mut self, def: Def, name: &Name, due: Option<Ty>, span: Span) -> Entity {
        match def {
            Def::Module(module) => match self.in_module(module, name) {
                Some(def) => self.item(def, span),
                None => Entity::Value(Self::error(span)),
            },
            Def::Context(context) => {
                Entity::Value(self.field_of_one(context, name, span))
            }
            Def::Enum(id) => Entity::Value(self.variant_value(id, name, due, span)),
            Def::Pipeline(id) if self.cx.out.pipelines[id].modes.is_some() => {
                Entity::Value(self.of_pipeline(id, name, span))
            }
            Def::Error => Entity::Value(self.fallen(span)),
            Def::Struct(_)
            | Def::ContextType(_)
            | Def::Contract(_)
            | Def::Const(_)
            | Def::Fn(_)
            | Def::Process(_)
            | Def::Pipeline(_) => {
                let text = format!("{} has no members", def.what());
                let found = Diagnostic::new(Code::WrongKind, span, text)
                    .title(format!("{} has no `{}`", def.what(), name.text))
                    .help(Self::value_help(def));
                self.report(found);
                Entity::Value(Self::error(span))
            }
        }
    }

    /// What a module declares by that name; reports it if there is nothing.
    pub(crate) fn in_module(&mut self, module: ModuleId, name: &Name) -> Option<Def> {
        if let Some(def) = self.cx.scopes[module].own(&name.text) {
            self.cx.used_def(name.span, def);
            return Some(def);
        }
        let names = self.cx.candidates(self.env.module, Some(module), |_| true);
        let inside = &self.cx.out.modules[module];
        let found = unknown(Code::UnknownName, "name", name, &names)
            .title(format!("module `{}` has no `{}`", inside.name, name.text));
        self.report(found);
        None
    }

    fn variant_value(
        &mut self,
        id: EnumId,
        name: &Name,
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        if let Some(at) = self.variant(id, name) {
            return self.bare_variant(id, at, due, span);
        }
        if &*name.text == "all" {
            let found = Diagnostic::new(Code::NotAValue, span, "all variants at once")
                .title("`all` is for the parameters of tests")
                .help("write `test \"…\" for law in Law.all { … }`");
            self.report(found);
            return Self::error(span);
        }
        self.unknown_variant(id, name);
        Self::error(span)
    }

    /// Reports a variant that an enum does not have.
    pub(crate) fn unknown_variant(&mut self, id: EnumId, name: &Name) {
        let found = &self.cx.out.enums[id];
        let (head, names) = (found.head.clone(), variants_of(&found.variants));
        let report = unknown(Code::UnknownVariant, "variant", name, &names)
            .title(format!(
                "enum `{}` has no variant `{}`",
                head.name, name.text
            ))
            .label(head.span, format!("it has {}", listed(&names, "and")));
        self.report(report);
    }
}

fn variants_of(variants: &[Variant]) -> Vec<Arc<str>> {
    let names = variants.iter().map(|variant| Arc::clone(&variant.name));
    names.collect()
}
