//! Sessions: cells over generated programs show and leave the same in the interpreter and in
//! machine code.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[path = "support/seeds.rs"]
mod seeds;

use std::time::Duration;

use seeds::each_seed;
use theus::InMemory;
use theus_abi::header::HEADER_SIZE;
use theus_fuzz::{Rng, generate};
use theus_session::{Engine, Options, Refused, Session};

/// Programs of one test run; `THEUS_FUZZ_PROGRAMS` asks for another number.
const PROGRAMS: u64 = 8;

/// What is said to a program when it is there. A cell may be refused, in both engines alike.
const CELLS: [&str; 22] = [
    "run main for 2 ticks",
    "run stir\nrun main for 1 ticks",
    "c.x",
    "c.v",
    "let a = c.n\na",
    "var b = c.x * 2.0\nb += 1.0\nb",
    "a + 1",
    "b",
    "let s = shift(S(a: c.x, b: 3), 0.5)\ns",
    "s.c",
    "set c.x = 0.75\nset c.flag = not c.flag",
    "\"{c.x:.3} {c.n:5} {c.v}\"",
    "run fill(cells[1], 0.5, 3)\ncells[1].past",
    "c.v[7]",
    "1 / (c.n - c.n)",
    "process stir { outputs c.x, c.n  errors Oops  c.x = c.x - 1.0  c.n = wrapping_mul(c.n, 5)  if c.n % 7 == 2 { raise Oops } }",
    "context more { n: i64 = 4  all: list<i64, 5> }\nprocess add { inputs c.n  outputs more.n, more.all  more.all.push(c.n)  more.n += 1 }",
    "run add\nmore.all",
    "more.n + (a ?? 0)",
    "[x * 2 for x in 0..4 if x != c.n]",
    "for i in 0..3 { run stir }\nc.n",
    "expect Oops { run stir 30 times }\ntick.count",
];

/// What comes of the cells, one after the other.
fn told(text: &str, seed: u64, engine: Engine) -> Vec<String> {
    let options = Options {
        engine,
        seed: 3,
        directory: ".".into(),
        ..Options::default()
    };
    let mut session = Session::new(Box::new(InMemory::new()), options);
    let mut rng = Rng::new(!seed);
    let mut run = |cell: &str| {
        let done = session.run(cell, &mut || Duration::ZERO, None);
        let came = match done {
            Ok(done) => format!("{:?} {} ticks", done.shown, done.ticks),
            Err(Refused::Report(report)) => report.to_string(),
            Err(refused) => format!("{refused:?}"),
        };
        let end = |vm: &theus_vm::Vm| usize::try_from(vm.image().context_end).unwrap();
        let vm = session.vm();
        let bytes = vm.and_then(|vm| vm.memory().get(HEADER_SIZE as usize..end(vm)));
        format!("{cell}: {came} {:x?}", bytes.map(theus_abi::fnv::of))
    };
    let mut all = vec![run(text)];
    all.extend((0..5).map(|_| run(rng.pick(&CELLS).unwrap())));
    all
}

#[test]
fn sessions_go_the_same_way_in_both_engines() {
    let failed = each_seed(PROGRAMS, |seed| {
        let text = generate(seed);
        // What the machine tells is different each time.
        if ["host.", "measure "].iter().any(|word| text.contains(word)) {
            return None;
        }
        let machine = told(&text, seed, Engine::Machine);
        let oracle = told(&text, seed, Engine::Interpreter);
        let first = machine.iter().zip(&oracle).find(|(a, b)| a != b);
        first.map(|(a, b)| format!("seed {seed}:\n{a}\ninterpreter:\n{b}\n{text}"))
    });
    assert!(failed.is_none(), "{}", failed.unwrap_or_default());
}
