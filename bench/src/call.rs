//! One process a tick: what a call costs, and that it does not depend on the size of contexts.

use std::fmt::Write as _;
use std::io::Write;

use theus::{Options, compile_str};
use theus_vm::{Control, LoadOptions, Vm};

use crate::Failure;
use crate::start::time;

/// Ticks of one sample.
const TICKS: u64 = 2_000_000;

/// Three fields in, two out, with a range and both kinds of clauses, in a context of so many.
fn checked(fields: usize) -> String {
    let last = fields - 1;
    let middle = fields / 2;
    let mut text = String::from("context c {\n");
    for n in 0..fields {
        let _ = writeln!(text, "    f{n}: f64 in -1000.0..=1000.0 = {n}.5");
    }
    let _ = write!(
        text,
        "}}\nprocess step {{\n    inputs c.f0, c.f{middle}, c.f{last}\n    \
         outputs c.f1, c.f{before}\n    requires c.f0 >= 0.0\n    \
         ensures c.f1 <= 900.0\n    \
         c.f1 = 0.5 * c.f1 + 0.1 * c.f0 - 0.2 * c.f{middle}\n    \
         c.f{before} = 0.25 * (c.f{before} + c.f1) + 0.01 * c.f{last}\n}}\n\
         pipeline main every 1ms {{ step }}\n",
        before = last - 1,
    );
    text
}

/// One element of a field of 800 kB.
const ELEMENT: &str = "\
context c { table: [f64; 100_000]  at: i64 }
process step {
    outputs c.table, c.at
    c.table[c.at] = c.table[c.at] + 1.5
    c.at = (c.at + 7_919) % 100_000
}
pipeline main every 1ms { step }
";

/// Median and least of the ns of a tick.
fn tick(text: &str) -> Result<(f64, f64), Failure> {
    let program = compile_str(text, &Options::default())
        .map_err(|report| Failure::from(report.to_string()))?;
    let code = program
        .machine()
        .map_err(|report| Failure::from(report.to_string()))?;
    let mut vm = Vm::load(program.image(), Box::new(code), LoadOptions::default())?;
    vm.start()?;
    let main = vm.pipeline(Some("main"))?;
    let (median, least) = time(|| {
        let report = vm.run(main, TICKS, &mut Control::default())?;
        if report.outcome.is_success() {
            Ok(())
        } else {
            Err(Failure::from(report.outcome.to_string()))
        }
    })?;
    let each = |ms: f64| ms * 1e6 / TICKS as f64;
    Ok((each(median), each(least)))
}

/// Writes what a tick with one process costs.
pub(crate) fn table(out: &mut impl Write) -> Result<(), Failure> {
    let (few, least_few) = tick(&checked(5))?;
    let (many, least_many) = tick(&checked(500))?;
    let (element, least) = tick(ELEMENT)?;
    writeln!(
        out,
        "process call (3 in, 2 out, checked): 5 fields {few:.2} ns, best {least_few:.2}; \
         500 fields {many:.2} ns, best {least_many:.2}   bar 10 ns, the same within 10 %"
    )?;
    writeln!(
        out,
        "one of 100 000 elements written, undoable: {element:.2} ns, best {least:.2}   bar 100 ns"
    )?;
    Ok(())
}
