//! Every example: its diagnostics, what it prints and writes, its tests; and the same bits from
//! machine code and the interpreter.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use theus::{Options, Program};
use theus_abi::Code;
use theus_abi::image::Zone;
use theus_vm::{Control, LoadOptions, Vm};

/// Folder, and how many ticks it runs.
const EXAMPLES: &[(&str, u64)] = &[
    ("01-hello", 20),
    ("02-ring-statistics", 401),
    ("03-filter-csv", 1000),
    ("04-faults", 20),
    ("05-random-walk", 1000),
    ("06-modes", 240),
    ("07-kalman", 600),
    ("08-vibration", 1500),
    ("09-two-axes", 2000),
    ("10-camera", 20),
    ("11-orders", 20),
    ("12-inventory", 60),
    ("13-particles", 500),
    ("14-heat", 6000),
    ("15-tanks", 1200),
    ("16-transfer", 60),
    ("17-budget", 130),
    ("18-ranking", 600),
    ("19-modal-arm", 4500),
    ("20-two-rates", 10_000),
    ("21-safe-stop", 3600),
    ("23-town", 260),
    ("24-group-commit", 2000),
    ("agent-memories", 2200),
    ("double-pendulum", 1000),
    ("grid-world", 20_000),
    ("sequence-patterns", 1200),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Snapshots beside the program.
fn snapshot(folder: &Path, name: &str, text: &str) {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(folder.join("expect"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn compile(file: &Path, options: &Options) -> Program {
    theus_examples::compile(file, options).unwrap()
}

/// A fresh directory for what sinks write.
fn fresh(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("theus-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// What a run leaves: its story for people, and every byte of every field.
fn run(
    program: &Program,
    code: Box<dyn Code>,
    folder: &Path,
    ticks: u64,
    out: &Path,
) -> (String, Vec<u8>) {
    let options = LoadOptions {
        sinks: Some(out.to_owned()),
        sources: folder.to_owned(),
        measure_every: 0,
        ..LoadOptions::default()
    };
    let mut vm = Vm::load(program.image(), code, options).unwrap();
    vm.start().unwrap();
    let pipeline = vm.pipeline(None).unwrap();
    let report = vm.run(pipeline, ticks, &mut Control::default()).unwrap();
    let mut story = format!("{} after {} ticks\n\n", report.outcome, report.ticks);
    let mut bytes = Vec::new();
    for field in &program.image().fields {
        bytes.extend_from_slice(vm.bytes(&field.path).unwrap());
        let text = vm.get(&field.path).unwrap().to_string();
        if field.zone != Zone::Global && text.len() < 200 {
            writeln!(story, "{} = {text}", field.path).unwrap();
        }
    }
    let mut files: Vec<PathBuf> = std::fs::read_dir(out)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        let content = std::fs::read(&file).unwrap();
        bytes.extend_from_slice(&content);
        let Ok(text) = std::str::from_utf8(&content) else {
            let name = file.file_name().unwrap().to_str().unwrap();
            writeln!(story, "\n{name}, {} bytes", content.len()).unwrap();
            continue;
        };
        let lines: Vec<&str> = text.lines().collect();
        let name = file.file_name().unwrap().to_str().unwrap();
        writeln!(story, "\n{name}, {} lines", lines.len()).unwrap();
        let last = lines.len().saturating_sub(2).max(4);
        for (at, line) in lines.iter().enumerate() {
            match at {
                0..4 => writeln!(story, "{line}").unwrap(),
                4 if last > 4 => story.push_str("…\n"),
                at if at >= last => writeln!(story, "{line}").unwrap(),
                _ => {}
            }
        }
    }
    (story, bytes)
}

#[test]
fn the_list_is_complete() {
    let mut folders: Vec<String> = std::fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("main.theus").is_file())
        // What runs in cells is held by the tests of sessions.
        .filter(|path| !path.join("cells.txt").is_file())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    folders.sort();
    assert_eq!(
        folders,
        EXAMPLES.iter().map(|(name, _)| *name).collect::<Vec<_>>()
    );
}

#[test]
fn examples_have_no_warnings() {
    for (name, _) in EXAMPLES {
        let program = root().join(name).join("main.theus");
        let folder = theus_examples::Folder::of(&program);
        let report = theus::check(theus_examples::text(&program).unwrap(), &folder);
        assert!(report.found.is_empty(), "{report}");
    }
}

#[test]
fn runs_are_what_they_were_and_the_same_in_both_engines() {
    for (name, ticks) in EXAMPLES {
        let folder = root().join(name);
        let program = compile(&folder.join("main.theus"), &Options::default());
        let out = fresh(name);
        let machine = Box::new(program.machine_of(3).unwrap());
        let (story, bytes) = run(&program, machine, &folder, *ticks, &out);
        let out = fresh(name);
        let interpreter = Box::new(program.interpreter().unwrap());
        let (_, slow) = run(&program, interpreter, &folder, *ticks, &out);
        assert!(bytes == slow, "{name}: machine code and interpreter differ");
        let plain = compile(
            &folder.join("main.theus"),
            &Options {
                optimise: false,
                ..Options::default()
            },
        );
        let out = fresh(name);
        let machine = Box::new(plain.machine().unwrap());
        let (_, plain) = run(&plain, machine, &folder, *ticks, &out);
        assert!(bytes == plain, "{name}: optimised or not is not the same");
        std::fs::remove_dir_all(&out).unwrap();
        snapshot(&folder, "output", &story);
    }
}

/// Runs every test of a file in both engines; says how many.
fn all_tests(file: &Path) -> usize {
    let program = compile(
        file,
        &Options {
            tests: true,
            ..Options::default()
        },
    );
    let image = program.image();
    for machine in [true, false] {
        let code: Box<dyn Code> = match machine {
            true => Box::new(program.machine().unwrap()),
            false => Box::new(program.interpreter().unwrap()),
        };
        let sources = file.parent().unwrap().to_owned();
        let options = LoadOptions {
            sinks: None,
            sources,
            ..LoadOptions::default()
        };
        let mut vm = Vm::load(program.image(), code, options).unwrap();
        for (at, test) in image.tests.iter().enumerate() {
            let report = vm.run_test(at).unwrap();
            assert!(
                report.outcome.is_success(),
                "{} (machine code: {machine}): {}: {} {:?}",
                file.display(),
                test.name,
                report.outcome,
                report.outcome
            );
        }
    }
    image.tests.len()
}

#[test]
fn tests_of_examples_pass() {
    let mut count = 0;
    for (name, _) in EXAMPLES {
        count += all_tests(&root().join(name).join("main.theus"));
    }
    assert!(count >= 20, "{count}");
}

#[test]
fn tests_of_the_library_pass() {
    let mut count = 0;
    for name in ["math", "linalg", "control", "stats", "random"] {
        count += all_tests(&root().join(format!("tests/std/{name}.theus")));
    }
    assert!(count >= 20, "{count}");
}

#[test]
fn broken_examples_say_what_is_wrong() {
    let folder = root().join("broken");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "theus"))
        .collect();
    files.sort();
    assert!(files.len() >= 12);
    for file in files {
        let sources = theus_examples::Folder::of(&file);
        let report = theus::check(theus_examples::text(&file).unwrap(), &sources);
        assert!(report.has_errors(), "{} is not broken", file.display());
        snapshot(
            &folder,
            file.file_stem().unwrap().to_str().unwrap(),
            &report.to_string(),
        );
    }
}
