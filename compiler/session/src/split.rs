//! What a cell holds: items, then statements, then perhaps a value to show.

use std::ops::Range;

use theus_diag::{Diagnostic, from_syntax};
use theus_grammar::ast::expr::{PatternKind, StmtKind};
use theus_grammar::ast::item::ItemKind;
use theus_grammar::ast::{Name, Path};
use theus_grammar::{FileId, Parsed, Source, Span, SyntaxErrorKind, parse};

use crate::clean::Rule;
use crate::text::{Piece, closing, pieces, written};

/// A cell, read.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// What it declares, in order.
    pub(crate) items: Vec<Item>,
    /// Its statements.
    pub(crate) body: Range<usize>,
    /// The value at its end, if it has one; it is behind `body`.
    pub(crate) value: Option<Range<usize>>,
    /// Whether `value` may also be read as a statement: a call.
    pub(crate) is_call: bool,
    /// The locals that it declares outside of blocks.
    pub(crate) lets: Vec<Let>,
    /// `reset c.f`: what begins anew.
    pub(crate) resets: Vec<String>,
    /// `session lab { … }`: what happens between cells.
    pub(crate) rules: Option<Vec<Rule>>,
}

/// An item of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// What tells it from others: an item of the same key replaces it.
    pub(crate) key: String,
    /// Its text, with the comments before it.
    pub(crate) range: Range<usize>,
    /// Whether it is code that runs when asked for only: tests, properties, benches.
    pub(crate) is_test: bool,
}

/// A local that a cell declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Let {
    /// Its name.
    pub(crate) name: String,
    /// Where its `let` or `var` stands.
    pub(crate) begins: usize,
    /// Where its name stands.
    pub(crate) at: usize,
    /// `var`.
    pub(crate) mutable: bool,
    /// `keep let`: no clean-up takes it.
    pub(crate) keep: bool,
}

/// What stands before the statements while they are read alone.
const HEAD: &str = "test \"cell\" {\n";

/// Most beginnings of a value that are tried.
const TRIES: usize = 64;

/// Reads a cell. `text` is changed where words of sessions stand: `keep` and `reset c.f` become
/// blanks.
pub(crate) fn split(text: &mut String) -> Result<Parts, Vec<Diagnostic>> {
    let words = own_words(text);
    let mut parts = Parts::default();
    let mut kept = Vec::new();
    for word in words {
        match word {
            Own::Keep(range, at) => {
                kept.push(at);
                blank(text, range);
            }
            Own::Reset(range, names) => {
                parts.resets.extend(names);
                blank(text, range);
            }
            Own::Session(range) => {
                let written = text.get(range.clone()).unwrap_or_default();
                parts.rules = Some(crate::rules::read(written, range.start)?);
                blank(text, range);
            }
        }
    }
    let begin = items(text, &mut parts)?;
    statements(text, begin, &mut parts)?;
    for one in &mut parts.lets {
        one.keep = kept.contains(&one.begins);
    }
    Ok(parts)
}

/// Puts blanks where that was.
fn blank(text: &mut String, range: Range<usize>) {
    let blanks = " ".repeat(range.len());
    text.replace_range(range, &blanks);
}

/// A word that only sessions have.
enum Own {
    /// With where the `let` or `var` behind it stands.
    Keep(Range<usize>, usize),
    Reset(Range<usize>, Vec<String>),
    Session(Range<usize>),
}

/// Where a text has words of sessions.
fn own_words(text: &str) -> Vec<Own> {
    let (pieces, _) = pieces(text);
    let mut found = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let next = pieces.get(at + 1);
        match (piece.text, next) {
            ("keep", Some(next)) if matches!(next.text, "let" | "var") => {
                found.push(Own::Keep(piece.at..piece.at + piece.text.len(), next.at));
            }
            ("session", Some(name)) if piece.first && is_path(name.text) => {
                let brace = pieces.get(at + 2).filter(|piece| piece.text == "{");
                let end = brace.and_then(|brace| closing(text, brace.at));
                found.extend(end.map(|end| Own::Session(piece.at..end)));
            }
            ("reset", Some(_)) if piece.first => {
                let mut names = Vec::new();
                let mut end = piece.at + piece.text.len();
                let mut after = pieces.iter().skip(at + 1);
                while let Some(name) = after.next().filter(|name| is_path(name.text)) {
                    names.push(name.text.to_owned());
                    end = name.at + name.text.len();
                    if after.next().is_none_or(|comma| comma.text != ",") {
                        break;
                    }
                }
                if !names.is_empty() {
                    found.push(Own::Reset(piece.at..end, names));
                }
            }
            _ => {}
        }
    }
    found
}

