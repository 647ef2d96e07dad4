//! Numbers: the wide token of the grammar to a literal, or to what is wrong with it.

/// A number as read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Number<'s> {
    /// Value, and suffix.
    Int(u64, Option<&'s str>),
    /// Value, and suffix.
    Float(f64, Option<&'s str>),
    /// In ns.
    Duration(i64),
}

/// What is wrong with a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) title: String,
    pub(crate) label: String,
    pub(crate) help: Option<String>,
    pub(crate) fix: Option<String>,
}

const INTEGERS: &[&str] = &["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"];
const FLOATS: &[&str] = &["f32", "f64"];
/// Units of time, in ns.
const TIMES: &[(&str, u128)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];
/// Units of size, in bytes.
const SIZES: &[(&str, u128)] = &[
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
];

fn problem(title: &str, label: impl Into<String>) -> Problem {
    Problem {
        title: title.to_owned(),
        label: label.into(),
        help: None,
        fix: None,
    }
}

impl Problem {
    fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    fn fix(mut self, text: impl Into<String>) -> Self {
        self.fix = Some(text.into());
        self
    }
}

/// Reads the text of a number token.
pub(crate) fn read(text: &str) -> Result<Number<'_>, Problem> {
    let lower = |prefix: &str| text.strip_prefix(prefix);
    if let Some(digits) = lower("0x") {
        return radix(digits, 16);
    }
    if let Some(digits) = lower("0b") {
        return radix(digits, 2);
    }
    if text.starts_with("0X") || text.starts_with("0B") || text.starts_with("0o") {
        let known = "hexadecimal numbers begin with `0x`, binary ones with `0b`";
        return Err(problem("malformed number", "an unknown prefix").help(known));
    }
    if text.starts_with('.') {
        let fix = format!("0{text}");
        return Err(problem(
            "a digit stands on both sides of a point",
            "a digit is missing before it",
        )
        .help(format!("write `{fix}`"))
        .fix(fix));
    }
    if text.ends_with('.') {
        let fix = format!("{text}0");
        return Err(problem(
            "a digit stands on both sides of a point",
            "a digit is missing after it",
        )
        .help(format!("write `{fix}`"))
        .fix(fix));
    }
    decimal(text)
}

fn radix(text: &str, radix: u32) -> Result<Number<'_>, Problem> {
    // In hexadecimal `f32` is made of digits: only integer suffixes are told from it.
    let found = INTEGERS
        .iter()
        .find_map(|suffix| Some((text.strip_suffix(suffix)?, *suffix)));
    let (digits, suffix) = found.map_or((text, None), |(digits, _)| {
        (digits, text.get(digits.len()..))
    });
    let digits: String = digits.chars().filter(|digit| *digit != '_').collect();
    if digits.is_empty() {
        return Err(problem("malformed number", "digits are missing"));
    }
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        let label = if radix == 2 {
            "a binary digit is 0 or 1"
        } else {
            "a hexadecimal digit is 0 to 9 or a to f"
        };
        return Err(problem("malformed number", label));
    }
    let value = u64::from_str_radix(&digits, radix).map_err(|_| too_large())?;
    Ok(Number::Int(value, suffix))
}

fn too_large() -> Problem {
    problem("the number is too large", "an integer has at most 64 bits")
}

/// Splits `1_000.5e-3ms` to `1_000.5e-3` and `ms`.
fn split(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let mut at = 0;
    while byte(at).is_ascii_digit() || byte(at) == b'_' || byte(at) == b'.' {
        at += 1;
    }
    if byte(at) == b'e' || byte(at) == b'E' {
        let sign = usize::from(matches!(byte(at + 1), b'+' | b'-'));
        let mut end = at + 1 + sign;
        if byte(end).is_ascii_digit() {
            while byte(end).is_ascii_digit() || byte(end) == b'_' {
                end += 1;
            }
            at = end;
        }
    }
    (text.get(..at).unwrap_or(""), text.get(at..).unwrap_or(""))
}

