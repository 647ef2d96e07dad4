//! Ranges of fields and members: checked where a value is assigned.

use theus_abi::Fault;
use theus_abi::image::Range;
use theus_grammar::Span;
use theus_hir::{Ty, TyKind};
use theus_mir::Value;

use crate::frame::FnCx;
use crate::place::Place;

impl FnCx<'_, '_> {
    /// Checks every scalar of a place against a range.
    pub(crate) fn check_range(&mut self, place: Place, range: Range, span: Span) {
        if !self.strict {
            return;
        }
        if let Some((count, elem)) = self.array_parts(place.ty) {
            let size = self.size(elem);
            self.each_index(count, |cx, at| {
                let elem = cx.element_at(place, elem, size, at);
                cx.check_range(elem, range, span);
            });
            return;
        }
        if self.is_scalar(place.ty) {
            let value = self.load(place);
            self.check_scalar_range(value, range, place.ty, span);
        }
    }

    /// Checks every member of a struct, wherever it lies in a place, against its range.
    pub(crate) fn check_members(&mut self, place: Place, span: Span) {
        if !self.has_ranges(place.ty) {
            return;
        }
        match self.cx.types.kind(place.ty).clone() {
            TyKind::Struct(id, _) => {
                let members = &self.cx.typed.structs[id].members;
                for (member, n) in members.iter().zip(0_u32..) {
                    let at = self.member(place, n);
                    if let Some(range) = member.range {
                        self.check_range(at, range, span);
                    }
                    self.check_members(at, span);
                }
            }
            TyKind::Array(..) => {
                let Some((count, elem)) = self.array_parts(place.ty) else {
                    return;
                };
                let size = self.size(elem);
                self.each_index(count, |cx, at| {
                    let elem = cx.element_at(place, elem, size, at);
                    cx.check_members(elem, span);
                });
            }
            _ => {}
        }
    }

    /// Whether structs in a type have members with ranges.
    fn has_ranges(&self, ty: Ty) -> bool {
        match self.cx.types.kind(ty) {
            TyKind::Struct(id, _) => self.cx.typed.structs[*id]
                .members
                .iter()
                .any(|member| member.range.is_some() || self.has_ranges(member.ty)),
            TyKind::Array(elem, _) => self.has_ranges(*elem),
            _ => false,
        }
    }

    pub(crate) fn check_scalar_range(
        &mut self,
        value: Value,
        range: Range,
        ty: Ty,
        span: Span,
    ) {
        let inside = self.inside_range(value, range, ty);
        let (lo, hi) = self.range_bounds(range, ty);
        let kind = self.arg_kind(ty);
        let operands = [
            ("value", value, kind),
            ("least", lo, kind),
            ("greatest", hi, kind),
        ];
        self.check(inside, Fault::Range, span, &operands);
    }

    /// Whether a scalar lies in a declared range.
    pub(crate) fn inside_range(&mut self, value: Value, range: Range, ty: Ty) -> Value {
        let (lo, hi) = self.range_bounds(range, ty);
        let inclusive = match range {
            Range::Int { .. } => true,
            Range::Float { inclusive, .. } => inclusive,
        };
        self.between(value, (lo, hi, inclusive), ty)
    }
}
