//! Address arithmetic: constants move into the offsets of loads and stores, so that code
//! needs one register for the base address and none for constant distances.

use super::{Editor, Folded};
use crate::func::Inst;
use crate::ids::Value;
use crate::op::BinaryOp;
use crate::passes::constant::Const;
use theus_abi::Repr;

/// `addr + index * scale`.
pub(super) fn element(
    editor: &mut Editor<'_>,
    addr: Value,
    index: Value,
    scale: u32,
) -> Folded {
    if let Some(index) = editor.known(index) {
        let by = index.signed().wrapping_mul(i64::from(scale));
        return moved(editor, addr, by);
    }
    let Some(&Inst::Binary {
        op: BinaryOp::Iadd,
        args: [from, by],
    }) = editor.def(index)
    else {
        return Folded::Keep;
    };
    let Some(by) = editor.known(by) else {
        return Folded::Keep;
    };
    let distance = by.signed().checked_mul(i64::from(scale));
    let Some(distance) = distance.filter(|by| i32::try_from(*by).is_ok()) else {
        return Folded::Keep;
    };
    match editor.insert(Inst::Element {
        addr,
        index: from,
        scale,
    }) {
        Some(first) => moved(editor, first, distance),
        None => Folded::Keep,
    }
}

/// `addr` plus a constant.
fn moved(editor: &mut Editor<'_>, addr: Value, by: i64) -> Folded {
    if by == 0 {
        return Folded::Value(addr);
    }
    if let Some(Inst::Base { offset }) = editor.def(addr) {
        let offset = i64::from(*offset).checked_add(by);
        if let Some(offset) = offset.and_then(|offset| u32::try_from(offset).ok()) {
            return Folded::Inst(Inst::Base { offset });
        }
    }
    match editor.constant(Const::new(Repr::I64, by.cast_unsigned())) {
        Some(by) => Folded::Inst(Inst::Binary {
            op: BinaryOp::Iadd,
            args: [addr, by],
        }),
        None => Folded::Keep,
    }
}

/// A simpler address and offset of a load or store, if there is one.
pub(super) fn place(
    editor: &mut Editor<'_>,
    addr: Value,
    offset: i32,
) -> Option<(Value, i32)> {
    match editor.def(addr)? {
        Inst::Base { offset: 0 } => None,
        Inst::Base { offset: start } => {
            let offset = i32::try_from(*start).ok()?.checked_add(offset)?;
            Some((editor.insert(Inst::Base { offset: 0 })?, offset))
        }
        Inst::Binary {
            op: BinaryOp::Iadd,
            args: [from, by],
        } => {
            let (from, by) = (*from, editor.known(*by)?);
            Some((from, offset.checked_add(i32::try_from(by.signed()).ok()?)?))
        }
        _ => None,
    }
}
