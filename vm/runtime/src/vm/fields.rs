//! Fields by path, between ticks.

use theus_abi::image::{Cached, Zone};
use theus_abi::{Shape, header};

use super::{Setting, Vm};
use crate::error::VmError;
use crate::path::Place;
use crate::text::{in_range, range_text, repr};
use crate::value;
use crate::value::{Value, describe};

impl Vm {
    /// What a field, or a part of one, holds: `plant.x`, `plant.p.m0`, `plant.k[2]`,
    /// `plant.history[0]` (the newest).
    ///
    /// # Errors
    /// If there is no such field, or a ring does not hold the element yet.
    pub fn get(&self, path: &str) -> Result<Value, VmError> {
        let place = self.place(path)?;
        let bytes = self.view(path, &place)?;
        value::value(&place.shape, bytes).ok_or_else(|| {
            VmError::Internal(format!("`{path}` holds no value of its type"))
        })
    }

    /// The bytes of a field, or of a part of one, as they lie in memory.
    ///
    /// # Errors
    /// As for `get`.
    pub fn bytes(&self, path: &str) -> Result<&[u8], VmError> {
        let place = self.place(path)?;
        self.view(path, &place)
    }

    /// Sets a field that is not `global`, or a part of one. Its range is checked.
    ///
    /// # Errors
    /// If there is no such field, or the value is of another type or not in its range.
    pub fn set(&mut self, path: &str, value: impl Into<Setting>) -> Result<(), VmError> {
        let place = self.place(path)?;
        self.must_be_started()?;
        let field = self.image.fields.get(place.field);
        if field.is_some_and(|field| field.zone == Zone::Global) {
            return Err(VmError::WrongZone {
                path: path.to_owned(),
                zone: Zone::Global.name(),
                when: "before the start only",
            });
        }
        let field_is_whole = field.is_some_and(|field| field.path == path);
        let bytes = self.bytes_of(path, &place, &value.into())?;
        let range = self.range_of(path, &place)?;
        if let Some(target) = self.memory.bytes_mut().get_mut(range) {
            target.copy_from_slice(&bytes);
        }
        self.wake_cached(place.field);
        if field_is_whole {
            self.all_come_now(place.field);
        }
        Ok(())
    }

    /// Lets the cached processes that name a field run again.
    fn wake_cached(&mut self, field: usize) {
        let names =
            |cached: &&Cached| cached.fields.iter().any(|at| *at as usize == field);
        for cached in self.image.cached.iter().filter(names) {
            let offset = i32::try_from(cached.offset).unwrap_or(i32::MAX);
            self.memory.set_u64(offset, 0);
        }
    }

    /// All values of a field with a time to live have been written.
    fn all_come_now(&mut self, field: usize) {
        let (tick, period) = (
            self.memory.u64(header::TICK),
            self.memory.u64(header::PERIOD),
        );
        let now = tick.wrapping_mul(period);
        for ages in &self.image.ages {
            if ages.field as usize != field {
                continue;
            }
            // The word behind the last one: something may be due at once.
            for slot in 0..=ages.slots {
                let offset = ages.offset.saturating_add(slot.saturating_mul(8));
                let offset = i32::try_from(offset).unwrap_or(i32::MAX);
                self.memory.set_u64(offset, now);
            }
        }
    }

    /// The share of a field, or of the fields of a context, that is in use: that of its fullest
    /// collection; 0 where there is none.
    pub fn share_used(&self, of: &str) -> f64 {
        let inside = |path: &str| {
            let rest = path.strip_prefix(of);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let fields = self
            .image()
            .fields
            .iter()
            .filter(|field| inside(&field.path));
        let shares = fields.filter_map(|field| {
            let capacity = value::capacity(&field.shape)?;
            let count = match self.get(&field.path).ok()? {
                Value::Array(values) => values.len(),
                Value::Map(entries) => entries.len(),
                _ => return None,
            };
            Some(count as f64 / capacity.max(1) as f64)
        });
        shares.fold(0.0, f64::max)
    }

    fn view(&self, path: &str, place: &Place) -> Result<&[u8], VmError> {
        self.must_be_started()?;
        let range = self.range_of(path, place)?;
        let bytes = self.memory.bytes().get(range);
        bytes.ok_or_else(|| VmError::Internal(format!("`{path}` is beyond the block")))
    }

    fn range_of(
        &self,
        path: &str,
        place: &Place,
    ) -> Result<std::ops::Range<usize>, VmError> {
        place.range(self.memory.bytes()).ok_or_else(|| {
            let index = place.in_ring.as_ref().map_or(0, |ring| ring.back);
            VmError::BadIndex {
                path: path.to_owned(),
                index,
                len: index,
            }
        })
    }

    /// The bytes of a value for a place, if it may stand there. Padding, and the slots of a
    /// ring that hold nothing, keep what they have.
    pub(super) fn bytes_of(
        &self,
        path: &str,
        place: &Place,
        setting: &Setting,
    ) -> Result<Vec<u8>, VmError> {
        let wrong = |expected: String, found: String| VmError::WrongType {
            path: path.to_owned(),
            expected,
            found,
        };
        let parsed;
        let value = match setting {
            Setting::Value(value) => value,
            Setting::Text(text) => {
                parsed = value::parse(&place.shape, text)
                    .map_err(|expected| wrong(expected.0, text.clone()))?;
                &parsed
            }
        };
        let range = place.range(self.memory.bytes());
        let old = range.and_then(|range| self.memory.bytes().get(range));
        let size = usize::try_from(place.shape.size()).unwrap_or(0);
        let mut bytes = old.map_or_else(|| vec![0; size], <[u8]>::to_vec);
        value::write(&place.shape, value, &mut bytes)
            .ok_or_else(|| wrong(describe(&place.shape), value.to_string()))?;
        self.check_range(path, place, value, &bytes)?;
        Ok(bytes)
    }

    fn check_range(
        &self,
        path: &str,
        place: &Place,
        value: &Value,
        bytes: &[u8],
    ) -> Result<(), VmError> {
        let field = self.image.fields.get(place.field);
        let Some((field, range)) = field.and_then(|field| Some((field, field.range?)))
        else {
            return Ok(());
        };
        let Some(repr) = repr(scalar(&field.shape)) else {
            return Ok(());
        };
        // The range of an array is that of each element.
        let size = usize::try_from(scalar(&field.shape).size())
            .unwrap_or(1)
            .max(1);
        let elements = bytes.chunks_exact(size);
        let mut bits = elements.filter_map(|bytes| value::number(repr, bytes));
        match bits.find(|bits| !in_range(&range, scalar(&field.shape), *bits)) {
            Some(_) => Err(VmError::OutOfRange {
                path: path.to_owned(),
                value: value.to_string(),
                range: range_text(&range, scalar(&field.shape)),
            }),
            None => Ok(()),
        }
    }
}

/// The scalar that an array is of.
fn scalar(shape: &Shape) -> &Shape {
    match shape {
        Shape::Array { elem, .. } => scalar(elem),
        other => other,
    }
}
