//! `theusc test` with properties, and `theusc bench`.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[expect(dead_code, reason = "what other tests use")]
#[path = "support/command.rs"]
mod support;

use support::directory;

const DIVIDE: &str = "\
context c { n: i64 in 0..=1000  left: i64  name: str<8> }
process divide {
    inputs  c.n
    outputs c.left
    requires c.n != 7
    ensures c.left <= 1000
    c.left = 1000 / (c.n - 500)
}
process never {
    inputs  c.n
    outputs c.left
    requires c.n > 5 and c.n < 3
    c.left = c.n
}
process same {
    outputs c.left
    ensures c.left == c.left
    c.left = 3
}
pipeline main every 1ms { divide  on fault { skip } }
property \"divides\" of divide
property \"never\" of never
property \"same\" of same
property \"short\" (name: str<8>, at: (i64 , bool)) requires name.len() != 1 {
    set c.name = name
    assert c.name.len() < 3 or at.0 < 100
}
property \"small\" (n: i64 in 0..=9) { assert n < 10 }
bench \"hot\" { run main for 100 ticks }
";

#[test]
fn properties_show_what_breaks_them() {
    let dir = directory("properties");
    dir.file("main.theus", DIVIDE);
    let run = dir.theusc(&["test", "main.theus"]);
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.all());
    let interpreted = dir.theusc(&["test", "main.theus", "--engine", "interp"]);
    assert_eq!(interpreted.all(), run.all());
}

#[test]
fn another_seed_draws_other_inputs_and_the_same_seed_the_same() {
    let dir = directory("properties-seed");
    dir.file("main.theus", DIVIDE);
    let run = |seed: &str| {
        let run = dir.theusc(&[
            "test",
            "main.theus",
            "--json",
            "--seed",
            seed,
            "-f",
            "short",
        ]);
        assert_eq!(run.status, 1);
        let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        value["files"][0]["tests"][0]["property"].clone()
    };
    let first = run("1");
    assert_eq!(first, run("1"));
    assert_eq!(first["seed"], 1);
    assert_eq!(first["broken"]["inputs"]["name"], "aaa");
    let others = ["2", "3", "4", "5", "6"].map(run);
    let differs =
        |other: &serde_json::Value| other["broken"]["case"] != first["broken"]["case"];
    assert!(others.iter().any(differs), "{others:?}");
    let few = dir.theusc(&["test", "main.theus", "--cases", "3", "-f", "small"]);
    assert!(few.out.contains("(3 inputs, "), "{}", few.out);
}

/// Servers that show results tell the place and the inputs too.
#[test]
fn properties_as_junit() {
    let dir = directory("properties-junit");
    let text = "property \"less\" (n: i64 in 0..=100) { assert n < 37 }\n\
                property \"empty\" (n: i64 in 0..=9) requires n > 9 { assert n > 3 }\n";
    dir.file("main.theus", text);
    let run = dir.theusc(&["test", "main.theus", "--junit", "out.xml"]);
    assert_eq!(run.status, 1, "{}", run.all());
    let out = std::fs::read_to_string(dir.path("out.xml")).unwrap();
    assert!(
        out.contains(">main.theus:1:46 with n = 37 (--seed 0)</failure>"),
        "{out}"
    );
    assert!(out.contains(">main.theus:2:10</failure>"), "{out}");
}

#[test]
fn benches_are_compared_with_a_baseline() {
    let dir = directory("benches");
    dir.file("main.theus", DIVIDE);
    let run = dir.theusc(&["bench", "main.theus", "--samples", "20", "--save", "a.json"]);
    assert_eq!(run.status, 0, "{}", run.all());
    assert!(
        run.out.starts_with("hot: 20 samples of 100 ticks\n"),
        "{}",
        run.out
    );
    dir.file("broken.theus", "context c {");
    let run = dir.theusc(&["bench", "broken.theus", "--save", "a.json"]);
    assert_eq!(run.status, 2, "{}", run.all());
    assert!(run.err.contains("`a.json` is not written"), "{}", run.all());
    let text = std::fs::read_to_string(dir.path("a.json")).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["schema"], "theus.bench/1");
    let bench = value["benches"][0].clone();
    assert_eq!(bench["name"], "hot");
    let counted: u64 = bench["histogram"]
        .as_array()
        .unwrap()
        .iter()
        .map(|count| count.as_u64().unwrap())
        .sum();
    assert!((10..=20).contains(&counted), "{counted}");
    assert!(bench["min_ns"].as_u64() <= bench["p50_ns"].as_u64());
    assert!(bench["p50_ns"].as_u64() <= bench["max_ns"].as_u64());
    // A baseline that no machine reaches, and one that every machine beats.
    for (time, word, status) in [(1, "slower", 1), (1_000_000_000_000_u64, "faster", 0)] {
        value["benches"][0]["min_ns"] = time.into();
        value["benches"][0]["p50_ns"] = time.into();
        dir.file("b.json", &value.to_string());
        let run = dir.theusc(&["bench", "main.theus", "--baseline", "b.json", "--json"]);
        assert_eq!(run.status, status, "{}", run.all());
        let found: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!(found["benches"][0]["change"]["is"], word);
    }
    value["benches"][0]["name"] = "another".into();
    dir.file("b.json", &value.to_string());
    let run = dir.theusc(&["bench", "main.theus", "--baseline", "b.json"]);
    assert_eq!(run.status, 0, "{}", run.all());
    assert!(run.out.ends_with(
        "\n     not compared: the baseline has no bench of this file and title\n"
    ));
    let run = dir.theusc(&["bench", "main.theus", "-f", "cold"]);
    assert_eq!(run.out, "no bench has a title that contains `cold`\n");
    let run = dir.theusc(&["bench", "missing.theus"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    let run = dir.theusc(&["bench", "main.theus", "--baseline", "main.theus"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("T0812"), "{}", run.err);
}

#[test]
fn a_bench_that_fails_is_told() {
    let dir = directory("bench-fails");
    dir.file("main.theus", "bench \"wrong\" { assert 1 == 2 }\n");
    let run = dir.theusc(&["bench", "main.theus"]);
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.all());
    dir.file("none.theus", "test \"x\" { assert true }\n");
    let run = dir.theusc(&["bench", "none.theus"]);
    assert_eq!(run.status, 0);
    insta::assert_snapshot!("no_benches", run.all());
}
