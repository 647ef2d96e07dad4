//! From a source to its syntax tree and its errors.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::{Arc, Once};

use pest::Parser;

use crate::ast::{File, Item};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::halves;
use crate::read::{MAX_ERRORS, Reader};
use crate::rules::{Grammar, Rule};
use crate::scan::{self, Scan};
use crate::source::Source;

/// Longest file that is read, in bytes.
pub const MAX_BYTES: usize = 4 << 20;

/// Rule calls after which a parse is given up: many times what the largest file needs. Set
/// once for the process, always the same.
const MAX_CALLS: usize = 600_000_000;

/// Nesting that is read on the stack of the caller.
const SMALL_NESTING: usize = 24;
/// Stack for deeper nesting, in bytes; only what is used is ever taken.
const BIG_STACK: usize = 256 << 20;

/// A file as read.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree; what could not be read is a `Bad` node.
    pub file: File,
    /// The errors, by place; none if the text is a file of the language (warnings apart).
    pub errors: Vec<SyntaxError>,
}

/// Bytes that are no text of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecodable {
    /// `NotUtf8` or `TooLarge`.
    pub kind: SyntaxErrorKind,
    /// The first bad byte, or the limit.
    pub offset: usize,
}

/// The text of a file.
pub fn decode(bytes: &[u8]) -> Result<&str, Undecodable> {
    if bytes.len() > MAX_BYTES {
        return Err(Undecodable {
            kind: SyntaxErrorKind::TooLarge,
            offset: MAX_BYTES,
        });
    }
    std::str::from_utf8(bytes).map_err(|error| Undecodable {
        kind: SyntaxErrorKind::NotUtf8,
        offset: error.valid_up_to(),
    })
}

/// A text as read, before errors that follow from others are left out.
pub(crate) struct Raw {
    /// The tree.
    pub(crate) file: File,
    /// The errors, in the order in which they were found.
    pub(crate) errors: Vec<SyntaxError>,
    /// Every error was explained, and cheaply.
    pub(crate) frugal: bool,
}

/// Reads a source. Never fails: what is wrong is in `errors`.
pub fn parse(source: &Source) -> Parsed {
    let raw = raw(source);
    Parsed {
        file: raw.file,
        errors: tidy(source, raw.errors),
    }
}

/// The same, with all errors.
pub(crate) fn raw(source: &Source) -> Raw {
    halves::read(source).unwrap_or_else(|| whole(source))
}

/// The same, on this thread.
pub(crate) fn whole(source: &Source) -> Raw {
    if source.text.len() > MAX_BYTES {
        return too_large(source);
    }
    limit();
    let scanned = scan::scan(source);
    on_stack(scanned.nesting, || read(source, scanned))
        .unwrap_or_else(|| nothing(source, vec![too_complex(source)]))
}

/// A text that cannot be read at all.
fn nothing(source: &Source, errors: Vec<SyntaxError>) -> Raw {
    Raw {
        file: Reader::new(source, "", &[]).empty_file(),
        errors,
        frugal: false,
    }
}

/// The items that stand alone between two bytes of a source. `None` if something is wrong with
/// them: what and where, says `parse`.
pub fn items(source: &Source, at: Range<usize>) -> Option<Vec<Item>> {
    let (base, text) = (at.start, source.text.get(at)?);
    limit();
    let scanned = scan::scan(&Source::new(source.id, Arc::clone(&source.name), text));
    let nesting = scanned.nesting;
    on_stack(nesting, || {
        let reader = Reader::new(source, &scanned.text, &scanned.docs).starting(base);
        let sound = scanned.errors.is_empty() && !scanned.too_deep;
        let pair = Grammar::parse(Rule::file, &scanned.text).ok()?.next()?;
        let items = reader.file(pair).items;
        (sound && reader.finish().is_empty()).then_some(items)
    })
    .flatten()
}

fn limit() {
    static LIMIT: Once = Once::new();
    LIMIT.call_once(|| pest::set_call_limit(NonZeroUsize::new(MAX_CALLS)));
}

/// Runs what recurses into a text with brackets nested that deep. Deep nesting is read on a
/// stack that surely holds it.
pub(crate) fn on_stack<T: Send>(
    nesting: usize,
    work: impl FnOnce() -> T + Send,
) -> Option<T> {
    if nesting <= SMALL_NESTING {
        return Some(work());
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(BIG_STACK);
        let working = thread.spawn_scoped(scope, work);
        working.ok().and_then(|working| working.join().ok())
    })
}

