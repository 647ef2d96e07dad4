//! What the compiler proves holds: all checks are kept, programs run with random inputs, and no
//! check that is said to be proved ever fails. The programs are the examples, those of the
//! tests of the language, and generated ones.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test ends where it cannot go on"
)]

#[path = "support/inputs.rs"]
mod inputs;
#[path = "support/seeds.rs"]
mod seeds;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use inputs::Random;
use seeds::each_seed;
use theus::proofs::{Check, State, of_program};
use theus::{InMemory, Options, Program, ReadError, Sources, Text, compile};
use theus_abi::Code;
use theus_abi::image::Zone;
use theus_fuzz::generate;
use theus_mir::passes::{Note, Notes};
use theus_vm::{Control, LoadOptions, Vm, VmError};

/// Generated programs, each of which runs `RUNS` times: ten thousand runs.
const PROGRAMS: u64 = 1_000;
const RUNS: u64 = 10;
/// Ticks between two changes of the fields, and now and then.
const TICKS: u64 = 2;
const MANY_TICKS: u64 = 40;
/// Rounds of loops after which a run is ended.
const ROUNDS: u64 = 100_000;
/// From so many runs on, machine code is worth its making; below, programs are interpreted.
const WORTH_CODE: u64 = 16;

/// What has been tried.
#[derive(Debug, Default)]
struct Tried {
    runs: u64,
    /// Runs that have been ended because their loops made too many rounds.
    cut: u64,
    /// Fields that took a random value.
    inputs: u64,
    checks: usize,
    proved: usize,
    /// Checks that are proved, and that some run has reached: they have held whenever it did.
    confirmed: usize,
    /// Those that no run has reached.
    unreached: Vec<String>,
    /// Checks that failed in some run: those have not been proved.
    failed: usize,
}

impl Tried {
    fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.cut += other.cut;
        self.inputs += other.inputs;
        self.checks += other.checks;
        self.proved += other.proved;
        self.confirmed += other.confirmed;
        self.unreached.extend(other.unreached.iter().cloned());
        self.failed += other.failed;
    }

    /// A line of a table; what was not reached below it.
    fn show(&self, name: &str, since: Instant) {
        let share = (self.proved * 100).checked_div(self.checks).unwrap_or(100);
        println!(
            "{name:20} {:5} checks {:5} proved ({share:3} %) {:5} confirmed {:4} not reached \
             {:6} runs {:5} cut {:8.1} s",
            self.checks,
            self.proved,
            self.confirmed,
            self.unreached.len(),
            self.runs,
            self.cut,
            since.elapsed().as_secs_f64(),
        );
    }
}

/// Runs of a program that keeps all its checks.
struct Runs {
    vm: Vm,
    notes: Notes,
    /// What became of each site in any run.
    seen: Vec<Note>,
    tried: Tried,
    /// A run that no program can have.
    broken: Option<String>,
}

impl Runs {
    fn new(program: &Program, folder: &Path, runs: u64) -> Result<Self, String> {
        let (program, notes) = program.witnessed(ROUNDS);
        let code: Box<dyn Code> = if runs < WORTH_CODE {
            let interp = program.interpreter();
            Box::new(interp.map_err(|report| report.to_string())?)
        } else {
            let machine = program.machine();
            Box::new(machine.map_err(|report| report.to_string())?)
        };
        let options = LoadOptions {
            sinks: None,
            sources: folder.to_owned(),
            ..LoadOptions::default()
        };
        let seen = vec![Note::Unreached; program.image().sites.len()];
        let vm = Vm::load(program.image(), code, options);
        Ok(Self {
            vm: vm.map_err(|error| error.to_string())?,
            notes,
            seen,
            tried: Tried::default(),
            broken: None,
        })
    }

    /// A run with random globals, and random fields between ticks. The first has the program's
    /// own values, and runs its tests. Whatever a run ends with is fine here.
    fn run(&mut self, run: u64) {
        let mut random = Random::new(run);
        let _ = self.vm.reset();
        let _ = self.vm.clear_globals();
        self.vm.set_seed(run);
        self.tried.runs += 1;
        self.start_and_go(run, &mut random);
        for (site, seen) in (0_u32..).zip(&mut self.seen) {
            *seen = self.notes.of(self.vm.memory(), site).max(*seen);
        }
        self.tried.cut += u64::from(self.is_cut());
    }

    fn start_and_go(&mut self, run: u64, random: &mut Random) {
        let fields = self.vm.image().fields.clone();
        let globals = fields.iter().filter(|field| field.zone == Zone::Global);
        for field in globals.filter(|_| run > 0) {
            if let Some(value) = random.value(&field.shape, field.range) {
                let set = self.vm.set_global(&field.path, value);
                self.tried.inputs += u64::from(set.is_ok());
            }
        }
        if self.vm.start().is_err() {
            return;
        }
        let ticks = if run % 16 == 5 { MANY_TICKS } else { TICKS };
        for _ in 0..3 {
            for field in fields.iter().filter(|_| run > 0) {
                if random.below(3) > 0
                    && let Some(value) = random.value(&field.shape, field.range)
                {
                    let set = self.vm.set(&field.path, value);
                    self.tried.inputs += u64::from(set.is_ok());
                }
            }
            for pipeline in 0..self.vm.image().pipelines.len() {
                let ended = self.vm.advance(pipeline, ticks, &mut Control::default());
                if let Err(VmError::Internal(why)) = ended {
                    self.broken.get_or_insert(format!("run {run}: {why}"));
                }
                if self.is_cut() {
                    return;
                }
            }
        }
        for test in (0..self.vm.image().tests.len()).filter(|_| run == 0) {
            let _ = self.vm.run_test(test);
        }
    }

