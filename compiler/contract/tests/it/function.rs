//! Functions, `inout` and closures.

use crate::harness::expect;

#[test]
fn overlapping_inout() {
    let swap = "\nfn swap(inout a: f64, inout b: f64) { let c = a a = b b = c }\n";
    expect(
        &format!("process p {{ outputs plant.u\n  swap(plant.u, plant.u) }}{swap}"),
        &["T0411 2:17"],
    );
    expect(
        &format!("process p {{ outputs plant.x\n  swap(plant.x[0], plant.x[1]) }}{swap}"),
        &["T0411 2:20"],
    );
    expect(
        &format!("process p {{ outputs plant.s\n  swap(plant.s.m0, plant.s.m1) }}{swap}"),
        &[],
    );
    expect(
        &format!("process p {{ var a = 1.0\n  swap(a, a) }}{swap}"),
        &["T0411 2:11"],
    );
}

#[test]
fn closures_that_read_what_is_written() {
    let apply = "\nfn apply(inout a: f64, f: fn(f64) -> f64) { a = f(a) }\n";
    expect(
        &format!(
            "process p {{ outputs plant.u\n  apply(plant.u, |v| v + plant.u) }}{apply}"
        ),
        &["T0411 2:26"],
    );
    expect(
        &format!(
            "process p {{ inputs plant.n outputs plant.u\n  apply(plant.u, |v| v + plant.n as f64) }}{apply}"
        ),
        &[],
    );
}

#[test]
fn recursion() {
    expect(
        "fn f(n: i64) -> i64 {\n  if n > 0 { return f(n - 1) }\n  return 0\n}",
        &["T0601 2:21"],
    );
    expect(
        "fn even(n: i64) -> bool {\n  return odd(n)\n}\nfn odd(n: i64) -> bool {\n  return even(n)\n}",
        &["T0601 2:10"],
    );
    // Through a closure.
    expect(
        "fn apply(f: fn(i64) -> i64) -> i64 { return f(1) }\n\
         fn g(n: i64) -> i64 { return apply(|m| g(m)) }",
        &["T0601 2:40"],
    );
    expect(
        "fn a() -> i64 { return b() + b() }\nfn b() -> i64 { return c() }\nfn c() -> i64 { return 1 }",
        &[],
    );
}
