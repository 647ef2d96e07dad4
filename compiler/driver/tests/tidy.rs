//! The shape of the project, as `ARCHITECTURE.md` states it: crates depend downwards, each
//! outside crate has its homes, `unsafe` its modules, files their size.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::path::{Path, PathBuf};

/// Crates with their layer: a crate may use lower layers only.
const LAYERS: [(&str, &str, u32); 23] = [
    ("theus-grammar", "grammar", 0),
    ("theus-abi", "vm/abi", 0),
    ("theus-spec", "spec", 0),
    ("theus-draw", "compiler/draw", 0),
    ("theus-stdlib", "stdlib", 1),
    ("theus-diag", "compiler/diag", 1),
    ("theus-fmt", "compiler/fmt", 1),
    ("theus-vm", "vm/runtime", 1),
    ("theus-hir", "compiler/hir", 2),
    ("theus-mir", "compiler/mir", 2),
    ("theus-contract", "compiler/contract", 3),
    ("theus-codegen", "compiler/codegen", 3),
    ("theus-lower", "compiler/lower", 4),
    ("theus-lint", "compiler/lint", 4),
    ("theus", "compiler/driver", 5),
    ("theus-session", "compiler/session", 6),
    ("theus-lsp", "compiler/lsp", 6),
    ("theusc", "compiler/cli", 7),
    ("theus-fuzz", "compiler/fuzz", 7),
    ("theus-examples", "examples", 7),
    ("theus-editors", "editors", 8),
    ("theus-bench", "bench", 8),
    ("end", "", 9),
];

/// Outside crates with the folders that may depend on them (outside of tests).
const HOMES: [(&str, &[&str]); 16] = [
    ("pest", &["grammar"]),
    ("miette", &["compiler/diag"]),
    ("cranelift-codegen", &["compiler/codegen"]),
    ("cranelift-frontend", &["compiler/codegen"]),
    ("cranelift-jit", &["compiler/codegen"]),
    ("bumpalo", &["vm/runtime"]),
    ("slotmap", &["vm/runtime"]),
    ("csv", &["vm/runtime", "compiler/draw"]),
    ("libm", &["vm/abi", "compiler/draw"]),
    ("lsp-server", &["compiler/lsp"]),
    ("crossbeam-channel", &["compiler/lsp"]),
    ("clap", &["compiler/cli"]),
    ("ctrlc", &["compiler/cli"]),
    ("rustyline", &["compiler/cli"]),
    ("indicatif", &["compiler/cli"]),
    ("mimalloc", &["compiler/cli", "bench"]),
];

/// Files that may contain `unsafe`, each block with its argument.
const UNSAFE: [&str; 5] = [
    "compiler/cli/src/alloc.rs",
    "compiler/codegen/src/jit.rs",
    "compiler/codegen/src/shim.rs",
    "bench/src/alloc.rs",
    "editors/src/lib.rs",
];

/// Most lines of a source file.
const MOST_LINES: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The names under `[dependencies]` of a manifest.
fn dependencies(folder: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    let section = text.split("\n[dependencies]").nth(1).unwrap_or("");
    let section = section.split("\n[").next().unwrap_or("");
    section
        .lines()
        .filter_map(|line| line.split(['.', '=', ' ']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// Where the code of a crate is: `src` of `spec` is the book.
fn code(folder: &str) -> &'static str {
    if folder == "spec" { "reader" } else { "src" }
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = LAYERS
        .iter()
        .filter(|(_, folder, _)| !folder.is_empty())
        .map(|(_, folder, _)| root().join(folder).join(code(folder)))
        .collect();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(found.len() > 100);
    found
}

fn name(path: &Path) -> String {
    let root = root().canonicalize().unwrap();
    let path = path.canonicalize().unwrap();
    path.strip_prefix(root)
        .unwrap()
        .to_string_lossy()
        .replace('\\', "/")
}

#[test]
fn crates_depend_downwards() {
    let layer = |wanted: &str| LAYERS.iter().find(|(name, ..)| *name == wanted);
    for (crate_name, folder, own) in
        LAYERS.iter().filter(|(_, folder, _)| !folder.is_empty())
    {
        for used in dependencies(folder) {
            if let Some((_, _, below)) = layer(&used) {
                assert!(
                    below < own,
                    "{crate_name} (layer {own}) uses {used} (layer {below})"
                );
            }
        }
    }
}

#[test]
fn outside_crates_stay_at_home() {
    for (_, folder, _) in LAYERS.iter().filter(|(_, folder, _)| !folder.is_empty()) {
        for used in dependencies(folder) {
            if let Some((_, homes)) = HOMES.iter().find(|(name, _)| *name == used) {
                assert!(homes.contains(folder), "{folder} depends on {used}");
            }
        }
    }
}

#[test]
fn the_vm_and_the_compiler_meet_in_the_abi_only() {
    let used = dependencies("vm/runtime");
    let inside: Vec<&String> = used
        .iter()
        .filter(|name| name.starts_with("theus"))
        .collect();
    assert_eq!(inside, ["theus-abi"]);
}

#[test]
fn unsafe_stays_in_its_modules() {
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        let uses = text.lines().any(|line| {
            let code = line.split("//").next().unwrap_or("");
            code.contains("unsafe {")
                || code.contains("unsafe impl")
                || code.contains("unsafe fn")
        });
        assert!(
            !uses || UNSAFE.contains(&name(&path).as_str()),
            "{}",
            name(&path)
        );
    }
}

#[test]
fn files_say_what_they_are_and_stay_small() {
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.starts_with("//!"),
            "{} does not say what it is",
            name(&path)
        );
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{} has {lines} lines", name(&path));
    }
}

/// Same sources and options: the same image and the same MIR.
#[test]
fn compiling_twice_gives_the_same() {
    let text = include_str!("../../../examples/07-kalman/main.theus");
    let compile = || {
        let program = theus::compile_str(text, &theus::Options::default()).unwrap();
        (program.image(), program.mir().to_string())
    };
    assert_eq!(compile(), compile());
}
