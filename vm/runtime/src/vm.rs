//! `Vm`: one program in one memory block, and everything one can do with it.

mod adopt;
pub(crate) mod control;
mod fields;
pub(crate) mod heavy;
pub(crate) mod options;
pub(crate) mod property;
mod run;
pub(crate) mod snapshot;
mod start;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use theus_abi::audit::{self, Entry};
use theus_abi::header;
use theus_abi::image::{Image, Pipeline};
use theus_abi::memory::scratch_start;
use theus_abi::{Code, Memory};

use crate::check;
use crate::clock::Clocks;
use crate::error::VmError;
use crate::log::{LogFile, LogForm, Told};
use crate::record::{self, HostInput, Origin, Recorded};
use crate::stream::Streams;
use crate::timer::Timers;
use crate::told::Inputs;
use crate::value::Value;
use crate::world::World;
use options::LoadOptions;

/// A program that is loaded.
///
/// ```text
/// load -> set_global* -> start -> (run | advance | tick | get | set | snapshot)* -> reset
///             ^                                                                       |
///             +-----------------------------------------------------------------------+
/// ```
pub struct Vm {
    image: Arc<Image>,
    code: Box<dyn Code>,
    memory: Memory,
    world: World,
    log: Option<LogFile>,
    options: LoadOptions,
    /// Bytes that replace defaults of globals: field, offset, bytes.
    overrides: Vec<Override>,
    /// What each global was before it was set, in the order of `Image::globals`.
    defaults: Vec<Vec<u8>>,
    started: bool,
    /// Pipelines whose `on start` has run.
    running: Vec<bool>,
}

#[derive(Clone, Debug)]
struct Override {
    field: usize,
    offset: usize,
    bytes: Vec<u8>,
}

impl fmt::Debug for Vm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vm")
            .field("image", &self.image)
            .field("memory", &self.memory.bytes().len())
            .field("started", &self.started)
            .finish_non_exhaustive()
    }
}

/// A value for a field: text as in source, or a `Value`.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// To be read by the type of the field.
    Text(String),
    /// A value.
    Value(Value),
}

impl From<&str> for Setting {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Setting {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Value> for Setting {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl From<f64> for Setting {
    fn from(value: f64) -> Self {
        Self::Value(Value::Float(value))
    }
}

impl From<i64> for Setting {
    fn from(value: i64) -> Self {
        Self::Value(Value::Int(value))
    }
}

impl From<bool> for Setting {
    fn from(value: bool) -> Self {
        Self::Value(Value::Bool(value))
    }
}

impl Vm {
    /// Whether a process has failed since the start and, strict being off, was not undone.
    pub fn is_left_dirty(&self) -> bool {
        !self.image.strict && self.memory.u64(header::FAULTS) > 0
    }

    /// Loads a program: checks the image and allocates all memory that it will ever use.
    ///
    /// # Errors
    /// If the image contradicts itself, or the machine does not have that much memory.
    pub fn load(
        image: Arc<Image>,
        code: Box<dyn Code>,
        options: LoadOptions,
    ) -> Result<Self, VmError> {
        check::image(&image)?;
        let size = Memory::size_for(&image);
        let no_memory = || VmError::NoMemory(size);
        if size > options.most_memory {
            return Err(no_memory());
        }
        let bytes = usize::try_from(size).map_err(|_| no_memory())?;
        let memory = Memory::new(bytes).ok_or_else(no_memory)?;
        let world = World {
            clocks: Clocks::new(&image, options.profile),
            pace: None,
            streams: Streams::new(),
            timers: Timers::new(&image),
            inputs: Inputs::default(),
            stop: None,
        };
        let running = vec![false; image.pipelines.len()];
        let mut vm = Self {
            image,
            code,
            memory,
            world,
            log: None,
            options,
            overrides: Vec::new(),
            defaults: Vec::new(),
            started: false,
            running,
        };
        vm.write_header();
        Ok(vm)
    }

    /// The program.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// The entries of the audit log that are still in its ring, the oldest first.
    pub fn log(&self) -> impl Iterator<Item = Entry> {
        audit::entries(&self.image, &self.memory, 0)
    }

