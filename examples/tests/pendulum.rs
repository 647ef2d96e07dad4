//! The double pendulum against reference data that was computed elsewhere.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::path::PathBuf;

use theus::{Options, Program};
use theus_examples::Session;
use theus_vm::Value;

const LAWS: [(&str, &str); 4] = [
    ("Classical", "classical_smc"),
    ("Sta", "sta_smc"),
    ("Adaptive", "adaptive_smc"),
    ("Hybrid", "hybrid_adaptive_sta_smc"),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("double-pendulum")
}

/// A CSV file as rows of cells.
fn rows(name: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(folder().join("data").join(name)).unwrap();
    reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

fn number(cell: &str) -> f64 {
    cell.parse().unwrap()
}

fn numbers(cells: &[String]) -> Vec<f64> {
    cells.iter().map(|cell| number(cell)).collect()
}

fn program() -> Program {
    theus_examples::compile(&folder().join("main.theus"), &Options::default()).unwrap()
}

fn main_with(program: &Program, law: &str, family: &str) -> Session {
    let sets = [("ctl.law", law), ("ctl.family", family)];
    Session::start(program, &folder().join("main.theus"), &sets).unwrap()
}

/// What a law keeps: its fields and how the reference data order them.
fn own_state(session: &Session, law: &str) -> Vec<f64> {
    match law {
        "Classical" => Vec::new(),
        "Sta" => session.floats("ctl.z").unwrap(),
        "Adaptive" => [
            session.floats("ctl.k").unwrap(),
            session.floats("ctl.inside").unwrap(),
        ]
        .concat(),
        _ => session.floats("ctl.hybrid").unwrap(),
    }
}

fn set_own_state(session: &mut Session, law: &str, values: &[f64]) {
    match law {
        "Classical" => {}
        "Sta" => session.set_floats("ctl.z", &values[..1]).unwrap(),
        "Adaptive" => {
            session.set_floats("ctl.k", &values[..1]).unwrap();
            session.set_floats("ctl.inside", &values[1..2]).unwrap();
        }
        _ => {
            for (member, value) in ["k1", "k2", "ui"].iter().zip(values) {
                session
                    .set_floats(&format!("ctl.hybrid.{member}"), &[*value])
                    .unwrap();
            }
            session
                .set("ctl.hybrid.n", Value::Uint(values[3] as u64))
                .unwrap();
        }
    }
}

fn relative(got: f64, want: f64) -> f64 {
    if got == want {
        0.0
    } else {
        (got - want).abs() / want.abs().max(1e-6)
    }
}

#[test]
fn trajectories() {
    let program = program();
    for (law, name) in LAWS {
        let mut session = main_with(&program, law, "Theus");
        let table = rows(&format!("trajectory_{name}.csv"));
        assert_eq!(table.len(), 1001);
        for (tick, row) in table.iter().enumerate() {
            let state = session.floats("plant.x").unwrap();
            for (got, want) in state.iter().zip(numbers(&row[1..7])) {
                assert!(
                    (got - want).abs() <= 1e-9,
                    "{law} tick {tick}: {got} for {want}"
                );
            }
            let own = own_state(&session, law);
            assert_eq!(own.len(), row.len() - 9);
            for (got, want) in own.iter().zip(numbers(&row[9..])) {
                assert!(
                    (got - want).abs() <= 1e-9,
                    "{law} tick {tick}: {got} for {want}"
                );
            }
            if tick == 1000 {
                break;
            }
            session.ticks("balance", 1).unwrap();
            let (u, sigma) = (
                session.float("plant.u").unwrap(),
                session.float("ctl.sigma").unwrap(),
            );
            assert!(
                (u - number(&row[7])).abs() <= 1e-7,
                "{law} tick {tick}: u {u}"
            );
            assert!(
                (sigma - number(&row[8])).abs() <= 1e-9,
                "{law} tick {tick}: sigma {sigma}"
            );
        }
    }
}

#[test]
fn plant_vectors() {
    let table = rows("plant_vectors.csv");
    assert_eq!(table.len(), 150);
    for (kind, name) in [
        ("Lagrange", "lagrange"),
        ("Simplified", "simplified"),
        ("Full", "full"),
    ] {
        let sets = [("probe.kind", kind)];
        let mut session = Session::open(&folder().join("vectors.theus"), &sets).unwrap();
        let mut seen = 0;
        for row in table.iter().filter(|row| row[0] == name) {
            session.set_floats("probe.x", &numbers(&row[1..7])).unwrap();
            session.set_floats("probe.u", &numbers(&row[7..8])).unwrap();
            session.ticks("vectors", 1).unwrap();
            for (got, want) in session
                .floats("probe.rate")
                .unwrap()
                .iter()
                .zip(numbers(&row[8..]))
            {
                assert!(
                    relative(*got, want) <= 1e-10,
                    "{name} {row:?}: {got} for {want}"
                );
            }
            seen += 1;
        }
        assert_eq!(seen, 50);
    }
}

#[test]
fn control_vectors() {
    let program = program();
    let table = rows("control_vectors.csv");
    assert_eq!(table.len(), 200);
    let mut seen = 0;
    for (family, family_name) in [("Theus", "theus"), ("Original", "original")] {
        for (law, name) in LAWS {
            let mut session = main_with(&program, law, family);
            let wanted = |row: &&Vec<String>| row[0] == family_name && row[1] == name;
            for row in table.iter().filter(wanted) {
                assert_eq!(number(&row[2]), 0.01);
                session.set_floats("plant.x", &numbers(&row[3..9])).unwrap();
                let filled = |cells: &[String]| {
                    let cells = cells.iter().filter(|cell| !cell.is_empty());
                    cells.map(|cell| number(cell)).collect::<Vec<_>>()
                };
                set_own_state(&mut session, law, &filled(&row[9..13]));
                session.ticks("balance", 1).unwrap();
                let mut got = vec![
                    session.float("plant.u").unwrap(),
                    session.float("ctl.sigma").unwrap(),
                ];
                got.extend(own_state(&session, law));
                let want = [numbers(&row[13..15]), filled(&row[15..19])].concat();
                assert_eq!(got.len(), want.len());
                for (got, want) in got.iter().zip(&want) {
                    assert!(
                        relative(*got, *want) <= 1e-10,
                        "{law} {row:?}: {got} for {want}"
                    );
                }
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 200);
}

#[test]
fn monte_carlo() {
    let program = program();
    let table = rows("monte_carlo.csv");
    assert_eq!(table.len(), 200);
    for (law, name) in LAWS {
        for row in table.iter().filter(|row| row[1] == name) {
            let mut session = main_with(&program, law, "Theus");
            session.set_floats("plant.x", &numbers(&row[2..8])).unwrap();
            session.ticks("balance", 1000).unwrap();
            let want = (number(&row[8]) * 1e9).round() as i64;
            let settle = session.vm().get("metric.settle").unwrap();
            assert_eq!(settle, Value::Duration(want), "{law} {row:?}");
            let fields = [
                "metric.overshoot",
                "metric.energy",
                "metric.u_max",
                "metric.cost",
            ];
            for (field, want) in fields.iter().zip(numbers(&row[9..13])) {
                let got = session.float(field).unwrap();
                assert!(
                    relative(got, want) <= 1e-6,
                    "{law} {field} {row:?}: {got} for {want}"
                );
            }
        }
    }
}
