//! What the modes of a pipeline declare besides their items.

use std::sync::Arc;

use crate::ast::item::{Context, Enum, Member, Modes, Variant};
use crate::ast::{Expr, ExprKind, Flow, FlowKind, Name, Path, Ty, TyKind};
use crate::span::Span;

/// The field that says which mode is in force.
const FIELD: &str = "mode";

/// The enum and the field of the modes that stand directly in a pipeline.
pub(super) fn modes(pipeline: &Name, body: &[Flow]) -> Option<Box<Modes>> {
    let modes = body.iter().filter_map(|flow| match &flow.kind {
        FlowKind::Mode(name, start, _) => Some((name, *start)),
        _ => None,
    });
    let (names, starts): (Vec<&Name>, Vec<Option<Span>>) = modes.unzip();
    let marked = names.iter().zip(&starts);
    let marked = marked.filter(|(_, start)| start.is_some());
    let first: Vec<Name> = marked.map(|(name, _)| (*name).clone()).collect();
    let begin = first.first().or(names.first().copied())?.clone();
    let field = Name {
        text: Arc::from(FIELD),
        span: pipeline.span,
    };
    let variants = names.iter().map(|name| Variant {
        name: (*name).clone(),
        payload: Vec::new(),
    });
    let names = Enum {
        generics: Vec::new(),
        name: Name {
            text: format!("{}.{FIELD}", pipeline.text).into(),
            span: pipeline.span,
        },
        variants: variants.collect(),
    };
    let context = Context {
        name: pipeline.clone(),
        is_type: false,
        members: vec![member(pipeline, field, begin)],
        invariants: Vec::new(),
    };
    Some(Box::new(Modes {
        names,
        context,
        first,
    }))
}

/// `mode: arm.mode = arm.SwingUp`.
fn member(pipeline: &Name, field: Name, begin: Name) -> Member {
    let span = pipeline.span;
    let words = vec![pipeline.clone(), field.clone()];
    let base = Expr {
        kind: ExprKind::Name(pipeline.clone()),
        span,
    };
    let at = begin.span;
    Member {
        docs: Vec::new(),
        zone: None,
        name: field,
        ty: Ty {
            kind: TyKind::Named(Path { words, span }, Vec::new()),
            span,
        },
        owned: None,
        queries: Vec::new(),
        range: None,
        default: Some(Expr {
            kind: ExprKind::Member(Box::new(base), begin),
            span: at,
        }),
        span,
    }
}
