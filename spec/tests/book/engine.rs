//! Runs an accepted program in both engines.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use theus::{Options, Program, Sources, Text};
use theus_abi::image::Zone;
use theus_abi::{Code, Fault, header::HEADER_SIZE};
use theus_vm::{Control, FailureKind, LoadOptions, Outcome, Trials, Vm, VmError};

/// A compiled program, twice: what the passes made for machine code, what lowering gave for the
/// interpreter. They must not differ.
#[derive(Debug)]
pub(crate) struct Both {
    machine: Program,
    plain: Program,
}

/// A program and what runs it.
type Engine<'a> = (&'a Program, Box<dyn Code>);

/// Where a program finds its files, and what it is told.
#[derive(Debug)]
pub(crate) struct Ground<'a> {
    /// The root file.
    pub(crate) text: &'a str,
    pub(crate) folder: &'a Path,
    pub(crate) settings: Vec<(&'a str, &'a str)>,
    pub(crate) strict: bool,
    pub(crate) realtime: bool,
}

/// What a run leaves.
#[derive(Debug, PartialEq)]
pub(crate) struct End {
    /// How it ended, for people; and the fault, if it was one.
    pub(crate) story: String,
    pub(crate) fault: Option<&'static str>,
    pub(crate) success: bool,
    pub(crate) fields: String,
    bytes: Vec<u8>,
}

impl Both {
    pub(crate) fn compile(
        text: &Text,
        sources: &dyn Sources,
        strict: bool,
    ) -> Result<Self, Box<theus::Report>> {
        let options = Options {
            tests: true,
            optimise: false,
            strict,
            // All that threads can share they do.
            share_from: 0,
            ..Options::default()
        };
        let plain = theus::compile(text.clone(), sources, &options)?;
        Ok(Self {
            machine: plain.optimised(),
            plain,
        })
    }

    pub(crate) fn program(&self) -> &Program {
        &self.machine
    }

    fn engines(&self) -> Result<[Engine<'_>; 2], String> {
        let machine = self
            .machine
            .machine_of(3)
            .map_err(|report| report.to_string())?;
        let slow = self
            .plain
            .interpreter()
            .map_err(|report| report.to_string())?;
        Ok([
            (&self.machine, Box::new(machine)),
            (&self.plain, Box::new(slow)),
        ])
    }

    /// Runs something in both engines and holds the ends against each other.
    fn same(
        &self,
        ground: &Ground<'_>,
        what: impl Fn(&mut Vm) -> Result<End, VmError>,
    ) -> Result<End, String> {
        let mut ends = Vec::new();
        for (program, code) in self.engines()? {
            let mut vm =
                load(program, code, ground).map_err(|error| error.to_string())?;
            ends.push(
                what(&mut vm)
                    .or_else(refused)
                    .map_err(|error| error.to_string())?,
            );
        }
        let slow = ends.pop().ok_or("no engine")?;
        let fast = ends.pop().ok_or("no engine")?;
        match fast == slow {
            true => Ok(fast),
            false => Err(format!(
                "machine code and interpreter differ\n  machine code: {}\n{}  interpreter: {}\n{}",
                fast.story, fast.fields, slow.story, slow.fields
            )),
        }
    }

    /// Names of its tests.
    pub(crate) fn tests(&self) -> Vec<String> {
        let image = self.machine.image();
        image.tests.iter().map(|test| test.name.clone()).collect()
    }

    pub(crate) fn test(&self, ground: &Ground<'_>, index: usize) -> Result<End, String> {
        self.same(ground, |vm| {
            let report = vm.run_test(index)?;
            Ok(end(vm, ground, &report.outcome, ""))
        })
    }

    /// How many benches it has.
    pub(crate) fn benches(&self) -> usize {
        self.machine.image().benches.len()
    }

    pub(crate) fn bench(&self, ground: &Ground<'_>, index: usize) -> Result<End, String> {
        self.same(ground, |vm| {
            let report = vm.run_bench(index)?;
            Ok(end(vm, ground, &report.outcome, ""))
        })
    }

    /// How many properties it has.
    pub(crate) fn properties(&self) -> usize {
        self.machine.image().properties.len()
    }

