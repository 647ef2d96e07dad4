//! Pipelines.

use crate::harness::expect;

const PROCESSES: &str = "
process a { outputs plant.u  plant.u = 1.0 }
process b { inputs plant.u outputs plant.n  if plant.u > 0.0 { plant.n = 1 } }
process c { outputs plant.x, plant.saturated, plant.hits  plant.x[0] = 1.0 plant.saturated += 1 plant.hits += 1 }
process d { outputs plant.saturated, plant.hits, plant.fallen  plant.saturated += 1 plant.hits += 1 plant.fallen = true }
process e { outputs plant.fallen  plant.fallen = false }
process g { inputs plant.n errors Lost  if plant.n > 1 { raise Lost } }
process h { inputs plant.n errors Lost, Far(i64)  if plant.n > 1 { raise Lost } raise Far(plant.n) }
";

fn pipeline(body: &str, want: &[&str]) {
    expect(
        &format!("pipeline go every 10ms {{\n{body}\n}}{PROCESSES}"),
        want,
    );
}

#[test]
fn groups() {
    pipeline("  par { a, b }", &["T0402 2:12"]);
    pipeline("  par { a, c -> b }", &["T0402 2:17"]);
    pipeline("  par { a, a }", &["T0402 2:12"]);
    pipeline("  par { a, c }", &[]);
    // Both count: in no order the same.
    pipeline("  par { c, d }", &[]);
    // Both set a signal, not both to true.
    pipeline("  par { d, e }", &["T0420 2:12"]);
    pipeline(
        "  par { a, sink csv(\"u.csv\") { plant.u } }",
        &["T0402 2:12"],
    );
    pipeline("  par { a, reset plant }", &["T0402 2:12"]);
    pipeline("  par { a -> b, c }", &[]);
}

#[test]
fn unhandled_errors() {
    pipeline("  g", &["T0413 2:3"]);
    pipeline("  g\n  on error Lost { skip }", &[]);
    pipeline("  on error Lost { drop }\n  a -> g", &[]);
    pipeline(
        "  when plant.fallen { g }\n  on error Lost { stop \"lost\" }",
        &[],
    );
    pipeline(
        "  when plant.fallen { a on error Lost { skip } }\n  g",
        &["T0504 2:25", "T0413 3:3"],
    );
    pipeline("  h\n  on error Lost { skip }", &["T0413 2:3"]);
    pipeline("  h\n  on error Lost, Far { skip }", &[]);
    pipeline("  on start { g }\n  a", &["T0413 2:14"]);
    pipeline(
        "  h -> g\n  on error Lost from h { skip }\n  on error Far { skip }",
        &["T0413 2:8"],
    );
    // A fault is no error.
    pipeline("  g\n  on fault { skip }", &["T0413 2:3"]);
}

#[test]
fn handlers() {
    pipeline("  g\n  on error Lost { a }", &["T0502 3:3"]);
    pipeline("  g\n  on error Lost { }", &["T0502 3:3"]);
    pipeline("  g\n  on error Lost { skip a }", &["T0502 3:3"]);
    pipeline("  a\n  skip", &["T0503 3:3"]);
    pipeline("  a\n  when plant.fallen { skip }", &["T0503 3:23"]);
    pipeline(
        "  a\n  when plant.fallen { on start { b } }",
        &["T0503 3:23"],
    );
    pipeline("  a\n  drop", &[]);
    pipeline(
        "  g\n  on error Lost { a on fault { skip } skip }",
        &["T0503 3:21"],
    );
    pipeline(
        "  g\n  on error Lost { when plant.fallen { skip } drop }",
        &[],
    );
    pipeline(
        "  g\n  on error Lost { skip }\n  on error Lost { drop }",
        &["T0504 4:3"],
    );
    pipeline(
        "  g\n  on error Lost { skip }\n  on error Far { drop }",
        &["T0504 4:3"],
    );
    pipeline(
        "  g -> a\n  on error Lost from a { skip }\n  on error Lost { drop }",
        &["T0504 3:3"],
    );
    pipeline(
        "  a\n  on fault { skip }\n  on fault Index { drop }",
        &["T0504 4:3"],
    );
    pipeline("  a\n  on fault Index { drop }\n  on fault { skip }", &[]);
}

