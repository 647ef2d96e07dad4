//! Text to a value of a shape: what stands after `--set path=`.

use theus_abi::shape::{Holds, Variant};
use theus_abi::{Repr, Shape};

use super::{Value, describe, is_part};
use crate::duration;

/// What would have been right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expected(pub(crate) String);

/// The value that the text is, as a literal of the language: `-1`, `0.5`, `true`, `10ms`,
/// `Sta`, `[1, 2]`, `Params(m0: 1.5, m1: 0.2)`, `none`.
pub(crate) fn parse(shape: &Shape, text: &str) -> Result<Value, Expected> {
    // A text alone needs no quotes.
    if let (Shape::Str { capacity }, false) = (shape, text.starts_with('"')) {
        return match u64::try_from(text.len()) {
            Ok(len) if len <= *capacity => Ok(Value::Str(text.to_owned())),
            _ => Err(Expected(describe(shape))),
        };
    }
    let mut reader = Reader { rest: text.trim() };
    let value = reader.value(shape)?;
    if reader.rest.trim().is_empty() {
        Ok(value)
    } else {
        Err(Expected(describe(shape)))
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// The depth of recursion is that of the shape.
    fn value(&mut self, shape: &Shape) -> Result<Value, Expected> {
        match shape {
            Shape::Array { elem, dims } => self.array(shape, elem, dims),
            Shape::Ring { elem, .. } => self.list(shape, |reader| reader.value(elem)),
            Shape::Struct {
                holds: Some(Holds::List),
                ..
            } => {
                let Some((_, Shape::Array { elem, .. })) = shape.member("slots") else {
                    return Err(Expected(describe(shape)));
                };
                self.list(shape, |reader| reader.value(elem))
            }
            Shape::Struct { holds: Some(_), .. } => Err(Expected(describe(shape))),
            Shape::Struct { name, members, .. } => self.structure(shape, name, members),
            Shape::Choice { name, variants, .. } => self.choice(shape, name, variants),
            Shape::Str { capacity } => {
                let text = self.text().ok_or_else(|| Expected(describe(shape)))?;
                let fits = u64::try_from(text.len()).is_ok_and(|len| len <= *capacity);
                if fits {
                    Ok(Value::Str(text))
                } else {
                    Err(Expected(describe(shape)))
                }
            }
            Shape::Option(elem) => {
                if self.peek_word() == "none" {
                    self.word();
                    return Ok(Value::None);
                }
                self.value(elem)
            }
            Shape::Bool
            | Shape::Int(_)
            | Shape::Uint(_)
            | Shape::Float(_)
            | Shape::Duration
            | Shape::Handle(_)
            | Shape::Enum { .. } => {
                let word = self.word();
                scalar(shape, word).ok_or_else(|| Expected(describe(shape)))
            }
        }
    }

    fn array(
        &mut self,
        shape: &Shape,
        elem: &Shape,
        dims: &[u64],
    ) -> Result<Value, Expected> {
        let Some((&count, rest)) = dims.split_first() else {
            return self.value(elem);
        };
        let value = self.list(shape, |reader| reader.array(shape, elem, rest))?;
        match &value {
            Value::Array(values) if u64::try_from(values.len()) == Ok(count) => Ok(value),
            _ => Err(Expected(describe(shape))),
        }
    }

    fn list(
        &mut self,
        shape: &Shape,
        mut item: impl FnMut(&mut Self) -> Result<Value, Expected>,
    ) -> Result<Value, Expected> {
        let wrong = || Expected(describe(shape));
        self.eat('[').ok_or_else(wrong)?;
        let mut values = Vec::new();
        while self.eat(']').is_none() {
            if !values.is_empty() {
                self.eat(',').ok_or_else(wrong)?;
                if self.eat(']').is_some() {
                    break;
                }
            }
            values.push(item(self)?);
        }
        Ok(Value::Array(values))
    }

    fn structure(
        &mut self,
        shape: &Shape,
        name: &str,
        members: &[(String, u32, Shape)],
    ) -> Result<Value, Expected> {
        if self.word() != name {
            return Err(Expected(describe(shape)));
        }
        self.members(shape, name, members)
    }

    /// `Circle(r: 1.0)`, `Shape.Circle(r: 1.0)`, `Point`.
    fn choice(
        &mut self,
        shape: &Shape,
        name: &str,
        variants: &[Variant],
    ) -> Result<Value, Expected> {
        let word = self.word();
        let short = word
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('.'))
            .unwrap_or(word);
        let variant = variants.iter().find(|(variant, _)| variant == short);
        let Some((variant, members)) = variant else {
            return Err(Expected(describe(shape)));
        };
        if members.is_empty() {
            return Ok(Value::Variant(variant.clone()));
        }
        let value = self.members(shape, variant, members)?;
        Ok(match value {
            Value::Struct { name, members } => Value::Choice { name, members },
            value => value,
        })
    }

    /// `(m0: 1.5, m1: 0.2)`.
    fn members(
        &mut self,
        shape: &Shape,
        name: &str,
        members: &[(String, u32, Shape)],
    ) -> Result<Value, Expected> {
        let wrong = || Expected(describe(shape));
        self.eat('(').ok_or_else(wrong)?;
        let mut values: Vec<(String, Value)> = Vec::new();
        while self.eat(')').is_none() {
            if !values.is_empty() {
                self.eat(',').ok_or_else(wrong)?;
            }
            let (name, _, shape) =
                self.member(members, values.len()).ok_or_else(wrong)?;
            if values.iter().any(|(given, _)| given == name) {
                return Err(wrong());
            }
            values.push((name.clone(), self.value(shape)?));
        }
        let order =
            |(name, _): &(String, Value)| members.iter().position(|(m, ..)| m == name);
        values.sort_by_key(order);
        if values.len() == members.len() {
            Ok(Value::Struct {
                name: name.to_owned(),
                members: values,
            })
        } else {
            Err(Expected(format!("a value for every member of {name}")))
        }
    }

    /// A text in quotes, unescaped; or a word.
    fn text(&mut self) -> Option<String> {
        let mut text = String::new();
        let Some(quoted) = self.rest.trim_start().strip_prefix('"') else {
            return Some(self.word().to_owned()).filter(|word| !word.is_empty());
        };
        let mut chars = quoted.chars();
        loop {
            match chars.next()? {
                '"' => break,
                '\\' => text.push(match chars.next()? {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    '0' => '\0',
                    plain @ ('"' | '\\' | '{' | '}') => plain,
                    'u' => {
                        let rest = chars.as_str().strip_prefix('{')?;
                        let (code, rest) = rest.split_once('}')?;
                        chars = rest.chars();
                        char::from_u32(u32::from_str_radix(code, 16).ok()?)?
                    }
                    _ => return None,
                }),
                plain => text.push(plain),
            }
        }
        self.rest = chars.as_str();
        Some(text)
    }

    /// The member whose value is next: the one that is named, or the next part of a tuple.
    fn member<'m>(
        &mut self,
        members: &'m [(String, u32, Shape)],
        given: usize,
    ) -> Option<&'m (String, u32, Shape)> {
        if members.iter().all(|(name, ..)| is_part(name)) {
            return members.get(given);
        }
        let word = self.word();
        self.eat(':')?;
        members.iter().find(|(name, ..)| name == word)
    }

    fn eat(&mut self, mark: char) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(mark)?;
        Some(())
    }

    fn peek_word(&self) -> &'a str {
        let rest = self.rest.trim_start();
        let end = rest.find(['[', ']', '(', ')', ',', ':', ' ', '\t', '\n']);
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    }

    fn word(&mut self) -> &'a str {
        let word = self.peek_word();
        self.rest = self.rest.trim_start().get(word.len()..).unwrap_or_default();
        word
    }
}

