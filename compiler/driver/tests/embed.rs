//! The example of embedding runs and keeps its word, and hosts may go on after failures.

#[path = "../examples/embed.rs"]
mod example;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use theus_abi::header::SCRATCH_PEAK;
use theus_vm::{Control, LoadOptions, Outcome, Vm};

#[test]
fn the_example_of_embedding_runs() {
    example::main().unwrap();
}

/// A host may go on after a failure: what a run that failed had taken of scratch is free again.
#[test]
fn what_fails_gives_its_scratch_back() {
    let text = "context c { n: i64  at: i64 = 9000 }\n\
                process p { inputs c.at  outputs c.n  var all: [i64; 2000] = [1; 2000]  c.n += all[c.at] }\n\
                pipeline main every 1s { p }\n";
    for optimise in [false, true] {
        let options = theus::Options {
            optimise,
            ..theus::Options::default()
        };
        let program = theus::compile_str(text, &options).unwrap();
        let machine = Box::new(program.machine().unwrap());
        let options = LoadOptions::default();
        let mut vm = Vm::load(program.image(), machine, options).unwrap();
        vm.start().unwrap();
        let peak = |vm: &Vm| {
            let at = usize::try_from(SCRATCH_PEAK).unwrap();
            vm.memory()[at..at + 8].to_vec()
        };
        let mut most = Vec::new();
        for round in 0..100 {
            let ended = vm.advance(0, 1, &mut Control::default()).unwrap();
            assert!(matches!(ended.outcome, Outcome::Failed(_)), "{ended:?}");
            if round == 0 {
                most = peak(&vm);
            }
            assert_eq!(peak(&vm), most, "round {round}");
        }
    }
}

/// Code that is watched looks now and then whether the run is to end: not while values leave, of which
/// half would be left.
#[test]
fn what_leaves_with_time_leaves_as_a_whole() {
    let text = "context c { xs: list<i64, 200> ttl 5ms  keys: map<i64, i64, 200> ttl 5ms  \
                best: queue<i64, 200> ttl 5ms  n: i64 }\n\
                process fill { outputs c.xs, c.keys, c.best  \
                for i in 0..100 { c.xs.push(i)  c.keys.put(i, i)  c.best.push(i) } }\n\
                process count { outputs c.n  c.n += 1 }\n\
                pipeline first every 1ms { fill }\n\
                pipeline then every 1ms { count }\n\
                test \"filled\" { run first for 1 ticks  run then for 3 ticks }\n\
                test \"ended\" { run then for 70 ticks }\n\
                test \"as a whole\" { assert c.xs.len() == 0 and c.keys.len() == 0 and c.best.len() == 0 }\n";
    for optimise in [false, true] {
        let options = theus::Options {
            optimise,
            tests: true,
            watched: true,
            ..theus::Options::default()
        };
        let program = theus::compile_str(text, &options).unwrap();
        let machine = Box::new(program.machine().unwrap());
        let mut vm = Vm::load(program.image(), machine, LoadOptions::default()).unwrap();
        vm.start().unwrap();
        let mut run = |test, stop: bool| {
            let stop = Arc::new(AtomicBool::new(stop));
            vm.run_cell(test, Some(stop)).unwrap().outcome
        };
        assert_eq!(run(0, false), Outcome::Reached);
        // It is ended after more ticks than values live.
        assert_eq!(run(1, true), Outcome::Interrupted);
        assert_eq!(run(1, false), Outcome::Reached);
        assert_eq!(run(2, false), Outcome::Reached);
    }
}

/// Nor does what a test expects to fail, or to stop, keep any: memory has room for one run.
#[test]
fn what_ends_in_the_middle_of_a_test_gives_its_frames_back() {
    let text = "context c { n: i64  at: i64 = 9000 }\n\
                process p { inputs c.at  outputs c.n  var all: [i64; 2000] = [1; 2000]  c.n += all[c.at] }\n\
                process q { outputs c.n  var all: [i64; 2000] = [1; 2000]  c.n += all[c.n % 2000] }\n\
                pipeline fails every 1s { p }\n\
                pipeline stops every 1s { q  when c.n > 0 { stop \"there\" } }\n\
                test \"often\" {\n    \
                let kept = [i * c.at for i in 0..c.at / 3000]\n    \
                for i in 0..50 { expect Index { run fails for 1 tick }  run stops for 5 ticks }\n    \
                assert c.n == 50 and kept.len() == 3 and kept[2] == 18000\n}\n";
    for optimise in [false, true] {
        let options = theus::Options {
            optimise,
            tests: true,
            ..theus::Options::default()
        };
        let program = theus::compile_str(text, &options).unwrap();
        let image = program.image();
        let most = theus_abi::Memory::size_for(&image);
        let machine = Box::new(program.machine().unwrap());
        let mut vm = Vm::load(image, machine, LoadOptions::default()).unwrap();
        let report = vm.run_test(0).unwrap();
        assert_eq!(report.outcome, Outcome::Reached);
        assert!(report.scratch_peak <= most, "{report:?}, of {most} bytes");
    }
}
