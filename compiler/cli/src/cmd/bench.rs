//! `theusc bench`: how long the `bench` items of programs take, and whether that is longer than
//! it was.

mod baseline;
mod measured;

use std::path::Path;
use std::time::{Duration, Instant};

use theus::Program;
use theus_vm::Vm;

use self::baseline::{Baseline, Change};
use self::measured::Measured;
use crate::args::Bench;
use crate::cmd::test::told;
use crate::ground;
use crate::picture;
use crate::problem::Exit;
use crate::terminal::Terminal;

/// Samples that are not counted: caches and branches learn.
const WARM: u32 = 3;

/// What came of all benches.
#[derive(Debug, Default)]
struct All {
    measured: Vec<Measured>,
    failed: usize,
    slower: usize,
    rejected: bool,
}

/// Measures the benches of every file.
pub(crate) fn main(args: &Bench, terminal: &mut Terminal) -> Result<u8, Exit> {
    let baseline = args.baseline.as_deref().map(Baseline::read).transpose()?;
    if let Some(path) = &args.plot {
        picture::check_name(path)?;
    }
    let mut all = All::default();
    for path in &args.files {
        match file(path, args, baseline.as_ref(), &mut all, terminal) {
            Ok(()) => {}
            Err(Exit::Quiet) => return Err(Exit::Quiet),
            Err(Exit::Report(report, _)) => {
                terminal.problem(&report);
                all.rejected = true;
            }
        }
    }
    let text = baseline::text(&all.measured);
    if let Some(path) = &args.save {
        // A baseline that is there is not lost to a program that does not compile.
        if all.rejected || all.failed > 0 {
            let path = path.display();
            terminal.note(&format!(
                "`{path}` is not written: not all benches were measured"
            ));
        } else {
            super::save(path, &text)?;
        }
    }
    if let Some(path) = &args.plot {
        let all: Vec<_> = all.measured.iter().map(Measured::histogram).collect();
        super::save(
            path,
            &theus_draw::bars::svg("How long the benches take", &all),
        )?;
    }
    if args.json {
        terminal.out(&text)?;
    } else if all.measured.is_empty() && all.failed == 0 && !all.rejected {
        terminal.out(&match &args.filter {
            Some(text) => format!("no bench has a title that contains `{text}`\n"),
            None => {
                "there are no benches: write `bench \"…\" { run p for 1000 ticks }`\n"
                    .to_owned()
            }
        })?;
    }
    Ok(match all.rejected {
        true => 2,
        false => u8::from(all.failed + all.slower > 0),
    })
}

fn file(
    path: &Path,
    args: &Bench,
    baseline: Option<&Baseline>,
    all: &mut All,
    terminal: &mut Terminal,
) -> Result<(), Exit> {
    let (program, mut vm) = ground::tests(path, (args.engine, args.workers))?;
    let filter = args.filter.as_deref().unwrap_or_default();
    let image = program.image();
    let benches = image.benches.iter().zip(0..);
    for (bench, index) in benches.filter(|(bench, _)| bench.name.contains(filter)) {
        let found = match samples(&mut vm, index, args) {
            Ok(found) => found,
            Err(outcome) => {
                all.failed += 1;
                terminal.note(&failed(&bench.name, *outcome, &program, terminal));
                continue;
            }
        };
        let file = path.display().to_string();
        let mut found = Measured::new(file, &bench.name, found);
        let before = baseline.and_then(|baseline| baseline.of(&found));
        found.change = before.map(|before| before.change(&found, args.within));
        all.slower += usize::from(matches!(found.change, Some(Change::Slower(_))));
        if !args.json {
            terminal.out(&found.text(terminal))?;
            if baseline.is_some() && found.change.is_none() {
                terminal.out("     not compared: the baseline has no bench of this file and title\n")?;
            }
        }
        all.measured.push(found);
    }
    Ok(())
}

/// How a bench ended that cannot be measured.
type Ended = Result<theus_vm::Outcome, theus_vm::VmError>;

/// How long each run took, and how many ticks it had.
fn samples(
    vm: &mut Vm,
    index: usize,
    args: &Bench,
) -> Result<Vec<(Duration, u64)>, Box<Ended>> {
    let began = Instant::now();
    let mut found = Vec::new();
    for n in 0..args.samples.saturating_add(WARM) {
        let report = vm.run_bench(index).map_err(|error| Box::new(Err(error)))?;
        if !report.outcome.is_success() {
            return Err(Box::new(Ok(report.outcome)));
        }
        if n >= WARM {
            found.push((report.wall, report.total_ticks));
        }
        let enough = found.len() >= 10 && began.elapsed() > args.longest;
        if enough {
            break;
        }
    }
    Ok(found)
}

fn failed(name: &str, ended: Ended, program: &Program, terminal: &Terminal) -> String {
    let (drawn, _) = told(ended, program, terminal);
    format!("{} {name}\n{drawn}", terminal.colored("FAIL", "1;31"))
}
