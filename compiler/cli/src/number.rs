//! Numbers with units: durations and sizes, to and from text.

use theus::MAX_WORKERS;
pub(crate) use theus::memory::grouped;

/// Nanoseconds of `10s`, `1.5ms`.
pub(crate) fn duration(text: &str) -> Result<i64, String> {
    let total = theus_vm::parse_duration(text)
        .ok_or_else(|| "write a number and a unit: 10s, 250ms, 1h".to_owned())?;
    if total > 0 {
        Ok(total)
    } else {
        Err("it must be more than nothing".to_owned())
    }
}

/// Lines from 1: `10:24`.
pub(crate) fn lines(text: &str) -> Result<(usize, usize), String> {
    let ends = text.split_once(':');
    let ends =
        ends.and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    match ends {
        Some((first, last)) if (1..=last).contains(&first) => Ok((first, last)),
        _ => Err("write the first and the last line, from 1: 10:24".to_owned()),
    }
}

/// A number of threads.
pub(crate) fn workers(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(number) if (1..=MAX_WORKERS).contains(&number) => Ok(number),
        _ => Err(format!("write a number from 1 to {MAX_WORKERS}")),
    }
}

fn digits(text: &str) -> Option<i128> {
    let text = text.replace('_', "");
    let is_number =
        (1..=18).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

/// A time of the clock on the wall: `5s`.
pub(crate) fn wall(text: &str) -> Result<std::time::Duration, String> {
    duration(text).map(|ns| std::time::Duration::from_nanos(ns.unsigned_abs()))
}

/// Bytes of `64KiB`, `2MiB`, `4096`.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let wrong = || "write a number of bytes, KiB, MiB or GiB: 64KiB".to_owned();
    let at = text
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(at).ok_or_else(wrong)?;
    let scale = match unit {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(wrong()),
    };
    let number = digits(number.trim()).ok_or_else(wrong)?;
    u64::try_from(number)
        .ok()
        .and_then(|number| number.checked_mul(scale))
        .ok_or_else(wrong)
}

/// Nanoseconds in the unit that suits: `10s`, `2.13ms`.
pub(crate) fn time(ns: u64) -> String {
    let units = [("s", 1_000_000_000_u64), ("ms", 1_000_000), ("us", 1_000)];
    let unit = units.into_iter().find(|(_, scale)| ns >= *scale);
    match unit {
        None if ns == 0 => "0s".to_owned(),
        None => format!("{ns}ns"),
        Some((name, scale)) => {
            let text = format!("{:.3}", ns as f64 / scale as f64);
            format!("{}{name}", text.trim_end_matches('0').trim_end_matches('.'))
        }
    }
}

/// The same, with three digits.
pub(crate) fn rough_time(ns: u128) -> String {
    time(rough(u64::try_from(ns).unwrap_or(u64::MAX)))
}

/// The number with three digits, then zeros.
pub(crate) fn rough(number: u64) -> u64 {
    let unit = 10_u64.pow(number.max(1).ilog10().saturating_sub(2));
    number / unit * unit
}

/// A float for a person: six digits.
pub(crate) fn float(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return if value.is_nan() {
            "nan".to_owned()
        } else if value > 0.0 {
            "inf".to_owned()
        } else {
            "-inf".to_owned()
        };
    }
    if size == 0.0 {
        return "0.0".to_owned();
    }
    if !(1e-4..1e9).contains(&size) {
        let text = format!("{value:.5e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", shortened(digits));
    }
    let whole = format!("{size:.0}").len();
    let leading = if size < 1.0 {
        format!("{size:.9}")
    } else {
        String::new()
    };
    let zeros = leading
        .bytes()
        .skip(2)
        .take_while(|digit| *digit == b'0')
        .count();
    let places = if size < 1.0 {
        6 + zeros
    } else {
        6_usize.saturating_sub(whole).max(1)
    };
    shortened(&format!("{value:.places$}"))
}

/// Without trailing zeros, but with one digit after the point.
fn shortened(text: &str) -> String {
    let text = text.trim_end_matches('0');
    if text.ends_with('.') {
        format!("{text}0")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(duration("10s"), Ok(10_000_000_000));
        assert_eq!(duration("1.5ms"), Ok(1_500_000));
        assert_eq!(duration("2h"), Ok(7_200_000_000_000));
        for text in [
            "",
            "10",
            "s",
            "0s",
            "-1s",
            "1e3s",
            "10m",
            "99999999999d",
            "1.s",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(size("64KiB"), Ok(65_536));
        assert_eq!(size("4096"), Ok(4096));
        for text in ["", "KiB", "64KB", "-1", "99999999999999999GiB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn floats() {
        let cases = [
            (0.0, "0.0"),
            (1.0, "1.0"),
            (-150.0, "-150.0"),
            (0.123_456_789, "0.123457"),
            (0.001_234_567_89, "0.00123457"),
            (12_345.678_9, "12345.7"),
            (1.5e-9, "1.5e-9"),
            (6.02e23, "6.02e23"),
            (f64::NAN, "nan"),
        ];
        for (value, text) in cases {
            assert_eq!(float(value), text);
        }
    }

    #[test]
    fn times() {
        assert_eq!(time(0), "0s");
        assert_eq!(time(999), "999ns");
        assert_eq!(time(2_130_000), "2.13ms");
        assert_eq!(time(10_000_000_000), "10s");
    }
}
