//! The library parses, and its table of intrinsics matches its `intrinsic fn` items.

use std::collections::BTreeSet;

use theus_grammar::ast::{File, ItemKind};
use theus_grammar::{FileId, Source, parse};
use theus_stdlib::{Intrinsic, modules};

fn files() -> Vec<(&'static str, File)> {
    let mut files = Vec::new();
    for (name, text) in modules() {
        let source = Source::new(FileId(0), (*name).to_owned(), (*text).to_owned());
        let parsed = parse(&source);
        assert!(parsed.errors.is_empty(), "{name}: {:?}", parsed.errors);
        files.push((*name, parsed.file));
    }
    files
}

#[test]
fn intrinsics_are_declared_once_and_known() {
    let mut declared = BTreeSet::new();
    for (module, file) in files() {
        // Collections share some, and import nothing.
        let mut within = BTreeSet::new();
        for item in file.items {
            let ItemKind::Fn(function) = item.kind else {
                continue;
            };
            if function.body.is_none() {
                let name = function.name.text.to_string();
                assert!(
                    Intrinsic::from_name(&name).is_some(),
                    "{module}: {name} is not known"
                );
                assert!(
                    within.insert(name.clone()),
                    "{module}: {name} is declared twice"
                );
                declared.insert(name);
            }
        }
    }
    for intrinsic in Intrinsic::PLAIN {
        assert!(
            declared.contains(intrinsic.name()),
            "{} is not declared",
            intrinsic.name()
        );
    }
    for math in theus_abi::MathFn::ALL {
        assert!(
            declared.contains(&format!("libm_{}", math.name())),
            "{} is not declared",
            math.name()
        );
    }
}

#[test]
fn every_item_has_docs_and_every_import_stands_before() {
    let mut seen = BTreeSet::new();
    for (module, file) in files() {
        assert!(!file.docs.is_empty(), "{module} has no docs");
        for item in file.items {
            match item.kind {
                ItemKind::Use(import) => {
                    let words: Vec<_> = import
                        .path
                        .words
                        .iter()
                        .map(|word| word.text.to_string())
                        .collect();
                    assert!(
                        seen.contains(&words.join(".")),
                        "{module}: imports come from above"
                    );
                }
                ItemKind::Fn(function) if function.name.text.starts_with("libm_") => {}
                _ => assert!(
                    !item.docs.is_empty(),
                    "{module}: an item without docs: {:?}",
                    item.span
                ),
            }
        }
        seen.insert(module.to_owned());
    }
}
