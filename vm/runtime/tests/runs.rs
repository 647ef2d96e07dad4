//! Runs: batches, outcomes, control, deadlines, snapshots, tests.
#![expect(dead_code, reason = "each test file uses a part of the plant")]

#[cfg(test)]
#[path = "support/plant.rs"]
mod plant;

use std::sync::atomic::{AtomicBool, Ordering};

use plant::{START, STOP, X, fail_index, float, idle, image, load, set_float};
use theus_abi::{Fault, HostFn, header};
use theus_vm::{Control, FailureKind, LoadOptions, Outcome, Value, Vm};

#[cfg(test)]
fn run(vm: &mut Vm, ticks: u64) -> theus_vm::Report {
    vm.run(0, ticks, &mut Control::default()).unwrap()
}

#[cfg(test)]
fn started(tick: plant::Tick) -> (Vm, plant::CallLog) {
    let (mut vm, calls) = load(image(), LoadOptions::default(), tick);
    vm.start().unwrap();
    calls.take();
    (vm, calls)
}

/// Adds 1 to `x` in each tick.
fn count() -> plant::Tick {
    Box::new(|memory, _| {
        set_float(memory, X, float(memory, X) + 1.0);
        0
    })
}

#[test]
fn a_run_does_exactly_the_ticks_it_is_asked_for() {
    for ticks in [0, 1, 2, 999, 1000, 1001, 123_457] {
        let (mut vm, calls) = started(count());
        let report = run(&mut vm, ticks);
        assert_eq!(report.outcome, Outcome::Reached);
        assert_eq!((report.ticks, report.total_ticks), (ticks, ticks));
        assert_eq!(report.time, i64::try_from(ticks).unwrap() * 1_000_000);
        assert_eq!(vm.get("plant.x").unwrap(), Value::Float(1.0 + ticks as f64));
        assert_eq!(calls.take(), [START, STOP]);
    }
}

#[test]
fn ticks_one_by_one_start_once_and_never_stop() {
    let (mut vm, calls) = started(count());
    for n in 1..=5 {
        let report = vm.tick(0).unwrap();
        assert_eq!((report.ticks, report.total_ticks), (1, n));
    }
    assert_eq!(calls.take(), [START]);
    assert_eq!(vm.get("plant.x").unwrap(), Value::Float(6.0));
}

#[test]
fn a_stop_of_the_program_ends_the_run() {
    let (mut vm, calls) = started(Box::new(|memory, _| {
        memory.set_u64(header::STOP, 0);
        i32::from(memory.u64(header::TICK) == 41)
    }));
    let report = run(&mut vm, u64::MAX);
    assert!(
        matches!(&report.outcome, Outcome::Stopped { text: Some(t), .. } if t == "settled")
    );
    assert!(report.outcome.is_success());
    assert_eq!(report.ticks, 42);
    assert_eq!(calls.take(), [START, STOP]);
}

#[test]
fn a_declared_failure_is_no_success() {
    let (mut vm, calls) = started(Box::new(|memory, _| {
        memory.set_u64(header::STOP, 1);
        3
    }));
    let report = run(&mut vm, 10);
    assert_eq!(report.outcome.to_string(), "failed: fell over");
    assert!(!report.outcome.is_success());
    assert_eq!(calls.take(), [START]);
}

#[test]
fn an_unhandled_fault_tells_everything() {
    let (mut vm, calls) = started(Box::new(|memory, _| {
        if memory.u64(header::TICK) == 1500 {
            fail_index(memory)
        } else {
            0
        }
    }));
    let report = run(&mut vm, 10_000);
    let Outcome::Failed(failure) = &report.outcome else {
        panic!("{:?}", report.outcome)
    };
    assert_eq!(failure.kind, FailureKind::Fault(Fault::Index));
    assert_eq!(
        (failure.tick, failure.time, failure.site),
        (1500, 1_500_000_000, 0)
    );
    assert_eq!((failure.loc.start, failure.loc.end), (10, 20));
    assert_eq!(
        failure.to_string(),
        "index out of range in process control at tick 1500 (1.5s): index = 7, x = 2.5"
    );
    assert_eq!((report.ticks, report.faults), (1500, 1));
    assert_eq!(calls.take(), [START]);
}

#[test]
fn an_error_has_its_name() {
    let (mut vm, _) = started(Box::new(|memory, _| {
        memory.set_u64(header::FAULT_SITE, 1);
        memory.set_u64(header::STOP, 1000);
        2
    }));
    let text = run(&mut vm, 1).outcome.to_string();
    assert_eq!(text, "error Lost at tick 0 (0s)");
}

#[test]
fn handled_faults_are_counted() {
    let (mut vm, _) = started(Box::new(|memory, _| {
        if memory.u64(header::TICK) == 5 {
            fail_index(memory);
        }
        0
    }));
    let report = run(&mut vm, 100);
    assert_eq!((report.outcome, report.faults), (Outcome::Reached, 1));
}

