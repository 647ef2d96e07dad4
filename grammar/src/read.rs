//! The reader: parse tree to syntax tree. It takes the wide form that the grammar accepts and
//! says what is wrong with it in terms of meaning.

mod audit;
mod expr;
mod flow;
mod hole;
mod item;
mod later;
mod literal;
mod member;
mod modes;
mod number;
mod operand;
mod pattern;
mod process;
mod sequence;
mod session;
mod stmt;
mod stmt_block;
mod ty;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

pub(crate) use process::is_clause_word;

use crate::ast::{File, Name, Path};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::rules::{Pair, Rule, is_mark};
use crate::scan::Doc;
use crate::source::Source;
use crate::span::Span;

/// Limit of the height of an expression, and of chains that nest without brackets.
pub(crate) const MAX_HEIGHT: u32 = 512;
/// The title for `::`: said once of a file.
pub(crate) const SCOPE: &str = "paths are written with `.`";
/// How rules of sessions are written.
pub(crate) const TRIGGERS: &str = "write `every 100 cells { clean }`, `pressure > 0.8 { clean }` or `idle 5min { clean }`";
/// Bytes that may be read a second time however short the text is.
const RESERVE: usize = 64 << 10;
/// How many errors of one file are kept.
pub(crate) const MAX_ERRORS: usize = 100;

/// Reads one parse tree.
pub(crate) struct Reader<'s> {
    /// The file.
    pub(crate) source: &'s Source,
    /// The mended text that was parsed.
    pub(crate) text: &'s str,
    docs: &'s [Doc],
    /// Which lines of documentation found their place.
    used: RefCell<Vec<bool>>,
    errors: RefCell<Vec<SyntaxError>>,
    /// What could not be read.
    unread: RefCell<Vec<Span>>,
    /// Height of the expressions read since it was last set to 0.
    height: Cell<u32>,
    /// Where the text that is read starts in the file: not at 0 in a part or inside a string.
    base: Cell<usize>,
    /// Bytes that may still be read a second time, to explain errors.
    again: Cell<usize>,
}

impl<'s> Reader<'s> {
    /// A reader of a mended text.
    pub(crate) fn new(source: &'s Source, text: &'s str, docs: &'s [Doc]) -> Self {
        Self {
            source,
            text,
            docs,
            used: RefCell::new(vec![false; docs.len()]),
            errors: RefCell::new(Vec::new()),
            unread: RefCell::new(Vec::new()),
            height: Cell::new(0),
            base: Cell::new(0),
            again: Cell::new(2 * text.len() + RESERVE),
        }
    }

    /// The same, for a text that starts there in the file.
    pub(crate) fn starting(self, base: usize) -> Self {
        self.base.set(base);
        self
    }

    /// Adds an error; beyond a generous number they are dropped.
    pub(crate) fn report(&self, error: SyntaxError) {
        let mut errors = self.errors.borrow_mut();
        if errors.len() < 4 * MAX_ERRORS {
            errors.push(error);
        }
    }

    /// Notes text that nobody could read: what is said of it later follows from that.
    pub(crate) fn lose(&self, span: Span) {
        self.unread.borrow_mut().push(span);
    }

    /// Whether that is a part of what nobody could read.
    fn is_lost(&self, span: Span) -> bool {
        let unread = self.unread.borrow();
        let within = |lost: &Span| lost.start < span.start && span.end <= lost.end;
        unread.iter().rev().take(8).any(within)
    }

    /// Whether what begins there was only read in part.
    fn is_part(&self, span: Span) -> bool {
        let unread = self.unread.borrow();
        unread.iter().any(|lost| lost.start == span.start)
    }

    /// Whether more errors are of no use.
    pub(crate) fn is_full(&self) -> bool {
        self.errors.borrow().len() >= 2 * MAX_ERRORS
    }

