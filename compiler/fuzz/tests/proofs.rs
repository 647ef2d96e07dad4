//! What the compiler proves holds: all checks are kept, programs run with random inputs, and no
//! check that is said to be proved ever fails. The programs are the examples, those of the
//! tests of the language, and generated ones.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test ends where it cannot go on"
)]

#[path = "support/inputs.rs"]
mod inputs;
#[path = "support/seeds.rs"]
mod seeds;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use inputs::Random;
use seeds::each_seed;
use theus::proofs::{Check, State, of_program};
use theus::{InMemory, Options, Program, ReadError, Sources, Text, compile};
use theus_abi::image::Zone;
use theus_fuzz::generate;
use theus_mir::interp::Failed;
use theus_vm::{Control, LoadOptions, Vm};

/// Generated programs, each of which runs `RUNS` times: ten thousand runs.
const PROGRAMS: u64 = 1_000;
const RUNS: u64 = 10;
/// Ticks between two changes of the fields.
const TICKS: u64 = 2;
/// Instructions after which a run is ended.
const FUEL: u64 = 3_000_000;

/// What has been tried.
#[derive(Debug, Default)]
struct Tried {
    runs: u64,
    /// Fields that took a random value.
    inputs: u64,
    checks: usize,
    proved: usize,
    /// Checks that failed in some run: those have not been proved.
    failed: usize,
}

impl Tried {
    fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.inputs += other.inputs;
        self.checks += other.checks;
        self.proved += other.proved;
        self.failed += other.failed;
    }
}

/// Runs a program with all its checks `runs` times.
fn confirm(program: &Program, folder: &Path, runs: u64) -> Result<Tried, String> {
    let proofs = of_program(program).0;
    let all = || proofs.checks.iter().chain(&proofs.library);
    let proved = all().filter(|check| check.state == State::Proved);
    let proved =
        proved.flat_map(|check| check.sites.iter().map(move |site| (*site, check)));
    let proved: BTreeMap<u32, &Check> = proved.collect();
    let failed = Failed::default();
    let mut interp = program.interpreter().map_err(|report| report.to_string())?;
    interp.failed = Some(Failed::clone(&failed));
    interp.fuel = Some(FUEL.saturating_mul(runs));
    let options = LoadOptions {
        sinks: None,
        sources: folder.to_owned(),
        ..LoadOptions::default()
    };
    let mut vm = Vm::load(program.image(), Box::new(interp), options)
        .map_err(|error| error.to_string())?;
    let mut tried = Tried {
        checks: all().count(),
        proved: all().filter(|check| check.state == State::Proved).count(),
        ..Tried::default()
    };
    for run in 0..runs {
        tried.runs += 1;
        tried.inputs += one_run(&mut vm, run);
    }
    let failed = failed.lock().unwrap();
    tried.failed = failed.iter().count();
    match failed.iter().find_map(|site| proved.get(&site.as_u32())) {
        Some(check) => Err(format!("said to be proved, but it failed: {check:#?}")),
        None => Ok(tried),
    }
}

/// A run with random globals, and random fields between ticks. The first has the program's own
/// values, and runs its tests. Whatever a run ends with is fine here.
fn one_run(vm: &mut Vm, run: u64) -> u64 {
    let mut random = Random::new(run);
    let mut taken = 0;
    let _ = vm.reset();
    let _ = vm.clear_globals();
    vm.set_seed(run);
    let fields: Vec<_> = vm.image().fields.clone();
    let globals = fields.iter().filter(|field| field.zone == Zone::Global);
    for field in globals.filter(|_| run > 0) {
        if let Some(value) = random.value(&field.shape, field.range) {
            taken += u64::from(vm.set_global(&field.path, value).is_ok());
        }
    }
    if vm.start().is_err() {
        return taken;
    }
    for _ in 0..3 {
        for field in fields.iter().filter(|_| run > 0) {
            if random.below(3) > 0
                && let Some(value) = random.value(&field.shape, field.range)
            {
                taken += u64::from(vm.set(&field.path, value).is_ok());
            }
        }
        for pipeline in 0..vm.image().pipelines.len() {
            let _ = vm.advance(pipeline, TICKS, &mut Control::default());
        }
    }
    if run == 0 {
        for test in 0..vm.image().tests.len() {
            let _ = vm.run_test(test);
        }
    }
    taken
}

