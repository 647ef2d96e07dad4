//! What the compiler says of checks: proved ones leave no code, and nothing is assumed that is
//! not checked.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test ends where it cannot go on"
)]

use theus::proofs::{State, Totals};
use theus::{InMemory, Options, Program, Proofs, Text, compile_str, prove};
use theus_abi::Fault;
use theus_abi::image::SiteKind;
use theus_mir::Terminator;
use theus_vm::{Control, FailureKind, LoadOptions, Outcome, Vm};

const INDEX: &str = "\
context c { at: i64 in 0..=7 = 0  past: [f64; 8]  now: f64  far: i64 = 100 }
process read { inputs c.at, c.past  outputs c.now  c.now = c.past[c.at] }
process leap { inputs c.far  outputs c.at  c.at = c.far }
pipeline main every 1s { read -> leap }
";

fn proofs(text: &str) -> Proofs {
    let found = prove(Text::new("main", text), &InMemory::new());
    found.unwrap_or_else(|report| panic!("{report}")).0
}

/// How many checks of that kind the optimised code has.
fn left(program: &Program, fault: Fault) -> usize {
    let mir = program.mir();
    let mut count = 0;
    for func in mir.funcs.values().filter(|func| !func.dead) {
        for &block in &func.layout {
            if let Some(Terminator::Check { site, .. }) = &func.blocks[block].term {
                let site = &mir.image.sites[site.as_u32() as usize];
                count += usize::from(site.kind == SiteKind::Fault(fault));
            }
        }
    }
    count
}

fn compiled(text: &str, strict: bool) -> Program {
    let options = Options {
        strict,
        ..Options::default()
    };
    compile_str(text, &options).unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn a_proved_check_leaves_no_code() {
    let found = proofs(INDEX);
    let totals = Totals::of(&found.checks);
    assert_eq!((totals.proved, totals.checked), (1, 1), "{found:#?}");
    let program = compiled(INDEX, true);
    assert_eq!(left(&program, Fault::Index), 0);
    assert_eq!(left(&program, Fault::Range), 1);
}

/// Without `strict` the range is not checked, so it protects no memory.
#[test]
fn a_range_that_is_not_checked_proves_nothing() {
    let program = compiled(INDEX, false);
    assert_eq!(left(&program, Fault::Index), 1);
    let machine = program
        .machine()
        .unwrap_or_else(|report| panic!("{report}"));
    let mut vm =
        Vm::load(program.image(), Box::new(machine), LoadOptions::default()).unwrap();
    vm.start().unwrap();
    let report = vm.run(0, 2, &mut Control::default()).unwrap();
    let Outcome::Failed(failure) = report.outcome else {
        panic!("{}", report.outcome)
    };
    assert_eq!(failure.kind, FailureKind::Fault(Fault::Index));
}

/// The host cannot put a field out of its range.
#[test]
fn the_host_is_held_to_ranges() {
    let program = compiled(INDEX, true);
    let machine = program
        .machine()
        .unwrap_or_else(|report| panic!("{report}"));
    let mut vm =
        Vm::load(program.image(), Box::new(machine), LoadOptions::default()).unwrap();
    vm.start().unwrap();
    assert!(vm.set("c.at", theus_vm::Value::Int(8)).is_err());
    assert!(vm.set("c.at", theus_vm::Value::Int(7)).is_ok());
}

#[test]
fn the_same_program_gets_the_same_table() {
    assert_eq!(proofs(INDEX), proofs(INDEX));
}

#[test]
fn reasons_name_the_field() {
    let found = proofs(INDEX);
    let check = found
        .checks
        .iter()
        .find(|check| check.fault == "Index")
        .unwrap();
    assert_eq!(check.state, State::Proved);
    assert_eq!(
        check.reason,
        "index is in 0..=7, length is 8, `c.at` is in 0..=7 by its range"
    );
}
