//! `memories: pool<Memory, 20_000> of town.people max 100`: elements that belong to elements.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::item::Member;

use crate::cx::{Cx, Env};
use crate::ids::FieldId;
use crate::item::ContextKind;
use crate::ty::{Owner, PoolRules, Size, Ty, TyKind};

impl Cx<'_> {
    /// The type of a field with the pool that owns it.
    pub(super) fn with_owner(&mut self, env: &Env, member: &Member, ty: Ty) -> Ty {
        let Some(written) = member.owned.as_ref().filter(|_| ty != Ty::ERROR) else {
            return ty;
        };
        let TyKind::Pool(elem, size, rules) = self.kind(ty).clone() else {
            let label = format!("this is `{}`", self.show(&[], ty));
            let found = Diagnostic::new(Code::BadOwner, member.ty.span, label)
                .title("only the elements of a pool belong to others")
                .label(written.span, "said here")
                .help("make it a pool, or take this away");
            self.report(found);
            return Ty::ERROR;
        };
        let Some(pool) = self.pool_named(env, &written.by) else {
            return Ty::ERROR;
        };
        let Some(max) = &written.max else {
            let label = "how many for each?";
            let found = Diagnostic::new(Code::BadOwner, written.span, label)
                .title("an owned pool says how many belong to one element")
                .help("write `max` and a number: `of town.people max 100`");
            self.report(found);
            return Ty::ERROR;
        };
        let Size::Const(max) = self.size(env, &max.expr) else {
            return Ty::ERROR;
        };
        let owner = Some(Owner { pool, max });
        self.intern(TyKind::Pool(elem, size, PoolRules { owner, ..rules }))
    }
}

/// Nothing belongs to itself, and names are told apart.
pub(super) fn check(cx: &mut Cx<'_>) {
    let ids: Vec<FieldId> = cx.out.fields.keys().collect();
    let mut reported = false;
    for id in &ids {
        let Some(owner) = cx.out.owner_of(*id) else {
            continue;
        };
        let Some(span) = cx.trees.fields[*id]
            .and_then(|member| member.owned.as_ref())
            .map(|owned| owned.span)
        else {
            continue;
        };
        if goes_round(cx, *id) {
            // One of a circle is enough.
            if !std::mem::replace(&mut reported, true) {
                let label = "an owner that is owned by this".to_owned();
                let help = "a pool belongs to one that is there without it";
                report(cx, span, (label, "a pool that belongs to itself", help));
            }
            cx.out.fields[*id].ty = Ty::ERROR;
            continue;
        }
        let contexts = [*id, owner.pool].map(|field| cx.out.fields[field].context);
        let one = |context| cx.out.contexts[context].kind == ContextKind::One;
        if !contexts.into_iter().all(one) {
            let label = "not one context".to_owned();
            let help = "make both pools fields of contexts that there are one of";
            report(cx, span, (label, "an owned pool in several contexts", help));
            cx.out.fields[*id].ty = Ty::ERROR;
            continue;
        }
        clash(cx, *id, owner, span);
    }
}

fn report(cx: &mut Cx<'_>, span: Span, (label, title, help): (String, &str, &str)) {
    let found = Diagnostic::new(Code::BadOwner, span, label);
    cx.report(found.title(title).help(help));
}

/// Whether a pool belongs to itself, by however many others.
fn goes_round(cx: &Cx<'_>, id: FieldId) -> bool {
    let mut at = id;
    for _ in 0..cx.out.fields.len() {
        match cx.out.owner_of(at) {
            Some(owner) if owner.pool == id => return true,
            Some(owner) => at = owner.pool,
            None => return false,
        }
    }
    false
}

/// `a.memories` names one thing: no member of the element and no other pool.
fn clash(cx: &mut Cx<'_>, id: FieldId, owner: Owner, span: Span) {
    let name = Arc::clone(&cx.out.fields[id].name);
    let other = cx.out.fields.iter().find(|(other, field)| {
        *other < id
            && field.name == name
            && cx
                .out
                .owner_of(*other)
                .is_some_and(|known| known.pool == owner.pool)
    });
    let other = other.map(|(_, field)| field.span);
    let elem = match cx.kind(cx.out.fields[owner.pool].ty) {
        TyKind::Pool(elem, ..) => *elem,
        _ => return,
    };
    let member = match *cx.kind(elem) {
        TyKind::Struct(id, _) => {
            cx.ensure_members(id);
            let members = cx.out.structs[id].members.iter();
            members
                .clone()
                .find(|member| member.name == name)
                .map(|member| member.span)
        }
        _ => None,
    };
    let Some(first) = other.or(member) else {
        return;
    };
    let label = format!("`{name}` of an element would be two things");
    let found = Diagnostic::new(Code::BadOwner, span, label)
        .title(format!("elements have a `{name}` already"))
        .label(first, "this one")
        .help("give the pool another name");
    cx.report(found);
}
