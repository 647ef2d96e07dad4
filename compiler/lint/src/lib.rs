//! What a program without errors may do better. One lint, one file; `table` lists them all.
//!
//! Which lints speak is said by `Levels`: their own, those of `theus.toml` and of the command
//! line, and those of comments in the text (`comment`).
#![expect(
    clippy::indexing_slicing,
    reason = "ids index dense maps of the linted program; they come from that program alone"
)]

mod bounds;
mod comment;
mod cx;
mod level;
mod rules;
mod same;
mod table;
mod truth;
mod used;
mod visit;

use indexmap::IndexSet;
use theus_contract::Footprints;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Source;
use theus_hir::{ParsedModule, Typed};

pub use level::{Level, Levels, Unknown};
pub use table::{ALL, Group, Lint};

use comment::Comments;
use cx::Cx;

/// A program without errors, and all that stages know of it.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    /// Names and types.
    pub typed: &'a Typed,
    /// What bodies touch.
    pub footprints: &'a Footprints,
    /// The trees of its modules; the root is the last.
    pub parsed: &'a [ParsedModule],
    /// The texts, by file.
    pub sources: &'a [Source],
}

/// What the lints find, in order of text.
pub fn lint(program: Program<'_>, levels: &Levels) -> Vec<Diagnostic> {
    let cx = Cx::new(program);
    let mut out = Vec::new();
    let comments = Comments::read(&cx, &mut out);
    let mut told = IndexSet::new();
    for lint in ALL {
        if lint.code == Code::StaleLint || !asked(lint, levels, &comments) {
            continue;
        }
        for found in cx.found_by(lint) {
            let span = found.primary.span;
            let level = comments
                .level(lint, span)
                .unwrap_or_else(|| levels.of(lint));
            if level != Level::Allow && told.insert((lint.code, span)) {
                out.push(Diagnostic {
                    denied: level == Level::Deny,
                    ..found
                });
            }
        }
    }
    stale(&cx, &comments, levels, &mut out);
    out.sort_by_key(|found| {
        let span = found.primary.span;
        (span.file.0, span.start, found.code.id())
    });
    out
}

/// Whether anything can come of a lint.
fn asked(lint: &Lint, levels: &Levels, comments: &Comments) -> bool {
    levels.of(lint) != Level::Allow || comments.name(lint)
}

/// Comments that silence nothing.
fn stale(cx: &Cx<'_>, comments: &Comments, levels: &Levels, out: &mut Vec<Diagnostic>) {
    let Some(lint) = ALL.iter().find(|lint| lint.code == Code::StaleLint) else {
        return;
    };
    // What is found in a module depends on the program that imports it.
    let root = cx.parsed.last().map(|module| module.file.span.file);
    for found in comments.stale() {
        if Some(found.primary.span.file) != root {
            continue;
        }
        let own = comments.level(lint, found.primary.span);
        match own.unwrap_or_else(|| levels.of(lint)) {
            Level::Allow => {}
            level => out.push(Diagnostic {
                denied: level == Level::Deny,
                ..found
            }),
        }
    }
}
