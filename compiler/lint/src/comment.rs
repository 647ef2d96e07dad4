//! Comments that say how loud lints are: `// lint: allow(name, name) why`.
//!
//! `//! lint: …` is for the file, a comment above an item for the item, one above another line
//! or behind code for that line. What stands further inside is in force.

use std::cell::RefCell;

use indexmap::IndexSet;
use theus_diag::{Code, Diagnostic};
use theus_grammar::{Begins, Source, Span, Token, TokenKind, tokens};

use crate::cx::Cx;
use crate::level::{Level, Unknown, named};
use crate::table::Lint;

/// The comments of a program.
#[derive(Debug, Default)]
pub(crate) struct Comments {
    /// Those with the widest scope first.
    said: Vec<Said>,
    /// Those that have decided something.
    used: RefCell<IndexSet<usize>>,
}

/// What a comment says of a lint.
#[derive(Debug)]
struct Said {
    lint: &'static Lint,
    level: Level,
    scope: Span,
    comment: Span,
    /// What goes if the comment goes: also the line that would be empty.
    whole: Span,
}

impl Comments {
    /// Reads them; names that are of no lint are told.
    pub(crate) fn read(cx: &Cx<'_>, out: &mut Vec<Diagnostic>) -> Self {
        let mut said = Vec::new();
        for module in cx.parsed.iter().filter(|module| !module.is_std) {
            let file = module.file.span.file;
            let Some(source) = cx.sources.get(file.0 as usize) else {
                continue;
            };
            if source.text.contains("lint:") {
                of_file(cx, source, &mut said, out);
            }
        }
        said.sort_by_key(|one: &Said| std::cmp::Reverse(one.scope.end - one.scope.start));
        Self {
            said,
            used: RefCell::default(),
        }
    }

    /// The level of a lint at a place, where a comment says it.
    pub(crate) fn level(&self, lint: &Lint, at: Span) -> Option<Level> {
        let of = |one: &Said| {
            let scope = one.scope;
            one.lint.code == lint.code
                && scope.file == at.file
                && scope.start <= at.start
                && at.start <= scope.end
        };
        let (at, one) = self.said.iter().enumerate().rfind(|(_, one)| of(one))?;
        self.used.borrow_mut().insert(at);
        Some(one.level)
    }

    /// Whether a comment names a lint.
    pub(crate) fn name(&self, lint: &Lint) -> bool {
        self.said.iter().any(|one| one.lint.code == lint.code)
    }

    /// Those that have decided nothing.
    pub(crate) fn stale(&self) -> Vec<Diagnostic> {
        let used = self.used.borrow();
        let is_idle = |at: usize, one: &Said| {
            !used.contains(&at)
                && one.level == Level::Allow
                && one.lint.code != Code::StaleLint
        };
        let idle: Vec<&Said> = self
            .said
            .iter()
            .enumerate()
            .filter(|(at, one)| is_idle(*at, one))
            .map(|(_, one)| one)
            .collect();
        let mut found: Vec<Diagnostic> = Vec::new();
        for one in &idle {
            if found.iter().any(|found| found.primary.span == one.comment) {
                continue;
            }
            let of_comment = |other: &&Said| other.comment == one.comment;
            let all = self.said.iter().filter(of_comment).count();
            let names = idle.iter().copied().filter(of_comment);
            let names: Vec<&str> = names.map(|one| one.lint.name).collect();
            let label = format!("`{}` finds nothing here", names.join("`, `"));
            let said = Diagnostic::new(Code::StaleLint, one.comment, label);
            found.push(match names.len() == all {
                true => said.fix("remove the comment", one.whole, ""),
                false => said.help("take the name out"),
            });
        }
        found
    }
}

