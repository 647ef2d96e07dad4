//! Decimal digits of floats, exactly, without the heap: what the library writes texts with.

use core::fmt::{self, Write};

/// Digits in a group.
const GROUP: usize = 15;
/// Room for the longest decimal: 309 digits, a dot, and 60 digits.
const ROOM: usize = 400;

/// A text of limited length.
struct Room {
    bytes: [u8; ROOM],
    len: usize,
}

impl Write for Room {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len.saturating_add(text.len());
        let free = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
        free.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// What a format writes.
fn written(args: fmt::Arguments<'_>) -> Room {
    let mut room = Room {
        bytes: [0; ROOM],
        len: 0,
    };
    // What does not fit is cut: no caller asks for so much.
    let _cut = room.write_fmt(args);
    room
}

/// Digits and power of ten of the shortest decimal, from a text like `1.25e-3`.
fn short(room: &Room) -> (u64, i32) {
    let text = room.bytes.get(..room.len).unwrap_or_default();
    let text = core::str::from_utf8(text).unwrap_or_default();
    let (digits, power) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let value = whole
        .bytes()
        .chain(fraction.bytes())
        .fold(0_u64, |sum, digit| {
            sum.wrapping_mul(10)
                .wrapping_add(u64::from(digit.wrapping_sub(b'0')))
        });
    let places = i32::try_from(fraction.len()).unwrap_or(0);
    (value, power.parse().unwrap_or(0) - places)
}

fn short64(value: f64) -> (u64, i32) {
    if value.is_finite() {
        short(&written(format_args!("{:e}", value.abs())))
    } else {
        (0, 0)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the value was an f32 before it was made wider"
)]
fn short32(value: f64) -> (u64, i32) {
    if value.is_finite() {
        short(&written(format_args!("{:e}", (value as f32).abs())))
    } else {
        (0, 0)
    }
}

/// The digits of the shortest decimal that reads back as the same float, as the bits of the
/// result: at most 17 of them, so that it is never a NaN. 0 for what is not finite.
pub(crate) fn digits(value: f64) -> f64 {
    f64::from_bits(short64(value).0)
}

/// The power of ten that the digits are multiplied by.
pub(crate) fn scale(value: f64) -> f64 {
    f64::from(short64(value).1)
}

/// `digits` of an `f32`.
pub(crate) fn digits32(value: f64) -> f64 {
    f64::from_bits(short32(value).0)
}

/// `scale` of an `f32`.
pub(crate) fn scale32(value: f64) -> f64 {
    f64::from(short32(value).1)
}

/// A group of 15 digits, counted from the right, of a float written with so many places:
/// `which` is `32 * places + group`. -1 where there are no more digits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small number, and what is not is cut to one"
)]
pub(crate) fn fixed(value: f64, which: f64) -> f64 {
    let which = which.clamp(0.0, 2048.0) as usize;
    let (places, group) = (which / 32, which % 32);
    if !value.is_finite() || places > 60 {
        return -1.0;
    }
    let room = written(format_args!("{:.*}", places, value.abs()));
    let text = room.bytes.get(..room.len).unwrap_or_default();
    let mut digits = text.iter().rev().filter(|byte| **byte != b'.');
    for _ in 0..group * GROUP {
        if digits.next().is_none() {
            return -1.0;
        }
    }
    let (mut sum, mut unit, mut any) = (0_u64, 1_u64, false);
    for digit in digits.take(GROUP) {
        sum += u64::from(digit.wrapping_sub(b'0')) * unit;
        unit *= 10;
        any = true;
    }
    if any { sum as f64 } else { -1.0 }
}
/// The float nearest to the decimal that a text is, written over the length before the text:
/// what `HostFn::ReadFloat` does. NaN for what is no number.
pub fn read(memory: &mut [u8], arg: i32) {
    const NAN: u64 = 0x7ff8_0000_0000_0000;
    let number = |memory: &[u8]| -> Option<(usize, u64)> {
        let at = usize::try_from(arg.cast_unsigned()).ok()?;
        let start = at.checked_add(8)?;
        let length = u64::from_le_bytes(memory.get(at..start)?.try_into().ok()?);
        let end = start.checked_add(usize::try_from(length).ok()?)?;
        let text = core::str::from_utf8(memory.get(start..end)?).ok()?;
        let value: Option<f64> = text.parse().ok();
        let bits = value
            .filter(|value| !value.is_nan())
            .map_or(NAN, f64::to_bits);
        Some((at, bits))
    };
    if let Some((at, bits)) = number(memory)
        && let Some(place) = memory.get_mut(at..at.saturating_add(8))
    {
        place.copy_from_slice(&bits.to_le_bytes());
    }
}
