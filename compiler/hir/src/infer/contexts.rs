//! Names of contexts: one of several by its index, and those that a process or a context
//! type knows by a name of its own.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr as tree;

use super::Checker;
use super::entity::Entity;
use crate::body::{Expr, ExprKind};
use crate::ids::ContextId;
use crate::item::{ContextKind, Count};
use crate::resolve::scope::{Def, Walk};
use crate::resolve::sizes::words_of;
use crate::ty::{Ty, TyKind};

impl Checker<'_, '_> {
    /// The context that has that name here alone.
    pub(crate) fn own_context(&self, name: &str) -> Option<ContextId> {
        let mut own = self.contexts.iter().rev();
        own.find(|(known, _)| **known == *name).map(|(_, id)| *id)
    }

    /// Where a path leads: as `Cx::walk`, and names that are contexts here alone.
    pub(crate) fn walk<'p>(&mut self, words: &'p [Name]) -> Walk<'p> {
        if let Some((first, rest)) = words.split_first()
            && let Some(own) = self.own_context(&first.text)
        {
            self.cx
                .used(first.span, self.cx.out.contexts[own].head.span);
            return Walk::Found(Def::Context(own), rest);
        }
        self.cx.walk(self.env.module, words)
    }

    /// The context that an expression names, if it names one.
    pub(crate) fn context_named(&mut self, written: &tree::Expr) -> Option<ContextId> {
        let words = words_of(written)?;
        let first = words.first()?;
        if self.find_local(&first.text).is_some()
            || self.alias(&first.text).is_some()
            || self.subject_field(&first.text).is_some()
        {
            return None;
        }
        match self.walk(&words) {
            Walk::Found(Def::Context(context), []) => Some(context),
            _ => None,
        }
    }

    /// `context.name`, where the context must be one.
    pub(crate) fn field_of_one(
        &mut self,
        context: ContextId,
        name: &Name,
        span: Span,
    ) -> Expr {
        let ContextKind::Many(count) = self.cx.out.contexts[context].kind else {
            return self.field(context, name, span);
        };
        let head = self.cx.out.contexts[context].head.clone();
        let example = self.example(count);
        let text = format!("of which of the {}?", count.get());
        let found = Diagnostic::new(Code::OneOfSeveral, span, text)
            .title(format!("`{}` is several contexts", head.name))
            .label(head.span, "declared here")
            .help(format!(
                "say which: `{}[{example}].{}`",
                head.name, name.text
            ));
        self.report(found);
        Self::error(span)
    }

    fn example(&self, count: Count) -> Arc<str> {
        let first = match count {
            Count::Number(_) => None,
            Count::Variants(id, _) => self.cx.out.enums[id].variants.first(),
        };
        first.map_or_else(|| "0".into(), |variant| Arc::clone(&variant.name))
    }

    /// `context[indices]`.
    pub(crate) fn one_of(
        &mut self,
        context: ContextId,
        indices: &[tree::Expr],
        span: Span,
    ) -> Entity {
        let index = self.context_index(context, indices, span);
        match self.cx.out.contexts[context].kind {
            ContextKind::Many(_) if index.ty != Ty::ERROR => {
                Entity::Element(context, Box::new(index))
            }
            _ => Entity::Value(Self::error(span)),
        }
    }

    /// The index of one of several contexts; an error, reported, where there are not several.
    pub(crate) fn context_index(
        &mut self,
        context: ContextId,
        indices: &[tree::Expr],
        span: Span,
    ) -> Expr {
        let kind = self.cx.out.contexts[context].kind;
        let problem = match (kind, indices) {
            (ContextKind::Many(Count::Number(_)), [index]) => {
                return self.index_value(index);
            }
            (ContextKind::Many(Count::Variants(id, _)), [index]) => {
                let due = self.cx.intern(TyKind::Enum(id, Vec::new()));
                let why = "these contexts are indexed by an enum";
                return self.check(index, due, Some((span, why)));
            }
            (ContextKind::Error, _) => return Self::error(span),
            (ContextKind::Many(_), _) => "several contexts have one index",
            (ContextKind::One | ContextKind::Abstract, _) => "this is one context",
        };
        for index in indices {
            self.value(index);
        }
        let head = self.cx.out.contexts[context].head.clone();
        let found = Diagnostic::new(Code::OneOfSeveral, span, problem)
            .title(format!("`{}` does not take this index", head.name))
            .label(head.span, "declared here")
            .help("several are declared as `context arms: [Track; 4]`");
        self.report(found);
        Self::error(span)
    }

    /// `context[at].name`.
    pub(crate) fn field_at(
        &mut self,
        context: ContextId,
        at: Expr,
        name: &Name,
        span: Span,
    ) -> Expr {
        let whole = self.field(context, name, span);
        match self.kind(whole.ty).clone() {
            TyKind::Array(elem, dims) if matches!(whole.kind, ExprKind::Field(_)) => {
                self.elements(whole, vec![at], elem, &dims, span)
            }
            _ => Self::error(span),
        }
    }

    /// Reports a context where a value is due.
    pub(crate) fn context_value(&mut self, context: ContextId, span: Span) -> Expr {
        let name = Arc::clone(&self.cx.out.contexts[context].head.name);
        let found = Diagnostic::new(Code::NotAValue, span, "this is a context")
            .title("a context is not a value")
            .help(format!("name one of its fields: `{name}[…].x`"));
        self.report(found);
        Self::error(span)
    }
}
