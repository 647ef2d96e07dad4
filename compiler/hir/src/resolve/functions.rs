//! Signatures of functions.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::ast::item as tree;
use theus_stdlib::Intrinsic;

use crate::body::Body;
use crate::cx::{Cx, Env, State};
use crate::ids::{FnId, LocalId};
use crate::item::{FnParam, Generic, GenericKind};
use crate::resolve::declare::duplicates;
use crate::resolve::scope::unknown;
use crate::ty::{Ty, TyKind};

/// The bounds of type parameters.
const BOUNDS: &[(&str, GenericKind)] = &[
    ("number", GenericKind::Number),
    ("integer", GenericKind::Integer),
    ("float", GenericKind::Float),
    ("ordered", GenericKind::Ordered),
    ("key", GenericKind::Key),
    ("any", GenericKind::Any),
];

/// Resolves all signatures.
pub(crate) fn all(cx: &mut Cx<'_>) {
    for id in cx.out.fns.keys().collect::<Vec<_>>() {
        cx.ensure_signature(id);
    }
}

impl Cx<'_> {
    /// Resolves the signature of a function, if that is not done.
    pub(crate) fn ensure_signature(&mut self, id: FnId) {
        if self.states.signatures[id] != State::Todo {
            return;
        }
        self.states.signatures[id] = State::Doing;
        let tree = self.trees.fns[id];
        let generics = self.generics(&tree.generics);
        let env = Env {
            module: self.out.fns[id].head.module,
            generics: generics.iter().cloned().collect(),
        };
        duplicates(
            self,
            "parameter",
            tree.params.iter().map(|param| &param.name),
        );
        let mut params = Vec::new();
        for (at, param) in (0_u32..).zip(&tree.params) {
            let ty = self.ty(&env, &param.ty);
            let closure = matches!(self.kind(ty), TyKind::Fn(..));
            if let (Some(span), true) = (param.inout, closure) {
                let found = Diagnostic::new(Code::ClosureEscapes, span, "not here")
                    .title("a closure cannot be `inout`")
                    .help("remove `inout`");
                self.report(found);
            }
            let range = param.range.as_ref();
            let range = range.and_then(|range| self.range(env.module, ty, range));
            params.push(FnParam {
                local: LocalId::from_u32(at),
                name: Arc::clone(&param.name.text),
                ty,
                inout: param.inout.is_some(),
                range,
                span: param.name.span,
            });
        }
        let result = match &tree.result {
            None => Ty::UNIT,
            Some(written) => self.stored(&env, written, true),
        };
        let body = self.intrinsic(id, tree);
        let found = &mut self.out.fns[id];
        found.generics = generics;
        found.params = params;
        found.result = result;
        if let Some(intrinsic) = body {
            found.body = Err(intrinsic);
        }
        self.states.signatures[id] = State::Done;
    }

    fn intrinsic(&mut self, id: FnId, tree: &tree::Fn) -> Option<Intrinsic> {
        if tree.body.is_some() {
            return None;
        }
        self.out.fns[id].body = Ok(Body::default());
        let head = &self.out.fns[id].head;
        if !self.is_std(head.module) {
            let found = Diagnostic::new(Code::WrongKind, head.span, "this has no body")
                .title("only the library declares intrinsic functions")
                .help("give the function a body: `{ return … }`");
            self.report(found);
            return None;
        }
        let intrinsic = Intrinsic::from_name(&tree.name.text);
        if intrinsic.is_none() {
            self.report(unknown(Code::UnknownName, "intrinsic", &tree.name, &[]));
        }
        intrinsic
    }

    /// Generic parameters as declared.
    pub(crate) fn generics(&mut self, written: &[tree::Generic]) -> Vec<Generic> {
        duplicates(
            self,
            "generic parameter",
            written.iter().map(|generic| &generic.name),
        );
        let mut found = Vec::new();
        for generic in written {
            let kind = match &generic.bound {
                _ if generic.is_size => GenericKind::Size,
                None => GenericKind::Any,
                Some(bound) => {
                    let kind = BOUNDS.iter().find(|(name, _)| *name == &*bound.text);
                    if kind.is_none() {
                        let names: Vec<Arc<str>> =
                            BOUNDS.iter().map(|(name, _)| (*name).into()).collect();
                        let report = unknown(Code::UnknownType, "bound", bound, &names)
                            .help(
                                "bounds are `number`, `integer`, `float`, `ordered` and `key`",
                            );
                        self.report(report);
                    }
                    kind.map_or(GenericKind::Number, |(_, kind)| *kind)
                }
            };
            found.push(Generic {
                name: Arc::clone(&generic.name.text),
                kind,
                span: generic.name.span,
            });
        }
        found
    }
}
