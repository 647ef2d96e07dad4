//! A test sets no global that sizes a heavy field: its memory is taken before the test begins.

use indexmap::IndexMap;
use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic, Sink};
use theus_hir::ty::SizeTerm;
use theus_hir::walk::{each_expr, each_stmt};
use theus_hir::{Expr, ExprKind, FieldId, Size, StmtKind, Ty, TyKind, Typed};

use crate::Cx;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    let typed = cx.typed;
    let mut sized: Option<IndexMap<FieldId, FieldId>> = None;
    for test in typed.tests.values() {
        each_stmt(&test.body.block, &mut |stmt| {
            let StmtKind::Set(place, _) = &stmt.kind else {
                return;
            };
            let Some(global) = global_of(typed, place) else {
                return;
            };
            let sized = sized.get_or_insert_with(|| sizes(typed));
            if let Some(heavy) = sized.get(&global) {
                sink.push(refused(typed, place, global, *heavy));
            }
        });
    }
}

fn refused(typed: &Typed, place: &Expr, global: FieldId, heavy: FieldId) -> Diagnostic {
    let (global, heavy_path) = (typed.field_path(global), typed.field_path(heavy));
    let label = "too late: the memory is there";
    Diagnostic::new(Code::Resized, place.span, label)
        .title(format!(
            "`{global}` sizes `{heavy_path}`, whose memory is taken at start"
        ))
        .label(
            typed.fields[heavy].span,
            "it has its size from the start on",
        )
        .help(format!(
            "give the global another default, or run with another value: \
             `theusc test --set {global}=…`"
        ))
}

/// The global that a place is of.
fn global_of(typed: &Typed, place: &Expr) -> Option<FieldId> {
    match &place.kind {
        ExprKind::Field(id) => (typed.fields[*id].zone == Zone::Global).then_some(*id),
        ExprKind::Member(base, _) | ExprKind::Index(base, _) => global_of(typed, base),
        _ => None,
    }
}

/// Globals that size a heavy field, or that the default of such a global is computed from, with
/// the first field that they size.
fn sizes(typed: &Typed) -> IndexMap<FieldId, FieldId> {
    let mut found = IndexMap::new();
    for (id, field) in typed
        .stored()
        .filter(|(_, field)| field.zone == Zone::Heavy)
    {
        each_start(typed, field.ty, &mut |term| {
            each_global(term, &mut |global| {
                found.entry(global).or_insert(id);
            });
        });
    }
    // What is behind defaults is added at the end, and looked at in turn.
    let mut at = 0;
    while let Some((&global, &heavy)) = found.get_index(at) {
        at += 1;
        let Some(default) = &typed.fields[global].default else {
            continue;
        };
        each_expr(default, &mut |inner| {
            if let ExprKind::Field(behind) = inner.kind {
                found.entry(behind).or_insert(heavy);
            }
        });
    }
    found
}

/// The sizes of an array that are known at start only.
fn each_start(typed: &Typed, ty: Ty, visit: &mut dyn FnMut(&SizeTerm)) {
    let TyKind::Array(_, dims) = typed.types.kind(ty) else {
        return;
    };
    for dim in dims {
        if let Size::Start(at) = dim
            && let Some(term) = typed.types.term(*at)
        {
            visit(term);
        }
    }
}

fn each_global(term: &SizeTerm, visit: &mut dyn FnMut(FieldId)) {
    match term {
        SizeTerm::Const(_) => {}
        SizeTerm::Global(id) => visit(*id),
        SizeTerm::Op(_, parts) => parts.iter().for_each(|part| each_global(part, visit)),
    }
}
