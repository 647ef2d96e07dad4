//! A session: the two hundredth cell against the twentieth, in time and in memory.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use theus::InMemory;
use theus_session::{Action, Options, Session};

use crate::Failure;
use crate::report::median;

/// Pairs of sessions that are measured.
const PAIRS: usize = 7;
/// Cells around each of the two whose time counts as theirs.
const AROUND: usize = 5;
const EARLY: usize = 20;
const LATE: usize = 200;
/// Milliseconds of a cell that trains a model, in the notebooks whose clean-up is the measure.
const TRACED: f64 = 145.0;
/// The argument that makes this program a session that runs a cell for each line it is given.
pub(crate) const CELLS: &str = "cells";

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

/// Writes the medians of several pairs of sessions, and the ratio. A young session and an old
/// one, each in a process of its own, run a cell in turn, so that what else the machine does
/// meets both.
pub(crate) fn table(out: &mut impl Write) -> Result<(), Failure> {
    let (mut early, mut late, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let (mut grown, mut cleans) = (Vec::new(), Vec::new());
    for _ in 0..PAIRS {
        let (mut young, mut old) = (Lab::open()?, Lab::open()?);
        let first = old.cells(EARLY)?;
        let last = old.cells(LATE - AROUND - EARLY)?;
        young.cells(EARLY - AROUND)?;
        let (mut of_young, mut of_old) = (Vec::new(), Vec::new());
        for _ in 0..2 * AROUND {
            of_young.push(young.cell()?.took);
            of_old.push(old.cell()?.took);
        }
        let (of_young, of_old) = (median(of_young), median(of_old));
        early.push(of_young);
        late.push(of_old);
        ratios.push(of_old / of_young);
        grown.push(last.bytes - first.bytes);
        cleans.push(last.clean);
    }
    writeln!(
        out,
        "\nSession: cell {EARLY} and cell {LATE}, medians of {PAIRS} pairs of sessions"
    )?;
    let (early, late) = (median(early), median(late));
    writeln!(out, "{:<30} {early:>9.2} ms", format!("cell {EARLY}"))?;
    writeln!(
        out,
        "{:<30} {late:>9.2} ms {:>8.3}  (at most 1.03)",
        format!("cell {LATE}"),
        median(ratios)
    )?;
    writeln!(
        out,
        "{:<30} {:>9.0} KiB",
        "growth in between",
        median(grown) / 1024.0
    )?;
    let clean = median(cleans);
    writeln!(
        out,
        "{:<30} {:>9.2} us  {:.4} % of these, {:.5} % of cells of {TRACED} ms  (at most 0.01)",
        "clean-up, of each cell",
        clean * 1e3,
        100.0 * clean / late,
        100.0 * clean / TRACED
    )?;
    Ok(())
}

/// What a session says after a cell.
struct Said {
    /// Milliseconds of the cell.
    took: f64,
    /// Milliseconds that counting and cleaning up have taken after each, on average.
    clean: f64,
    /// Bytes of the process.
    bytes: f64,
}

/// A session in a process of its own.
struct Lab {
    child: Child,
    asks: ChildStdin,
    says: BufReader<ChildStdout>,
}

impl Lab {
    fn open() -> Result<Self, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(CELLS)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (asks, says) = (child.stdin.take(), child.stdout.take());
        let (asks, says) = asks.zip(says).ok_or("a session without pipes")?;
        Ok(Self {
            child,
            asks,
            says: BufReader::new(says),
        })
    }

    fn cell(&mut self) -> Result<Said, Failure> {
        writeln!(self.asks)?;
        let mut line = String::new();
        self.says.read_line(&mut line)?;
        let words: Result<Vec<f64>, _> =
            line.split_whitespace().map(str::parse).collect();
        match words?.as_slice() {
            &[took, clean, bytes] => Ok(Said { took, clean, bytes }),
            _ => Err("a session ended early".into()),
        }
    }

    fn cells(&mut self, count: usize) -> Result<Said, Failure> {
        for _ in 1..count {
            self.cell()?;
        }
        self.cell()
    }
}

impl Drop for Lab {
    /// It ends before the next one begins.
    fn drop(&mut self) {
        let ended = self.child.kill().and_then(|()| self.child.wait());
        // One that has ended by itself is as good.
        drop(ended);
    }
}

/// Is a session: runs a cell for each line, and says what came of it.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
pub(crate) fn serve() -> Result<(), Failure> {
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
    let (mut cells, mut between) = (0.0, 0.0);
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        line?;
        let begun = Instant::now();
        // What the cell gives back is its caller's, and no part of the clean-up.
        let cell = run(CELL)?;
        let all = begun.elapsed();
        cells += 1.0;
        between += all.saturating_sub(cell.took).as_secs_f64() * 1e3;
        let took = cell.took.as_secs_f64() * 1e3;
        writeln!(out, "{took} {} {}", between / cells, resident())?;
        out.flush()?;
    }
    Ok(())
}

/// Bytes of the process that are in memory, where the system says so.
fn resident() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    4096.0 * pages.unwrap_or(0.0)
}