    /// What is left undone of a process whose loop was ended says nothing.
    fn is_cut(&self) -> bool {
        self.notes.made(self.vm.memory()) >= ROUNDS
    }
}

/// What became of a check in any run.
fn note(seen: &[Note], check: &Check) -> Note {
    let notes = check.sites.iter().filter_map(|site| {
        let site = usize::try_from(*site).ok()?;
        seen.get(site).copied()
    });
    notes.max().unwrap_or(Note::Unreached)
}

/// Runs a program with all its checks `runs` times.
fn confirm(program: &Program, folder: &Path, runs: u64) -> Result<Tried, String> {
    let proofs = of_program(program).0;
    let mut all = Runs::new(program, folder, runs)?;
    let start = Instant::now();
    for run in 0..runs {
        all.run(run);
        if seconds().is_some_and(|most| start.elapsed().as_secs() >= most) {
            break;
        }
    }
    if let Some(why) = all.broken {
        return Err(why);
    }
    let mut tried = std::mem::take(&mut all.tried);
    for check in proofs.checks.iter().chain(&proofs.library) {
        let note = note(&all.seen, check);
        tried.checks += 1;
        tried.failed += usize::from(note == Note::Failed);
        if check.state != State::Proved {
            continue;
        }
        tried.proved += 1;
        match note {
            Note::Failed => {
                return Err(format!("said to be proved, but it failed: {check:#?}"));
            }
            Note::Held => tried.confirmed += 1,
            Note::Unreached => tried.unreached.push(format!(
                "{}:{}:{} {} {}: {}",
                check.file,
                check.line,
                check.column,
                check.fault,
                check.source,
                check.reason
            )),
        }
    }
    Ok(tried)
}

/// After so many seconds a program is left, with the runs that it has had: by
/// `THEUS_PROOF_SECONDS`, else never.
fn seconds() -> Option<u64> {
    std::env::var("THEUS_PROOF_SECONDS").ok()?.parse().ok()
}

/// How often each program runs: `THEUS_PROOF_RUNS`, or so often.
fn runs(or: u64) -> u64 {
    let asked = std::env::var("THEUS_PROOF_RUNS");
    asked.ok().and_then(|runs| runs.parse().ok()).unwrap_or(or)
}

#[test]
fn what_is_proved_of_generated_programs_holds() {
    let since = Instant::now();
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
    all.show("generated programs", since);
    assert!(all.confirmed > 0 && all.failed > 0 && all.inputs > all.runs);
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

/// Confirms the programs of those files; with every one of them, what no run has reached.
fn confirm_all(files: &[PathBuf], tests: bool, runs: u64, name: impl Fn(&Path) -> &Path) {
    let (mut all, start) = (Tried::default(), Instant::now());
    let shown = std::env::var_os("THEUS_PROOF_RUNS").is_some();
    for file in files {
        let since = Instant::now();
        let folder = file.parent().unwrap();
        let tried = confirm(&program(file, tests), folder, runs);
        let tried = tried.unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        let name = name(file).file_name().unwrap().to_string_lossy();
        tried.show(&name, since);
        for check in tried.unreached.iter().filter(|_| shown) {
            println!("    not reached: {check}");
        }
        all.add(&tried);
    }
    all.show("all", start);
    assert!(all.confirmed > 0 && all.failed > 0);
    assert!(all.confirmed + all.unreached.len() == all.proved);
}

#[test]
fn what_is_proved_of_the_examples_holds() {
    let folders = files("examples", |path| path.join("main.theus").is_file());
    assert!(folders.len() > 15);
    let only = std::env::var("THEUS_PROOF_ONLY").unwrap_or_default();
    let mut mains: Vec<PathBuf> =
        folders.iter().map(|path| path.join("main.theus")).collect();
    mains.retain(|path| path.to_string_lossy().contains(&only));
    confirm_all(&mains, false, runs(20), |file| file.parent().unwrap());
}

#[test]
fn what_is_proved_of_the_programs_of_the_tests_holds() {
    let is_program = |path: &Path| path.extension().is_some_and(|end| end == "theus");
    let programs = files("compiler/driver/tests/language", is_program);
    assert!(programs.len() > 20);
    confirm_all(&programs, true, runs(2), |file| file);
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
    for runs in [1, WORTH_CODE] {
        let tried = confirm(&program, Path::new("."), runs).unwrap();
        assert_eq!(tried.failed, 1);
    }
}

/// A loop that would not end is ended, and what no run reaches is said.
#[test]
fn runs_end_and_what_they_do_not_reach_is_said() {
    let text = "context c { n: i64 = 1000000000000  k: i64  at: i64 in 0..=3 = 0  all: [i64; 4] }\n\
                process p { inputs c.n  outputs c.k  for i in 0..c.n { c.k = wrapping_add(c.k, i) } }\n\
                process q { inputs c.at, c.all  outputs c.k  c.k = c.all[c.at] }\n\
                pipeline main every 1s { p  q }\n";
    let options = Options {
        optimise: false,
        ..Options::default()
    };
    let program = compile(Text::new("main", text), &InMemory::new(), &options)
        .unwrap_or_else(|report| panic!("{report}"));
    let once = confirm(&program, Path::new("."), 1).unwrap();
    assert_eq!((once.cut, once.confirmed, once.unreached.len()), (1, 0, 1));
    let often = confirm(&program, Path::new("."), WORTH_CODE).unwrap();
    assert_eq!((often.confirmed, often.unreached.len()), (1, 0));
}
