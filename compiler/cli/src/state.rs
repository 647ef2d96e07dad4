//! Values of fields, for people and for programs.

use serde_json::{Map, Number, Value as Json, json};
use theus_abi::image::{Image, Zone};
use theus_vm::{Value, Vm};

use crate::number;

/// Elements of an array that people see.
const SHORT: usize = 8;
/// Elements of one that is long, or lies in another.
const FEW: usize = 3;
/// Characters after which no further element is begun.
const WIDE: usize = 160;
/// Elements of an array that programs see.
const LONG: usize = 256;

/// Fields that a run changes, by context: name, and name and value of each field.
pub(crate) fn contexts(vm: &Vm) -> Vec<(String, Vec<(String, Value)>)> {
    let mut out: Vec<(String, Vec<(String, Value)>)> = Vec::new();
    for field in &image_fields(vm.image()) {
        let Ok(value) = vm.get(field) else { continue };
        let (context, name) = field.rsplit_once('.').unwrap_or(("", field));
        match out.iter_mut().find(|(known, _)| known == context) {
            Some((_, fields)) => fields.push((name.to_owned(), value)),
            None => out.push((context.to_owned(), vec![(name.to_owned(), value)])),
        }
    }
    out
}

fn image_fields(image: &Image) -> Vec<String> {
    let shown = image.fields.iter().filter(|field| match field.zone {
        Zone::Data | Zone::Meta => true,
        Zone::Global | Zone::Signal | Zone::Heavy => false,
    });
    shown.map(|field| field.path.clone()).collect()
}

/// The value in a few words.
pub(crate) fn short(value: &Value) -> String {
    within(value, SHORT)
}

/// The value, with so many elements of each array in it.
fn within(value: &Value, most: usize) -> String {
    match value {
        Value::Float(value) => number::float(*value),
        Value::Float32(value) => number::float(f64::from(*value)),
        Value::Array(values) => {
            let parts = values.iter().map(|value| within(value, FEW));
            format!("[{}]", some(parts, values.len(), most))
        }
        Value::Map(entries) => {
            let parts = entries.iter().map(|(key, value)| {
                format!("{}: {}", within(key, FEW), within(value, FEW))
            });
            format!("{{{}}}", some(parts, entries.len(), most))
        }
        Value::Struct { name, members } | Value::Choice { name, members } => {
            let part = |(name, value): &(String, Value)| match is_part(name) {
                true => within(value, most),
                false => format!("{name}: {}", within(value, most)),
            };
            let parts: Vec<_> = members.iter().map(part).collect();
            format!("{name}({})", parts.join(", "))
        }
        Value::Bool(_)
        | Value::Int(_)
        | Value::Uint(_)
        | Value::Duration(_)
        | Value::Handle { .. }
        | Value::Variant(_)
        | Value::Str(_)
        | Value::Shown(_)
        | Value::None => value.to_string(),
    }
}

/// The elements that fit, and how many there are if some are left out.
fn some(parts: impl Iterator<Item = String>, all: usize, most: usize) -> String {
    let shown = if all > most { FEW.min(most) } else { most };
    let (mut text, mut count) = (String::new(), 0);
    for part in parts.take(shown) {
        if count > 0 && text.len() + part.len() > WIDE {
            break;
        }
        text += if count > 0 { ", " } else { "" };
        text += &part;
        count += 1;
    }
    if count < all {
        text += if count > 0 { ", " } else { "" };
        text += &format!("… {} in all", number::grouped(all as u64));
    }
    text
}

/// The value, exactly. Floats that JSON has not are texts; durations are nanoseconds; a long
/// array is its length and its first elements. A variant with a payload is an object with
/// its name; parts without names are arrays, one alone is itself.
pub(crate) fn exact(value: &Value) -> Json {
    match value {
        Value::Bool(value) => json!(value),
        Value::Int(value) => json!(value),
        Value::Uint(value) => json!(value),
        Value::Float(value) => float(*value),
        Value::Float32(value) => float(f64::from(*value)),
        Value::Duration(ns) => json!({ "ns": ns }),
        Value::Variant(text) | Value::Str(text) | Value::Shown(text) => json!(text),
        Value::Handle { .. } => json!(value.to_string()),
        Value::Choice { name, members } => match members.as_slice() {
            [(part, value)] if is_part(part) => json!({ name: exact(value) }),
            members => json!({ name: parts(members) }),
        },
        Value::Struct { members, .. } => parts(members),
        Value::Array(values) if values.len() > LONG => {
            let first: Vec<_> = values.iter().take(SHORT).map(exact).collect();
            json!({ "length": values.len(), "first": first })
        }
        Value::Array(values) => Json::Array(values.iter().map(exact).collect()),
        Value::Map(entries) => {
            let pair = |(key, value): &(Value, Value)| json!([exact(key), exact(value)]);
            let shown = if entries.len() > LONG { SHORT } else { LONG };
            let pairs: Vec<_> = entries.iter().take(shown).map(pair).collect();
            match entries.len() > LONG {
                true => json!({ "length": entries.len(), "first": pairs }),
                false => Json::Array(pairs),
            }
        }
        Value::None => Json::Null,
    }
}

/// Members by name; those of tuples in order.
fn parts(members: &[(String, Value)]) -> Json {
    if members.first().is_some_and(|(name, _)| is_part(name)) {
        return Json::Array(members.iter().map(|(_, value)| exact(value)).collect());
    }
    let members = members
        .iter()
        .map(|(name, value)| (name.clone(), exact(value)));
    Json::Object(members.collect::<Map<_, _>>())
}

/// Whether a member has a number for its name.
fn is_part(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_digit())
}

fn float(value: f64) -> Json {
    Number::from_f64(value).map_or_else(|| json!(number::float(value)), Json::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, value: Value) -> (String, Value) {
        (name.to_owned(), value)
    }

    #[test]
    fn variants_keep_their_names() {
        let choice = |name: &str, members: Vec<(String, Value)>| Value::Choice {
            name: name.to_owned(),
            members,
        };
        let one = choice("Ok", vec![named("0", Value::Int(3))]);
        assert_eq!(exact(&one), json!({ "Ok": 3 }));
        assert_eq!(short(&one), "Ok(3)");
        let two = choice(
            "At",
            vec![named("0", Value::Int(3)), named("1", Value::None)],
        );
        assert_eq!(exact(&two), json!({ "At": [3, null] }));
        assert_eq!(short(&two), "At(3, none)");
        let circle = choice("Circle", vec![named("r", Value::Float(0.5))]);
        assert_eq!(exact(&circle), json!({ "Circle": { "r": 0.5 } }));
        assert_eq!(short(&circle), "Circle(r: 0.5)");
        assert_eq!(exact(&Value::Variant("Point".to_owned())), json!("Point"));
    }

    #[test]
    fn handles_name_their_pool() {
        let handle = Value::Handle {
            pool: "town.people".to_owned(),
            slot: 4,
            generation: 1,
        };
        assert_eq!(exact(&handle), json!("town.people#4.1"));
        assert_eq!(short(&handle), "town.people#4.1");
        let tuple = Value::Struct {
            name: String::new(),
            members: vec![named("0", handle), named("1", Value::Bool(true))],
        };
        assert_eq!(exact(&tuple), json!(["town.people#4.1", true]));
        assert_eq!(short(&tuple), "(town.people#4.1, true)");
    }
}
