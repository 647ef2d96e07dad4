//! Numbers as people read them.

/// `10⁻⁶`.
pub fn power(exponent: i32) -> String {
    let digits = exponent.to_string();
    let raised = digits.chars().map(|digit| match digit {
        '-' => '⁻',
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        _ => '⁹',
    });
    "10".chars().chain(raised).collect()
}

/// That power of ten, as near as a float can be.
pub fn ten(exponent: i32) -> f64 {
    let text = format!("1e{exponent}");
    text.parse().unwrap_or(1.0)
}

/// With a true minus, as it stands beside an axis.
pub fn fixed(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    let is_zero = text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    match text.strip_prefix('-') {
        Some(digits) if is_zero => digits.to_owned(),
        Some(digits) => format!("−{digits}"),
        None => text,
    }
}

/// Five digits: `0.1235`, `1.235e-9`.
pub fn short(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return value.to_string();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e7).contains(&size) {
        let text = format!("{value:.3e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", trimmed(digits));
    }
    let leading = libm::log10(size).floor();
    let places = (3.0 - leading).clamp(0.0, 9.0) as usize;
    trimmed(&format!("{value:.places$}")).to_owned()
}

/// Without zeros at the end of a fraction.
pub fn trimmed(text: &str) -> &str {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => text,
    }
}

/// Both ends of a range: with all their digits if fewer would not tell them apart.
pub fn pair(low: f64, high: f64) -> (String, String) {
    let (least, most) = (short(low), short(high));
    match least == most && low < high {
        true => (low.to_string(), high.to_string()),
        false => (least, most),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (3.0, "3"),
            (-150.0, "-150"),
            (0.123_456, "0.1235"),
            (999_999.0, "999999"),
            (1.259e-15, "1.259e-15"),
            (1e300, "1e300"),
            (f64::NAN, "NaN"),
        ];
        for (value, text) in cases {
            assert_eq!(short(value), text);
        }
        assert_eq!(pair(1.0, 1.0), ("1".to_owned(), "1".to_owned()));
        let near = pair(1.0, 1.0 + f64::EPSILON);
        assert_eq!(near.1, "1.0000000000000002");
        assert_eq!(fixed(-0.04, 1), "0.0");
        assert_eq!(power(-12), "10⁻¹²");
    }
}
