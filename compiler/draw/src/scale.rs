//! Scales: from values to places on an axis, and the marks that stand beside it.

use libm::{exp10, log10};

use crate::number::{fixed, power, ten, trimmed};

/// The narrowest range that is told apart.
const NARROW: f64 = 1e-300;

/// An axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    /// By powers of ten.
    log: bool,
}

/// A mark of an axis: its value, and what stands beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Where it is.
    pub value: f64,
    /// Its text.
    pub text: String,
}

/// The marks of an axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// From low to high.
    pub marks: Vec<Mark>,
    /// Texts are to be multiplied with this power of ten,
    pub exponent: i32,
    /// and this is to be added.
    pub offset: Option<String>,
}

impl Marks {
    /// What the texts leave out: `×10⁻⁶ + 1.5`.
    pub fn note(&self) -> String {
        let factor = match self.exponent {
            0 => String::new(),
            exponent => format!("×{}", power(exponent)),
        };
        match &self.offset {
            None => factor,
            Some(offset) => {
                let (sign, digits) = match offset.strip_prefix('-') {
                    Some(digits) => ('−', digits),
                    None => ('+', offset.as_str()),
                };
                format!("{factor} {sign} {digits}").trim_start().to_owned()
            }
        }
    }
}

impl Scale {
    /// An axis for values from `low` to `high`, with some air at both ends.
    pub fn new(low: f64, high: f64, air: f64, log: bool) -> Self {
        if log {
            let (low, high) = (log10(low.max(NARROW)), log10(high.max(NARROW)));
            let more = if high - low < 1e-9 {
                0.5
            } else {
                (high - low) * air
            };
            return Self {
                low: low - more,
                high: high + more,
                log,
            };
        }
        let half = high / 2.0 - low / 2.0;
        let size = low.abs().max(high.abs());
        let more = if half > 0.0 && half * 2.0 > NARROW {
            half * air * 2.0
        } else if size > NARROW {
            size * 0.1
        } else {
            1.0
        };
        let most = f64::MAX;
        Self {
            low: (low - more).max(-most),
            high: (high + more).min(most),
            log,
        }
    }

    /// Where a value is: 0 at the low end, 1 at the high one.
    pub fn place(&self, value: f64) -> f64 {
        let value = if self.log {
            log10(value.max(NARROW))
        } else {
            value
        };
        let (value, low, high) = (value / 2.0, self.low / 2.0, self.high / 2.0);
        match high - low {
            width if width > 0.0 => (value - low) / width,
            _ => 0.5,
        }
    }

    /// The same axis, each end at a round number if one is near.
    #[must_use]
    pub fn rounded(self, most: usize) -> Self {
        let (span, marks) = (self.high / 2.0 - self.low / 2.0, self.marks(most).marks);
        let step = marks.windows(2).find_map(|pair| match pair {
            [one, next] => Some(next.value - one.value),
            _ => None,
        });
        let (Some(step), Some(first), Some(last)) = (step, marks.first(), marks.last())
        else {
            return self;
        };
        let (low, high) = (first.value - step, last.value + step);
        let near = |end: f64, round: f64| (end / 2.0 - round / 2.0).abs() < span * 0.02;
        Self {
            low: if near(self.low, low) { low } else { self.low },
            high: if near(self.high, high) {
                high
            } else {
                self.high
            },
            log: self.log,
        }
    }

    /// About so many marks at round numbers, at least two if there can be.
    pub fn marks(&self, most: usize) -> Marks {
        let enough = |marks: &Marks| marks.marks.len() > 1;
        let tries = [most, most * 2, most * 4].into_iter();
        { tries }
            .map(|most| self.some(most))
            .find(enough)
            .unwrap_or_else(|| self.some(most))
    }

    fn some(&self, most: usize) -> Marks {
        if !self.log {
            return self.even(most);
        }
        let (first, last) = (self.low.ceil(), self.high.floor());
        if last - first < 1.0 {
            // Less than ten times: marks at even numbers say more.
            let plain = Self {
                low: exp10(self.low),
                high: exp10(self.high).min(f64::MAX),
                log: false,
            };
            return plain.even(most);
        }
        let step = ((last - first + 1.0) / most as f64).ceil().max(1.0);
        let decades = (0..=most).map(|n| step.mul_add(n as f64, first));
        let marks = decades.take_while(|at| *at <= last).map(|at| Mark {
            value: exp10(at),
            text: decade(at as i32),
        });
        Marks {
            marks: marks.collect(),
            ..Marks::default()
        }
    }

