//! Broken texts: bytes, tokens and lines removed, doubled, swapped and replaced.

use crate::rng::Rng;

/// What is put in where it does not belong.
const TOKENS: [&str; 40] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "|",
    "\"",
    "process",
    "context",
    "pipeline",
    "struct S { a: S }",
    "fn",
    "let",
    "if",
    "match",
    "for i in 0..9 {",
    "on fault { skip }",
    "??",
    "?",
    "..=",
    "->",
    "= ",
    ", ",
    "- ",
    "not ",
    "@",
    ".a",
    "0x",
    "1e999",
    "0.0 / 0.0",
    "9999999999999999999999",
    "9223372036854775807",
    "10ms",
    "//",
    "///",
    "\u{0}",
    "\u{feff}",
    "λ😀",
    "else raise",
];

/// Words of one kind: one of them in place of another often leaves a program that means
/// something else.
const KINDS: [&[&str]; 4] = [
    &[
        "0",
        "1",
        "2",
        "3",
        "7",
        "64",
        "255",
        "1000",
        "0.0",
        "1.0",
        "0.5",
        "1e308",
        "1e-320",
        "0ns",
        "1ms",
        "9223372036854775807",
        "9000h",
    ],
    &[
        "bool",
        "i8",
        "i32",
        "i64",
        "u8",
        "u64",
        "f32",
        "f64",
        "duration",
        "[f64; 3]",
        "[i64; 2, 2]",
        "f64?",
        "ring<f64, 4>",
    ],
    &["+", "-", "*", "/", "%", "<", ">", "@", "??"],
    &[
        "and", "or", "not", "let", "var", "if", "while", "true", "false", "inout", "old",
        "total",
    ],
];

/// `text` with one to four changes. The result need not be UTF-8.
pub fn mutate(text: &str, rng: &mut Rng) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=rng.below(4) {
        match rng.below(8) {
            0 => change_bytes(&mut bytes, rng),
            1..=3 => change_kind(&mut bytes, rng),
            4 | 5 => change_tokens(&mut bytes, rng),
            _ => change_lines(&mut bytes, rng),
        }
    }
    bytes
}

/// A byte is removed, put in or replaced: seven in eight times by one of ASCII, so that most
/// results are text.
fn change_bytes(bytes: &mut Vec<u8>, rng: &mut Rng) {
    let at = rng.below(bytes.len());
    let most = if rng.chance(88) { 128 } else { 256 };
    let byte = u8::try_from(rng.below(most)).unwrap_or(0);
    let end = at.saturating_add(1).min(bytes.len());
    match rng.below(3) {
        0 => drop(bytes.splice(at..end, [])),
        1 => drop(bytes.splice(at..at, [byte])),
        _ => drop(bytes.splice(at..end, [byte])),
    }
}

/// A token is removed, doubled, replaced by one from elsewhere or from the list, or swapped
/// with another; or everything from one token to another is removed or doubled.
fn change_tokens(bytes: &mut Vec<u8>, rng: &mut Rng) {
    let tokens = tokens(bytes);
    let (a, b) = (rng.below(tokens.len()), rng.below(tokens.len()));
    let (Some(one), Some(other)) = (tokens.get(a), tokens.get(b)) else {
        return;
    };
    let text = |range: &std::ops::Range<usize>| {
        bytes.get(range.clone()).unwrap_or_default().to_vec()
    };
    let (one_text, other_text) = (text(one), text(other));
    let listed = rng.pick(&TOKENS).copied().unwrap_or("{").as_bytes();
    match rng.below(8) {
        0 => drop(bytes.splice(one.clone(), [])),
        1 => drop(bytes.splice(one.end..one.end, one_text)),
        2 => drop(bytes.splice(one.clone(), other_text)),
        3 => drop(bytes.splice(one.start..one.start, other_text)),
        4 => drop(bytes.splice(one.clone(), listed.to_vec())),
        5 => drop(bytes.splice(one.start..one.start, listed.to_vec())),
        6 => {
            let (first, last) = if one.start < other.start {
                (one, other)
            } else {
                (other, one)
            };
            let (first_text, last_text) = (text(first), text(last));
            if first != last {
                bytes.splice(last.clone(), first_text);
                bytes.splice(first.clone(), last_text);
            }
        }
        _ => {
            let few = tokens.get(a.saturating_add(rng.below(12)));
            let range = one.start..few.map_or(one.end, |few| few.end);
            let part = text(&range);
            let end = range.end;
            if rng.chance(50) {
                bytes.splice(range, []);
            } else {
                bytes.splice(end..end, part);
            }
        }
    }
}

/// A token becomes another of its kind; a name becomes another name of the text.
fn change_kind(bytes: &mut Vec<u8>, rng: &mut Rng) {
    let tokens = tokens(bytes);
    let text = |range: &std::ops::Range<usize>| {
        std::str::from_utf8(bytes.get(range.clone()).unwrap_or_default()).unwrap_or("")
    };
    let number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let kind = |word: &str| {
        let listed = KINDS.iter().position(|kind| kind.contains(&word));
        if number(word) { Some(0) } else { listed }
    };
    let start = rng.below(tokens.len());
    for at in tokens.iter().skip(start) {
        let word = text(at);
        let name = word.starts_with(|c: char| c.is_ascii_alphabetic());
        let other = match kind(word) {
            Some(kind) => rng
                .pick(KINDS.get(kind).copied().unwrap_or_default())
                .copied(),
            None if name && rng.chance(40) => rng.pick(&tokens).map(text),
            None => continue,
        };
        let other = other.unwrap_or("").as_bytes().to_vec();
        bytes.splice(at.clone(), other);
        return;
    }
}

/// Places of words, numbers and marks; blanks are none.
fn tokens(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 128;
    let mut all: Vec<std::ops::Range<usize>> = Vec::new();
    let mut open = false;
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii_whitespace() {
            open = false;
            continue;
        }
        match all.last_mut() {
            Some(last) if open && word(*byte) => last.end = at + 1,
            _ => all.push(at..at + 1),
        }
        open = word(*byte);
    }
    all
}

/// A line is removed, doubled, moved or swapped with another; or the text ends there.
fn change_lines(bytes: &mut Vec<u8>, rng: &mut Rng) {
    let mut lines: Vec<Vec<u8>> = bytes
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    let (a, b) = (rng.below(lines.len()), rng.below(lines.len()));
    match rng.below(5) {
        0 => drop(lines.remove(a)),
        1 => lines.insert(b, lines.get(a).cloned().unwrap_or_default()),
        2 => {
            let line = lines.remove(a);
            lines.insert(b.min(lines.len()), line);
        }
        3 => lines.swap(a, b),
        _ if rng.chance(20) => lines.truncate(a),
        _ => {
            let end = a.saturating_add(rng.below(6)).min(lines.len());
            lines.drain(a..end);
        }
    }
    *bytes = lines.join(&b'\n');
}
