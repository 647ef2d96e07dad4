//! Deep and long code, and code that grows as it is compiled.

use super::Want::{Accepted, Code};
use super::{Input, assigns, each, joined, named, program};

/// Deep and long code, and code that grows as it is compiled.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(crate) fn growth() -> Vec<Input> {
    let calls = |count| {
        format!(
            "{}1.0{}",
            each(count, |n| format!("g{n}(")),
            ")".repeat(count)
        )
    };
    let simple = |count| {
        each(count, |n| {
            format!("fn g{n}(x: f64) -> f64 {{ return x + 1.0 }}\n")
        })
    };
    let chain = |count: usize, body: &dyn Fn(usize) -> String| {
        each(count, |n| {
            format!("fn g{n}(x: f64) -> f64 {{ return {} }}\n", body(n + 1))
        }) + &format!("fn g{count}(x: f64) -> f64 {{ return x }}\n")
    };
    let closures = |count: usize, body: &dyn Fn(usize) -> String| {
        each(count, |n| {
            format!(
                "fn g{n}(x: f64, h: fn(f64) -> f64) -> f64 {{ return {} }}\n",
                body(n + 1)
            )
        }) + &format!("fn g{count}(x: f64, h: fn(f64) -> f64) -> f64 {{ return h(x) }}\n")
    };
    let loops = |depth: usize, range: &str| {
        let heads = each(depth, |n| format!("for i{n} in {range} {{ "));
        program(
            "",
            "f64",
            &format!("{heads}c.x += 1.0{}", " }".repeat(depth)),
        )
    };
    let sum = |op: &str| joined(200_000 / (op.len() + 3), op, |_| "c.x".to_owned());
    let ten = "fn a(x: f64, h: fn(f64) -> f64) -> f64 {\n var s = 0.0\n";
    let ten = format!("{ten}{} return s\n}}", "s += h(x)\n".repeat(10));
    named(vec![
        (
            "5 000 nested calls",
            Code("T0103"),
            assigns(&simple(5_000), &calls(5_000)),
        ),
        (
            "60 nested calls",
            Accepted,
            assigns(&simple(60), &calls(60)),
        ),
        (
            "a chain of 2 000 functions",
            Accepted,
            assigns(&chain(2_000, &|n| format!("g{n}(x) + 1.0")), "g0(1.0)"),
        ),
        (
            "40 functions that call two times",
            Accepted,
            assigns(
                &chain(40, &|n| format!("g{n}(x) + g{n}(x + 1.0)")),
                "g0(1.0)",
            ),
        ),
        (
            "40 such with closures",
            Code("T0605"),
            assigns(
                &closures(40, &|n| format!("g{n}(x, h) + g{n}(x + 1.0, h)")),
                "g0(1.0, |y| y + 1.0)",
            ),
        ),
        (
            "closures that call ten times",
            Code("T0605"),
            assigns(
                &ten,
                &format!("{}y{}", "a(1.0, |y| ".repeat(6), ")".repeat(6)),
            ),
        ),
        (
            "60 functions with a closure",
            Accepted,
            assigns(
                &closures(60, &|n| format!("g{n}(x, h) + 1.0")),
                "g0(1.0, |y| y)",
            ),
        ),
        (
            "5 000 functions with a closure",
            Code("T0605"),
            assigns(
                &closures(5_000, &|n| format!("g{n}(x, h) + 1.0")),
                "g0(1.0, |y| y)",
            ),
        ),
        ("6 loops over 1 000", Accepted, loops(6, "0..1000")),
        ("9 loops over 8", Accepted, loops(9, "0..8")),
        (
            "3 loops over everything",
            Accepted,
            loops(3, "0..9223372036854775807"),
        ),
        (
            "5 000 else-ifs",
            Code("T0103"),
            program(
                "",
                "f64",
                &format!(
                    "if c.x < 0.0 {{ }}{}",
                    each(5_000, |n| format!(" else if c.x < {n}.0 {{ c.x = 1.0 }}"))
                ),
            ),
        ),
        (
            "5 000 else-ifs of a value",
            Code("T0103"),
            assigns(
                "",
                &format!(
                    "if c.x < 0.0 {{ 1.0 }}{} else {{ 2.0 }}",
                    each(5_000, |n| format!(" else if c.x < {n}.0 {{ 1.0 }}"))
                ),
            ),
        ),
        (
            "100 ifs in ifs",
            Accepted,
            program(
                "",
                "f64",
                &format!(
                    "{}c.x = 2.0{}",
                    "if c.x < 0.0 { ".repeat(100),
                    " }".repeat(100)
                ),
            ),
        ),
        ("a sum of 200 KB", Code("T0103"), assigns("", &sum(" + "))),
        (
            "a conjunction of 200 KB",
            Code("T0103"),
            program("", "bool", &format!("c.x = {}", sum(" and "))),
        ),
        (
            "defaults of 200 KB",
            Code("T0103"),
            assigns("", &sum(" ?? ")),
        ),
        (
            "a product of large matrices",
            Accepted,
            program("", "[f64; 2000, 2000]", "c.x = c.x @ c.x @ c.x"),
        ),
        (
            "a constant that takes forever",
            Code("T0317"),
            assigns(
                "fn f(n: i64) -> i64 {\n var s = n\n for i in 0..1000000000 { for j in 0..1000000000 { s += 1 } }\n return s\n}\nconst a: i64 = f(3)",
                "1.0",
            ),
        ),
        (
            "a handler for each of 3 000 processes",
            Code("T0605"),
            format!(
                "context c {{ x: f64 }}\nprocess q {{ errors E\n raise E }}\nprocess p {{ outputs c.x\n c.x = 1.0 }}\n\
             pipeline main every 1s {{\n{} on error E {{ {} -> skip }}\n}}\n",
                " q\n".repeat(3_000),
                vec!["p"; 3_000].join(" -> ")
            ),
        ),
        (
            "20 large locals",
            Code("T0603"),
            program(
                "",
                "f64",
                &each(20, |n| {
                    format!("let _y{n}: [f64; 130000000] = [0.0; 130000000]\n")
                }),
            ),
        ),
        (
            "an undo of everything",
            Accepted,
            program(
                "",
                "[f64; 1000000]",
                "c.x = [1.0; 1000000]\n if c.x[0] > 2.0 { c.x[1] = 3.0 }",
            ),
        ),
    ])
}
