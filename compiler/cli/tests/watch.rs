//! `theusc run --watch`: a file is edited while it runs.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[path = "support/command.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

use std::time::{Duration, Instant};

use support::{Directory, directory};

const COUNTER: &str = "\
context c { n: i64 }
process count { outputs c.n  c.n += 1 }
pipeline main every 1ms { count  sink csv(\"x.csv\") { c.n } }
";

const WRONG: &str = "\
context c { n: i64 }
process count { outputs c.m  c.m += 1 }
pipeline main every 1ms { count  sink csv(\"x.csv\") { c.n } }
";

const OTHER_TYPE: &str = "\
context c { n: str<4> }
process count { outputs c.n  c.n = \"abc\" }
pipeline main every 1ms { count }
";

/// Ends once it has counted on from what the first program has left.
const NEW: &str = "\
context c { n: i64  began: i64  steps: i64 = 40 }
process count {
    inputs c.n
    outputs c.n, c.began, c.steps
    if c.began == 0 { c.began = c.n }
    c.n += 1
    c.steps -= 1
}
pipeline main every 1ms {
    count
    sink csv(\"x.csv\") { c.n }
    when c.steps == 0 { stop \"counted on from {c.began}\" }
}
";

/// Waits until the run has said that.
fn wait(dir: &Directory, text: &str) {
    let began = Instant::now();
    loop {
        let err = std::fs::read_to_string(dir.path("err.txt")).unwrap();
        if err.contains(text) {
            return;
        }
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "no `{text}` in:\n{err}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn an_edit_takes_effect_and_the_state_stays() {
    let dir = directory("watch");
    dir.file("main.theus", COUNTER);
    let args = [
        "run",
        "main.theus",
        "--realtime",
        "--for",
        "5min",
        "--watch",
    ];
    let child = dir.start(&args, "err.txt");
    let began = Instant::now();
    while !std::path::Path::new(&dir.path("x.csv")).exists() {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "the run does not begin"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(300));
    dir.file("main.theus", WRONG);
    wait(&dir, "error[T0419]");
    wait(&dir, "the old program runs on");
    dir.file("main.theus", OTHER_TYPE);
    wait(&dir, "error[T0840]: `c.n` holds an i64");
    dir.file("main.theus", NEW);
    wait(&dir, "swapped after tick ");
    let output = child.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{out}");
    let from = out.split("counted on from ").nth(1);
    let from: i64 =
        match from.and_then(|rest| rest.split(|c: char| !c.is_numeric()).next()) {
            Some(text) => text.parse().unwrap(),
            None => panic!("{out}"),
        };
    assert!(from > 100, "{out}");
    // One file, with every tick of both programs.
    let rows = std::fs::read_to_string(dir.path("x.csv")).unwrap();
    let rows: Vec<i64> = rows
        .lines()
        .skip(1)
        .map(|row| row.parse().unwrap())
        .collect();
    assert_eq!(rows.first(), Some(&1));
    assert!(rows.windows(2).all(|pair| {
        pair.first()
            .zip(pair.last())
            .is_some_and(|(a, b)| a + 1 == *b)
    }));
    assert!(
        rows.len() as i64 >= from + 39,
        "{} rows, from {from}",
        rows.len()
    );
}

#[test]
fn the_standard_input_cannot_be_watched() {
    let dir = directory("watch-input");
    let run = dir.with_input(&["run", "-", "--watch"], COUNTER);
    assert_eq!(run.status, 2, "{}", run.all());
    assert!(
        run.err.contains("error[T0801]: `--watch` needs a file"),
        "{}",
        run.err
    );
}
