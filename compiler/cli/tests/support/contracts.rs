//! `theusc check --contracts` and `theusc graph`: what the compiler tells.

use crate::support::directory;

const ADD: &str = "\
context c { at: i64 in 0..=3 = 0  far: i64  past: [f64; 8]  sum: f64 }
process add {
    inputs c.at, c.far, c.past
    outputs c.sum
    c.sum += c.past[c.at] + c.past[c.far]
}
pipeline main every 1s { add }
";

#[test]
fn every_check_is_listed() {
    let dir = directory("contracts");
    dir.file("main.theus", ADD);
    let run = dir.theusc(&["check", "--contracts", "main.theus"]);
    assert_eq!(run.status, 0, "{}", run.all());
    insta::assert_snapshot!("contracts", run.all());
    let run = dir.theusc(&["--color", "always", "check", "--contracts", "main.theus"]);
    assert!(run.out.contains("\u{1b}[32mproved"), "{}", run.out);
}

#[test]
fn programs_can_read_it() {
    let dir = directory("contracts-json");
    dir.file("main.theus", ADD);
    let run = dir.theusc(&["check", "--contracts", "--format", "json", "main.theus"]);
    let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let table = &value["contracts"][0];
    assert_eq!(table["totals"]["proved"].as_u64(), Some(1), "{}", run.out);
    assert_eq!(table["totals"]["checked"].as_u64(), Some(1), "{}", run.out);
    let first = &table["checks"][0];
    assert_eq!(first["state"].as_str(), Some("proved"));
    assert_eq!(first["within"].as_str(), Some("process add"));
    assert_eq!(first["line"].as_u64(), Some(5));
}

#[test]
fn what_always_fails_is_an_error() {
    let dir = directory("contracts-refuted");
    dir.file(
        "main.theus",
        &ADD.replace("c.past[c.at]", "c.past[c.at + 8]"),
    );
    let run = dir.theusc(&["check", "--contracts", "main.theus"]);
    assert_eq!(run.status, 2, "{}", run.all());
    insta::assert_snapshot!("contracts_refuted", run.all());
    // Without the flag nobody looks.
    assert_eq!(dir.theusc(&["check", "main.theus"]).status, 0);
}

#[test]
fn the_graph_is_drawn() {
    let dir = directory("graph");
    dir.file("main.theus", ADD);
    let run = dir.theusc(&["graph", "main.theus"]);
    assert_eq!(run.status, 0, "{}", run.all());
    assert_eq!(run.out, "pipeline main every 1s\n    1  add\n");
    let run = dir.theusc(&["graph", "--format", "svg", "main.theus"]);
    assert!(run.out.starts_with("<svg "), "{}", run.out);
    let run = dir.theusc(&["graph", "--format", "mermaid", "main.theus"]);
    assert!(run.out.starts_with("flowchart LR\n"), "{}", run.out);
    dir.file("wrong.theus", "pipeline main { nobody }");
    assert_eq!(dir.theusc(&["graph", "wrong.theus"]).status, 2);
}
