//! Texts that are extreme in one way: each is answered within a second and a gibibyte.

use std::time::Duration;

use theus::{InMemory, Report, Text};
use theus_diag::Code;
use theus_grammar::{SyntaxErrorKind, decode};

use crate::answer::{Answer, answer, complaint, of_report};
use crate::inputs::{self, Input, Want};
use crate::measure;

/// Longest time for an answer, machine code included.
const LIMIT: Duration = Duration::from_secs(1);
/// Most bytes.
const MOST: usize = 1 << 30;

/// What came of a text, in how much time and memory.
struct Seen {
    time: Duration,
    bytes: usize,
    /// Codes; `None`: it is a program.
    codes: Option<Vec<Code>>,
    complaint: Option<String>,
}

fn see(text: &str) -> Seen {
    let work = || {
        let answer = answer(Text::new("main", text), &InMemory::new());
        let refused: Option<Report> = match &answer {
            Answer::Accepted(program) => program.machine().err().map(|report| *report),
            Answer::Rejected(_) => None,
        };
        (answer, refused)
    };
    let (((answer, refused), bytes), time) = measure::timed(|| measure::peak(work));
    let complaint = complaint(&answer).or_else(|| of_report(refused.as_ref()?, true));
    let codes = |report: &Report| report.found.iter().map(|found| found.code).collect();
    let codes = match (&refused, &answer) {
        (Some(refused), _) => Some(codes(refused)),
        (None, Answer::Rejected(report)) => Some(codes(report)),
        (None, Answer::Accepted(_)) => None,
    };
    Seen {
        time,
        bytes,
        codes,
        complaint,
    }
}

fn verdict(input: &Input, seen: &Seen) -> Option<String> {
    let (_, want, _) = input;
    if let Some(complaint) = &seen.complaint {
        return Some(complaint.clone());
    }
    if seen.time > LIMIT || seen.bytes > MOST {
        return Some(format!("{:?}, {} bytes", seen.time, seen.bytes));
    }
    let fits = match (want, &seen.codes) {
        (Want::Accepted, None) | (Want::Rejected, Some(_)) => true,
        (Want::Code(code), Some(codes)) => codes.iter().any(|found| found.id() == *code),
        (Want::Rejected | Want::Code(_), None) | (Want::Accepted, Some(_)) => false,
    };
    (!fits).then(|| {
        let codes = seen.codes.as_deref().unwrap_or_default();
        let codes: Vec<_> = codes.iter().take(5).map(|code| code.id()).collect();
        format!("is answered with {codes:?}, wanted {want:?}")
    })
}

/// `THEUS_FUZZ_TELL` asks for a line for every text.
fn all(inputs: Vec<Input>) {
    let _alone = measure::alone();
    let (mut wrong, mut slowest, mut largest) = (Vec::new(), Duration::ZERO, 0);
    let count = inputs.len();
    let asked = std::env::var_os("THEUS_FUZZ_TELL").is_some();
    for input in inputs {
        let mut seen = see(&input.2);
        // The machine may be busy with something else.
        for _ in 0..3 {
            if seen.time > LIMIT {
                seen = see(&input.2);
            }
        }
        if seen.time > LIMIT / 4 || asked {
            let codes = seen.codes.iter().flatten().take(5).map(|code| code.id());
            let codes: Vec<_> = codes.collect();
            println!(
                "{}: {:?}, {} MB, {codes:?}",
                input.0,
                seen.time,
                seen.bytes >> 20
            );
        }
        slowest = slowest.max(seen.time);
        largest = largest.max(seen.bytes);
        wrong.extend(verdict(&input, &seen).map(|why| format!("{}: {why}", input.0)));
    }
    println!(
        "{count} texts, at most {slowest:?} and {} MB",
        largest >> 20
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn repetitions() {
    all(inputs::repetitions());
}

#[test]
fn files() {
    all(inputs::files());
}

#[test]
fn types() {
    all(inputs::types());
}

#[test]
fn crowds() {
    all(inputs::crowds());
}

#[test]
fn growth() {
    all(inputs::growth());
}

/// What is no UTF-8, or too long, is refused before it is text; the command line and modules
/// go the same way.
#[test]
fn bytes_that_are_no_text() {
    let text = b"context c { x: f64 }\n";
    for bad in [
        &b"\xff\xfe"[..],
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\xe2\x82",
        b"\x80",
        b"\xf4\x90\x80\x80",
    ] {
        for at in [0, 7, text.len()] {
            let mut bytes = text.to_vec();
            bytes.splice(at..at, bad.iter().copied());
            let refused = decode(&bytes).unwrap_err();
            assert_eq!(refused.kind, SyntaxErrorKind::NotUtf8);
            assert_eq!(refused.offset, at, "{bad:x?}");
        }
    }
    let refused = decode(&vec![b' '; 10 << 20]).unwrap_err();
    assert_eq!(refused.kind, SyntaxErrorKind::TooLarge);
}
