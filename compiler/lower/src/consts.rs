//! Constants: small ones are written where they are used; large ones lie in the memory
//! block, filled once at start, so that a table can be indexed without being rebuilt.

use std::sync::LazyLock;

use indexmap::IndexMap;
use theus_hir::{Body, ConstId};
use theus_mir::{FuncId, Value};

use crate::frame::FnCx;
use crate::place::Place;
use crate::program::Cx;

/// Constants of more bytes than this lie in the block.
const MAX_INLINE: u64 = 128;

/// Large constants and where they lie.
#[derive(Default)]
pub(crate) struct ConstPool {
    offsets: IndexMap<ConstId, u32>,
    /// Texts of literals and where they lie.
    texts: IndexMap<std::sync::Arc<str>, u32>,
    /// The function that fills them.
    pub(crate) fill: Option<FuncId>,
}

static EMPTY: LazyLock<Body> = LazyLock::new(Body::default);

impl FnCx<'_, '_> {
    /// The value of a scalar constant.
    pub(crate) fn const_value(&mut self, id: ConstId) -> Value {
        let value = &self.cx.typed.consts[id].value;
        let frame = self.push_frame(&EMPTY, Vec::new());
        self.in_frame(frame, |cx| cx.value(value))
    }

    /// A constant in memory.
    pub(crate) fn const_place(&mut self, id: ConstId) -> Place {
        let ty = self.cx.typed.consts[id].ty;
        if self.size(ty) <= MAX_INLINE {
            let temp = self.temp(ty);
            self.const_into(id, temp);
            return temp;
        }
        let offset = self.cx.pooled(id);
        let addr = self.b.base(offset);
        Place::own(addr, ty)
    }

    fn const_into(&mut self, id: ConstId, dest: Place) {
        let value = &self.cx.typed.consts[id].value;
        let frame = self.push_frame(&EMPTY, Vec::new());
        self.in_frame(frame, |cx| cx.into(value, dest));
    }
}

impl Cx<'_> {
    fn pooled(&mut self, id: ConstId) -> u32 {
        if let Some(offset) = self.consts.offsets.get(&id) {
            return *offset;
        }
        let shape = self.shape(self.typed.consts[id].ty);
        let offset = self.reserve(shape.size(), shape.align());
        self.consts.offsets.insert(id, offset);
        offset
    }

    /// Where the bytes of a literal lie.
    pub(crate) fn pooled_text(&mut self, text: &std::sync::Arc<str>) -> u32 {
        if let Some(offset) = self.consts.texts.get(text) {
            return *offset;
        }
        let offset = self.reserve((text.len() as u64).next_multiple_of(8), 8);
        self.consts.texts.insert(text.clone(), offset);
        offset
    }

    /// Lowers the function that fills the pool: last, when the pool is known. A constant
    /// that names another large one may add to the pool while it is lowered.
    pub(crate) fn finish_init(&mut self) {
        let Some(fill) = self.consts.fill else { return };
        let mut fx = FnCx::entry(self, "consts");
        let mut at = 0;
        while let Some((id, offset)) = fx.cx.consts.offsets.get_index(at) {
            let (id, offset) = (*id, *offset);
            at += 1;
            let addr = fx.b.base(offset);
            let ty = fx.cx.typed.consts[id].ty;
            let temp = Place::own(addr, ty);
            fx.const_into(id, temp);
            if fx.has_floats(ty) {
                fx.copy(temp, temp, true);
            }
        }
        for (text, offset) in fx.cx.consts.texts.clone() {
            let addr = fx.b.base(offset);
            for (word, at) in text.as_bytes().chunks(8).zip((0_i32..).step_by(8)) {
                let mut bytes = [0; 8];
                bytes
                    .iter_mut()
                    .zip(word)
                    .for_each(|(to, from)| *to = *from);
                let word = fx.b.iconst(theus_abi::Repr::I64, i64::from_le_bytes(bytes));
                fx.b.store(word, addr, at);
            }
        }
        fx.finish_entry(fill);
    }
}
