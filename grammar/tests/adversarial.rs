//! Texts made to be deep, long or slow: an answer in bounded time, without a panic.

use std::time::{Duration, Instant};

use theus_grammar::{FileId, Source, SyntaxErrorKind, parse};

fn read(text: String) -> (Vec<SyntaxErrorKind>, Duration) {
    let source = Source::new(FileId(0), "a.theus", text);
    #[expect(clippy::disallowed_methods, reason = "the time is what is tested")]
    let start = Instant::now();
    let parsed = parse(&source);
    let kinds = parsed.errors.iter().map(|error| error.kind).collect();
    drop(parsed);
    let time = start.elapsed();
    (kinds, time)
}

fn in_fn(body: &str) -> String {
    format!("fn f(a: f64) -> f64 {{ {body} }}\n")
}

#[track_caller]
fn too_deep(text: String) {
    let (kinds, time) = read(text);
    assert!(kinds.contains(&SyntaxErrorKind::TooDeep), "{kinds:?}");
    assert!(time < Duration::from_secs(40), "{time:?}");
}

#[track_caller]
fn bounded(text: String, seconds: u64) {
    let (_, time) = read(text);
    // Generous: builds without optimisation on a busy machine run these too.
    assert!(time < Duration::from_secs(4 * seconds), "{time:?}");
}

#[test]
fn brackets_only() {
    for open in [
        "(",
        "[",
        "{",
        "([{",
        "f(|x| {",
        "if f(|x| {",
        "match x { A => {",
    ] {
        let text = open.repeat((64 << 10) / open.len());
        let (kinds, time) = read(text);
        assert!(
            kinds.contains(&SyntaxErrorKind::TooDeep),
            "{open}: {kinds:?}"
        );
        assert!(time < Duration::from_secs(2), "{open}: {time:?}");
    }
}

#[test]
fn brackets_at_the_limit() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("-(", ")"),
        ("f(", ")"),
        ("a[", "]"),
        ("not (", ")"),
    ] {
        let text = format!(
            "const K: f64 = {}1{}\n",
            open.repeat(250),
            close.repeat(250)
        );
        let (kinds, time) = read(text);
        assert!(kinds.is_empty(), "{open}: {kinds:?}");
        assert!(time < Duration::from_secs(1), "{open}: {time:?}");
    }
    for (open, close) in [
        ("if a { ", "}"),
        ("while a max 3 { ", "}"),
        ("match a { B => { ", "} }"),
    ] {
        let deep = 250 / close.len();
        let text = in_fn(&format!("{}a = 1{}", open.repeat(deep), close.repeat(deep)));
        let (kinds, time) = read(text);
        assert!(kinds.is_empty(), "{open}: {kinds:?}");
        assert!(time < Duration::from_secs(1), "{open}: {time:?}");
    }
    let text = in_fn(&format!(
        "let x = {}1{}",
        "f(|x| { return ".repeat(120),
        "})".repeat(120)
    ));
    assert!(read(text).0.is_empty());
}

#[test]
fn chains_without_brackets() {
    let n = 100_000;
    too_deep(in_fn(&format!("let x = {}a", "-".repeat(n))));
    too_deep(in_fn(&format!("let x = {}a", "not ".repeat(n))));
    too_deep(in_fn(&format!("let x = {}a", "~".repeat(n))));
    too_deep(in_fn(&format!("let x = a{}", ".b".repeat(n))));
    too_deep(in_fn(&format!("let x = a{}", "(1)".repeat(n))));
    too_deep(in_fn(&format!("let x = a{}", "[1]".repeat(n))));
    too_deep(in_fn(&format!("let x = a{}", " + a".repeat(500_000))));
    too_deep(in_fn(&format!("let x = a{}", " ?? a".repeat(n))));
    too_deep(in_fn(&format!("let x = a{}", " implies a".repeat(n))));
    too_deep(in_fn(&format!("let x = a{}", " and a".repeat(n))));
    too_deep(in_fn(&format!("let x = a{}", " + not a".repeat(n))));
    too_deep(in_fn(&format!("let x = a{}", " as f64".repeat(n))));
    too_deep(in_fn(&format!("if a {{ }} {}", "else if a { } ".repeat(n))));
    too_deep(in_fn(&format!(
        "let x = if a {{ 1 }} {} else {{ 2 }}",
        "else if a { 1 } ".repeat(n)
    )));
    too_deep(format!("fn f(a: {}) {{ }}", "ring<".repeat(n)));
    too_deep(format!(
        "pipeline p {{ when a {{ }} {} }}",
        "else when a { } ".repeat(n)
    ));
}

#[test]
fn long_texts() {
    let n = 20_000;
    bounded(in_fn(&format!("let x = {}", "|x| ".repeat(n))), 5);
    bounded(format!("fn f(a: {}f64) {{ }}", "fn() -> ".repeat(n)), 5);
    bounded(format!("process p {{ inputs {} }}", "a.b, ".repeat(n)), 5);
    bounded(format!("pipeline p {{ {} }}", "a -> ".repeat(n)), 5);
    bounded(format!("use a{}", ".b".repeat(n)), 5);
    bounded("/// doc\n".repeat(n), 5);
    bounded("// comment\n".repeat(n), 5);
    bounded(
        format!("fn f() {{\n{}}}\n", "// c\n    a = b\n".repeat(n)),
        5,
    );
    bounded("let x = = 3\n".repeat(n), 5);
    bounded(in_fn(&"let x = = 3\n".repeat(n)), 5);
    bounded(in_fn(&"\n) = 3".repeat(n)), 5);
    bounded("process p { let a = ( \n".repeat(n / 10), 5);
    bounded("}\n".repeat(n), 5);
    bounded(";".repeat(n), 5);
    bounded("\"\n".repeat(n), 5);
    bounded("all(i in ".repeat(250), 5);
    bounded("1".repeat(1 << 20), 5);
    bounded("a".repeat(1 << 20), 5);
    bounded(" ".repeat(4 << 20), 5);
    bounded("a < b < ".repeat(n), 5);
}

#[test]
fn nothing_is_read_twice_at_each_level() {
    // A failure at every level, so that recovery has to swallow what was read.
    for (open, close) in [
        ("f(|x| { a = ", " }, , )"),
        ("let x = f(|x| { ", " } ) ) = 3"),
        ("if f(|x| { ", " } } { }"),
        ("all(i in ", ")"),
        ("old(", ", )"),
        ("[", " ; ]"),
        ("match x { A => ", ", => }"),
        ("Params { m: ", "}"),
    ] {
        let small = in_fn(&format!("{}1{}", open.repeat(30), close.repeat(30)));
        let large = in_fn(&format!("{}1{}", open.repeat(120), close.repeat(120)));
        bounded(small, 1);
        bounded(large, 4);
    }
}

#[test]
fn large_files() {
    let unit = "    let x = f(a, b + 2.0 * c)[1]\n    if x > 3.0 and not y { z = x }\n";
    let body = unit.repeat((1 << 20) / unit.len());
    bounded(in_fn(&body), 10);
    let (kinds, time) = read("x".repeat(10_000_000));
    assert_eq!(kinds, [SyntaxErrorKind::TooLarge]);
    assert!(time < Duration::from_secs(1), "{time:?}");
}
