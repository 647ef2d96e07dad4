//! `Value`: what a field holds, for whoever is outside the program.

mod collection;
mod parse;
mod read;
mod write;

use std::fmt;

use theus_abi::shape::Holds;
use theus_abi::{Repr, Shape};

use crate::duration::Human;

pub(crate) use collection::capacity;
pub(crate) use parse::{integer, parse};
pub(crate) use read::{handle, number, ring_element, signed, text, value};
pub(crate) use write::write;
pub(crate) use write::write_text;

/// A value of the language.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A signed integer of any width.
    Int(i64),
    /// An unsigned integer of any width.
    Uint(u64),
    /// An `f64`.
    Float(f64),
    /// An `f32`.
    Float32(f32),
    /// Nanoseconds.
    Duration(i64),
    /// An element of a pool.
    Handle {
        /// `context.field` of the pool; empty for the keys of a pool itself.
        pool: String,
        /// Which of its slots.
        slot: u32,
        /// How often the slot had been taken or freed.
        generation: u32,
    },
    /// The name of a variant.
    Variant(String),
    /// A variant with its payload; what has no name is named `0`, `1`, ….
    Choice {
        /// Name of the variant.
        name: String,
        /// Names and values.
        members: Vec<(String, Self)>,
    },
    /// A text.
    Str(String),
    /// A value as the program has written it.
    Shown(String),
    /// Members of a struct in declaration order; parts of a tuple, named `0`, `1`, ….
    Struct {
        /// Name of the type; none for tuples.
        name: String,
        /// Names and values.
        members: Vec<(String, Self)>,
    },
    /// Elements of an array or a list; of a ring, the newest first.
    Array(Vec<Self>),
    /// Keys and values of a map, in its order; handles and elements of a pool.
    Map(Vec<(Self, Self)>),
    /// `none`.
    None,
}

impl Value {
    /// The number that it is, if it is one: also of a `bool`, and of a duration in seconds.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Bool(value) => Some(f64::from(u8::from(*value))),
            Self::Int(value) => Some(*value as f64),
            Self::Uint(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            Self::Float32(value) => Some(f64::from(*value)),
            Self::Duration(ns) => Some(*ns as f64 / 1e9),
            Self::Variant(_)
            | Self::Handle { .. }
            | Self::Choice { .. }
            | Self::Str(_)
            | Self::Shown(_)
            | Self::Struct { .. }
            | Self::Array(_)
            | Self::Map(_)
            | Self::None => None,
        }
    }

    /// The elements, if it is an array, a list or a ring.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The member of that name, if it is a struct or a variant that has it.
    pub fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Struct { members, .. } | Self::Choice { members, .. } => members
                .iter()
                .find(|(member, _)| member == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Uint(value) => write!(f, "{value}"),
            Self::Float(value) => {
                f.write_str(float_text(*value, &mut ryu::Buffer::new()))
            }
            Self::Float32(value) => {
                f.write_str(float32_text(*value, &mut ryu::Buffer::new()))
            }
            Self::Duration(ns) => write!(f, "{}", Human(*ns)),
            Self::Handle {
                pool,
                slot,
                generation,
            } => write!(f, "{pool}#{slot}.{generation}"),
            Self::Variant(name) | Self::Shown(name) => f.write_str(name),
            Self::Str(text) => quoted(f, text),
            Self::Struct { name, members } | Self::Choice { name, members } => {
                write!(f, "{name}(")?;
                write_list(f, members, |f, (name, value)| match is_part(name) {
                    true => write!(f, "{value}"),
                    false => write!(f, "{name}: {value}"),
                })?;
                f.write_str(")")
            }
            Self::Array(elements) => {
                f.write_str("[")?;
                write_list(f, elements, |f, value| write!(f, "{value}"))?;
                f.write_str("]")
            }
            Self::Map(entries) => {
                f.write_str("{")?;
                write_list(f, entries, |f, (key, value)| write!(f, "{key}: {value}"))?;
                f.write_str("}")
            }
            Self::None => f.write_str("none"),
        }
    }
}

/// A text as a literal of the language.
fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for letter in text.chars() {
        match letter {
            '"' | '\\' | '{' | '}' => write!(f, "\\{letter}")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            '\r' => f.write_str("\\r")?,
            _ if letter.is_control() => write!(f, "\\u{{{:x}}}", u32::from(letter))?,
            _ => write!(f, "{letter}")?,
        }
    }
    f.write_str("\"")
}

/// Whether a member has a number for its name: a part of a tuple.
pub(crate) fn is_part(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_digit())
}

fn write_list<T>(
    f: &mut fmt::Formatter<'_>,
    list: &[T],
    write: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (item, n) in list.iter().zip(0..) {
        if n > 0 {
            f.write_str(", ")?;
        }
        write(f, item)?;
    }
    Ok(())
}

/// The shortest text that reads back as the same float.
pub(crate) fn float_text(value: f64, buffer: &mut ryu::Buffer) -> &str {
    if value.is_finite() {
        buffer.format_finite(value)
    } else {
        not_finite(value)
    }
}

/// The same for `f32`.
pub(crate) fn float32_text(value: f32, buffer: &mut ryu::Buffer) -> &str {
    if value.is_finite() {
        buffer.format_finite(value)
    } else {
        not_finite(value.into())
    }
}

const fn not_finite(value: f64) -> &'static str {
    if value.is_nan() {
        "nan"
    } else if value > 0.0 {
        "inf"
    } else {
        "-inf"
    }
}

/// What a shape is called in messages.
pub(crate) fn describe(shape: &Shape) -> String {
    match shape {
        Shape::Bool => "a bool".to_owned(),
        Shape::Int(repr) => format!("an i{}", repr.bits()),
        Shape::Uint(repr) => format!("a u{}", repr.bits()),
        Shape::Float(Repr::F32) => "an f32".to_owned(),
        Shape::Float(_) => "an f64".to_owned(),
        Shape::Duration => "a duration such as 10ms".to_owned(),
        Shape::Handle(pool) => {
            format!("an element of {pool}: only the program makes handles")
        }
        Shape::Enum { name, variants, .. } => {
            format!("{name}: {}", variants.join(" or "))
        }
        Shape::Choice { name, variants, .. } => {
            let variants: Vec<_> = variants
                .iter()
                .map(|(variant, members)| match members.is_empty() {
                    true => variant.clone(),
                    false => format!("{variant}(…)"),
                })
                .collect();
            format!("{name}: {}", variants.join(" or "))
        }
        Shape::Struct { name, members, .. } if name.is_empty() => {
            format!("a tuple of {} values", members.len())
        }
        Shape::Struct { name, holds, .. } => match holds {
            None => format!("a {name}(…)"),
            Some(Holds::List) => {
                let most = capacity(shape).unwrap_or(0);
                format!("an array of up to {most} values")
            }
            Some(Holds::Map | Holds::Pool | Holds::Queue(_)) => {
                "nothing: only the program fills it".to_owned()
            }
        },
        Shape::Str { capacity } => format!("a text of up to {capacity} bytes"),
        Shape::Array { dims, .. } => {
            let dims: Vec<_> = dims.iter().map(u64::to_string).collect();
            format!("an array of {} values", dims.join(" by "))
        }
        Shape::Option(elem) => format!("{} or none", describe(elem)),
        Shape::Ring { capacity, .. } => format!("an array of up to {capacity} values"),
    }
}
