//! Many of one thing.

use super::Want::{Accepted, Code};
use super::{Input, assigns, each, joined, named, program};

/// Many of one thing.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(crate) fn crowds() -> Vec<Input> {
    let fields = |count| each(count, |n| format!(" f{n}: f64\n"));
    let numbers = joined(100_000, ", ", |n| format!("{n}.0"));
    let process = |n| format!("process p{n} {{\n outputs c.x\n c.x = {n}.0\n}}\n");
    named(vec![
        (
            "100 000 fields",
            Accepted,
            format!(
                "context c {{\n{}}}\nprocess p {{ outputs c.f0\n c.f0 = 1.0 }}\n\
                 pipeline main every 1s {{ p }}\n",
                fields(100_000)
            ),
        ),
        (
            "10 000 processes",
            Accepted,
            format!(
                "context c {{ x: f64 }}\n{}pipeline main every 1s {{ {} }}\n",
                each(10_000, process),
                joined(10_000, " -> ", |n| format!("p{n}"))
            ),
        ),
        (
            "10 000 runs of a process",
            Accepted,
            assigns("", "1.0").replace(
                "{ p }",
                &format!("{{ {} }}", vec!["p"; 10_000].join(" -> ")),
            ),
        ),
        (
            "an array literal of 100 000",
            Code("T0605"),
            program("", "[f64; 100000]", &format!("c.x = [{numbers}]")),
        ),
        (
            "a constant of 100 000",
            Code("T0317"),
            assigns(&format!("const t: [f64; 100000] = [{numbers}]"), "t[3]"),
        ),
        (
            "10 000 unknown names",
            Code("T0201"),
            program("", "f64", &each(10_000, |n| format!("let a{n} = b{n}\n"))),
        ),
        (
            "10 000 unknown modules",
            Code("T0203"),
            each(10_000, |n| format!("use m{n}\n")),
        ),
        (
            "50 000 fields of one name",
            Code("T0204"),
            format!("context c {{\n{}}}\n", " x: f64\n".repeat(50_000)),
        ),
        (
            "50 000 functions of one name",
            Code("T0204"),
            "fn f() { }\n".repeat(50_000),
        ),
        (
            "20 000 inputs of one name",
            Accepted,
            assigns("", "1.0").replace(
                " outputs",
                &format!(" inputs {}\n outputs", vec!["c.x"; 20_000].join(", ")),
            ),
        ),
        (
            "an enum of 100 000",
            Accepted,
            program(
                &format!(
                    "enum E {{ {} }}",
                    joined(100_000, ", ", |n| format!("V{n}"))
                ),
                "E",
                "",
            ),
        ),
        (
            "5 000 parameters",
            Accepted,
            assigns(
                &format!(
                    "fn f({}) -> f64 {{ return a0 }}",
                    joined(5_000, ", ", |n| format!("a{n}: f64"))
                ),
                &format!("f({})", vec!["1.0"; 5_000].join(", ")),
            ),
        ),
        (
            "20 000 checks",
            Code("T0605"),
            program("", "i64", &each(20_000, |n| format!("c.x = c.x + {n}\n"))),
        ),
        (
            "3 000 tests of a value",
            Accepted,
            program(
                "",
                "f64",
                &each(3_000, |n| format!("if c.x < {n}.0 {{ c.x = c.x * 1.5 }}\n")),
            ),
        ),
        (
            "1 500 tests of a constant",
            Accepted,
            program(
                "",
                "f64",
                &each(1_500, |n| format!("if c.x < {n}.0 {{ c.x = {n}.0 }}\n")),
            ),
        ),
        (
            "comparisons of a large struct",
            Code("T0605"),
            program(
                &format!("struct S {{\n{}}}", fields(4000)),
                "S",
                &"if c.x == c.x { c.x = c.x }\n".repeat(3000),
            ),
        ),
        (
            "a sink of 100 million columns",
            Code("T0505"),
            program("", "[f64; 100000000]", "c.x[0] = 1.0")
                .replace("{ p }", "{ p\n sink csv(\"a.csv\") { c.x } }"),
        ),
        (
            "a sink of 5 000 columns",
            Accepted,
            program("", "[f64; 5000]", "c.x[0] = 1.0")
                .replace("{ p }", "{ p\n sink csv(\"a.csv\") { c.x } }"),
        ),
        (
            "1 000 pipelines",
            Accepted,
            assigns("", "1.0")
                + &each(1_000, |n| format!("pipeline m{n} every 1s {{ p }}\n")),
        ),
        (
            "5 000 constants of each other",
            Code("T0317"),
            each(5_000, |n| format!("const a{n}: i64 = a{} + 0\n", n + 1))
                + "const a5000: i64 = 1\n",
        ),
    ])
}
