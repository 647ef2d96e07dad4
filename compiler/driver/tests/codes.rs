//! The page of every code keeps its word: the wrong program gives exactly that code, the
//! right one is accepted, and the drawing of each is kept as a snapshot.
#![expect(clippy::expect_used, reason = "a test ends where it cannot go on")]

use std::path::Path;

use theus::{InMemory, LINTS, Level, Levels, Report, Text};
use theus_diag::render::Style;
use theus_diag::{Code, Severity};

/// The program under a heading of a page; `None` where it shows a command.
fn block<'a>(page: &'a str, heading: &str) -> Option<&'a str> {
    let (_, rest) = page
        .split_once(heading)
        .expect("every page has both headings");
    let (_, rest) = rest.split_once("```").expect("a block under each heading");
    let (block, _) = rest.split_once("\n```").expect("every block is closed");
    block.strip_prefix("theus\n")
}

/// What is found in the program of a page; of the page of a lint, by that lint too.
fn check(code: Code, text: &str) -> Report {
    let (text, modules) = (Text::new("main", text), InMemory::new());
    let lint = LINTS.iter().find(|lint| lint.code == code);
    if lint.is_none() && code != Code::UnknownLint {
        return theus::check(text, &modules);
    }
    let mut levels = Levels::default();
    if let Some(lint) = lint {
        levels.set(lint.name, Level::Warn).expect("a lint");
    }
    theus::lint(text, &modules, &levels)
}

fn pages() -> impl Iterator<Item = (Code, &'static str)> {
    Code::ALL
        .iter()
        .map(|code| (*code, theus_diag::explain(*code).expect("a page")))
}

fn codes(report: &Report, severity: Severity) -> Vec<&'static str> {
    let found = report
        .found
        .iter()
        .filter(|found| found.severity() == severity);
    let mut codes: Vec<_> = found.map(|found| found.code.id()).collect();
    codes.dedup();
    codes
}

#[test]
fn every_page_begins_with_its_code_and_title() {
    for (code, page) in pages() {
        let head = format!("# {}: {}\n\n`", code.id(), code.title());
        assert!(page.starts_with(&head), "{page}");
    }
}

#[test]
fn every_page_has_its_code() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/codes");
    for entry in std::fs::read_dir(directory).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let id = name.strip_suffix(".md").unwrap();
        assert!(Code::from_id(id).is_some(), "{name} is the page of no code");
    }
}

#[test]
fn wrong_programs_give_their_code_and_no_other_error() {
    let mut lies = String::new();
    for (code, page) in pages() {
        let Some(text) = block(page, "## Wrong") else {
            continue;
        };
        let report = check(code, text);
        let found = codes(&report, code.severity());
        let errors = codes(&report, Severity::Error);
        let is_error = code.severity() == Severity::Error;
        if found != [code.id()] || (!is_error && !errors.is_empty()) {
            lies += &format!("{}: {found:?}\n{report}\n", code.id());
        }
    }
    assert!(lies.is_empty(), "{lies}");
}

#[test]
fn right_programs_are_accepted() {
    let mut lies = String::new();
    for (code, page) in pages() {
        let Some(text) = block(page, "## Right") else {
            continue;
        };
        let report = check(code, text);
        if report.has_errors() || report.found.iter().any(|found| found.code == code) {
            lies += &format!("{}\n{report}\n", code.id());
        }
    }
    assert!(lies.is_empty(), "{lies}");
}

#[test]
fn drawings() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("codes");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (code, page) in pages() {
            if let Some(text) = block(page, "## Wrong") {
                insta::assert_snapshot!(
                    code.id(),
                    check(code, text).render(Style::default())
                );
            }
        }
    });
}
