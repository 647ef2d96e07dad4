//! What the compiler proves holds: all checks are kept, programs run from random states, and no
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
#[path = "support/scatter.rs"]
mod scatter;
#[path = "support/seeds.rs"]
mod seeds;
#[path = "support/tried.rs"]
mod tried;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use seeds::each_seed;
use theus::{InMemory, Options, Program, ReadError, Sources, Text, compile};
use theus_fuzz::generate;
use tried::{Tried, Unreached, WORTH_CODE, by_tests, confirm};

/// Generated programs, each of which runs `RUNS` times: ten thousand runs.
const PROGRAMS: u64 = 1_000;
const RUNS: u64 = 10;
/// From so many runs on, what they have reached is held against the table.
const TOLD: u64 = 10_000;

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
        let tried =
            tried.and_then(|program| confirm(&program, Path::new("."), RUNS, &[]));
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
    println!(
        "{} {:.1} s",
        all.line("generated programs"),
        since.elapsed().as_secs_f64()
    );
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

/// Confirms the programs of those files, on two threads.
fn confirm_all(files: &[PathBuf], tests: bool, runs: u64) -> Vec<Tried> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some((at, file)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            files.get(at).map(|file| (at, file))
        } {
            let since = Instant::now();
            let folder = file.parent().unwrap();
            // What the tests of an example reach, where it runs often.
            let held = match !tests && runs >= TOLD {
                true => by_tests(&program(file, true), folder),
                false => Ok(Vec::new()),
            };
            let tried =
                held.and_then(|held| confirm(&program(file, tests), folder, runs, &held));
            let tried = tried.inspect(|_| {
                println!("{} {:.1} s", file.display(), since.elapsed().as_secs_f64());
            });
            done.lock().unwrap().push((at, tried));
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(at, _)| *at);
    let mut all = Vec::new();
    for (at, tried) in done {
        all.push(tried.unwrap_or_else(|why| panic!("{}: {why}", files[at].display())));
    }
    all
}

/// Proved checks that no run can reach, though that takes more than their process to know:
/// program, file, what stands there, and why.
const BEYOND: [(&str, &str, &str, &str); 8] = [
    (
        "10-camera",
        "vision.theus",
        "cam.parent[a]",
        "the label of a pixel that has one on its left is the end of its chain",
    ),
    ("18-ranking", "std/prelude.theus", "bytes[count]", CUT),
    ("18-ranking", "std/prelude.theus", "count -= 1", CUT),
    ("18-ranking", "std/prelude.theus", "digit + letter", DIGIT),
    (
        "18-ranking",
        "std/prelude.theus",
        "\"-\" + text_of_digits(wrapping_a…",
        "none of its numbers is below zero",
    ),
    (
        "agent-memories",
        "std/prelude.theus",
        "digit + letter",
        DIGIT,
    ),
    ("24-group-commit", "std/queue.theus", "at - 1", QUEUE),
    (
        "sequence-patterns",
        "std/map.theus",
        "(m.free as i64) - 1",
        "nothing is taken out of its maps, so no slot is free again",
    ),
];
const CUT: &str = "its texts are ASCII: they can be cut anywhere";
const DIGIT: &str = "a digit of a number to the base ten is below ten";
const QUEUE: &str = "in a queue without an order what comes later stands behind";

/// Why no run can reach a check of a program.
fn beyond(name: &str, check: &Unreached) -> &'static str {
    let found = BEYOND.iter().find(|(program, file, source, _)| {
        *program == name && check.file == *file && check.source == *source
    });
    found.map_or("UNKNOWN", |(.., why)| why)
}

/// A line for each program, and one for all; below it, what no run has reached.
fn table(names: &[String], all: &[Tried]) -> (String, Tried) {
    let (mut text, mut sum) = (String::new(), Tried::default());
    for (name, tried) in names.iter().zip(all) {
        let _ = writeln!(text, "{}", tried.line(name));
        sum.add(tried);
    }
    let _ = writeln!(text, "{}", sum.line("all"));
    for (name, tried) in names.iter().zip(all) {
        for check in &tried.unreached {
            let Unreached {
                file,
                source,
                fault,
            } = check;
            let why = beyond(name, check);
            let _ = writeln!(
                text,
                "no run of {name} reaches {fault} of `{source}` in {file}: {why}"
            );
        }
    }
    (text, sum)
}

#[test]
fn what_is_proved_of_the_examples_holds() {
    let folders = files("examples", |path| path.join("main.theus").is_file());
    assert!(folders.len() > 15);
    let only = std::env::var("THEUS_PROOF_ONLY").unwrap_or_default();
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    let asked = |path: &&PathBuf| name(path).contains(&only);
    let folders: Vec<PathBuf> = folders.iter().filter(asked).cloned().collect();
    let names: Vec<String> = folders.iter().map(name).collect();
    let mains: Vec<PathBuf> =
        folders.iter().map(|path| path.join("main.theus")).collect();
    let runs = runs(20);
    let all = confirm_all(&mains, false, runs);
    let (text, sum) = table(&names, &all);
    println!("{text}");
    assert!(!only.is_empty() || (sum.confirmed > 0 && sum.failed > 0));
    if only.is_empty() && runs >= TOLD {
        assert!(all.iter().all(|tried| tried.runs == runs));
        assert!(
            !text.contains("UNKNOWN"),
            "a run should reach all but what cannot be"
        );
        keep(&text);
    }
    if only.is_empty() {
        assert_eq!(listed(&text), listed(&kept()), "{BLESS}");
    }
}

/// What writes the table as it is now.
const BLESS: &str = "THEUS_PROOF_RUNS=10000 THEUS_BLESS=1 cargo test --workspace --test proofs of_the_examples";

fn kept_in() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/tests/data/confirmed.txt")
}

/// The table of what ten thousand runs have reached.
fn kept() -> String {
    std::fs::read_to_string(kept_in()).unwrap()
}

/// Holds the table against that which is kept, or keeps it.
fn keep(text: &str) {
    if std::env::var_os("THEUS_BLESS").is_some() {
        std::fs::write(kept_in(), text).unwrap();
    }
    assert!(kept() == text, "{BLESS}");
}

/// The names of the programs of a table.
fn listed(text: &str) -> Vec<&str> {
    let lines = text.lines().filter(|line| line.contains(" held "));
    lines.filter_map(|line| line.split(' ').next()).collect()
}

#[test]
fn what_is_proved_of_the_programs_of_the_tests_holds() {
    let is_program = |path: &Path| path.extension().is_some_and(|end| end == "theus");
    let programs = files("compiler/driver/tests/language", is_program);
    assert!(programs.len() > 20);
    let all = confirm_all(&programs, true, runs(2));
    let names = programs
        .iter()
        .map(|path| path.file_stem().unwrap().to_string_lossy());
    let names: Vec<String> = names.map(std::borrow::Cow::into_owned).collect();
    let (text, sum) = table(&names, &all);
    println!("{text}");
    assert!(sum.confirmed > 0 && sum.failed > 0);
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
        let tried = confirm(&program, Path::new("."), runs, &[]).unwrap();
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
    let once = confirm(&program, Path::new("."), 1, &[]).unwrap();
    assert_eq!((once.cut, once.confirmed, once.unreached.len()), (1, 0, 1));
    let often = confirm(&program, Path::new("."), WORTH_CODE, &[]).unwrap();
    assert_eq!((often.confirmed, often.unreached.len()), (1, 0));
}