    /// How many entries the audit log ever had.
    pub fn logged(&self) -> u64 {
        audit::count(&self.image, &self.memory)
    }

    /// Writes the audit log to a file as it grows: what is said of each site and alert stands
    /// in the rows about it.
    ///
    /// # Errors
    /// If the file cannot be created.
    pub fn log_to(
        &mut self,
        path: &Path,
        form: LogForm,
        sites: Vec<Told>,
        alerts: Vec<Told>,
    ) -> Result<(), VmError> {
        self.log = Some(LogFile::create(path, form, sites, alerts)?);
        Ok(())
    }

    /// Writes what the machine tells the program to a file, as it does, from the start on.
    ///
    /// # Errors
    /// If the file cannot be created.
    pub fn record_host(&mut self, path: &Path, of: Recorded) -> Result<(), VmError> {
        let origin = self.origin(of);
        self.world.inputs.record(path, &origin)
    }

    /// Tells the program what a recorded run was told, at the same ticks; a run that goes on
    /// where the record ends fails there.
    ///
    /// # Errors
    /// If the file cannot be read, or is a record of another run.
    pub fn replay_host(&mut self, path: &Path, of: Recorded) -> Result<(), VmError> {
        let words = self.image.host.len();
        let (told, end) = record::read(path, &self.origin(of), words)?;
        let end = Some((end, record::goes_on(path, end)));
        self.world.inputs.play(told, end, &self.image);
        Ok(())
    }

    /// Tells the program these values instead of what the machine would tell.
    pub fn tell_host(&mut self, told: Vec<HostInput>) {
        self.world.inputs.play(told, None, &self.image);
    }

    /// What a record of a run that begins now is of.
    fn origin(&self, of: Recorded) -> Origin {
        let fields = self.memory.bytes().get(self.contexts());
        Origin {
            of,
            seed: self.options.seed,
            state: theus_abi::fnv::of(fields.unwrap_or_default()),
        }
    }

    /// The memory block: header, contexts, transaction space, rows, scratch.
    pub fn memory(&self) -> &[u8] {
        self.memory.bytes()
    }

    /// Ticks since the start.
    pub fn ticks(&self) -> u64 {
        self.memory.u64(header::TICK)
    }

    /// Failures since the start, handled ones included.
    pub fn faults(&self) -> u64 {
        self.memory.u64(header::FAULTS)
    }

    /// Bytes of the memory block.
    pub fn memory_size(&self) -> usize {
        self.memory.bytes().len()
    }

    /// The index of the pipeline of that name. Without a name: the only one, or `main`, or
    /// all together on one clock.
    ///
    /// # Errors
    /// If there is none, or several, none is called `main`, and they cannot run together.
    pub fn pipeline(&self, name: Option<&str>) -> Result<usize, VmError> {
        let pipelines = &self.image.pipelines;
        let wanted = match (name, pipelines.as_slice()) {
            (None, [_]) => return Ok(0),
            (None, _) if let Some(all) = self.image.all => {
                return Ok(usize::try_from(all).unwrap_or(usize::MAX));
            }
            (name, _) => name.unwrap_or("main"),
        };
        let found = pipelines
            .iter()
            .position(|pipeline| pipeline.name == wanted);
        found.ok_or_else(|| VmError::UnknownPipeline {
            name: wanted.to_owned(),
            candidates: pipelines
                .iter()
                .map(|pipeline| pipeline.name.clone())
                .collect(),
        })
    }

    fn pipeline_at(&self, index: usize) -> Result<&Pipeline, VmError> {
        self.image
            .pipelines
            .get(index)
            .ok_or_else(|| VmError::UnknownPipeline {
                name: index.to_string(),
                candidates: Vec::new(),
            })
    }

    fn must_be_started(&self) -> Result<(), VmError> {
        if self.started {
            Ok(())
        } else {
            Err(VmError::Order("the program is not started"))
        }
    }

    /// Offset of scratch.
    fn scratch(&self) -> u64 {
        scratch_start(&self.image)
    }
}
