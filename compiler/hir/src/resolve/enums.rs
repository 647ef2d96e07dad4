//! Enums: what their variants carry.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::ast::item as tree;

use crate::cx::{Cx, Env, State};
use crate::ids::EnumId;
use crate::item::Member;
use crate::resolve::declare::duplicates;

impl Cx<'_> {
    /// Types the payloads of an enum, if that is not done.
    pub(crate) fn ensure_payloads(&mut self, id: EnumId) {
        if self.states.payloads[id] != State::Todo {
            return;
        }
        self.states.payloads[id] = State::Doing;
        let tree = self.trees.enums[id];
        self.ensure_enum_generics(id);
        let env = Env {
            module: self.out.enums[id].head.module,
            generics: self.out.enums[id].generics.iter().cloned().collect(),
        };
        for (at, variant) in tree.variants.iter().enumerate() {
            let payload = self.payload(&env, variant);
            if let Some(found) = self.out.enums[id].variants.get_mut(at) {
                found.payload = payload;
            }
        }
        self.states.payloads[id] = State::Done;
    }

    /// Resolves the generic parameters of an enum, if that is not done.
    pub(crate) fn ensure_enum_generics(&mut self, id: EnumId) {
        let written = &self.trees.enums[id].generics;
        if self.out.enums[id].generics.len() < written.len() {
            let generics = self.generics(written);
            self.out.enums[id].generics = generics;
        }
    }

    fn payload(&mut self, env: &Env, variant: &tree::Variant) -> Vec<Member> {
        let names = variant.payload.iter().filter_map(|(name, _)| name.as_ref());
        duplicates(self, "member", names.clone());
        let named = names.count();
        if named > 0 && named < variant.payload.len() {
            let span = variant.name.span;
            let text = "some parts have names, some have not";
            let found = Diagnostic::new(Code::PartlyNamed, span, text)
                .title(format!(
                    "variant `{}` names a part of its payload",
                    variant.name.text
                ))
                .help("give all of them names, or none");
            self.report(found);
        }
        let mut members = Vec::with_capacity(variant.payload.len());
        for (at, (name, written)) in variant.payload.iter().enumerate() {
            let ty = self.stored(env, written, false);
            members.push(Member {
                name: match name {
                    Some(name) => Arc::clone(&name.text),
                    None => at.to_string().into(),
                },
                ty,
                range: None,
                default: None,
                span: name.as_ref().map_or(written.span, |name| name.span),
            });
        }
        members
    }
}
