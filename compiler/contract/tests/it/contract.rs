//! What a process may touch.

use crate::harness::expect;

#[test]
fn undeclared_reads() {
    expect(
        "process p {\n  outputs plant.u\n  plant.u = plant.x[0]\n}",
        &["T0401 3:13"],
    );
    expect(
        "process p {\n  inputs gains.k\n  outputs plant.u\n  plant.u = gains.k * plant.p.m0\n}",
        &["T0401 4:23"],
    );
    // A clause reads as the body does; one report for each place.
    expect(
        "process p {\n  outputs plant.u\n  requires finite(plant.x)\n  \
         plant.u = plant.x[0] + plant.x[1]\n}",
        &["T0401 3:19"],
    );
    // A part is declared, the whole is read.
    expect(
        "process p {\n  inputs plant.p.m0\n  outputs plant.s\n  plant.s = plant.p\n}",
        &["T0401 4:13"],
    );
    // An index is a read.
    expect(
        "process p {\n  outputs plant.x\n  plant.x[plant.n] = 1.0\n}",
        &["T0401 3:11"],
    );
}

#[test]
fn declared_reads() {
    expect(
        "process p { inputs plant.x outputs plant.u plant.u = plant.x[0] + plant.u }",
        &[],
    );
    expect(
        "process p { inputs plant, gains outputs plant.u plant.u = plant.n as f64 * gains.k }",
        &[],
    );
    expect(
        "process p { inputs plant.p outputs plant.u plant.u = plant.p.m0 }",
        &[],
    );
    expect(
        "process p { inputs plant.p.m0 outputs plant.u plant.u = plant.p.m0 }",
        &[],
    );
}

#[test]
fn reads_in_closures_and_functions() {
    let apply = "\nfn apply(f: fn(f64) -> f64, v: f64) -> f64 { return f(v) }\n";
    expect(
        &format!(
            "process p {{\n  outputs plant.u\n  plant.u = apply(|v| v + plant.x[0], 1.0)\n}}{apply}"
        ),
        &["T0401 3:27"],
    );
    expect(
        &format!(
            "process p {{ inputs plant.x outputs plant.u plant.u = apply(|v| v + plant.x[0], 1.0) }}{apply}"
        ),
        &[],
    );
    let swap = "\nfn swap(inout s: Params) { let m = s.m0 s.m0 = s.m1 s.m1 = m }\n";
    expect(
        &format!("process p {{ outputs plant.s swap(plant.s) }}{swap}"),
        &[],
    );
}

#[test]
fn undeclared_writes() {
    expect("process p {\n  plant.u = 1.0\n}", &["T0403 2:3"]);
    expect(
        "process p {\n  outputs plant.x\n  plant.x[0] = 1.0\n  plant.u += 1.0\n}",
        &["T0403 4:3"],
    );
    // An input is not an output. It is not an unused input, too.
    expect(
        "process p {\n  inputs plant.u\n  plant.u = 1.0\n}",
        &["T0403 3:3"],
    );
    // By a function, by a ring.
    expect(
        "process p {\n  double(plant.u)\n  plant.history.push(1.0)\n}\n\
         fn double(inout v: f64) { v = v * 2.0 }\n",
        &["T0403 2:10", "T0403 3:3"],
    );
    expect(
        "process p {\n  plant.saturated += 1\n  plant.fallen = true\n}",
        &["T0403 2:3", "T0403 3:3"],
    );
    expect(
        "process p { outputs plant.u\n  plant.u = 1.0 plant.u = 2.0 }",
        &[],
    );
    // Only the written member is needed.
    expect("process p { outputs plant.s.m0\n  plant.s.m0 = 1.0 }", &[]);
    expect(
        "process p { outputs plant.s.m0\n  plant.s = Params(m0: 1.0) }",
        &["T0403 2:3"],
    );
}

#[test]
fn tests_set_fields() {
    expect(
        "test \"t\" {\n  plant.u = 1.0\n  assert plant.u > 0.0\n}",
        &["T0403 2:3"],
    );
    expect(
        "test \"t\" {\n  set plant.u = 1.0\n  set gains.k = 2.0\n  assert plant.saturated == 0\n}",
        &[],
    );
}

#[test]
fn tick_and_random() {
    expect(
        "process p {\n  outputs plant.n\n  plant.n = tick.count as i64\n}",
        &["T0416 3:13"],
    );
    expect(
        "process p { inputs tick outputs plant.n\n  plant.n = tick.count as i64 }",
        &[],
    );
    expect(
        "process p {\n  inputs tick\n  outputs plant.u\n  plant.u = 1.0\n}",
        &["T0405 2:10"],
    );
    expect(
        "process p {\n  outputs plant.u\n  plant.u = random.uniform(0.0, 1.0)\n}",
        &["T0416 3:13"],
    );
    expect(
        "process p { inputs random outputs plant.u\n  plant.u = random.uniform(0.0, 1.0) }",
        &[],
    );
}

#[test]
fn errors_of_processes() {
    expect(
        "process p {\n  inputs plant.u\n  if plant.u > 1.0 { raise Lost }\n}\nprocess q {\n  \
         errors Lost\n  raise Lost\n}",
        &["T0404 3:22"],
    );
    expect(
        "process p {\n  errors Far(f64)\n  if true { raise Lost }\n  raise Far(1.0)\n}\nprocess q {\n  \
         errors Lost\n  raise Lost\n}",
        &["T0404 3:13"],
    );
    expect(
        "process p {\n  errors Lost, Far(f64)\n  raise Far(1.0)\n}",
        &["T0407 2:10"],
    );
    expect(
        "process p {\n  errors Far(f64), Lost\n  raise Far(1.0)\n}",
        &["T0407 2:20"],
    );
    expect("process p { errors Lost\n  raise Lost }", &[]);
}

