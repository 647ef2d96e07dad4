//! How long checking and compiling take, by lines of a program that looks like what people
//! write: contexts, functions, processes with contracts, a pipeline.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use theus::{InMemory, Levels, Options, Text};
use theus_examples::Session;
use theus_grammar::{FileId, Source};

use crate::Failure;
use crate::start::{process, theusc, time};

/// Groups of a context, a function and two processes for 500 and for 2 000 lines.
const GROUPS: [usize; 2] = [12, 49];

/// Groups for 5 000 lines.
pub(crate) const GROUPS_OF_5000: usize = 123;

/// Writes how long a program of 500 lines takes to check, and one of 2 000 to its first tick.
pub(crate) fn table(out: &mut impl Write) -> Result<(), Failure> {
    let folder = std::env::temp_dir().join("theus-bench");
    let [small, large] = GROUPS.map(text);
    let (check, least) = time(|| {
        let report = theus::check(Text::new("main", small.as_str()), &InMemory::new());
        match report.found.is_empty() {
            true => Ok(()),
            false => Err(report.to_string().into()),
        }
    })?;
    let lines = small.lines().count();
    writeln!(
        out,
        "check of {lines} lines                {check:>8.2} ms   best {least:.2}   bar 5 ms"
    )?;
    tools(out, &small)?;
    let path = folder.join("large.theus");
    std::fs::write(&path, &large)?;
    let lines = large.lines().count();
    let (first, least) = time(|| first_tick(&large, &path))?;
    writeln!(
        out,
        "{lines} lines to the first tick       {first:>8.2} ms   best {least:.2}   bar 50 ms"
    )?;
    if let Some(theusc) = theusc() {
        let args = ["run", "--ticks", "1", "--quiet"];
        let (run, least) = process(&theusc, &args, Some(&path))?;
        writeln!(
            out,
            "the same, process and all         {run:>8.2} ms   best {least:.2}"
        )?;
    }
    Ok(())
}

/// What an editor asks for.
fn tools(out: &mut impl Write, text: &str) -> Result<(), Failure> {
    let lines = text.lines().count();
    let levels = Levels::default();
    let (lint, least) = time(|| {
        theus::lint(Text::new("main", text), &InMemory::new(), &levels);
        Ok(())
    })?;
    writeln!(
        out,
        "lint of {lines} lines                 {lint:>8.2} ms   best {least:.2}"
    )?;
    let source = Source::new(FileId(0), "main.theus", text);
    let (layout, least) = time(|| match theus_fmt::format(&source) {
        Ok(_) => Ok(()),
        Err(errors) => Err(format!("{errors:?}").into()),
    })?;
    writeln!(
        out,
        "layout of {lines} lines               {layout:>8.2} ms   best {least:.2}"
    )?;
    Ok(())
}

fn first_tick(text: &str, path: &Path) -> Result<(), Failure> {
    let program = theus::compile_str(text, &Options::default())
        .map_err(|report| Failure::from(report.to_string()))?;
    let mut session = Session::start(&program, path, &[])?;
    session.ticks("main", 1).map(drop)
}

/// A program of so many groups.
pub(crate) fn text(groups: usize) -> String {
    let mut text = String::from(HEAD);
    for n in 0..groups {
        text.push_str(&GROUP.replace('#', &n.to_string()));
    }
    text.push_str("pipeline main every 1ms {\n");
    for n in 0..groups {
        let _ = writeln!(text, "    control{n} -> plant{n}");
    }
    text.push_str("}\n");
    text
}

const HEAD: &str = "\
struct State { position: [f64; 3]  speed: [f64; 3]  mode: Mode }
enum Mode { Idle, Move, Stop }
";

const GROUP: &str = "
context axis# {
    global gain: f64 in 0.0..=100.0 = 4.0
    state: State
    u: f64 in -10.0..=10.0 = 0.0
    errors: ring<f64, 16>
    count: i64 = 0
}

fn law#(state: State, gain: f64) -> f64 {
    var sum = 0.0
    for k in 0..3 {
        sum += state.position[k] * gain + state.speed[k] * 0.3
    }
    return tanh(sum / 9.0)
}

process control# {
    inputs   axis#.state, axis#.gain
    outputs  axis#.u, axis#.errors, axis#.count
    requires finite(axis#.state.position)
    ensures  abs(axis#.u) <= 10.0
    let u = law#(axis#.state, axis#.gain)
    axis#.u = clamp(-u * axis#.gain, -10.0, 10.0)
    axis#.errors.push(u)
    axis#.count += 1
}

process plant# {
    inputs  axis#.u, tick
    outputs axis#.state
    let dt = seconds(tick.dt)
    match axis#.state.mode {
        Mode.Idle => { axis#.state.mode = Mode.Move }
        Mode.Move => {
            for k in 0..3 {
                axis#.state.speed[k] += axis#.u * dt
                axis#.state.position[k] += axis#.state.speed[k] * dt
            }
        }
        Mode.Stop => { axis#.state.speed = [0.0; 3] }
    }
}
";
