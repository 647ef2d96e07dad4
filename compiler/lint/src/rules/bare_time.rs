//! A number whose name says that it is a time.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_hir::{Ty, TyKind};

use crate::cx::Cx;

/// Ends of names that are units of time.
const UNITS: &[&str] = &[
    "_ns", "_us", "_ms", "_sec", "_secs", "_seconds", "_millis", "_minutes", "_hours",
];

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    let typed = cx.typed;
    let contexts = typed.written_contexts().flat_map(|one| &one.fields);
    let fields = contexts.map(|id| &typed.fields[*id]);
    let fields = fields.map(|field| (&field.name, field.ty, field.span));
    let members = typed.structs.values().flat_map(|one| &one.members);
    let members = members.map(|member| (&member.name, member.ty, member.span));
    let params = typed.fns.values().flat_map(|one| &one.params);
    let params = params.map(|param| (&param.name, param.ty, param.span));
    for (name, ty, place) in fields.chain(members).chain(params) {
        one(cx, name, ty, place, tell);
    }
}

fn one(
    cx: &Cx<'_>,
    name: &Arc<str>,
    ty: Ty,
    place: Span,
    tell: &mut dyn FnMut(Diagnostic),
) {
    let is_number = matches!(cx.typed.types.kind(ty), TyKind::Int(_) | TyKind::Float(_));
    let unit = UNITS.iter().find(|unit| name.ends_with(**unit));
    if let (true, Some(unit)) = (is_number, unit) {
        let stem = name.strip_suffix(*unit).unwrap_or(name);
        tell(
            Diagnostic::new(Code::BareTime, place, "a number")
                .title(format!("`{name}` is a time without its type"))
                .help(format!(
                    "`{stem}: duration` knows its unit: `250ms`, `1.5s`"
                )),
        );
    }
}
