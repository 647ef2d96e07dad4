//! What stands behind the dot: fields of contexts, members of structs, of `tick`.

use std::sync::Arc;

use cranelift_entity::EntityRef;
use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;

use super::{Checker, Home};
use crate::body::{Expr, ExprKind, TickField};
use crate::ids::{ContextId, FieldId};
use crate::item::ContextKind;
use crate::resolve::scope::{listed, unknown};
use crate::ty::{Ty, TyKind};

/// The members of `tick`.
const TICK: &[(&str, TickField, Ty)] = &[
    ("count", TickField::Count, Ty::U64),
    ("time", TickField::Time, Ty::DURATION),
    ("now", TickField::Now, Ty::INSTANT),
    ("dt", TickField::Dt, Ty::DURATION),
    ("faults", TickField::Faults, Ty::U64),
    ("steps", TickField::Steps, Ty::U64),
    ("load", TickField::Load, Ty::F64),
];

impl Checker<'_, '_> {
    pub(super) fn tick(&mut self, name: &Name, span: Span) -> Expr {
        match self.home {
            Home::Constant(what) => return self.not_constant(span, what, "the clock"),
            Home::Default(_) => return self.not_constant(span, "a default", "the clock"),
            _ => {}
        }
        if let Some((_, field, ty)) =
            TICK.iter().find(|(known, ..)| *known == &*name.text)
        {
            self.cx.out.asked.insert(*field);
            return Expr {
                kind: ExprKind::Tick(*field),
                ty: *ty,
                span,
            };
        }
        let names: Vec<Arc<str>> = TICK.iter().map(|(name, ..)| (*name).into()).collect();
        let found = unknown(Code::UnknownField, "field", name, &names)
            .title(format!("`tick` has no `{}`", name.text));
        let found = if found.help.is_empty() {
            found.help(format!(
                "it has {}, and `used(x)` of a collection",
                listed(&names, "and")
            ))
        } else {
            found
        };
        self.report(found);
        Self::error(span)
    }

    /// Reports something that is not constant in a constant expression.
    fn not_constant(&mut self, span: Span, what: &str, is: &str) -> Expr {
        let found = Diagnostic::new(Code::NotConstant, span, format!("this is {is}"))
            .title(format!("{what} must be known at compile time"))
            .help("use literals and constants");
        self.report(found);
        Self::error(span)
    }

    /// `context.name`.
    pub(super) fn field(&mut self, context: ContextId, name: &Name, span: Span) -> Expr {
        let fields = self.cx.out.contexts[context].fields.iter();
        let found = fields
            .copied()
            .find(|id| self.cx.out.fields[*id].name == name.text);
        let Some(id) = found else {
            if self.cx.out.contexts[context].kind != ContextKind::Error {
                self.unknown_field(context, name);
            }
            return Self::error(span);
        };
        self.cx.used(name.span, self.cx.out.fields[id].span);
        if !self.may_name(id, span) {
            return Self::error(span);
        }
        Expr {
            kind: ExprKind::Field(id),
            ty: self.cx.out.fields[id].ty,
            span,
        }
    }

    /// Reports a field that a context does not have.
    pub(crate) fn unknown_field(&mut self, context: ContextId, name: &Name) {
        let missing = (context, Arc::clone(&name.text));
        if self.cx.unknown_entries.contains(&missing) {
            return;
        }
        let found = &self.cx.out.contexts[context];
        let head = found.head.clone();
        let names: Vec<Arc<str>> = found
            .fields
            .iter()
            .map(|id| Arc::clone(&self.cx.out.fields[*id].name))
            .collect();
        let report = unknown(Code::UnknownField, "field", name, &names)
            .title(format!(
                "context `{}` has no field `{}`",
                head.name, name.text
            ))
            .label(head.span, "the context is declared here");
        let report = if report.help.is_empty() && !names.is_empty() {
            report.help(format!("it has {}", listed(&names, "and")))
        } else {
            report
        };
        self.report(report);
    }