    fn even(&self, most: usize) -> Marks {
        let (low, high) = (self.low, self.high);
        let span = (high / 2.0 - low / 2.0) * 2.0;
        let size = low.abs().max(high.abs());
        let offset =
            (span.is_finite() && span < size * 1e-4).then(|| base(low, high, span));
        let (base, offset) = offset.unzip();
        let base = base.unwrap_or(0.0);
        let (low, high) = (low - base, high - base);
        let exponent = exponent(low.abs().max(high.abs()));
        let unit = ten(exponent);
        let (low, high) = (low / unit, high / unit);
        let (digit, decade) = step((high - low) / most.max(1) as f64);
        let places = usize::try_from(-decade).unwrap_or(0);
        let step = f64::from(digit) * ten(decade);
        let first = (low / step - 1e-9).ceil();
        let count = ((high / step + 1e-9).floor() - first).clamp(0.0, 100.0) as u32;
        let marks = (0..=count).map(|n| {
            let at = (first + f64::from(n)) * step;
            Mark {
                value: at.mul_add(unit, base),
                text: fixed(at, places),
            }
        });
        let mut marks: Vec<Mark> = marks.collect();
        marks.dedup_by(|one, other| one.value == other.value);
        Marks {
            marks,
            exponent,
            offset,
        }
    }
}

/// A round number near to all values of a narrow range, and its text.
fn base(low: f64, high: f64, span: f64) -> (f64, String) {
    let middle = low / 2.0 + high / 2.0;
    let round = log10(span).floor() as i32 + 2;
    if round >= 0 {
        let unit = ten(round);
        let base = (middle / unit).round() * unit;
        return (base, format!("{base}"));
    }
    let places = usize::try_from(-round).unwrap_or(0).min(300);
    let text = format!("{middle:.places$}");
    let base = text.parse().unwrap_or(middle);
    (base, trimmed(&text).to_owned())
}

/// The power of ten that texts leave out, 0 if they need not.
fn exponent(size: f64) -> i32 {
    let decade = log10(size.max(NARROW)).floor() as i32;
    match decade {
        -3..5 => 0,
        _ => (decade.div_euclid(3) * 3).clamp(-306, 306),
    }
}

/// The next larger one of 1, 2 and 5 times a power of ten, and the power.
fn step(least: f64) -> (u32, i32) {
    let decade = log10(least.max(1e-18)).floor() as i32;
    let size = least / ten(decade);
    let digits = [1, 2, 5].into_iter();
    let digit = { digits }.find(|digit| f64::from(*digit) >= size - 1e-9);
    digit.map_or((1, decade + 1), |digit| (digit, decade))
}

fn decade(exponent: i32) -> String {
    match exponent {
        -3..=4 => trimmed(&format!("{:.3}", ten(exponent))).to_owned(),
        _ => power(exponent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(low: f64, high: f64) -> (Vec<String>, String) {
        let marks = Scale::new(low, high, 0.0, false).marks(5);
        let note = marks.note();
        (
            marks.marks.into_iter().map(|mark| mark.text).collect(),
            note,
        )
    }

    #[test]
    fn marks_are_round() {
        let cases: [(f64, f64, &str, &str); 7] = [
            (0.0, 10.0, "0 2 4 6 8 10", ""),
            (-1.3, 1.1, "−1.0 −0.5 0.0 0.5 1.0", ""),
            (0.0, 2e-6, "0.0 0.5 1.0 1.5 2.0", "×10⁻⁶"),
            (1.0, 1.0 + 1e-14, "0 2 4 6 8", "×10⁻¹⁵ + 1"),
            (
                299_792_458.0,
                299_792_459.0,
                "−42.0 −41.8 −41.6 −41.4 −41.2 −41.0",
                "+ 299792500",
            ),
            (-1e308, 1e308, "−100 −50 0 50 100", "×10³⁰⁶"),
            (7.0, 7.0, "6.5 7.0 7.5", ""),
        ];
        for (low, high, marks, note) in cases {
            let (found, said) = texts(low, high);
            assert_eq!(
                (found.join(" ").as_str(), said.as_str()),
                (marks, note),
                "{low} {high}"
            );
        }
    }

    #[test]
    fn every_range_has_a_place_for_its_values() {
        let ends = [
            -f64::MAX,
            -1e300,
            -1.0,
            -1e-14,
            -5e-324,
            0.0,
            5e-324,
            1e-310,
            1.0,
            1e17,
            f64::MAX,
        ];
        for low in ends {
            for high in ends.into_iter().filter(|high| *high >= low) {
                for log in [false, true] {
                    let scale = Scale::new(low, high, 0.05, log);
                    let marks = scale.marks(6);
                    assert!(marks.marks.len() <= 14, "{low} {high} {marks:?}");
                    for value in [low, high] {
                        let place = scale.place(value);
                        assert!(
                            (-0.001..=1.001).contains(&place),
                            "{low} {high} {log} {place}"
                        );
                    }
                    for mark in &marks.marks {
                        assert!(mark.text.chars().count() <= 12, "{low} {high} {mark:?}");
                    }
                }
            }
        }
    }
}
