//! Structs: members with types, ranges and defaults; no struct inside itself.

use std::sync::Arc;

use cranelift_entity::SecondaryMap;
use theus_abi::image::Range;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::item as tree;

use crate::body::Expr;
use crate::cx::{Cx, Env, State};
use crate::ids::StructId;
use crate::infer::{Checker, Home};
use crate::item::Member;
use crate::resolve::declare::duplicates;
use crate::resolve::ranges::Inside;
use crate::ty::{Ty, TyKind};

/// How deep structs may nest.
const MAX_DEPTH: u32 = 64;
/// How many members a struct may have, those of its members included, each array once.
const MAX_MEMBERS: u64 = 4096;

/// Resolves all structs.
pub(crate) fn all(cx: &mut Cx<'_>) {
    let ids: Vec<StructId> = cx.out.structs.keys().collect();
    for id in &ids {
        cx.ensure_members(*id);
    }
    let mut extents = SecondaryMap::new();
    for id in &ids {
        extent(cx, *id, &mut extents, 0);
    }
    for id in &ids {
        cx.ensure_defaults(*id);
    }
}

/// How deep a struct is, and how many members it has in all.
#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    depth: u32,
    members: u64,
}

/// The extent of a struct; breaks circles where they close.
fn extent(
    cx: &mut Cx<'_>,
    id: StructId,
    extents: &mut SecondaryMap<StructId, Option<Extent>>,
    level: u32,
) -> Extent {
    if let Some(known) = extents[id] {
        return known;
    }
    cx.states.members[id] = State::Doing;
    let mut whole = Extent::default();
    for at in 0..cx.out.structs[id].members.len() {
        let Some(member) = cx.out.structs[id].members.get(at) else {
            continue;
        };
        let (ty, span) = (member.ty, member.span);
        whole.members += 1;
        let Some(inner) = struct_in(cx, ty) else {
            continue;
        };
        let circle = cx.states.members[inner] == State::Doing;
        let below = if circle || level >= MAX_DEPTH {
            Extent {
                depth: MAX_DEPTH,
                members: 0,
            }
        } else {
            extent(cx, inner, extents, level + 1)
        };
        let deep = below.depth >= MAX_DEPTH;
        if deep {
            recursive(cx, id, inner, span, circle);
        } else if whole.members + below.members > MAX_MEMBERS {
            too_many(cx, id, span);
        } else {
            whole.depth = whole.depth.max(below.depth + 1);
            whole.members += below.members;
            continue;
        }
        if let Some(member) = cx.out.structs[id].members.get_mut(at) {
            member.ty = Ty::ERROR;
        }
    }
    cx.states.members[id] = State::Done;
    extents[id] = Some(whole);
    whole
}

fn too_many(cx: &mut Cx<'_>, id: StructId, span: Span) {
    let name = &cx.out.structs[id].head.name;
    let found = Diagnostic::new(Code::TooMuchMemory, span, "too many from here")
        .title(format!(
            "struct `{name}` has more than {MAX_MEMBERS} members in all"
        ))
        .help("use arrays for many values of one kind");
    cx.report(found);
}

fn struct_in(cx: &Cx<'_>, ty: Ty) -> Option<StructId> {
    let mut ty = ty;
    loop {
        match cx.kind(ty) {
            TyKind::Struct(id) => return Some(*id),
            TyKind::Array(elem, _) | TyKind::Ring(elem, _) | TyKind::Option(elem) => {
                ty = *elem;
            }
            _ => return None,
        }
    }
}

fn recursive(
    cx: &mut Cx<'_>,
    outer: StructId,
    inner: StructId,
    span: Span,
    circle: bool,
) {
    let name = Arc::clone(&cx.out.structs[outer].head.name);
    let other = &cx.out.structs[inner].head;
    let found = if circle {
        Diagnostic::new(
            Code::RecursiveType,
            span,
            format!("this holds `{}` again", other.name),
        )
        .title(format!("struct `{}` contains itself", other.name))
        .label(other.span, "so its size would have no end")
        .help("keep an index into an array of a context instead")
    } else {
        Diagnostic::new(Code::RecursiveType, span, "the nesting is too deep here")
            .title(format!(
                "structs nest more than {MAX_DEPTH} deep in `{name}`"
            ))
            .help("flatten some of them")
    };
    cx.report(found);
}