    /// Whether fields may be named here at all; reports it if not.
    fn may_name(&mut self, id: FieldId, span: Span) -> bool {
        let global = self.cx.out.fields[id].zone == Zone::Global;
        let found = match self.home {
            Home::Process | Home::Test | Home::Pipeline | Home::Alert => return true,
            Home::Invariant if global => return true,
            Home::Default(before) if global && id.index() < before => return true,
            // Said once of a function, which has many such places if it has one.
            Home::Fn if std::mem::replace(&mut self.reached_out, true) => {
                self.cx.failures += 1;
                return false;
            }
            Home::Fn => Diagnostic::new(Code::WrongKind, span, "a field of a context")
                .title("a function cannot touch a context")
                .help("pass it as a parameter, or as an `inout` parameter to change it")
                .help("what goes together is one parameter: a `struct`, which a context holds as one field"),
            Home::Invariant => {
                Diagnostic::new(Code::NotConstant, span, "this field changes")
                    .title("an invariant names globals only")
                    .help("check data fields with `requires` and `ensures` of processes")
            }
            Home::Default(_) => {
                Diagnostic::new(Code::NotConstant, span, "this is no earlier global")
                    .title("a default names constants and earlier globals only")
                    .help("use a `const` for what both need")
            }
            Home::Constant(what) => {
                self.not_constant(span, what, "a field");
                return false;
            }
        };
        self.report(found);
        false
    }

    /// `value.name`: a member of a struct.
    pub(crate) fn member(&mut self, base: Expr, name: &Name, span: Span) -> Expr {
        if let Some(owned) = self.owned_pool(&base, name, span) {
            return owned;
        }
        let id = match self.kind(base.ty) {
            TyKind::Struct(id, _) => *id,
            TyKind::Tuple(_) => return self.part(base, name, span),
            TyKind::Error => return Self::error(span),
            _ => {
                self.no_members(&base, name);
                return Self::error(span);
            }
        };
        self.cx.ensure_members(id);
        let found = &self.cx.out.structs[id];
        if found.collection.is_some() && !self.cx.is_std(self.env.module) {
            self.hidden(&base, name);
            return Self::error(span);
        }
        let at = found
            .members
            .iter()
            .position(|member| member.name == name.text);
        if let Some(at) = at.and_then(|at| u32::try_from(at).ok()) {
            let of = found.members.get(at as usize).map(|member| member.span);
            of.into_iter().for_each(|of| self.cx.used(name.span, of));
            return Expr {
                ty: self.cx.out.member_ty(base.ty, at),
                kind: ExprKind::Member(Box::new(base), at),
                span,
            };
        }
        let head = found.head.clone();
        let names: Vec<Arc<str>> = found
            .members
            .iter()
            .map(|member| Arc::clone(&member.name))
            .collect();
        let report = unknown(Code::UnknownField, "member", name, &names)
            .title(format!(
                "struct `{}` has no member `{}`",
                head.name, name.text
            ))
            .label(head.span, format!("it has {}", listed(&names, "and")));
        let report = match self.owned_of_copy(base.ty, name) {
            Some(help) => report.help(help),
            None => report,
        };
        self.report(report);
        Self::error(span)
    }

    fn hidden(&mut self, base: &Expr, name: &Name) {
        let text = self.show(base.ty);
        let found =
            Diagnostic::new(Code::HiddenMember, name.span, "there is no such member")
                .title(format!("`{text}` has no member `{}`", name.text))
                .label(base.span, format!("this is `{text}`"));
        let other = "collections are read and changed by their functions: `.len()`, `.push(v)`, `xs[i]`";
        let found = self.as_call(base.ty, name, found, other);
        self.report(found);
    }

    /// Adds how it is called what was read as a member, or the other help if it cannot be.
    fn as_call(
        &mut self,
        ty: Ty,
        name: &Name,
        found: Diagnostic,
        other: &str,
    ) -> Diagnostic {
        let counts = matches!(&*name.text, "length" | "size" | "count");
        if counts && self.has_method(ty, "len") {
            let found = found.help("its length is `.len()`");
            return found.fix("write `len()`", name.span, "len()");
        }
        match self.method_takes(ty, &name.text) {
            Some(0) => {
                let found =
                    found.help(format!("functions are called: `.{}()`", name.text));
                found.fix("call it", name.span.after(), "()")
            }
            Some(_) => found.help(format!("functions are called: `.{}(…)`", name.text)),
            None => found.help(other),
        }
    }

    fn no_members(&mut self, base: &Expr, name: &Name) {
        let text = self.show(base.ty);
        let found =
            Diagnostic::new(Code::UnknownField, name.span, "there is no such member")
                .title(format!("`{text}` has no member `{}`", name.text))
                .label(base.span, format!("this is `{text}`"));
        let found = if matches!(self.kind(base.ty), TyKind::Option(_)) {
            found.help("say first what to do with `none`: `… ?? default`")
        } else {
            self.as_call(base.ty, name, found, "only structs have members")
        };
        self.report(found);
    }
}
