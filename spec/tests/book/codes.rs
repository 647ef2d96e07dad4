//! Codes of diagnostics and rules of the book belong together.

use std::collections::BTreeMap;
use std::fs;

use theus_diag::Code;
use theus_spec::Page;

use crate::pages;

/// The rule that the page of a code names: `` `rule` `` in its third line.
fn rule_of(code: Code) -> &'static str {
    let page = theus_diag::explain(code).unwrap();
    let line = page.lines().nth(2).unwrap();
    line.split('`').nth(1).unwrap()
}

/// Whether a code speaks of the language: not of the command line, nor of a bug in Theus.
fn of_the_language(code: &&Code) -> bool {
    !code.id().starts_with("T08") && !code.id().starts_with("T09")
}

/// What the book says of each rule: its page, and whether no program shows it.
fn rules() -> BTreeMap<String, (String, bool)> {
    let mut found = BTreeMap::new();
    for (name, text) in &pages::all() {
        for rule in Page::read(name, text).rules {
            found.insert(
                rule.name.to_owned(),
                (name.clone(), rule.untested.is_some()),
            );
        }
    }
    found
}

/// The codes that blocks of the book give.
fn shown() -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in &pages::all() {
        for rule in Page::read(name, text).rules {
            let values = rule
                .blocks
                .iter()
                .flat_map(|block| block.values("error").chain(block.values("warning")));
            found.extend(values.flat_map(|ids| ids.split(',')).map(str::to_owned));
        }
    }
    found
}

#[test]
fn every_code_has_a_rule_and_a_program() {
    let (rules, shown) = (rules(), shown());
    let mut wrong = Vec::new();
    for code in Code::ALL.iter().filter(of_the_language) {
        let (id, rule) = (code.id(), rule_of(*code));
        match rules.get(rule) {
            None => wrong.push(format!(
                "spec/codes/{id}.md names the rule `{rule}`, which the book does not have"
            )),
            Some((_, true)) => {}
            Some((page, false)) if !shown.iter().any(|shown| shown == id) => {
                wrong.push(format!("{id} is given by no block; its rule is in {page}"));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn pages_of_codes_leave_the_rule_to_the_book() {
    let mut wrong = Vec::new();
    for code in Code::ALL.iter().filter(of_the_language) {
        let line = theus_diag::explain(*code).unwrap().lines().nth(2).unwrap();
        let rule = format!("`{}`", rule_of(*code));
        if line != rule && line != format!("{rule} (a warning)") {
            wrong.push(format!(
                "spec/codes/{}.md: its third line is the name of the rule and no more: {rule}",
                code.id()
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_table_of_codes_is_complete() {
    let rules = rules();
    let mut table = String::from(
        "# Codes\n\nEvery code of a diagnostic, with the rule that a program breaks which gets \
         it.\n`theusc explain T0402` shows a wrong program and a right one for each.\n\n\
         | code | | what | rule |\n|---|---|---|---|\n",
    );
    for code in Code::ALL {
        let rule = rule_of(*code);
        let link = match rules.get(rule) {
            Some((page, _)) => format!("[{rule}]({page}#r-{rule})"),
            None => String::new(),
        };
        let (id, severity) = (code.id(), code.severity().name());
        let title = code.title().replace('|', "\\|");
        table += &format!("| {id} | {severity} | {title} | {link} |\n");
    }
    let file = pages::root().join("codes.md");
    if std::env::var_os("THEUS_SPEC_BLESS").is_some_and(|set| set == "1") {
        fs::write(&file, &table).unwrap();
    }
    assert!(
        fs::read_to_string(file).unwrap() == table,
        "spec/src/codes.md is not up to date: THEUS_SPEC_BLESS=1 writes it"
    );
}
