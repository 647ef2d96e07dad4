//! `theusc test` for programs and servers: JSON, JUnit, parameters.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[expect(dead_code, reason = "what other tests use")]
#[path = "support/command.rs"]
mod support;

use support::directory;

const LAWS: &str = "\
enum Law { Off, Slow, Fast }
context c { law: Law  x: i64 }
process go {
    inputs  c.law
    outputs c.x
    errors  TooFar
    match c.law {
        Off => {},
        Slow => { c.x += 1 },
        Fast => { c.x += 4 },
    }
    if c.x > 7 { raise TooFar }
}
pipeline main every 1ms { go  on error TooFar { skip } }
test \"stays < 9 & more\" for law in Law.all, n in 1..=2 {
    set c.law = law
    run go n times
    assert c.x < 8, \"it is {c.x}\"
}
test \"equal\" { run main for 1 ticks  assert c.x == 1 }
";

#[test]
fn each_combination_is_a_test() {
    let dir = directory("laws");
    dir.file("main.theus", LAWS);
    let run = dir.theusc(&["test", "main.theus"]);
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.all());
}

#[test]
fn results_as_json() {
    let dir = directory("laws-json");
    dir.file("main.theus", LAWS);
    let run = dir.theusc(&["test", "main.theus", "--json"]);
    assert_eq!(run.status, 1);
    let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(value["schema"], "theus.test/1");
    assert_eq!(value["passed"], 5);
    assert_eq!(value["failed"], 2);
    let tests = value["files"][0]["tests"].as_array().unwrap();
    assert_eq!(tests.len(), 7);
    assert_eq!(tests[0]["name"], "stays < 9 & more [law = Off, n = 1]");
    assert_eq!(tests[0]["passed"], true);
    assert!(tests[0]["failure"].is_null());
    let raised = &tests[5]["failure"];
    assert_eq!(raised["code"], "raise");
    assert_eq!(raised["name"], "TooFar");
    assert_eq!(raised["process"], "go");
    let failed = &tests[6]["failure"];
    assert_eq!(failed["code"], "F13");
    assert_eq!(failed["line"], 20);
    assert_eq!(failed["values"]["left"], 0);
    assert_eq!(failed["values"]["right"], 1);
    let run = dir.theusc(&["test", "main.theus", "--json", "-f", "nothing"]);
    assert_eq!(run.status, 0);
    let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(value["filtered_out"], 7);
}

#[test]
fn results_as_junit() {
    let dir = directory("laws-junit");
    dir.file("main.theus", LAWS);
    dir.file("wrong.theus", "test \"x\" { assert 1 }\n");
    let run = dir.theusc(&["test", "main.theus", "wrong.theus", "--junit", "out.xml"]);
    assert_eq!(run.status, 2);
    let text = std::fs::read_to_string(dir.path("out.xml")).unwrap();
    let mut steady = String::new();
    for part in text.split_inclusive("time=\"") {
        let rest = part
            .split_once('"')
            .filter(|(time, _)| time.parse::<f64>().is_ok());
        match rest {
            Some((_, rest)) => steady += &format!("…\"{rest}"),
            None => steady += part,
        }
    }
    insta::assert_snapshot!(steady);
    let run = dir.theusc(&["test", "main.theus", "--junit", "no/such/out.xml"]);
    assert_eq!(run.status, 1);
    assert!(run.err.contains("T0806"), "{}", run.err);
}
