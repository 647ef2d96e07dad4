//! A value of one layout as a value of another: what becomes of a field when its program is
//! replaced by a newer one.

use theus_abi::Shape;
use theus_abi::shape::{Holds, Members};

use crate::value::{value, write};

/// Writes what `from` holds in `bytes` to `into`, which holds the default of its field: what
/// the old layout does not say stays. `None` if the new layout cannot hold the value; `into`
/// is then in no particular state.
pub(crate) fn convert(
    from: &Shape,
    bytes: &[u8],
    to: &Shape,
    into: &mut [u8],
) -> Option<()> {
    if from == to {
        let size = usize::try_from(to.size()).ok()?;
        into.get_mut(..size)?.copy_from_slice(bytes.get(..size)?);
        return Some(());
    }
    match (from, to) {
        (
            Shape::Struct {
                members: old,
                holds: None,
                ..
            },
            Shape::Struct {
                members: new,
                holds: None,
                ..
            },
        ) => members(old, bytes, new, into),
        (
            Shape::Struct {
                members: old,
                holds: Some(before),
                ..
            },
            Shape::Struct {
                members: new,
                holds: Some(after),
                ..
            },
        ) if may_change(before, after, old, new) => collection(from, bytes, to, into),
        (
            Shape::Array { elem: old, dims },
            Shape::Array {
                elem: new,
                dims: same,
            },
        ) if dims == same => {
            let count = dims.iter().try_fold(1_u64, |n, dim| n.checked_mul(*dim))?;
            (0..count).try_for_each(|at| element((old, bytes), (new, &mut *into), at))
        }
        (Shape::Option(old), Shape::Option(new)) => {
            if *bytes.first()? == 0 {
                into.get_mut(..usize::try_from(to.size()).ok()?)?.fill(0);
                return Some(());
            }
            *into.first_mut()? = 1;
            let (at, there) = (Shape::payload_offset(old), Shape::payload_offset(new));
            let bytes = bytes.get(usize::try_from(at).ok()?..)?;
            convert(
                old,
                bytes,
                new,
                into.get_mut(usize::try_from(there).ok()?..)?,
            )
        }
        // What holds few values, or one: as values.
        _ => write(to, &value(from, bytes)?, into),
    }
}

/// Whether a collection of the one layout may become one of the other, slot by slot: no order
/// and no table of hashes may depend on what changes.
fn may_change(before: &Holds, after: &Holds, old: &Members, new: &Members) -> bool {
    let names = |members: &Members| -> Vec<String> {
        members.iter().map(|(name, ..)| name.clone()).collect()
    };
    let keys = |members: &Members| {
        let mut keys = members.iter().filter(|(name, ..)| name == "keys");
        keys.next().map(|(.., shape)| shape.clone())
    };
    before == after && names(old) == names(new) && keys(old) == keys(new)
}

/// A list may become longer; other collections keep their number of slots.
fn collection(from: &Shape, bytes: &[u8], to: &Shape, into: &mut [u8]) -> Option<()> {
    let (Shape::Struct { members: old, .. }, Shape::Struct { members: new, .. }) =
        (from, to)
    else {
        return None;
    };
    if from.holds() != Some(&Holds::List) {
        return members(old, bytes, new, into);
    }
    let (count_at, count) = from.member("count")?;
    let (there, _) = to.member("count")?;
    let (slots_at, Shape::Array { elem: old, .. }) = from.member("slots")? else {
        return None;
    };
    let (slots, Shape::Array { elem: new, dims }) = to.member("slots")? else {
        return None;
    };
    let size = usize::try_from(count.size()).ok()?;
    let at = usize::try_from(count_at).ok()?;
    let word = bytes.get(at..at.checked_add(size)?)?;
    let count = u64::from_le_bytes(word.try_into().ok()?);
    if count > *dims.first()? {
        return None;
    }
    let there = usize::try_from(there).ok()?;
    into.get_mut(there..there.checked_add(size)?)?
        .copy_from_slice(word);
    let bytes = bytes.get(usize::try_from(slots_at).ok()?..)?;
    let into = into.get_mut(usize::try_from(slots).ok()?..)?;
    (0..count).try_for_each(|at| element((old, bytes), (new, &mut *into), at))
}

