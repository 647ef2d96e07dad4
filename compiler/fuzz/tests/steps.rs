//! The bill of work holds: no tick of a generated program makes more steps than it says.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[path = "support/host.rs"]
mod host;
#[path = "support/seeds.rs"]
mod seeds;

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use seeds::each_seed;
use theus::{Options, compile_str};
use theus_fuzz::generate;
use theus_vm::{Control, LoadOptions, Vm};

/// Programs that are run.
const PROGRAMS: u64 = 200;

/// Ticks of each.
const TICKS: u64 = 12;

/// What keeps the most steps of a tick in a field.
const WATCH: &str = "
context watched_ { steps: u64 }
process watch_ { inputs tick  outputs watched_.steps  watched_.steps = max(watched_.steps, tick.steps) }
";

/// Where the pipeline begins that is run.
const MAIN: &str = "pipeline main every 10ms {\n";

/// The most steps of a tick as the text tells, if it does; a report if it is rejected.
fn told(text: &str) -> Result<Option<u64>, String> {
    let options = Options {
        work: true,
        optimise: false,
        ..Options::default()
    };
    let program = compile_str(text, &options).map_err(|report| report.to_string())?;
    let pipelines = program.work().pipelines.iter();
    let most: Option<Vec<u64>> = pipelines.map(|pipeline| pipeline.most).collect();
    Ok(most.and_then(|most| most.into_iter().max()))
}

/// The most steps that a tick has made.
fn made(text: &str) -> Result<u64, String> {
    let options = Options {
        optimise: false,
        ..Options::default()
    };
    let program = compile_str(text, &options).map_err(|report| report.to_string())?;
    let image = program.image();
    let code = program
        .interpreter()
        .map_err(|report| format!("{report:?}"))?;
    let load = LoadOptions {
        seed: 7,
        ..LoadOptions::default()
    };
    let failed = |error: theus_vm::VmError| error.to_string();
    let mut vm = Vm::load(image.clone(), Box::new(code), load).map_err(failed)?;
    if !image.host.is_empty() {
        vm.tell_host(host::told());
    }
    vm.start().map_err(failed)?;
    vm.run(0, TICKS, &mut Control::default()).map_err(failed)?;
    let steps = vm.get("watched_.steps").map_err(failed)?;
    steps
        .to_string()
        .parse()
        .map_err(|_| format!("{steps} steps"))
}

#[test]
fn no_tick_makes_more_steps_than_the_bill_says() {
    let (bounds, busy) = (AtomicU64::new(0), AtomicU64::new(0));
    let failed = each_seed(PROGRAMS, |seed| {
        let mut text = generate(seed);
        // What sinks write is not looked at here.
        let at = text.find(MAIN).filter(|_| !text.contains("sink "))?;
        text.insert_str(at + MAIN.len(), "    watch_\n");
        let _ = write!(text, "{WATCH}");
        let looked = told(&text).and_then(|most| Ok((most, made(&text)?)));
        let (most, made) = match looked {
            Ok((Some(most), made)) => (most, made),
            Ok((None, _)) => return None,
            Err(report) => return Some(format!("seed {seed}: {report}\n{text}")),
        };
        bounds.fetch_add(1, Ordering::Relaxed);
        busy.fetch_add(u64::from(made > 0), Ordering::Relaxed);
        (made > most).then(|| format!("seed {seed}: {made} steps, {most} told\n{text}"))
    });
    assert!(failed.is_none(), "{}", failed.unwrap_or_default());
    let (bounds, busy) = (bounds.into_inner(), busy.into_inner());
    println!("{bounds} with a bound, {busy} of them made steps");
    assert!(
        busy * 4 > PROGRAMS,
        "{bounds} with a bound, {busy} made steps"
    );
}
