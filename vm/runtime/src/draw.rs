//! Inputs of properties: drawn from a seed, and made simpler while they still break it.

use theus_abi::image::Range;
use theus_abi::property::Limits;
use theus_abi::shape::Variant;
use theus_abi::{Repr, Shape};

use crate::value::Value;

/// Most elements of an array that are made simpler one by one.
const MAX_ELEMENTS: usize = 64;
/// Most characters of a text that is drawn.
const MAX_TEXT: u64 = 24;
/// What texts are made of, the simplest first.
const CHARS: [char; 12] = ['a', 'b', 'z', 'A', 'Z', '0', '9', ' ', '_', '"', 'é', '\n'];
/// Numbers that programs forget.
const FLOATS: [f64; 12] = [
    0.0,
    1.0,
    -1.0,
    0.5,
    2.0,
    -0.1,
    1e-9,
    1e9,
    f64::MIN_POSITIVE,
    f64::MAX,
    f64::MIN,
    -0.0,
];

/// How large a number may be.
const SIZES: [f64; 10] = [1e-9, 1e-6, 1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0, 1e4, 1e9];

/// Numbers that follow from a seed alone.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// Those of one case of one property.
    pub(crate) fn of(seed: u64, name: &str, case: u64) -> Self {
        let name = theus_abi::fnv::of(name.as_bytes());
        let mut random = Self(seed ^ name.rotate_left(17));
        let start = random.word() ^ case.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(start)
    }

    /// The next word (splitmix64).
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`; 0 if that is 0.
    fn below(&mut self, n: u64) -> u64 {
        self.word().checked_rem(n).unwrap_or(0)
    }

    fn pick<T: Copy>(&mut self, of: &[T], otherwise: T) -> T {
        let at = self.below(u64::try_from(of.len()).unwrap_or(0));
        let at = usize::try_from(at).unwrap_or(0);
        of.get(at).copied().unwrap_or(otherwise)
    }

    /// A number from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    fn share(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A value of that shape, in its limits; `None` if there are none to draw.
pub(crate) fn draw(shape: &Shape, limits: &Limits, random: &mut Random) -> Option<Value> {
    Some(match shape {
        Shape::Bool => Value::Bool(random.below(2) == 1),
        Shape::Int(_) | Shape::Uint(_) | Shape::Duration => {
            let (lo, hi) = bounds(shape, limits);
            number(shape, integer(lo, hi, random))
        }
        Shape::Float(repr) => float(*repr, real(limits, *repr, random)),
        Shape::Enum { variants, .. } => {
            let at = random.below(u64::try_from(variants.len()).ok()?);
            Value::Variant(variants.get(usize::try_from(at).ok()?)?.clone())
        }
        Shape::Choice { variants, .. } => {
            let at = random.below(u64::try_from(variants.len()).ok()?);
            let (name, members) = variants.get(usize::try_from(at).ok()?)?;
            variant(
                name,
                all(members, limits, &mut |shape, limits| {
                    draw(shape, limits, random)
                })?,
            )
        }
        Shape::Struct { name, members, .. } => {
            let members = all(members, limits, &mut |shape, limits| {
                draw(shape, limits, random)
            })?;
            let name = name.clone();
            Value::Struct { name, members }
        }
        Shape::Array { elem, dims } => array(dims, &mut || draw(elem, limits, random))?,
        Shape::Option(elem) => match random.below(4) {
            0 => Value::None,
            _ => draw(elem, limits, random)?,
        },
        Shape::Str { capacity } => {
            let most = random.below((*capacity).min(MAX_TEXT) + 1);
            let mut text = String::new();
            for _ in 0..most {
                let c = random.pick(&CHARS, 'a');
                if u64::try_from(text.len() + c.len_utf8())
                    .is_ok_and(|len| len <= *capacity)
                {
                    text.push(c);
                }
            }
            Value::Str(text)
        }
        Shape::Handle(_) | Shape::Ring { .. } => return None,
    })
}

/// The simplest value: zeros, or what is nearest to them.
pub(crate) fn simplest(shape: &Shape, limits: &Limits) -> Option<Value> {
    Some(match shape {
        Shape::Bool => Value::Bool(false),
        Shape::Int(_) | Shape::Uint(_) | Shape::Duration => {
            let (lo, hi) = bounds(shape, limits);
            number(shape, near_zero(lo, hi))
        }
        Shape::Float(repr) => float(*repr, zero(limits)),
        Shape::Enum { variants, .. } => Value::Variant(variants.first()?.clone()),
        Shape::Choice { variants, .. } => {
            let (name, members) = variants.first()?;
            variant(name, all(members, limits, &mut simplest)?)
        }
        Shape::Struct { name, members, .. } => Value::Struct {
            name: name.clone(),
            members: all(members, limits, &mut simplest)?,
        },
        Shape::Array { elem, dims } => array(dims, &mut || simplest(elem, limits))?,
        Shape::Option(_) => Value::None,
        Shape::Str { .. } => Value::Str(String::new()),
        Shape::Handle(_) | Shape::Ring { .. } => return None,
    })
}

/// Values that are simpler than this one, the simplest first.
pub(crate) fn simpler(shape: &Shape, limits: &Limits, value: &Value) -> Vec<Value> {
    match (shape, value) {
        (Shape::Bool, Value::Bool(true)) => vec![Value::Bool(false)],
        (Shape::Int(_) | Shape::Uint(_) | Shape::Duration, _) => {
            let (lo, hi) = bounds(shape, limits);
            let steps = whole(value).map(|value| steps(value, lo, hi));
            let steps = steps.unwrap_or_default().into_iter();
            steps.map(|value| number(shape, value)).collect()
        }
        (Shape::Float(repr), _) => {
            let found = value.as_f64().map(|value| shorter(value, limits));
            let found = found.unwrap_or_default().into_iter();
            found.map(|value| float(*repr, value)).collect()
        }
        (Shape::Enum { variants, .. }, Value::Variant(name)) => {
            let before = variants.iter().take_while(|variant| *variant != name);
            before.map(|name| Value::Variant(name.clone())).collect()
        }
        (Shape::Struct { members: of, .. }, Value::Struct { name, members }) => {
            let rebuilt = |members| Value::Struct {
                name: name.clone(),
                members,
            };
            simpler_members(of, limits, members, &rebuilt)
        }
        (Shape::Choice { variants, .. }, _) => simpler_choice(variants, limits, value),
        (Shape::Array { elem, dims }, Value::Array(values)) => {
            simpler_elements(elem, dims, limits, values)
        }
        (Shape::Option(_), Value::None) => Vec::new(),
        (Shape::Option(elem), _) => {
            let mut found = vec![Value::None];
            found.extend(simpler(elem, limits, value));
            found
        }
        (Shape::Str { .. }, Value::Str(text)) => simpler_text(text),
        _ => Vec::new(),
    }
}

type Members = [(String, u32, Shape)];

fn all(
    members: &Members,
    limits: &Limits,
    make: &mut dyn FnMut(&Shape, &Limits) -> Option<Value>,
) -> Option<Vec<(String, Value)>> {
    let none = Limits::default();
    let members = members.iter().zip(0..);
    let members = members.map(|((name, _, shape), at)| {
        let limits = limits.members.get(at).unwrap_or(&none);
        Some((name.clone(), make(shape, limits)?))
    });
    members.collect()
}

fn variant(name: &str, members: Vec<(String, Value)>) -> Value {
    let name = name.to_owned();
    match members.is_empty() {
        true => Value::Variant(name),
        false => Value::Choice { name, members },
    }
}

fn array(dims: &[u64], make: &mut dyn FnMut() -> Option<Value>) -> Option<Value> {
    let Some((count, rest)) = dims.split_first() else {
        return make();
    };
    let values = (0..*count).map(|_| array(rest, make));
    values.collect::<Option<_>>().map(Value::Array)
}

/// Least and greatest value of a shape of integers.
fn bounds(shape: &Shape, limits: &Limits) -> (i128, i128) {
    if let Some(Range::Int { lo, hi }) = limits.own {
        return (lo, hi);
    }
    match shape {
        Shape::Uint(repr) => (0, (1 << repr.bits()) - 1),
        Shape::Int(repr) => (-(1 << (repr.bits() - 1)), (1 << (repr.bits() - 1)) - 1),
        _ => (i128::from(i64::MIN), i128::from(i64::MAX)),
    }
}

fn number(shape: &Shape, value: i128) -> Value {
    match shape {
        Shape::Uint(_) => Value::Uint(u64::try_from(value).unwrap_or(0)),
        Shape::Duration => Value::Duration(i64::try_from(value).unwrap_or(0)),
        _ => Value::Int(i64::try_from(value).unwrap_or(0)),
    }
}

fn whole(value: &Value) -> Option<i128> {
    match value {
        Value::Int(value) | Value::Duration(value) => Some(i128::from(*value)),
        Value::Uint(value) => Some(i128::from(*value)),
        _ => None,
    }
}

fn near_zero(lo: i128, hi: i128) -> i128 {
    0.clamp(lo, hi.max(lo))
}

/// Edges, small ones, any size, anywhere.
fn integer(lo: i128, hi: i128, random: &mut Random) -> i128 {
    let zero = near_zero(lo, hi);
    let found = match random.below(4) {
        0 => random.pick(&[lo, hi, zero, lo + 1, hi - 1, zero + 1, zero - 1], zero),
        1 => zero + i128::from(random.below(33)) - 16,
        2 => {
            let size = random.below(64);
            let size = i128::from(random.word() >> size);
            zero + if random.below(2) == 0 { size } else { -size }
        }
        _ => {
            let wide = hi - lo + 1;
            let word = i128::from(random.word());
            lo + word.checked_rem(wide).unwrap_or(0)
        }
    };
    found.clamp(lo, hi.max(lo))
}

/// Nearer to zero: at once, then by halves of the way.
fn steps(value: i128, lo: i128, hi: i128) -> Vec<i128> {
    let zero = near_zero(lo, hi);
    let mut way = value - zero;
    let mut found = Vec::new();
    if way < 0 && (lo..=hi).contains(&-value) {
        found.push(-value);
    }
    while way != 0 {
        found.push(value - way);
        way /= 2;
    }
    found
}

fn limits_of(limits: &Limits) -> Option<(f64, f64, bool)> {
    match limits.own {
        Some(Range::Float { lo, hi, inclusive }) => Some((lo, hi, inclusive)),
        Some(Range::Int { .. }) | None => None,
    }
}

fn within(value: f64, limits: &Limits) -> bool {
    match limits_of(limits) {
        None => value.is_finite(),
        Some((lo, hi, inclusive)) => {
            lo <= value && (value < hi || inclusive && value <= hi)
        }
    }
}

fn zero(limits: &Limits) -> f64 {
    match limits_of(limits) {
        Some((lo, _, _)) if lo > 0.0 => lo,
        Some((lo, hi, inclusive)) if hi < 0.0 => {
            if inclusive {
                hi
            } else {
                lo
            }
        }
        Some(_) | None => 0.0,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "an f32 is what is wanted")]
fn float(repr: Repr, value: f64) -> Value {
    match repr {
        Repr::F32 => Value::Float32(value as f32),
        _ => Value::Float(value),
    }
}

/// Edges, of any size, anywhere; never NaN or infinite.
fn real(limits: &Limits, repr: Repr, random: &mut Random) -> f64 {
    let (lo, hi) = limits_of(limits).map_or((-1e3, 1e3), |(lo, hi, _)| (lo, hi));
    let found = match random.below(8) {
        0 => random.pick(&FLOATS, 0.0),
        1 => random.pick(&[lo, hi], 0.0),
        2 => (lo + (hi - lo) * random.share()).round(),
        3 | 4 => {
            let size = random.pick(&SIZES, 1.0) * (0.5 + random.share());
            if random.below(2) == 0 { size } else { -size }
        }
        _ => lo + (hi - lo) * random.share(),
    };
    let narrow = repr != Repr::F32 || found.abs() <= f64::from(f32::MAX);
    match narrow && within(found, limits) {
        true => found,
        false => {
            let found = lo + (hi - lo) * random.share();
            if within(found, limits) {
                found
            } else {
                zero(limits)
            }
        }
    }
}

/// How long a number is, written down, and how far from the simplest.
fn weight(value: f64, zero: f64) -> (usize, f64) {
    let text = format!("{:?}", value.abs());
    (text.len(), (value - zero).abs())
}

/// Shorter numbers, and of the same length those nearer to zero.
fn shorter(value: f64, limits: &Limits) -> Vec<f64> {
    let zero = zero(limits);
    let half = zero + (value - zero) / 2.0;
    let mut found = vec![zero];
    if value < 0.0 {
        found.push(-value);
    }
    found.extend([half.trunc(), value.trunc()]);
    let mut unit = 1.0;
    for _ in 0..7 {
        found.extend([value, half].map(|value| (value * unit).round() / unit));
        found.push((value * unit - value.signum()).round() / unit);
        unit *= 10.0;
    }
    let most = weight(value, zero);
    let positive = value.is_sign_negative();
    found.retain(|one| {
        let less = weight(*one, zero) < most || positive && *one == -value;
        less && within(*one, limits)
    });
    found
}

fn simpler_members(
    of: &Members,
    limits: &Limits,
    members: &[(String, Value)],
    rebuilt: &dyn Fn(Vec<(String, Value)>) -> Value,
) -> Vec<Value> {
    let none = Limits::default();
    let mut found = Vec::new();
    if let Some(plain) = all(of, limits, &mut simplest)
        && plain != members
    {
        found.push(rebuilt(plain));
    }
    for (((_, _, shape), (name, value)), at) in of.iter().zip(members).zip(0_usize..) {
        let limits = limits.members.get(at).unwrap_or(&none);
        for less in simpler(shape, limits, value) {
            let mut members = members.to_vec();
            if let Some(member) = members.get_mut(at) {
                *member = (name.clone(), less);
            }
            found.push(rebuilt(members));
        }
    }
    found
}

fn simpler_choice(variants: &[Variant], limits: &Limits, value: &Value) -> Vec<Value> {
    let (name, members): (_, &[_]) = match value {
        Value::Variant(name) => (name, &[]),
        Value::Choice { name, members } => (name, members),
        _ => return Vec::new(),
    };
    let before = variants.iter().take_while(|(variant, _)| variant != name);
    let before = before.filter_map(|(name, members)| {
        Some(variant(name, all(members, limits, &mut simplest)?))
    });
    let mut found: Vec<Value> = before.collect();
    if let Some((_, of)) = variants.iter().find(|(variant, _)| variant == name) {
        let rebuilt = |members| variant(name, members);
        found.extend(simpler_members(of, limits, members, &rebuilt));
    }
    found
}

fn simpler_elements(
    elem: &Shape,
    dims: &[u64],
    limits: &Limits,
    values: &[Value],
) -> Vec<Value> {
    let mut found = Vec::new();
    let plain = array(dims, &mut || simplest(elem, limits));
    if let Some(Value::Array(plain)) = plain
        && plain != values
    {
        found.push(Value::Array(plain));
    }
    let rest = dims.get(1..).unwrap_or_default();
    for (value, at) in values.iter().zip(0_usize..).take(MAX_ELEMENTS) {
        let less = match (rest, value) {
            ([], _) => simpler(elem, limits, value),
            (rest, Value::Array(row)) => simpler_elements(elem, rest, limits, row),
            _ => Vec::new(),
        };
        for less in less {
            let mut values = values.to_vec();
            if let Some(value) = values.get_mut(at) {
                *value = less;
            }
            found.push(Value::Array(values));
        }
    }
    found
}

fn simpler_text(text: &str) -> Vec<Value> {
    let chars: Vec<char> = text.chars().collect();
    if chars.is_empty() {
        return Vec::new();
    }
    let mut found = vec![String::new()];
    found.push(chars.iter().take(chars.len() / 2).collect());
    for left_out in 0..chars.len() {
        let rest = chars.iter().zip(0_usize..);
        let rest = rest.filter(|(_, at)| *at != left_out);
        found.push(rest.map(|(c, _)| *c).collect());
    }
    for changed in 0..chars.len() {
        if chars.get(changed) != Some(&'a') {
            let rest = chars.iter().zip(0_usize..);
            let rest = rest.map(|(c, at)| if at == changed { 'a' } else { *c });
            found.push(rest.collect());
        }
    }
    found.dedup();
    found.into_iter().map(Value::Str).collect()
}
