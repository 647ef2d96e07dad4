//! `theusc test`: runs `test` items, one line each.

use std::path::Path;
use std::time::Instant;

use theus::{Options, Program};
use theus_vm::{Outcome, Vm, VmError};

use crate::args::Test;
use crate::failure;
use crate::files;
use crate::ground;
use crate::number;
use crate::problem::Exit;
use crate::terminal::Terminal;

/// What came of the tests so far.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// Runs the tests of every file. A file that is rejected does not keep others from running.
pub(crate) fn main(args: &Test, terminal: &mut Terminal) -> Result<u8, Exit> {
    let mut count = Count::default();
    let mut rejected = false;
    for path in &args.files {
        match file(path, args, &mut count, terminal) {
            Ok(()) => {}
            Err(Exit::Quiet) => return Err(Exit::Quiet),
            Err(Exit::Report(report, _)) => {
                terminal.problem(&report);
                rejected = true;
            }
        }
    }
    let Count {
        passed,
        failed,
        skipped,
    } = count;
    let mut text = format!("\n{passed} passed, {failed} failed");
    if skipped > 0 {
        text += &format!(", {skipped} filtered out");
    }
    terminal.out(&(text + "\n"))?;
    Ok(if rejected { 2 } else { u8::from(failed > 0) })
}

fn file(
    path: &Path,
    args: &Test,
    count: &mut Count,
    terminal: &mut Terminal,
) -> Result<(), Exit> {
    let root = files::root(path)?;
    let options = Options {
        tests: true,
        ..Options::default()
    };
    let directory = root.modules.path().to_owned();
    let program = theus::compile(root.text, &root.modules, &options)?;
    let mut vm = ground::load(&program, args.engine, 0, None, directory)?;
    if args.files.len() > 1 {
        terminal.out(&format!("{}\n", path.display()))?;
    }
    let image = program.image();
    for (test, index) in image.tests.iter().zip(0..) {
        if args
            .filter
            .as_ref()
            .is_some_and(|filter| !test.name.contains(filter.as_str()))
        {
            count.skipped += 1;
            continue;
        }
        one(&mut vm, index, &test.name, &program, count, terminal)?;
    }
    Ok(())
}

fn one(
    vm: &mut Vm,
    index: usize,
    name: &str,
    program: &Program,
    count: &mut Count,
    terminal: &mut Terminal,
) -> Result<(), Exit> {
    let began = Instant::now();
    let done = vm.run_test(index);
    let took = number::rough_time(began.elapsed().as_nanos());
    let passed = matches!(&done, Ok(report) if report.outcome.is_success());
    if passed {
        count.passed += 1;
        let ok = terminal.colored("ok", "32");
        return terminal.out(&format!("{ok}   {name} ({took})\n"));
    }
    count.failed += 1;
    let fail = terminal.colored("FAIL", "1;31");
    terminal.out(&format!("{fail} {name} ({took})\n"))?;
    terminal.out(&told(done.map(|report| report.outcome), program, terminal))
}

/// Why a test failed.
fn told(
    outcome: Result<Outcome, VmError>,
    program: &Program,
    terminal: &Terminal,
) -> String {
    let sources = &program.warnings().sources;
    match outcome {
        Ok(Outcome::Failed(found)) | Err(VmError::Start(found)) => {
            failure::show(&found, sources, &program.image(), terminal)
        }
        Ok(other) => format!("     {other}\n"),
        Err(error) => format!("     {error}\n"),
    }
}
