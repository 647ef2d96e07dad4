//! The three ways to keep state, row by row: transactions (data), heavy fields, strict off.
//! The rows: shadow copy, rollback, audit of what failed, memory, and what the run says.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

use theus::memory::Bill;
use theus::{Options, Program, compile_str};
use theus_abi::heavy::HEAVY_DIRTY;
use theus_vm::{Control, LoadOptions, Outcome, Report, Value, Vm};

const TEXT: &str = "\
context c {
    n: i64 = 1
    bounded: f64 in 0.0..=1.0 = 0.5
    table: [f64; 4096]
    heavy frame: [f64; 4096]
}
process work {
    outputs c.n, c.table, c.frame
    errors  Bad
    c.n = 2
    c.table[7] = 1.5
    c.frame[7] = 2.5
    raise Bad
}
process leave { outputs c.bounded  c.bounded = 7.0 }
process promise { outputs c.n  ensures c.n < 0  c.n += 10 }
process index { outputs c.table, c.n  c.n = 4096  c.table[c.n] = 1.0 }
pipeline unhandled every 1ms { work  on error Bad { fail } }
pipeline handled every 1ms { work  on error Bad { skip } }
pipeline range every 1ms { leave }
pipeline ensure every 1ms { promise }
pipeline memory every 1ms { index }
";

fn program(strict: bool) -> Program {
    let options = Options {
        strict,
        ..Options::default()
    };
    compile_str(TEXT, &options).unwrap()
}

fn run(strict: bool, pipeline: &str) -> (Vm, Report) {
    let program = program(strict);
    let code = program.machine().unwrap();
    let mut vm =
        Vm::load(program.image(), Box::new(code), LoadOptions::default()).unwrap();
    vm.start().unwrap();
    let pipeline = vm.pipeline(Some(pipeline)).unwrap();
    let report = vm.run(pipeline, 1, &mut Control::default()).unwrap();
    (vm, report)
}

fn float(vm: &Vm, path: &str) -> f64 {
    let value = vm.get(path).unwrap();
    let Value::Float(value) = value else {
        assert_eq!(path, "a float");
        return f64::NAN;
    };
    value
}

fn first(vm: &Vm, path: &str) -> f64 {
    let bytes = vm.bytes(path).unwrap().get(56..64).unwrap().to_vec();
    f64::from_le_bytes(bytes.try_into().unwrap())
}

#[test]
fn rollback_is_full_with_strict_for_data_only() {
    for pipeline in ["unhandled", "handled"] {
        let (vm, report) = run(true, pipeline);
        assert_eq!(vm.get("c.n").unwrap(), Value::Int(1));
        assert_eq!(first(&vm, "c.table").to_bits(), 0.0_f64.to_bits());
        assert!(!report.dirty && !vm.is_left_dirty());
    }
}

#[test]
fn a_heavy_field_keeps_what_failed_and_says_so() {
    assert_eq!(HEAVY_DIRTY, 8);
    let (vm, _) = run(true, "handled");
    assert!(vm.is_dirty("c.frame").unwrap());
    assert_eq!(vm.get("c.n").unwrap(), Value::Int(1));
}

#[test]
fn nothing_is_rolled_back_with_strict_off() {
    for pipeline in ["unhandled", "handled"] {
        let (vm, report) = run(false, pipeline);
        assert_eq!(vm.get("c.n").unwrap(), Value::Int(2));
        assert_eq!(first(&vm, "c.table").to_bits(), 1.5_f64.to_bits());
        assert!(report.dirty && vm.is_left_dirty());
    }
}

#[test]
fn ranges_and_clauses_are_not_checked_with_strict_off() {
    let (vm, report) = run(true, "range");
    assert!(matches!(report.outcome, Outcome::Failed(_)));
    assert!((float(&vm, "c.bounded") - 0.5).abs() < f64::EPSILON);
    let (vm, report) = run(false, "range");
    assert_eq!(report.outcome, Outcome::Reached);
    assert!((float(&vm, "c.bounded") - 7.0).abs() < f64::EPSILON);
    assert!(!report.dirty);
    assert!(matches!(run(true, "ensure").1.outcome, Outcome::Failed(_)));
    assert_eq!(run(false, "ensure").1.outcome, Outcome::Reached);
}

#[test]
fn memory_stays_safe_with_strict_off() {
    let (_, report) = run(false, "memory");
    let Outcome::Failed(failure) = &report.outcome else {
        panic!("{}", report.outcome)
    };
    assert!(failure.to_string().contains("index out of range"));
    assert!(report.dirty);
}

#[test]
fn memory_of_undo_is_there_with_strict_only() {
    let bill = |strict| {
        let program = program(strict);
        let code = program.machine().unwrap();
        Bill::new(&program.image(), code.sizes(), 1)
    };
    let undo = |bill: &Bill| -> u64 {
        let rows = bill.rows.iter().filter(|row| row.zone == "undo");
        rows.map(|row| row.bytes).sum()
    };
    let (on, off) = (bill(true), bill(false));
    // The table and its shadow; the heavy field has none.
    assert!(undo(&on) >= 8 * 4096 && undo(&on) < 2 * 8 * 4096);
    assert_eq!(undo(&off), 0);
}

#[test]
fn contracts_are_checked_before_the_run_either_way() {
    let text = "context c { a: i64  b: i64 }\nprocess p { outputs c.a  c.a += c.b }\n";
    for strict in [true, false] {
        let options = Options {
            strict,
            ..Options::default()
        };
        let report = compile_str(text, &options).unwrap_err();
        assert!(report.to_string().contains("T0401"));
    }
}
