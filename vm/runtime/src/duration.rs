//! Durations as text: `1.5s` for people, `0.001` seconds in files.

use std::fmt;

use theus_abi::duration::UNITS;

/// Nanoseconds in the longest unit up to seconds that gives at least 1: `1.5s`, `10ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Human(pub(crate) i64);

impl fmt::Display for Human {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.unsigned_abs();
        let short = UNITS.iter().skip_while(|(name, _)| *name != "s");
        let unit = short.copied().find(|(_, unit)| size >= unit.unsigned_abs());
        let (name, unit) = if size == 0 {
            ("s", 1)
        } else {
            unit.unwrap_or(("ns", 1))
        };
        write_decimal(f, self.0, unit.unsigned_abs())?;
        f.write_str(name)
    }
}

/// Nanoseconds in seconds, exactly: `0.001`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seconds(pub(crate) i64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, self.0, 1_000_000_000)
    }
}

/// `value / unit` without trailing zeros; `unit` is a power of ten.
fn write_decimal(f: &mut fmt::Formatter<'_>, value: i64, unit: u64) -> fmt::Result {
    let sign = if value < 0 { "-" } else { "" };
    let size = value.unsigned_abs();
    let (whole, mut rest) = (size / unit, size % unit);
    write!(f, "{sign}{whole}")?;
    if rest == 0 {
        return Ok(());
    }
    let mut digits = unit.ilog10() as usize;
    while rest.is_multiple_of(10) {
        rest /= 10;
        digits -= 1;
    }
    write!(f, ".{rest:0digits$}")
}

/// A number with a unit, as in source: `10ms`, `1.5s`. `None` if it is not one, has digits
/// below the nanosecond, or does not fit.
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let end = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, name) = text.split_at_checked(end)?;
    let (_, unit) = UNITS.into_iter().find(|(unit, _)| *unit == name)?;
    scaled(number, unit)
}

/// A number of seconds, as in files.
pub(crate) fn parse_seconds(text: &str) -> Option<i64> {
    scaled(text.trim(), 1_000_000_000)
}

/// A decimal number times `unit`, exactly.
fn scaled(number: &str, unit: i64) -> Option<i64> {
    let (negative, digits) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.chars().all(digit_or_mark);
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let number = |part: &str| {
        part.bytes()
            .filter(u8::is_ascii_digit)
            .try_fold(0_i128, |sum, digit| {
                sum.checked_mul(10)?.checked_add(i128::from(digit - b'0'))
            })
    };
    let fraction = fraction.trim_end_matches('0');
    let places = fraction.bytes().filter(u8::is_ascii_digit).count();
    let scale = 10_i128.checked_pow(u32::try_from(places).ok()?)?;
    let part = number(fraction)?.checked_mul(i128::from(unit))?;
    if part % scale != 0 {
        return None;
    }
    let total = number(whole)?
        .checked_mul(i128::from(unit))?
        .checked_add(part / scale)?;
    i64::try_from(if negative { -total } else { total }).ok()
}

fn digit_or_mark(c: char) -> bool {
    c.is_ascii_digit() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_for_people() {
        let cases = [
            (0, "0s"),
            (1, "1ns"),
            (-1, "-1ns"),
            (1_500, "1.5us"),
            (10_000_000, "10ms"),
            (1_500_000_000, "1.5s"),
            (90_000_000_000, "90s"),
            (-1_000_000_001, "-1.000000001s"),
            (i64::MIN, "-9223372036.854775808s"),
        ];
        for (ns, text) in cases {
            assert_eq!(Human(ns).to_string(), text);
            assert_eq!(parse(text), Some(ns), "{text}");
        }
        assert_eq!(Seconds(1_000_000).to_string(), "0.001");
        assert_eq!(parse_seconds("0.001"), Some(1_000_000));
    }

    #[test]
    fn text_that_is_no_duration() {
        for text in [
            "", "10", "ms", "1.5ns", "1e3s", "1.s", "9e9h", "10m", "300000d", "1 s",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
