//! The edits that reports carry: each lies in its text, is told with byte offsets in JSON, and
//! takes away the problem that it is for.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends where it cannot go on"
)]

use std::fs;
use std::path::Path;

use theus::{InMemory, Report, Text};
use theus_diag::{Code, Diagnostic, Fix, render};

fn check(text: &str) -> Report {
    theus::check(Text::new("main", text), &InMemory::new())
}

/// The programs of a folder of this crate, and the wrong programs of the pages of all codes.
fn programs() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for folder in ["tests/rejected", "../../examples/broken"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ext| ext == "theus") {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                all.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    for code in Code::ALL {
        let page = theus_diag::explain(*code).expect("a page");
        let wrong = page.split_once("## Wrong").map_or("", |(_, rest)| rest);
        let block = wrong.split_once("```theus\n");
        let block = block.and_then(|(_, rest)| rest.split_once("\n```"));
        if let Some((text, _)) = block {
            all.push((code.id().to_owned(), text.to_owned()));
        }
    }
    all.sort();
    all
}

/// The text with a fix in it; `None` if an edit is in another file.
fn fixed(text: &str, fix: &Fix) -> Option<String> {
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|(span, _)| std::cmp::Reverse((span.start, span.end)));
    let mut out = text.to_owned();
    let mut limit = u32::MAX;
    for (span, new) in edits {
        if span.file.0 != 0 {
            return None;
        }
        assert!(span.start <= span.end && span.end <= limit, "edits overlap");
        limit = span.start;
        out.replace_range(span.start as usize..span.end as usize, &new);
    }
    Some(out)
}

/// Whether the same problem is in a report, at the places to which a fix moves it.
fn is_there(report: &Report, wanted: &Diagnostic, fix: &Fix) -> bool {
    let moved = |at: u32| {
        let before = fix.edits.iter().filter(|(span, _)| span.end <= at);
        before.fold(i64::from(at), |at, (span, new)| {
            at + new.len() as i64 - i64::from(span.end - span.start)
        })
    };
    let places = |found: &Diagnostic| {
        let labels = found.labels.iter().map(|label| label.span.start);
        [found.primary.span.start]
            .into_iter()
            .chain(labels)
            .collect::<Vec<_>>()
    };
    let wanted_places: Vec<i64> = places(wanted).into_iter().map(moved).collect();
    report.found.iter().any(|found| {
        found.code == wanted.code
            && found.title == wanted.title
            && places(found)
                .into_iter()
                .map(i64::from)
                .eq(wanted_places.iter().copied())
    })
}

/// The JSON of a report has the bytes and the text of every edit.
fn in_json(name: &str, report: &Report) {
    let json = render::json::render(&report.found, &report.sources);
    let json: String = json.split_whitespace().collect();
    let fixes = report.found.iter().flat_map(|found| &found.fixes);
    for (span, new) in fixes.flat_map(|fix| &fix.edits) {
        for offset in [span.start, span.end] {
            assert!(
                json.contains(&format!("\"offset\":{offset},")),
                "{name}\n{json}"
            );
        }
        let first = new.lines().next().unwrap_or("");
        let written = format!("{first:?}").replace("\\'", "'");
        let written: String = written.trim_matches('"').split_whitespace().collect();
        assert!(json.contains(&written), "{name}: {written}\n{json}");
    }
}

#[test]
fn every_edit_is_told_in_json_and_mends_what_it_is_for() {
    let (mut tried, mut wrong) = (0, String::new());
    for (name, text) in programs() {
        let before = check(&text);
        in_json(&name, &before);
        for found in &before.found {
            for fix in &found.fixes {
                let Some(edited) = fixed(&text, fix) else {
                    continue;
                };
                tried += 1;
                let after = check(&edited);
                if is_there(&after, found, fix) {
                    wrong += &format!("{name}: {}\n{edited}\n{after}\n", fix.title);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(tried > 100, "only {tried} edits");
}
