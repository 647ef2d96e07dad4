//! Workers: any number of them gives the same result, and the bill counts their stacks.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[path = "support/command.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

use support::{directory, theusc};

const SHARED: &str = "\
context c { xs: [f64; 400]  sum: f64 }
process p { each x in c.xs  outputs c.xs
    for n in 0..40 { x = x * 0.5 + 1.0 }
    let _bad = 1 / (x as i64 - 100)
}
process add { inputs c.xs  outputs c.sum  for x in c.xs { c.sum += x } }
pipeline main every 1ms { p -> add }
";

/// What elements send, insert, count and write as texts; members with a budget and an audit.
const MORE: &str = "\
struct Guest { id: i64  stays: i64  name: str<24> }
context c {
    xs: [f64; 400]  sum: f64  meta all: f64  signal high: bool  highs: i64
    sent: list<f64, 800>  last: ring<i64, 8>  guests: pool<Guest, 600>  bad: ring<i64, 8>
    a: f64  b: f64
}
audit c { a < 1.0e9 level B }
fn far(x: f64) -> f64 { var y = x  for n in 0..9_000 { y = y * 0.5 + 1.0 }  return y }
process start { outputs c.guests  for i in 0..300 { c.guests.insert(Guest(id: i, stays: i % 4)) } }
process p { each x in c.xs  inputs random  outputs c.xs, c.all, c.high  sends c.sent max 2  sends c.last max 1
    for n in 0..40 { x = x * 0.5 + random.unit() }
    c.sent.push(x)
    if x > 1.0 { c.sent.push(-x)  c.last.push(1)  c.high = true }
    c.all += x
}
process live { each g in c.guests  inputs tick  outputs c.guests  inserts c.guests max 1
    for n in 0..40 { g.stays = (g.stays * 5 + 3) % 7 }
    g.name = \"{g.id} for {g.stays}\"
    if g.stays == 0 { c.guests.insert(Guest(id: tick.count as i64))  g.free() }
}
process risk { each x in c.xs isolated into c.bad  outputs c.xs  budget 90_000 steps
    for n in 0..40 { x = x * 0.75 + 0.25 }
    let _bad = 10 / ((x * 1.0e6) as i64 % 3)
}
process add { outputs c.sum, c.sent  for x in c.sent { c.sum += x }  c.sent.clear() }
process note { outputs c.highs  c.highs += 1 }
process a { outputs c.a  budget 10_000 steps  c.a = far(c.a) }
process b { outputs c.b  c.b = far(c.b) + 1.0 }
pipeline main every 1ms { on start { start }  p -> live -> risk  when c.high { note }  par { a, b }  add }
";

/// Short runs, with more threads than there are processors: each ends, and says the same.
#[test]
fn any_number_of_workers_says_the_same() {
    says_the_same("workers", SHARED);
    says_the_same("more-workers", MORE);
}

fn says_the_same(name: &str, text: &str) {
    let dir = directory(name);
    let file = dir.file("main.theus", text);
    let result = |workers: &str| {
        let args = [
            "run",
            &file,
            "--ticks",
            "40",
            "--workers",
            workers,
            "--json",
        ];
        let run = theusc(&args);
        assert_eq!(run.status, 0, "{}{}", run.out, run.err);
        let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let allocations = value.get("allocations_after_first_tick").unwrap();
        assert_eq!(allocations, 0, "{}", run.out);
        value.get("state").unwrap().to_string()
    };
    let alone = result("1");
    for round in 0..6 {
        for workers in ["2", "4", "9"] {
            assert_eq!(result(workers), alone, "{round}: {workers} workers");
        }
    }
    let none = theusc(&["run", &file, "--workers", "0"]);
    assert_eq!(none.status, 2, "{}", none.all());
}

/// The bill counts the stacks of workers, if the program has something for them.
#[test]
fn stacks_of_workers_are_in_the_bill() {
    let dir = directory("stacks");
    let file = dir.file("main.theus", SHARED);
    let bytes = |workers: &str| -> u64 {
        let bill = theusc(&["check", "--memory", "--workers", workers, &file]).out;
        let row = bill.lines().find(|line| line.starts_with("worker stacks"));
        let bytes = row.and_then(|row| row.split_whitespace().nth(4));
        bytes.map_or(0, |bytes| bytes.replace('_', "").parse().unwrap())
    };
    assert_eq!(bytes("1"), 0);
    assert!(bytes("2") > 256 * 1024, "{}", bytes("2"));
    assert_eq!(bytes("5"), 4 * bytes("2"));
    let assumed = theusc(&["check", "--memory", &file]).out;
    assert!(assumed.contains("--workers 4"), "{assumed}");
    let alone = SHARED.replace("[f64; 400]", "[f64; 2]");
    let file = dir.file("alone.theus", &alone);
    let none = theusc(&["check", "--memory", &file]).out;
    assert!(!none.contains("worker stacks"), "{none}");
}

/// Tests have workers, too: what they say is the same.
#[test]
fn tests_have_workers() {
    let dir = directory("tests-workers");
    let text = format!(
        "{SHARED}test \"sums\" {{ run main for 5 ticks  assert c.sum > 1000.0 and c.sum < 5000.0 }}\n"
    );
    let file = dir.file("main.theus", &text);
    for workers in ["1", "2", "5"] {
        let run = theusc(&["test", "--workers", workers, &file]);
        assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    }
    let none = theusc(&["test", "--workers", "0", &file]);
    assert_eq!(none.status, 2, "{}", none.all());
}
