//! From the start of a process to the end of its first tick.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Failure;
use crate::report::median;

/// `theusc` as this build made it: beside this program.
fn theusc() -> Option<PathBuf> {
    let path = std::env::current_exe().ok()?.with_file_name("theusc");
    path.is_file().then_some(path)
}

/// Writes the median time of runs of one tick, and of a process that does nothing.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
pub(crate) fn table(out: &mut impl Write, program: &Path) -> Result<(), Failure> {
    let Some(theusc) = theusc() else {
        writeln!(
            out,
            "start to first tick: build theusc first (cargo build --release -p theusc)"
        )?;
        return Ok(());
    };
    let folder = std::env::temp_dir().join("theus-bench");
    let time = |args: &[&std::ffi::OsStr]| -> Result<f64, Failure> {
        let mut times = Vec::new();
        for _ in 0..21 {
            let start = Instant::now();
            let status = Command::new(&theusc)
                .args(args)
                .current_dir(&folder)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
            if !status.success() {
                return Err(format!("theusc failed with {status}").into());
            }
        }
        Ok(median(times))
    };
    let run = time(&[
        "run".as_ref(),
        program.as_ref(),
        "--ticks".as_ref(),
        "1".as_ref(),
        "--quiet".as_ref(),
    ])?;
    let idle = time(&["--version".as_ref()])?;
    writeln!(
        out,
        "start to end of first tick             {run:>6.2} ms  bar 20 ms, 8 wanted (theusc --version: {idle:.2} ms)"
    )?;
    Ok(())
}
