//! Passes on random programs: they stay valid, and what the interpreter computes stays the
//! same, to the last bit of memory.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test, whose helpers are no test functions"
)]

#[path = "passes/generate.rs"]
mod generate;

use cranelift_entity::EntityRef;
use generate::{DATA, DATA_SIZE, Rng};
use theus_abi::{Host, HostFn, Memory};
use theus_mir::interp::Interp;
use theus_mir::passes::{Options, PASSES, inject, optimise};
use theus_mir::verify::verify;
use theus_mir::{FuncId, Program};

/// How many random programs each test tries.
const PROGRAMS: u64 = 1000;

/// A host that is never called.
struct NoHost;

impl Host for NoHost {
    fn call(&mut self, host: HostFn, _arg: i32, _memory: &mut [u8]) -> i32 {
        panic!("{} is called", host.name());
    }
}

/// The status and the memory after a run of the last function.
fn run(program: &Program, seed: u64, inject: i64) -> Result<(Vec<u64>, Vec<u8>), String> {
    let mut memory = Memory::new(Memory::size_for(&program.image) as usize).unwrap();
    memory.set_u64(theus_abi::header::INJECT, inject.cast_unsigned());
    let mut rng = Rng(seed ^ 0xabcd);
    for at in (DATA..DATA + DATA_SIZE).step_by(8) {
        let float = rng.pick(&[0.0, -0.0, 1.5, -2.25, 1e10, f64::NAN, 1e-300, 7.0]);
        let wild = rng.next();
        let small = rng.next() % 20;
        let bits = rng.pick(&[float.to_bits(), float.to_bits(), wild, small]);
        memory.set_u64(at as i32, bits);
    }
    let mut interp = Interp::new(program.clone()).map_err(|list| list.join("\n"))?;
    interp.fuel = Some(200_000);
    let main = FuncId::new(program.funcs.len() - 1);
    let status = interp.run(main, &[], &mut memory, &mut NoHost)?;
    Ok((status, memory.bytes().to_vec()))
}

/// Applies `change` to random programs and compares what they do.
fn compare(name: &str, change: impl Fn(&mut Program)) {
    let mut finished = 0;
    for seed in 0..PROGRAMS {
        let before = generate::program(seed);
        let expected = match run(&before, seed, -1) {
            Ok(expected) => expected,
            Err(error) if error.contains("fuel") => continue,
            Err(error) => panic!("seed {seed}: the program is wrong: {error}"),
        };
        let mut after = before;
        change(&mut after);
        if let Err(errors) = verify(&after) {
            panic!(
                "seed {seed}: {name} broke the program: {}",
                errors.join("\n")
            );
        }
        match run(&after, seed, -1) {
            Ok(found) => {
                assert!(found == expected, "seed {seed}: {name} changed the result");
            }
            Err(error) => panic!("seed {seed}: after {name}: {error}"),
        }
        finished += 1;
    }
    assert!(
        finished > PROGRAMS * 9 / 10,
        "only {finished} programs finished"
    );
}

fn each_func(name: &str) -> impl Fn(&mut Program) {
    let pass = PASSES.iter().find(|pass| pass.name == name).unwrap();
    |program| program.funcs.values_mut().for_each(pass.run)
}

#[test]
fn every_pass_has_a_test() {
    let names: Vec<_> = PASSES.iter().map(|pass| pass.name).collect();
    let tested = [
        "dce", "dse", "fold", "gvn", "licm", "prove", "promote", "simplify", "sink",
        "thread",
    ];
    assert_eq!(names, tested);
}

macro_rules! alone {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            compare(stringify!($name), each_func(stringify!($name)));
        })*
    };
}

alone! { dce dse fold gvn licm prove promote simplify sink thread }

#[test]
fn pipeline() {
    compare("optimise", |program| optimise(program, &Options::default()));
}

#[test]
fn pipeline_without_inlining() {
    let options = Options {
        small: 0,
        callee: 0,
        caller: 0,
    };
    compare("optimise", |program| optimise(program, &options));
}

#[test]
fn pipeline_twice() {
    compare("optimise twice", |program| {
        optimise(program, &Options::default());
        optimise(program, &Options::default());
    });
}

/// Passes in any order keep the program too.
#[test]
fn any_order() {
    compare("any order", |program| {
        let mut rng = Rng(program
            .funcs
            .values()
            .map(|func| func.insts.len() as u64)
            .sum());
        for _ in 0..8 {
            let pass = PASSES[rng.below(PASSES.len())];
            program.funcs.values_mut().for_each(pass.run);
        }
    });
}

#[test]
fn armed_checks_stay_quiet() {
    compare("inject", inject);
}

/// A check that is armed fails in the optimised program as in the other.
#[test]
fn armed_checks_fail_alike() {
    for seed in 0..PROGRAMS / 4 {
        let mut before = generate::program(seed);
        inject(&mut before);
        let mut after = before.clone();
        optimise(&mut after, &Options::default());
        for site in 0..4 {
            let expected = run(&before, seed, site);
            assert_eq!(
                run(&after, seed, site),
                expected,
                "seed {seed}, site {site}"
            );
        }
    }
}

/// Equal programs stay equal.
#[test]
fn deterministic() {
    for seed in 0..50 {
        let [a, b] = [0, 1].map(|_| {
            let mut program = generate::program(seed);
            optimise(&mut program, &Options::default());
            format!("{:?}", program.funcs)
        });
        assert_eq!(a, b);
    }
}
