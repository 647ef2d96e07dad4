//! A value to bytes of a shape.

use theus_abi::shape::{Holds, RING_DATA, RING_LEN, RING_NEXT, RING_SLOTS, STR_DATA};
use theus_abi::{Repr, Shape};

use super::{Value, collection};

/// Writes `value` to the start of `bytes`; `None` if it is not of that shape. Numbers may
/// be given as any kind of number that holds the same value: `2` for an `f64`. Nothing is
/// kept of the bytes but the padding; on `None` they are in no particular state.
pub(crate) fn write(shape: &Shape, value: &Value, bytes: &mut [u8]) -> Option<()> {
    match (shape, value) {
        (
            Shape::Struct {
                holds: Some(Holds::List),
                ..
            },
            Value::Array(values),
        ) => collection::write_list(shape, values, bytes),
        // Only a program fills a map or a pool.
        (Shape::Struct { holds: Some(_), .. }, _) => None,
        (
            Shape::Struct { members, .. },
            Value::Struct {
                members: values, ..
            },
        ) => all(members, values, bytes),
        (Shape::Choice { .. }, Value::Variant(name)) => choice(shape, name, &[], bytes),
        (Shape::Choice { .. }, Value::Choice { name, members }) => {
            choice(shape, name, members, bytes)
        }
        (Shape::Array { elem, dims }, Value::Array(values)) => {
            array(elem, dims, values, bytes)
        }
        (Shape::Option(_), Value::None) => {
            let size = usize::try_from(shape.size()).ok()?;
            bytes.get_mut(..size)?.fill(0);
            Some(())
        }
        (Shape::Option(elem), value) => {
            *bytes.first_mut()? = 1;
            write(
                elem,
                value,
                bytes.get_mut(usize::try_from(Shape::payload_offset(elem)).ok()?..)?,
            )
        }
        (
            Shape::Ring {
                elem,
                capacity,
                slots,
            },
            Value::Array(values),
        ) => ring(elem, (*capacity).min(*slots), *slots, values, bytes),
        (Shape::Str { capacity }, Value::Str(text)) => write_text(*capacity, text, bytes),
        (Shape::Bool, Value::Bool(value)) => number(Repr::I8, u64::from(*value), bytes),
        (Shape::Duration, Value::Duration(ns)) => {
            number(Repr::I64, ns.cast_unsigned(), bytes)
        }
        (
            Shape::Handle(_),
            Value::Handle {
                slot, generation, ..
            },
        ) => {
            let bits = u64::from(*generation) << 32 | u64::from(*slot);
            number(Repr::I64, bits, bytes)
        }
        (Shape::Int(repr), _) => {
            let (value, most) = (integer(value)?, (1_i128 << (repr.bits() - 1)) - 1);
            if value < -most - 1 || value > most {
                return None;
            }
            number(*repr, i64::try_from(value).ok()?.cast_unsigned(), bytes)
        }
        (Shape::Uint(repr), _) => {
            let (value, most) = (integer(value)?, (1_i128 << repr.bits()) - 1);
            if !(0..=most).contains(&value) {
                return None;
            }
            number(*repr, u64::try_from(value).ok()?, bytes)
        }
        (Shape::Float(repr), _) => number(*repr, float(*repr, value)?, bytes),
        (Shape::Enum { repr, variants, .. }, Value::Variant(name)) => {
            let index = variants.iter().position(|variant| variant == name)?;
            number(*repr, u64::try_from(index).ok()?, bytes)
        }
        _ => None,
    }
}

/// Every member of a struct, or of a payload.
fn all(
    members: &[(String, u32, Shape)],
    values: &[(String, Value)],
    bytes: &mut [u8],
) -> Option<()> {
    if members.len() != values.len() {
        return None;
    }
    for (name, offset, shape) in members {
        let (_, value) = values.iter().find(|(given, _)| given == name)?;
        let bytes = bytes.get_mut(usize::try_from(*offset).ok()?..)?;
        write(shape, value, bytes)?;
    }
    Some(())
}

