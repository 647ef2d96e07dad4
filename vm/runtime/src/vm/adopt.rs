//! From one program to the next: what the fields of the old one hold goes into the fields of
//! the new one that have the same path, as far as their types can hold it.

use theus_abi::header;
use theus_abi::image::{Field, Image, Kept, Zone};
use theus_abi::{Memory, Shape};

use super::Vm;
use crate::convert::convert;
use crate::error::{Changed, VmError};
use crate::text::{in_range, range_text, repr};
use crate::value::{describe, number, value};

/// Longest text of a value in a refusal.
const LONGEST: usize = 40;

impl Vm {
    /// Starts with what another program holds, in place of `start`. A field that keeps its
    /// path keeps its value if its type and its range can hold it; a global whose default is
    /// another now takes the new one. Fields and contexts in `afresh` begin anew, as do those
    /// that are new. The clock goes on.
    ///
    /// # Errors
    /// `VmError::Changed` names the fields that cannot keep what they hold. Otherwise as for
    /// `start`.
    pub fn start_from(&mut self, old: &Self, afresh: &[String]) -> Result<(), VmError> {
        old.must_be_started()?;
        let mut changed = Vec::new();
        self.start_with(|new, field, number| {
            new.keep_global(old, (field, number), afresh, &mut changed);
            Ok(())
        })?;
        for at in 0..self.image.fields.len() {
            self.keep_field(old, at, afresh, &mut changed);
        }
        if !changed.is_empty() {
            self.started = false;
            return Err(VmError::Changed(changed));
        }
        self.keep_hidden(old);
        for word in [header::TICK, header::PERIOD, header::FAULTS] {
            self.memory.set_u64(word, old.memory.u64(word));
        }
        self.options.seed = old.options.seed;
        self.memory
            .set_u64(header::SEED, old.memory.u64(header::SEED));
        for (pipeline, running) in self.image.pipelines.iter().zip(&mut self.running) {
            let before = old.image.pipelines.iter();
            let before = before.zip(&old.running);
            *running = before
                .filter(|(old, _)| old.name == pipeline.name)
                .any(|(_, running)| *running);
        }
        Ok(())
    }

    /// Goes on with the open tables of another program, if it has the same ones, column by
    /// column; those of others are closed.
    ///
    /// # Errors
    /// If rows of a sink could not be written.
    pub fn take_streams(&mut self, old: &mut Self) -> Result<(), VmError> {
        self.world.streams = old.world.streams.hand_over(&old.image, &self.image);
        Ok(old.world.streams.close()?)
    }

    /// Goes on with what another program has measured: how it kept to the clock, and what its
    /// processes took that are in this one too.
    pub fn take_times(&mut self, old: &mut Self) {
        self.world.pace = old.world.pace.take();
        self.world.clocks.take_over(&mut old.world.clocks);
    }

    /// A global keeps its value, unless the program gives it another default now.
    fn keep_global(
        &mut self,
        old: &Self,
        (field, number): (usize, usize),
        afresh: &[String],
        changed: &mut Vec<Changed>,
    ) {
        self.override_field(field);
        let Some(is) = self.image.fields.get(field) else {
            return;
        };
        let Some(was) = old.field_of(&is.path) else {
            return;
        };
        let before = old.image.globals.iter().zip(&old.defaults);
        let mut before =
            before.filter(|((field, _), _)| usize::try_from(*field) == Ok(was));
        let default = before.next().map(|(_, default)| default);
        let set = old.overrides.iter().any(|change| change.field == was);
        let same = default == self.defaults.get(number);
        if set || same {
            self.keep_field(old, field, afresh, changed);
        }
    }

    fn field_of(&self, path: &str) -> Option<usize> {
        self.image
            .fields
            .iter()
            .position(|field| field.path == path)
    }

    /// Takes over one field, if the old program has it.
    fn keep_field(
        &mut self,
        old: &Self,
        at: usize,
        afresh: &[String],
        changed: &mut Vec<Changed>,
    ) {
        let Some(is) = self.image.fields.get(at) else {
            return;
        };
        // Globals are settled one by one, before what depends on them.
        if is.zone == Zone::Global && self.started || is_named(&is.path, afresh) {
            return;
        }
        let Some(was) = old.field_of(&is.path) else {
            return;
        };
        let Some(was) = old.image.fields.get(was) else {
            return;
        };
        let bytes = old.bytes(&is.path).unwrap_or_default();
        let kept = self.kept(was, bytes, at);
        match kept {
            Some(bytes) => self.put(at, &bytes),
            None => changed.push(Changed {
                path: is.path.clone(),
                was: told(was, bytes),
                is: wanted(is, &was.shape),
                loc: is.loc,
            }),
        }
    }

