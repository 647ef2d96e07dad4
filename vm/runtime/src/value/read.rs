//! Bytes of a shape to a value.

use theus_abi::shape::{RING_DATA, RING_LEN, RING_NEXT, STR_DATA};
use theus_abi::{Repr, Shape};

use super::{Value, collection};

/// The value of a shape at the start of `bytes`; `None` if there are too few bytes, or if
/// they hold a variant that the enum does not have.
pub(crate) fn value(shape: &Shape, bytes: &[u8]) -> Option<Value> {
    match shape {
        Shape::Struct {
            holds: Some(holds), ..
        } => collection::read(holds, shape, bytes),
        Shape::Struct { name, members, .. } => {
            let members = all(members, bytes)?;
            let name = name.clone();
            Some(Value::Struct { name, members })
        }
        Shape::Choice { repr, variants, .. } => {
            let index = usize::try_from(number(*repr, bytes)?).ok()?;
            let (name, members) = variants.get(index)?;
            let name = name.clone();
            if members.is_empty() {
                return Some(Value::Variant(name));
            }
            let members = all(members, bytes)?;
            Some(Value::Choice { name, members })
        }
        Shape::Array { elem, dims } => array(elem, dims, bytes),
        Shape::Str { .. } => Some(Value::Str(text(shape, bytes)?.to_owned())),
        Shape::Option(elem) => match bytes.first()? {
            0 => Some(Value::None),
            _ => value(
                elem,
                bytes.get(usize::try_from(Shape::payload_offset(elem)).ok()?..)?,
            ),
        },
        Shape::Ring { elem, slots, .. } => {
            let len = word(bytes, RING_LEN)?.min(*slots);
            let element = |back| value(elem, ring_element(elem, *slots, back, bytes)?);
            (0..len)
                .map(element)
                .collect::<Option<_>>()
                .map(Value::Array)
        }
        Shape::Bool
        | Shape::Int(_)
        | Shape::Uint(_)
        | Shape::Float(_)
        | Shape::Duration
        | Shape::Handle(_)
        | Shape::Enum { .. } => scalar(shape, bytes),
    }
}

/// The values of all members.
fn all(members: &[(String, u32, Shape)], bytes: &[u8]) -> Option<Vec<(String, Value)>> {
    let member = |(name, offset, shape): &(String, u32, Shape)| {
        let bytes = bytes.get(usize::try_from(*offset).ok()?..)?;
        Some((name.clone(), value(shape, bytes)?))
    };
    members.iter().map(member).collect()
}

/// The text of a `Str` shape.
pub(crate) fn text<'a>(shape: &Shape, bytes: &'a [u8]) -> Option<&'a str> {
    let Shape::Str { capacity } = shape else {
        return None;
    };
    let len = number(Repr::I32, bytes)?.min(*capacity);
    let start = usize::try_from(STR_DATA).ok()?;
    let end = start.checked_add(usize::try_from(len).ok()?)?;
    std::str::from_utf8(bytes.get(start..end)?).ok()
}

fn array(elem: &Shape, dims: &[u64], bytes: &[u8]) -> Option<Value> {
    let Some((&count, rest)) = dims.split_first() else {
        return value(elem, bytes);
    };
    let size = rest
        .iter()
        .try_fold(elem.size(), |size, dim| size.checked_mul(*dim))?;
    let row = |n: u64| {
        let at = usize::try_from(n.checked_mul(size)?).ok()?;
        array(elem, rest, bytes.get(at..)?)
    };
    (0..count).map(row).collect::<Option<_>>().map(Value::Array)
}

/// The bytes of the element that was pushed `back` pushes before the newest.
pub(crate) fn ring_element<'a>(
    elem: &Shape,
    slots: u64,
    back: u64,
    bytes: &'a [u8],
) -> Option<&'a [u8]> {
    let next = word(bytes, RING_NEXT)?;
    let slot = (next + slots).checked_sub(back + 1)?.checked_rem(slots)?;
    let at = u64::from(RING_DATA).checked_add(slot.checked_mul(elem.size())?)?;
    let start = usize::try_from(at).ok()?;
    bytes.get(start..start.checked_add(usize::try_from(elem.size()).ok()?)?)
}

fn word(bytes: &[u8], offset: u32) -> Option<u64> {
    number(Repr::I64, bytes.get(usize::try_from(offset).ok()?..)?)
}

/// The bits of a scalar.
pub(crate) fn number(repr: Repr, bytes: &[u8]) -> Option<u64> {
    let mut word = [0; 8];
    let size = usize::try_from(repr.size()).ok()?;
    word.get_mut(..size)?.copy_from_slice(bytes.get(..size)?);
    Some(u64::from_le_bytes(word))
}

/// A value of a scalar shape.
fn scalar(shape: &Shape, bytes: &[u8]) -> Option<Value> {
    Some(match shape {
        Shape::Bool => Value::Bool(*bytes.first()? != 0),
        Shape::Int(repr) => Value::Int(signed(*repr, number(*repr, bytes)?)),
        Shape::Uint(repr) => Value::Uint(number(*repr, bytes)?),
        Shape::Float(Repr::F32) => Value::Float32(f32::from_bits(
            u32::try_from(number(Repr::F32, bytes)?).ok()?,
        )),
        Shape::Float(_) => Value::Float(f64::from_bits(number(Repr::F64, bytes)?)),
        Shape::Duration => Value::Duration(number(Repr::I64, bytes)?.cast_signed()),
        Shape::Handle(pool) => handle(pool, number(Repr::I64, bytes)?),
        Shape::Enum { repr, variants, .. } => {
            let index = usize::try_from(number(*repr, bytes)?).ok()?;
            Value::Variant(variants.get(index)?.clone())
        }
        Shape::Struct { .. }
        | Shape::Choice { .. }
        | Shape::Array { .. }
        | Shape::Option(_)
        | Shape::Str { .. }
        | Shape::Ring { .. } => {
            return None;
        }
    })
}

/// The handle of those bits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the halves of the word are what is wanted"
)]
pub(crate) fn handle(pool: &str, bits: u64) -> Value {
    Value::Handle {
        pool: pool.to_owned(),
        slot: bits as u32,
        generation: (bits >> 32) as u32,
    }
}

/// The low bits of `bits` as a signed integer.
pub(crate) const fn signed(repr: Repr, bits: u64) -> i64 {
    let unused = 64 - repr.bits();
    (bits << unused).cast_signed() >> unused
}
