//! Programs with faults: the code, the place and the title of each diagnostic, and nothing
//! else. One program for each line of a table file: cases are separated by `=====`, the
//! program and its diagnostics by `-----`.

use crate::support::{lines, one};

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

/// The text with the edits of a fix.
fn fixed(text: &str, edits: &[(theus_grammar::Span, String)]) -> String {
    let mut edits = edits.to_vec();
    edits.sort_by_key(|(span, _)| std::cmp::Reverse((span.start, span.end)));
    let mut text = text.to_owned();
    for (span, new) in edits {
        text.replace_range(span.start as usize..span.end as usize, &new);
    }
    text
}

/// Every fix takes its diagnostic away, and the text stays readable.
#[test]
fn fixes_mend() {
    let tables = [
        include_str!("../tables/names.txt"),
        include_str!("../tables/types.txt"),
        include_str!("../tables/declarations.txt"),
        include_str!("../tables/bodies.txt"),
        include_str!("../tables/pipelines.txt"),
    ];
    let (mut tried, mut wrong) = (0, Vec::new());
    for case in tables.iter().flat_map(|table| table.split("=====\n")) {
        let Some((program, _)) = case.split_once("-----\n") else {
            continue;
        };
        let before = one(program);
        for found in &before.found {
            for fix in &found.fixes {
                tried += 1;
                let text = fixed(program, &fix.edits);
                let after = one(&text);
                let same = |other: &&theus_diag::Diagnostic| {
                    other.code == found.code && other.title == found.title
                };
                let count =
                    |all: &[theus_diag::Diagnostic]| all.iter().filter(same).count();
                let readable = !after.lines.iter().any(|line| line.starts_with("T01"));
                let unread = before.lines.iter().any(|line| line.starts_with("T01"));
                if count(&after.found) >= count(&before.found) || !(readable || unread) {
                    wrong.push(format!(
                        "{}: {}\n{text}{:#?}",
                        found.title, fix.title, after.lines
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 30, "only {tried} fixes");
}