    /// The bytes that a field takes over.
    fn kept(&self, was: &Field, bytes: &[u8], at: usize) -> Option<Vec<u8>> {
        let is = self.image.fields.get(at)?;
        let place = if self.started {
            self.bytes(&is.path).ok()?
        } else {
            self.field_bytes(at)?
        };
        let mut into = place.to_vec();
        convert(&was.shape, bytes, &is.shape, &mut into)?;
        let Some(range) = is.range else {
            return Some(into);
        };
        let elem = scalar(&is.shape);
        let repr = repr(elem)?;
        let size = usize::try_from(elem.size()).ok().filter(|size| *size > 0)?;
        let inside = |bytes: &[u8]| {
            number(repr, bytes).is_some_and(|bits| in_range(&range, elem, bits))
        };
        into.chunks_exact(size).all(inside).then_some(into)
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        let Some(field) = self.image.fields.get(at) else {
            return;
        };
        let offset = match self.started {
            true => self.place(&field.path).map(|place| place.offset).ok(),
            false => Some(u64::from(field.offset)),
        };
        let start = offset.and_then(|offset| usize::try_from(offset).ok());
        let Some(start) = start else { return };
        let end = start.saturating_add(bytes.len());
        if let Some(target) = self.memory.bytes_mut().get_mut(start..end) {
            target.copy_from_slice(bytes);
        }
    }

    /// What is kept beside the fields: last values, samples, edges, ages, counts of rules. It
    /// goes on where it means the same; cached processes run again.
    fn keep_hidden(&mut self, old: &Self) {
        let same = same_kept(&old.image, &self.image);
        let image = self.image.clone();
        for kept in &image.kept {
            if !same && !BY_NAME.iter().any(|name| kept.name.starts_with(name)) {
                continue;
            }
            let like = |was: &&Kept| was.name == kept.name && was.bytes == kept.bytes;
            if let Some(was) = old.image.kept.iter().find(like) {
                copy(
                    &old.memory,
                    was.offset,
                    &mut self.memory,
                    kept.offset,
                    kept.bytes,
                );
            }
        }
        for cached in &image.cached {
            let offset = i32::try_from(cached.offset).unwrap_or(i32::MAX);
            self.memory.set_u64(offset, 0);
        }
    }
}

/// What has the same meaning wherever it has the same name.
const BY_NAME: [&str; 4] = ["prev(", "window(", "ages of ", "slice of "];

/// Whether two programs keep the same beside their fields, with the same rules and alerts.
fn same_kept(old: &Image, new: &Image) -> bool {
    let names = |image: &Image| -> Vec<(String, u64)> {
        let kept = image.kept.iter();
        kept.map(|kept| (kept.name.clone(), kept.bytes)).collect()
    };
    names(old) == names(new)
}

fn copy(from: &Memory, at: u64, into: &mut Memory, to: u64, bytes: u64) {
    let range = |start: u64| {
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        start..start.saturating_add(usize::try_from(bytes).unwrap_or(0))
    };
    if let Some(source) = from.bytes().get(range(at))
        && let Some(target) = into.bytes_mut().get_mut(range(to))
    {
        target.copy_from_slice(source);
    }
}

/// Whether a field, or its context, is among those names.
fn is_named(path: &str, names: &[String]) -> bool {
    let context = path.split('.').next().unwrap_or(path);
    names.iter().any(|name| name == path || name == context)
}

/// The scalar that an array is of.
fn scalar(shape: &Shape) -> &Shape {
    match shape {
        Shape::Array { elem, .. } => scalar(elem),
        other => other,
    }
}

/// What a field holds, in short.
fn told(field: &Field, bytes: &[u8]) -> String {
    let kind = describe(&field.shape);
    let value = value(&field.shape, bytes).map(|value| value.to_string());
    match value.filter(|text| text.len() <= LONGEST) {
        Some(value) if is_number(&field.shape) => format!("{kind}, {value}"),
        Some(value) => value,
        None => kind,
    }
}

fn is_number(shape: &Shape) -> bool {
    matches!(shape, Shape::Int(_) | Shape::Uint(_) | Shape::Float(_))
}

/// What a field may hold; its range, if the type is the same.
fn wanted(field: &Field, was: &Shape) -> String {
    match &field.range {
        Some(range) if *was == field.shape => {
            format!("in its range {}", range_text(range, scalar(&field.shape)))
        }
        _ => describe(&field.shape),
    }
}
