//! Examples as tests and benchmarks use them: compile a file, run it, look at its fields.

use std::path::{Path, PathBuf};

use theus::{Options, Program, ReadError, Sources, Text};
use theus_abi::Code;
use theus_vm::{Control, LoadOptions, Outcome, Report, Setting, Value, Vm};

/// Why something did not work, for people.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The modules of a program are files beside it.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder of that program.
    pub fn of(program: &Path) -> Self {
        Self {
            path: program.parent().unwrap_or(Path::new("")).to_owned(),
        }
    }

    fn file(&self, module: &str) -> PathBuf {
        self.path
            .join(format!("{}.theus", module.replace('.', "/")))
    }
}

impl Sources for Folder {
    fn read(&self, module: &str) -> Result<Text, ReadError> {
        let name = format!("{}.theus", module.replace('.', "/"));
        match std::fs::read_to_string(self.file(module)) {
            Ok(text) => Ok(Text {
                module: module.to_owned(),
                name,
                text,
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(ReadError::Missing(name))
            }
            Err(error) => Err(ReadError::Unreadable(name, error.to_string())),
        }
    }

    fn names(&self) -> Vec<String> {
        let files = std::fs::read_dir(&self.path)
            .into_iter()
            .flatten()
            .flatten();
        let mut names: Vec<String> = files
            .filter(|file| file.path().extension().is_some_and(|end| end == "theus"))
            .filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned()))
            .collect();
        names.sort();
        names
    }
}

/// The text of a program; its name in diagnostics is that of the file alone.
///
/// # Errors
/// If the file cannot be read.
pub fn text(program: &Path) -> Result<Text, Failure> {
    let stem = program
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or("main");
    let text = std::fs::read_to_string(program)
        .map_err(|error| format!("{}: {error}", program.display()))?;
    Ok(Text::new(stem, text))
}

/// Compiles a file and the modules beside it.
///
/// # Errors
/// Everything that is wrong with it.
pub fn compile(program: &Path, options: &Options) -> Result<Program, Failure> {
    theus::compile(text(program)?, &Folder::of(program), options)
        .map_err(|report| report.to_string().into())
}

/// A program that runs, without sinks.
#[derive(Debug)]
pub struct Session {
    vm: Vm,
}

impl Session {
    /// Compiles a file to machine code, sets those globals, starts it.
    ///
    /// # Errors
    /// If it is rejected, or a global does not take its value.
    pub fn open(program: &Path, globals: &[(&str, &str)]) -> Result<Self, Failure> {
        Self::start(&compile(program, &Options::default())?, program, globals)
    }

    /// Loads a compiled program, sets those globals, starts it.
    ///
    /// # Errors
    /// If a global does not take its value.
    pub fn start(
        program: &Program,
        path: &Path,
        globals: &[(&str, &str)],
    ) -> Result<Self, Failure> {
        let code = program.machine().map_err(|report| report.to_string())?;
        Self::load(program, Box::new(code), path, globals)
    }

    /// Compiles a file to machine code that so many threads run, starts it.
    ///
    /// # Errors
    /// If it is rejected, or there is no thread.
    pub fn shared(path: &Path, workers: u32) -> Result<Self, Failure> {
        let program = compile(path, &Options::default())?;
        let code = program.machine_of(workers);
        let code = code.map_err(|report| report.to_string())?;
        Self::load(&program, Box::new(code), path, &[])
    }

    fn load(
        program: &Program,
        code: Box<dyn Code>,
        path: &Path,
        globals: &[(&str, &str)],
    ) -> Result<Self, Failure> {
        let options = LoadOptions {
            sinks: None,
            sources: Folder::of(path).path,
            ..LoadOptions::default()
        };
        let mut vm = Vm::load(program.image(), code, options)?;
        for (path, value) in globals {
            vm.set_global(path, *value)?;
        }
        vm.start()?;
        Ok(Self { vm })
    }

    /// The VM.
    pub const fn vm(&mut self) -> &mut Vm {
        &mut self.vm
    }

    /// Runs a pipeline for so many ticks.
    ///
    /// # Errors
    /// If it fails; a `stop` is no failure.
    pub fn ticks(&mut self, pipeline: &str, ticks: u64) -> Result<Report, Failure> {
        let index = self.vm.pipeline(Some(pipeline))?;
        let report = self.vm.advance(index, ticks, &mut Control::default())?;
        match report.outcome.is_success() {
            true => Ok(report),
            false => Err(report.outcome.to_string().into()),
        }
    }

    /// How a run of so many ticks ends.
    ///
    /// # Errors
    /// If it cannot run at all.
    pub fn outcome(&mut self, pipeline: &str, ticks: u64) -> Result<Outcome, Failure> {
        let index = self.vm.pipeline(Some(pipeline))?;
        Ok(self
            .vm
            .advance(index, ticks, &mut Control::default())?
            .outcome)
    }

    /// All numbers in a field, in order; durations in seconds.
    ///
    /// # Errors
    /// If there is no such field.
    pub fn floats(&self, path: &str) -> Result<Vec<f64>, Failure> {
        let mut numbers = Vec::new();
        flatten(&self.vm.get(path)?, &mut numbers);
        Ok(numbers)
    }

    /// The one number in a field.
    ///
    /// # Errors
    /// If there is no such field, or it is not a number.
    pub fn float(&self, path: &str) -> Result<f64, Failure> {
        self.vm
            .get(path)?
            .as_f64()
            .ok_or_else(|| format!("{path} is not a number").into())
    }

    /// Writes a field.
    ///
    /// # Errors
    /// If the field does not take the value.
    pub fn set(&mut self, path: &str, value: impl Into<Setting>) -> Result<(), Failure> {
        Ok(self.vm.set(path, value)?)
    }

    /// Writes a number, or an array of numbers.
    ///
    /// # Errors
    /// If the field does not take them.
    pub fn set_floats(&mut self, path: &str, values: &[f64]) -> Result<(), Failure> {
        let value = match values {
            [value] => Value::Float(*value),
            values => Value::Array(values.iter().copied().map(Value::Float).collect()),
        };
        self.set(path, value)
    }
}

fn flatten(value: &Value, numbers: &mut Vec<f64>) {
    match value {
        Value::Array(elements) => {
            elements.iter().for_each(|value| flatten(value, numbers));
        }
        Value::Struct { members, .. } | Value::Choice { members, .. } => {
            members
                .iter()
                .for_each(|(_, value)| flatten(value, numbers));
        }
        value => numbers.extend(value.as_f64()),
    }
}
