//! The table of features: every row is there, says its state, and names files that exist.

use std::path::Path;

use super::pages;

/// Features of this release, by number.
const ROWS: &[std::ops::RangeInclusive<u32>] = &[
    1..=24,
    27..=28,
    30..=48,
    50..=65,
    68..=92,
    101..=101,
    104..=108,
    110..=111,
    117..=117,
];

#[test]
fn features_are_where_the_table_says() {
    let text = pages::all()
        .into_iter()
        .find(|(name, _)| name == "appendix/features.md")
        .map(|(_, text)| text)
        .unwrap();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut numbers = Vec::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [number, .., state, places] = cells.as_slice() else {
            continue;
        };
        let Ok(number) = number.parse::<u32>() else {
            continue;
        };
        numbers.push(number);
        assert_eq!(cells.len(), 5, "{line}");
        assert!(["runs", "partly", "not yet"].contains(state), "{line}");
        for place in places.split(", ") {
            let file = place.trim_matches('`');
            assert!(repository.join(file).is_file(), "{number}: {file}");
        }
    }
    let due: Vec<u32> = ROWS.iter().cloned().flatten().collect();
    assert_eq!(numbers, due);
}
