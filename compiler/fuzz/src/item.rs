//! What generated programs have besides processes and pipelines: files, tests, properties,
//! benches.

use std::fmt::Write as _;

use crate::program::Gen;

/// Rows that a pipeline writes.
const SINKS: [&str; 5] = [
    "sink csv(\"run.csv\") { tick.time, c.n, c.x as \"value\", c.flag }",
    "every 2 ticks { sink csv(\"some.csv\") { c.v[1], c.bounded, c.x * 0.5 as \"half\" } }",
    "when c.flag { sink csv(\"up.csv\") { tick.count, c.v[3] } }",
    "sink npy(\"big.npy\") { c.big }",
    "every 2 ticks { sink npy(\"x.npy\") { c.x } }",
];

/// What a test does before it ends.
const TESTS: [&str; 10] = [
    "run main for 3 ticks",
    "run main until c.flag max 50ms",
    "set c.x = 0.75  set c.n = -2",
    "run stir",
    "run stir for 3 ticks",
    "run fill(left, 0.5, 2) 3 times",
    "assert c.x < 100.0 and c.n != 7, \"after {tick.count}\"",
    "run main 2 times",
    "assert c.v[0] == c.v[0]",
    "expect Oops { run stir 9 times }",
];

/// Properties, of which most hold.
const PROPERTIES: [&str; 6] = [
    "(a: f64 in -3.0..=3.0, on: bool) requires a != 0.0 { set c.x = a  set c.flag = on  run stir  assert c.x != 5.0 }",
    "(n: u8 in 3..=9, e: E, s: S) { set c.n = n as i64  run main for 1 ticks  assert s.a == s.a and (e != A or s.b < 2_000_000_000) }",
    "(by: f64, at: (i8, duration), all: [i32; 2]) { run fill(cells[1], 0.5, 2)  set c.v[2] = by  run stir  assert all[0] != 77 or at.0 > 100 }",
    "(o: i64?, by: f32) { if let n = o { set c.n = n }  run main 2 times  assert by < 1.0e30 }",
    "of fill(left, 0.5, 2)",
    "of stir",
];

/// What is raised by what the machine tells.
pub(crate) const TOLD: [&str; 5] = [
    "when host.p99(stir) > 100us for 2 ticks  clear below 0.9",
    "when host.memory > 1_000_000_000",
    "when host.late > 1ms or host.max(stir) > 10ms",
    "when host.p50(stir) > 50us",
    "when host.memory > 5000 for 20ms  clear when host.p99(stir) < 1us",
];

/// What the machine tells in a test.
const MOCKS: [&str; 4] = [
    "mock host.p99(stir) = 200us",
    "mock host.memory = 2_000_000_000",
    "mock host.late = 3ms",
    "mock host.p99(stir) = 0us",
];

impl Gen {
    /// Files that the pipeline reads and writes.
    pub(crate) fn files(&mut self, out: &mut String) {
        if self.rng.chance(10) {
            self.used.insert("sources");
            let _ = writeln!(
                out,
                "    source csv(\"tests/support/rows.csv\") {{ c.read as \"value\" }}"
            );
        }
        if self.rng.chance(10) {
            self.used.insert("sinks");
            let line = self.rng.pick(&SINKS).copied().unwrap_or_default();
            let _ = writeln!(out, "    {line}");
        }
    }

    /// Tests, properties and benches.
    pub(crate) fn tests(&mut self, out: &mut String) {
        if self.rng.chance(20) {
            self.used.insert("tests");
            self.test(out);
        }
        if self.rng.chance(10) {
            self.used.insert("properties");
            let line = self.rng.pick(&PROPERTIES).copied().unwrap_or_default();
            let _ = writeln!(out, "property \"any\" {line}");
        }
        if self.rng.chance(9) {
            self.used.insert("benches");
            let _ = writeln!(
                out,
                "bench \"main\" {{ set c.x = 0.5  run main for 2 ticks  assert tick.count == 2 }}"
            );
        }
    }

    /// A test, maybe of pipelines of several rates.
    fn test(&mut self, out: &mut String) {
        let rates = self.rng.chance(60);
        if rates {
            self.used.insert("several rates");
            let period = self.rng.pick(&[4, 15, 20]).copied().unwrap_or(15);
            let _ = writeln!(
                out,
                "context slow: Cell\n\
                 process clock {{ inputs tick, c.x  outputs slow.level, slow.steps\n    \
                 slow.level = seconds(tick.time) + prev(c.x)\n    slow.steps += 1\n}}\n\
                 pipeline other every {period}ms {{ clock  every 2 ticks {{ fill(slow, c.gain, 3) }}  on fault {{ skip }} }}"
            );
        }
        let _ = writeln!(out, "test \"some\" {{");
        for _ in 0..1 + self.rng.below(3) {
            let told = self.used.contains("values of the host") && self.rng.chance(50);
            let line = if told {
                self.rng.pick(&MOCKS)
            } else {
                self.rng.pick(&TESTS)
            };
            let line = line.copied().unwrap_or_default();
            let _ = writeln!(out, "    {line}");
        }
        let last = if rates {
            "run main, other for 50ms"
        } else {
            "run main for 2 ticks"
        };
        let _ = writeln!(out, "    {last}\n}}");
    }
}