#[test]
fn a_caller_can_stop_at_a_tick_boundary() {
    let stop = AtomicBool::new(false);
    let (mut vm, calls) = started(count());
    let mut seen = 0;
    let mut progress = |progress: theus_vm::Progress| {
        seen = progress.ticks;
        if seen >= 5_000 {
            stop.store(true, Ordering::Relaxed);
        }
    };
    let mut control = Control {
        stop: Some(&stop),
        progress: Some(&mut progress),
        ..Control::default()
    };
    let report = vm.run(0, u64::MAX, &mut control).unwrap();
    assert_eq!(report.outcome, Outcome::Interrupted);
    assert_eq!(report.ticks, seen);
    assert_eq!(vm.get("plant.x").unwrap(), Value::Float(1.0 + seen as f64));
    assert_eq!(calls.take(), [START, STOP]);
    // The run can go on.
    assert_eq!(run(&mut vm, 10).total_ticks, seen + 10);
}

#[test]
fn one_tick_in_many_is_measured() {
    let tick: plant::Tick = Box::new(|memory, host| {
        if memory.u64(header::MEASURE) != 0 {
            host.call(HostFn::ClockStart, 0, memory.bytes_mut());
            host.call(HostFn::ClockStop, 0, memory.bytes_mut());
        }
        0
    });
    let options = LoadOptions {
        measure_every: 100,
        ..LoadOptions::default()
    };
    let (mut vm, _) = load(image(), options, tick);
    vm.start().unwrap();
    let report = run(&mut vm, 10_000);
    assert_eq!(report.deadlines.len(), 1);
    let deadline = &report.deadlines[0];
    assert_eq!((deadline.times.samples, deadline.late), (100, 0));
    assert_eq!(
        (deadline.process.as_str(), deadline.deadline),
        ("control", 1_000_000_000)
    );
    assert!(
        deadline.times.p50 <= deadline.times.p99
            && deadline.times.p99 <= deadline.times.max,
        "{deadline:?}"
    );
}

#[test]
fn without_deadlines_nothing_is_measured() {
    let mut image = image();
    image.processes[0].deadline = None;
    let tick: plant::Tick = Box::new(|memory, _| {
        assert_eq!(memory.u64(header::MEASURE), 0);
        0
    });
    let (mut vm, _) = load(image, LoadOptions::default(), tick);
    vm.start().unwrap();
    assert!(run(&mut vm, 3_000).deadlines.is_empty());
}

#[test]
fn a_snapshot_brings_everything_back() {
    let (mut vm, _) = started(count());
    vm.advance(0, 10, &mut Control::default()).unwrap();
    let then = vm.snapshot().unwrap();
    vm.advance(0, 10, &mut Control::default()).unwrap();
    let later = vm.snapshot().unwrap();
    assert_ne!(then, later);
    vm.restore(&then).unwrap();
    assert_eq!(vm.get("plant.x").unwrap(), Value::Float(11.0));
    vm.advance(0, 10, &mut Control::default()).unwrap();
    assert_eq!(vm.snapshot().unwrap(), later);
}

#[test]
fn a_reset_program_runs_the_same_again() {
    let (mut vm, calls) = started(count());
    run(&mut vm, 100);
    let first = vm.snapshot().unwrap();
    vm.reset().unwrap();
    vm.start().unwrap();
    calls.take();
    run(&mut vm, 100);
    assert_eq!(vm.snapshot().unwrap(), first);
    assert_eq!(calls.take(), [START, STOP]);
}

#[test]
fn tests_run_on_fresh_contexts() {
    let (mut vm, _) = started(Box::new(|memory, _| {
        assert_eq!(float(memory, X), 1.0);
        set_float(memory, X, 2.0);
        0
    }));
    for _ in 0..3 {
        assert_eq!(vm.run_test(0).unwrap().outcome, Outcome::Reached);
    }
    assert!(vm.run_test(1).is_err());
}

#[test]
fn pipelines_are_found_by_name() {
    let (vm, _) = load(image(), LoadOptions::default(), idle());
    assert_eq!(vm.pipeline(None).unwrap(), 0);
    assert_eq!(vm.pipeline(Some("balance")).unwrap(), 0);
    let error = vm.pipeline(Some("balanse")).unwrap_err().to_string();
    assert_eq!(
        error,
        "there is no pipeline `balanse`; did you mean `balance`?"
    );
}

#[test]
fn a_loop_that_does_not_count_is_an_internal_error() {
    struct Lazy;
    impl theus_abi::Code for Lazy {
        fn call(
            &mut self,
            _: u32,
            _: &mut theus_abi::Memory,
            _: &mut dyn theus_abi::Host,
        ) -> Result<i32, String> {
            Ok(0)
        }
    }
    let code = Box::new(Lazy);
    let mut vm =
        Vm::load(std::sync::Arc::new(image()), code, LoadOptions::default()).unwrap();
    vm.start().unwrap();
    assert!(
        vm.tick(0)
            .unwrap_err()
            .to_string()
            .contains("did 0 ticks of 1")
    );
}
