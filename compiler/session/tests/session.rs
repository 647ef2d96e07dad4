//! Cells: what stays, what changes, and that a cell that goes wrong changes nothing.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/talk.rs"]
mod talk;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use talk::{Talk, told};
use theus_session::is_open;

const PLANT: &str = "
context plant { x: f64 = 1.0  n: i64  h: ring<f64, 3> }
process step {
    inputs plant.n
    outputs plant.x, plant.n, plant.h
    plant.n = plant.n + 1
    plant.x = plant.x + 0.5
    plant.h.push(plant.x)
}
pipeline main every 10ms { step }";

#[test]
fn values_are_shown_as_the_language_writes_them() {
    for mut talk in [Talk::new(), Talk::interpreted()] {
        for (cell, shown) in [
            ("1 + 2", "3"),
            ("1.0 / 4.0", "0.25"),
            ("\"a{1 + 1}\"", "\"a2\""),
            ("[1, 2, 3]", "[1, 2, 3]"),
            ("(1, true)", "(1, true)"),
            ("250ms", "250ms"),
            (
                "let a = 2\n// what follows is shown\na * 3 // like this",
                "6",
            ),
            ("-1", "-1"),
            ("if 1 < 2 { 1 } else { 0 }", "1"),
            ("struct P { a: f64 }\nP(a: 1.0)", "P(a: 1.0)"),
            ("let b = 1", ""),
            ("", ""),
            ("// nothing", ""),
        ] {
            assert_eq!(talk.shows(cell), shown, "{cell}");
        }
    }
}

#[test]
fn contexts_and_locals_stay() {
    for mut talk in [Talk::new(), Talk::interpreted()] {
        talk.shows(PLANT);
        talk.shows("run main for 2 ticks");
        assert_eq!(talk.shows("plant.n"), "2");
        assert_eq!(
            talk.shows("run main for 2 ticks\nplant.h"),
            "[3.0, 2.5, 2.0]"
        );
        talk.shows("let a = plant.x\nvar b = 1");
        talk.shows("b += 2");
        assert_eq!(talk.shows("(a, b)"), "(3.0, 3)");
        assert_eq!(talk.shows("let (c, d) = (a, b)\nc + 1.0"), "4.0");
        assert_eq!(talk.shows("d"), "3");
        assert_eq!(talk.shows("set plant.n = 40\nplant.n + 2"), "42");
        assert_eq!(talk.shows("it"), "42");
        assert_eq!(talk.refused("a = 2.0"), "T0312");
    }
}

#[test]
fn a_name_may_get_another_type() {
    let mut talk = Talk::new();
    assert_eq!(talk.shows("1.5"), "1.5");
    assert_eq!(talk.shows("it > 1.0"), "true");
    assert_eq!(talk.shows("not it"), "false");
    talk.shows("let a = 1");
    talk.shows("let a = a as f64 + 0.5");
    assert_eq!(talk.shows("let a = \"a is {a}\"\na"), "\"a is 1.5\"");
}

#[test]
fn an_item_of_the_same_name_replaces() {
    let mut talk = Talk::new();
    talk.shows(PLANT);
    talk.shows("run main for 1 ticks");
    talk.shows("process step { outputs plant.x  plant.x = 100.0 }");
    assert_eq!(
        talk.shows("run main for 1 ticks\n(plant.x, plant.n)"),
        "(100.0, 1)"
    );
    talk.shows("fn f(a: i64) -> i64 { return a + 1 }");
    talk.shows("fn f(a: i64) -> i64 { return a + 2 }");
    assert_eq!(talk.shows("f(1)"), "3");
}

#[test]
fn fields_go_by_name_and_type() {
    let mut talk = Talk::new();
    talk.shows("context c { a: i32 = 7  gone: i64 = 1  r: ring<i64, 2> }");
    talk.shows("process p { outputs c.r  c.r.push(1)  c.r.push(2) }");
    talk.shows("run p\nset c.a = 8");
    talk.shows("context c { new: f64 = 2.5  a: f64  r: ring<i64, 4> }");
    assert_eq!(talk.shows("(c.new, c.a)"), "(2.5, 8.0)");
    assert_eq!(talk.shows("c.r"), "[2, 1]");
    let flag = "context c { new: f64  a: bool  r: ring<i64, 4> }\nc.a";
    assert_eq!(talk.refused(flag), "T0840");
    assert_eq!(talk.shows("c.a"), "8.0");
    assert_eq!(talk.shows(&format!("reset c.a\n{flag}")), "false");
    assert_eq!(talk.shows("c.new"), "2.5");
    assert_eq!(talk.shows("reset c\nc.new"), "0.0");
    assert_eq!(talk.refused("reset c.b"), "T0842");
}

#[test]
fn a_range_that_the_value_is_not_in_is_refused() {
    let mut talk = Talk::new();
    talk.shows("context c { x: f64 = 5.0 }");
    assert_eq!(
        talk.refused("context c { x: f64 in 0.0..=1.0 = 0.5 }"),
        "T0840"
    );
    talk.shows("set c.x = 1.0");
    talk.shows("context c { x: f64 in 0.0..=1.0 = 0.5 }");
    assert_eq!(talk.shows("c.x"), "1.0");
}