fn read(source: &Source, scanned: Scan) -> Raw {
    let reader = Reader::new(source, &scanned.text, &scanned.docs);
    let mut errors = scanned.errors;
    if scanned.too_deep {
        return nothing(source, errors);
    }
    let pairs = Grammar::parse(Rule::file, &scanned.text);
    let Some(pair) = pairs.ok().and_then(|mut pairs| pairs.next()) else {
        errors.push(too_complex(source));
        return nothing(source, errors);
    };
    let file = reader.file(pair);
    let frugal = reader.was_frugal();
    errors.extend(reader.finish());
    Raw {
        file,
        errors,
        frugal,
    }
}

fn too_large(source: &Source) -> Raw {
    let reader = Reader::new(source, "", &[]);
    let error = SyntaxError::new(
        SyntaxErrorKind::TooLarge,
        reader.place(0, 0),
        "the file is too large",
        format!("it has {} bytes", source.text.len()),
    );
    let error = error.help(format!(
        "a file has at most {} MiB: split it into modules",
        MAX_BYTES >> 20
    ));
    nothing(source, vec![error])
}

fn too_complex(source: &Source) -> SyntaxError {
    let reader = Reader::new(source, "", &[]);
    SyntaxError::new(
        SyntaxErrorKind::TooDeep,
        reader.place(0, 0),
        "this file is too complex to read",
        "given up",
    )
    .help("split it into modules")
}

/// Errors by place, consequences of others left out, at most `MAX_ERRORS`.
pub(crate) fn tidy(source: &Source, mut errors: Vec<SyntaxError>) -> Vec<SyntaxError> {
    errors.sort_by_key(|error| (error.span.start, error.span.end));
    errors.dedup();
    let taken = lines_with_reserved(source, &errors);
    let strings = errors
        .iter()
        .filter(|error| error.kind == SyntaxErrorKind::OpenString);
    let strings: Vec<u32> = strings.map(|error| error.span.start).collect();
    let open: Vec<usize> = strings.iter().map(|at| source.position(*at).0).collect();
    let mut last_line = 0;
    errors.retain(|error| {
        if error.kind == SyntaxErrorKind::StrayDoc {
            return true;
        }
        let (line, _) = source.position(error.span.start);
        let related = error.related.as_ref();
        let opens = related.map(|(span, _)| source.position(span.start).0);
        // A bracket may be in the string that is not closed, a word in a name not to be had;
        // what cannot be such a string need not be told of it.
        let lost = error.kind == SyntaxErrorKind::MissingClose
            && opens.is_some_and(|line| open.contains(&line))
            || error.kind == SyntaxErrorKind::Unexpected && taken.contains(&line)
            || error.kind != SyntaxErrorKind::OpenString
                && strings.contains(&error.span.start);
        if lost {
            return false;
        }
        let follows = line == last_line
            && matches!(
                error.kind,
                SyntaxErrorKind::Unexpected | SyntaxErrorKind::NoEffect
            );
        last_line = line;
        !follows
    });
    for title in ONCE {
        join(&mut errors, title);
    }
    if errors.len() > MAX_ERRORS {
        let rest = errors.split_off(MAX_ERRORS);
        errors.extend(rest.first().map(|next| {
            let title = format!("more than {MAX_ERRORS} errors");
            SyntaxError::new(
                SyntaxErrorKind::TooMany,
                next.span,
                title,
                "the rest is not shown",
            )
        }));
    }
    errors
}

/// What is said once of a file, however often it is wrong.
const ONCE: [&str; 4] = [
    scan::LABEL,
    scan::SEMICOLON,
    crate::recover::COLON_BLOCK,
    crate::read::SCOPE,
];

/// Keeps the first error of that title, with the edits of all.
fn join(errors: &mut Vec<SyntaxError>, title: &str) {
    let mut edits = Vec::new();
    let mut count = 0_usize;
    errors.retain_mut(|error| {
        if error.title != title {
            return true;
        }
        count += 1;
        edits.append(&mut error.fix);
        count == 1
    });
    let Some(first) = errors.iter_mut().find(|error| error.title == title) else {
        return;
    };
    first.fix = edits;
    if count > 1 && !first.fix.is_empty() {
        // The edits say what to do.
        first.help = None;
    }
}

/// The lines with reserved words that were taken as names: what is wrong there is gone once
/// the name is changed.
fn lines_with_reserved(source: &Source, errors: &[SyntaxError]) -> Vec<usize> {
    let taken: Vec<&str> = errors
        .iter()
        .filter(|error| error.kind == SyntaxErrorKind::ReservedName)
        .map(|error| source.slice(error.span.start, error.span.end))
        .collect();
    if taken.is_empty() {
        return Vec::new();
    }
    let has = |line: &str| {
        let mut words =
            line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words.any(|word| taken.contains(&word))
    };
    let lines = source.text.lines().zip(1..);
    lines
        .filter_map(|(line, n)| has(line).then_some(n))
        .collect()
}