fn is_path(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
}

fn source(text: &str) -> Source {
    Source::new(FileId(0), "cell", text)
}

/// Errors that keep a text from being read; warnings are for later.
fn errors(parsed: &Parsed) -> impl Iterator<Item = &theus_grammar::SyntaxError> {
    let errors = parsed.errors.iter();
    errors.filter(|error| error.kind != SyntaxErrorKind::StrayDoc)
}

/// Takes the items at the start of a cell; gives where the rest begins.
fn items(text: &str, parts: &mut Parts) -> Result<usize, Vec<Diagnostic>> {
    let parsed = parse(&source(text));
    let is_good = |span: Span| {
        !errors(&parsed).any(|error| {
            (span.start..span.end).contains(&error.span.start)
                && error.kind != SyntaxErrorKind::MissingClose
        })
    };
    let mut found = Vec::new();
    let mut begin = 0;
    for item in &parsed.file.items {
        let Some((key, is_test)) = key(&item.kind).filter(|_| is_good(item.span)) else {
            break;
        };
        let end = item.span.end as usize;
        found.push(Item {
            key,
            range: begin..end,
            is_test,
        });
        begin = end;
    }
    // What the grammar has mended may have made items of what is none.
    while let Some(last) = found.last() {
        let head = text.get(..last.range.end).unwrap_or_default();
        if errors(&parse(&source(head))).next().is_none() {
            break;
        }
        found.pop();
    }
    let begin = found.last().map_or(0, |item| item.range.end);
    let rest = text.get(begin..).unwrap_or_default();
    let (pieces, _) = pieces(rest);
    let begins_item = |first: &Piece<'_>| ITEMS.contains(&first.text);
    if pieces.first().is_some_and(begins_item) {
        let found = parsed.errors.into_iter();
        return Err(found.map(from_syntax).collect());
    }
    parts.items = found;
    Ok(begin)
}

/// Words that begin an item.
const ITEMS: [&str; 15] = [
    "use", "const", "struct", "enum", "fn", "context", "process", "contract", "pipeline",
    "test", "property", "bench", "audit", "alert", "session",
];

/// What tells an item from others, and whether it is a test; `None` for what cannot be read.
fn key(kind: &ItemKind) -> Option<(String, bool)> {
    let named = |name: &Name| Some((name.text.to_string(), false));
    match kind {
        ItemKind::Use(used) => Some((format!("use {}", dotted(&used.path)), false)),
        ItemKind::Const(item) => named(&item.name),
        ItemKind::Struct(item) => named(&item.name),
        ItemKind::Enum(item) => named(&item.name),
        ItemKind::Fn(item) => named(&item.name),
        ItemKind::Context(item) => named(&item.name),
        ItemKind::Instance(item) => named(&item.name),
        ItemKind::Process(item) => named(&item.name),
        ItemKind::Contract(item) => named(&item.name),
        ItemKind::Pipeline(item) => named(&item.name),
        ItemKind::Test(test) => Some((format!("test {}", test.title.text), true)),
        ItemKind::Audit(item) => {
            Some((format!("audit {}", dotted(&item.context)), false))
        }
        ItemKind::Alert(item) => Some((format!("alert {}", item.name.text), false)),
        // What stands between cells was taken out before.
        ItemKind::Session(_) | ItemKind::Bad => None,
    }
}

fn dotted(path: &Path) -> String {
    let words: Vec<&str> = path.words.iter().map(|word| &*word.text).collect();
    words.join(".")
}

/// Takes the statements, and the value at the end.
fn statements(
    text: &str,
    begin: usize,
    parts: &mut Parts,
) -> Result<(), Vec<Diagnostic>> {
    let rest = text.get(begin..).unwrap_or_default();
    parts.body = begin..text.len();
    let whole = parse(&source(&format!("{HEAD}{rest}\n}}")));
    let wrong = errors(&whole).next().is_some();
    let end = match (wrong, last_call(&whole)) {
        (false, None) => rest.len(),
        (false, Some(at)) => {
            parts.is_call = true;
            at
        }
        (true, _) => match value_at(rest) {
            Some(at) => at,
            None => return Err(moved(whole, begin)),
        },
    };
    parts.body = begin..begin + end;
    if end < rest.len() {
        let value = rest.get(end..).unwrap_or_default();
        // A comment at the end is no part of the value.
        parts.value = Some(begin + end..begin + end + written(value));
    }
    let body = rest.get(..end).unwrap_or_default();
    let body = parse(&source(&format!("{HEAD}{body}\n}}")));
    parts.lets = lets(&body, begin);
    Ok(())
}

