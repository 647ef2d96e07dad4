//! Values of enums: `Shape.Circle(r: 1.0)`, `Light.Red`.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr::{Arg, ArgKind};

use super::Checker;
use super::mismatch::at;
use crate::body::{Expr, ExprKind};
use crate::ids::EnumId;
use crate::item::Variant;
use crate::resolve::scope::{listed, unknown};
use crate::ty::TyKind;

impl Checker<'_, '_> {
    /// The variant of an enum, with its payload typed.
    pub(crate) fn variant_of(&mut self, id: EnumId, at: u32) -> Option<Variant> {
        self.cx.ensure_payloads(id);
        self.cx.out.enums[id].variants.get(at as usize).cloned()
    }

    /// `Enum.Variant` without a payload.
    pub(crate) fn bare_variant(&mut self, id: EnumId, at: u32, span: Span) -> Expr {
        let ty = self.cx.intern(TyKind::Enum(id));
        let Some(variant) = self.variant_of(id, at) else {
            return Self::error(span);
        };
        if !variant.payload.is_empty() {
            let found = Diagnostic::new(Code::WrongArity, span, "without its payload")
                .title(format!("variant `{}` carries a payload", variant.name))
                .label(variant.span, "the variant is declared here")
                .help(format!("write `{}`", call_form(&variant)));
            self.report(found);
            return Expr {
                kind: ExprKind::Error,
                ty,
                span,
            };
        }
        let kind = ExprKind::Variant(id, at, Vec::new());
        Expr { kind, ty, span }
    }

    /// `Enum.Variant(args)`.
    pub(crate) fn construct_variant(
        &mut self,
        id: EnumId,
        name: &Name,
        args: &[Arg],
        span: Span,
    ) -> Expr {
        let found = self.variant(id, &name.text);
        let found = found.and_then(|at| Some((at, self.variant_of(id, at)?)));
        let Some((at, variant)) = found else {
            self.loose_args(args);
            self.unknown_variant(id, name);
            return Self::error(span);
        };
        let ty = self.cx.intern(TyKind::Enum(id));
        let wrong = Expr {
            kind: ExprKind::Error,
            ty,
            span,
        };
        let Some(payload) = self.payload_values(&variant, args, span) else {
            return wrong;
        };
        let kind = ExprKind::Variant(id, at, payload);
        Expr { kind, ty, span }
    }

    /// The values of the payload in order of declaration.
    fn payload_values(
        &mut self,
        variant: &Variant,
        args: &[Arg],
        span: Span,
    ) -> Option<Vec<Expr>> {
        let mut given: Vec<Option<Expr>> = variant.payload.iter().map(|_| None).collect();
        let mut fine = true;
        for (place, arg) in args.iter().enumerate() {
            let place = match &arg.kind {
                ArgKind::Plain => Some(place),
                ArgKind::Named(name) => self.payload_place(variant, name),
                ArgKind::Spread => {
                    let found = Diagnostic::new(
                        Code::UnknownArgument,
                        arg.value.span,
                        "a spread",
                    )
                    .title("a payload has no base")
                    .help(format!("write `{}`", call_form(variant)));
                    self.report(found);
                    None
                }
            };
            let member = place.and_then(|place| variant.payload.get(place));
            let Some(member) = member else {
                fine &= place.is_some();
                self.value(&arg.value);
                continue;
            };
            let why = at(member.span, "the payload is declared here");
            let value = self.check(&arg.value, member.ty, why);
            match place.and_then(|place| given.get_mut(place)) {
                Some(slot @ None) => *slot = Some(value),
                _ => {
                    fine = false;
                    let found = Diagnostic::new(
                        Code::UnknownArgument,
                        arg.value.span,
                        "given again here",
                    )
                    .title(format!("`{}` is given twice", member.name))
                    .help("remove one of them");
                    self.report(found);
                }
            }
        }
        let missing: Vec<Arc<str>> = variant
            .payload
            .iter()
            .zip(&given)
            .filter(|(_, given)| given.is_none())
            .map(|(member, _)| Arc::clone(&member.name))
            .collect();
        if fine && (!missing.is_empty() || args.len() > given.len()) {
            self.wrong_payload(variant, args.len(), &missing, span);
            return None;
        }
        given.into_iter().collect::<Option<_>>().filter(|_| fine)
    }

    /// The place of a named member of a payload; reports it if there is none.
    pub(crate) fn payload_place(
        &mut self,
        variant: &Variant,
        name: &Name,
    ) -> Option<usize> {
        let mut members = variant.payload.iter();
        if let Some(place) = members.position(|member| member.name == name.text) {
            return Some(place);
        }
        let names: Vec<Arc<str>> = variant
            .payload
            .iter()
            .map(|member| Arc::clone(&member.name))
            .collect();
        let report = unknown(Code::UnknownArgument, "member", name, &names)
            .title(format!(
                "variant `{}` has no member `{}`",
                variant.name, name.text
            ))
            .label(variant.span, "the variant is declared here");
        self.report(report);
        None
    }

    fn wrong_payload(
        &mut self,
        variant: &Variant,
        given: usize,
        missing: &[Arc<str>],
        span: Span,
    ) {
        let needs = variant.payload.len();
        let unnamed = missing
            .iter()
            .all(|name| name.starts_with(|first: char| first.is_ascii_digit()));
        let label = if missing.is_empty() || unnamed {
            format!("{given} given")
        } else {
            format!("{} missing", listed(missing, "and"))
        };
        let title = match needs {
            0 => format!("variant `{}` carries nothing", variant.name),
            1 => format!("variant `{}` carries one value", variant.name),
            _ => format!("variant `{}` carries {needs} values", variant.name),
        };
        let found = Diagnostic::new(Code::WrongArity, span, label)
            .title(title)
            .label(variant.span, "the variant is declared here")
            .help(format!("write `{}`", call_form(variant)));
        self.report(found);
    }
}

/// `Circle(r: …)`.
pub(crate) fn call_form(variant: &Variant) -> String {
    let parts = variant.payload.iter().map(|member| {
        if member
            .name
            .starts_with(|first: char| first.is_ascii_digit())
        {
            "…".to_owned()
        } else {
            format!("{}: …", member.name)
        }
    });
    let parts: Vec<String> = parts.collect();
    match parts.is_empty() {
        true => variant.name.to_string(),
        false => format!("{}({})", variant.name, parts.join(", ")),
    }
}
