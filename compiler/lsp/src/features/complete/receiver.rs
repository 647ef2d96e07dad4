//! What is behind a dot: members, fields, variants, functions, items of a module.

use std::borrow::Cow;

use theus_hir::item::Collection;
use theus_hir::{ContextId, Ty, TyKind, Typed, show};

use super::place::{Place, Step};
use super::{Found, head, imports, is_hidden, kind, owner};
use crate::index::What;
use crate::library;
use crate::programs::Program;
use crate::words;

/// What stands before a dot.
enum Receiver {
    Value(Ty),
    Context(ContextId),
    Enum(theus_hir::EnumId),
    Module(String),
    /// What a call of it gives.
    Callable(Ty),
    Words(&'static [words::Word]),
    Draws,
}

/// Everything behind a dot.
pub(super) fn members(
    program: &Program,
    place: &Place<'_>,
    chain: &[Step],
    found: &mut Found,
) {
    // Types of members of generic structs are made when they are wanted.
    let mut typed = Cow::Borrowed(&program.analysis.typed);
    let Some(receiver) = follow(program, &mut typed, place, chain) else {
        return;
    };
    match receiver {
        Receiver::Value(ty) => of_value(program, &mut typed, ty, found),
        Receiver::Context(id) => fields(&typed, id, found),
        Receiver::Enum(id) => variants(&typed, id, found),
        Receiver::Module(module) => module_items(program, &module, found),
        Receiver::Callable(_) => {}
        Receiver::Words(words) => found.words(0, words, kind::FIELD),
        Receiver::Draws => {
            let draws = library::all()
                .iter()
                .filter(|known| known.module == "std.random");
            for known in draws {
                if let Some(params) = &known.params {
                    let takes = params.len() > 1;
                    found.call(
                        0,
                        &known.name,
                        kind::METHOD,
                        &known.head,
                        &known.docs,
                        takes,
                    );
                }
            }
        }
    }
}

/// Arms of a `match` over what a chain means, each variant without the name of its enum.
pub(super) fn arms(
    program: &Program,
    place: &Place<'_>,
    chain: &[Step],
    found: &mut Found,
) {
    let mut typed = Cow::Borrowed(&program.analysis.typed);
    let Some(Receiver::Value(ty)) = follow(program, &mut typed, place, chain) else {
        return;
    };
    if let TyKind::Enum(id, _) = typed.types.kind(ty) {
        variants(&typed, *id, found);
    }
}

fn follow(
    program: &Program,
    typed: &mut Cow<'_, Typed>,
    place: &Place<'_>,
    chain: &[Step],
) -> Option<Receiver> {
    let (first, rest) = chain.split_first()?;
    let Step::Name(name) = first else {
        return None;
    };
    let mut at = start(program, typed, place, name)?;
    for step in rest {
        at = next(program, typed, at, step)?;
    }
    Some(at)
}

/// What a name means.
fn start(
    program: &Program,
    typed: &mut Cow<'_, Typed>,
    place: &Place<'_>,
    name: &str,
) -> Option<Receiver> {
    let body = owner(program, place).and_then(|owner| owner.body(typed));
    let locals = body.into_iter().flat_map(|body| body.locals.values().rev());
    if let Some(local) = locals.into_iter().find(|local| *local.name == *name) {
        return Some(Receiver::Value(local.ty));
    }
    let known = program
        .index()
        .all()
        .filter(|(span, _)| span.file == Program::ROOT && program.text(*span) == name);
    for (_, what) in known {
        if let Some(found) = item(typed, what) {
            return Some(found);
        }
    }
    if let Some((_, module)) = imports(program).into_iter().find(|(own, _)| own == name) {
        return Some(Receiver::Module(module));
    }
    match name {
        "tick" => Some(Receiver::Words(words::TICK)),
        "random" => Some(Receiver::Draws),
        _ => None,
    }
}

/// What an item gives to what stands behind its name.
fn item(typed: &mut Cow<'_, Typed>, what: What) -> Option<Receiver> {
    Some(match what {
        What::Context(id) => Receiver::Context(id),
        What::Enum(id) => Receiver::Enum(id),
        What::Const(id) => Receiver::Value(typed.consts[id].ty),
        What::Fn(id) => Receiver::Callable(typed.fns[id].result),
        What::Struct(id) if typed.structs[id].generics.is_empty() => {
            let made = TyKind::Struct(id, Vec::new());
            Receiver::Callable(typed.to_mut().types.intern(made))
        }
        _ => return None,
    })
}

fn next(
    program: &Program,
    typed: &mut Cow<'_, Typed>,
    at: Receiver,
    step: &Step,
) -> Option<Receiver> {
    match (at, step) {
        (Receiver::Context(id), Step::Name(name)) => {
            let mut fields = typed.contexts[id].fields.iter();
            let field = fields.find(|field| *typed.fields[**field].name == **name)?;
            let ty = typed.fields[*field].ty;
            let several = typed.several(*field).is_some();
            Some(Receiver::Value(if several {
                element(typed, ty)?
            } else {
                ty
            }))
        }
        (Receiver::Context(id), Step::Index) => Some(Receiver::Context(id)),
        (Receiver::Value(ty), Step::Name(name)) => {
            let TyKind::Struct(id, _) = *typed.types.kind(ty) else {
                return None;
            };
            let mut members = typed.structs[id].members.iter();
            let at = members.position(|member| *member.name == **name)?;
            Some(Receiver::Value(member_ty(
                typed,
                ty,
                u32::try_from(at).ok()?,
            )))
        }
        (Receiver::Value(ty), Step::Index) => Some(Receiver::Value(element(typed, ty)?)),
        (Receiver::Callable(ty), Step::Call) => Some(Receiver::Value(ty)),
        (Receiver::Module(module), Step::Name(name)) => {
            let path = format!("{}.theus", module.replace('.', "/"));
            program.index().all().find_map(|(span, what)| {
                let source = program.source(span.file)?;
                let is_it = source.name.ends_with(&path) && program.text(span) == name;
                is_it.then(|| item(typed, what)).flatten()
            })
        }
        _ => None,
    }
}

/// The type of a member of a struct.
fn member_ty(typed: &mut Cow<'_, Typed>, ty: Ty, at: u32) -> Ty {
    match typed.types.kind(ty) {
        TyKind::Struct(id, args) if args.is_empty() => {
            let member = typed.structs[*id].members.get(at as usize);
            member.map_or(Ty::ERROR, |member| member.ty)
        }
        _ => typed.to_mut().member_ty(ty, at),
    }
}

fn element(typed: &Typed, ty: Ty) -> Option<Ty> {
    match typed.types.kind(ty) {
        TyKind::Array(elem, _) | TyKind::Ring(elem, _) | TyKind::Slice(elem) => {
            Some(*elem)
        }
        TyKind::Pool(elem, ..) => Some(*elem),
        _ => typed
            .list_parts(ty)
            .map(|(elem, _)| elem)
            .or_else(|| typed.map_parts(ty).map(|(_, value)| value)),
    }
}

fn fields(typed: &Typed, id: ContextId, found: &mut Found) {
    for field in &typed.contexts[id].fields {
        let field = &typed.fields[*field];
        let detail = format!("{} {}", field.zone.name(), show::ty(typed, &[], field.ty));
        if let Some(item) = found.add(0, &field.name, kind::FIELD, detail) {
            field
                .docs
                .join("\n")
                .trim()
                .clone_into(&mut item.documentation);
        }
    }
}

fn variants(typed: &Typed, id: theus_hir::EnumId, found: &mut Found) {
    for variant in &typed.enums[id].variants {
        let of = &typed.enums[id].head.name;
        if variant.payload.is_empty() {
            found.add(0, &variant.name, kind::ENUM_MEMBER, &**of);
        } else {
            found.call(0, &variant.name, kind::ENUM_MEMBER, of, "", true);
        }
    }
}

fn of_value(program: &Program, typed: &mut Cow<'_, Typed>, ty: Ty, found: &mut Found) {
    if let TyKind::Struct(id, _) = *typed.types.kind(ty)
        && typed.structs[id].collection.is_none()
    {
        let members = typed.structs[id].members.clone();
        for (at, member) in (0_u32..).zip(&members) {
            let ty = member_ty(typed, ty, at);
            found.add(0, &member.name, kind::FIELD, show::ty(typed, &[], ty));
        }
    }
    // Functions of the program that take such a value first.
    for (_, function) in &typed.fns {
        let first = function.params.first().map(|param| param.ty);
        let same = first.is_some_and(|first| {
            std::mem::discriminant(typed.types.kind(first))
                == std::mem::discriminant(typed.types.kind(ty))
                && (first == ty || !function.generics.is_empty())
        });
        if same && function.head.span.file == Program::ROOT {
            let docs = function.head.docs.join("\n");
            let takes = function.params.len() > 1;
            let text = head(program, function.head.span);
            found.call(
                1,
                &function.head.name,
                kind::METHOD,
                &text,
                docs.trim(),
                takes,
            );
        }
    }
    if let TyKind::Pool(..) = typed.types.kind(ty) {
        found.words(0, words::POOL, kind::METHOD);
        return;
    }
    let (prefixes, receivers) = library_methods(typed, ty);
    for known in library::all() {
        let Some(params) = &known.params else {
            continue;
        };
        let short = prefixes
            .iter()
            .find_map(|prefix| known.name.strip_prefix(prefix));
        let taken = receivers.contains(&&*known.receiver) && !is_hidden(&known.name);
        let bare = taken && (known.module == "std.prelude" || *known.receiver == *"ring");
        let Some(name) = short.or(bare.then_some(known.name.as_str())) else {
            continue;
        };
        found.call(
            2,
            name,
            kind::METHOD,
            &known.head,
            &known.docs,
            params.len() > 1,
        );
    }
}

/// How names of functions of the library begin that are methods of a type, and the types that
/// others take first.
fn library_methods(
    typed: &Typed,
    ty: Ty,
) -> (&'static [&'static str], &'static [&'static str]) {
    match typed.types.kind(ty) {
        TyKind::Struct(..) => match typed.collection(ty) {
            Some(Collection::List) => (&["list_", "slice_"], &[]),
            Some(Collection::Map) => (&["map_"], &[]),
            Some(Collection::Queue) => (&["queue_"], &[]),
            None => (&[], &[]),
        },
        TyKind::Str(_) | TyKind::Text => (&["str_"], &["str"]),
        TyKind::Slice(_) | TyKind::Array(..) => (&["slice_"], &["["]),
        TyKind::Ring(..) => (&[], &["ring"]),
        _ => (&[], &[]),
    }
}

