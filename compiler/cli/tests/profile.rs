//! `theusc run --profile`: where the time goes.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[path = "support/command.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

use support::directory;

const PROGRAM: &str = "\
context c { x: f64  rows: [f64; 1000] }
process light { outputs c.x  c.x += 1.0 }
process heavy { inputs c.x  outputs c.rows  for i in 0..1000 { c.rows[i] = sin(c.x + i as f64) } }
pipeline main every 1ms { light -> heavy }
";

#[test]
fn the_dearest_process_stands_first() {
    let dir = directory("profile");
    dir.file("main.theus", PROGRAM);
    let run = dir.theusc(&["run", "--profile", "--ticks", "500", "main.theus"]);
    assert_eq!(run.status, 0, "{}", run.all());
    let (_, table) = run.out.split_once("\nprofile").unwrap();
    let (heavy, light) = (table.find("\nheavy"), table.find("\nlight"));
    assert!(heavy.unwrap() < light.unwrap(), "{table}");
    assert!(table.contains("100.0 %"), "{table}");
}

#[test]
fn it_is_told_to_programs_too() {
    let dir = directory("profile-json");
    dir.file("main.theus", PROGRAM);
    let run = dir.theusc(&["run", "--profile", "--json", "--ticks", "500", "main.theus"]);
    let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let rows = value["profile"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["process"], "heavy");
    let total = |row: &serde_json::Value| row["total_ns"].as_u64().unwrap();
    assert!(total(&rows[0]) > total(&rows[1]));
    assert!(rows[1]["samples"].as_u64().unwrap() > 10);
}

#[test]
fn without_the_flag_there_is_none() {
    let dir = directory("profile-off");
    dir.file("main.theus", PROGRAM);
    let run = dir.theusc(&["run", "--ticks", "500", "main.theus"]);
    assert!(!run.out.contains("profile"), "{}", run.out);
}
