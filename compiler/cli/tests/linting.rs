//! `theusc lint` from outside: levels of the project, of the command line, of the text.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[path = "support/command.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::{Run, directory, theusc};

/// One lint that warns, one that is silent by itself.
const LOOSE: &str = "\
context c { motorSpeed: f64  on: bool }
process p {
    inputs c.on
    outputs c.motorSpeed
    if c.on == true { c.motorSpeed += 1.0 }
}
pipeline main every 1s { p }
";

/// Name and codes of what is found.
fn codes(run: &Run) -> Vec<String> {
    let lines = run.out.lines().filter_map(|line| line.split_once('['));
    lines
        .filter_map(|(before, rest)| {
            let level = before.rsplit(' ').next()?;
            Some(format!("{level} {}", rest.split(']').next()?))
        })
        .collect()
}

fn linted(args: &[&str], file: &str) -> (i32, Vec<String>) {
    let args: Vec<&str> = ["lint", "-f", "short"]
        .into_iter()
        .chain(args.iter().copied())
        .chain([file])
        .collect();
    let run = theusc(&args);
    (run.status, codes(&run))
}

fn found(all: &[&str]) -> Vec<String> {
    all.iter().map(|one| (*one).to_owned()).collect()
}

#[test]
fn lints_are_drawn_and_listed() {
    let dir = directory("lint");
    let file = dir.file("a.theus", LOOSE);
    let run = theusc(&["lint", &file]);
    assert_eq!(run.status, 0, "{}", run.err);
    insta::assert_snapshot!("lint", run.err.replace(&dir.path(""), ""));
    let list = theusc(&["lint", "--list"]);
    assert_eq!((list.status, list.err.as_str()), (0, ""));
    insta::assert_snapshot!("list", list.out);
    let json = theusc(&["lint", "--json", &file]);
    assert!(json.out.contains("\"code\": \"T0626\""), "{}", json.out);
    assert_eq!(json.status, 0);
}

#[test]
fn the_command_line_says_how_loud() {
    let dir = directory("lint-levels");
    let file = dir.file("a.theus", LOOSE);
    let both = found(&["warning T0626", "warning T0627"]);
    assert_eq!(linted(&[], &file), (0, both));
    let one = found(&["warning T0627"]);
    assert_eq!(linted(&["-A", "naming"], &file), (0, one));
    assert_eq!(linted(&["-A", "all"], &file), (0, Vec::new()));
    let denied = found(&["warning T0626", "error T0627"]);
    assert_eq!(linted(&["-D", "T0627"], &file), (2, denied));
    // A lint by its name is said more exactly than its group.
    let mixed = found(&["warning T0626", "error T0627"]);
    assert_eq!(linted(&["-D", "style", "-W", "naming"], &file), (2, mixed));
    let (status, strict) = linted(&["-W", "strict", "-A", "style"], &file);
    assert_eq!((status, strict), (0, found(&["warning T0631"; 3])));
    let unknown = theusc(&["lint", "-A", "namings", &file]);
    assert_eq!(unknown.status, 2);
    assert!(
        unknown.err.contains("did you mean `naming`?"),
        "{}",
        unknown.err
    );
}

#[test]
fn a_project_says_how_loud() {
    let dir = directory("lint-project");
    fs::create_dir_all(dir.path("below")).unwrap();
    let file = dir.file("below/a.theus", LOOSE);
    dir.file(
        "theus.toml",
        "[lints]\nnaming = \"allow\"\nstyle = \"deny\"\n",
    );
    assert_eq!(linted(&[], &file), (2, found(&["error T0627"])));
    // The command line is said later.
    assert_eq!(linted(&["-A", "style"], &file), (0, Vec::new()));
    let other = dir.file("other.toml", "");
    let both = found(&["warning T0626", "warning T0627"]);
    assert_eq!(linted(&["--config", &other], &file), (0, both));
    for (text, told) in [
        ("[lints]\nnamin = \"allow\"\n", "did you mean `naming`?"),
        ("[lint]\nnaming = \"allow\"\n", "did you mean `[lints]`?"),
        (
            "[lints]\nnaming = \"denied\"\n",
            "did you mean `naming = \"deny\"`?",
        ),
        ("[lints]\nnaming = 3\n", "a level is"),
        ("lints = 3\n", "`lints` is no table"),
        ("[lints\n", "line 1"),
    ] {
        dir.file("theus.toml", text);
        let run = theusc(&["lint", &file]);
        assert_eq!(run.status, 2, "{text}");
        assert!(run.err.contains(told), "{text}: {}", run.err);
    }
}

#[test]
fn comments_say_how_loud() {
    let dir = directory("lint-comments");
    let with = |at: &str, comment: &str| {
        dir.file("a.theus", &LOOSE.replacen(at, &format!("{comment}{at}"), 1))
    };
    let one = found(&["warning T0627"]);
    let above = with("context", "// lint: allow(naming) as on the motor\n");
    assert_eq!(linted(&[], &above), (0, one.clone()));
    let whole = with(
        "context",
        "//! lint: allow(naming, T0627) as on the motor\n",
    );
    assert_eq!(linted(&[], &whole), (0, Vec::new()));
    let behind = with("\nprocess", "  // lint: allow(naming)");
    assert_eq!(linted(&[], &behind), (0, one));
    // What stands further inside is in force, and the text says more than the command line.
    let inner = with("    if", "    // lint: deny(bool_literal)\n");
    let denied = found(&["warning T0626", "error T0627"]);
    assert_eq!(linted(&["-A", "all", "-W", "naming"], &inner), (2, denied));
    let stale = with("pipeline", "// lint: allow(naming)\n");
    let all = found(&["warning T0626", "warning T0627", "warning T0611"]);
    assert_eq!(linted(&[], &stale), (0, all));
    for comment in [
        "// lint: allow(namings)\n",
        "// lint: hush(naming)\n",
        "// lint: allow\n",
    ] {
        let wrong = with("pipeline", comment);
        let (status, codes) = linted(&["-A", "all"], &wrong);
        assert_eq!((status, codes), (2, found(&["error T0610"])), "{comment}");
    }
}

#[test]
fn lints_are_mended() {
    let dir = directory("lint-fix");
    let text = LOOSE.replacen("pipeline", "// lint: allow(naming)\npipeline", 1);
    let file = dir.file("a.theus", &text);
    // What is written anew must be named.
    let run = dir.theusc(&["lint", "--fix"]);
    assert_eq!(run.status, 2, "{}", run.err);
    assert!(run.err.contains("`theusc lint --fix .`"), "{}", run.err);
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    let run = theusc(&["lint", "--fix", &file]);
    assert_eq!(run.status, 0, "{}", run.err);
    let mended = LOOSE.replace("c.on == true", "c.on");
    assert_eq!(fs::read_to_string(&file).unwrap(), mended);
}

/// The programs of a folder and of those in it, but those that are wrong on purpose.
fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let skipped = ["broken", "target", "tests"];
        if path.is_dir() && !skipped.iter().any(|name| path.ends_with(name)) {
            programs(&path, found);
        } else if path.extension().is_some_and(|end| end == "theus") {
            found.push(path);
        }
    }
}

#[test]
fn the_examples_are_clean() {
    let mut paths = Vec::new();
    programs(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples"),
        &mut paths,
    );
    assert!(paths.len() > 25, "{paths:?}");
    let paths: Vec<&str> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    let args: Vec<&str> = ["lint", "-f", "short"].into_iter().chain(paths).collect();
    let run = theusc(&args);
    assert_eq!((run.status, run.out.as_str()), (0, ""), "{}", run.err);
}
