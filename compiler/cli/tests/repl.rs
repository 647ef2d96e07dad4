//! `theusc repl` with cells from a file.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[path = "support/command.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

use support::{Run, directory};

const CELLS: &str = "\
context plant { x: f64 = 1.0  h: ring<f64, 3> }
process step {
    inputs plant.x

    outputs plant.x, plant.h
    plant.x = plant.x * 2.0
    plant.h.push(plant.x)
}
pipeline main every 10ms { step }

run main for 3 ticks
plant.h

let a = plant.x
:type a
:undo

let k = 3
[1, 2][k]

assert plant.x < 0.0

context plant { x: bool }
process step { outputs plant.x  plant.x = true }

keep let b = \"{plant.x}\"
b

:names
:tpye b
:type
:save items.theus
:again 2
:quit

never
";

#[test]
fn cells_and_commands_run_in_order() {
    let dir = directory("repl");
    let run = dir.with_input(&["repl", "--clock", "1min"], CELLS);
    assert_eq!(run.status, 1);
    insta::assert_snapshot!("repl_cells", run.all());
    let saved = dir.theusc(&["check", "items.theus"]);
    assert_eq!(saved.status, 0, "{}", saved.all());
}

#[test]
fn a_program_is_there_from_the_start() {
    let dir = directory("repl-file");
    dir.file("main.theus", "use other\nconst A = other.B + 1\n");
    dir.file("other.theus", "const B = 41\n");
    let run = dir.with_input(&["repl", "main.theus"], "A\n");
    assert_eq!((run.status, run.out.as_str()), (0, "42\n"), "{}", run.all());
    let run = dir.with_input(&["repl", "--engine", "interp"], "use other\n\nother.B");
    assert_eq!((run.status, run.out.as_str()), (0, "41\n"), "{}", run.all());
}

#[test]
fn commands_have_a_list() {
    let run = Run::with_input(&["repl"], ":help\n");
    assert_eq!(run.status, 0);
    insta::assert_snapshot!("repl_help", run.all());
}

/// The trace of `examples/22-notebook`: 150 executions, one clean-up, three times without gradients.
#[test]
fn a_notebook_of_150_cells() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/22-notebook");
    let cells = std::fs::read_to_string(format!("{folder}/cells.txt")).unwrap();
    let program = format!("{folder}/main.theus");
    let args = ["repl", &program, "--clock", "1min"];
    let run = Run::with_input(&args, &cells);
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(format!("{folder}/expect"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("session", run.out));
}

/// A field gets another type than the process of another cell rests on.
const ANEW: &str = "\
context tank { level: f64 = 1.0 }
process fill { outputs tank.level  tank.level += 0.5 }

let gain = 2.0
let long = gain + gain + gain + gain + gain + gain + gain + gain + gain + gain
let more = gain

context tank { level: i64 = 1 }

:names
:undo
:undo
:memory
exit

never
";

#[test]
fn a_session_says_what_was_meant() {
    let dir = directory("repl-words");
    let run = dir.with_input(&["repl", "--clock", "1min"], ANEW);
    assert_eq!(run.status, 1);
    // How large code is depends on the machine.
    let all = run.all();
    let lines = all.lines();
    let lines = lines.filter(|line| {
        let sized = ["machine code", "stack", "total", "with what"];
        !sized.iter().any(|head| line.starts_with(head))
    });
    let told: Vec<&str> = lines.collect();
    insta::assert_snapshot!("repl_words", told.join("\n"));
}
