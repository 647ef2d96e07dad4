//! Runs that are paced by the clock, and hard deadlines in them, on both engines.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test ends where it cannot go on"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use theus::{Options, compile_str};
use theus_abi::{Code, Fault, header::HEADER_SIZE};
use theus_vm::{Control, FailureKind, LoadOptions, Outcome, Report, Vm};

const LATE: &str = "
context c { n: i64  big: [i64; 1000]  past: ring<i64, 4>  given_up: i64  meta tries: i64 }
fn forever(n: i64) -> i64 {
    var sum: i64 = 0
    for k in 0..n { sum = (sum + k * k) % 1_000_003 }
    return sum
}
process count {
    inputs   tick
    outputs  c.n, c.big, c.past, c.tries
    deadline hard 100ms
    c.tries += 1
    c.n += 1
    c.big[17] = c.n
    c.past.push(c.n)
    if tick.count > 1 { c.n = forever(1_000_000_000_000) }
}
process give_up { outputs c.given_up  c.given_up += 1 }
pipeline main every 1ms { count  on fault Late from count { give_up  skip } }
pipeline open every 1ms { count }
";

fn vms(text: &str) -> Vec<Vm> {
    let program = compile_str(text, &Options::default())
        .unwrap_or_else(|report| panic!("{report}"));
    let codes: [Box<dyn Code>; 2] = [
        Box::new(program.machine().unwrap()),
        Box::new(program.interpreter().unwrap()),
    ];
    let load = |code| {
        let options = LoadOptions {
            sinks: None,
            ..LoadOptions::default()
        };
        let mut vm = Vm::load(program.image(), code, options).unwrap();
        vm.start().unwrap();
        vm
    };
    codes.into_iter().map(load).collect()
}

fn run(vm: &mut Vm, pipeline: &str, ticks: u64, realtime: bool) -> Report {
    let index = vm.pipeline(Some(pipeline)).unwrap();
    let mut control = Control {
        realtime,
        ..Control::default()
    };
    vm.advance(index, ticks, &mut control).unwrap()
}

fn contexts(vm: &Vm) -> Vec<u8> {
    let end = usize::try_from(vm.image().context_end).unwrap();
    let start = usize::try_from(HEADER_SIZE).unwrap();
    vm.memory().get(start..end).unwrap().to_vec()
}

#[test]
fn a_process_that_is_late_is_undone() {
    for mut vm in vms(LATE) {
        run(&mut vm, "main", 2, true);
        assert_eq!(vm.get("c.n").unwrap().to_string(), "2");
        let report = run(&mut vm, "main", 3, true);
        assert_eq!(report.outcome, Outcome::Reached);
        let fields = ["c.n", "c.given_up", "c.tries", "c.big[17]", "c.past"];
        let seen = fields.map(|field| vm.get(field).unwrap().to_string());
        assert_eq!(seen, ["2", "3", "5", "2", "[2, 1]"]);
        assert_eq!(report.faults, 3);
        let one = report.deadlines.first().unwrap();
        assert_eq!((one.times.samples, one.late), (5, 3));
        assert!(report.pace.unwrap().misses >= 3);
    }
}

#[test]
fn without_a_handler_the_run_fails_and_says_how_late_it_was() {
    for mut vm in vms(LATE) {
        run(&mut vm, "open", 2, true);
        let Outcome::Failed(found) = run(&mut vm, "open", 1, true).outcome else {
            panic!("the process never ends");
        };
        assert_eq!(found.kind, FailureKind::Fault(Fault::Late));
        let names: Vec<_> = found.args.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["took", "deadline"]);
        assert_eq!(found.args.last().unwrap().1.to_string(), "100ms");
        assert_eq!(vm.get("c.tries").unwrap().to_string(), "3");
        assert_eq!(vm.get("c.n").unwrap().to_string(), "2");
    }
}

#[test]
fn the_last_look_is_after_the_ensures() {
    let text = "
        context c { n: i64 }
        process count { outputs c.n  ensures c.n > 0  deadline hard 1ns  c.n += 1 }
        pipeline main every 1ms { count  on fault Late { skip } }
    ";
    for mut vm in vms(text) {
        let report = run(&mut vm, "main", 3, true);
        assert_eq!(report.faults, 3);
        assert_eq!(vm.get("c.n").unwrap().to_string(), "0");
        // Without a clock no deadline acts.
        let report = run(&mut vm, "main", 3, false);
        assert_eq!(report.faults, 3);
        assert_eq!(vm.get("c.n").unwrap().to_string(), "3");
    }
}

#[test]
fn the_clock_changes_no_bit() {
    let text = "
        context c { n: i64  x: f64  past: ring<f64, 8> }
        process step {
            inputs tick, random
            outputs c.n, c.x, c.past
            deadline 1us
            c.n = tick.count as i64
            c.x += random.normal(0.0, 1.0) * seconds(tick.dt)
            c.past.push(c.x)
        }
        pipeline main every 100us { step }
    ";
    for (mut paced, mut free) in vms(text).into_iter().zip(vms(text)) {
        let began = Instant::now();
        let report = run(&mut paced, "main", 200, true);
        assert!(began.elapsed() >= Duration::from_micros(199 * 100));
        let pace = report.pace.unwrap();
        assert_eq!((pace.period, pace.lateness.samples), (100_000, 200));
        assert!(pace.lateness.p50 <= pace.lateness.p99);
        assert_eq!(run(&mut free, "main", 200, false).pace, None);
        assert_eq!(contexts(&paced), contexts(&free));
    }
}

#[test]
fn with_strict_off_nothing_is_undone_so_no_deadline_acts() {
    let text = "
        context c { n: i64 }
        process count { outputs c.n  deadline hard 1ns  c.n += 1 }
        pipeline main every 1ms { count }
    ";
    let options = Options {
        strict: false,
        ..Options::default()
    };
    let program = compile_str(text, &options).unwrap();
    let image = Arc::clone(&program.image());
    let code = Box::new(program.machine().unwrap());
    let mut vm = Vm::load(image, code, LoadOptions::default()).unwrap();
    vm.start().unwrap();
    let report = run(&mut vm, "main", 3, true);
    assert_eq!(
        (report.faults, report.deadlines.first().unwrap().late),
        (0, 3)
    );
    assert_eq!(vm.get("c.n").unwrap().to_string(), "3");
}
