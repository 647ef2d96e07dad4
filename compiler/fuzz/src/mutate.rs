//! Broken texts: bytes, tokens and lines removed, doubled, swapped and replaced.

use crate::rng::Rng;

const TOKENS: [&str; 24] = [
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
    "let",
    "if",
    "??",
    "..=",
    "-> ",
    "= ",
    "0x",
    "1e999",
    "9999999999999999999999",
    "//",
    "\u{0}",
    "λ",
    "else raise",
];

/// `text` with one to four changes.
pub fn mutate(text: &str, rng: &mut Rng) -> String {
    let mut text = text.to_owned();
    for _ in 0..=rng.below(4) {
        text = once(&text, rng);
    }
    text
}

fn once(text: &str, rng: &mut Rng) -> String {
    let at = edge(text, rng.below(text.len() + 1));
    let (before, after) = text.split_at(at);
    match rng.below(7) {
        0 => {
            let mut rest = after.chars();
            rest.next();
            format!("{before}{}", rest.as_str())
        }
        1 => {
            let byte = u8::try_from(rng.below(128)).unwrap_or(0);
            format!("{before}{}{after}", char::from(byte))
        }
        2 | 3 => {
            let token = rng.pick(&TOKENS).copied().unwrap_or("{");
            format!("{before}{token}{after}")
        }
        4 => {
            let end = edge(after, rng.below(40.min(after.len() + 1)));
            format!("{before}{}", after.split_at(end).1)
        }
        5 => {
            let mut lines: Vec<&str> = text.lines().collect();
            let (a, b) = (rng.below(lines.len()), rng.below(lines.len()));
            if a < lines.len() && b < lines.len() {
                lines.swap(a, b);
            }
            lines.join("\n")
        }
        _ => {
            let mut lines: Vec<&str> = text.lines().collect();
            let n = rng.below(lines.len());
            if n < lines.len() {
                let line = lines.remove(n);
                if rng.chance(50) {
                    lines.insert(n, line);
                    lines.insert(n, line);
                }
            }
            lines.join("\n")
        }
    }
}

/// The character boundary at or before `at`.
fn edge(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
