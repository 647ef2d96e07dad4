//! A heavy frame against C: blur, cut, count, in ns a pixel, with the counts compared.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use theus::{Options, Program};
use theus_examples::Session;

use crate::Failure;
use crate::contender::processor_time;

/// Frames of one run.
const FRAMES: u64 = 300;
const PIXELS: f64 = 1920.0 * 1080.0;

/// Prints medians of processor time, and ratios to the faster C program.
pub(crate) fn table(
    out: &mut impl Write,
    folder: &Path,
    build: &Path,
    rounds: usize,
) -> Result<(), Failure> {
    let direct = compile(folder, build, &[])?;
    let separable = compile(folder, build, &["-DSEP"])?;
    let file = folder.join("w3.theus");
    let program = theus_examples::compile(&file, &Options::default())?;
    let mut times: [Vec<f64>; 3] = Default::default();
    let mut counts = [String::new(), String::new(), String::new()];
    let [a, b, c] = &mut times;
    for _ in 0..rounds {
        for (program, times, count) in
            [(&direct, &mut *a, 0_usize), (&separable, &mut *b, 1)]
        {
            let (time, found) = run_c(program)?;
            times.push(time);
            if let Some(slot) = counts.get_mut(count) {
                *slot = found;
            }
        }
        let (time, found) = run_theus(&program, &file)?;
        c.push(time);
        if let Some(slot) = counts.last_mut() {
            *slot = found;
        }
    }
    if counts.iter().any(|count| Some(count) != counts.first()) {
        return Err(format!("the counts differ: {counts:?}").into());
    }
    let medians = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
    });
    let best = medians
        .iter()
        .take(2)
        .copied()
        .fold(f64::INFINITY, f64::min);
    writeln!(
        out,
        "\na frame of 1920 x 1080: blur, cut, count (ns a pixel)"
    )?;
    let names = ["C, direct", "C, separable", "Theus"];
    for (name, time) in names.into_iter().zip(medians) {
        writeln!(out, "{name:28} {time:8.3}  {:6.2}", time / best)?;
    }
    Ok(())
}

fn compile(
    folder: &Path,
    build: &Path,
    flags: &[&str],
) -> Result<std::path::PathBuf, Failure> {
    let program = build.join(format!("w3{}", flags.concat()));
    let status = Command::new("gcc")
        .args(["-O3", "-march=native"])
        .args(flags)
        .arg(folder.join("w3.c"))
        .arg("-o")
        .arg(&program)
        .status()?;
    if status.success() {
        Ok(program)
    } else {
        Err(format!("gcc failed with {status}").into())
    }
}

fn run_c(program: &Path) -> Result<(f64, String), Failure> {
    let output = Command::new(program).arg(FRAMES.to_string()).output()?;
    let text = String::from_utf8(output.stdout)?;
    let mut words = text.split_whitespace().skip(1);
    let mut word = || words.next().ok_or("the C program printed too little");
    Ok((word()?.parse()?, word()?.to_owned()))
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn run_theus(program: &Program, file: &Path) -> Result<(f64, String), Failure> {
    let mut session = Session::start(program, file, &[])?;
    session.ticks("frames", 1)?;
    let (start, cpu) = (Instant::now(), processor_time());
    session.ticks("frames", FRAMES)?;
    let wall = start.elapsed().as_secs_f64() * 1e9;
    let time = processor_time()
        .zip(cpu)
        .map_or(wall, |(end, start)| end - start);
    let count = session.float("cam.count")?;
    Ok((time / (PIXELS * FRAMES as f64), format!("{count}")))
}