fn of_file(
    cx: &Cx<'_>,
    source: &Source,
    said: &mut Vec<Said>,
    out: &mut Vec<Diagnostic>,
) {
    let tokens = tokens(source);
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != TokenKind::Comment {
            continue;
        }
        let text = source.text.get(token.start..token.end).unwrap_or("");
        let Some((rest, inner)) = directive(text) else {
            continue;
        };
        let comment = span(source, token.start, token.end);
        let scope = match inner {
            true => span(source, 0, source.text.len()),
            false => scope(cx, source, &tokens, at),
        };
        match names(rest) {
            Some((level, names)) => {
                for name in names {
                    match named(name) {
                        Ok(lints) => said.extend(lints.into_iter().map(|lint| Said {
                            lint,
                            level,
                            scope,
                            comment,
                            whole: whole(source, &tokens, at),
                        })),
                        Err(unknown) => out.push(no_lint(&unknown, comment, text)),
                    }
                }
            }
            None => out.push(
                Diagnostic::new(Code::UnknownLint, comment, "says nothing of a lint")
                    .title("a comment for lints that cannot be read")
                    .help(
                        "write `// lint: allow(unread_ring) why`, or `warn`, or `deny`",
                    ),
            ),
        }
    }
}

fn no_lint(unknown: &Unknown, comment: Span, text: &str) -> Diagnostic {
    let name = &unknown.name;
    let start = text.find(name.as_str()).unwrap_or(0) as u32 + comment.start;
    let place = Span::new(comment.file, start, start + name.len() as u32);
    let found = Diagnostic::new(Code::UnknownLint, place, "there is no such lint")
        .title(format!("unknown lint `{name}`"));
    match unknown.near {
        Some(near) => found.fix(format!("did you mean `{near}`?"), place, near),
        None => found.help("`theusc lint --list` shows them all"),
    }
}

/// What stands behind `lint:`, and whether the comment is for the file.
fn directive(text: &str) -> Option<(&str, bool)> {
    let inner = text.starts_with("//!");
    let text = text
        .strip_prefix("//!")
        .or_else(|| text.strip_prefix("//"))?;
    let rest = text.trim_start().strip_prefix("lint:")?;
    Some((rest.trim(), inner))
}

/// `allow(a, b) why`: the level and the names.
fn names(text: &str) -> Option<(Level, Vec<&str>)> {
    let (level, rest) = text.split_once('(')?;
    let level = Level::from_name(level.trim())?;
    let (names, _) = rest.split_once(')')?;
    let names: Vec<&str> = names.split(',').map(str::trim).collect();
    let good = names.iter().all(|name| !name.is_empty());
    good.then_some((level, names))
}

fn span(source: &Source, start: usize, end: usize) -> Span {
    Span::new(source.id, start as u32, end as u32)
}

/// The line of the comment, or what follows if nothing else is in it.
fn scope(cx: &Cx<'_>, source: &Source, tokens: &[Token], at: usize) -> Span {
    let Some(comment) = tokens.get(at) else {
        return span(source, 0, 0);
    };
    let line = line(source, comment.start);
    let behind = |token: &&Token| {
        token.kind != TokenKind::Comment
            && token.start >= line.0
            && token.start < comment.start
    };
    if tokens
        .iter()
        .take(at)
        .rev()
        .take(200)
        .any(|token| behind(&token))
    {
        return span(source, line.0, line.1);
    }
    let rest = tokens.iter().skip(at);
    let next = rest
        .into_iter()
        .find(|token| token.kind != TokenKind::Comment);
    let Some(next) = next else {
        return span(source, line.0, line.1);
    };
    if next.begins == Begins::Item {
        let mut files = cx.parsed.iter().map(|module| &module.file);
        let file = files.find(|file| file.span.file == source.id);
        let mut items = file.iter().flat_map(|file| &file.items);
        let item = items.find(|item| item.span.start as usize == next.start);
        if let Some(item) = item {
            return item.span;
        }
    }
    let (start, end) = self::line(source, next.start);
    span(source, start, end)
}

/// First byte of a line, and past its last.
fn line(source: &Source, at: usize) -> (usize, usize) {
    let before = source.text.get(..at).unwrap_or("");
    let after = source.text.get(at..).unwrap_or("");
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = at + after.find('\n').unwrap_or(after.len());
    (start, end)
}

/// The comment with the blanks before it, and with its line end if nothing else is in the line.
fn whole(source: &Source, tokens: &[Token], at: usize) -> Span {
    let Some(comment) = tokens.get(at) else {
        return span(source, 0, 0);
    };
    let before = source.text.get(..comment.start).unwrap_or("");
    let start = before.trim_end_matches([' ', '\t']).len();
    let alone = start == 0 || before.as_bytes().get(start - 1) == Some(&b'\n');
    let follows = source.text.as_bytes().get(comment.end) == Some(&b'\n');
    span(source, start, comment.end + usize::from(alone && follows))
}
