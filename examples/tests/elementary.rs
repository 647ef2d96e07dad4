//! Error bounds of the elementary functions, against correctly rounded values.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use theus_examples::Session;

/// The bound in ulp that the documentation of the library states.
const BOUNDS: &[(&str, f64)] = &[
    ("sin", 1.0),
    ("cos", 1.5),
    ("tan", 1.0),
    ("asin", 1.0),
    ("acos", 1.0),
    ("atan", 1.0),
    ("sinh", 2.0),
    ("cosh", 2.0),
    ("tanh", 2.0),
    ("exp", 1.0),
    ("expm1", 1.0),
    ("log", 1.0),
    ("log10", 1.0),
    ("log2", 1.0),
    ("log1p", 1.0),
    ("cbrt", 1.0),
    ("sqrt", 0.5),
    ("pow", 1.0),
    ("atan2", 1.0),
    ("hypot", 1.0),
];

fn float(hex: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(hex, 16).unwrap())
}

/// The distance from a float to the next one of greater magnitude.
fn ulp(value: f64) -> f64 {
    let magnitude = value.abs();
    magnitude.next_up() - magnitude
}

#[test]
fn errors_stay_within_their_bounds() {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut session = Session::open(&tests.join("std/elementary.theus"), &[]).unwrap();
    let mut reader = csv::Reader::from_path(tests.join("data/elementary.csv")).unwrap();
    let mut worst: BTreeMap<String, (f64, f64, u32)> = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        let (x, y, value, rest) = (
            float(&row[1]),
            float(&row[2]),
            float(&row[3]),
            float(&row[4]),
        );
        session.set_floats("io.x", &[x]).unwrap();
        session.set_floats("io.y", &[y]).unwrap();
        session.ticks("all_of_them", 1).unwrap();
        let got = session.float(&format!("value.{}", &row[0])).unwrap();
        let error = ((got - value) - rest).abs() / ulp(value);
        assert!(!error.is_nan(), "{}({x}, {y}) = {got} for {value}", &row[0]);
        let entry = worst.entry(row[0].to_owned()).or_insert((0.0, 0.0, 0));
        entry.2 += 1;
        if error > entry.0 {
            (entry.0, entry.1) = (error, x);
        }
    }
    assert_eq!(worst.len(), BOUNDS.len());
    for (name, bound) in BOUNDS {
        let (error, x, points) = worst[*name];
        assert!(points >= 100, "{name}: only {points} points");
        assert!(
            error <= *bound,
            "{name}({x:?}): {error} ulp, stated {bound}"
        );
    }
}
