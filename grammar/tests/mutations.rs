//! Right programs, broken at random: whatever comes out, an answer in bounded time.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test helper: a panic is a failure"
)]

use std::time::{Duration, Instant};

use theus_grammar::{FileId, Source, parse, print};

/// A small generator of numbers, so that every run is the same.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

const TOKENS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    ";",
    ":",
    ",",
    ".",
    "..",
    "..=",
    "=",
    "==",
    "=>",
    "->",
    "|",
    "||",
    "&&",
    "!",
    "?",
    "??",
    "<",
    ">",
    "+",
    "-",
    "*",
    "/",
    "//",
    "///",
    "/*",
    "#",
    "@",
    "\\",
    "\n",
    " ",
    "1",
    "1.5",
    "10ms",
    "0x",
    "let ",
    "if ",
    "else ",
    "match ",
    "for ",
    "in ",
    "while ",
    "max ",
    "return ",
    "process p ",
    "context c ",
    "fn f ",
    "pipeline p ",
    "when ",
    "on ",
    "every ",
    "inputs ",
    "outputs ",
    "requires ",
    "par ",
    "sink ",
    "test ",
    "old(",
    "all(i in ",
    "é",
    "\u{1}",
    "\r",
    "\t",
    "port p ",
    "enum ",
    "mode ",
];

fn cut(text: &str, at: usize) -> usize {
    (at..=text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len())
}

fn mutate(text: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..=random.below(3) {
        let at = cut(&text, random.below(text.len() + 1));
        let length = random.below(6);
        let end = cut(&text, (at + length).min(text.len()));
        match random.below(6) {
            0 => text.replace_range(at..end, ""),
            1 => text.insert_str(at, TOKENS[random.below(TOKENS.len())]),
            2 => text.replace_range(at..end, TOKENS[random.below(TOKENS.len())]),
            3 => {
                let copy = text[at..cut(&text, (at + 40).min(text.len()))].to_owned();
                let to = cut(&text, random.below(text.len() + 1));
                text.insert_str(to, &copy);
            }
            _ => {
                let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
                if lines.is_empty() {
                    continue;
                }
                let (one, two) = (random.below(lines.len()), random.below(lines.len()));
                match random.below(3) {
                    0 => drop(lines.remove(one)),
                    1 => lines.insert(two, lines[one].clone()),
                    _ => lines.swap(one, two),
                }
                text = lines.join("\n");
            }
        }
    }
    text
}

#[test]
fn twenty_thousand_mutations() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ok");
    let mut texts: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "theus")
        })
        .collect();
    texts.sort();
    let texts: Vec<_> = texts
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    // Pieces of about 40 lines, so that many of them can be read.
    let mut pieces = Vec::new();
    for text in &texts {
        let lines: Vec<_> = text.lines().collect();
        pieces.extend(lines.chunks(40).map(|chunk| chunk.join("\n")));
    }
    let mut random = Random(0x5eed);
    let mut slowest = Duration::ZERO;
    for round in 0..20_000 {
        let text = mutate(&pieces[round % pieces.len()], &mut random);
        let source = Source::new(FileId(0), "m.theus", text.as_str());
        #[expect(clippy::disallowed_methods, reason = "the time is what is tested")]
        let start = Instant::now();
        let parsed = parse(&source);
        slowest = slowest.max(start.elapsed());
        assert!(slowest < Duration::from_secs(1), "{text}");
        for error in &parsed.errors {
            assert!(error.span.start <= error.span.end, "{error:?}\n{text}");
            assert!(
                text.is_char_boundary(error.span.start as usize),
                "{error:?}\n{text}"
            );
            assert!(
                text.is_char_boundary(error.span.end as usize),
                "{error:?}\n{text}"
            );
        }
        if round % 50 == 0 {
            print::dump(&parsed.file);
        }
    }
}
