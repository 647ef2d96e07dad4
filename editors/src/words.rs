//! The words of the language, as the rules of the compiler's grammar have them.

use std::collections::BTreeSet;

/// The rules of the compiler.
const RULES: &[&str] = &[
    include_str!("../../grammar/src/rules/audit.pest"),
    include_str!("../../grammar/src/rules/expr.pest"),
    include_str!("../../grammar/src/rules/flow.pest"),
    include_str!("../../grammar/src/rules/items.pest"),
    include_str!("../../grammar/src/rules/lexical.pest"),
    include_str!("../../grammar/src/rules/session.pest"),
    include_str!("../../grammar/src/rules/stmt.pest"),
    include_str!("../../grammar/src/rules/types.pest"),
];

/// Rules that are words without being called `k_…`.
const WORD_RULES: &[&str] = &[
    "zone",
    "query_kind",
    "share",
    "inout",
    "bool",
    "none",
    "q_word",
    "and",
    "or",
    "not",
    "in",
    "implies",
    "elif",
];

/// Words of what is designed and not built, or of other languages.
pub const LATER: &[&str] =
    &["port", "sweep", "effects", "try", "elif", "elsif", "elseif"];

/// Words that cannot name what is declared, but those of `LATER`.
pub fn reserved() -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    let parts = ["a", "ab", "c", "de", "i", "p", "pr"];
    for name in parts.map(|part| format!("reserved_{part}")) {
        found.extend(rule(&name).into_iter().flat_map(words));
    }
    found.retain(|word| !LATER.contains(word));
    found
}

/// Every word that is a keyword somewhere, but those of `LATER`.
pub fn keywords() -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    for rules in RULES {
        let mut rest = *rules;
        while let Some(at) = rest.find("k_") {
            let after = rest.get(at..).unwrap_or("");
            let name = after.split([' ', '~', ')']).next().unwrap_or("");
            if after
                .get(name.len()..)
                .is_some_and(|rest| rest.trim_start().starts_with("= @{"))
            {
                let body = after.split('{').nth(1).unwrap_or("");
                found.extend(words(body.split('}').next().unwrap_or("")));
            }
            rest = after.get(2..).unwrap_or("");
        }
    }
    for name in WORD_RULES {
        found.extend(rule(name).into_iter().flat_map(words));
    }
    found.retain(|word| !LATER.contains(word));
    found
}

/// The body of a rule.
fn rule(name: &str) -> Option<&'static str> {
    RULES.iter().find_map(|rules| {
        let mut starts = rules.match_indices(name);
        starts.find_map(|(at, _)| {
            let begins = rules
                .get(..at)?
                .chars()
                .next_back()
                .is_none_or(char::is_whitespace);
            let rest = rules.get(at + name.len()..)?.trim_start();
            let body = rest
                .strip_prefix('=')?
                .trim_start()
                .trim_start_matches(['@', '_']);
            let body = body.strip_prefix('{')?;
            begins.then(|| body.split('}').next().unwrap_or(""))
        })
    })
}

/// The strings in the body of a rule that are words.
fn words(body: &'static str) -> impl Iterator<Item = &'static str> {
    let quoted = body.split('"').skip(1).step_by(2);
    quoted.filter(|text| {
        text.len() > 1
            && text
                .bytes()
                .all(|byte| byte == b'_' || byte.is_ascii_lowercase())
    })
}
