//! Values of fields, for people and for programs.

use serde_json::{Map, Number, Value as Json, json};
use theus_abi::image::{Image, Zone};
use theus_vm::{Value, Vm};

use crate::number;

/// Elements of an array that people see.
const SHORT: usize = 8;
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
    match value {
        Value::Float(value) => number::float(*value),
        Value::Float32(value) => number::float(f64::from(*value)),
        Value::Array(values) => {
            let shown = if values.len() > SHORT { 3 } else { SHORT };
            let mut parts: Vec<_> = values.iter().take(shown).map(short).collect();
            if values.len() > SHORT {
                parts.push(format!("… {} in all", number::grouped(values.len() as u64)));
            }
            format!("[{}]", parts.join(", "))
        }
        Value::Map(entries) => {
            let shown = if entries.len() > SHORT { 3 } else { SHORT };
            let entry = |(key, value): &(Value, Value)| {
                format!("{}: {}", short(key), short(value))
            };
            let mut parts: Vec<_> = entries.iter().take(shown).map(entry).collect();
            if entries.len() > SHORT {
                parts.push(format!(
                    "… {} in all",
                    number::grouped(entries.len() as u64)
                ));
            }
            format!("{{{}}}", parts.join(", "))
        }
        Value::Struct { name, members } => {
            let parts: Vec<_> = members
                .iter()
                .map(|(name, value)| format!("{name}: {}", short(value)))
                .collect();
            format!("{name}({})", parts.join(", "))
        }
        Value::Bool(_)
        | Value::Int(_)
        | Value::Uint(_)
        | Value::Duration(_)
        | Value::Variant(_)
        | Value::Str(_)
        | Value::None => value.to_string(),
    }
}

/// The value, exactly. Floats that JSON has not are texts; durations are nanoseconds; a long
/// array is its length and its first elements.
pub(crate) fn exact(value: &Value) -> Json {
    match value {
        Value::Bool(value) => json!(value),
        Value::Int(value) => json!(value),
        Value::Uint(value) => json!(value),
        Value::Float(value) => float(*value),
        Value::Float32(value) => float(f64::from(*value)),
        Value::Duration(ns) => json!({ "ns": ns }),
        Value::Variant(text) | Value::Str(text) => json!(text),
        Value::Struct { members, .. } => {
            let members = members
                .iter()
                .map(|(name, value)| (name.clone(), exact(value)));
            Json::Object(members.collect::<Map<_, _>>())
        }
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

fn float(value: f64) -> Json {
    Number::from_f64(value).map_or_else(|| json!(number::float(value)), Json::Number)
}
