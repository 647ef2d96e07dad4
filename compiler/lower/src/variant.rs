//! Enums with payloads: values in memory, their parts, equality and copies.

use theus_abi::{Repr, Shape};
use theus_hir::{Expr, Ty, TyKind};
use theus_mir::{BinaryOp, Block, Value};

use crate::frame::FnCx;
use crate::place::Place;

impl<'a> FnCx<'_, 'a> {
    /// A variant with its payload: all other bytes are zero, so that equal values have equal
    /// bits.
    pub(crate) fn variant_into(&mut self, n: u32, payload: &'a [Expr], dest: Place) {
        self.zero(dest);
        let repr = self.tag_repr(dest.ty);
        let tag = self.b.iconst(repr, i64::from(n));
        self.b.store(tag, dest.addr, dest.offset);
        for (value, part) in payload.iter().zip(0_u32..) {
            let at = self.payload_part(dest, n, part);
            self.into(value, at);
        }
    }

    fn tag_repr(&mut self, ty: Ty) -> Repr {
        match &*self.cx.shape(ty) {
            Shape::Choice { repr, .. } => *repr,
            _ => Repr::I8,
        }
    }

    /// The index of the variant at a place.
    pub(crate) fn variant_tag(&mut self, place: Place) -> Value {
        let repr = self.tag_repr(place.ty);
        self.b.load(repr, place.addr, place.offset)
    }

    /// A part of the payload of the variant of that index.
    pub(crate) fn payload_part(
        &mut self,
        place: Place,
        variant: u32,
        part: u32,
    ) -> Place {
        let types = self.payload_types(place.ty, variant);
        let Some(ty) = types.get(part as usize).copied() else {
            return place;
        };
        let offset = match &*self.cx.shape(place.ty) {
            Shape::Choice { variants, .. } => variants
                .get(variant as usize)
                .and_then(|(_, members)| members.get(part as usize))
                .map_or(0, |member| member.1),
            _ => 0,
        };
        Self::inside(place, u64::from(offset), ty)
    }

    fn payload_types(&mut self, ty: Ty, variant: u32) -> Vec<Ty> {
        let TyKind::Enum(id, args) = self.cx.types.kind(ty).clone() else {
            return Vec::new();
        };
        let found = self.cx.typed.enums[id].variants.get(variant as usize);
        let payload = found.map_or(&[][..], |found| &found.payload).iter();
        payload
            .map(|member| self.cx.types.subst(member.ty, &args))
            .collect()
    }

    /// The types of the payloads of all variants.
    pub(crate) fn all_payload_types(&mut self, ty: Ty) -> Vec<Ty> {
        let all = 0..self.variants(ty);
        all.flat_map(|n| self.payload_types(ty, n)).collect()
    }

    fn variants(&self, ty: Ty) -> u32 {
        match self.cx.types.kind(ty) {
            TyKind::Enum(id, _) => {
                u32::try_from(self.cx.typed.enums[*id].variants.len()).unwrap_or(0)
            }
            _ => 0,
        }
    }

    /// A block for each variant whose payload is wanted, with its index, and the jump there;
    /// others go to `join`.
    fn each_variant(
        &mut self,
        place: Place,
        join: Block,
        wanted: impl Fn(&mut Self, Ty) -> bool,
    ) -> Vec<(u32, Block)> {
        let mut blocks = Vec::new();
        for n in 0..self.variants(place.ty) {
            let types = self.payload_types(place.ty, n);
            if types.into_iter().any(|ty| wanted(self, ty)) {
                blocks.push((n, self.b.new_block()));
            }
        }
        let cases: Vec<(i64, Block)> = blocks
            .iter()
            .map(|(n, block)| (i64::from(*n), *block))
            .collect();
        let tag = self.variant_tag(place);
        self.b.switch(tag, &cases, join);
        blocks
    }

    /// Equal variants with equal payloads.
    pub(crate) fn equal_variants(&mut self, a: Place, b: Place, bits: bool) -> Value {
        let (x, y) = (self.variant_tag(a), self.variant_tag(b));
        let same = self.b.binary(BinaryOp::Ieq, x, y);
        let result = self.temp(Ty::BOOL);
        self.store(result, same);
        let (look, join) = (self.b.new_block(), self.b.new_block());
        self.b.branch(same, look, join);
        self.b.switch_to(look);
        for (n, block) in self.each_variant(a, join, |_, _| true) {
            self.b.switch_to(block);
            let mut all = self.b.bool(true);
            for part in 0..u32::try_from(self.payload_types(a.ty, n).len()).unwrap_or(0) {
                let x = self.payload_part(a, n, part);
                let y = self.payload_part(b, n, part);
                let same = self.equal_places(x, y, bits);
                all = self.b.binary(BinaryOp::And, all, same);
            }
            self.store(result, all);
            self.b.jump(join, &[]);
        }
        self.b.switch_to(join);
        self.load(result)
    }

    /// The hash with the variant and its payload.
    pub(crate) fn hash_variant(&mut self, hash: Value, place: Place) -> Value {
        let tag = self.variant_tag(place);
        let hash = self.hash_scalar(hash, tag);
        let result = self.temp(Ty::U64);
        self.store(result, hash);
        let join = self.b.new_block();
        for (n, block) in self.each_variant(place, join, |_, _| true) {
            self.b.switch_to(block);
            let parts = u32::try_from(self.payload_types(place.ty, n).len()).unwrap_or(0);
            let mut all = hash;
            for part in 0..parts {
                let part = self.payload_part(place, n, part);
                all = self.hash_place(all, part);
            }
            self.store(result, all);
            self.b.jump(join, &[]);
        }
        self.b.switch_to(join);
        self.load(result)
    }

    /// Whether every float of the payload is finite.
    pub(crate) fn finite_variant(&mut self, place: Place) -> Value {
        let result = self.temp(Ty::BOOL);
        let holds = self.b.bool(true);
        self.store(result, holds);
        let join = self.b.new_block();
        for (n, block) in self.each_variant(place, join, FnCx::has_floats) {
            self.b.switch_to(block);
            let mut all = self.b.bool(true);
            for part in
                0..u32::try_from(self.payload_types(place.ty, n).len()).unwrap_or(0)
            {
                let part = self.payload_part(place, n, part);
                let one = self.finite_place(part);
                all = self.b.binary(BinaryOp::And, all, one);
            }
            self.store(result, all);
            self.b.jump(join, &[]);
        }
        self.b.switch_to(join);
        self.load(result)
    }

    /// Copies a value whose variants share bytes to where it can be seen, part by part.
    pub(crate) fn copy_variant(&mut self, dst: Place, src: Place) {
        if (dst.addr, dst.offset) != (src.addr, src.offset) {
            self.zero(dst);
            let tag = self.variant_tag(src);
            self.b.store(tag, dst.addr, dst.offset);
        }
        let join = self.b.new_block();
        for (n, block) in self.each_variant(src, join, |_, _| true) {
            self.b.switch_to(block);
            for part in 0..u32::try_from(self.payload_types(dst.ty, n).len()).unwrap_or(0)
            {
                let to = self.payload_part(dst, n, part);
                let from = self.payload_part(src, n, part);
                self.copy(to, from, true);
            }
            self.b.jump(join, &[]);
        }
        self.b.switch_to(join);
    }
}