#[test]
fn what_is_proved_of_generated_programs_holds() {
    let all = Mutex::new(Tried::default());
    let failed = each_seed(PROGRAMS, |seed| {
        let text = generate(seed);
        let options = Options {
            optimise: false,
            ..Options::default()
        };
        let program = theus::compile_str(&text, &options);
        let tried = program.map_err(|report| report.to_string());
        let tried = tried.and_then(|program| confirm(&program, Path::new("."), RUNS));
        match tried {
            Ok(tried) => {
                all.lock().unwrap().add(&tried);
                None
            }
            Err(why) => Some(format!("seed {seed}: {why}\n{text}")),
        }
    });
    assert!(failed.is_none(), "{}", failed.unwrap_or_default());
    let all = all.into_inner().unwrap();
    println!("{all:?}");
    assert!(all.proved > 0 && all.failed > 0 && all.inputs > all.runs);
}

/// The modules of a program are files beside it.
struct Folder(PathBuf);

impl Sources for Folder {
    fn read(&self, module: &str) -> Result<Text, ReadError> {
        let file = self.0.join(format!("{}.theus", module.replace('.', "/")));
        let text = std::fs::read_to_string(&file);
        text.map(|text| Text::new(module, text))
            .map_err(|_| ReadError::Missing(file.display().to_string()))
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

fn program(file: &Path, tests: bool) -> Program {
    let text = std::fs::read_to_string(file).unwrap();
    let folder = Folder(file.parent().unwrap().to_owned());
    let options = Options {
        tests,
        optimise: false,
        ..Options::default()
    };
    compile(Text::new("main", text), &folder, &options)
        .unwrap_or_else(|report| panic!("{}: {report}", file.display()))
}

/// Files below a folder of the repository.
fn files(folder: &str, wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(folder);
    let entries = std::fs::read_dir(root).unwrap();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| wanted(path));
    found.sort();
    found
}

#[test]
fn what_is_proved_of_the_examples_holds() {
    let mut all = Tried::default();
    let folders = files("examples", |path| path.join("main.theus").is_file());
    assert!(folders.len() > 15);
    for folder in folders {
        let program = program(&folder.join("main.theus"), false);
        let tried = confirm(&program, &folder, 4);
        let tried = tried.unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
        println!("{}: {tried:?}", folder.display());
        all.add(&tried);
    }
    println!("{all:?}");
    assert!(all.proved > 0 && all.failed > 0);
}

#[test]
fn what_is_proved_of_the_programs_of_the_tests_holds() {
    let mut all = Tried::default();
    let is_program = |path: &Path| path.extension().is_some_and(|end| end == "theus");
    let programs = files("compiler/driver/tests/language", is_program);
    assert!(programs.len() > 20);
    for file in programs {
        let tried = confirm(&program(&file, true), Path::new("."), 2);
        all.add(&tried.unwrap_or_else(|why| panic!("{}: {why}", file.display())));
    }
    println!("{all:?}");
    assert!(all.proved > 0 && all.failed > 0);
}

/// What fails is noted, also where a handler takes it.
#[test]
fn a_check_that_fails_is_seen() {
    let text = "context c { n: i64  d: i64 }\nprocess p { inputs c.d  outputs c.n  c.n = 1 / c.d }\n\
                pipeline main every 1s { p  on fault { skip } }\n";
    let options = Options {
        optimise: false,
        ..Options::default()
    };
    let program = compile(Text::new("main", text), &InMemory::new(), &options).unwrap();
    assert_eq!(confirm(&program, Path::new("."), 1).unwrap().failed, 1);
}
