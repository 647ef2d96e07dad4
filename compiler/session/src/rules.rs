//! `session lab { … }`: what happens between cells, as the grammar reads it.

use std::time::Duration;

use theus_diag::{Diagnostic, from_syntax};
use theus_grammar::ast::session::{Between, SessionRule};
use theus_grammar::ast::{ExprKind, ItemKind, Path};
use theus_grammar::{FileId, Source, parse};

use crate::clean::{Action, Rule, When};

/// Reads the item; it begins at that byte of its cell.
pub(crate) fn read(text: &str, begin: usize) -> Result<Vec<Rule>, Vec<Diagnostic>> {
    let parsed = parse(&Source::new(FileId(0), "cell", text));
    if !parsed.errors.is_empty() {
        let by = u32::try_from(begin).unwrap_or(0);
        let found = parsed.errors.into_iter().map(from_syntax);
        let moved = found.map(|mut found| {
            crate::place::spans(&mut found, &mut |span| {
                span.start += by;
                span.end += by;
            });
            found
        });
        return Err(moved.collect());
    }
    let items = parsed.file.items.iter();
    let rules = items.filter_map(|item| match &item.kind {
        ItemKind::Session(session) => Some(session.rules.iter().map(rule)),
        _ => None,
    });
    Ok(rules.flatten().collect())
}

fn rule(written: &SessionRule) -> Rule {
    Rule {
        when: written.when.iter().filter_map(when).collect(),
        actions: written.actions.iter().map(action).collect(),
    }
}

fn when(written: &Between) -> Option<When> {
    let kind = match written {
        Between::Every(value) | Between::Pressure(_, value) | Between::Idle(value) => {
            &value.kind
        }
    };
    match (written, kind) {
        (Between::Every(_), ExprKind::Int(count, _)) => Some(When::Every(*count)),
        (Between::Pressure(None, _), ExprKind::Float(share, _)) => {
            Some(When::Pressure(*share))
        }
        (Between::Pressure(Some(of), _), ExprKind::Float(share, _)) => {
            Some(When::Full(dotted(of), *share))
        }
        (Between::Idle(_), ExprKind::Duration(ns)) => {
            Some(When::Idle(Duration::from_nanos(u64::try_from(*ns).ok()?)))
        }
        _ => None,
    }
}

fn action(path: &Path) -> Action {
    match dotted(path).as_str() {
        "clean" => Action::Clean,
        "trim" => Action::Trim,
        name => Action::Run(name.to_owned()),
    }
}

fn dotted(path: &Path) -> String {
    let words: Vec<&str> = path.words.iter().map(|word| &*word.text).collect();
    words.join(".")
}
