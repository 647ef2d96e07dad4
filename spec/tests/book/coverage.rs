//! Nothing is left out of the book.

use std::collections::BTreeMap;

use theus_spec::Page;

use crate::pages;

/// Fails with every line that the closure finds.
fn holds(check: impl Fn(&Page<'_>, &mut Vec<String>)) {
    let mut wrong = Vec::new();
    for (name, text) in &pages::all() {
        check(&Page::read(name, text), &mut wrong);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_sentence_and_a_program() {
    holds(|page, wrong| {
        for rule in &page.rules {
            let place = format!("spec/src/{}:{}: {}", page.file, rule.line, rule.name);
            if !rule.sentence.ends_with(['.', ':']) {
                wrong.push(format!("{place}: no sentence follows"));
            }
            let shown = rule.blocks.iter().any(|block| block.language == "theus");
            if shown == rule.untested.is_some() {
                wrong.push(format!(
                    "{place}: either programs follow, or `Untested: why`"
                ));
            }
        }
    });
}

#[test]
fn every_program_has_a_rule() {
    holds(|page, wrong| {
        let programs = page.stray.iter().filter(|block| block.language == "theus");
        wrong.extend(programs.map(|block| {
            format!(
                "spec/src/{}:{}: a program under no rule",
                page.file, block.line
            )
        }));
    });
}

#[test]
fn names_of_rules_are_words_and_given_once() {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (name, text) in &pages::all() {
        for rule in Page::read(name, text).rules {
            let place = format!("spec/src/{name}:{}", rule.line);
            let legal = |word: &str| {
                let first = word.chars().next().is_some_and(|c| c.is_ascii_lowercase());
                let rest = |c: char| {
                    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_'
                };
                first && word.chars().all(rest)
            };
            let words: Vec<&str> = rule.name.split('.').collect();
            if words.len() < 2 || !words.into_iter().all(legal) {
                wrong.push(format!("{place}: `{}` is no name of a rule", rule.name));
            }
            if let Some(first) = seen.insert(rule.name.to_owned(), place.clone()) {
                wrong.push(format!("{place}: `{}` stands at {first}, too", rule.name));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_page_is_in_the_summary() {
    let summary = pages::summary();
    let mut wrong = Vec::new();
    for (name, _) in &pages::all() {
        if name != "SUMMARY.md" && !summary.contains(name) {
            wrong.push(format!("spec/src/{name} is not in SUMMARY.md"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn links_lead_to_files() {
    let mut wrong = Vec::new();
    for (name, text) in &pages::all() {
        let path = pages::root().join(name);
        let folder = path.parent().unwrap();
        for link in pages::links(&prose(text)) {
            let target = link.split('#').next().unwrap_or("");
            let outside = link.contains("://") || target.is_empty();
            if !outside && !folder.join(target).is_file() {
                wrong.push(format!("spec/src/{name}: `{link}` leads nowhere"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The text without its blocks and code.
fn prose(text: &str) -> String {
    let mut inside = false;
    let mut out = String::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if !inside {
            for (n, piece) in line.split('`').enumerate() {
                out += if n % 2 == 0 { piece } else { " " };
            }
            out.push('\n');
        }
    }
    out
}

/// How many rules of pipelines, audits and tests there are, and programs that break them.
#[test]
fn pipelines_and_audits_are_told_in_full() {
    let (mut rules, mut rejected) = (0, 0);
    for (name, text) in &pages::all() {
        if !name.starts_with("pipelines/") && !name.starts_with("audit/") {
            continue;
        }
        let page = Page::read(name, text);
        for rule in page.rules {
            rules += usize::from(rule.untested.is_none());
            let told =
                |info: &&str| info.starts_with("error=") || info.starts_with("warning=");
            let wrong = rule
                .blocks
                .iter()
                .flat_map(|block| block.words.iter().copied());
            rejected += wrong.filter(told).count();
        }
    }
    println!(
        "{rules} rules with running programs, {rejected} programs that are rejected"
    );
    assert!(rules >= 180, "{rules}");
    assert!(rejected >= 90, "{rejected}");
}
