//! Contexts: types, ranges and defaults of fields, invariants.

use std::sync::Arc;

use cranelift_entity::EntityRef;
use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};
use theus_grammar::ast::item as tree;
use theus_grammar::ast::ty as tree_ty;

use crate::body::Body;
use crate::cx::{ContextTree, Cx, Env};
use crate::ids::{ContextId, FieldId};
use crate::infer::{Checker, Home};
use crate::item::Collection;
use crate::resolve::instances;
use crate::ty::{Ty, TyKind};

/// Prefixes that mean a zone in Theus for Python.
const PREFIXES: &[(&str, &str, Option<Zone>)] = &[
    ("sig_", "signal", Some(Zone::Signal)),
    ("meta_", "meta", Some(Zone::Meta)),
    ("heavy_", "heavy", Some(Zone::Heavy)),
];

/// Resolves all contexts: types first, because defaults and invariants name fields.
pub(crate) fn all(cx: &mut Cx<'_>) {
    // Sizes of heavy fields name globals, whose types are known then.
    let (heavy, plain): (Vec<_>, Vec<_>) = cx
        .out
        .fields
        .keys()
        .partition(|id| cx.out.fields[*id].zone == Zone::Heavy);
    for id in plain.into_iter().chain(heavy) {
        if cx.out.contexts[cx.out.fields[id].context].of.is_none() {
            field_type(cx, id);
        }
    }
    super::owners::check(cx);
    instances::types(cx);
    for id in cx.out.contexts.keys().collect::<Vec<_>>() {
        if let ContextTree::Own(tree) = cx.trees.contexts[id] {
            values(cx, id, tree);
        }
    }
    instances::values(cx);
}

fn field_type(cx: &mut Cx<'_>, id: FieldId) {
    let Some(member) = cx.trees.fields[id] else {
        return;
    };
    let context = cx.out.fields[id].context;
    let module = cx.out.contexts[context].head.module;
    let zone = cx.out.fields[id].zone;
    cx.start_sizes = zone == Zone::Heavy;
    cx.ttl_at = match (&member.ty.kind, zone) {
        (tree_ty::TyKind::Named(_, args), Zone::Data | Zone::Heavy) => {
            match args.last() {
                Some(tree_ty::TyArg::Rules(rules)) => Some(rules.span),
                _ => None,
            }
        }
        _ => None,
    };
    let ty = cx.stored(&Env::plain(module), &member.ty, true);
    cx.start_sizes = false;
    cx.ttl_at = None;
    let ty = cx.lasting(&member.ty, ty);
    let ty = cx.with_owner(&Env::plain(module), member, ty);
    let ty = cx.with_queries(member, ty);
    cx.out.fields[id].ty = ty;
    zone_prefix(cx, member, zone);
    zone_type(cx, member, zone, ty);
    cx.out.fields[id].range = member
        .range
        .as_ref()
        .and_then(|range| cx.range(module, ty, range));
}

fn zone_prefix(cx: &mut Cx<'_>, member: &tree::Member, zone: Zone) {
    let name = &member.name.text;
    let Some((prefix, word, meant)) = PREFIXES
        .iter()
        .find(|(prefix, ..)| name.starts_with(prefix))
    else {
        return;
    };
    if Some(zone) == *meant {
        return;
    }
    let rest = name.strip_prefix(prefix).unwrap_or(name);
    let found = Diagnostic::new(
        Code::ZonePrefix,
        member.name.span,
        format!("this field is in the zone `{}`", zone.name()),
    )
    .title(format!("`{name}` looks like a {word} field, but is none"));
    let found = match meant {
        Some(_) if member.zone.is_none() && !rest.is_empty() => found
            .help(format!("the keyword makes the zone: `{word} {rest}: …`"))
            .fix(
                format!("make it a {word} field"),
                member.name.span,
                format!("{word} {name}"),
            ),
        _ => found.help(format!(
            "the keyword makes the zone, not the name; drop `{prefix}`"
        )),
    };
    cx.report(found);
}

/// A heavy field is an array, a list, a map or a pool of numbers, or of structs of numbers, without a
/// range: whoever shares its memory may write any bits, and a failure leaves what it wrote.
fn heavy_type(cx: &mut Cx<'_>, member: &tree::Member, ty: Ty) {
    let kind = cx.out.collection(ty);
    let one = !matches!(
        member.zone,
        Some((tree::Zone::Swap | tree::Zone::SwapCopy, _))
    );
    let elem = match (cx.kind(ty), kind) {
        (TyKind::Array(elem, _), _) => Some(*elem),
        (_, Some(Collection::List)) if one => cx.out.list_parts(ty).map(|(elem, _)| elem),
        (_, Some(Collection::Map)) if one => cx.out.map_parts(ty).map(|(_, value)| value),
        (TyKind::Pool(elem, ..), _) if one => Some(*elem),
        _ => None,
    };
    let good = ty == Ty::ERROR || elem.is_some_and(|elem| is_plain(cx, elem));
    if kind == Some(Collection::Queue) {
        let label = "its values are its order, and an order is undone";
        let found = Diagnostic::new(Code::HeavyQueue, member.ty.span, label)
            .help("make it a data field; undo costs what a process touches");
        cx.report(found);
    } else if let (TyKind::Pool(..), Some(queries)) =
        (cx.kind(ty), member.queries.first())
    {
        let label = "its keys would be in elements, which are not undone";
        let found = Diagnostic::new(Code::HeavyQueries, queries.span, label)
            .label(member.ty.span, "this pool is heavy")
            .help("make it a data field; undo costs what a process touches");
        cx.report(found);
    } else if !good && (kind.is_some() || matches!(cx.kind(ty), TyKind::Pool(..))) {
        let text = format!("this is `{}`", cx.show(&[], ty));
        let found = Diagnostic::new(Code::HeavyType, member.ty.span, text).help(
            "the values of a heavy list, map or pool are integers, floats, durations, or structs or arrays \
             of them, in one buffer: `heavy values: map<State, [f64; 4], 1_000>`",
        );
        cx.report(found);
    } else if !good {
        let text = format!("this is `{}`", cx.show(&[], ty));
        let found = Diagnostic::new(Code::HeavyType, member.ty.span, text).help(
            "a heavy field is an array of integers, floats, durations, or structs of them: \
             `heavy frame: [u8; 1080, 1920]`; or a list, a map or a pool of them",
        );
        cx.report(found);
    }
    if let Some(range) = &member.range {
        let help = if one {
            "a heavy field keeps what a failed process wrote; check it with `requires`"
        } else {
            "a `heavy(swap)` field is exchanged as a whole: check what was written with `ensures`"
        };
        let found =
            Diagnostic::new(Code::HeavyRange, range.span, "this range").help(help);
        cx.report(found);
    }
}