    /// A property, as it ends: with the simplest inputs that break it, or with what its contract
    /// lacks.
    pub(crate) fn property(
        &self,
        ground: &Ground<'_>,
        index: usize,
    ) -> Result<End, String> {
        self.same(ground, |vm| {
            let checked = vm.check_property(index, Trials::default())?;
            let Some(broken) = &checked.broken else {
                let story = match (checked.is_vacuous(), checked.trivial) {
                    (true, _) => "vacuous",
                    (_, true) => "trivial",
                    (false, false) => "held",
                };
                return Ok(End {
                    story: story.to_owned(),
                    fault: None,
                    success: !checked.is_vacuous(),
                    fields: String::new(),
                    bytes: Vec::new(),
                });
            };
            let mut found = end(vm, ground, &broken.outcome, "");
            found.fields =
                broken
                    .inputs
                    .iter()
                    .fold(String::new(), |mut fields, (name, value)| {
                        let _ = writeln!(fields, "with {name} = {value}");
                        fields
                    });
            Ok(found)
        })
    }

    pub(crate) fn start(&self, ground: &Ground<'_>) -> Result<End, String> {
        self.same(ground, |vm| {
            vm.start()?;
            Ok(end(vm, ground, &Outcome::Reached, ""))
        })
    }

    pub(crate) fn run(
        &self,
        ground: &Ground<'_>,
        pipeline: &str,
        ticks: u64,
    ) -> Result<End, String> {
        self.same(ground, |vm| {
            vm.start()?;
            let pipeline = vm.pipeline(Some(pipeline))?;
            let mut control = Control {
                realtime: ground.realtime,
                ..Control::default()
            };
            let report = vm.run(pipeline, ticks, &mut control)?;
            let after = format!(", after {} ticks", report.ticks);
            Ok(end(vm, ground, &report.outcome, &after))
        })
    }
}

fn load(
    program: &Program,
    code: Box<dyn Code>,
    ground: &Ground<'_>,
) -> Result<Vm, VmError> {
    let options = LoadOptions {
        sinks: Some(ground.folder.to_owned()),
        sources: ground.folder.to_owned(),
        measure_every: 0,
        ..LoadOptions::default()
    };
    let mut vm = Vm::load(Arc::clone(&program.image()), code, options)?;
    for (path, value) in &ground.settings {
        vm.set_global(path, *value)?;
    }
    Ok(vm)
}

/// A start that fails is an end, too.
fn refused(error: VmError) -> Result<End, VmError> {
    match error {
        VmError::Start(failure) => Ok(End {
            story: failure.to_string(),
            fault: fault(&failure.kind),
            success: false,
            fields: String::new(),
            bytes: Vec::new(),
        }),
        other => Err(other),
    }
}

/// What a failure points at, if it is in the root file.
fn place(ground: &Ground<'_>, outcome: &Outcome) -> String {
    let Outcome::Failed(failure) = outcome else {
        return String::new();
    };
    let (start, end) = (failure.loc.start as usize, failure.loc.end as usize);
    let root = failure.loc.file == 0;
    match ground
        .text
        .get(start..end)
        .filter(|text| root && !text.is_empty())
    {
        Some(text) => {
            let line = ground.text[..start].matches('\n').count() + 1;
            format!("\nline {line}: {text}")
        }
        None => String::new(),
    }
}

fn end(vm: &Vm, ground: &Ground<'_>, outcome: &Outcome, after: &str) -> End {
    let image = vm.image();
    let mut fields = String::new();
    for field in image
        .fields
        .iter()
        .filter(|field| field.zone != Zone::Global)
    {
        if let Ok(value) = vm.get(&field.path) {
            let _ = writeln!(fields, "{} = {value}", field.path);
        }
    }
    let contexts = usize::try_from(image.context_end).unwrap_or(0);
    End {
        story: format!("{}{after}{}", steady(outcome), place(ground, outcome))
            .replace(&format!("{}/", ground.folder.display()), ""),
        fault: match outcome {
            Outcome::Failed(failure) => fault(&failure.kind),
            _ => None,
        },
        success: outcome.is_success(),
        fields,
        bytes: vm.memory()[HEADER_SIZE as usize..contexts].to_vec(),
    }
}

/// How a run ended, without how late a process was: that is another time in each run.
fn steady(outcome: &Outcome) -> Outcome {
    let mut outcome = outcome.clone();
    if let Outcome::Failed(failure) = &mut outcome
        && failure.kind == FailureKind::Fault(Fault::Late)
    {
        failure.args.clear();
    }
    outcome
}

fn fault(kind: &FailureKind) -> Option<&'static str> {
    match kind {
        FailureKind::Fault(fault) => Some(fault.name()),
        FailureKind::Error(_) => None,
    }
}
