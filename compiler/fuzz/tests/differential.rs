//! The interpreter and machine code leave the same bits for generated programs: same
//! contexts, same outcome, same report; with the passes and without them.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[path = "support/engine.rs"]
mod engine;
#[path = "support/host.rs"]
mod host;
#[path = "support/seeds.rs"]
mod seeds;

use engine::{Built, Engine, Way};
use seeds::each_seed;
use std::collections::BTreeMap;
use theus_fuzz::{dealt_names, feature_names, features_of, generate, generate_whole};
use theus_mir::passes;

/// Programs of one test run, some minutes on two cores; `THEUS_FUZZ_PROGRAMS` asks for another
/// number.
const PROGRAMS: u64 = 5_000;

#[test]
fn engines_agree_on_generated_programs() {
    let failed = each_seed(PROGRAMS, |seed| {
        let text = generate(seed);
        let told = |why: String| Some(format!("seed {seed}: {why}\n{text}"));
        match Built::new(&text, &way(seed)) {
            Ok(built) => difference(&built, seed).and_then(told),
            Err(report) => told(report),
        }
    });
    assert!(failed.is_none(), "{}", failed.unwrap_or_default());
}

/// Most programs are strict, as they usually are, and run on three threads.
fn way(seed: u64) -> Way {
    Way {
        passes: passes(seed),
        strict: seed % 12 != 7,
        watched: seed % 9 == 2,
        workers: if seed % 5 == 1 { 1 } else { 3 },
    }
}

/// Machine code of a function that has taken in all that it calls takes long to make: mostly
/// functions stay small here.
fn passes(seed: u64) -> passes::Options {
    let usual = passes::Options::default();
    match seed % 4 {
        0 => usual,
        1 => passes::Options {
            callee: 200,
            caller: 6_000,
            ..usual
        },
        _ => passes::Options {
            small: 20,
            callee: 100,
            caller: 3_000,
        },
    }
}

/// What the engines disagree on.
fn difference(built: &Built, seed: u64) -> Option<String> {
    let oracle = built.observe(Engine::Oracle);
    // The passes and the engines are held apart now and then.
    let other = match seed % 8 {
        0 => Some(Engine::MachineAsLowered),
        4 => Some(Engine::OracleOptimised),
        _ => None,
    };
    [Engine::Machine]
        .into_iter()
        .chain(other)
        .find_map(|engine| {
            let seen = built.observe(engine);
            (seen.is_err() || seen != oracle)
                .then(|| format!("{engine:?} {seen:?}\ninterpreter {oracle:?}"))
        })
}

/// Each statement of each feature, and each scene in several ways, is accepted and does the same
/// in both engines.
#[test]
fn engines_agree_on_every_statement() {
    let names: Vec<&str> = dealt_names().collect();
    let only = std::env::var("THEUS_FUZZ_ONLY").unwrap_or_default();
    let mut complaints = Vec::new();
    for name in names.iter().filter(|name| name.contains(&only)) {
        for seed in 0..4 {
            let text = generate_whole(name, seed);
            let failed = match Built::new(&text, &way(seed)) {
                Ok(built) => difference(&built, seed),
                Err(report) => Some(report),
            };
            if let Some(why) = failed {
                complaints.push(format!("{name}, seed {seed}: {why}"));
                break;
            }
        }
    }
    let count = complaints.len();
    assert!(complaints.is_empty(), "{count}:\n{}", complaints.join("\n"));
}

/// Every feature is used again and again.
#[test]
fn generated_programs_use_every_feature() {
    let mut counts: BTreeMap<&str, usize> =
        feature_names().map(|name| (name, 0)).collect();
    for seed in 0..400 {
        for name in features_of(seed) {
            *counts.get_mut(name).expect("a feature of the table") += 1;
        }
    }
    println!("{counts:#?}");
    let rare: Vec<_> = counts.iter().filter(|(_, count)| **count < 25).collect();
    assert!(rare.is_empty(), "{rare:?}");
}

/// A generator whose programs all fail at once compares nothing: most run to their end, and
/// all kinds of ends occur.
#[test]
fn generated_programs_do_something() {
    let (mut ended, mut failed, mut rejected, mut shared) = (0, 0, 0, 0);
    for seed in 0..100 {
        let text = generate(seed);
        let seen = Built::new(&text, &way(seed)).and_then(|built| {
            shared += i32::from(built.is_shared());
            built.observe(Engine::Oracle)
        });
        match seen {
            Ok(seen) if seen.outcome == "reached" => ended += 1,
            Ok(_) => failed += 1,
            Err(report) => {
                rejected += 1;
                println!("seed {seed} rejected:\n{report}");
            }
        }
    }
    println!(
        "{ended} ran to the end, {failed} failed, {rejected} rejected, {shared} shared"
    );
    assert!(shared > 5, "{shared} shared");
    assert_eq!(rejected, 0);
    assert!(ended > 50 && failed > 2, "{ended} ended, {failed} failed");
}
