//! The example of embedding runs and keeps its word, and hosts may go on after failures.

#[path = "../examples/embed.rs"]
mod example;

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
