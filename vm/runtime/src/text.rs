//! Cells of files: scalars to text and back, without the heap.

use bumpalo::Bump;
use theus_abi::image::Range;
use theus_abi::{Repr, Shape};

use crate::duration::{self, Seconds};
use crate::value::{self, float_text, float32_text, integer, number, signed};

/// The text of a scalar in a file. Durations are in seconds; floats read back as the same
/// float. `None` if the bytes hold no value of that shape.
pub(crate) fn cell<'a>(
    shape: &'a Shape,
    bytes: &[u8],
    epoch: &'a Bump,
) -> Option<&'a str> {
    let mut buffer = ryu::Buffer::new();
    Some(match shape {
        Shape::Bool if *bytes.first()? == 0 => "false",
        Shape::Bool => "true",
        Shape::Int(repr) => {
            let value = signed(*repr, number(*repr, bytes)?);
            bumpalo::format!(in epoch, "{}", value).into_bump_str()
        }
        Shape::Uint(repr) => {
            bumpalo::format!(in epoch, "{}", number(*repr, bytes)?).into_bump_str()
        }
        Shape::Float(Repr::F32) => {
            let bits = u32::try_from(number(Repr::F32, bytes)?).ok()?;
            epoch.alloc_str(float32_text(f32::from_bits(bits), &mut buffer))
        }
        Shape::Float(_) => {
            let value = f64::from_bits(number(Repr::F64, bytes)?);
            epoch.alloc_str(float_text(value, &mut buffer))
        }
        Shape::Duration => {
            let ns = number(Repr::I64, bytes)?.cast_signed();
            bumpalo::format!(in epoch, "{}", Seconds(ns)).into_bump_str()
        }
        Shape::Handle(pool) => {
            let value = value::handle(pool, number(Repr::I64, bytes)?);
            bumpalo::format!(in epoch, "{}", value).into_bump_str()
        }
        Shape::Enum { repr, variants, .. } => {
            variants.get(usize::try_from(number(*repr, bytes)?).ok()?)?
        }
        Shape::Str { .. } => epoch.alloc_str(value::text(shape, bytes)?),
        Shape::Struct { .. }
        | Shape::Choice { .. }
        | Shape::Array { .. }
        | Shape::Option(_)
        | Shape::Ring { .. } => {
            return None;
        }
    })
}

/// The bits of the scalar that a cell says. NaN is canonical.
pub(crate) fn bits(shape: &Shape, text: &str) -> Option<u64> {
    match shape {
        Shape::Bool => match text {
            "true" | "1" => Some(1),
            "false" | "0" => Some(0),
            _ => None,
        },
        Shape::Int(repr) => {
            let (value, most) = (integer(text)?, (1_i128 << (repr.bits() - 1)) - 1);
            let fits = value >= -most - 1 && value <= most;
            let value = i64::try_from(value).ok().filter(|_| fits)?;
            Some(value.cast_unsigned())
        }
        Shape::Uint(repr) => {
            let (value, most) = (integer(text)?, (1_i128 << repr.bits()) - 1);
            u64::try_from(value).ok().filter(|_| value <= most)
        }
        Shape::Float(Repr::F32) => {
            let value: f32 = text.parse().ok()?;
            Some(if value.is_nan() {
                0x7fc0_0000
            } else {
                u64::from(value.to_bits())
            })
        }
        Shape::Float(_) => {
            let value: f64 = text.parse().ok()?;
            Some(if value.is_nan() {
                0x7ff8_0000_0000_0000
            } else {
                value.to_bits()
            })
        }
        Shape::Duration => {
            let ns = duration::parse_seconds(text).or_else(|| duration::parse(text))?;
            Some(ns.cast_unsigned())
        }
        Shape::Enum { variants, .. } => variants
            .iter()
            .position(|variant| variant == text)?
            .try_into()
            .ok(),
        Shape::Struct { .. }
        | Shape::Choice { .. }
        | Shape::Handle(_)
        | Shape::Array { .. }
        | Shape::Option(_)
        | Shape::Str { .. }
        | Shape::Ring { .. } => None,
    }
}

/// How a scalar is stored.
pub(crate) const fn repr(shape: &Shape) -> Option<Repr> {
    match shape {
        Shape::Bool => Some(Repr::I8),
        Shape::Int(repr) | Shape::Uint(repr) | Shape::Float(repr) => Some(*repr),
        Shape::Duration | Shape::Handle(_) => Some(Repr::I64),
        Shape::Enum { repr, .. } => Some(*repr),
        Shape::Struct { .. }
        | Shape::Choice { .. }
        | Shape::Array { .. }
        | Shape::Option(_)
        | Shape::Str { .. }
        | Shape::Ring { .. } => None,
    }
}

/// Whether the bits of a scalar are in a range. NaN is in none.
pub(crate) fn in_range(range: &Range, shape: &Shape, bits: u64) -> bool {
    match range {
        Range::Int { lo, hi } => {
            let value = match shape {
                Shape::Int(repr) => i128::from(signed(*repr, bits)),
                Shape::Duration => i128::from(bits.cast_signed()),
                _ => i128::from(bits),
            };
            (*lo..=*hi).contains(&value)
        }
        Range::Float { lo, hi, inclusive } => {
            let value = match shape {
                Shape::Float(Repr::F32) => {
                    f64::from(f32::from_bits(u32::try_from(bits).unwrap_or(0x7fc0_0000)))
                }
                _ => f64::from_bits(bits),
            };
            *lo <= value
                && if *inclusive {
                    value <= *hi
                } else {
                    value < *hi
                }
        }
    }
}

/// A range as it stands in source.
pub(crate) fn range_text(range: &Range, shape: &Shape) -> String {
    use crate::duration::Human;
    use crate::value::Value;
    match range {
        Range::Int { lo, hi } if *shape == Shape::Duration => {
            let end = |ns: i128| Human(i64::try_from(ns).unwrap_or(i64::MAX));
            format!("{}..={}", end(*lo), end(*hi))
        }
        Range::Int { lo, hi } => format!("{lo}..={hi}"),
        Range::Float { lo, hi, inclusive } => {
            let dots = if *inclusive { "..=" } else { ".." };
            format!("{}{dots}{}", Value::Float(*lo), Value::Float(*hi))
        }
    }
}
