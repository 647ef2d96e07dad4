//! What the runs say: medians, ratios against the first contender, agreement of checksums.

use std::io::Write;

use crate::Failure;
use crate::contender::Sample;

/// The value in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Writes one line for each contender and the ratios that have a bar.
pub(crate) fn table(
    out: &mut impl Write,
    ticks: u64,
    names: &[&str],
    samples: &[Vec<Sample>],
) -> Result<(), Failure> {
    writeln!(
        out,
        "W1: {ticks} ticks, medians of {} interleaved runs",
        samples.first().map_or(0, Vec::len)
    )?;
    writeln!(
        out,
        "{:<30} {:>9} {:>9} {:>8}  checksum",
        "", "ns/tick", "cpu", "ratio"
    )?;
    let cpu: Vec<f64> = samples
        .iter()
        .map(|runs| median(runs.iter().map(|run| run.cpu).collect()))
        .collect();
    let first = cpu.first().copied().unwrap_or(f64::NAN);
    for ((name, runs), cpu) in names.iter().zip(samples).zip(&cpu) {
        let wall = median(runs.iter().map(|run| run.wall).collect());
        let Some(sum) = runs.first().map(|run| &run.sum) else {
            continue;
        };
        let steady = if runs.iter().all(|run| run.sum == *sum) {
            ""
        } else {
            " NOT REPEATED"
        };
        writeln!(
            out,
            "{name:<30} {wall:>9.2} {cpu:>9.2} {:>8.3}  {sum}{steady}",
            cpu / first
        )?;
    }
    let ratio =
        |a: usize, b: usize| cpu.get(a).zip(cpu.get(b)).map_or(f64::NAN, |(a, b)| a / b);
    let same = |a: usize, b: usize| {
        let sum = |at: usize| {
            samples
                .get(at)
                .and_then(|runs| runs.first())
                .map(|run| &run.sum)
        };
        if sum(a) == sum(b) {
            "same bits"
        } else {
            "OTHER BITS"
        }
    };
    writeln!(out)?;
    writeln!(
        out,
        "Theus / C with libm                    {:>7.3}   bar 1.15 now, 0.85 wanted",
        ratio(3, 0)
    )?;
    writeln!(
        out,
        "Theus / C with the same polynomials    {:>7.3}   bar 1.25, 1.10 wanted   {}",
        ratio(3, 2),
        same(3, 2)
    )?;
    writeln!(
        out,
        "Theus / Theus with strict off          {:>7.3}   bar 1.05   {}",
        ratio(3, 4),
        same(3, 4)
    )?;
    Ok(())
}