/// How names of methods of the library begin, of what stands before a dot.
pub(crate) fn prefixes(
    program: &Program,
    place: &Place<'_>,
    chain: &[Step],
) -> &'static [&'static str] {
    let mut typed = Cow::Borrowed(&program.analysis.typed);
    match follow(program, &mut typed, place, chain) {
        Some(Receiver::Value(ty)) => library_methods(&typed, ty).0,
        _ => &[],
    }
}

/// What a module declares.
pub(super) fn module_items(program: &Program, module: &str, found: &mut Found) {
    for known in library::all().iter().filter(|known| known.module == module) {
        found.library(0, known);
    }
    let path = format!("{}.theus", module.replace('.', "/"));
    for (span, what) in program.index().all() {
        let source = program.source(span.file);
        let own = source.is_some_and(|source| source.name.ends_with(&path));
        if !own || Program::is_library(span.file) {
            continue;
        }
        let kind = match what {
            What::Fn(_) => kind::FUNCTION,
            What::Const(_) => kind::CONSTANT,
            What::Context(_) => kind::MODULE,
            What::Enum(_) => kind::ENUM,
            What::Struct(_) => kind::STRUCT,
            What::Process(_) | What::Pipeline | What::Contract => kind::CLASS,
            _ => continue,
        };
        found.add(0, program.text(span), kind, head(program, span));
    }
}
