//! Programs that are large or deep in one way: an answer in the time of a test, no overflow.

use crate::support::lines;

fn only(codes: &[&str], text: &str) {
    let found = lines(text);
    for line in &found {
        assert!(codes.iter().any(|code| line.starts_with(code)), "{line}");
    }
}

#[test]
fn parentheses() {
    only(
        &[],
        &format!("const A = {}1{}", "(".repeat(200), ")".repeat(200)),
    );
}

#[test]
fn a_long_sum() {
    only(&["T0103"], &format!("const A = 1{}", " + 1".repeat(5000)));
    only(
        &["T0103"],
        &format!("fn f(x: f64) -> f64 {{ return x{} }}", " + x".repeat(5000)),
    );
}

#[test]
fn a_long_chain_of_members() {
    only(
        &["T0202", "T0103"],
        &format!("fn f(x: f64) -> f64 {{ return x{} }}", ".y".repeat(5000)),
    );
}

#[test]
fn a_long_chain_of_else_if() {
    let chain = " else if x > 1.0 { return x }".repeat(3000);
    only(
        &["T0103"],
        &format!("fn f(x: f64) -> f64 {{ if x > 1.0 {{ return x }}{chain} return x }}"),
    );
}

#[test]
fn constants_in_reverse() {
    let chain: String = (0..2000)
        .map(|at| format!("const A{at} = A{} + 1\n", at + 1))
        .collect();
    only(&["T0317"], &format!("{chain}const A2000 = 1"));
}

#[test]
fn nested_structs() {
    let chain: String = (0..3000)
        .map(|at| format!("struct S{at} {{ a: S{} }}\n", at + 1))
        .collect();
    only(
        &["T0330"],
        &format!("{chain}struct S3000 {{ x: f64 }}\ncontext c {{ s: S0 }}"),
    );
}

#[test]
fn doubling_structs() {
    let chain: String = (0..60)
        .map(|at| format!("struct S{at} {{ a: S{0}  b: S{0} = S{0}() }}\n", at + 1))
        .collect();
    only(
        &["T0603"],
        &format!("{chain}struct S60 {{ x: f64 = 1.0 }}\ncontext c {{ s: S0 = S0() }}"),
    );
}

#[test]
fn huge_arrays() {
    only(
        &[],
        "const A = [0.0; 4000000000]\nconst B: [[f64; 2]; 1000000] = [[1.0, 2.0]; 1000000]\n\
         context c { x: [f64; 4000000000, 4000000000] = [1.0; 4000000000, 4000000000] }",
    );
}

#[test]
fn many_locals_and_branches() {
    let body: String = (0..2000)
        .map(|at| {
            format!("let a{at} = x  if a{at} > 1.0 {{ n += 1 }} else {{ n -= 1 }}\n")
        })
        .collect();
    only(
        &[],
        &format!("fn f(x: f64) -> i64 {{ var n = 0\n{body} return n }}"),
    );
}
