//! Every example as the compiler sees it: what it says, the optimised MIR, the CLIF. Long texts
//! are told by what is in them: a change of the compiler shows, and a person can read it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use theus::{Options, Stage};
use theus_diag::render::Style;

/// Lines up to which a stage is kept as it is.
const READABLE: usize = 260;

fn folders() -> Vec<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(root).unwrap();
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("main.theus").is_file())
        .collect();
    folders.sort();
    folders
}

fn snapshot(folder: &Path, name: &str, text: &str) {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(folder.join("expect"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// A stage, or, where it is long, each function of it with the number of its blocks and how
/// often each operation stands in it.
fn shown(
    text: &str,
    is_start: fn(&str) -> bool,
    operation: fn(&str) -> Option<&str>,
) -> String {
    if text.lines().count() <= READABLE {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut blocks = 0;
    for line in text.lines() {
        if is_start(line) {
            writeln!(out, "{}", line.trim_end_matches(" {")).unwrap();
        } else if line.starts_with("block") {
            blocks += 1;
        } else if line == "}" {
            let list: Vec<String> = std::mem::take(&mut counts)
                .into_iter()
                .map(|(operation, count)| format!("{operation} {count}"))
                .collect();
            writeln!(out, "    blocks {blocks}; {}", list.join(", ")).unwrap();
            blocks = 0;
        } else if let Some(operation) = operation(line) {
            *counts.entry(operation).or_default() += 1;
        }
    }
    out
}

/// The operation of a line such as `v7 = iconst.i32 0`, or `jump block3`.
fn operation(line: &str) -> Option<&str> {
    let line = line.strip_prefix("    ")?;
    let after = line.split_once(" = ").map_or(line, |(_, after)| after);
    let word = after.split([' ', '(', ',']).next()?;
    word.starts_with(|letter: char| letter.is_ascii_alphabetic())
        .then_some(word)
}

/// Declarations of a CLIF function (`sig0 = …`, `ss0 = …`) are no operations.
fn instruction(line: &str) -> Option<&str> {
    let word = operation(line)?;
    let name = line.trim_start().split(' ').next()?;
    let declares = ["sig", "fn", "ss", "gv"].iter().any(|kind| {
        name.strip_prefix(kind)
            .is_some_and(|number| number.parse::<u32>().is_ok())
    });
    (!declares).then_some(word)
}

#[test]
fn diagnostics_and_memory() {
    for folder in folders() {
        let file = folder.join("main.theus");
        let sources = theus_examples::Folder::of(&file);
        let report = theus::check(theus_examples::text(&file).unwrap(), &sources);
        let program = theus_examples::compile(&file, &Options::default()).unwrap();
        let fields = program.image().fields.len();
        let text = format!(
            "{}\n{} fields, {} bytes of contexts",
            match report.found.is_empty() {
                true => "no problems".to_owned(),
                false => report.render(Style::default()),
            },
            fields,
            program.image().context_end
        );
        snapshot(&folder, "diagnostics", &text);
    }
}

#[test]
fn mir_and_clif() {
    for folder in folders() {
        let file = folder.join("main.theus");
        let sources = theus_examples::Folder::of(&file);
        let emit = |stage| {
            let text = theus_examples::text(&file).unwrap();
            theus::emit(stage, text, &sources, &Options::default()).unwrap()
        };
        let is_mir = |line: &str| line.starts_with("fn %");
        snapshot(&folder, "mir", &shown(&emit(Stage::Mir), is_mir, operation));
        let is_clif =
            |line: &str| line.starts_with("; u0:") || line.starts_with("function ");
        snapshot(
            &folder,
            "clif",
            &shown(&emit(Stage::Clif), is_clif, instruction),
        );
    }
}
