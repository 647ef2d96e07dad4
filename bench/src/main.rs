//! Theus against C on one control loop: interleaved runs, medians, ratios, checksums.
//!
//! `cargo run --release -p theus-bench [-- TABLE ... [ROUNDS [TICKS]]]`. Needs gcc.

mod call;
mod compile;
mod contender;
mod editor;
mod frame;
mod report;
mod session;
mod start;
mod town;

use std::io::Write;
use std::path::{Path, PathBuf};

use contender::{C, Contender, Sample, Theus};

/// The allocator of `theusc`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = theus_examples::Failure;

/// What can be asked for alone.
const TABLES: &[&str] = &[
    "w1", "start", "call", "compile", "session", "editor", "frame", "town",
];

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|first| first == session::CELLS) {
        return session::serve();
    }
    let (numbers, names): (Vec<&String>, Vec<&String>) = args
        .iter()
        .partition(|arg| arg.starts_with(|first: char| first.is_ascii_digit()));
    if let Some(name) = names.iter().find(|name| !TABLES.contains(&name.as_str())) {
        return Err(format!("no table is called `{name}`: {}", TABLES.join(", ")).into());
    }
    let asked = |table: &str| names.is_empty() || names.iter().any(|name| *name == table);
    let mut numbers = numbers.into_iter();
    let rounds = numbers.next().map_or(Ok(9), |text| text.parse())?;
    let ticks = numbers.next().map_or(Ok(3_600_000), |text| text.parse())?;
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let build = std::env::temp_dir().join("theus-bench");
    std::fs::create_dir_all(&build)?;
    let mut out = std::io::stdout().lock();
    if asked("w1") {
        control(&mut out, &here.join("w1"), &build, (rounds, ticks))?;
    }
    if asked("start") {
        start::table(&mut out, &here.join("w1/w1.theus"))?;
    }
    if asked("call") {
        call::table(&mut out)?;
    }
    if asked("compile") {
        compile::table(&mut out)?;
    }
    if asked("session") {
        session::table(&mut out)?;
    }
    if asked("editor") {
        editor::table(&mut out, &compile::text(compile::GROUPS_OF_5000))?;
    }
    if asked("frame") {
        frame::table(&mut out, &here.join("w3"), &build, rounds)?;
    }
    if asked("town") {
        let town = here.join("../examples/23-town/main.theus");
        town::table(&mut out, (&town, &here.join("w4/w4.theus")), rounds)?;
    }
    out.flush()?;
    Ok(())
}

/// The control loop, in C and in Theus.
fn control(
    out: &mut impl Write,
    folder: &Path,
    build: &Path,
    (rounds, ticks): (usize, u64),
) -> Result<(), Failure> {
    let plain = ["-ffp-contract=off", "-fno-tree-slp-vectorize"];
    let mut contenders: Vec<Box<dyn Contender>> = vec![
        Box::new(C::build("C, libm", folder, build, &[])?),
        Box::new(C::build(
            "C, polynomials",
            folder,
            build,
            &[&plain[..], &["-DPOLY", "-DPOLYB"]].concat(),
        )?),
        Box::new(C::build(
            "C, the library's polynomials",
            folder,
            build,
            &[&plain[..], &["-DTHEUS"]].concat(),
        )?),
        Box::new(Theus::load("Theus", &folder.join("w1.theus"), true)?),
        Box::new(Theus::load(
            "Theus, strict off",
            &folder.join("w1.theus"),
            false,
        )?),
    ];
    let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); contenders.len()];
    for _ in 0..rounds {
        for (contender, samples) in contenders.iter_mut().zip(&mut samples) {
            samples.push(contender.run(ticks)?);
        }
    }
    let names: Vec<&str> = contenders
        .iter()
        .map(|contender| contender.name())
        .collect();
    report::table(out, ticks, &names, &samples)
}
