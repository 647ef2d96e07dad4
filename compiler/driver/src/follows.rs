//! What only follows from another error: it is left out of reports.

use std::collections::BTreeSet;

use theus_diag::{Code, Diagnostic, Severity};
use theus_grammar::{Source, Span};

use crate::modules::Modules;

/// Names that nothing declares: perhaps text that could not be read does.
const UNKNOWN: &[Code] = &[
    Code::UnknownName,
    Code::UnknownField,
    Code::UnknownType,
    Code::UnknownProcess,
    Code::UnknownError,
    Code::UnknownVariant,
    Code::UnknownMethod,
    Code::UnknownPipeline,
    Code::UnknownEntry,
];

/// Verdicts on an item as a whole: not to be had where a part of it could not be read.
const WHOLE: &[Code] = &[
    Code::MissingReturn,
    Code::MissingCase,
    Code::UndeclaredRead,
    Code::UndeclaredWrite,
    Code::UndeclaredRaise,
    Code::UndeclaredTick,
    Code::UnhandledError,
    Code::SwapPart,
];

/// A code and another one that says the same of an item: the second is left out.
const SAME: &[(Code, Code)] = &[
    // The name in the handler was meant for the error.
    (Code::UnknownError, Code::UnhandledError),
    (Code::MetaRead, Code::UnusedOutput),
    (Code::ClauseOrder, Code::UnusedOutput),
];

/// The diagnostics, in their order, without those that go away when another one does.
pub(crate) fn independent(found: Vec<Diagnostic>, modules: &Modules) -> Vec<Diagnostic> {
    if found.len() < 2 {
        return found;
    }
    let unread = Unread::of(modules);
    let causes: BTreeSet<(Code, Option<Span>)> = found
        .iter()
        .filter(|found| SAME.iter().any(|(cause, _)| *cause == found.code))
        .map(|found| (found.code, item(modules, found.primary.span)))
        .collect();
    let mut told = BTreeSet::new();
    let mut last = None;
    let mut kept = found;
    kept.retain(|found| {
        let span = found.primary.span;
        if unread.explains(found, modules) {
            return false;
        }
        // The rest of a statement that has been told of.
        let line =
            source(modules, span).map(|one| (span.file, one.position(span.start).0));
        let before = last.replace(line);
        if found.code == Code::NoEffect && before == Some(line) {
            return false;
        }
        let item = item(modules, span);
        let mut same = SAME.iter().filter(|(_, other)| *other == found.code);
        if same.any(|(cause, _)| causes.contains(&(*cause, item))) {
            return false;
        }
        // `inputs host` says it of all that follows.
        let host = || (item, "host".to_owned());
        if found.code == Code::HostRead {
            let whole = text(modules, span) == "host";
            let known = told.contains(&host());
            if whole {
                told.insert(host());
            }
            return !known;
        }
        // One name that is missing is told once in each item.
        !matches!(found.code, Code::UnknownName | Code::UnknownEntry)
            || told.insert((item, text(modules, span).to_owned()))
    });
    kept
}

/// The text that nobody could read.
#[derive(Default)]
struct Unread {
    /// File and line of each part.
    lines: BTreeSet<(u32, usize)>,
    /// The words in it.
    words: BTreeSet<String>,
    /// The items with such text.
    items: BTreeSet<Span>,
}

impl Unread {
    fn of(modules: &Modules) -> Self {
        let mut out = Self::default();
        for module in &modules.parsed {
            for span in &module.file.unread {
                out.add(modules, *span);
            }
        }
        out
    }

    fn add(&mut self, modules: &Modules, span: Span) {
        let Some(source) = source(modules, span) else {
            return;
        };
        let (first, last) = (source.position(span.start).0, source.position(span.end).0);
        self.lines
            .extend((first..=last).map(|line| (span.file.0, line)));
        let letter = |letter: char| letter.is_alphanumeric() || letter == '_';
        let words = text(modules, span).split(|one| !letter(one));
        self.words.extend(words.map(str::to_owned));
        self.items.extend(item(modules, span));
    }

    /// Whether what was found comes from such text.
    fn explains(&self, found: &Diagnostic, modules: &Modules) -> bool {
        let span = found.primary.span;
        let Some(source) = source(modules, span) else {
            return false;
        };
        if self.lines.is_empty() || found.code.id().starts_with("T01") {
            return false;
        }
        let line = (span.file.0, source.position(span.start).0);
        let judged = WHOLE.contains(&found.code) || found.severity() == Severity::Warning;
        self.lines.contains(&line)
            || UNKNOWN.contains(&found.code) && self.words.contains(text(modules, span))
            || judged
                && item(modules, span).is_some_and(|item| self.items.contains(&item))
    }
}

fn source(modules: &Modules, span: Span) -> Option<&Source> {
    modules.sources.get(span.file.0 as usize)
}

fn text(modules: &Modules, span: Span) -> &str {
    source(modules, span).map_or("", |source| source.slice(span.start, span.end))
}

/// The item in which a place is.
fn item(modules: &Modules, span: Span) -> Option<Span> {
    let mut modules = modules.parsed.iter();
    let module = modules.find(|module| module.file.span.file == span.file)?;
    let mut items = module.file.items.iter().map(|item| item.span);
    items.find(|item| item.start <= span.start && span.start < item.end)
}
