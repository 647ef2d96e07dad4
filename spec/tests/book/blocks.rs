//! Runs every block. `THEUS_SPEC_BLESS=1` writes what was found into the pages, to be reviewed
//! in the diff; `THEUS_SPEC=types.list` runs the rules alone whose names begin so.

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use theus_spec::{Page, Rule};

use crate::bless::bless;
use crate::case::cases;
use crate::judge::{Stale, judge};
use crate::pages;

/// What is wrong with one rule.
struct Found {
    page: usize,
    /// Line in the page.
    line: usize,
    rule: String,
    what: Fault,
}

enum Fault {
    Wrong(String),
    Stale(Stale),
}

#[test]
fn every_block_does_what_it_says() {
    let blessing = std::env::var_os("THEUS_SPEC_BLESS").is_some_and(|set| set == "1");
    let wanted = std::env::var_os("THEUS_SPEC").unwrap_or_default();
    let wanted = wanted.to_str().unwrap().to_owned();
    let texts = pages::all();
    let pages: Vec<Page<'_>> = texts
        .iter()
        .map(|(name, text)| Page::read(name, text))
        .collect();
    let rules: Vec<(usize, &Rule<'_>)> = (0..)
        .zip(&pages)
        .flat_map(|(at, page)| page.rules.iter().map(move |rule| (at, rule)))
        .filter(|(_, rule)| rule.name.starts_with(&wanted))
        .collect();
    assert!(!rules.is_empty(), "no rule begins with `{wanted}`");
    let mut found = judge_all(&rules);
    found.sort_by_key(|found| (found.page, found.line));
    if blessing {
        for (at, page) in pages.iter().enumerate() {
            write(
                page,
                &texts[at].1,
                found.iter().filter(|found| found.page == at),
            );
        }
    }
    let mut text = String::new();
    for Found {
        page,
        line,
        rule,
        what,
    } in &found
    {
        let place = format!("spec/src/{}:{line}: {rule}", pages[*page].file);
        match what {
            Fault::Wrong(what) => text += &format!("\n{place}: {what}\n"),
            Fault::Stale(_) if blessing => {}
            Fault::Stale(stale) => {
                let old = expected(&pages[*page], stale);
                text += &format!(
                    "\n{place}: other text than expected\n--- expected\n{old}--- found\n{}",
                    stale.found
                );
            }
        }
    }
    assert!(
        text.is_empty(),
        "{text}\nTHEUS_SPEC_BLESS=1 writes the texts that were found"
    );
}

/// The block that a stale text replaces.
fn expected(page: &Page<'_>, stale: &Stale) -> String {
    let blocks = page.rules.iter().flat_map(|rule| &rule.blocks);
    let block = stale
        .block
        .and_then(|line| blocks.into_iter().find(|block| block.line == line));
    block.map_or_else(|| "no block\n".to_owned(), |block| block.body.to_owned())
}

/// Judges all rules, as many at a time as there are processors.
fn judge_all(rules: &[(usize, &Rule<'_>)]) -> Vec<Found> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((page, rule)) =
                    rules.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let more = judge_rule(*page, rule);
                    found.lock().unwrap().extend(more);
                }
            });
        }
    });
    found.into_inner().unwrap()
}

fn judge_rule(page: usize, rule: &Rule<'_>) -> Vec<Found> {
    let found = |line, what| Found {
        page,
        line,
        rule: rule.name.to_owned(),
        what,
    };
    let cases = match cases(rule) {
        Ok(cases) => cases,
        Err(why) => return vec![found(rule.line, Fault::Wrong(why))],
    };
    let mut all = Vec::new();
    for case in &cases {
        let folder = fresh(rule.name);
        let line = case.program.line;
        match judge(case, &folder) {
            Ok(stale) => all.extend(
                stale
                    .into_iter()
                    .map(|stale| found(line, Fault::Stale(stale))),
            ),
            Err(why) => all.push(found(line, Fault::Wrong(why))),
        }
        fs::remove_dir_all(folder).unwrap();
    }
    all
}

/// An empty folder for the files of a case.
fn fresh(name: &str) -> PathBuf {
    let path =
        std::env::temp_dir().join(format!("theus-spec-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn write<'a>(page: &Page<'_>, text: &str, found: impl Iterator<Item = &'a Found>) {
    let stale: Vec<(usize, Stale)> = found
        .filter_map(|found| match &found.what {
            Fault::Stale(stale) => Some((found.line, stale.clone())),
            Fault::Wrong(_) => None,
        })
        .collect();
    if !stale.is_empty() {
        fs::write(pages::root().join(page.file), bless(page, text, &stale)).unwrap();
    }
}
