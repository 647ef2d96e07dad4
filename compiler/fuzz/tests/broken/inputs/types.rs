//! Types that are huge, deep or many.

use std::fmt::Write as _;

use super::Want::{Accepted, Code, Rejected};
use super::{Input, assigns, each, named, program};

/// Types that are huge, deep or many.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(crate) fn types() -> Vec<Input> {
    let mut all = Vec::new();
    for ty in [
        "[f64; 18446744073709551615]",
        "[f64; 18446744073709551616]",
        "[f64; 9223372036854775807]",
        "[f64; -1]",
        "[f64; 0]",
        "[[f64; 1000000]; 1000000]",
        "[f64; 1000000, 1000000]",
        "[[[[f64; 1000000]; 1000000]; 1000000]; 1000000]",
        "ring<f64, 9999999999999>",
        "ring<[f64; 4294967296], 4294967296>",
        "ring<ring<f64, 3>, 3>",
        "[bool; 1073741824]",
        "f64????",
        "[f64?; 3]??",
    ] {
        all.push((ty.to_owned(), Rejected, program("", ty, "c.x = c.x")));
        let body = format!("var y: {ty}\n let _z = y");
        all.push((format!("local {ty}"), Rejected, program("", "f64", &body)));
    }
    let dims = |dim: &str, count| format!("[f64; {}]", vec![dim; count].join(", "));
    let nested = |dim: &str, count: usize| {
        format!(
            "{}f64{}",
            "[".repeat(count),
            format!("; {dim}]").repeat(count)
        )
    };
    let options = format!("f64{}", "?".repeat(30_000));
    for (name, want, ty) in [
        ("rank 300 of twos", Code("T0603"), dims("2", 300)),
        ("rank 300 of ones", Accepted, dims("1", 300)),
        ("300 arrays in arrays", Code("T0103"), nested("1", 300)),
        ("20 arrays of twos", Accepted, nested("2", 20)),
        ("30 000 options", Code("T0101"), options),
        ("options in a ring", Accepted, "ring<f64?, 10>".to_owned()),
    ] {
        all.push((name.to_owned(), want, program("", &ty, "")));
    }
    let doubling = |levels: usize, first: &str| {
        let mut items = first.to_owned();
        for n in 1..levels {
            let below = n - 1;
            let _ = write!(items, "struct S{n} {{\n a: S{below}\n b: S{below}\n}}\n");
        }
        items
    };
    let pair = "struct S0 {\n a: f64\n b: f64\n}\n";
    let equal = "if c.x == c.x { c.x = c.x }";
    let arrays = |levels: usize| {
        pair.to_owned()
            + &each(levels, |n| {
                format!("struct S{} {{ a: [S{n}; 2] }}\n", n + 1)
            })
    };
    all.extend(named(vec![
        ("60 doublings", Code("T0603"), program(&doubling(60, pair), "S59", equal)),
        ("10 doublings", Accepted, program(&doubling(10, pair), "S9", equal)),
        ("60 doublings by arrays", Code("T0603"), program(&arrays(60), "S60", equal)),
        ("20 doublings by arrays", Accepted, program(&arrays(20), "S20", equal)),
        (
            "a generic function that makes an array of arrays",
            Code("T0603"),
            program(
                "fn f<T>(x: T) -> f64 {\n let y = [x; 1000000]\n let z = [y; 1000000]\n return g(z)\n}\n\
                 fn g<T>(x: T) -> f64 { let _y = [x; 1000000]\n return 1.0 }",
                "f64",
                "c.x = f([0.0; 1000000])",
            ),
        ),
        (
            "generic functions that double their type",
            Code("T0603"),
            assigns(
                &(each(60, |n| format!("fn g{n}<T>(x: T) -> f64 {{ return g{}([x, x]) }}\n", n + 1))
                    + "fn g60<T>(x: T) -> f64 { return 1.0 }"),
                "g0(1.0)",
            ),
        ),
        (
            "generic functions that double their kinds",
            Code("T0605"),
            assigns(
                &(each(20, |n| format!("fn g{n}<T>(x: T) -> f64 {{ return g{m}([x, x]) + g{m}([x, x, x]) }}\n", m = n + 1))
                    + "fn g20<T>(x: T) -> f64 { return 1.0 }"),
                "g0(1.0)",
            ),
        ),
    ]));
    all
}
