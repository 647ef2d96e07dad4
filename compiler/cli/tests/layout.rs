//! `theusc fmt` from outside: what it writes, and how it ends.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[path = "support/command.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

use std::fs;

use support::{Run, directory, theusc};

const LOOSE: &str = "\
context c{x:f64=0.0}  // state


process p {
inputs tick
  outputs c
    c.x=-c.x+1.0
}
";

const LAID_OUT: &str = "\
context c { x: f64 = 0.0 }  // state

process p {
    inputs  tick
    outputs c
    c.x = -c.x + 1.0
}
";

#[test]
fn files_and_folders_are_laid_out_in_place() {
    let dir = directory("fmt");
    let file = dir.file("a.theus", LOOSE);
    fs::create_dir_all(dir.path("below/.hidden")).unwrap();
    let below = dir.file("below/b.theus", LOOSE);
    let hidden = dir.file("below/.hidden/c.theus", LOOSE);
    fs::create_dir_all(dir.path("target")).unwrap();
    let made = dir.file("target/d.theus", LOOSE);
    let other = dir.file("notes.txt", LOOSE);
    let run = theusc(&["fmt", &dir.path("")]);
    assert_eq!((run.status, run.out.as_str()), (0, ""), "{}", run.err);
    assert_eq!(run.err.lines().count(), 2, "{}", run.err);
    let text = |path: &str| fs::read_to_string(path).unwrap();
    assert_eq!(text(&file), LAID_OUT);
    assert_eq!(text(&below), LAID_OUT);
    assert_eq!(text(&hidden), LOOSE);
    assert_eq!(text(&made), LOOSE);
    assert_eq!(text(&other), LOOSE);
    // Nothing is left beside them.
    assert_eq!(fs::read_dir(dir.path("")).unwrap().count(), 4);
    let again = theusc(&["fmt", &dir.path("")]);
    assert_eq!((again.status, again.err.as_str()), (0, ""));
}

#[test]
fn what_is_written_must_be_named() {
    let dir = directory("fmt-nothing");
    let file = dir.file("a.theus", LOOSE);
    let run = dir.theusc(&["fmt"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""), "{}", run.err);
    insta::assert_snapshot!(run.err);
    assert_eq!(fs::read_to_string(&file).unwrap(), LOOSE);
    // What only reads takes the folder.
    let run = dir.theusc(&["fmt", "--check"]);
    assert_eq!(run.status, 1, "{}", run.err);
    let run = dir.theusc(&["fmt", "."]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert_eq!(fs::read_to_string(&file).unwrap(), LAID_OUT);
}

#[test]
fn a_check_tells_and_writes_nothing() {
    let dir = directory("fmt-check");
    let file = dir.file("a.theus", LOOSE);
    let run = theusc(&["fmt", "--check", &file]);
    assert_eq!(run.status, 1, "{}", run.err);
    insta::assert_snapshot!(run.out.replace(&file, "a.theus"));
    assert_eq!(fs::read_to_string(&file).unwrap(), LOOSE);
    let good = dir.file("good.theus", LAID_OUT);
    let run = theusc(&["fmt", "--check", &good]);
    assert_eq!((run.status, run.out.as_str()), (0, ""), "{}", run.err);
}

#[test]
fn a_filter_reads_and_writes() {
    let run = Run::with_input(&["fmt", "-"], LOOSE);
    assert_eq!((run.status, run.out.as_str()), (0, LAID_OUT), "{}", run.err);
    let lines = Run::with_input(&["fmt", "--range", "5:6", "-"], LOOSE);
    let expected = LOOSE
        .replace("\ninputs tick", "\n    inputs  tick")
        .replace("\n  outputs", "\n    outputs");
    assert_eq!((lines.status, lines.out), (0, expected), "{}", lines.err);
}

#[test]
fn broken_files_are_left_alone() {
    let dir = directory("fmt-broken");
    let broken = dir.file("broken.theus", "process p { outputs c  c.x = = 1 }\n");
    let loose = dir.file("loose.theus", LOOSE);
    let run = theusc(&["fmt", &broken, &loose]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("error[T01"), "{}", run.err);
    assert_eq!(fs::read_to_string(&loose).unwrap(), LAID_OUT);
    let text = fs::read_to_string(&broken).unwrap();
    assert_eq!(text, "process p { outputs c  c.x = = 1 }\n");
    assert_eq!(theusc(&["fmt", &dir.path("none.theus")]).status, 2);
}

#[test]
fn wrong_lines_are_refused() {
    for lines in ["0:3", "4:2", "3", "a:b"] {
        let run = theusc(&["fmt", "--range", lines, "a.theus"]);
        assert_eq!(run.status, 2, "{lines}");
        assert!(run.err.contains("T0801"), "{}", run.err);
    }
    let run = theusc(&["fmt", "--range", "1:2", "a.theus", "b.theus"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("T0801"), "{}", run.err);
}