/// Where the last statement begins, if it is a call.
fn last_call(parsed: &Parsed) -> Option<usize> {
    let item = parsed.file.items.first()?;
    let ItemKind::Test(test) = &item.kind else {
        return None;
    };
    let last = test.body.stmts.last()?;
    match &last.kind {
        StmtKind::Call {
            otherwise: None, ..
        } => (last.span.start as usize).checked_sub(HEAD.len()),
        _ => None,
    }
}

/// Where the value at the end begins, if what stands before it are statements.
fn value_at(text: &str) -> Option<usize> {
    let (pieces, _) = pieces(text);
    let first = pieces.first()?.at;
    let begins = pieces
        .iter()
        .rev()
        .filter(|piece| piece.first || piece.at == first);
    // A line that begins with a sign may go on with the one before it.
    let sign = |letter: char| !letter.is_alphanumeric() && !"_\"".contains(letter);
    let (signs, words): (Vec<&Piece<'_>>, Vec<_>) =
        begins.partition(|piece| piece.at != first && piece.text.starts_with(sign));
    let begins = words.iter().take(TRIES).chain(signs.iter().take(TRIES));
    let mut begins = begins.map(|piece| piece.at);
    begins.find(|at| {
        let (body, value) = text.split_at(*at);
        let value = format!("{HEAD}let it = (\n{value}\n)\n}}");
        let body = format!("{HEAD}{body}\n}}");
        let good = |text: &str| errors(&parse(&source(text))).next().is_none();
        good(&value) && good(&body)
    })
}

/// The locals that statements declare outside of blocks.
fn lets(parsed: &Parsed, begin: usize) -> Vec<Let> {
    let mut found = Vec::new();
    let Some(ItemKind::Test(test)) = parsed.file.items.first().map(|item| &item.kind)
    else {
        return found;
    };
    let place = |span: Span| {
        begin.saturating_add((span.start as usize).saturating_sub(HEAD.len()))
    };
    for stmt in &test.body.stmts {
        let mut add = |name: &Name, mutable: bool| {
            found.push(Let {
                name: name.text.to_string(),
                begins: place(stmt.span),
                at: place(name.span),
                mutable,
                keep: false,
            });
        };
        match &stmt.kind {
            StmtKind::Let { mutable, name, .. } => add(name, *mutable),
            StmtKind::Unpack {
                mutable, pattern, ..
            } => names(&pattern.kind, &mut |name| add(name, *mutable)),
            _ => {}
        }
    }
    found
}

/// The names that a pattern may bind.
fn names(pattern: &PatternKind, add: &mut impl FnMut(&Name)) {
    match pattern {
        PatternKind::Path(path) => {
            if let [name] = path.words.as_slice() {
                add(name);
            }
        }
        PatternKind::Parts(_, parts) => {
            parts.iter().for_each(|(_, part)| names(&part.kind, add));
        }
        PatternKind::Tuple(parts) => {
            parts.iter().for_each(|part| names(&part.kind, add));
        }
        PatternKind::Or(_)
        | PatternKind::Wild
        | PatternKind::Literal(_)
        | PatternKind::Range(..)
        | PatternKind::None
        | PatternKind::Bad => {}
    }
}

/// The errors of statements that were read alone, where they are in the cell.
fn moved(parsed: Parsed, begin: usize) -> Vec<Diagnostic> {
    let by = u32::try_from(begin).unwrap_or(0);
    let head = u32::try_from(HEAD.len()).unwrap_or(0);
    let found = parsed.errors.into_iter().map(from_syntax);
    let moved = |span: &mut Span| {
        span.start = span.start.saturating_sub(head) + by;
        span.end = span.end.saturating_sub(head) + by;
    };
    found
        .map(|mut found| {
            crate::place::spans(&mut found, &mut |span| moved(span));
            found
        })
        .collect()
}
