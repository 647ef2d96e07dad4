//! Extreme texts, by name, and what they must be answered with.

mod growth;
mod many;
mod types;

pub(crate) use growth::growth;
pub(crate) use many::crowds;
pub(crate) use types::types;

/// Bytes of texts that repeat one thing.
const LONG: usize = 64 << 10;

/// What must come of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// It is a program.
    Accepted,
    /// It is none, and this code is among the diagnostics.
    Code(&'static str),
    /// It is none.
    Rejected,
}

use Want::{Accepted, Code, Rejected};

/// A text with its name.
pub(crate) type Input = (String, Want, String);

/// `part` written for each number below `count`.
fn each(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

/// The same with `between` between the parts.
fn joined(count: usize, between: &str, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect::<Vec<_>>().join(between)
}

fn repeated(unit: &str) -> String {
    unit.repeat(LONG / unit.len())
}

/// A program of one field and one process: items, the type of the field, statements.
fn program(items: &str, ty: &str, body: &str) -> String {
    format!(
        "{items}\ncontext c {{ x: {ty} }}\nprocess p {{\n outputs c.x\n {body}\n}}\n\
         pipeline main every 1s {{ p }}\n"
    )
}

/// A program that assigns an `f64` expression.
fn assigns(items: &str, value: &str) -> String {
    program(items, "f64", &format!("c.x = {value}"))
}

fn named(list: Vec<(&str, Want, String)>) -> Vec<Input> {
    let owned = |(name, want, text): (&str, Want, String)| (name.to_owned(), want, text);
    list.into_iter().map(owned).collect()
}

/// 64 KiB of one thing: alone, as an expression, a type, statements and a pipeline.
pub(crate) fn repetitions() -> Vec<Input> {
    let units = [
        "(",
        "[",
        "{",
        "|",
        "-",
        "not ",
        "a.",
        "a+",
        "a?",
        "a ?? ",
        "if a {",
        "f(",
        "a[",
        "1+",
        "match a { ",
        "(-",
        "|x| ",
        "a == ",
        "a,",
        "!",
        "\"",
        "//",
        "///",
        "x:",
        "@",
        "<",
        "ring<",
        "else ",
        "->",
        "a..",
        "for i in 0..9 {",
        "a and not ",
        "a as ",
        "a -> ",
        "\u{0}",
        "λ",
        "1e",
        "1_",
        "0x",
        "\\",
        "`",
        "'",
        "#",
        "$",
        "\u{feff}",
    ];
    let mut all = Vec::new();
    for unit in units {
        let text = repeated(unit);
        for (place, text) in [
            ("alone", text.clone()),
            ("a value", assigns("", &text)),
            ("a type", format!("context c {{ x: {text} }}\n")),
            ("statements", program("", "f64", &text)),
            (
                "a pipeline",
                format!("pipeline main every 1s {{ {text} }}\n"),
            ),
        ] {
            // A comment that swallows no brace is fine.
            let whole = ["alone", "statements"].contains(&place);
            let comment = whole && unit.starts_with("//");
            let want = if comment { Accepted } else { Rejected };
            all.push((format!("{unit:?} as {place}"), want, text));
        }
    }
    all
}

/// Files that are odd as files.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(crate) fn files() -> Vec<Input> {
    let fine = assigns("", "1.0");
    let items = "context c { x: f64 }\n";
    named(vec![
        (
            "10 MB",
            Code("T0104"),
            items.repeat((10 << 20) / items.len()),
        ),
        ("empty", Accepted, String::new()),
        ("comments only", Accepted, "// a\n".repeat(1000)),
        ("doc comments only", Accepted, "/// a\n".repeat(1000)),
        ("blanks only", Accepted, " \n\t\n".repeat(1000)),
        ("CRLF", Accepted, fine.replace('\n', "\r\n")),
        ("CR", Accepted, fine.replace('\n', "\r")),
        ("byte order mark", Accepted, format!("\u{feff}{fine}")),
        ("no final newline", Accepted, fine.trim_end().to_owned()),
        ("NUL", Code("T0107"), fine.replace("1.0", "1.\u{0}0")),
        (
            "NUL in a comment",
            Code("T0101"),
            format!("// \u{0}\n{fine}"),
        ),
        (
            "a name of 100 000 letters",
            Code("T0201"),
            assigns("", &"a".repeat(100_000)),
        ),
        (
            "a function of that name",
            Accepted,
            assigns(
                &format!("fn {}(x: f64) -> f64 {{ return x }}", "a".repeat(100_000)),
                &format!("{}(1.0)", "a".repeat(100_000)),
            ),
        ),
        (
            "a line of 200 000 blanks",
            Code("T0201"),
            assigns("", &format!("1.0{}+ z", " ".repeat(200_000))),
        ),
        (
            "a line of 500 KB",
            Code("T0204"),
            fine.repeat(5000).replace('\n', " "),
        ),
        (
            "names of many scripts",
            Accepted,
            fine.replace("c.x", "été.日本")
                .replace("context c { x", "context été { 日本"),
        ),
        (
            "a value of emoji",
            Code("T0101"),
            assigns("", "😀 + 日本 + \u{202e}"),
        ),
        (
            "a path of many scripts",
            Accepted,
            fine.replace("{ p }", "{ p\n sink csv(\"日本😀.csv\") { c.x } }"),
        ),
        (
            "an open string",
            Code("T0106"),
            format!("{fine}\"{}", "a".repeat(LONG)),
        ),
        (
            "digits",
            Accepted,
            assigns("", &format!("0.{}", "1".repeat(LONG))),
        ),
        (
            "an exponent",
            Code("T0107"),
            assigns("", &format!("1e{}", "9".repeat(LONG))),
        ),
        (
            "an integer",
            Code("T0107"),
            program("", "i64", &format!("c.x = {}", "9".repeat(LONG))),
        ),
        (
            "a period",
            Code("T0107"),
            fine.replace("1s", "99999999999999999h"),
        ),
        (
            "garbage",
            Code("T0101"),
            each(LONG, |n| {
                char::from(33 + u8::try_from(n * n * 7919 % 90).unwrap()).to_string()
            }),
        ),
        (
            "garbage in lines",
            Code("T0111"),
            each(LONG, |n| {
                if n % 60 == 0 {
                    "\n".to_owned()
                } else {
                    char::from(33 + u8::try_from(n * 7919 / 7 % 90).unwrap()).to_string()
                }
            }),
        ),
    ])
}
