//! Maps: the fault of a key that is not there, loops in the order of keys, and hashes.

use theus_abi::{Fault, Repr};
use theus_hir::{Block as HirBlock, Expr, ExprKind, LocalId, MAP_VALUES, Ty, TyKind};
use theus_mir::{BinaryOp, UnaryOp, Value};

use crate::access::At;
use crate::frame::{Binding, FnCx};
use crate::place::Place;

// Places of members of `map` in the library.
const COUNT: u32 = 0;
const FIRST: u32 = 1;
const AFTER: u32 = 8;
const KEYS: u32 = 9;

/// What hashes start with, and what each part is multiplied by: odd, with bits everywhere.
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const FACTOR: u64 = 0xff51_afd7_ed55_8ccd;

impl<'a> FnCx<'_, 'a> {
    /// What an index that is not inside is called: a key that is not there, or a number.
    pub(crate) fn index_fault(&self, index: &Expr) -> Fault {
        if self.is_map_slot(index) {
            Fault::Missing
        } else {
            Fault::Index
        }
    }

    /// Whether an index is the slot of a key.
    pub(crate) fn is_map_slot(&self, index: &Expr) -> bool {
        let ExprKind::Call(id, ..) = &index.kind else {
            return false;
        };
        let head = &self.cx.typed.fns[*id].head;
        self.cx.typed.modules[head.module].is_std && *head.name == *"map_slot"
    }

    /// `for local in map { … }`, the local being key and value; `false` if it is no map.
    pub(crate) fn for_each_in_map(
        &mut self,
        local: LocalId,
        over: &'a Expr,
        body: &'a HirBlock,
    ) -> bool {
        let ty = self.ty(over.ty);
        if theus_hir::map_parts(self.cx.typed, &self.cx.types, ty).is_none() {
            return false;
        }
        let map = self.looped(over, body);
        let pair = self.current().body.locals[local].ty;
        let pair = self.ty(pair);
        let (count, first) = (self.member(map, COUNT), self.member(map, FIRST));
        let next = self.temp(Ty::U32);
        let link = self.load(first);
        self.store(next, link);
        let (zero, count) = (self.b.iconst(Repr::I64, 0), self.load(count));
        self.each_round(zero, count, |cx, _| {
            let link = cx.load(next);
            let link = cx.b.unary(UnaryOp::Zext, Repr::I64, link);
            let one = cx.b.iconst(Repr::I64, 1);
            let slot = cx.b.binary(BinaryOp::Isub, link, one);
            let after = cx.map_part(map, AFTER, slot);
            let after = cx.load(after);
            cx.store(next, after);
            let place = cx.temp(pair);
            for (part, member) in [(0, KEYS), (1, MAP_VALUES)] {
                let (to, from) = (cx.member(place, part), cx.map_part(map, member, slot));
                cx.copy(to, Place { ty: to.ty, ..from }, false);
            }
            cx.bind(local, Binding::Place(place));
            cx.block(body);
        });
        true
    }

    /// An element of one of the arrays of a map.
    fn map_part(&mut self, map: Place, member: u32, slot: Value) -> Place {
        let array = self.member(map, member);
        let Some((_, elem)) = self.array_parts(array.ty) else {
            return array;
        };
        // Keys and values that are arrays lie flat: an element is as large as its part.
        let parts = match self.cx.types.kind(array.ty).clone() {
            TyKind::Array(_, dims) => dims.into_iter().skip(1).collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        let ty = if parts.is_empty() {
            elem
        } else {
            self.cx.types.array(elem, parts)
        };
        let size = self.size(ty);
        self.element_at(array, ty, size, At::Value(slot))
    }

    /// `hash_key(key)`.
    pub(crate) fn hash_key(&mut self, args: &'a [Expr]) -> Value {
        let seed = self.b.iconst(Repr::I64, SEED.cast_signed());
        let Some(arg) = args.first() else {
            return seed;
        };
        let ty = self.ty(arg.ty);
        if self.is_scalar(ty) {
            let value = self.value(arg);
            return self.hash_scalar(seed, value);
        }
        let place = self.place(arg);
        self.hash_place(seed, place)
    }

    pub(crate) fn hash_scalar(&mut self, hash: Value, value: Value) -> Value {
        let wide = if self.b.func().repr(value) == Repr::I64 {
            value
        } else {
            self.b.unary(UnaryOp::Zext, Repr::I64, value)
        };
        let factor = self.b.iconst(Repr::I64, FACTOR.cast_signed());
        let half = self.b.iconst(Repr::I64, 32);
        let mixed = self.b.binary(BinaryOp::Xor, hash, wide);
        let mixed = self.b.binary(BinaryOp::Imul, mixed, factor);
        let high = self.b.binary(BinaryOp::Ushr, mixed, half);
        self.b.binary(BinaryOp::Xor, mixed, high)
    }

    /// The hash of what stands at a place.
    pub(crate) fn hash_at(&mut self, place: Place) -> Value {
        let seed = self.b.iconst(Repr::I64, SEED.cast_signed());
        self.hash_place(seed, place)
    }

    pub(crate) fn hash_place(&mut self, hash: Value, place: Place) -> Value {
        if self.is_scalar(place.ty) {
            let value = self.load(place);
            return self.hash_scalar(hash, value);
        }
        match self.cx.types.kind(place.ty).clone() {
            TyKind::Struct(..) | TyKind::Tuple(_) => {
                let members = self.member_types(place.ty).len();
                (0..u32::try_from(members).unwrap_or(0)).fold(hash, |hash, n| {
                    let part = self.member(place, n);
                    self.hash_place(hash, part)
                })
            }
            TyKind::Option(_) => {
                let (tag, value) = self.option_parts(place);
                self.hash_option(hash, tag, value)
            }
            TyKind::Enum(..) => self.hash_variant(hash, place),
            TyKind::Array(..) => {
                let Some((count, elem)) = self.array_parts(place.ty) else {
                    return hash;
                };
                let count = self.b.iconst(Repr::I64, count.cast_signed());
                self.hash_run(hash, Place { ty: elem, ..place }, count)
            }
            TyKind::Str(_) => {
                let run = self.run_at(place);
                let hash = self.hash_scalar(hash, run.len);
                self.hash_run(hash, Place::own(run.addr, Ty::U8), run.len)
            }
            _ => hash,
        }
    }

    /// The value under `none` is not looked at.
    fn hash_option(&mut self, hash: Value, tag: Place, value: Place) -> Value {
        let hash = self.hash_place(hash, tag);
        let result = self.temp(Ty::U64);
        self.store(result, hash);
        let (look, join) = (self.b.new_block(), self.b.new_block());
        let some = self.load(tag);
        self.b.branch(some, look, join);
        self.b.switch_to(look);
        let whole = self.hash_place(hash, value);
        self.store(result, whole);
        self.b.jump(join, &[]);
        self.b.switch_to(join);
        self.load(result)
    }

    /// The hash with `count` values of one type, the first of which is given.
    fn hash_run(&mut self, hash: Value, first: Place, count: Value) -> Value {
        let all = self.temp(Ty::U64);
        self.store(all, hash);
        let size = self.size(first.ty);
        let zero = self.b.iconst(Repr::I64, 0);
        self.counted(zero, count, |cx, n| {
            let part = cx.element_at(first, first.ty, size, At::Value(n));
            let hash = cx.load(all);
            let hash = cx.hash_place(hash, part);
            cx.store(all, hash);
        });
        self.load(all)
    }
}