impl Cx<'_> {
    /// Types the members of a struct, if that is not done.
    pub(crate) fn ensure_members(&mut self, id: StructId) {
        if self.states.members[id] != State::Todo {
            return;
        }
        self.states.members[id] = State::Doing;
        let tree = self.trees.structs[id];
        let env = Env::plain(self.out.structs[id].head.module);
        duplicates(
            self,
            "member",
            tree.members.iter().map(|member| &member.name),
        );
        for member in &tree.members {
            let ty = self.stored(&env, &member.ty, false);
            self.out.structs[id].members.push(Member {
                name: Arc::clone(&member.name.text),
                ty,
                range: None,
                default: None,
                span: member.name.span,
            });
        }
        self.states.members[id] = State::Done;
    }

    /// Types the ranges and defaults of a struct, if that is not done.
    pub(crate) fn ensure_defaults(&mut self, id: StructId) {
        self.ensure_members(id);
        if self.states.defaults[id] != State::Todo {
            return;
        }
        self.states.defaults[id] = State::Doing;
        let tree = self.trees.structs[id];
        let module = self.out.structs[id].head.module;
        for (at, member) in tree.members.iter().enumerate() {
            let Some(ty) = self.out.structs[id].members.get(at).map(|member| member.ty)
            else {
                continue;
            };
            let range = member
                .range
                .as_ref()
                .and_then(|range| self.range(module, ty, range));
            let default = member.default.as_ref().map(|written| {
                let place = Home::Constant("the default of a member");
                let mut checker = Checker::new(self, Env::plain(module), place);
                let why = Some((member.ty.span, "the type is given here"));
                let default = checker.check(written, ty, why);
                // A default of a type that is wrong is dropped: its size is not known.
                if ty == Ty::ERROR {
                    Checker::error(written.span)
                } else {
                    self.folded_default(default)
                }
            });
            self.check_default(member, ty, range, default.as_ref());
            if let Some(member) = self.out.structs[id].members.get_mut(at) {
                (member.range, member.default) = (range, default);
            }
        }
        self.states.defaults[id] = State::Done;
    }

    /// A default made a literal where its value is known.
    pub(crate) fn folded_default(&mut self, default: Expr) -> Expr {
        match self.evaluate(&default) {
            Ok(value) => self.as_literal(default, &value),
            Err(failure @ crate::eval::Failure::Fault(..)) => {
                self.report_failure(&failure, "a default");
                default
            }
            Err(_) => default,
        }
    }

    /// Checks that the default, or zero, of a member or field lies in its range.
    pub(crate) fn check_default(
        &mut self,
        member: &tree::Member,
        ty: Ty,
        range: Option<Range>,
        default: Option<&Expr>,
    ) {
        let Some(range) = range else { return };
        let name = &member.name.text;
        let place = member
            .range
            .as_ref()
            .map_or(member.span, |range| range.span);
        if let Some(default) = default {
            if self.inside(default, range) == Inside::No {
                let found = Diagnostic::new(
                    Code::DefaultOutOfRange,
                    default.span,
                    "this default",
                )
                .title(format!("the default of `{name}` is outside its range"))
                .label(place, format!("the range is {range}"))
                .help("change the default, or the range");
                self.report(found);
            }
            return;
        }
        let Some(zero) = self.default_of(ty, member.span) else {
            return;
        };
        if self.inside(&zero, range) == Inside::No {
            let found = Diagnostic::new(
                Code::NeedsDefault,
                member.name.span,
                "it has no default",
            )
            .title(format!("`{name}` needs a default"))
            .label(place, "zero is not in this range")
            .help("add a default in the range: ` = …` after it");
            self.report(found);
        }
    }
}
