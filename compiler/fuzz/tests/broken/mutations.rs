//! Changed examples: bytes, tokens and lines.

use std::any::Any;
use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use theus::{InMemory, Text};
use theus_fuzz::{Rng, generate, mutate};

use crate::answer::{Answer, answer, complaint, run};
use crate::measure;

/// Mutations of one test run: a minute or two on two cores. `THEUS_FUZZ_MUTATIONS=100000`
/// makes as many as are made before a release.
const MUTATIONS: u64 = 20_000;
/// Programs of the generator among the texts.
const GENERATED: u64 = 12;
/// Longest time for an answer.
const LIMIT: Duration = Duration::from_secs(1);

/// A program that is changed: its files, any of which may be the changed one.
struct Original {
    name: String,
    root: String,
    modules: Vec<(String, String)>,
}

/// Every example with its modules, the library, and some generated programs.
fn originals() -> Vec<Original> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for directory in ["examples", "stdlib/std", "bench"] {
        collect(&top.join(directory), &mut files);
    }
    let mut all: Vec<Original> = files.iter().map(|file| original(file)).collect();
    for seed in 0..GENERATED {
        all.push(Original {
            name: format!("generated {seed}"),
            root: generate(seed),
            modules: Vec::new(),
        });
    }
    assert!(all.len() > 30, "only {} texts", all.len());
    all
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "theus")
        {
            files.push(path);
        }
    }
}

/// A file, with the other files of its directory as modules.
fn original(path: &Path) -> Original {
    let mut siblings = Vec::new();
    collect(path.parent().unwrap(), &mut siblings);
    siblings.retain(|sibling| sibling != path);
    let module = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(path).unwrap())
    };
    Original {
        name: path.display().to_string(),
        root: fs::read_to_string(path).unwrap(),
        modules: siblings.iter().map(module).collect(),
    }
}

/// What came of all mutations.
#[derive(Debug, Default)]
struct Tally {
    accepted: u64,
    rejected: u64,
    not_text: u64,
    slowest: Duration,
    slowest_seed: u64,
    codes: BTreeMap<&'static str, u64>,
}

/// A mutation of that seed: the original, and the root and modules of what it became.
fn mutation(originals: &[Original], seed: u64) -> (&Original, Vec<u8>, InMemory) {
    let mut rng = Rng::new(seed);
    let original = rng.pick(originals).unwrap();
    // One in four changes of a program with modules is in a module.
    let changed = if rng.chance(25) && !original.modules.is_empty() {
        Some(rng.below(original.modules.len()))
    } else {
        None
    };
    let mut modules = InMemory::new();
    for (at, (name, text)) in original.modules.iter().enumerate() {
        let text = if changed == Some(at) {
            String::from_utf8_lossy(&mutate(text, &mut rng)).into_owned()
        } else {
            text.clone()
        };
        modules = modules.with(name, text);
    }
    let root = if changed.is_none() {
        mutate(&original.root, &mut rng)
    } else {
        original.root.as_bytes().to_vec()
    };
    (original, root, modules)
}

/// Answers one mutation; a complaint, or how long it took.
fn one(
    root: &[u8],
    modules: &InMemory,
    tally: &Mutex<Tally>,
) -> Result<Duration, String> {
    let Ok(text) = theus_grammar::decode(root) else {
        tally.lock().unwrap().not_text += 1;
        return Ok(Duration::ZERO);
    };
    let (answer, time) = measure::timed_here(|| answer(Text::new("main", text), modules));
    if let Some(complaint) = complaint(&answer) {
        return Err(complaint);
    }
    let program = match answer {
        Answer::Rejected(report) => {
            let mut tally = tally.lock().unwrap();
            tally.rejected += 1;
            for found in report.found {
                *tally.codes.entry(found.code.id()).or_default() += 1;
            }
            return Ok(time);
        }
        Answer::Accepted(program) => program,
    };
    let (code, compiling) = measure::timed_here(|| program.machine());
    run(&program, code.map_err(|report| report.to_string())?)?;
    tally.lock().unwrap().accepted += 1;
    Ok(time + compiling)
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panicked: {}", text.unwrap_or("?"))
}

/// One seed, a second and a third time if it was slow: the machine may be busy.
fn attempt(
    originals: &[Original],
    seed: u64,
    tally: &Mutex<Tally>,
) -> Result<(), String> {
    let (original, root, modules) = mutation(originals, seed);
    let tried = || {
        catch_unwind(AssertUnwindSafe(|| one(&root, &modules, tally)))
            .unwrap_or_else(|panic| Err(message(&*panic)))
    };
    let told = |what: String| {
        let text = String::from_utf8_lossy(&root);
        format!(
            "seed {seed}, from {}: {what}\n---\n{text}\n---",
            original.name
        )
    };
    let mut time = tried().map_err(told)?;
    for _ in 0..2 {
        if time > LIMIT {
            time = time.min(tried().map_err(told)?);
        }
    }
    if time > LIMIT {
        return Err(told(format!("took {time:?}")));
    }
    let mut tally = tally.lock().unwrap();
    if time > tally.slowest {
        (tally.slowest, tally.slowest_seed) = (time, seed);
    }
    Ok(())
}

/// The number asked for in the environment.
fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// No change of an example brings down or holds up the compiler. 20 000 changes by default;
/// `THEUS_FUZZ_MUTATIONS` asks for more and `THEUS_FUZZ_FROM` for other seeds.
#[test]
fn every_mutation_is_answered() {
    let _alone = measure::alone();
    let originals = originals();
    let first = asked("THEUS_FUZZ_FROM").unwrap_or(0);
    let end = first + asked("THEUS_FUZZ_MUTATIONS").unwrap_or(MUTATIONS);
    let (next, tally) = (AtomicU64::new(first), Mutex::new(Tally::default()));
    let complaints = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end || complaints.lock().unwrap().len() >= 5 {
                        return;
                    }
                    if let Err(complaint) = attempt(&originals, seed, &tally) {
                        complaints.lock().unwrap().push(complaint);
                    }
                }
            });
        }
    });
    let (tally, complaints) = (
        tally.into_inner().unwrap(),
        complaints.into_inner().unwrap(),
    );
    println!("{tally:?}");
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
    // Changes that all do the same would show little.
    assert!(tally.accepted > 0 && tally.rejected > tally.accepted);
    assert!(tally.codes.len() > 40, "{} codes", tally.codes.len());
}