#[test]
fn globals_keep_their_values_until_their_default_is_another() {
    let mut talk = Talk::new();
    talk.shows("context c { global g: f64 = 1.0  x: f64 = c.g }");
    talk.shows("set c.g = 3.0");
    talk.shows("const ONE = 1");
    assert_eq!(talk.shows("c.g"), "3.0");
    talk.shows("context c { global g: f64 = 2.0  x: f64 = c.g }");
    assert_eq!(talk.shows("c.g"), "2.0");
}

#[test]
fn what_goes_wrong_changes_nothing() {
    let mut talk = Talk::new();
    talk.shows(PLANT);
    talk.shows("run main for 2 ticks\nvar k = 1");
    let before = talk.session.vm().unwrap().memory().to_vec();
    for (cell, told) in [
        (
            "run main for 3 ticks\nk = 7\nassert plant.n == 0",
            "Fault(Assert)",
        ),
        ("k = 9\nlet l = [1, 2]\nl[k]", "Fault(Index)"),
        ("context plant { x: f64 }", "T0202 T0202 T0202 T0202 T0202"),
        (
            "process step { outputs plant.y  plant.y = 1.0 }\nk = 2",
            "T0202 T0202",
        ),
        ("let a = 1 +", "T0101"),
        ("process p {", "T0102"),
    ] {
        let found = talk.refused(cell);
        let same = found == told || told.starts_with('T') && found.starts_with('T');
        assert!(same, "{cell}: {found}");
        assert_eq!(talk.session.vm().unwrap().memory(), before, "{cell}");
    }
    assert_eq!(talk.shows("(plant.n, k)"), "(2, 1)");
}

#[test]
fn undo_goes_back_cell_by_cell() {
    let mut talk = Talk::new();
    talk.shows(PLANT);
    talk.shows("run main for 2 ticks");
    talk.shows("let a = 1\nrun main for 2 ticks");
    assert_eq!(talk.shows("plant.n"), "4");
    assert!(talk.session.undo() && talk.session.undo());
    assert_eq!(talk.shows("plant.n"), "2");
    assert_eq!(talk.refused("a"), "T0201");
    while talk.session.undo() {}
    assert_eq!(talk.refused("plant.n"), "T0201");
}

/// Runs a cell that would not end, and ends it.
fn interrupted(talk: &mut Talk, cell: &str) -> String {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let waits = thread::spawn(move || {
        thread::sleep(Duration::from_millis(200));
        flag.store(true, Ordering::Relaxed);
    });
    let done = talk.session.run(cell, &mut || Duration::ZERO, Some(&stop));
    waits.join().unwrap();
    match done {
        Ok(_) => "done".to_owned(),
        Err(refused) => told(&refused),
    }
}

#[test]
fn a_cell_that_does_not_end_can_be_ended() {
    let endless = "fn spin(n: i64) -> i64 {
        var a = n
        while a > 0 max 1_000_000_000_000 { a = a % 7 + 1 }
        return a
    }
    process hang { outputs plant.n  plant.n = spin(5) }
    pipeline stuck every 1ms { hang  on fault { skip } }";
    for mut talk in [Talk::new(), Talk::interpreted()] {
        talk.shows(PLANT);
        talk.shows(endless);
        let ticks = "run main for 1_000_000_000_000 ticks";
        assert_eq!(interrupted(&mut talk, ticks), "interrupted");
        assert_eq!(interrupted(&mut talk, "spin(3)"), "interrupted");
        let until = "run stuck until plant.n == 9 max 1_000_000_000 ticks";
        assert_eq!(interrupted(&mut talk, until), "interrupted");
        assert_eq!(talk.shows("plant.n"), "0");
    }
}

#[test]
fn the_type_of_a_value_is_told_without_it() {
    let mut talk = Talk::new();
    talk.shows("let a = [1.0, 2.0]");
    assert_eq!(talk.session.type_of("a").unwrap(), "[f64; 2]");
    assert_eq!(talk.session.type_of("1 / 0 == 2").ok(), None);
    assert_eq!(
        talk.session.type_of("let b = 1").unwrap_err().found.len(),
        1
    );
}

#[test]
fn items_of_all_cells_make_a_program() {
    let mut talk = Talk::new();
    talk.shows("const A = 1\n\nconst B = 2");
    talk.shows("/// Two.\nconst B = 3\nB");
    talk.shows("test \"b\" { assert B == 3 }");
    let program = talk.session.program();
    assert_eq!(
        program,
        "const A = 1\n\n/// Two.\nconst B = 3\n\ntest \"b\" { assert B == 3 }\n"
    );
    let checked =
        theus::check(theus::Text::new("main", program), &theus::InMemory::new());
    assert!(!checked.has_errors(), "{checked}");
}

#[test]
fn open_brackets_and_operators_go_on() {
    for open in ["process p {", "f(1,", "let a =", "1 +", "[1, // ]"] {
        assert!(is_open(open), "{open}");
    }
    for whole in ["", "1", "\"{\"", "f(1)", "// {", "process p { }"] {
        assert!(!is_open(whole), "{whole}");
    }
}

#[test]
fn warnings_are_about_this_cell() {
    let mut talk = Talk::new();
    talk.shows(PLANT);
    let cell = talk
        .run("fn f() -> i64 {\n    let a = 1\n    return 2\n}")
        .unwrap();
    let codes: Vec<_> = cell
        .warnings
        .found
        .iter()
        .map(|one| one.code.id())
        .collect();
    assert_eq!(codes.len(), 1, "{}", cell.warnings);
    assert_eq!(talk.shows("f()"), "2");
}