    /// Whether so many bytes may be read a second time: errors at every level of nesting would
    /// otherwise cost a reading each.
    pub(crate) fn may_read_again(&self, bytes: usize) -> bool {
        let left = self.again.get().checked_sub(bytes);
        self.again.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Whether no more was read a second time than a part of any longer text may be.
    pub(crate) fn was_frugal(&self) -> bool {
        self.again.get() >= RESERVE
    }

    /// The errors found.
    pub(crate) fn finish(self) -> Vec<SyntaxError> {
        self.stray_docs();
        self.errors.into_inner()
    }

    /// A file without items.
    pub(crate) fn empty_file(&self) -> File {
        File {
            docs: Vec::new(),
            items: Vec::new(),
            span: self.place(0, self.source.text.len()),
            unread: Vec::new(),
        }
    }

    /// The span of two byte offsets, cut to the source.
    pub(crate) fn place(&self, start: usize, end: usize) -> Span {
        let most = self.source.text.len();
        Span::new(self.source.id, start.min(most) as u32, end.min(most) as u32)
    }

    /// The span of a pair, without the blanks that the grammar leaves at its end.
    fn span(&self, pair: &Pair<'_>) -> Span {
        let start = self.base.get() + pair.as_span().start();
        self.place(start, start + pair.as_str().trim_end().len())
    }

    fn name(&self, pair: &Pair<'_>) -> Name {
        Name {
            text: Arc::from(pair.as_str().trim_end()),
            span: self.span(pair),
        }
    }

    /// A name that is declared; reserved words are reported.
    fn decl(&self, pair: &Pair<'_>) -> Name {
        let name = self.name(pair);
        self.declared(&name);
        name
    }

    /// Reports a reserved word that is to name something.
    fn declared(&self, name: &Name) {
        if is_reserved(&name.text) {
            let title = format!("`{}` is a reserved word", name.text);
            let error = SyntaxError::new(
                SyntaxErrorKind::ReservedName,
                name.span,
                title,
                "it cannot name anything here",
            );
            self.report(
                error.help(format!("choose another name, such as `{}_`", name.text)),
            );
        }
    }

    /// A dotted path.
    fn path(&self, pair: Pair<'_>) -> Path {
        let span = self.span(&pair);
        let mut words = Vec::new();
        for word in pair.into_inner() {
            if word.as_rule() == Rule::scope {
                self.scope(&word);
            } else {
                words.push(self.name(&word));
            }
        }
        Path { words, span }
    }

    /// `::`: reported.
    fn scope(&self, pair: &Pair<'_>) {
        let span = self.span(pair);
        let error = SyntaxError::new(
            SyntaxErrorKind::ForeignOperator,
            span,
            SCOPE,
            "not an operator of Theus",
        );
        self.report(error.fix(span, "."));
    }

    /// Lines of `///` that end where `start` begins, blanks apart.
    fn docs_before(&self, start: u32) -> Vec<String> {
        let mut found = Vec::new();
        let mut start = (start as usize).saturating_sub(self.base.get());
        let mut index = self.docs.partition_point(|doc| doc.end <= start);
        while let Some(doc) = index.checked_sub(1).and_then(|index| self.docs.get(index))
        {
            let between = self.text.get(doc.end..start).unwrap_or("x");
            if doc.module || !between.trim_start().is_empty() {
                break;
            }
            index -= 1;
            if let Some(used) = self.used.borrow_mut().get_mut(index) {
                *used = true;
            }
            found.push(doc.text.clone());
            start = doc.start;
        }
        found.reverse();
        found
    }

    /// `//!` lines before the first item.
    fn module_docs(&self, first: usize) -> Vec<String> {
        let mut used = self.used.borrow_mut();
        let docs = self.docs.iter().zip(used.iter_mut());
        let docs = docs.filter(|(doc, _)| doc.module && doc.start < first);
        docs.map(|(doc, used)| {
            *used = true;
            doc.text.clone()
        })
        .collect()
    }

    fn stray_docs(&self) {
        let used = self.used.borrow();
        let mut last = None;
        for (doc, used) in self.docs.iter().zip(used.iter()) {
            // One warning for neighbouring lines.
            let joined = last.is_some_and(|end| {
                self.text
                    .get(end..doc.start)
                    .is_some_and(|gap| gap.trim().is_empty())
            });
            if !*used {
                last = Some(doc.end);
            }
            if *used || joined {
                continue;
            }
            let mark = self.place(doc.start, doc.start + 3);
            let (title, help) = if doc.module {
                ("`//!` stands before the first item only", "write `//`")
            } else {
                (
                    "this `///` documents nothing",
                    "write `//`, or move it before an item, a field or a variant",
                )
            };
            self.report(
                SyntaxError::new(
                    SyntaxErrorKind::StrayDoc,
                    mark,
                    title,
                    "a plain comment here",
                )
                .help(help)
                .fix(mark, "//"),
            );
        }
    }

    /// Runs `read` and gives how high the expressions in it are.
    fn measure<T>(&self, read: impl FnOnce() -> T) -> (T, u32) {
        let before = self.height.replace(0);
        let value = read();
        let height = self.height.get();
        self.height.set(before);
        (value, height)
    }

    /// Notes a part of that height; false (and reported) if it is over the limit.
    fn grow(&self, height: u32, span: Span) -> bool {
        if height > MAX_HEIGHT {
            self.too_deep(span);
            return false;
        }
        self.height.set(self.height.get().max(height));
        true
    }

    fn too_deep(&self, span: Span) {
        let error = SyntaxError::new(
            SyntaxErrorKind::TooDeep,
            span,
            format!("this is more than {MAX_HEIGHT} levels deep"),
            "too long a chain, or nested too deep",
        );
        self.report(error.help("split it with `let`, or move a part into a function"));
    }
}

/// The inner pairs that carry something.
fn inner(pair: Pair<'_>) -> impl Iterator<Item = Pair<'_>> {
    pair.into_inner().filter(|pair| !is_mark(pair.as_rule()))
}

/// Words that cannot name locals, functions, types, contexts, processes.
const RESERVED: &[&str] = &[
    "context", "process", "pipeline", "contract", "struct", "enum", "const", "fn", "use",
    "audit", "alert", "port", "test", "property", "bench", "sweep", "inputs", "outputs",
    "requires", "ensures", "errors", "effects", "deadline", "budget", "each", "cached",
    "mode", "let", "var", "if", "else", "match", "for", "while", "return", "raise",
    "break", "continue", "try", "assert", "run", "and", "or", "not", "in", "as", "is",
    "implies", "true", "false", "none",
];

/// Words that cannot name processes and pipelines either.
pub(crate) const FLOW_WORDS: &[&str] = &[
    "when", "repeat", "every", "on", "sink", "source", "atomic", "par", "enter", "stop",
    "skip", "drop", "fail", "reset",
];

/// Whether a word is reserved where locals, functions, types … are named.
pub(crate) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}