fn element(
    (old, bytes): (&Shape, &[u8]),
    (new, into): (&Shape, &mut [u8]),
    at: u64,
) -> Option<()> {
    let from = usize::try_from(old.size().checked_mul(at)?).ok()?;
    let to = usize::try_from(new.size().checked_mul(at)?).ok()?;
    convert(old, bytes.get(from..)?, new, into.get_mut(to..)?)
}

/// Members by name. One that is new stays as it is; one that is gone is forgotten.
fn members(old: &Members, bytes: &[u8], new: &Members, into: &mut [u8]) -> Option<()> {
    for (name, offset, shape) in new {
        let Some((_, at, was)) = old.iter().find(|(other, ..)| other == name) else {
            continue;
        };
        let bytes = bytes.get(usize::try_from(*at).ok()?..)?;
        convert(
            was,
            bytes,
            shape,
            into.get_mut(usize::try_from(*offset).ok()?..)?,
        )?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use theus_abi::Repr;

    fn one(from: &Shape, bytes: &[u8], to: &Shape) -> Option<Vec<u8>> {
        let mut into = vec![0; usize::try_from(to.size()).unwrap()];
        convert(from, bytes, to, &mut into).map(|()| into)
    }

    #[test]
    fn numbers_change_where_nothing_is_lost() {
        let (small, wide) = (Shape::Int(Repr::I8), Shape::Int(Repr::I32));
        assert_eq!(
            one(&small, &[0xfe], &wide),
            Some(vec![0xfe, 0xff, 0xff, 0xff])
        );
        assert_eq!(one(&wide, &[5, 0, 0, 0], &small), Some(vec![5]));
        assert_eq!(one(&wide, &[5, 1, 0, 0], &small), None);
        assert_eq!(one(&wide, &[5, 1, 0, 0], &Shape::Bool), None);
        let float = Shape::Float(Repr::F64);
        let five = 5.0_f64.to_le_bytes().to_vec();
        assert_eq!(one(&small, &[5], &float), Some(five));
    }

    #[test]
    fn floats_become_no_integers() {
        let half = 0.5_f64.to_le_bytes();
        assert_eq!(
            one(&Shape::Float(Repr::F64), &half, &Shape::Int(Repr::I64)),
            None
        );
    }

    #[test]
    fn members_go_by_name_and_new_ones_stay() {
        let byte = Shape::Uint(Repr::I8);
        let old = [
            ("a".to_owned(), byte.clone()),
            ("b".to_owned(), byte.clone()),
        ];
        let new = [
            ("n".to_owned(), byte.clone()),
            ("b".to_owned(), byte.clone()),
            ("a".to_owned(), byte),
        ];
        let (old, new) = (Shape::structure("P", old), Shape::structure("P", new));
        let mut into = [9, 0, 0];
        assert_eq!(convert(&old, &[1, 2], &new, &mut into), Some(()));
        assert_eq!(into, [9, 2, 1]);
    }

    #[test]
    fn variants_go_by_name() {
        let choices = |variants: &[&str]| Shape::Enum {
            repr: Repr::I8,
            name: "E".to_owned(),
            variants: variants.iter().map(|name| (*name).to_owned()).collect(),
        };
        let (old, new) = (choices(&["A", "B"]), choices(&["B", "C"]));
        assert_eq!(one(&old, &[1], &new), Some(vec![0]));
        assert_eq!(one(&old, &[0], &new), None);
    }

    #[test]
    fn texts_and_rings_may_have_more_room() {
        let (short, long) = (Shape::Str { capacity: 4 }, Shape::Str { capacity: 8 });
        let text = [2, 0, 0, 0, b'h', b'i', 0, 0];
        assert_eq!(one(&short, &text, &long).unwrap().get(..6), text.get(..6));
        let ring = |slots| Shape::Ring {
            elem: Box::new(Shape::Uint(Repr::I8)),
            capacity: 2,
            slots,
        };
        let mut bytes = vec![0; 32];
        // Three were pushed into two slots: the newest is in the first.
        for (at, byte) in [(0, 1), (8, 2), (16, 2), (24, 3), (25, 2)] {
            bytes[at] = byte;
        }
        let grown = one(&ring(2), &bytes, &ring(3)).unwrap();
        assert_eq!(grown.get(24..26), Some([2, 3].as_slice()));
        assert_eq!((grown[0], grown[8], grown[16]), (2, 2, 3));
    }
}
