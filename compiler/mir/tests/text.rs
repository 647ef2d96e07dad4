//! The text form: what is printed parses back to the same, and bad text is an error.

use theus_mir::compact::compact;
use theus_mir::{parse_func, parse_program, verify};

const ALL: &str = include_str!("text/all.mir");
const ORDER: &str = include_str!("text/order.mir");

#[test]
fn printing_and_parsing_keeps_everything() {
    for text in [ALL, ORDER] {
        let first = parse_program(text).unwrap();
        verify(&first).unwrap();
        let printed = first.to_string();
        let second = parse_program(&printed).unwrap();
        assert_eq!(printed, second.to_string());
        assert_eq!(first.image, second.image);
        for (a, b) in first.funcs.values().zip(second.funcs.values()) {
            assert_eq!(format!("{a:?}"), format!("{b:?}"));
        }
    }
}

#[test]
fn text_in_print_order_is_printed_as_it_is() {
    let strip = |text: &str| {
        let lines = text.lines().filter(|line| !line.starts_with(';'));
        let lines = lines.map(|line| match line.split_once(" = call") {
            Some((results, _)) => results.to_owned(),
            None if line.trim_start().starts_with("call") => String::new(),
            None => line.to_owned(),
        });
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>()
    };
    assert_eq!(strip(ALL), strip(&parse_program(ALL).unwrap().to_string()));
}

#[test]
fn parsing_numbers_in_text_order() {
    let func = parse_func(ORDER).unwrap();
    let expected = "\
fn %sum(v0: i64) -> i64 {
block0(v0: i64):
    v1 = iconst.i64 0
    jump block2(v1, v1)
block1:
    v2 = iadd.i64 v4, v5
    v3 = iadd.i64 v5, v6
    jump block2(v2, v3)
block2(v4: i64, v5: i64):
    v6 = iconst.i64 1
    v7 = slt.i64 v5, v0
    branch v7, block1, block3
block3:
    return v4
}
";
    assert_eq!(func.to_string(), expected);
}

#[test]
fn compact_drops_holes() {
    let mut func = parse_func(ORDER).unwrap();
    let plain = format!("{func:?}");
    let spare = func.blocks.push(theus_mir::BlockData::default());
    func.block_param(spare, theus_abi::Repr::I8);
    func.make(theus_mir::Inst::Base { offset: 1 }, &[theus_abi::Repr::I64]);
    assert_ne!(plain, format!("{func:?}"));
    assert_eq!(plain, format!("{:?}", compact(&func)));
}

#[test]
fn bad_text_is_an_error_with_its_line() {
    let body = |line: &str| format!("fn %f(v0: i64) {{\nblock0(v0: i64):\n{line}\n}}\n");
    let cases = [
        (body("v1 = iconst.i64 x"), 3, "expected a number"),
        (body("v1 = iconst.i8 200"), 3, "200 is not a signed i8"),
        (
            body("v1 = iconst.i64 1 2"),
            3,
            "expected the end of the line",
        ),
        (body("v0 = iconst.i64 1"), 3, "v0 is defined twice"),
        (body("v1 = iadd.i64 v0, v9"), 3, "v9 is not defined"),
        (body("v1 = iadd.i64 v0"), 3, "iadd does not have 1 operands"),
        (body("v1 = iadd.i63 v0, v0"), 3, "expected an operation"),
        (body("v1 = nothing.i64 v0"), 3, "expected an operation"),
        (body("v1 = math.sin v0, v0"), 3, "sin has 1 operands"),
        (
            body("v1 = store v0, v0+0"),
            3,
            "expected 0 results, found 1",
        ),
        (body("iadd.i64 v0, v0"), 3, "expected 1 results, found 0"),
        (body("v1 = call fn0(v0)"), 3, "v1 has no representation"),
        (body("call %g(v0)"), 3, "expected the name of a function"),
        (body("jump block7"), 3, "block7 is not defined"),
        (
            body("return\nreturn"),
            4,
            "an instruction after the end of the block",
        ),
        (body("block0:"), 3, "block0 is defined twice"),
        (body("v1 = slot_addr slot0"), 3, "slot0 is not defined"),
        (body("v1 = fconst.f32 0x100000000"), 3, "too wide for f32"),
        (
            body("check v0, site0 [v0, block0 else block0"),
            3,
            "expected `v` and a number",
        ),
        (
            "fn %f() {\nreturn\n}\n".to_owned(),
            2,
            "an instruction before the first block",
        ),
        (
            "fn %f() {\nblock0:\n".to_owned(),
            1,
            "the function has no `}`",
        ),
        ("fn %() {\n}\n".to_owned(), 1, "expected a name"),
        ("fn %\"f() {\n}\n".to_owned(), 1, "expected text in quotes"),
        ("x\n".to_owned(), 1, "expected `fn` or `site`"),
        (
            "\nsite1 = Index []\n".to_owned(),
            2,
            "expected site0: sites stand in order",
        ),
        (
            "site0 = Nothing []\n".to_owned(),
            1,
            "expected the name of a fault",
        ),
        (
            "site0 = Index [\"a\": word]\n".to_owned(),
            1,
            "expected a kind of operand",
        ),
    ];
    for (text, line, message) in cases {
        let error = parse_program(&text).unwrap_err();
        assert_eq!(error.line, line, "{text}");
        assert!(error.text.starts_with(message), "{text}\n{error}");
    }
}
