//! Workers: a town of a thousand characters, and two long members of a group, on two threads
//! against one, and the same bits.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use theus::{Options, Program};
use theus_vm::{Control, LoadOptions, Vm};

use crate::Failure;
use crate::report::median;

/// Ticks of one run, and how many live in each.
const TICKS: u64 = 2_000;
const BATCH: u64 = 1_000;
/// Two threads must be so much faster than one.
const BAR: f64 = 1.6;

/// Prints what a tick takes on one thread and on two, by the clock on the wall.
pub(crate) fn table(
    out: &mut impl Write,
    (town, group): (&Path, &Path),
    rounds: usize,
) -> Result<(), Failure> {
    writeln!(out)?;
    let batch = Some(("town.batch", BATCH));
    row(
        out,
        "a town, 1000 characters in a tick",
        (town, batch),
        rounds,
    )?;
    row(out, "two long members of `par`", (group, None), rounds)
}

fn row(
    out: &mut impl Write,
    name: &str,
    (file, global): (&Path, Option<(&str, u64)>),
    rounds: usize,
) -> Result<(), Failure> {
    let program = theus_examples::compile(file, &Options::default())?;
    let (mut alone, mut shared, mut beside) = (Vec::new(), Vec::new(), Vec::new());
    let mut bits: Option<Vec<u8>> = None;
    for _ in 0..rounds {
        for (workers, times) in [(1, &mut alone), (2, &mut shared)] {
            let (time, left) = run(&program, global, workers)?;
            times.push(time);
            if bits.get_or_insert_with(|| left.clone()) != &left {
                return Err(format!("other bits with {workers} threads").into());
            }
        }
        beside.push(at_once(&program, global)?);
    }
    let (alone, shared, beside) = (median(alone), median(shared), median(beside));
    writeln!(
        out,
        "{name}: {:.1} us on one thread, {:.1} us on two: {:.2} times as fast, same bits   \
         bar {BAR}   (two runs at once that share nothing: {:.2})",
        alone * 1e6,
        shared * 1e6,
        alone / shared,
        2.0 * alone / beside
    )?;
    Ok(())
}

/// Seconds of a tick of two runs at once, on a thread each: what the machine gives to two.
fn at_once(program: &Program, global: Option<(&str, u64)>) -> Result<f64, Failure> {
    std::thread::scope(|scope| {
        let other = scope.spawn(|| run(program, global, 1));
        let (mine, _) = run(program, global, 1)?;
        let (theirs, _) = other.join().map_err(|_| "a run that ended early")??;
        Ok(mine.max(theirs))
    })
}

/// Seconds of a tick, and what the run leaves.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn run(
    program: &Program,
    global: Option<(&str, u64)>,
    workers: u32,
) -> Result<(f64, Vec<u8>), Failure> {
    let code = program
        .machine_of(workers)
        .map_err(|report| Failure::from(report.to_string()))?;
    let options = LoadOptions {
        sinks: None,
        ..LoadOptions::default()
    };
    let mut vm = Vm::load(program.image(), Box::new(code), options)?;
    if let Some((name, value)) = global {
        vm.set_global(name, value.to_string().as_str())?;
    }
    vm.start()?;
    let main = vm.pipeline(Some("main"))?;
    vm.run(main, 100, &mut Control::default())?;
    let start = Instant::now();
    let report = vm.run(main, TICKS, &mut Control::default())?;
    let time = start.elapsed().as_secs_f64();
    if !report.outcome.is_success() {
        return Err(report.outcome.to_string().into());
    }
    let end = usize::try_from(program.image().context_end)?;
    let left = vm.memory().get(..end).unwrap_or_default();
    Ok((time / TICKS as f64, left.to_vec()))
}
