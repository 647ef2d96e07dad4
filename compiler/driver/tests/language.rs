//! Programs of the language with their tests, on both engines, with the passes and without.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test ends where it cannot go on"
)]

use std::path::Path;
use std::sync::Arc;

use theus::{Options, Program, compile_str};
use theus_abi::heavy::HEAVY_ALIGN;
use theus_abi::image::Image;
use theus_abi::{Code, Memory, header::HEADER_SIZE};
use theus_vm::{LoadOptions, Outcome, Trials, Vm};

/// Name of the engine, what it runs, and how many threads run machine code. All that can be
/// shared by threads is, but in the last one, which shares what is large.
fn engines(text: &str) -> Vec<(&'static str, Program, Option<u32>)> {
    let usual = Options::default().share_from;
    let compile = |optimise, share_from| {
        let options = Options {
            tests: true,
            optimise,
            share_from,
            ..Options::default()
        };
        compile_str(text, &options).unwrap_or_else(|report| panic!("{report}"))
    };
    vec![
        ("machine code, on 4 threads", compile(true, 0), Some(4)),
        (
            "machine code of unoptimised MIR, on 2",
            compile(false, 0),
            Some(2),
        ),
        ("machine code, on 1", compile(true, 0), Some(1)),
        ("interpreter", compile(false, 0), None),
        ("interpreter of optimised MIR", compile(true, 0), None),
        ("machine code as usual", compile(true, usual), Some(2)),
    ]
}

/// Runs every test; gives the contexts after each.
fn run_all(
    text: &str,
    engine: &str,
    program: &Program,
    workers: Option<u32>,
) -> Vec<Vec<u8>> {
    let image = program.image();
    let code: Box<dyn Code> = if let Some(workers) = workers {
        Box::new(
            program
                .machine_of(workers)
                .unwrap_or_else(|report| panic!("{report}")),
        )
    } else {
        Box::new(
            program
                .interpreter()
                .unwrap_or_else(|report| panic!("{report}")),
        )
    };
    let options = LoadOptions {
        sinks: None,
        ..LoadOptions::default()
    };
    let mut vm = Vm::load(Arc::clone(&image), code, options).unwrap();
    let end = usize::try_from(image.context_end).unwrap();
    let mut seen = Vec::new();
    assert!(!image.tests.is_empty());
    for (n, test) in image.tests.iter().enumerate() {
        let report = vm.run_test(n).unwrap();
        if report.outcome != Outcome::Reached {
            let line = text[..test.loc.start as usize].lines().count();
            let at = match &report.outcome {
                Outcome::Failed(failure) => {
                    text[failure.loc.start as usize..failure.loc.end as usize].to_owned()
                }
                _ => String::new(),
            };
            panic!(
                "{engine}: line {line}: `{}`: {} `{at}`",
                test.name, report.outcome
            );
        }
        seen.push(state(&vm, &image, end));
    }
    for n in 0..image.properties.len() {
        let trials = Trials {
            seed: 1,
            cases: 32,
            ..Trials::default()
        };
        let checked = vm.check_property(n, trials).unwrap();
        let name = &image.properties[n].name;
        assert!(checked.broken.is_none(), "{engine}: `{name}`: {checked:?}");
        assert!(!checked.is_vacuous(), "{engine}: `{name}` is vacuous");
        seen.push(checked.discarded.to_le_bytes().to_vec());
    }
    for n in 0..image.benches.len() {
        let report = vm.run_bench(n).unwrap();
        assert_eq!(report.outcome, Outcome::Reached, "{engine}: a bench");
    }
    seen
}

/// The contexts and the buffers of heavy fields. Where buffers lie depends on what the block holds
/// besides, so the words that say so are counted from the first of them.
fn state(vm: &Vm, image: &Image, end: usize) -> Vec<u8> {
    let memory = vm.memory();
    let buffers = Memory::size_for(image).next_multiple_of(HEAVY_ALIGN);
    let mut seen = memory[..end].to_vec();
    for heavy in &image.heavy {
        let words = if heavy.swap { 2 } else { 1 };
        for word in 0..words {
            let at = heavy.table as usize + 8 * word;
            let offset = u64::from_le_bytes(seen[at..at + 8].try_into().unwrap());
            seen[at..at + 8].copy_from_slice(&offset.wrapping_sub(buffers).to_le_bytes());
        }
    }
    seen.drain(..HEADER_SIZE as usize);
    let first = usize::try_from(buffers).unwrap().min(memory.len());
    seen.extend_from_slice(&memory[first..]);
    seen
}

fn check(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/language")
        .join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let mut first: Option<Vec<Vec<u8>>> = None;
    for (engine, program, workers) in engines(&text) {
        let seen = run_all(&text, engine, &program, workers);
        match &first {
            None => first = Some(seen),
            Some(first) => {
                assert!(*first == seen, "{engine} leaves other bits in {file}")
            }
        }
    }
}

macro_rules! programs {
    ($($name:ident)*) => { $(#[test] fn $name() { check(concat!(stringify!($name), ".theus")); })* };
}

programs! {
    aggregates
    alerts
    arenas
    atomic
    audits
    cached
    clocks
    computed_sizes
    contexts
    delays
    each
    each_lists
    ends
    flow
    formatting
    generic
    generic_enums
    handlers
    heavy
    held
    heavy_collections
    heavy_pools
    isolated
    instants
    journal
    journal_each
    maps
    batches
    measured
    members
    modes
    numbers
    parsing
    parts
    patterns
    owned
    pool_ttl
    pools
    pool_queries
    pool_full
    pool_retain
    properties
    shared_more
    shared_sends
    signal_values
    similar
    samples
    slices
    parameters
    swap
    tallies
    queue_loops
    queues
    text_values
    together
    full
    room
    store_order
    rings
    rings_inside
    row_parts
    runs
    texts
    transactions
    ttl
    tuples
    vectors
    workers
}

/// The program that the README shows.
#[test]
fn readme() {
    let readme = include_str!("../../../README.md");
    let text = readme
        .split("```theus\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    for (engine, program, machine) in engines(text) {
        run_all(text, engine, &program, machine);
    }
}
