//! Types as users write them.

use crate::formula::Factor;
use crate::ids::{EnumId, StructId};
use crate::item::Generic;
use crate::ty::{FloatTy, GenericArg, OrderKey, Size, SizeTerm, Ty, TyKind};
use crate::typed::Typed;

/// The text of a type; `generics` are those of the function it stands in.
pub fn ty(typed: &Typed, generics: &[Generic], ty: Ty) -> String {
    match typed.types.kind(ty) {
        TyKind::Error => "?".to_owned(),
        TyKind::Unit => "nothing".to_owned(),
        TyKind::Bool => "bool".to_owned(),
        TyKind::Int(int) => format!("{}{}", if int.signed { 'i' } else { 'u' }, int.bits),
        TyKind::Float(FloatTy::F32) => "f32".to_owned(),
        TyKind::Float(FloatTy::F64) => "f64".to_owned(),
        TyKind::Duration => "duration".to_owned(),
        TyKind::Instant => "instant".to_owned(),
        TyKind::Handle(pool) => {
            let field = &typed.fields[*pool];
            let context = &typed.contexts[field.context].head.name;
            format!("handle<{context}.{}>", field.name)
        }
        TyKind::Pool(elem, of, rules) => {
            format!(
                "pool<{}, {}>{}{}",
                self::ty(typed, generics, *elem),
                size(typed, generics, *of),
                rules.full.text(),
                ttl(rules.ttl)
            )
        }
        TyKind::Struct(id, args) => structure(typed, generics, *id, args),
        TyKind::Enum(id, args) => enumeration(typed, generics, *id, args),
        TyKind::Array(elem, dims) => {
            let sizes: Vec<String> =
                dims.iter().map(|dim| size(typed, generics, *dim)).collect();
            format!(
                "[{}; {}]",
                self::ty(typed, generics, *elem),
                sizes.join(", ")
            )
        }
        TyKind::Ring(elem, of) => {
            format!(
                "ring<{}, {}>",
                self::ty(typed, generics, *elem),
                size(typed, generics, *of)
            )
        }
        TyKind::Tuple(parts) => {
            let parts: Vec<String> = parts
                .iter()
                .map(|part| self::ty(typed, generics, *part))
                .collect();
            format!("({})", parts.join(", "))
        }
        TyKind::Option(inner) => format!("{}?", self::ty(typed, generics, *inner)),
        TyKind::Str(of) => format!("str<{}>", size(typed, generics, *of)),
        TyKind::Text => "str".to_owned(),
        TyKind::Slice(elem) => format!("[{}]", self::ty(typed, generics, *elem)),
        TyKind::Fn(params, result) => {
            let params: Vec<String> = params
                .iter()
                .map(|param| self::ty(typed, generics, *param))
                .collect();
            format!(
                "fn({}) -> {}",
                params.join(", "),
                self::ty(typed, generics, *result)
            )
        }
        TyKind::Param(at) => generic(generics, *at),
    }
}

fn structure(
    typed: &Typed,
    generics: &[Generic],
    id: StructId,
    args: &[GenericArg],
) -> String {
    let name = &typed.structs[id].head.name;
    if args.is_empty() {
        return name.to_string();
    }
    let (rules, args) = match (typed.structs[id].collection, args) {
        (Some(_), [args @ .., by]) => (rules(typed, args, by), args),
        _ => (String::new(), args),
    };
    format!("{name}<{}>{rules}", arguments(typed, generics, args))
}

fn enumeration(
    typed: &Typed,
    generics: &[Generic],
    id: EnumId,
    args: &[GenericArg],
) -> String {
    let name = &typed.enums[id].head.name;
    match args.is_empty() {
        true => name.to_string(),
        false => format!("{name}<{}>", arguments(typed, generics, args)),
    }
}

fn arguments(typed: &Typed, generics: &[Generic], args: &[GenericArg]) -> String {
    let args = args.iter().map(|arg| match arg {
        GenericArg::Ty(ty) => self::ty(typed, generics, *ty),
        GenericArg::Size(of) => size(typed, generics, *of),
    });
    let args: Vec<String> = args.collect();
    args.join(", ")
}

/// ` by at desc, id full oldest`; of what is told nothing, nothing.
fn rules(typed: &Typed, args: &[GenericArg], by: &GenericArg) -> String {
    let (Some(GenericArg::Ty(elem)), GenericArg::Size(by)) = (args.first(), by) else {
        return String::new();
    };
    let Some(rules) = typed.types.rules(*by) else {
        return String::new();
    };
    let order = order(typed, *elem, &rules.keys);
    format!("{order}{}{}", rules.full.text(), ttl(rules.ttl))
}

/// ` ttl 5min`; of what stays nothing.
fn ttl(ns: Option<i64>) -> String {
    let text = ns.map(|ns| format!(" ttl {}", crate::rules::time(ns)));
    text.unwrap_or_default()
}

/// ` by at desc, id`; of no order nothing.
fn order(typed: &Typed, elem: Ty, keys: &[OrderKey]) -> String {
    let key = |key: &OrderKey| {
        let (mut ty, mut names) = (elem, Vec::new());
        for at in &key.path {
            let TyKind::Struct(id, _) = typed.types.kind(ty) else {
                break;
            };
            if let Some(member) = typed.structs[*id].members.get(*at as usize) {
                names.push(member.name.to_string());
                ty = member.ty;
            }
        }
        let desc = if key.descending { " desc" } else { "" };
        format!("{}{desc}", names.join("."))
    };
    let keys: Vec<String> = keys.iter().map(key).collect();
    match keys.is_empty() {
        true => String::new(),
        false => format!(" by {}", keys.join(", ")),
    }
}

/// The text of a size.
pub fn size(typed: &Typed, generics: &[Generic], size: Size) -> String {
    match size {
        Size::Const(value) => value.to_string(),
        Size::Param(at) => generic(generics, at),
        Size::Of(_) => {
            let formula = typed.types.formula(size);
            let name = |factor: &Factor| match factor {
                Factor::Param(at) => generic(generics, *at),
                Factor::Global(id) => typed.field_path(*id),
                Factor::Quotient(..) => String::new(),
            };
            formula.map_or_else(String::new, |it| it.show(&name))
        }
        Size::Start(at) => {
            let term = typed.types.term(at);
            term.map_or_else(String::new, |term| self::term(typed, term))
        }
        Size::Error => "?".to_owned(),
    }
}

/// The text of a size that is known at start.
pub fn term(typed: &Typed, of: &SizeTerm) -> String {
    match of {
        SizeTerm::Const(value) => value.to_string(),
        SizeTerm::Global(id) => {
            let field = &typed.fields[*id];
            format!("{}.{}", typed.contexts[field.context].head.name, field.name)
        }
        SizeTerm::Op(op, parts) => {
            let parts = parts.each_ref().map(|part| match part {
                SizeTerm::Op(..) => format!("({})", term(typed, part)),
                SizeTerm::Const(_) | SizeTerm::Global(_) => term(typed, part),
            });
            format!("{} {} {}", parts[0], op.sign(), parts[1])
        }
    }
}

fn generic(generics: &[Generic], at: u32) -> String {
    generics
        .get(at as usize)
        .map_or_else(|| format!("#{at}"), |found| found.name.to_string())
}
