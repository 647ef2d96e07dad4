//! Every text of the repository keeps its tree and its comments, and its layout stays when it is
//! laid out again.
#![expect(clippy::unwrap_used, reason = "a test: a panic is a failure")]

use std::fs;
use std::path::{Path, PathBuf};

use theus_grammar::{FileId, Source, TokenKind, parse, print, tokens};

fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = ["examples", "stdlib", "grammar", "compiler"]
        .map(|folder| root.join(folder))
        .to_vec();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "theus")
                && let Ok(text) = fs::read_to_string(&path)
            {
                found.push((path.display().to_string(), text));
            }
        }
    }
    let blocks = theus_spec::rules().flat_map(|rule| {
        let blocks = rule.blocks.into_iter();
        let name = rule.name;
        blocks.map(move |block| (format!("rule {name}"), block.program()))
    });
    found.extend(blocks);
    found.sort();
    found
}

fn source(text: &str) -> Source {
    Source::new(FileId(0), "a.theus", text)
}

fn comments(text: &Source) -> Vec<String> {
    let found = tokens(text);
    let found = found
        .iter()
        .filter(|token| token.kind == TokenKind::Comment);
    found
        .map(|token| text.text.get(token.start..token.end).unwrap().to_owned())
        .collect()
}

#[test]
fn meaning_and_comments_stay() {
    let mut count = 0;
    for (name, text) in texts() {
        let old = source(&text);
        let Ok(laid_out) = theus_fmt::format(&old) else {
            assert!(!parse(&old).errors.is_empty(), "{name}");
            continue;
        };
        count += 1;
        let new = source(&laid_out);
        let read = parse(&new);
        assert_eq!(
            print::dump(&parse(&old).file),
            print::dump(&read.file),
            "{name}:\n{laid_out}"
        );
        assert_eq!(comments(&old), comments(&new), "{name}");
        let again = theus_fmt::format(&new).unwrap();
        assert_eq!(laid_out, again, "{name}");
        assert!(!laid_out.lines().any(|line| line.ends_with(' ')), "{name}");
    }
    assert!(count > 700, "{count}");
}

/// Blanks at the beginning of lines and empty lines after empty lines say nothing.
#[test]
fn layout_does_not_depend_on_blanks() {
    for (name, text) in texts().into_iter().step_by(3) {
        let Ok(laid_out) = theus_fmt::format(&source(&text)) else {
            continue;
        };
        let lines = text.lines().map(|line| match line.trim() {
            "" => "\n\n\n".to_owned(),
            line => format!("\t {line}  \r\n"),
        });
        let other: String = lines.collect();
        assert_eq!(
            theus_fmt::format(&source(&other)).unwrap(),
            laid_out,
            "{name}"
        );
    }
}

/// Every change of lines alone is a layout of the same tokens.
#[test]
fn parts_are_laid_out_alone() {
    for (name, text) in texts().into_iter().step_by(7) {
        let Ok(laid_out) = theus_fmt::format(&source(&text)) else {
            continue;
        };
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        let count = text.lines().count();
        for first in (1..=count).step_by(5) {
            let part = theus_fmt::within(&text, &laid_out, first, first + 2);
            assert_eq!(bare(&part), bare(&text), "{name}:{first}");
        }
        assert_eq!(
            theus_fmt::within(&text, &laid_out, 1, count.max(1)),
            laid_out,
            "{name}"
        );
        let changes = theus_fmt::changes(&text, &laid_out);
        assert_eq!(changes.is_empty(), text == laid_out, "{name}");
    }
}

#[test]
fn the_reference_shows_the_layout() {
    let mut count = 0;
    for rule in theus_spec::rules() {
        if rule.name.starts_with("syntax.layout.one.") {
            for block in rule.blocks {
                count += 1;
                let text = block.program();
                let laid_out = theus_fmt::format(&source(&text)).unwrap();
                assert_eq!(text, laid_out, "{}", rule.name);
            }
        }
    }
    assert!(count >= 4, "{count}");
}

#[test]
fn the_library_is_laid_out() {
    for (name, text) in theus_stdlib::modules() {
        let laid_out = theus_fmt::format(&source(text)).unwrap();
        assert_eq!(*text, laid_out, "{name}");
    }
}
