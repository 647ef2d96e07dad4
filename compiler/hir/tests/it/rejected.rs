//! Programs with faults: the code, the place and the title of each diagnostic, and nothing
//! else. One program for each line of a table file: cases are separated by `=====`, the
//! program and its diagnostics by `-----`.

use crate::support::lines;

/// Runs all cases of a table; says all that differ.
fn table(text: &str) {
    let mut wrong = Vec::new();
    for case in text.split("=====\n").filter(|case| !case.trim().is_empty()) {
        let (program, wanted) = case.split_once("-----\n").expect("a case has two parts");
        let found = lines(program).join("\n");
        if found.trim() != wanted.trim() {
            wrong.push(format!("{program}-----\n{found}\n====="));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} cases differ; now:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn names() {
    table(include_str!("../tables/names.txt"));
}

#[test]
fn types() {
    table(include_str!("../tables/types.txt"));
}

#[test]
fn declarations() {
    table(include_str!("../tables/declarations.txt"));
}

#[test]
fn bodies() {
    table(include_str!("../tables/bodies.txt"));
}

#[test]
fn pipelines() {
    table(include_str!("../tables/pipelines.txt"));
}
