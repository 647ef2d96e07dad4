//! `theusc check` from outside: every problem, the memory bill, what is known of checks.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[path = "support/contracts.rs"]
mod contracts;
#[expect(dead_code, reason = "other tests of the command line use the rest")]
#[path = "support/command.rs"]
mod support;

use support::directory;

const COUNTER: &str = "\
context c { global step: f64 in 0.0..=5.0 = 1.0  x: f64 = 0.0  trace: ring<f64, 4> }
process add { inputs c.step  outputs c.x, c.trace  c.x += c.step  c.trace.push(c.x) }
pipeline main every 100ms {
    add
    every 10 ticks { sink csv(\"x.csv\") { tick.time, c.x } }
}
test \"adds\" { run main for 1s  assert c.x == 10.0 }
test \"is wrong\" { run main for 2 ticks  assert c.x == 3.0 }
";

#[test]
fn check_finds_all_problems_of_all_files() {
    let dir = directory("check");
    dir.file("good.theus", COUNTER);
    dir.file(
        "bad.theus",
        "context c { x: flaot }\nfn f(x: f64) -> f64 { return y }\n",
    );
    dir.file("worse.theus", "process p { outputs d.x }\n");
    let files = ["check", "good.theus", "bad.theus", "worse.theus"];
    let run = dir.theusc(&files);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!("check-human", run.all());
    for format in ["short", "json", "sarif"] {
        let run = dir.theusc(&[&files[..], &["--format", format]].concat());
        assert_eq!(run.status, 2);
        insta::assert_snapshot!(format!("check-{format}"), run.all());
    }
    let run = dir.theusc(&["check", "good.theus"]);
    assert_eq!((run.status, run.all().as_str()), (0, "no problems\n"));
}

#[test]
fn warnings_are_errors_on_request() {
    let dir = directory("warnings");
    dir.file("main.theus", "use std.control\nconst A = 1\n");
    assert_eq!(dir.theusc(&["check", "main.theus"]).status, 0);
    assert_eq!(
        dir.theusc(&["check", "--deny-warnings", "main.theus"])
            .status,
        2
    );
}

#[test]
fn the_memory_bill() {
    let dir = directory("memory");
    dir.file("main.theus", COUNTER);
    let run = dir.theusc(&["check", "--memory", "main.theus"]);
    assert_eq!(run.status, 0, "{}", run.all());
    for part in [
        "c.trace",
        "ring<f64, 4>",
        "x.csv",
        "machine code",
        "stack",
        "total",
        "pipeline main",
        "most steps",
    ] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
    let run = dir.theusc(&["check", "--memory", "--format", "json", "main.theus"]);
    let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let bill = &value["memory"][0];
    let rows = bill["rows"].as_array().unwrap();
    let sum: u64 = rows.iter().map(|row| row["bytes"].as_u64().unwrap()).sum();
    assert_eq!(Some(sum), bill["total"].as_u64());
    // Rows of the block leave no gap and do not overlap.
    let mut at = 0;
    for row in rows.iter().filter(|row| !row["offset"].is_null()) {
        assert_eq!(row["offset"].as_u64(), Some(at), "{row}");
        at += row["bytes"].as_u64().unwrap();
    }
    let run = dir.theusc(&["check", "--budget", "1KiB", "main.theus"]);
    assert_eq!(run.status, 2);
    assert!(
        run.err.contains("error[T0604]: the program needs"),
        "{}",
        run.all()
    );
    assert_eq!(
        dir.theusc(&["check", "--budget", "1MiB", "main.theus"])
            .status,
        0
    );
}
