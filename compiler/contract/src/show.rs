//! Places, entries and lists as users write them.

use theus_hir::item::Target;
use theus_hir::{FieldId, LocalId, TyKind, Typed};

use crate::place::{Place, Root};

/// `plant.p.m0`. Locals have no name of their own here: see `local_place`.
pub fn place(typed: &Typed, place: &Place) -> String {
    match place.root {
        Root::Field(field) => field_path(typed, field, &place.members),
        Root::Local(local) => local.to_string(),
    }
}

/// `p.m0`, for a place in a body with these locals.
pub(crate) fn place_in(typed: &Typed, body: &theus_hir::Body, place: &Place) -> String {
    match place.root {
        Root::Field(field) => field_path(typed, field, &place.members),
        Root::Local(local) => local_path(typed, body, local, &place.members),
    }
}

fn local_path(
    typed: &Typed,
    body: &theus_hir::Body,
    local: LocalId,
    members: &[u32],
) -> String {
    let Some(item) = body.locals.get(local) else {
        return local.to_string();
    };
    let mut text = item.name.to_string();
    push_members(typed, item.ty, members, &mut text);
    text
}

/// `plant.p`.
pub(crate) fn field(typed: &Typed, field: FieldId) -> String {
    field_path(typed, field, &[])
}

fn field_path(typed: &Typed, field: FieldId, members: &[u32]) -> String {
    let ty = typed.fields[field].ty;
    let (mut text, ty, members) = match (typed.several(field), members) {
        (Some(_), [at, rest @ ..]) => {
            let text = typed.element_path(field, u64::from(*at));
            (text, crate::scalar::of(typed, ty), rest)
        }
        _ => (typed.field_path(field), ty, members),
    };
    push_members(typed, ty, members, &mut text);
    text
}

fn push_members(typed: &Typed, ty: theus_hir::Ty, members: &[u32], text: &mut String) {
    let (mut at, mut types) = (ty, typed.types.clone());
    for member in members {
        let TyKind::Struct(id, args) = types.kind(at).clone() else {
            return;
        };
        let Some(found) = typed.structs[id].members.get(*member as usize) else {
            return;
        };
        text.push('.');
        text.push_str(&found.name);
        at = types.subst(found.ty, &args);
    }
}

/// An entry of a contract.
pub(crate) fn target(typed: &Typed, target: &Target) -> String {
    match target {
        Target::Context(context) => typed.contexts[*context].head.name.to_string(),
        Target::Field(field, members) => field_path(typed, *field, members),
        Target::Tick => "tick".to_owned(),
        Target::Random => "random".to_owned(),
        Target::Error => String::new(),
    }
}

/// `` `a` ``, `` `a` and `b` ``, `` `a`, `b` and `c` ``.
pub(crate) fn list<S: AsRef<str>>(names: &[S], word: &str) -> String {
    let ticked = |name: &S| format!("`{}`", name.as_ref());
    match names {
        [] => String::new(),
        [one] => ticked(one),
        [most @ .., last] => {
            let most: Vec<_> = most.iter().map(ticked).collect();
            format!("{} {word} {}", most.join(", "), ticked(last))
        }
    }
}
