//! What a failed test and a run that ends say.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[expect(dead_code, reason = "other tests of the command line use the rest")]
#[path = "support/command.rs"]
mod command;

use command::directory;

const TESTS: &str = r#"enum Mode { Off, On }
enum Shape { Point, Circle(r: f64), Pair(i32, i32) }
struct Vec2 { x: f64  y: f64 }

context room {
    t: f64 = 31.5
    mode: Mode
    shape: Shape = Circle(r: 0.5)
    at: Vec2 = Vec2(x: 1.0, y: 2.0)
    name: str<16> = "hall \"A\""
    best: (i32, str<8>)? = (3, "c")
    row: [i32; 3] = [1, 2, 3]
    many: [i32; 100]
    people: pool<Vec2, 4>
    first: handle<room.people>?
}

process enters {
    outputs room.people, room.first
    room.first = room.people.insert(Vec2(x: 5.0))
}

pipeline main every 1ms { enters }

test "a number" { assert room.t < 30.0 }
test "why" { assert room.t < 30.0, "the {room.name} is too hot: {room.t:.2} degrees" }
test "why alone" { assert false, "not yet" }
test "a variant" { assert room.mode == Mode.On }
test "a payload" { assert room.shape == Pair(1, 2) }
test "no payload" { assert room.shape == Point }
test "a struct" { assert room.at == Vec2(x: 1.0, y: 3.0) }
test "a text" { assert room.name == "hall" }
test "a local text" {
    let name: str<8> = "cellar"
    assert name != "cellar", name
}
test "an optional" { assert room.best == none }
test "an array" { assert room.row == [1, 2, 4] }
test "a long array" { assert room.many == [1; 100] }
test "a range" { assert room.t in 0.0..=30.0 }
test "one of two" { assert room.t > 0.0 and room.mode == Mode.On }
test "a handle" {
    run main for 1 ticks
    assert room.first == none
}
test "either" { assert room.t < 0.0 or room.t > 100.0 }
test "nothing fails" { expect DivideByZero { run main for 1 ticks } }
"#;

#[test]
fn a_failed_assert_shows_its_values() {
    let dir = directory("failures");
    dir.file("main.theus", TESTS);
    let run = dir.theusc(&["test", "main.theus"]);
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.all());
    let interpreted = dir.theusc(&["test", "main.theus", "--engine", "interp"]);
    assert_eq!(interpreted.all(), run.all());
}

const ENDS: &str = r#"enum Level { Low, High(by: f64) }

context room { t: f64 = 20.0  level: Level  name: str<8> = "hall" }

process heats {
    outputs room.t, room.level
    room.t += 4.5
    if room.t > 30.0 { room.level = High(by: room.t - 30.0) }
}

pipeline stops every 1s {
    heats
    when room.t > 30.0 { stop "{room.name} is too hot: {room.t:.1}, {room.level}" }
}

pipeline fails every 1s {
    heats
    when room.t > 30.0 { fail "{room.level} after {tick.now}" }
}

pipeline plain every 1s {
    heats
    when room.t > 30.0 { stop "too hot" }
}
"#;

#[test]
fn an_end_says_what_the_program_says() {
    let dir = directory("ends");
    dir.file("main.theus", ENDS);
    let mut all = String::new();
    for (pipeline, status) in [("stops", 0), ("fails", 1), ("plain", 0)] {
        let args = ["run", "main.theus", "--pipeline", pipeline, "--ticks", "9"];
        let run = dir.theusc(&args);
        assert_eq!(run.status, status, "{}", run.all());
        let interpreted =
            dir.theusc(&[args.as_slice(), &["--engine", "interp"]].concat());
        assert_eq!(interpreted.all().lines().next(), run.all().lines().next());
        all += &format!("{pipeline}:\n{}\n", run.all());
    }
    insta::assert_snapshot!(all);
    let run = dir.theusc(&["run", "main.theus", "--pipeline", "stops", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(
        json["outcome"]["text"],
        "hall is too hot: 33.5, High(by: 3.5)"
    );
    assert_eq!(json["state"]["room"]["level"]["High"]["by"], 3.5);
}

const CALLS: &str = r#"context c { xs: list<i64, 4>  q: queue<i64, 4>  a: [f64; 4]  n: i64  t: str<4> }

fn put(inout xs: list<i64, 4>, value: i64) {
    if value < 100 { xs.push(value) }
}
fn pick(values: [f64; 4], at: i64) -> f64 { return values[at] }

process in_library { inputs c.n  outputs c.q  c.q.push(c.n) }
process by_function { inputs c.n  outputs c.xs  put(c.xs, c.n) }
process in_function { inputs c.n, c.a  outputs c.t  let x = pick(c.a, c.n)  c.t = "{x}".fit() }
process in_text { inputs c.n  outputs c.t  c.t = "{c.n} is too long a text" }
process in_closure { inputs c.a  outputs c.xs  c.xs.push(0)  c.xs.sort_by(|x| 10 / x) }
process by_closure { inputs c.n  outputs c.xs  c.xs.push(1)  c.xs.retain(|x| pick([1.0; 4], c.n + 9) > 1.0) }
process count { outputs c.n  c.n += 1 }

pipeline p1 every 1s { in_library -> count }
pipeline p2 every 1s { by_function -> count }
pipeline p3 every 1s { in_function -> count }
pipeline p4 every 1s { in_text -> count }
pipeline p5 every 1s { in_closure -> count }
pipeline p6 every 1s { by_closure -> count }
pipeline p7 every 1s { by_function -> count  in_library  on fault Full from by_function { skip } }
"#;

/// A failure is told where the program calls the library, and from where its own functions are
/// called, the same by either engine.
#[test]
fn a_failure_in_a_function_is_told_by_its_calls() {
    let dir = directory("calls");
    dir.file("main.theus", CALLS);
    let mut told = String::new();
    for pipeline in ["p1", "p2", "p3", "p4", "p5", "p6", "p7"] {
        let run = dir.theusc(&["run", "main.theus", "-q", "-p", pipeline]);
        assert_eq!(run.status, 1, "{}", run.all());
        told += &run.all();
        let args = [
            "run",
            "main.theus",
            "-q",
            "-p",
            pipeline,
            "--engine",
            "interp",
        ];
        assert_eq!(dir.theusc(&args).all(), run.all());
    }
    insta::assert_snapshot!(told);
    let run = dir.theusc(&["run", "main.theus", "-q", "-p", "p2", "--json"]);
    let json = run.all();
    for part in [
        "\"inside\": {",
        "\"file\": \"std/list.theus\"",
        "\"called_from\": {",
    ] {
        assert!(json.contains(part), "{json}");
    }
}