#[test]
fn conditions_cannot_fail() {
    pipeline("  when plant.x[plant.n] > 0.0 { a }", &["T0415 2:8"]);
    pipeline("  when plant.x[2] > 0.0 { a }", &[]);
    pipeline("  when (plant.x[plant.n] ?? 0.0) > 0.0 { a }", &[]);
    pipeline("  when all(i in 0..6: abs(plant.x[i]) < 1.0) { a }", &[]);
    pipeline("  when plant.n + 1 > 3 { a }", &["T0415 2:8"]);
    pipeline("  when plant.n / 2 > 3 { a }", &[]);
    pipeline("  when tick.count % 100 == 0 { a }", &[]);
    pipeline("  when plant.n % plant.n == 0 { a }", &["T0415 2:8"]);
    pipeline("  when plant.u / plant.u > 3.0 { a }", &[]);
    pipeline("  when plant.history[0] > 3.0 { a }", &["T0415 2:8"]);
    pipeline("  when abs(plant.n) > 3 { a }", &["T0415 2:8"]);
    pipeline("  when abs(plant.u) > 3.0 { a }", &[]);
    pipeline("  match plant.n as i32 { 1 => a, _ => b }", &["T0415 2:9"]);
    pipeline("  match plant.law { Law.Sta => a, Law.Smc => c }", &[]);
    pipeline(
        "  sink csv(\"x.csv\") { plant.x, -plant.n as \"n\" }",
        &["T0415 2:32"],
    );
    pipeline("  when plant.n / 0 > 3 { a }", &["T0328 2:8"]);
    // The clock is never negative.
    pipeline("  when tick.time - 10ms > 3s { a }", &[]);
    pipeline("  when tick.time + 10ms > 3s { a }", &["T0415 2:8"]);
    pipeline(
        "  source csv(\"x.csv\") { plant.x[7] }\n  a",
        &["T0328 2:33"],
    );
}

#[test]
fn conditions_that_call() {
    let safe = "\nfn mean(v: [f64; 6]) -> f64 { var s = 0.0 for i in 0..len(v) { s += v[i] } return s }\n";
    pipeline(
        &format!(
            "  when mean(plant.x) > 1.0 {{ a }}\n}}{safe}pipeline other every 1s {{ a"
        ),
        &[],
    );
    pipeline("  when norm(plant.x) > 1.0 { a }", &[]);
    let fails = "\nfn pick(v: [f64; 6], n: i64) -> f64 { return v[n] }\n";
    pipeline(
        &format!(
            "  when pick(plant.x, 1) > 1.0 {{ a }}\n}}{fails}pipeline other every 1s {{ a"
        ),
        &["T0415 2:8"],
    );
    let loops = "\nfn wait(v: f64) -> f64 { var s = v while s > 1.0 max 100 { s = s / 2.0 } return s }\n";
    pipeline(
        &format!(
            "  when wait(plant.u) > 1.0 {{ a }}\n}}{loops}pipeline other every 1s {{ a"
        ),
        &["T0415 2:8"],
    );
    let generic = "\nfn twice<T: number>(v: T) -> T { return v + v }\n";
    pipeline(
        &format!(
            "  when twice(plant.u) > 1.0 {{ a }}\n  when twice(plant.n) > 1 {{ a }}\n}}{generic}pipeline other every 1s {{ a"
        ),
        &["T0415 3:8"],
    );
}

#[test]
fn conditions_only_look() {
    let bump = "\nfn bump(inout v: f64) -> f64 { v = 1.0 return v }\n";
    pipeline(
        &format!(
            "  when bump(plant.u) > 1.0 {{ a }}\n}}{bump}pipeline other every 1s {{ a"
        ),
        &["T0414 2:13"],
    );
}

#[test]
fn reset_and_sources() {
    pipeline("  a\n  reset plant\n  reset plant.x", &[]);
    pipeline("  a\n  reset gains", &["T0509 3:3"]);
    pipeline("  a\n  reset plant.p", &["T0509 3:9"]);
    pipeline("  a\n  reset plant.saturated", &["T0509 3:9"]);
    pipeline("  source csv(\"x.csv\") { plant.x }\n  a", &[]);
    pipeline("  source csv(\"x.csv\") { gains.k }\n  a", &["T0506 2:25"]);
    pipeline(
        "  source csv(\"x.csv\") { plant.saturated }\n  a",
        &["T0506 2:25"],
    );
}

#[test]
fn empty_pipelines() {
    expect("pipeline go every 10ms { }", &["T0508 1:10"]);
    expect("pipeline go { on fault { fail } }", &["T0508 1:10"]);
    expect(
        "pipeline go every 10ms { sink csv(\"x.csv\") { plant.x } }",
        &[],
    );
}

#[test]
fn periods() {
    let a = "\nprocess a { outputs plant.u  plant.u = 1.0 }\n";
    expect(
        &format!(
            "pipeline go {{ a }}{a}test \"t\" {{\n  run go for 10s\n  assert plant.u > 0.0\n}}"
        ),
        &["T0507 4:14"],
    );
    expect(
        &format!(
            "pipeline go {{ a }}{a}test \"t\" {{\n  run go for 10 ticks\n  assert plant.u > 0.0\n}}"
        ),
        &[],
    );
    expect(
        &format!("pipeline go {{ every 10ms {{ a }} }}{a}"),
        &["T0507 1:21"],
    );
    expect(
        &format!("pipeline go every 1ms {{ every 10ms {{ a }} }}{a}"),
        &[],
    );
}
