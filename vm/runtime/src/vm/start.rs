//! From the memory block to a program that is ready to tick.

use theus_abi::header::{self, Status};

use super::{Override, Setting, Vm};
use crate::error::VmError;
use crate::report::{Failure, FailureKind};
use theus_abi::Fault;
use theus_abi::image::Zone;

impl Vm {
    /// Replaces the default of a global, or of a part of one. The last setting of a place
    /// counts; it is written when the default has been computed, so later defaults see it.
    ///
    /// # Errors
    /// If there is no such global, or the value is of another type or not in its range, or
    /// the program is started.
    pub fn set_global(
        &mut self,
        path: &str,
        value: impl Into<Setting>,
    ) -> Result<(), VmError> {
        if self.started {
            return Err(VmError::Order("globals are set before the start"));
        }
        let place = crate::path::resolve(&self.image, path)?;
        let field = self.image.fields.get(place.field);
        let zone = field.map_or(Zone::Global, |field| field.zone);
        if zone != Zone::Global {
            return Err(VmError::WrongZone {
                path: path.to_owned(),
                zone: zone.name(),
                when: "between ticks only",
            });
        }
        let bytes = self.bytes_of(path, &place, &value.into())?;
        let offset = usize::try_from(place.offset)
            .map_err(|_| VmError::Internal("an offset beyond the block".to_owned()))?;
        self.overrides.push(Override {
            field: place.field,
            offset,
            bytes,
        });
        Ok(())
    }

    /// Forgets all settings of globals.
    ///
    /// # Errors
    /// If the program is started.
    pub fn clear_globals(&mut self) -> Result<(), VmError> {
        if self.started {
            return Err(VmError::Order("globals are set before the start"));
        }
        self.overrides.clear();
        Ok(())
    }

    /// Sets the seed of `random` for the next start.
    pub const fn set_seed(&mut self, seed: u64) {
        self.options.seed = seed;
    }

    /// Fills all fields: globals with their defaults and settings, checks their ranges and
    /// invariants, takes the memory of heavy fields, then fills all other fields.
    ///
    /// # Errors
    /// If a default or a check fails, or the program is started already.
    pub fn start(&mut self) -> Result<(), VmError> {
        self.start_with(|vm, field, _| {
            vm.override_field(field);
            Ok(())
        })
    }

    /// Fills all fields; each global, by its field and its number, is `settled` when its
    /// default is known.
    pub(super) fn start_with(
        &mut self,
        mut settle: impl FnMut(&mut Self, usize, usize) -> Result<(), VmError>,
    ) -> Result<(), VmError> {
        if self.started {
            return Err(VmError::Order("the program is started already"));
        }
        let fixed = usize::try_from(self.image.fixed_end).unwrap_or(usize::MAX);
        if let Some(bytes) = self.memory.bytes_mut().get_mut(..fixed) {
            bytes.fill(0);
        }
        self.write_header();
        self.world.clocks.reset();
        self.world.pace = None;
        self.running.fill(false);
        let image = self.image.clone();
        self.defaults.clear();
        for (&(field, func), number) in image.globals.iter().zip(0..) {
            self.initialise(func)?;
            let field = usize::try_from(field).unwrap_or(usize::MAX);
            let default = self.field_bytes(field).unwrap_or_default().to_vec();
            self.defaults.push(default);
            settle(self, field, number)?;
        }
        self.initialise(image.validate)?;
        self.place_heavy()?;
        self.initialise(image.init)?;
        self.started = true;
        Ok(())
    }

    /// Back to before the start; settings of globals stay. Closes all files.
    ///
    /// # Errors
    /// If rows of a sink could not be written.
    pub fn reset(&mut self) -> Result<(), VmError> {
        self.started = false;
        Ok(self.world.streams.close()?)
    }

    /// The bytes of a field that lies in the block.
    pub(super) fn field_bytes(&self, field: usize) -> Option<&[u8]> {
        let field = self.image.fields.get(field)?;
        let start = usize::try_from(field.offset).ok()?;
        let size = usize::try_from(field.shape.size()).ok()?;
        self.memory.bytes().get(start..start.checked_add(size)?)
    }

    pub(super) fn override_field(&mut self, field: usize) {
        for change in self.overrides.iter().filter(|change| change.field == field) {
            let end = change.offset.saturating_add(change.bytes.len());
            if let Some(target) = self.memory.bytes_mut().get_mut(change.offset..end) {
                target.copy_from_slice(&change.bytes);
            }
        }
    }

    /// Calls a function that must end with `Reached`.
    fn initialise(&mut self, func: u32) -> Result<(), VmError> {
        match self.call(func)? {
            Status::Reached => Ok(()),
            Status::Failed => Err(VmError::Start(Box::new(self.failure()))),
            other => Err(VmError::Internal(format!(
                "a start function ended with {other:?}"
            ))),
        }
    }

    pub(super) fn call(&mut self, func: u32) -> Result<Status, VmError> {
        // What ended a run in the middle has given no scratch back.
        let scratch = self.scratch();
        self.memory.set_u64(header::SCRATCH_NEXT, scratch);
        let frames = scratch + u64::from(self.image.open_scratch);
        self.memory.set_u64(header::FRAME_NEXT, frames);
        let code = self.code.call(func, &mut self.memory, &mut self.world);
        let code = code.map_err(VmError::Internal)?;
        Status::from_code(code)
            .ok_or_else(|| VmError::Internal(format!("function {func} returned {code}")))
    }

    /// The failure that the header tells of.
    pub(super) fn failure(&self) -> Failure {
        let mut failure = Failure::read(&self.image, &self.memory);
        if failure.kind == FailureKind::Fault(Fault::Source) {
            failure.row = self.world.streams.bad_row();
        }
        failure
    }

    pub(super) fn write_header(&mut self) {
        let scratch = self.scratch();
        let end = scratch + u64::from(self.image.open_scratch);
        for (offset, value) in [
            (header::TICK, 0),
            (header::TICK_END, 0),
            (header::PERIOD, 0),
            (header::SEED, self.options.seed),
            (header::MEASURE, 0),
            (header::INJECT, u64::MAX),
            (header::SCRATCH_BASE, scratch),
            (header::SCRATCH_NEXT, scratch),
            (header::SCRATCH_END, end),
            (header::FRAME_NEXT, end),
            (header::SCRATCH_PEAK, 0),
            (header::FAULT_SITE, 0),
            (header::STOP, 0),
            (header::FAULTS, 0),
            (header::HOST, 0),
        ] {
            self.memory.set_u64(offset, value);
        }
    }

    /// Makes the check of that site fail, in code that was compiled for it; `None`: no more.
    pub fn inject(&mut self, site: Option<u32>) {
        self.memory
            .set_u64(header::INJECT, site.map_or(u64::MAX, u64::from));
    }
}
