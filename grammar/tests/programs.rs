//! Programs that are right: no errors, exact spans, a stable tree. With `THEUS_BLESS` set,
//! the trees are written instead of compared: look at the difference before you keep it.

#![expect(clippy::unwrap_used, reason = "a test: a panic is a failure")]

use std::path::PathBuf;

use theus_grammar::{FileId, Source, parse, print};

fn files() -> Vec<PathBuf> {
    let root = env!("CARGO_MANIFEST_DIR");
    let mut files = Vec::new();
    for folder in ["tests/ok", "../stdlib/std"] {
        let entries = std::fs::read_dir(format!("{root}/{folder}")).unwrap();
        files.extend(entries.map(|entry| entry.unwrap().path()));
    }
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "theus")
    });
    files.sort();
    assert!(files.len() >= 3);
    files
}

fn source(file: &PathBuf) -> Source {
    let name = file.display().to_string();
    Source::new(FileId(0), name, std::fs::read_to_string(file).unwrap())
}

#[test]
fn no_errors() {
    for file in files() {
        let errors = parse(&source(&file)).errors;
        assert!(errors.is_empty(), "{}: {errors:#?}", file.display());
    }
}

#[test]
fn spans_begin_and_end_at_tokens() {
    let mut count = 0;
    for file in files() {
        let source = source(&file);
        let tree = print::dump_with_spans(&parse(&source).file);
        for line in tree.lines() {
            let Some((_, span)) = line.rsplit_once("  @") else {
                continue;
            };
            let (start, end) = span.split_once("..").unwrap();
            let (start, end): (u32, u32) = (start.parse().unwrap(), end.parse().unwrap());
            let text = source.slice(start, end);
            assert_eq!(text, text.trim(), "{}: {line}", file.display());
            assert!(!text.is_empty(), "{}: {line}", file.display());
            count += 1;
        }
    }
    assert!(count > 100);
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the one who changes the tree says that the files follow"
)]
fn trees_are_as_expected() {
    let bless = std::env::var("THEUS_BLESS").is_ok();
    let root = env!("CARGO_MANIFEST_DIR");
    for name in ["sample", "items", "exprs"] {
        let path = PathBuf::from(format!("{root}/tests/ok/{name}.theus"));
        let tree = print::dump(&parse(&source(&path)).file);
        let file = path.with_extension("tree");
        if bless {
            std::fs::write(file, tree).unwrap();
        } else {
            assert_eq!(tree, std::fs::read_to_string(file).unwrap(), "{name}");
        }
    }
}
