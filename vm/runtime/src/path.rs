//! Paths: `plant.p.m0`, `plant.k[2]`: text to a place in the memory block.

use theus_abi::Shape;
use theus_abi::image::{Field, Image};
use theus_abi::shape::{Holds, RING_DATA};

use crate::error::VmError;

/// A field, or a part of one.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Index into `Image::fields`.
    pub(crate) field: usize,
    /// Offset from the base address; of a part of a ring, of its first slot.
    pub(crate) offset: u64,
    /// The shape of the part.
    pub(crate) shape: Shape,
    /// An element of a ring, whose place changes with every push: how many pushes ago, and
    /// the offset of the part within the element.
    pub(crate) in_ring: Option<RingPart>,
    /// Lists that it is an element of: where their lengths are, and which element it is.
    pub(crate) in_lists: Vec<(u64, u64)>,
}

/// Which element of a ring, and which part of it.
#[derive(Clone, Debug)]
pub(crate) struct RingPart {
    /// Offset of the ring from the base address.
    pub(crate) ring: u64,
    /// Shape of an element.
    pub(crate) elem: Shape,
    /// Number of slots.
    pub(crate) slots: u64,
    /// 0 is the newest.
    pub(crate) back: u64,
    /// Offset within the element.
    pub(crate) inner: u64,
}

/// The place that a path names.
pub(crate) fn resolve(image: &Image, path: &str) -> Result<Place, VmError> {
    let unknown = || VmError::UnknownPath {
        path: path.to_owned(),
        candidates: similar(path, image.fields.iter().map(|field| field.path.as_str())),
    };
    let text = path.trim();
    let is_whole = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
    let matches =
        |field: &Field| text.strip_prefix(field.path.as_str()).is_some_and(is_whole);
    let fields = image
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| matches(field));
    let (index, field) = fields
        .max_by_key(|(_, field)| field.path.len())
        .ok_or_else(unknown)?;
    let mut place = Place {
        field: index,
        offset: u64::from(field.offset),
        shape: field.shape.clone(),
        in_ring: None,
        in_lists: Vec::new(),
    };
    let mut rest = text.strip_prefix(field.path.as_str()).unwrap_or_default();
    while !rest.is_empty() {
        rest = if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (member, after) = after.split_at_checked(end).ok_or_else(unknown)?;
            place.member(path, member)?;
            after
        } else {
            let inner = rest.strip_prefix('[').ok_or_else(unknown)?;
            let (indices, after) = inner.split_once(']').ok_or_else(unknown)?;
            for index in indices.split(',') {
                let index = index.trim().parse().map_err(|_| unknown())?;
                place.index(path, index)?;
            }
            after
        };
    }
    Ok(place)
}

impl Place {
    fn member(&mut self, path: &str, name: &str) -> Result<(), VmError> {
        let members = match &mut self.shape {
            Shape::Struct {
                members,
                holds: None,
                ..
            } => std::mem::take(members),
            _ => Vec::new(),
        };
        let names: Vec<_> = members.iter().map(|(name, ..)| name.clone()).collect();
        let found = members.into_iter().find(|(member, ..)| member == name);
        let Some((_, offset, shape)) = found else {
            return Err(VmError::UnknownPath {
                path: path.to_owned(),
                candidates: similar(name, names.iter().map(String::as_str)),
            });
        };
        self.step(u64::from(offset), shape);
        Ok(())
    }

    fn index(&mut self, path: &str, index: u64) -> Result<(), VmError> {
        let bad = |len| VmError::BadIndex {
            path: path.to_owned(),
            index,
            len,
        };
        if self.shape.holds() == Some(&Holds::List) {
            // A list within a ring has no place of its own.
            let fixed = self.in_ring.is_none();
            return self
                .list_element(index)
                .filter(|()| fixed)
                .ok_or_else(|| bad(0));
        }
        let (len, part) = match &self.shape {
            Shape::Array { elem, dims } => {
                let (&len, rest) = dims.split_first().ok_or_else(|| bad(0))?;
                let part = if rest.is_empty() {
                    (**elem).clone()
                } else {
                    Shape::Array {
                        elem: elem.clone(),
                        dims: rest.to_vec(),
                    }
                };
                (len, part)
            }
            Shape::Ring {
                elem,
                capacity,
                slots,
            } => {
                if index >= *capacity {
                    return Err(bad(*capacity));
                }
                // A ring within a ring has no place of its own.
                if self.in_ring.is_some() {
                    return Err(bad(0));
                }
                let (elem, slots) = ((**elem).clone(), *slots);
                let ring = RingPart {
                    ring: self.offset,
                    elem: elem.clone(),
                    slots,
                    back: index,
                    inner: 0,
                };
                self.in_ring = Some(ring);
                self.offset += u64::from(RING_DATA);
                self.shape = elem;
                return Ok(());
            }
            _ => return Err(bad(0)),
        };
        if index >= len {
            return Err(bad(len));
        }
        let offset = part.size().saturating_mul(index);
        self.step(offset, part);
        Ok(())
    }

