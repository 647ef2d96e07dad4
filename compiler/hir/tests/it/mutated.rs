//! Broken programs: no panic, and no error node without a diagnostic.

use crate::support::one;

const PROGRAMS: &[&str] = &[
    include_str!("../programs/wide.theus"),
    include_str!("../programs/sample.theus"),
];

/// A small generator of numbers: the same ones every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % bound.max(1)
    }
}

/// Words, numbers, and single other characters.
fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(end);
        found.push(token);
        rest = after;
    }
    found
}

fn mutated(text: &str, numbers: &mut Numbers) -> String {
    let mut tokens = tokens(text);
    for _ in 0..=numbers.below(3) {
        let (at, other) = (numbers.below(tokens.len()), numbers.below(tokens.len()));
        match numbers.below(4) {
            0 => drop(tokens.remove(at)),
            1 => tokens.swap(at, other),
            2 => tokens.insert(at, tokens[other]),
            _ => tokens[at] = tokens[other],
        }
    }
    tokens.concat()
}

#[test]
fn mutations_of_tokens() {
    let mut numbers = Numbers(7);
    for round in 0..150 {
        let text = mutated(PROGRAMS[round % PROGRAMS.len()], &mut numbers);
        let checked = one(&text);
        let errors = checked.lines.iter().any(|line| !is_warning(line));
        let dump = theus_hir::print::dump(&checked.typed);
        assert!(
            errors || !dump.contains("<error>"),
            "silent error in:\n{text}\n{dump}"
        );
    }
}

fn is_warning(line: &str) -> bool {
    ["T0114", "T0212", "T0213", "T0315", "T0324", "T0332"]
        .iter()
        .any(|code| line.starts_with(code))
}
