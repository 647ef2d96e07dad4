//! The audit log as a file, and what the machine tells: recorded, and told again.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[path = "support/command.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

use support::{directory, theusc};

const GUARDED: &str = "\
context plant { x: f64 = 0.0  meta notes: u64 }
audit plant {
    x <= 2.0  level C after 2
    x <= 5.0  level B after 2 of 10
    x < 7.0  level A
}
alert high { when plant.x > 3.0 for 2 ticks  clear below 0.5  do { note } }
process move { outputs plant.x  plant.x += 1.0 }
process note { outputs plant.notes  plant.notes += 1 }
pipeline main every 10ms { move  on fault Audit { skip } }
";

/// A rule is broken in every other tick, an alert looks at the machine.
const WATCHED: &str = "\
context plant { x: f64 = 0.0  meta big: u64  meta busy: u64  meta took: samples<50>  meta all: samples<50> }
audit plant { x <= 2.0 level C }
alert big { when host.memory > 1  do { note } }
alert slow { when host.p99(move) > 1ns for 2 ticks  clear below 0.5  do { busy } }
process move { outputs plant.x, plant.took  measure plant.took { plant.x += 1.0 } }
process note { outputs plant.big  plant.big += 1 }
process busy { outputs plant.busy  plant.busy += 1 }
pipeline main every 1ms {
    measure plant.all { move }
    every 100 ticks { sink csv(\"host.csv\") { tick.count, plant.took.mean() as \"took\", plant.all.p99() as \"all\", host.p99(move) as \"p99\", host.memory as \"memory\" } }
}
";

#[test]
fn the_log_is_written_also_when_the_run_fails() {
    let dir = directory("audit");
    let file = dir.file("main.theus", GUARDED);
    for name in ["audit.csv", "audit.jsonl"] {
        let log = dir.path(name);
        let run = theusc(&["run", "-q", &file, "--ticks", "20", "--audit", &log]);
        assert_eq!(run.status, 1, "{}", run.all());
        let text = std::fs::read_to_string(&log).unwrap();
        let text = text.replace(&file, "main.theus");
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn the_form_of_the_log_is_in_its_name() {
    let dir = directory("audit-form");
    let file = dir.file("main.theus", GUARDED);
    let run = theusc(&["run", "-q", &file, "--audit", &dir.path("audit.txt")]);
    assert_eq!(run.status, 2);
    assert!(run.all().contains("T0801"), "{}", run.all());
}

#[test]
fn what_the_machine_told_is_told_again() {
    let dir = directory("record");
    let file = dir.file("main.theus", WATCHED);
    let record = dir.path("host.rec");
    let one = [&dir.path("one"), &dir.path("one.csv")];
    let run = theusc(&[
        "run", "-q", &file, "--ticks", "5000", "--record", &record, "--out", one[0],
        "--audit", one[1],
    ]);
    assert_eq!(run.status, 0, "{}", run.all());
    for engine in ["jit", "interp"] {
        let (out, log) = (dir.path(engine), dir.path(&format!("{engine}.csv")));
        let run = theusc(&[
            "run", "-q", &file, "--ticks", "5000", "--replay", &record, "--out", &out,
            "--audit", &log, "--engine", engine,
        ]);
        assert_eq!(run.status, 0, "{}", run.all());
        let same = |one: &str, other: &str| {
            let (one, other) =
                (std::fs::read(one).unwrap(), std::fs::read(other).unwrap());
            assert!(one == other, "{engine}: not the same");
            assert!(one.len() > 100);
        };
        same(&format!("{}/host.csv", one[0]), &format!("{out}/host.csv"));
        same(one[1], &log);
    }
}

#[test]
fn a_record_of_another_run_is_refused() {
    let dir = directory("no-record");
    let file = dir.file("main.theus", WATCHED);
    let record = dir.path("host.rec");
    let ticks = ["--ticks", "300"];
    let out = dir.path("out");
    let run = theusc(&[
        "run", "-q", &file, ticks[0], ticks[1], "--record", &record, "--out", &out,
    ]);
    assert_eq!(run.status, 0, "{}", run.all());
    let whole = std::fs::read_to_string(&record).unwrap();
    let comment = dir.file("main.theus", &format!("// a comment\n{WATCHED}\n"));
    let replayed = |file: &str, ticks: &str| {
        theusc(&[
            "run", "-q", file, "--ticks", ticks, "--replay", &record, "--out", &out,
        ])
    };
    let run = replayed(&comment, "300");
    assert_eq!(run.status, 0, "{}", run.all());
    let run = replayed(&comment, "200");
    assert_eq!(run.status, 0, "a shorter run: {}", run.all());
    let run = replayed(&comment, "301");
    assert_eq!(run.status, 1, "a longer run: {}", run.all());
    assert!(run.all().contains("ends at tick 300"), "{}", run.all());

    let refused = |said: &str, file: &str, record: &str, more: &[&str]| {
        let mut args = vec!["run", "-q", file, "--replay", record, "--out", &out];
        args.extend(more);
        let run = theusc(&args);
        assert_eq!(run.status, 2, "{said}: {}", run.all());
        assert!(run.all().contains("T0813"), "{}", run.all());
        assert!(run.all().contains(said), "{said}: {}", run.all());
    };
    refused("the seed 0", &file, &record, &["--seed", "3"]);
    let other = dir.file("other.theus", WATCHED);
    let changed = WATCHED.replace("plant.x += 1.0", "plant.x += 2.0");
    let changed_other = dir.file("changed.theus", &changed);
    let run = replayed(&other, "300");
    assert_eq!(run.status, 0, "the same text: {}", run.all());
    refused(
        "another program, `main.theus`",
        &changed_other,
        &record,
        &[],
    );
    dir.file("main.theus", &changed);
    refused("before a change", &file, &record, &[]);
    dir.file("main.theus", WATCHED);
    let cut = dir.file("cut.rec", whole.get(..whole.len() * 2 / 3).unwrap());
    refused("ends in the middle", &file, &cut, &[]);
    refused("is empty", &file, &dir.file("empty.rec", ""), &[]);
    let none = dir.file("none.rec", "tick,word,bits\n0,1,2\n");
    refused("is no record", &file, &none, &[]);
    refused("cannot be read", &file, &dir.path("missing.rec"), &[]);
}

#[test]
fn a_record_of_other_start_values_is_refused() {
    let dir = directory("record-start");
    let text = format!("context cfg {{ global limit: f64 = 1.0 }}\n{WATCHED}");
    let file = dir.file("main.theus", &text);
    let record = dir.path("host.rec");
    let out = dir.path("out");
    let with = |flag: &str, value: &str| {
        let set = format!("cfg.limit={value}");
        theusc(&[
            "run", "-q", &file, "--ticks", "9", "--set", &set, flag, &record, "--out",
            &out,
        ])
    };
    assert_eq!(with("--record", "2.0").status, 0);
    let run = with("--replay", "3.0");
    assert_eq!(run.status, 2);
    assert!(run.all().contains("other values"), "{}", run.all());
    let run = with("--replay", "2.0");
    assert_eq!(run.status, 0, "{}", run.all());
}
