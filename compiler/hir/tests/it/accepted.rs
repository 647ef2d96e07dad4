//! Programs without a fault: no diagnostic at all.

use crate::support::{check, one};

#[test]
fn the_library() {
    assert_eq!(one("").lines, Vec::<String>::new());
}

#[test]
fn the_sample_of_the_design() {
    let checked = check(&[
        ("pendulum", include_str!("../programs/pendulum.theus")),
        ("main", include_str!("../programs/sample.theus")),
    ]);
    assert_eq!(checked.lines, Vec::<String>::new());
    assert_eq!(checked.typed.processes.len(), 2);
}

#[test]
fn most_of_the_language() {
    let checked = one(include_str!("../programs/wide.theus"));
    assert_eq!(checked.lines, Vec::<String>::new());
    let text = theus_hir::print::dump(&checked.typed);
    assert!(text.contains("const LATE: i64 = 42"), "{text}");
    assert!(text.contains("const M: u8 = 255u8"), "{text}");
    assert!(
        text.contains("global twice: duration = (20000000ns)") || text.contains("twice"),
        "{text}"
    );
}
