//! Lists, maps and pools: structs of the library, as what they hold.

use std::cmp::Ordering;

use theus_abi::shape::Holds;
use theus_abi::{Repr, Shape};

use super::Value;
use super::read::{handle, number, value};

/// What a collection holds.
pub(super) fn read(holds: &Holds, shape: &Shape, bytes: &[u8]) -> Option<Value> {
    match holds {
        Holds::List => list(shape, bytes),
        Holds::Map => map(shape, bytes),
        Holds::Pool => pool(shape, bytes),
        Holds::Queue(keys) => queue(keys, shape, bytes),
    }
}

/// How many values fit in a collection; `None` for what is none.
pub(crate) fn capacity(shape: &Shape) -> Option<u64> {
    if !matches!(shape, Shape::Struct { holds: Some(_), .. }) {
        return None;
    }
    let (_, members) = shape.member("slots").or_else(|| shape.member("keys"))?;
    match members {
        Shape::Array { dims, .. } => dims.first().copied(),
        _ => None,
    }
}

fn list(shape: &Shape, bytes: &[u8]) -> Option<Value> {
    let count = scalar(shape, "count", bytes)?.min(capacity(shape)?);
    let values = (0..count).map(|at| value_at(shape, "slots", at, bytes));
    values.collect::<Option<_>>().map(Value::Array)
}

fn map(shape: &Shape, bytes: &[u8]) -> Option<Value> {
    let mut entries = Vec::new();
    let mut link = scalar(shape, "first", bytes)?;
    // A chain is as long as there are entries: also if the bytes are not those of a map.
    for _ in 0..scalar(shape, "count", bytes)?.min(capacity(shape)?) {
        let slot = link.checked_sub(1)?;
        let key = value_at(shape, "keys", slot, bytes)?;
        entries.push((key, value_at(shape, "values", slot, bytes)?));
        link = number_at(shape, "after", slot, bytes)?;
    }
    Some(Value::Map(entries))
}

fn pool(shape: &Shape, bytes: &[u8]) -> Option<Value> {
    let mut entries = Vec::new();
    for slot in 0..scalar(shape, "fresh", bytes)?.min(capacity(shape)?) {
        let generation = number_at(shape, "generation", slot, bytes)?;
        if generation % 2 == 1 {
            let handle = handle("", generation << 32 | slot);
            entries.push((handle, value_at(shape, "slots", slot, bytes)?));
        }
    }
    Some(Value::Map(entries))
}

fn queue(keys: &[(Vec<u32>, bool)], shape: &Shape, bytes: &[u8]) -> Option<Value> {
    let count = scalar(shape, "count", bytes)?.min(capacity(shape)?);
    let numbered = (0..count).map(|at| {
        let number = number_at(shape, "numbers", at, bytes)?;
        Some((number, value_at(shape, "slots", at, bytes)?))
    });
    let mut values: Vec<(u64, Value)> = numbered.collect::<Option<_>>()?;
    values.sort_by(|(m, a), (n, b)| {
        let by_key = |(path, descending): &(Vec<u32>, bool)| {
            let found = compare(key_of(a, path), key_of(b, path));
            if *descending { found.reverse() } else { found }
        };
        let found = keys.iter().map(by_key).find(|found| found.is_ne());
        found.unwrap_or(Ordering::Equal).then(m.cmp(n))
    });
    let values = values.into_iter().map(|(_, value)| value);
    Some(Value::Array(values.collect()))
}

/// The member of a value that a key of an order names.
fn key_of<'v>(value: &'v Value, path: &[u32]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, at| match value {
        Value::Struct { members, .. } | Value::Choice { members, .. } => {
            let (_, member) = members.get(usize::try_from(*at).ok()?)?;
            Some(member)
        }
        _ => None,
    })
}

fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    let found = match (a, b) {
        (Some(Value::Int(a)), Some(Value::Int(b))) => a.partial_cmp(b),
        (Some(Value::Uint(a)), Some(Value::Uint(b))) => a.partial_cmp(b),
        (Some(Value::Float(a)), Some(Value::Float(b))) => a.partial_cmp(b),
        (Some(Value::Float32(a)), Some(Value::Float32(b))) => a.partial_cmp(b),
        (Some(Value::Duration(a)), Some(Value::Duration(b))) => a.partial_cmp(b),
        _ => None,
    };
    found.unwrap_or(Ordering::Equal)
}

/// A scalar member.
fn scalar(shape: &Shape, name: &str, bytes: &[u8]) -> Option<u64> {
    let (offset, member) = shape.member(name)?;
    bits(member, bytes.get(usize::try_from(offset).ok()?..)?)
}

/// The element of a member that is an array.
fn element<'b, 's>(
    shape: &'s Shape,
    name: &str,
    at: u64,
    bytes: &'b [u8],
) -> Option<(&'s Shape, &'b [u8])> {
    let (offset, Shape::Array { elem, dims }) = shape.member(name)? else {
        return None;
    };
    let inside = dims.first().is_some_and(|count| at < *count);
    let start = at
        .checked_mul(elem.size())?
        .checked_add(u64::from(offset))?;
    let bytes = bytes.get(usize::try_from(start).ok()?..)?;
    inside.then_some((elem, bytes))
}

fn value_at(shape: &Shape, name: &str, at: u64, bytes: &[u8]) -> Option<Value> {
    let (elem, bytes) = element(shape, name, at, bytes)?;
    value(elem, bytes)
}

fn number_at(shape: &Shape, name: &str, at: u64, bytes: &[u8]) -> Option<u64> {
    let (elem, bytes) = element(shape, name, at, bytes)?;
    bits(elem, bytes)
}

fn bits(shape: &Shape, bytes: &[u8]) -> Option<u64> {
    match shape {
        Shape::Int(repr) | Shape::Uint(repr) => number(*repr, bytes),
        _ => None,
    }
}

/// Makes a list hold those values.
pub(super) fn write_list(
    shape: &Shape,
    values: &[Value],
    bytes: &mut [u8],
) -> Option<()> {
    let count = u64::try_from(values.len()).ok()?;
    if count > capacity(shape)? {
        return None;
    }
    let (at, _) = shape.member("count")?;
    let (slots, Shape::Array { elem, .. }) = shape.member("slots")? else {
        return None;
    };
    let place = bytes.get_mut(usize::try_from(at).ok()?..)?;
    super::write::number(Repr::I64, count, place)?;
    for (value, n) in values.iter().zip(0_u64..) {
        let at = u64::from(slots).checked_add(n.checked_mul(elem.size())?)?;
        super::write::write(elem, value, bytes.get_mut(usize::try_from(at).ok()?..)?)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_its_values() {
        let slots = Shape::Array {
            elem: Box::new(Shape::Int(Repr::I32)),
            dims: vec![3],
        };
        let members = [("count", Shape::Int(Repr::I64)), ("slots", slots)];
        let members = members.map(|(name, shape)| (name.to_owned(), shape));
        let shape = Shape::structure("list", members).holding(Holds::List);
        let mut bytes = [0xff; 24];
        for text in ["[]", "[7]", "[-1, 2, 3]"] {
            let given = super::super::parse(&shape, text).unwrap();
            super::super::write(&shape, &given, &mut bytes).unwrap();
            let back = value(&shape, &bytes).unwrap();
            assert_eq!(back.to_string(), text);
        }
        let many = super::super::parse(&shape, "[1, 2, 3, 4]").unwrap();
        assert_eq!(super::super::write(&shape, &many, &mut bytes), None);
    }
}
