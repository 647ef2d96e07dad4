//! The report of a failed check, in the header of the memory block.

use theus_abi::image::{ArgKind, SiteKind};
use theus_abi::{Image, Repr, header};

use crate::eval;
use crate::ids::SiteId;
use crate::op::UnaryOp;

/// Writes the site and its operands.
pub(super) fn write(
    memory: &mut [u8],
    image: &Image,
    site: SiteId,
    operands: &[(Repr, u64)],
) -> Result<(), String> {
    let entry = usize::try_from(site.as_u32())
        .ok()
        .and_then(|at| image.sites.get(at));
    if entry.is_some_and(|site| site.kind == SiteKind::Share) {
        return Ok(());
    }
    put(memory, header::FAULT_SITE, site.as_u32().into())?;
    let kinds = entry.map(|site| site.args.as_slice()).unwrap_or_default();
    for ((&(repr, bits), at), (_, kind)) in operands.iter().zip(0_i32..).zip(kinds) {
        put(
            memory,
            header::FAULT_ARGS + 8 * at,
            extend(*kind, repr, bits),
        )?;
    }
    Ok(())
}

/// An operand as 64 bits.
fn extend(kind: ArgKind, repr: Repr, bits: u64) -> u64 {
    match (kind, repr) {
        (
            ArgKind::Int | ArgKind::Duration,
            Repr::I8 | Repr::I16 | Repr::I32 | Repr::I64,
        ) => eval::sign_extend(repr, bits).cast_unsigned(),
        (_, Repr::F32) => extend(
            kind,
            Repr::F64,
            eval::unary(UnaryOp::Fpromote, Repr::F32, Repr::F64, bits),
        ),
        // Payloads of NaN depend on the machine; nobody may see them.
        (_, Repr::F64) => eval::unary(UnaryOp::Fcanon, Repr::F64, Repr::F64, bits),
        (_, Repr::I8 | Repr::I16 | Repr::I32 | Repr::I64) => bits,
    }
}

fn put(memory: &mut [u8], offset: i32, bits: u64) -> Result<(), String> {
    let at = usize::try_from(offset).map_err(|error| error.to_string())?;
    let bytes = memory
        .get_mut(at..at + 8)
        .ok_or("the memory block has no header")?;
    bytes.copy_from_slice(&bits.to_le_bytes());
    Ok(())
}
