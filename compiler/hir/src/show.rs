//! Types as users write them.

use crate::item::Generic;
use crate::ty::{FloatTy, Size, Ty, TyKind};
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
        TyKind::Struct(id) => typed.structs[*id].head.name.to_string(),
        TyKind::Enum(id) => typed.enums[*id].head.name.to_string(),
        TyKind::Array(elem, dims) => {
            let sizes: Vec<String> =
                dims.iter().map(|dim| size(generics, *dim)).collect();
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
                size(generics, *of)
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

/// The text of a size.
pub fn size(generics: &[Generic], size: Size) -> String {
    match size {
        Size::Const(value) => value.to_string(),
        Size::Param(at) => generic(generics, at),
        Size::Error => "?".to_owned(),
    }
}

fn generic(generics: &[Generic], at: u32) -> String {
    generics
        .get(at as usize)
        .map_or_else(|| format!("#{at}"), |found| found.name.to_string())
}
