//! `Snapshot`: the state of a program between ticks, in one copy.

use theus_abi::header;

use super::Vm;
use crate::error::VmError;

/// All fields of all contexts, and the tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    contexts: Vec<u8>,
    heavy: Vec<u8>,
    tick: u64,
    faults: u64,
    running: Vec<bool>,
}

impl Vm {
    /// The state now. Files are not part of it.
    ///
    /// # Errors
    /// If the program is not started.
    pub fn snapshot(&self) -> Result<Snapshot, VmError> {
        self.must_be_started()?;
        let bytes = self.memory.bytes().get(self.contexts()).unwrap_or_default();
        Ok(Snapshot {
            contexts: bytes.to_vec(),
            heavy: self
                .memory
                .bytes()
                .get(self.buffers())
                .unwrap_or_default()
                .to_vec(),
            tick: self.memory.u64(header::TICK),
            faults: self.memory.u64(header::FAULTS),
            running: self.running.clone(),
        })
    }

    /// Goes back to a snapshot of the same program.
    ///
    /// # Errors
    /// If the snapshot is of another program, or the program is not started.
    pub fn restore(&mut self, snapshot: &Snapshot) -> Result<(), VmError> {
        self.must_be_started()?;
        let range = self.contexts();
        let same = range.len() == snapshot.contexts.len()
            && self.buffers().len() == snapshot.heavy.len()
            && self.running.len() == snapshot.running.len();
        let Some(bytes) = self.memory.bytes_mut().get_mut(range).filter(|_| same) else {
            return Err(VmError::Order("the snapshot is of another program"));
        };
        bytes.copy_from_slice(&snapshot.contexts);
        let buffers = self.buffers();
        if let Some(bytes) = self.memory.bytes_mut().get_mut(buffers) {
            bytes.copy_from_slice(&snapshot.heavy);
        }
        self.running.copy_from_slice(&snapshot.running);
        self.memory.set_u64(header::TICK, snapshot.tick);
        self.memory.set_u64(header::FAULTS, snapshot.faults);
        Ok(())
    }

    /// Buffers of heavy fields.
    fn buffers(&self) -> std::ops::Range<usize> {
        let start = usize::try_from(theus_abi::Memory::size_for(&self.image));
        let end = self.memory.bytes().len();
        start.unwrap_or(end).min(end)..end
    }

    /// All fields but heavy ones.
    pub(super) fn contexts(&self) -> std::ops::Range<usize> {
        let end = usize::try_from(self.image.context_end).unwrap_or(0);
        usize::try_from(header::HEADER_SIZE).unwrap_or(0)..end
    }
}
