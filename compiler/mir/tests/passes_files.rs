//! Each file in `passes/files` is one function before a pass and after it: a line
//! `; test NAME`, the function, a line `; ---`, the function that the pass leaves.
#![expect(
    clippy::unwrap_used,
    reason = "a test, whose helpers are no test functions"
)]

use std::fs;
use std::path::Path;

use theus_mir::compact::compact;
use theus_mir::parse_program;
use theus_mir::passes::{Options, PASSES, inject, optimise};
use theus_mir::verify::verify;

/// Runs the pass and prints the program.
fn after(name: &str, text: &str) -> String {
    let mut program = parse_program(text).unwrap();
    verify(&program).unwrap();
    match name {
        "inject" => inject(&mut program),
        "optimise" => optimise(&mut program, &Options::default()),
        name => {
            let pass = PASSES.iter().find(|pass| pass.name == name).unwrap();
            program.funcs.values_mut().for_each(pass.run);
        }
    }
    verify(&program).unwrap();
    for func in program.funcs.values_mut() {
        *func = compact(func);
    }
    program.to_string()
}

#[test]
fn files() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/passes/files");
    let mut paths: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 20, "files are missing");
    let mut wrong = String::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let (first, rest) = text.split_once('\n').unwrap();
        let name = first.strip_prefix("; test ").unwrap();
        let (before, expected) = rest.split_once("; ---\n").unwrap();
        let found = after(name, before);
        if found.trim() != expected.trim() {
            wrong += &format!("--- {}\n{found}\n", path.display());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
