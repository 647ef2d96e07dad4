//! Patterns of payloads and structs: `Circle(r)`, `Point(x: 0.0)`.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::ast::expr::Pattern;
use theus_grammar::ast::{Name, Path};

use super::Checker;
use super::pattern::{Names, Subject};
use crate::body::Pat;
use crate::item::Member;
use crate::resolve::scope::{Def, Walk, listed, unknown};
use crate::ty::TyKind;

impl Checker<'_, '_> {
    /// `Circle(r)`, `Point(x: 0.0)`.
    pub(super) fn parts_pattern(
        &mut self,
        path: &Path,
        parts: &[(Option<Name>, Pattern)],
        subject: Subject,
        names: &mut Names,
    ) -> Option<Pat> {
        let found = self.parts_of_path(path, subject);
        let Some((variant, head, members)) = found else {
            for (_, part) in parts {
                self.loose(part, names);
            }
            return None;
        };
        let mut pats: Vec<Option<Pat>> = members.iter().map(|_| None).collect();
        let (mut fine, mut positional) = (true, false);
        for (place, (name, part)) in parts.iter().enumerate() {
            positional |= name.is_none();
            let place = match name {
                None => Some(place),
                Some(name) => self.member_place(&head, &members, name),
            };
            let member = place.and_then(|place| members.get(place));
            let Some(member) = member else {
                fine &= place.is_some();
                self.loose(part, names);
                continue;
            };
            let subject = Subject {
                ty: member.ty,
                span: member.span,
            };
            let pat = self.pattern(part, subject, names);
            fine &= pat.is_some();
            if let Some(slot) = place.and_then(|place| pats.get_mut(place)) {
                *slot = pat;
            }
        }
        if positional && parts.len() != members.len() && fine {
            let names: Vec<Arc<str>> = members
                .iter()
                .map(|member| Arc::clone(&member.name))
                .collect();
            let found = Diagnostic::new(
                Code::BadPattern,
                path.span,
                format!("{} given", parts.len()),
            )
            .title(format!("`{}` has {} parts", head.text, members.len()))
            .label(head.span, format!("it has {}", listed(&names, "and")))
            .help("name the parts that matter, or write `_` for the others");
            self.report(found);
            return None;
        }
        if !fine {
            return None;
        }
        let pats = pats
            .into_iter()
            .map(|pat| pat.unwrap_or(Pat::Wild))
            .collect();
        Some(match variant {
            Some(at) => Pat::Variant(at, pats),
            None => Pat::Members(pats),
        })
    }

    /// The variant (or struct) that a path names, its name, and its members.
    fn parts_of_path(
        &mut self,
        path: &Path,
        subject: Subject,
    ) -> Option<(Option<u32>, Name, Vec<Member>)> {
        let last = path.words.last()?.clone();
        let (kind, walked) = match (self.kind(subject.ty).clone(), path.words.as_slice())
        {
            (TyKind::Enum(id, args), [name]) if self.variant(id, name).is_some() => (
                TyKind::Enum(id, args),
                Walk::Found(Def::Enum(id), path.words.as_slice()),
            ),
            (kind, words) => (kind, self.cx.walk(self.env.module, words)),
        };
        match walked {
            Walk::Found(Def::Enum(id), [name]) => {
                let Some(at) = self.variant(id, name) else {
                    self.unknown_variant(id, name);
                    return None;
                };
                if !matches!(kind, TyKind::Enum(own, _) if own == id) {
                    let text = format!("`{}`", self.cx.out.enums[id].head.name);
                    self.bad_pattern(path.span, &text, subject);
                    return None;
                }
                let mut variant = self.variant_of(id, at)?;
                let types = self.cx.out.payload_types(subject.ty, at);
                for (member, ty) in variant.payload.iter_mut().zip(types) {
                    member.ty = ty;
                }
                let head = Name {
                    text: variant.name,
                    span: variant.span,
                };
                Some((Some(at), head, variant.payload))
            }
            Walk::Found(Def::Struct(id), []) => {
                let TyKind::Struct(own, _) = kind else {
                    let text = format!("`{}`", last.text);
                    self.bad_pattern(path.span, &text, subject);
                    return None;
                };
                if own != id {
                    let text = format!("`{}`", last.text);
                    self.bad_pattern(path.span, &text, subject);
                    return None;
                }
                self.cx.ensure_members(id);
                let found = &self.cx.out.structs[id];
                let head = Name {
                    text: Arc::clone(&found.head.name),
                    span: found.head.span,
                };
                let mut members = found.members.clone();
                let types = self.cx.out.member_types(subject.ty);
                for (member, ty) in members.iter_mut().zip(types) {
                    member.ty = ty;
                }
                Some((None, head, members))
            }
            Walk::Error => None,
            Walk::Found(def, _) => {
                self.bad_pattern(path.span, def.what(), subject);
                None
            }
            Walk::Unknown(_, None) => {
                if let TyKind::Enum(id, _) = kind {
                    self.unknown_variant(id, &last);
                    return None;
                }
                let names = self.cx.candidates(self.env.module, None, Def::is_type);
                self.report(unknown(Code::UnknownType, "type", &last, &names));
                None
            }
            Walk::Unknown(name, Some(module)) => {
                let name = name.clone();
                self.in_module(module, &name);
                None
            }
        }
    }

    fn member_place(
        &mut self,
        head: &Name,
        members: &[Member],
        name: &Name,
    ) -> Option<usize> {
        let place = members.iter().position(|member| member.name == name.text);
        let of = place.and_then(|place| members.get(place));
        of.into_iter()
            .for_each(|of| self.cx.used(name.span, of.span));
        if place.is_none() {
            let names: Vec<Arc<str>> = members
                .iter()
                .map(|member| Arc::clone(&member.name))
                .collect();
            let report = unknown(Code::UnknownField, "member", name, &names)
                .title(format!("`{}` has no member `{}`", head.text, name.text))
                .label(head.span, format!("it has {}", listed(&names, "and")));
            self.report(report);
        }
        place
    }
}