fn decimal(text: &str) -> Result<Number<'_>, Problem> {
    let (number, suffix) = split(text);
    let plain: String = number.chars().filter(|digit| *digit != '_').collect();
    if plain.matches('.').count() > 1 || suffix.contains('.') {
        return Err(problem("malformed number", "a number has one point"));
    }
    let decimal = plain.contains(['.', 'e', 'E']);
    if let Some((_, unit)) = TIMES.iter().find(|(name, _)| *name == suffix) {
        return duration(&plain, *unit);
    }
    if let Some((_, unit)) = SIZES.iter().find(|(name, _)| *name == suffix) {
        let bytes = scaled(&plain, *unit).and_then(|bytes| u64::try_from(bytes).ok());
        let bytes = bytes.ok_or_else(|| {
            problem("malformed size", "not a whole number of bytes below 2^64")
        })?;
        return Ok(Number::Int(bytes, None));
    }
    let suffix = if suffix.is_empty() {
        None
    } else {
        Some(suffix)
    };
    let integer = suffix.is_some_and(|suffix| INTEGERS.contains(&suffix));
    let float = suffix.is_some_and(|suffix| FLOATS.contains(&suffix));
    if let Some(suffix) = suffix
        && !integer
        && !float
    {
        return Err(unknown_suffix(suffix));
    }
    if !decimal {
        return plain
            .parse()
            .map(|value| Number::Int(value, suffix))
            .map_err(|_| too_large());
    }
    if integer {
        return Err(problem(
            "malformed number",
            "an integer type cannot have a point or an exponent",
        ));
    }
    match plain.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Number::Float(value, suffix)),
        Ok(_) => Err(problem(
            "the number is too large",
            "beyond the largest `f64`",
        )),
        Err(_) => Err(problem("malformed number", "cannot be read")),
    }
}

fn unknown_suffix(suffix: &str) -> Problem {
    let base = problem(
        "unknown suffix of a number",
        format!("`{suffix}` is no unit and no type"),
    );
    match suffix {
        "m" => base.help("minutes are `min`; units of measure such as metres are not built yet"),
        "sec" | "secs" | "seconds" => base.help("seconds are `s`"),
        "usize" | "isize" | "int" => base.help("integer types are `i8` to `i64` and `u8` to `u64`"),
        "f" | "F" => base.help("float types are `f32` and `f64`"),
        "hz" | "Hz" => base.help("rates are written as periods: `every 10ms`"),
        "B" => base.help("bytes are written without a unit"),
        _ => base.help("units are ns us ms s min h d, KiB MiB GiB KB MB GB; types i8 to u64, f32, f64"),
    }
}

fn duration(plain: &str, unit: u128) -> Result<Number<'static>, Problem> {
    let ns = scaled(plain, unit).ok_or_else(|| {
        problem("malformed duration", "not a whole number of nanoseconds")
    })?;
    let ns = i64::try_from(ns);
    ns.map(Number::Duration).map_err(|_| {
        problem("the duration is too long", "beyond 292 years")
            .help("a duration is a number of nanoseconds in 64 bits")
    })
}

/// `plain` times `unit`, if that is a whole number (`u128::MAX` stands for too large).
fn scaled(plain: &str, unit: u128) -> Option<u128> {
    let (mantissa, exponent) = match plain.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (plain, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits: String = whole.chars().chain(fraction.chars()).collect();
    let mut value = digits
        .parse::<u128>()
        .ok()
        .and_then(|digits| digits.checked_mul(unit));
    let mut shift = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    if value == Some(0) {
        return value;
    }
    while shift > 0 {
        value = value.and_then(|value| value.checked_mul(10));
        shift = if value.is_some() { shift - 1 } else { 0 };
    }
    let Some(mut value) = value else {
        return Some(u128::MAX);
    };
    while shift < 0 {
        if !value.is_multiple_of(10) {
            return None;
        }
        value /= 10;
        shift += 1;
    }
    Some(value)
}