/// Whether every bit pattern is a value of the type.
fn is_plain(cx: &mut Cx<'_>, ty: Ty) -> bool {
    match *cx.kind(ty) {
        TyKind::Int(_)
        | TyKind::Float(_)
        | TyKind::Duration
        | TyKind::Instant
        | TyKind::Error => true,
        TyKind::Struct(id, _) => {
            cx.ensure_members(id);
            let mut members = cx.out.structs[id].members.iter();
            let ranged = members.any(|member| member.range.is_some());
            let types = cx.out.member_types(ty);
            !ranged && types.into_iter().all(|ty| is_plain(cx, ty))
        }
        TyKind::Array(elem, _) => is_plain(cx, elem),
        _ => false,
    }
}

/// What a signal, a meta field or a global may hold.
fn zone_type(cx: &mut Cx<'_>, member: &tree::Member, zone: Zone, ty: Ty) {
    if zone == Zone::Heavy {
        heavy_type(cx, member, ty);
        return;
    }
    let scalar = |ty: Ty| {
        matches!(
            cx.kind(ty),
            TyKind::Bool
                | TyKind::Int(_)
                | TyKind::Float(_)
                | TyKind::Duration
                | TyKind::Instant
                | TyKind::Error
        )
    };
    let (fits, help) = match zone {
        Zone::Meta => (
            scalar(cx.scalar_of(ty)) || is_samples(cx, ty),
            "meta fields are numbers, bools, durations, fixed arrays of them, and `samples<N>`",
        ),
        Zone::Signal | Zone::Global => (
            !matches!(cx.kind(ty), TyKind::Pool(..)) && !cx.out.holds_ring(ty),
            "only data fields may be rings or pools",
        ),
        Zone::Data | Zone::Heavy => (true, ""),
    };
    if !fits {
        let text = format!("this is `{}`", cx.show(&[], ty));
        let found = Diagnostic::new(Code::Mismatch, member.ty.span, text)
            .title(format!("a {} field cannot hold this", zone.name()))
            .help(help);
        cx.report(found);
    }
}

/// A ring of numbers.
fn is_samples(cx: &Cx<'_>, ty: Ty) -> bool {
    match *cx.kind(ty) {
        TyKind::Ring(elem, _) => {
            matches!(cx.kind(elem), TyKind::Float(_) | TyKind::Int(_))
        }
        _ => false,
    }
}

fn values(cx: &mut Cx<'_>, id: ContextId, tree: &tree::Context) {
    let module = cx.out.contexts[id].head.module;
    let fields = cx.out.contexts[id].fields.clone();
    // In the text of a type its name is the context at hand.
    let own: Vec<_> = match tree.is_type {
        true => vec![(Arc::clone(&tree.name.text), id)],
        false => Vec::new(),
    };
    let mut locals = Body::default();
    for field in fields {
        let Some(member) = cx.trees.fields[field] else {
            continue;
        };
        let (ty, range) = (cx.out.fields[field].ty, cx.out.fields[field].range);
        let default = member.default.as_ref().map(|written| {
            let mut checker =
                Checker::new(cx, Env::plain(module), Home::Default(field.index()));
            checker.locals = std::mem::take(&mut locals.locals);
            checker.contexts.clone_from(&own);
            let why = Some((member.ty.span, "the type is given here"));
            let default = checker.check(written, ty, why);
            locals.locals = checker.finish();
            cx.folded_default(default)
        });
        cx.check_default(member, ty, range, default.as_ref());
        if default.is_none() {
            cx.check_handle(member, ty);
        }
        cx.out.fields[field].default = default;
    }
    let mut invariants = Vec::new();
    for written in &tree.invariants {
        let mut checker = Checker::new(cx, Env::plain(module), Home::Invariant);
        checker.locals = std::mem::take(&mut locals.locals);
        checker.contexts.clone_from(&own);
        let why = Some((written.span, "an invariant is a condition"));
        invariants.push(checker.check(written, Ty::BOOL, why));
        locals.locals = checker.finish();
    }
    cx.out.contexts[id].invariants = invariants;
    cx.out.contexts[id].locals = locals;
}