/// A variant with its payload; what no member holds is zero.
fn choice(
    shape: &Shape,
    name: &str,
    values: &[(String, Value)],
    bytes: &mut [u8],
) -> Option<()> {
    let Shape::Choice { repr, variants, .. } = shape else {
        return None;
    };
    let index = variants.iter().position(|(variant, _)| variant == name)?;
    let (_, members) = variants.get(index)?;
    bytes
        .get_mut(..usize::try_from(shape.size()).ok()?)?
        .fill(0);
    number(*repr, u64::try_from(index).ok()?, bytes)?;
    all(members, values, bytes)
}

/// Writes a text of at most that many bytes; those beyond it become 0.
pub(crate) fn write_text(capacity: u64, text: &str, bytes: &mut [u8]) -> Option<()> {
    if u64::try_from(text.len()).ok()? > capacity {
        return None;
    }
    let start = usize::try_from(STR_DATA).ok()?;
    let room =
        bytes.get_mut(start..start.checked_add(usize::try_from(capacity).ok()?)?)?;
    room.fill(0);
    room.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
    number(Repr::I32, u64::try_from(text.len()).ok()?, bytes)
}

fn array(elem: &Shape, dims: &[u64], values: &[Value], bytes: &mut [u8]) -> Option<()> {
    let (&count, rest) = dims.split_first()?;
    if u64::try_from(values.len()).ok()? != count {
        return None;
    }
    let size = rest
        .iter()
        .try_fold(elem.size(), |size, dim| size.checked_mul(*dim))?;
    let size = usize::try_from(size).ok()?;
    for (value, n) in values.iter().zip(0..) {
        let bytes = bytes.get_mut(size.checked_mul(n)?..)?;
        match value {
            Value::Array(values) if !rest.is_empty() => array(elem, rest, values, bytes)?,
            _ if rest.is_empty() => write(elem, value, bytes)?,
            _ => return None,
        }
    }
    Some(())
}

/// The newest value is the first of `values`.
fn ring(
    elem: &Shape,
    capacity: u64,
    slots: u64,
    values: &[Value],
    bytes: &mut [u8],
) -> Option<()> {
    let len = u64::try_from(values.len()).ok()?;
    if len > capacity {
        return None;
    }
    let mut word = |offset: u32, value| {
        number(
            Repr::I64,
            value,
            bytes.get_mut(usize::try_from(offset).ok()?..)?,
        )
    };
    word(RING_NEXT, len.checked_rem(slots)?)?;
    word(RING_LEN, len)?;
    word(RING_SLOTS, slots)?;
    for (value, slot) in values.iter().rev().zip(0_u64..) {
        let at = u64::from(RING_DATA).checked_add(slot.checked_mul(elem.size())?)?;
        write(elem, value, bytes.get_mut(usize::try_from(at).ok()?..)?)?;
    }
    Some(())
}

pub(super) fn number(repr: Repr, bits: u64, bytes: &mut [u8]) -> Option<()> {
    let size = usize::try_from(repr.size()).ok()?;
    bytes
        .get_mut(..size)?
        .copy_from_slice(bits.to_le_bytes().get(..size)?);
    Some(())
}

/// The integer that a value is.
fn integer(value: &Value) -> Option<i128> {
    match value {
        Value::Int(value) => Some(i128::from(*value)),
        Value::Uint(value) => Some(i128::from(*value)),
        _ => None,
    }
}

/// The bits of the float that a value is: a float of the other width is rounded, an integer
/// must be exact; NaN is canonical.
fn float(repr: Repr, value: &Value) -> Option<u64> {
    let value = match value {
        Value::Float(value) => *value,
        Value::Float32(value) => f64::from(*value),
        _ => {
            let exact = integer(value)?;
            let value = exact as f64;
            if value as i128 != exact {
                return None;
            }
            value
        }
    };
    Some(match (repr, value.is_nan()) {
        (Repr::F32, true) => 0x7fc0_0000,
        (Repr::F32, false) => u64::from((value as f32).to_bits()),
        (_, true) => 0x7ff8_0000_0000_0000,
        (_, false) => value.to_bits(),
    })
}
