//! Programs that are rejected, as people see it. Each file of `rejected` and of
//! `examples/broken` has a snapshot of its whole report.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

use std::fs;
use std::path::{Path, PathBuf};

use theus::{InMemory, Text};

fn programs(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|ext| ext == "theus"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

fn snapshots(directory: &str, target: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root.join(target));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for path in programs(&root.join(directory)) {
            let name = path.file_stem().unwrap().to_str().unwrap();
            let text = fs::read_to_string(&path).unwrap();
            let text = Text {
                module: name.to_owned(),
                name: format!("{name}.theus"),
                text,
            };
            let report = theus::check(text, &InMemory::new());
            assert!(report.has_errors(), "{name} is accepted");
            insta::assert_snapshot!(name, report.to_string());
        }
    });
}

#[test]
fn rejected_programs() {
    snapshots("tests/rejected", "tests/rejected");
}

#[test]
fn broken_examples() {
    snapshots("../../examples/broken", "tests/broken");
}
