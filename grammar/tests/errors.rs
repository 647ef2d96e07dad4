//! Programs with errors: each case is a text and the errors that it must give, in lines that
//! begin with `//=`: place, code and title. With `THEUS_BLESS` set, what is found is written
//! instead of compared: look at the difference before you keep it.

#![expect(clippy::unwrap_used, reason = "a test: a panic is a failure")]

use std::path::PathBuf;

use theus_grammar::{FileId, Source, SyntaxErrorKind, parse};

fn files() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/err");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

/// The cases of a file: text, and expected lines.
fn cases(text: &str) -> Vec<(String, Vec<String>)> {
    let mut cases = Vec::new();
    let (mut body, mut expected) = (String::new(), Vec::new());
    for line in text.lines() {
        if let Some(line) = line.strip_prefix("//=") {
            expected.push(line.trim().to_owned());
        } else if !expected.is_empty() {
            cases.push((std::mem::take(&mut body), std::mem::take(&mut expected)));
        }
        if !line.starts_with("//=") && (!body.is_empty() || !line.is_empty()) {
            body.push_str(line);
            body.push('\n');
        }
    }
    if !expected.is_empty() {
        cases.push((body, expected));
    }
    cases
}

fn found(text: &str) -> Vec<String> {
    let source = Source::new(FileId(0), "case.theus", text);
    let errors = parse(&source).errors;
    let lines = errors.iter().map(|error| {
        let (line, column) = source.position(error.span.start);
        let fixes = error.fix.iter();
        let fix = fixes.map(|(_, text)| format!(" [{}]", text.escape_debug()));
        let fix: String = fix.collect();
        let place = error.span.end - error.span.start;
        format!(
            "{line}:{column}+{place} {} {} | {}{fix}",
            error.kind.code(),
            error.title,
            error.label
        )
    });
    let lines: Vec<_> = lines.collect();
    if lines.is_empty() {
        vec!["nothing".to_owned()]
    } else {
        lines
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the one who changes a message says that the files follow"
)]
fn every_case_gives_its_errors() {
    let bless = std::env::var("THEUS_BLESS").is_ok();
    let mut count = 0;
    for file in files() {
        let mut written = String::new();
        for (text, expected) in cases(&std::fs::read_to_string(&file).unwrap()) {
            count += 1;
            let found = found(&text);
            written += &text;
            for line in &found {
                written += &format!("//= {line}\n");
            }
            written.push('\n');
            assert!(
                bless || found == expected,
                "{}:\n{text}\nfound: {found:#?}\nexpected: {expected:#?}",
                file.display()
            );
        }
        if bless {
            std::fs::write(&file, written).unwrap();
        }
    }
    assert!(count >= 45, "{count}");
}

#[test]
fn every_kind_is_found_somewhere() {
    let mut all = String::new();
    for file in files() {
        all.push_str(&std::fs::read_to_string(&file).unwrap());
    }
    for kind in SyntaxErrorKind::ALL {
        // The others need texts that are too large for a case: see `limits`.
        let large = [
            SyntaxErrorKind::TooDeep,
            SyntaxErrorKind::TooLarge,
            SyntaxErrorKind::NotUtf8,
            SyntaxErrorKind::TooMany,
        ];
        assert!(
            large.contains(kind) || all.contains(&format!(" {} ", kind.code())),
            "{kind:?}"
        );
    }
}

#[test]
fn wording_is_for_people() {
    for file in files() {
        for (text, _) in cases(&std::fs::read_to_string(&file).unwrap()) {
            for error in
                parse(&Source::new(FileId(0), "case.theus", text.as_str())).errors
            {
                assert!(
                    !error.title.contains('_') || error.title.contains('`'),
                    "{}",
                    error.title
                );
                assert!(!error.title.ends_with('.'), "{}", error.title);
                let first = error.title.chars().next().unwrap();
                assert!(!first.is_uppercase(), "{}", error.title);
            }
        }
    }
}