/// A value of a scalar shape.
fn scalar(shape: &Shape, word: &str) -> Option<Value> {
    match shape {
        Shape::Bool => word.parse().ok().map(Value::Bool),
        Shape::Int(repr) => {
            let (value, most) = (integer(word)?, (1_i128 << (repr.bits() - 1)) - 1);
            let fits = value >= -most - 1 && value <= most;
            fits.then(|| i64::try_from(value).ok().map(Value::Int))?
        }
        Shape::Uint(repr) => {
            let (value, most) = (integer(word)?, (1_i128 << repr.bits()) - 1);
            let fits = (0..=most).contains(&value);
            fits.then(|| u64::try_from(value).ok().map(Value::Uint))?
        }
        Shape::Float(Repr::F32) => {
            let value: f32 = float(word)?;
            Some(Value::Float32(value))
        }
        Shape::Float(_) => float(word).map(Value::Float),
        Shape::Duration => duration::parse(word).map(Value::Duration),
        Shape::Enum { name, variants, .. } => {
            let short = word
                .strip_prefix(name.as_str())
                .and_then(|rest| rest.strip_prefix('.'));
            let variant = variants
                .iter()
                .find(|known| *known == short.unwrap_or(word))?;
            Some(Value::Variant(variant.clone()))
        }
        Shape::Struct { .. }
        | Shape::Choice { .. }
        | Shape::Handle(_)
        | Shape::Array { .. }
        | Shape::Option(_)
        | Shape::Str { .. }
        | Shape::Ring { .. } => None,
    }
}

/// Digits with `_` between them, in base 10, 16, 8 or 2.
pub(crate) fn integer(word: &str) -> Option<i128> {
    let (negative, digits) = match word.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, word),
    };
    let bases = [("0x", 16), ("0o", 8), ("0b", 2)];
    let found = bases
        .into_iter()
        .find_map(|(mark, base)| Some((digits.strip_prefix(mark)?, base)));
    let (digits, base) = found.unwrap_or((digits, 10));
    let mut value = None;
    for digit in digits.chars().filter(|c| *c != '_') {
        let digit = i128::from(digit.to_digit(base)?);
        value = Some(
            value
                .unwrap_or(0_i128)
                .checked_mul(i128::from(base))?
                .checked_add(digit)?,
        );
    }
    value.map(|value| if negative { -value } else { value })
}

/// A decimal number; also `inf` and `nan`.
fn float<T: std::str::FromStr>(word: &str) -> Option<T> {
    if word.contains('_') {
        return word.replace('_', "").parse().ok();
    }
    word.parse().ok()
}
