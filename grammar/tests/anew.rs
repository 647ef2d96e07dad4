//! A text read anew after a change is what a fresh reading gives.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test ends where it cannot go on"
)]

#[path = "support/programs.rs"]
mod programs;

use std::path::Path;

use programs::{Random, programs};
use theus_grammar::{FileId, Known, Source, parse};

/// Changes of each text; `THEUS_ANEW_CHANGES` for more.
const CHANGES: usize = 9;

/// Longest text that is changed, in bytes: trees are compared as texts.
const MOST: usize = 4000;

const PIECES: &[&str] = &[
    "\n",
    " ",
    "}",
    "{",
    "x",
    "\"",
    "1",
    " // a\n",
    "/// d\n",
    "//! m\n",
    "\u{feff}",
    "é",
    "\r\n",
    "fn f0(a: f64) -> f64 { return a }",
    "\nconst K0 = 1\n",
    "\nuse std.math\n",
    "context k0 { y: i64 }",
    "\nconst A0 = if true { 1 } else { 2 }\n",
    "\nproperty \"p\" requires true\n",
    "test \"t0\" { assert true }\n",
    " as k",
    "context type T0 { y: i64 }\ncontext c0: T0\n",
    "\nprocess p0 {\n    inputs c0.x\n",
    "(",
    "]",
    ";",
    "/*",
    "*/",
    "if x {",
    "let fn = 1\n",
    "fn ",
    "= ",
    "a::b",
    "'",
    "\n}\n",
    "\nfn f0(",
    "\nport p\n",
    "#",
];

fn changes() -> usize {
    let told = std::env::var_os("THEUS_ANEW_CHANGES");
    told.map_or(CHANGES, |told| told.to_string_lossy().parse().unwrap())
}

fn texts() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["../examples", "../stdlib/std", "tests/ok"];
    let mut texts = programs(folders.map(|path| root.join(path)));
    texts.retain(|text| text.len() < MOST);
    texts
}

fn boundary(text: &str, at: usize) -> usize {
    (at.min(text.len())..=text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap()
}

/// A changed text: half of the changes are near the end of an item.
fn changed(random: &mut Random, text: &str, ends: &[usize]) -> String {
    let start = match random.below(2) {
        0 => random.below(text.len() + 1),
        _ => ends[random.below(ends.len())].saturating_sub(1) + random.below(3),
    };
    let start = boundary(text, start);
    let end = match random.below(3) {
        0 => boundary(text, start + random.below(4)),
        _ => start,
    };
    let new = match random.below(4) {
        0 => {
            let from = boundary(text, random.below(text.len()));
            &text[from..boundary(text, from + random.below(80))]
        }
        1 if end > start => "",
        _ => PIECES[random.below(PIECES.len())],
    };
    format!("{}{new}{}", &text[..start], &text[end..])
}

#[test]
fn what_is_read_anew_is_what_is_read() {
    let mut random = Random(11);
    let (mut anew, mut broken, mut all) = (0, 0, 0);
    for text in texts() {
        let source = Source::new(FileId(3), "a.theus", text);
        let mut known = Known::read(&source);
        for change in 0..changes() {
            // What is wrong stays for a while, and is mended.
            if change % 8 == 0 && change > 0 {
                known = Known::read(&source);
            }
            let items = &known.file().items;
            let mut ends: Vec<usize> =
                items.iter().map(|item| item.span.end as usize).collect();
            ends.push(known.text().len());
            let next = changed(&mut random, known.text(), &ends);
            let next = Source::new(FileId(3), "a.theus", next);
            let fresh = parse(&next);
            all += 1;
            if let Some(read) = known.anew(&next) {
                anew += 1;
                broken += usize::from(!fresh.errors.is_empty());
                let (old, new) = (known.text(), &next.text);
                assert_eq!(read.errors(), fresh.errors, "{old}\n====\n{new}");
                let (read, fresh) = (format!("{:?}", read.file()), fresh.file);
                assert_eq!(read, format!("{fresh:?}"), "{old}\n====\n{new}");
            }
            known = known.anew(&next).unwrap_or_else(|| Known::read(&next));
        }
    }
    // Most texts are read so, right or wrong.
    assert!(
        anew > all / 3 && broken > all / 4,
        "{anew}, {broken} of {all}"
    );
}
