//! A session: the two hundredth cell against the twentieth, in time and in memory.

use std::io::Write;
use std::time::Instant;

use theus::InMemory;
use theus_session::{Action, Options, Session};

use crate::Failure;
use crate::report::median;

/// Sessions that are measured.
const SESSIONS: usize = 7;
/// Cells around each of the two whose time counts as theirs.
const AROUND: usize = 5;
const EARLY: usize = 20;
const LATE: usize = 200;

const LAB: &str = "
context model { w: [f64; 100]  loss: f64  meta epochs: u64 }
process learn {
    inputs model.w
    outputs model.w, model.loss, model.epochs
    var loss = 0.0
    for at in 0..100 {
        let error = at as f64 - model.w[at]
        model.w[at] = model.w[at] + 0.001 * error
        loss += error * error
    }
    model.loss = loss
    model.epochs += 1
}
pipeline epoch { learn }
var losses: list<f64, 300> = []";

const CELL: &str = "
run epoch for 1000 ticks
let _tmp_loss = model.loss
losses.push(_tmp_loss)
losses.len()";

/// Writes the medians of several sessions, and their ratio.
pub(crate) fn table(out: &mut impl Write) -> Result<(), Failure> {
    let (mut early, mut late, mut grown) = (Vec::new(), Vec::new(), Vec::new());
    let mut shares = Vec::new();
    for _ in 0..SESSIONS {
        let Lab {
            times,
            bytes,
            share,
        } = session()?;
        shares.push(share);
        let around = |at: usize| {
            let times = times.iter().skip(at - AROUND).take(2 * AROUND);
            median(times.copied().collect())
        };
        early.push(around(EARLY));
        late.push(around(LATE));
        grown.push(bytes);
    }
    let (early, late) = (median(early), median(late));
    writeln!(
        out,
        "\nSession: cell {EARLY} and cell {LATE}, medians of {SESSIONS} sessions"
    )?;
    writeln!(out, "{:<30} {early:>9.2} ms", format!("cell {EARLY}"))?;
    writeln!(
        out,
        "{:<30} {late:>9.2} ms {:>8.3}  (at most 1.03)",
        format!("cell {LATE}"),
        late / early
    )?;
    writeln!(
        out,
        "{:<30} {:>9.0} KiB",
        "growth in between",
        median(grown) / 1024.0
    )?;
    writeln!(
        out,
        "{:<30} {:>9.4} %            (at most 0.01)",
        "clean-up, of all the time",
        100.0 * median(shares)
    )?;
    Ok(())
}

/// What is measured of a session.
struct Lab {
    /// Milliseconds of each cell.
    times: Vec<f64>,
    /// How much the process grew between the two.
    bytes: f64,
    /// What happens between cells, as a share of the whole: counting and cleaning up.
    share: f64,
}

/// Runs one.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn session() -> Result<Lab, Failure> {
    let mut options = Options::default();
    // Trims give memory back, which is no clean-up.
    options
        .rules
        .rules
        .retain(|rule| !rule.actions.contains(&Action::Trim));
    let mut session = Session::new(Box::new(InMemory::new()), options);
    let began = Instant::now();
    let mut clock = || began.elapsed();
    let mut run = |text: &str| {
        let cell = session.run(text, &mut clock, None);
        cell.map_err(|refused| Failure::from(refused.to_string()))
    };
    run(LAB)?;
    let (mut times, mut early, mut between) = (Vec::new(), 0.0, 0.0);
    for at in 0..LATE + AROUND {
        let begun = Instant::now();
        // What the cell gives back is its caller's, and no part of the clean-up.
        let cell = run(CELL)?;
        between += begun.elapsed().saturating_sub(cell.took).as_secs_f64();
        times.push(cell.took.as_secs_f64() * 1e3);
        if at == EARLY {
            early = resident();
        }
    }
    Ok(Lab {
        times,
        bytes: resident() - early,
        share: between / began.elapsed().as_secs_f64(),
    })
}

/// Bytes of the process that are in memory, where the system says so.
fn resident() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    4096.0 * pages.unwrap_or(0.0)
}
