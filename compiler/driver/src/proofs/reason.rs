//! Why a check has its state: the values that its operands can have, and the fields whose
//! ranges say so.

use theus_abi::image::{ArgKind, Field, Image, Site, SiteKind};
use theus_abi::{Fault, Repr, Shape};
use theus_mir::passes::{Example, Values, Verdict};

use super::State;

/// What is said of a check in code that nothing leads to.
pub(super) const DEAD: &str = "it is never reached";
const BEFORE: &str = "what stands before it says so";

/// From what the state of a check follows.
pub(super) fn reason(
    image: &Image,
    site: &Site,
    verdict: &Verdict,
    state: State,
) -> String {
    if state == State::Proved && !verdict.reached {
        return DEAD.to_owned();
    }
    if state == State::Proved && verdict.holds != Some(true) {
        return BEFORE.to_owned();
    }
    let mut parts = Vec::new();
    for ((label, kind), values) in site.args.iter().zip(&verdict.operands) {
        if is_shown(label, *kind) {
            let text = values_text(*values, *kind, state);
            parts.extend(text.map(|text| format!("{label} {text}")));
        }
    }
    let kind = site.args.first().map_or(ArgKind::Int, |(_, kind)| *kind);
    if let (SiteKind::Fault(Fault::DivideByZero), Some(divisor)) =
        (&site.kind, verdict.divisor)
    {
        let text = values_text(divisor, kind, state);
        parts.extend(text.map(|text| format!("divisor {text}")));
    }
    for field in verdict.fields.iter().filter_map(|at| image.fields.get(*at)) {
        if let Some(range) = range_text(field) {
            parts.push(format!("`{}` is in {range} by its range", field.path));
        }
    }
    match (parts.is_empty(), state) {
        (false, _) => parts.join(", "),
        (true, State::Proved) => BEFORE.to_owned(),
        (true, State::Checked) => String::new(),
        (true, State::Refuted) => "this is false in every run".to_owned(),
    }
}

/// Not the ends of a range, which stand in the source, nor texts, of which an operand only says
/// where they lie.
fn is_shown(label: &str, kind: ArgKind) -> bool {
    kind != ArgKind::Text && !matches!(label, "least" | "greatest")
}

/// `is in 0..=5`; nothing of a value that can be any, unless that is why there is a check.
fn values_text(values: Values, kind: ArgKind, state: State) -> Option<String> {
    let any = (state == State::Checked).then(|| "can be any value".to_owned());
    match values {
        Values::Int { lo, hi, any: false } if lo == hi => {
            Some(format!("is {}", scalar(kind, lo.cast_unsigned())))
        }
        Values::Int { lo, .. } if kind == ArgKind::Uint && lo < 0 => any,
        Values::Int { any: true, .. } => any,
        Values::Int { lo, hi, .. } => {
            let of = |end: i64| scalar(kind, end.cast_unsigned());
            Some(match (lo, hi) {
                (i64::MIN, hi) => format!("is at most {}", of(hi)),
                (lo, i64::MAX) => format!("is at least {}", of(lo)),
                (lo, hi) => format!("is in {}..={}", of(lo), of(hi)),
            })
        }
        Values::Float { lo, hi, nan } => floats(lo, hi, nan).or(any),
    }
}

fn floats(lo: f64, hi: f64, nan: bool) -> Option<String> {
    let end = if nan { " or NaN" } else { "" };
    let text = if lo > hi {
        return Some("is NaN".to_owned());
    } else if lo == f64::NEG_INFINITY && hi == f64::INFINITY {
        return (!nan).then(|| "is not NaN".to_owned());
    } else if lo == hi {
        format!("is {lo:?}")
    } else if lo == f64::NEG_INFINITY {
        format!("is at most {hi:?}")
    } else if hi == f64::INFINITY {
        format!("is at least {lo:?}")
    } else {
        format!("is in {lo:?}..={hi:?}")
    };
    Some(text + end)
}

/// A scalar of a report.
fn scalar(kind: ArgKind, bits: u64) -> String {
    match kind {
        ArgKind::Int => bits.cast_signed().to_string(),
        ArgKind::Uint | ArgKind::Text => bits.to_string(),
        ArgKind::Float => format!("{:?}", f64::from_bits(bits)),
        ArgKind::Bool => (bits != 0).to_string(),
        ArgKind::Duration => format!("{} ns", bits.cast_signed()),
    }
}

fn range_text(field: &Field) -> Option<String> {
    let text = field.range?.to_string();
    Some(if element(&field.shape) == &Shape::Duration {
        format!("{text} ns")
    } else {
        text
    })
}

/// The scalars of a field.
fn element(shape: &Shape) -> &Shape {
    match shape {
        Shape::Array { elem, .. } => elem,
        other => other,
    }
}

/// A case in which a check that always fails does so, if the fields that have ranges decide
/// its operands.
pub(super) fn example(image: &Image, site: &Site, verdict: &Verdict) -> Option<String> {
    let Example { fields, operands } = verdict.example.as_ref()?;
    let fields = fields.iter().filter_map(|(at, bits)| {
        let field = image.fields.get(*at)?;
        let value = of_field(element(&field.shape), *bits);
        Some(format!("`{}` = {value}", field.path))
    });
    let fields: Vec<String> = fields.collect();
    let operands = site.args.iter().zip(operands);
    let operands = operands.filter_map(|((label, kind), bits)| {
        let bits = bits.filter(|_| is_shown(label, *kind))?;
        Some(format!("{label} {}", scalar(*kind, bits)))
    });
    let operands: Vec<String> = operands.collect();
    if fields.is_empty() {
        return None;
    }
    let mut text = format!("for example with {}", fields.join(" and "));
    if !operands.is_empty() {
        text += &format!(": {}", operands.join(", "));
    }
    Some(text)
}

fn of_field(shape: &Shape, bits: u64) -> String {
    match shape {
        Shape::Float(Repr::F32) => {
            let bits = u32::try_from(bits).unwrap_or_default();
            format!("{:?}", f32::from_bits(bits))
        }
        Shape::Float(_) => format!("{:?}", f64::from_bits(bits)),
        Shape::Int(repr) => {
            let shift = 64 - repr.bits();
            ((bits << shift).cast_signed() >> shift).to_string()
        }
        Shape::Duration => format!("{} ns", bits.cast_signed()),
        _ => bits.to_string(),
    }
}
