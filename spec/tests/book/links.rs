//! Every link of the book leads to a page, and to a rule that stands on it.

use std::path::{Component, Path, PathBuf};

use theus_spec::Page;

use crate::pages;

/// The page without its blocks and its code.
fn prose(text: &str) -> String {
    let outside = text.split("\n```").step_by(2);
    let spans = outside.flat_map(|part| part.split('`').step_by(2));
    spans.collect::<Vec<_>>().join(" ")
}

/// The page that a link on a page leads to.
fn target(page: &str, link: &str) -> String {
    if link.is_empty() {
        return page.to_owned();
    }
    let mut path = PathBuf::from(page);
    path.pop();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            other => path.push(other),
        }
    }
    path.to_str().unwrap().replace('\\', "/")
}

#[test]
fn every_link_leads_somewhere() {
    let all = pages::all();
    let (mut seen, mut wrong) = (0, Vec::new());
    for (name, text) in &all {
        for link in pages::links(&prose(text)) {
            if link.starts_with("https://") {
                continue;
            }
            seen += 1;
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let path = target(name, path);
            let Some((_, there)) = all.iter().find(|(page, _)| *page == path) else {
                wrong.push(format!("{name}: {link}: no such page"));
                continue;
            };
            let rule = anchor.strip_prefix("r-").unwrap_or("");
            let rules = Page::read(&path, there).rules;
            if !anchor.is_empty() && rules.iter().all(|found| found.name != rule) {
                wrong.push(format!("{name}: {link}: no such rule"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 100, "only {seen} links");
}

#[test]
fn the_table_of_contents_nests_evenly() {
    let (_, text) = pages::all()
        .into_iter()
        .find(|(name, _)| name == "SUMMARY.md")
        .unwrap();
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        assert_eq!(indent % 4, 0, "{line}");
    }
}
