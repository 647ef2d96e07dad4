//! Theus against C on one control loop: interleaved runs, medians, ratios, checksums.
//!
//! `cargo run --release -p theus-bench [-- ROUNDS [TICKS]]`. Needs gcc.

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
use std::path::PathBuf;

use contender::{C, Contender, Sample, Theus};

/// The allocator of `theusc`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = theus_examples::Failure;

fn main() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1);
    let rounds = args.next().map_or(Ok(9), |text| text.parse())?;
    let ticks = args.next().map_or(Ok(3_600_000), |text| text.parse())?;
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("w1");
    let build = std::env::temp_dir().join("theus-bench");
    std::fs::create_dir_all(&build)?;
    let plain = ["-ffp-contract=off", "-fno-tree-slp-vectorize"];
    let mut contenders: Vec<Box<dyn Contender>> = vec![
        Box::new(C::build("C, libm", &folder, &build, &[])?),
        Box::new(C::build(
            "C, polynomials",
            &folder,
            &build,
            &[&plain[..], &["-DPOLY", "-DPOLYB"]].concat(),
        )?),
        Box::new(C::build(
            "C, the library's polynomials",
            &folder,
            &build,
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
    let mut out = std::io::stdout().lock();
    report::table(&mut out, ticks, &names, &samples)?;
    start::table(&mut out, &folder.join("w1.theus"))?;
    call::table(&mut out)?;
    compile::table(&mut out)?;
    session::table(&mut out)?;
    editor::table(&mut out, &compile::text(compile::GROUPS_OF_5000))?;
    let frames = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("w3");
    frame::table(&mut out, &frames, &build, rounds)?;
    let town = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/23-town");
    let group = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("w4/w4.theus");
    town::table(&mut out, (&town.join("main.theus"), &group), rounds)?;
    out.flush()?;
    Ok(())
}