#[test]
fn unused_entries() {
    expect(
        "process p {\n  inputs plant.x, gains.k, plant.p\n  outputs plant.u\n  plant.u = plant.x[0]\n}",
        &["T0405 2:19", "T0405 2:28"],
    );
    expect(
        "process p {\n  inputs gains\n  outputs plant.u\n  plant.u = 1.0\n}",
        &["T0405 2:10"],
    );
    expect(
        "process p {\n  outputs plant.x, plant.u, plant.n\n  plant.u = plant.x[0]\n}",
        &["T0406 2:11", "T0406 2:29"],
    );
    // A context is used if a field of it is.
    expect(
        "process p { inputs gains outputs plant\n  plant.u = gains.k }",
        &[],
    );
    // `+=` reads.
    expect(
        "process p { inputs plant.u outputs plant.u\n  plant.u += 1.0 }",
        &[],
    );
    // Nothing is unused in a body that is not understood.
    expect(
        "process p {\n  inputs plant.x\n  outputs plant.u\n  plant.u = nowhere\n}",
        &["T0201 4:13"],
    );
}

#[test]
fn duplicate_entries() {
    expect(
        "process p {\n  inputs plant.x, plant.x\n  outputs plant.u\n  plant.u = plant.x[0]\n}",
        &["T0418 2:19"],
    );
    expect(
        "process p {\n  inputs gains.k, gains\n  outputs plant.u\n  plant.u = gains.k\n}",
        &["T0418 2:10"],
    );
    expect(
        "process p {\n  inputs plant.p, plant.p.m1\n  outputs plant.u\n  plant.u = plant.p.m1\n}",
        &["T0418 2:19"],
    );
    // In both clauses is not twice.
    expect(
        "process p { inputs plant.u outputs plant.u\n  plant.u = plant.u + 1.0 }",
        &[],
    );
}

#[test]
fn globals_stay() {
    expect(
        "process p {\n  inputs gains.k\n  gains.k = 1.0\n}",
        &["T0408 3:3"],
    );
    expect(
        "process p {\n  outputs plant.u, gains.k\n  plant.u = 1.0\n}",
        &["T0408 2:20"],
    );
    expect(
        "process p {\n  outputs plant\n  plant.u = 1.0\n  plant.p.m0 = 2.0\n}",
        &["T0408 4:3"],
    );
}

#[test]
fn signals_and_meta_go_out() {
    expect(
        "process p {\n  inputs plant.fallen\n  outputs plant.u\n  if plant.fallen { plant.u = 1.0 }\n}",
        &["T0409 2:10"],
    );
    expect(
        "process p {\n  outputs plant.fallen, plant.u\n  plant.fallen = true\n  if plant.fallen { plant.u = 1.0 }\n}",
        &["T0409 4:6"],
    );
    expect(
        "process p {\n  inputs plant.saturated\n  outputs plant.n\n  plant.n = 1\n}",
        &["T0410 2:10"],
    );
    expect(
        "process p {\n  outputs plant.saturated\n  plant.saturated = plant.saturated + 1\n}",
        &["T0410 3:21"],
    );
    expect(
        "process p { outputs plant.saturated, plant.hits\n  plant.saturated += 1 plant.hits += 1 }",
        &[],
    );
    // Counting through a function, too.
    expect(
        "process p { outputs plant.saturated\n  bump(plant.saturated) }\nfn bump(inout n: u64) { n += 1 }",
        &[],
    );
    expect(
        "process p {\n  outputs plant.saturated\n  twice(plant.saturated)\n}\nfn twice(inout n: u64) { n = n * 2 }",
        &["T0410 3:9"],
    );
    // Conditions of pipelines: signals yes, meta no.
    expect(
        "process p { outputs plant.u\n  plant.u = 1.0 }\npipeline go {\n  when plant.saturated > 3 { p }\n  when plant.fallen { p }\n}",
        &["T0410 4:8"],
    );
}

#[test]
fn clauses_only_look() {
    expect(
        "process p {\n  outputs plant.u\n  requires double(plant.u) > 0.0\n  plant.u = 1.0\n}\n\
         fn double(inout v: f64) -> f64 { v = v * 2.0 return v }",
        &["T0414 3:19"],
    );
    expect(
        "process p {\n  inputs random\n  outputs plant.u\n  \
         ensures random.uniform(0.0, 1.0) < 2.0\n  plant.u = 1.0\n}",
        &["T0414 4:11"],
    );
    expect(
        "process p { outputs plant.u\n  ensures norm(plant.x) >= 0.0\n  plant.u = 1.0 }",
        &["T0401 2:16"],
    );
}

#[test]
fn old_in_ensures() {
    expect(
        "process p { outputs plant.u\n  ensures plant.u >= old(plant.u)\n  plant.u += 1.0 }",
        &[],
    );
    expect(
        "process p { outputs plant.u\n  requires plant.u >= old(plant.u)\n  plant.u += 1.0 }",
        &["T0412 2:23"],
    );
    expect(
        "process p { outputs plant.u\n  plant.u = old(plant.u) }",
        &["T0412 2:13"],
    );
    expect(
        "process p { outputs plant.u\n  ensures old(old(plant.u) + 1.0) > 0.0\n  plant.u += 1.0 }",
        &["T0412 2:15"],
    );
    expect(
        "process p { outputs plant.x\n  ensures all(i in 0..6: old(plant.x[i]) <= 1.0)\n  plant.x[0] = 1.0 }",
        &["T0412 2:38"],
    );
    expect(
        "process p { outputs plant.x\n  ensures all(i in 0..6: old(plant.x)[i] <= 1.0)\n  plant.x[0] = 1.0 }",
        &[],
    );
}
