//! `theusc check --fix` from outside: what it writes, what it leaves, how it ends.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[path = "support/command.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

use std::fs;

use support::{Run, directory, theusc};

const WRONG: &str = "\
use help
use std.control

context c { x: f64 = 0.0  y: f64 = 0.0  on: bool }

process p {
    inputs c.x, c.y, c.on
    outputs c.x
    if c.on && true { c.x = help.twice(1.0) }
}

pipeline main every 1s { p }
";

const RIGHT: &str = "\
use help

context c { x: f64 = 0.0  y: f64 = 0.0  on: bool }

process p {
    inputs c.on
    outputs c.x
    if c.on and true { c.x = help.twice(1.0) }
}

pipeline main every 1s { p }
";

const HELP: &str = "fn twice(x: f64) -> f64 { let spare = x  return x + x }\n";
const MENDED_HELP: &str = "fn twice(x: f64) -> f64 { let _spare = x  return x + x }\n";

fn text(path: &str) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn a_program_and_its_modules_are_mended() {
    let dir = directory("fix");
    let (file, help) = (dir.file("a.theus", WRONG), dir.file("help.theus", HELP));
    let dry = theusc(&["check", "--fix", "--dry-run", &file]);
    assert_eq!(dry.status, 1, "{}", dry.err);
    assert_eq!(
        (text(&file), text(&help)),
        (WRONG.to_owned(), HELP.to_owned())
    );
    let shown = format!("{}\n{}", dry.out, dry.err);
    insta::assert_snapshot!(shown.replace(&dir.path(""), ""));
    let run = theusc(&["check", "--fix", &file]);
    assert_eq!(
        (run.status, run.out.as_str()),
        (0, "no problems\n"),
        "{}",
        run.err
    );
    assert_eq!(
        (text(&file), text(&help)),
        (RIGHT.to_owned(), MENDED_HELP.to_owned())
    );
    // Nothing is left beside them, and nothing is left to do.
    assert_eq!(fs::read_dir(dir.path("")).unwrap().count(), 2);
    let again = theusc(&["check", "--fix", &file]);
    assert_eq!((again.status, again.err.as_str()), (0, ""));
}

#[test]
fn what_needs_a_look_is_mended_on_demand() {
    let dir = directory("fix-all");
    let wrong =
        "context c { x: f64  y: f64 }\nprocess p { outputs c.x  c.x = c.y + 1.0 }\n";
    let file = dir.file("a.theus", wrong);
    let safe = theusc(&["check", "--fix", &file]);
    assert_eq!(
        (safe.status, text(&file)),
        (2, wrong.to_owned()),
        "{}",
        safe.err
    );
    let all = theusc(&["check", "--fix=all", &file]);
    assert_eq!(all.status, 0, "{}", all.err);
    assert!(text(&file).contains("inputs c.y"), "{}", text(&file));
}

#[test]
fn what_still_does_not_parse_is_left_alone() {
    let dir = directory("fix-broken");
    let wrong =
        "context c { x: bool }\nprocess p { inputs c.x  if c.x && { } }\nfn f( {\n";
    let file = dir.file("a.theus", wrong);
    let run = theusc(&["check", "--fix", &file]);
    assert_eq!(
        (run.status, text(&file)),
        (2, wrong.to_owned()),
        "{}",
        run.err
    );
    assert!(!run.err.contains("mended"), "{}", run.err);
}

#[test]
fn a_filter_reads_and_writes() {
    let wrong = "use std.control\nfn f() -> bool { return true && false }\n";
    let run = Run::with_input(&["check", "--fix", "-"], wrong);
    let right = "fn f() -> bool { return true and false }\n";
    assert_eq!((run.status, run.out.as_str()), (0, right), "{}", run.err);
    let none = Run::with_input(&["check", "--fix", "-"], right);
    assert_eq!((none.status, none.out.as_str()), (0, right), "{}", none.err);
    let both = Run::with_input(&["check", "--fix", "-f", "json", "-"], wrong);
    assert_eq!((both.status, both.out.as_str()), (2, ""), "{}", both.err);
    let alone = theusc(&["check", "--dry-run", "-"]);
    assert_eq!(alone.status, 2, "{}", alone.err);
}
