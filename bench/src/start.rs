//! From the start of a process to the end of its first tick.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use theus::Options;
use theus_examples::Session;

use crate::Failure;
use crate::report::median;

/// `theusc` as this build made it: beside this program.
pub(crate) fn theusc() -> Option<PathBuf> {
    let path = std::env::current_exe().ok()?.with_file_name("theusc");
    path.is_file().then_some(path)
}

/// Writes how long a run of one tick takes, process and all, and its parts in this process.
pub(crate) fn table(out: &mut impl Write, program: &Path) -> Result<(), Failure> {
    let (front, back, load) = parts(program)?;
    writeln!(
        out,
        "in process: text to checked and optimised {front:.2} ms, to machine code {back:.2} ms, \
         loaded and one tick {load:.2} ms"
    )?;
    let Some(theusc) = theusc() else {
        writeln!(
            out,
            "start to end of first tick: build theusc first (cargo build --release -p theusc)"
        )?;
        return Ok(());
    };
    let args = ["run", "--ticks", "1", "--quiet"];
    let run = process(&theusc, &args, Some(program))?;
    let idle = process(&theusc, &["--version"], None)?;
    writeln!(
        out,
        "start to end of first tick        {:>8.2} ms   best {:.2}   bar 20 ms, 8 wanted   \
         (theusc --version: {:.2}, best {:.2})",
        run.0, run.1, idle.0, idle.1
    )?;
    Ok(())
}

/// Median and least of the times in ms that `work` took.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
pub(crate) fn time(
    mut work: impl FnMut() -> Result<(), Failure>,
) -> Result<(f64, f64), Failure> {
    let mut times = Vec::new();
    for _ in 0..21 {
        let start = Instant::now();
        work()?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let least = times.iter().copied().fold(f64::INFINITY, f64::min);
    Ok((median(times), least))
}

pub(crate) fn process(
    theusc: &Path,
    args: &[&str],
    file: Option<&Path>,
) -> Result<(f64, f64), Failure> {
    let folder = std::env::temp_dir().join("theus-bench");
    time(|| {
        let status = Command::new(theusc)
            .args(args)
            .args(file)
            .current_dir(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        match status.success() {
            true => Ok(()),
            false => Err(format!("theusc failed with {status}").into()),
        }
    })
}

/// Least times in ms of the stages.
fn parts(path: &Path) -> Result<(f64, f64, f64), Failure> {
    let options = Options::default();
    let program = theus_examples::compile(path, &options)?;
    let (_, front) = time(|| theus_examples::compile(path, &options).map(drop))?;
    let machine = || {
        program
            .machine()
            .map_err(|report| Failure::from(report.to_string()))
    };
    let (_, back) = time(|| machine().map(drop))?;
    let (_, all) = time(|| {
        Session::start(&program, path, &[])?
            .ticks("loop", 1)
            .map(drop)
    })?;
    Ok((front, back, all - back))
}
