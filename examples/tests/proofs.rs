//! The checks of every example, with what is known of each, and the share that is proved.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use theus::proofs::Totals;
use theus_examples::{Folder, text};

fn snapshot(folder: &Path, name: &str, text: &str) {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn every_check_has_a_state() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(&root).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.join("main.theus").is_file());
    folders.sort();
    let mut table = String::new();
    let (mut own, mut library) = (Vec::new(), Vec::new());
    for folder in &folders {
        let file = folder.join("main.theus");
        let (proofs, report) = theus::prove(text(&file).unwrap(), &Folder::of(&file))
            .unwrap_or_else(|report| panic!("{report}"));
        assert!(!report.has_errors(), "{report}");
        snapshot(
            &folder.join("expect"),
            "proofs",
            &proofs.text(&|_, word| word.to_owned()),
        );
        let name = folder.file_name().unwrap().to_string_lossy();
        line(&mut table, &name, &Totals::of(&proofs.checks));
        own.extend(proofs.checks);
        library.extend(proofs.library);
    }
    line(&mut table, "all", &Totals::of(&own));
    line(&mut table, "of the library", &Totals::of(&library));
    println!("{table}");
    snapshot(&root.join("tests/data"), "proofs", &table);
}

fn line(table: &mut String, name: &str, found: &Totals) {
    let share = found.share();
    writeln!(
        table,
        "{name:20} {:5} checks {:5} proved {share:3} %",
        found.checks, found.proved
    )
    .unwrap();
}
