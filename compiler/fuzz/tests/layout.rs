//! The layout of generated programs: the tree and the comments stay, and so does the layout.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[path = "support/seeds.rs"]
mod seeds;

use seeds::each_seed;
use theus_fuzz::{Rng, generate};
use theus_grammar::{FileId, Source, TokenKind, parse, print, tokens};

/// Programs of one test run; `THEUS_FUZZ_PROGRAMS` asks for another number.
const PROGRAMS: u64 = 300;

fn source(text: &str) -> Source {
    Source::new(FileId(0), "a.theus", text)
}

fn comments(source: &Source) -> Vec<String> {
    let found = tokens(source);
    let found = found
        .iter()
        .filter(|token| token.kind == TokenKind::Comment);
    found
        .map(|token| source.text.get(token.start..token.end).unwrap().to_owned())
        .collect()
}

/// The text with comments behind some of its lines and between others, and odd indentation.
fn commented(text: &str, seed: u64) -> String {
    let mut rng = Rng::new(seed);
    let lines = text.lines().zip(1..).map(|(line, n)| {
        let line = line.trim_start();
        let blanks = " ".repeat(rng.below(9));
        match rng.below(6) {
            0 => format!("{blanks}{line} // behind {n}\n"),
            1 => format!("// before {n}\n{blanks}{line}\n"),
            2 => format!("\n\n{blanks}{line}\n"),
            _ => format!("{blanks}{line}\n"),
        }
    });
    lines.collect()
}

fn wrong(text: &str) -> Option<String> {
    let old = source(text);
    let laid_out = match theus_fmt::format(&old) {
        Ok(laid_out) => laid_out,
        Err(errors) => return Some(format!("{errors:?}\n{text}")),
    };
    let new = source(&laid_out);
    let kept = print::dump(&parse(&old).file) == print::dump(&parse(&new).file)
        && comments(&old) == comments(&new);
    let stays = theus_fmt::format(&new).is_ok_and(|again| again == laid_out);
    (!kept || !stays).then(|| format!("kept {kept}, stays {stays}:\n{text}\n{laid_out}"))
}

#[test]
fn generated_programs_keep_their_meaning() {
    let failed = each_seed(PROGRAMS, |seed| {
        let text = generate(seed);
        let text = if seed.is_multiple_of(2) {
            text
        } else {
            commented(&text, seed)
        };
        wrong(&text)
    });
    assert!(failed.is_none(), "{}", failed.unwrap());
}