    /// Steps to an element of a list, there or not.
    fn list_element(&mut self, index: u64) -> Option<()> {
        let (count, _) = self.shape.member("count")?;
        let (slots, Shape::Array { elem, dims }) = self.shape.member("slots")? else {
            return None;
        };
        if index >= *dims.first()? {
            return None;
        }
        let within = u64::from(slots).checked_add(elem.size().checked_mul(index)?)?;
        let elem = (**elem).clone();
        let count = self.offset.checked_add(u64::from(count))?;
        self.in_lists.push((count, index));
        self.step(within, elem);
        Some(())
    }

    fn step(&mut self, offset: u64, shape: Shape) {
        self.offset += offset;
        if let Some(ring) = &mut self.in_ring {
            ring.inner += offset;
        }
        self.shape = shape;
    }

    /// Where the bytes are now; `None` for an element that a ring or a list does not hold.
    pub(crate) fn range(&self, bytes: &[u8]) -> Option<std::ops::Range<usize>> {
        let size = usize::try_from(self.shape.size()).ok()?;
        for (count, index) in &self.in_lists {
            let word = bytes.get(usize::try_from(*count).ok()?..)?.first_chunk()?;
            if *index >= u64::from_le_bytes(*word) {
                return None;
            }
        }
        let start = match &self.in_ring {
            None => usize::try_from(self.offset).ok()?,
            Some(ring) => ring.start(bytes)?,
        };
        let end = start.checked_add(size)?;
        (end <= bytes.len()).then_some(start..end)
    }
}

impl RingPart {
    fn start(&self, bytes: &[u8]) -> Option<usize> {
        let ring = bytes.get(usize::try_from(self.ring).ok()?..)?;
        let len = ring.get(8..16)?.try_into().ok().map(u64::from_le_bytes)?;
        if self.back >= len {
            return None;
        }
        let elem = crate::value::ring_element(&self.elem, self.slots, self.back, ring)?;
        let before = elem.as_ptr().addr() - bytes.as_ptr().addr();
        before.checked_add(usize::try_from(self.inner).ok()?)
    }
}

/// At most three names that are like `name`, the most similar first.
pub(crate) fn similar<'a>(
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> Vec<String> {
    let last = name.rsplit('.').next().unwrap_or(name);
    let limit = last.chars().count().div_ceil(3).max(2);
    let mut found: Vec<(usize, &str)> = known
        .map(|known| (distance(name, known), known))
        .filter(|(distance, known)| *distance <= limit || ends_alike(name, known))
        .collect();
    found.sort_by_key(|(distance, _)| *distance);
    found
        .into_iter()
        .take(3)
        .map(|(_, known)| known.to_owned())
        .collect()
}

/// `m0` for `plant.m0`.
fn ends_alike(name: &str, known: &str) -> bool {
    known.rsplit('.').next() == name.rsplit('.').next()
}

/// How many letters must be added, removed or replaced.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(256).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().take(256).enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (to, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = *cell;
            left = replaced.min(left + 1).min(*cell + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let cases = [
            ("", "", 0),
            ("a", "", 1),
            ("kitten", "sitting", 3),
            ("ab", "ba", 2),
        ];
        for (a, b, want) in cases {
            assert_eq!(distance(a, b), want);
            assert_eq!(distance(b, a), want);
        }
    }

    #[test]
    fn the_most_similar_name_comes_first() {
        let known = ["plant.gain", "plant.mass", "control.gains", "control.mode"];
        assert_eq!(
            similar("plant.gains", known.into_iter()).first().unwrap(),
            "plant.gain"
        );
        assert_eq!(similar("mode", known.into_iter()), ["control.mode"]);
        assert!(similar("zzzzzz", known.into_iter()).is_empty());
    }
}
