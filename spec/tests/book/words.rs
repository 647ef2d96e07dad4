//! Every word and operator of the grammar, and every fault, is used in the book.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use theus_abi::Fault;
use theus_spec::Page;

use crate::pages;

/// What stands in quotes on a line of the grammar.
fn quoted(line: &str) -> Vec<&str> {
    line.split('"').skip(1).step_by(2).collect()
}

/// The lines of the grammar that define a rule whose name fits, joined where a rule has several.
fn grammar(wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../grammar/src/rules");
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        // Two rules may stand on a line: every `name =` begins one.
        let words: Vec<&str> = text.split(" = ").collect();
        for pair in words.windows(2) {
            let name = pair[0].rsplit([' ', '\n']).next().unwrap_or("");
            if wanted(name) {
                // Lookaheads are no part of the word.
                let body = pair[1].split("!(").next().unwrap_or("");
                found.extend(
                    quoted(body.lines().next().unwrap_or(""))
                        .into_iter()
                        .map(str::to_owned),
                );
            }
        }
    }
    assert!(!found.is_empty());
    found.into_iter().collect()
}

/// All programs of the book.
fn programs() -> String {
    let mut all = String::new();
    for (name, text) in &pages::all() {
        for rule in Page::read(name, text).rules {
            let programs = rule.blocks.iter().filter(|block| block.language == "theus");
            programs.for_each(|block| all += &block.program());
        }
    }
    all
}

/// Words of the grammar that only the library may use, or that are refused with a hint.
const NOT_SHOWN: [&str; 4] = ["intrinsic", "elif", "elsif", "elseif"];

#[test]
fn every_word_is_used() {
    let programs = programs();
    let letter = |c: char| !(c.is_alphanumeric() || c == '_');
    let used: BTreeSet<&str> = programs.split(letter).collect();
    let mut words = grammar(|name| name.starts_with("k_"));
    words.extend(
        [
            "and", "or", "not", "implies", "inout", "true", "false", "none",
        ]
        .map(str::to_owned),
    );
    assert!(words.len() > 50, "{words:?}");
    let missing: Vec<&String> = words
        .iter()
        .filter(|word| {
            !used.contains(word.as_str()) && !NOT_SHOWN.contains(&word.as_str())
        })
        .filter(|word| word.chars().all(char::is_alphabetic))
        .collect();
    assert!(
        missing.is_empty(),
        "no program of the book uses {missing:?}"
    );
}

/// Operators of other languages, which get a hint.
const FOREIGN: [&str; 8] = ["&&", "||", "===", "!==", "**", "++", "--", ":="];

#[test]
fn every_operator_is_used() {
    let programs = programs();
    let infix = [
        "add",
        "sub",
        "mul",
        "div",
        "rem",
        "matmul",
        "shl",
        "shr",
        "coalesce",
        "bit_and",
        "bit_or",
        "bit_xor",
        "eq",
        "ne",
        "le",
        "lt",
        "ge",
        "gt",
        "range_to",
        "range",
        "arrow",
        "fat_arrow",
        "bit_not",
        "neg",
        "opt_mark",
        "spread",
    ];
    let mut operators = grammar(|name| infix.contains(&name));
    let assign = "= += -= *= /= %= &= |= ^= <<= >>=";
    operators.extend(assign.split(' ').map(str::to_owned));
    assert!(operators.len() > 30, "{operators:?}");
    let missing: Vec<&String> = operators
        .iter()
        .filter(|operator| !FOREIGN.contains(&operator.as_str()))
        .filter(|operator| !programs.contains(operator.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "no program of the book uses {missing:?}"
    );
}

/// Faults that nothing raises yet, and the one that is a bug.
const NOT_RAISED: [&str; 2] = ["Internal", "Missing"];

#[test]
fn every_fault_is_shown() {
    let mut shown = BTreeSet::new();
    for (name, text) in &pages::all() {
        for rule in Page::read(name, text).rules {
            let faults = rule.blocks.iter().filter_map(|block| block.value("fault"));
            shown.extend(faults.map(str::to_owned));
        }
    }
    let missing: Vec<&str> = Fault::ALL
        .iter()
        .map(|fault| fault.name())
        .filter(|name| !shown.contains(*name) && !NOT_RAISED.contains(name))
        .collect();
    assert!(missing.is_empty(), "no block has `fault=` {missing:?}");
}
