//! Values of enums: `Shape.Circle(r: 1.0)`, `Light.Red`.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr::{Arg, ArgKind};

use super::Checker;
use super::call::Given;
use super::generic::{Bindings, Declared};
use super::mismatch::at as at_place;
use crate::body::{Expr, ExprKind};
use crate::ids::{EnumId, LocalId};
use crate::item::{FnParam, Member, Variant};
use crate::resolve::scope::{listed, unknown};
use crate::ty::{Ty, TyKind};

impl Checker<'_, '_> {
    /// The variant of an enum, with its payload typed.
    pub(crate) fn variant_of(&mut self, id: EnumId, at: u32) -> Option<Variant> {
        self.cx.ensure_payloads(id);
        self.cx.out.enums[id].variants.get(at as usize).cloned()
    }

    /// `Enum.Variant` without a payload.
    pub(crate) fn bare_variant(
        &mut self,
        id: EnumId,
        at: u32,
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        let Some(ty) = self.enum_due(id, due, span) else {
            return Self::error(span);
        };
        let Some(variant) = self.variant_of(id, at) else {
            return Self::error(span);
        };
        if !variant.payload.is_empty() {
            let found = Diagnostic::new(Code::WrongArity, span, "without its payload")
                .title(format!("variant `{}` carries a payload", variant.name))
                .label(variant.span, "the variant is declared here")
                .help(format!("write `{}`", call_form(&variant)));
            self.report(found);
            return Expr::error(ty, span);
        }
        let kind = ExprKind::Variant(id, at, Vec::new());
        Expr { kind, ty, span }
    }

    /// The type of a variant without a payload: that of the enum that is due, if it is generic.
    fn enum_due(&mut self, id: EnumId, due: Option<Ty>, span: Span) -> Option<Ty> {
        self.cx.ensure_enum_generics(id);
        let of = Declared::Enum(id);
        let own = self.cx.own_args(of);
        let whole = self.cx.intern(TyKind::Enum(id, own));
        let mut bindings = Bindings::new(self.cx.generics_of(of).len());
        self.wish(of, whole, due, &mut bindings, span);
        let generics = self.generic_args(of, &bindings, span)?;
        Some(self.cx.out.types.subst(whole, &generics))
    }

    /// `Enum.Variant(args)`.
    pub(crate) fn construct_variant(
        &mut self,
        id: EnumId,
        name: &Name,
        args: &[Arg],
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        let found = self.variant(id, name);
        let found = found.and_then(|at| Some((at, self.variant_of(id, at)?)));
        let Some((at, variant)) = found else {
            self.loose_args(args);
            self.unknown_variant(id, name);
            return Self::error(span);
        };
        let of = Declared::Enum(id);
        let own = self.cx.own_args(of);
        let whole = self.cx.intern(TyKind::Enum(id, own));
        let count = self.cx.generics_of(of).len();
        let wrong = |ty| Expr::error(ty, span);
        let broken = if count == 0 { whole } else { Ty::ERROR };
        let Some(places) = self.payload_places(&variant, args, span) else {
            return wrong(broken);
        };
        let members: Vec<&Member> = places
            .iter()
            .filter_map(|place| variant.payload.get(*place))
            .collect();
        let params: Vec<FnParam> = members.iter().map(|member| param(member)).collect();
        let given = args.iter().map(|arg| Given::Written(&arg.value)).collect();
        let mut bindings = Bindings::new(count);
        self.wish(of, whole, due, &mut bindings, span);
        let typed = self.arguments(of, &params, given, (whole, due, span), &mut bindings);
        let Some(generics) = self.generic_args(of, &bindings, span) else {
            return wrong(broken);
        };
        let ty = self.cx.out.types.subst(whole, &generics);
        if !self.cx.bounded(ty, span) {
            return wrong(Ty::ERROR);
        }
        let mut payload: Vec<(usize, Expr)> = Vec::new();
        for ((member, value), place) in members.iter().zip(typed).zip(places) {
            let due = self.cx.out.types.subst(member.ty, &generics);
            let why = at_place(member.span, "the payload is declared here");
            payload.push((place, self.coerce(value, due, why)));
        }
        payload.sort_by_key(|(place, _)| *place);
        let payload = payload.into_iter().map(|(_, value)| value).collect();
        let kind = ExprKind::Variant(id, at, payload);
        Expr { kind, ty, span }
    }

    /// Which part of the payload each argument is; reports arguments that do not fit.
    fn payload_places(
        &mut self,
        variant: &Variant,
        args: &[Arg],
        span: Span,
    ) -> Option<Vec<usize>> {
        let mut places: Vec<usize> = Vec::new();
        let mut fine = true;
        for (place, arg) in args.iter().enumerate() {
            let place = match &arg.kind {
                ArgKind::Plain => Some(place),
                ArgKind::Named(name) => self.payload_place(variant, name),
                ArgKind::Spread => {
                    self.spread_payload(variant, arg);
                    None
                }
            };
            fine &= place.is_some();
            let Some(place) = place else { continue };
            if let (true, Some(member)) =
                (places.contains(&place), variant.payload.get(place))
            {
                fine = false;
                let at = arg.value.span;
                let found =
                    Diagnostic::new(Code::UnknownArgument, at, "given again here")
                        .title(format!("`{}` is given twice", member.name))
                        .help("remove one of them");
                self.report(found);
            }
            places.push(place);
        }
        let missing: Vec<Arc<str>> = variant
            .payload
            .iter()
            .enumerate()
            .filter(|(place, _)| !places.contains(place))
            .map(|(_, member)| Arc::clone(&member.name))
            .collect();
        let many = args.len() > variant.payload.len();
        if fine && (!missing.is_empty() || many) {
            self.wrong_payload(variant, args.len(), &missing, span);
            fine = false;
        }
        if !fine {
            self.loose_args(args);
        }
        fine.then_some(places)
    }

    fn spread_payload(&mut self, variant: &Variant, arg: &Arg) {
        let at = arg.value.span;
        let found = Diagnostic::new(Code::UnknownArgument, at, "a spread")
            .title("a payload has no base")
            .help(format!("write `{}`", call_form(variant)));
        self.report(found);
    }

    /// The place of a named member of a payload; reports it if there is none.
    pub(crate) fn payload_place(
        &mut self,
        variant: &Variant,
        name: &Name,
    ) -> Option<usize> {
        let mut members = variant.payload.iter();
        if let Some(place) = members.position(|member| member.name == name.text) {
            let of = variant.payload.get(place).map(|member| member.span);
            of.into_iter().for_each(|of| self.cx.used(name.span, of));
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

/// A part of a payload as a parameter.
fn param(member: &Member) -> FnParam {
    FnParam {
        local: LocalId::from_u32(0),
        name: Arc::from(""),
        ty: member.ty,
        inout: false,
        range: None,
        span: member.span,
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
