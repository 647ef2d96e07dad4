//! A text that has changed a little: items that stand as they stood are not read again,
//! whatever is wrong between or around them.
//!
//! What comes out is what `parse` gives. The scan is in its first state wherever a word begins
//! an item and its line (`starts_anew`), and the grammar keeps nothing from one item to the next.
//! So the piece from one such item before the change to the end of another after it is read
//! alone, as a text of its own: what stands before the first does not depend on what follows its
//! first two words, and what stands behind the second, which ends with the `}` of its rule, does
//! not depend on what is before. Both are read again and must still be there: a bracket, a quote
//! or half an item between them may have swallowed them.

use std::sync::Arc;

use crate::ast::File;
use crate::ast::item::{Item, ItemKind, TestKind};
use crate::ast::shift::Shift;
use crate::error::SyntaxError;
use crate::parse::{self, MAX_BYTES, Raw};
use crate::read::MAX_ERRORS;
use crate::scan::starts_anew;
use crate::source::Source;
use crate::span::Span;

/// A text, its tree, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Known {
    text: Arc<str>,
    file: Arc<File>,
    errors: Vec<SyntaxError>,
    /// The same, with those that follow from others.
    all: Vec<SyntaxError>,
}

/// What is read again: between two bytes of the old text, and of the new one.
struct Piece {
    /// The item that it begins with, if that is not the beginning of the file.
    first: Option<usize>,
    /// The item that it ends with, if that is not the end of the file.
    last: Option<usize>,
    start: usize,
    old_stop: usize,
    stop: usize,
    /// What the new text has more than the old one, modulo 2³².
    grown: u32,
}

impl Known {
    /// Reads a text from its beginning to its end: what `parse` gives.
    pub fn read(source: &Source) -> Self {
        let raw = parse::raw(source);
        Self::new(source, raw.file, raw.errors)
    }

    fn new(source: &Source, file: File, all: Vec<SyntaxError>) -> Self {
        Self {
            text: Arc::clone(&source.text),
            file: Arc::new(file),
            errors: parse::tidy(source, all.clone()),
            all,
        }
    }

    /// The text.
    pub const fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Its tree.
    pub const fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// What is wrong with it.
    pub fn errors(&self) -> &[SyntaxError] {
        &self.errors
    }

    /// Another text of the same file. `None` where little of it is the same, or that is not
    /// sure: it must be read from its beginning.
    pub fn anew(&self, source: &Source) -> Option<Self> {
        if source.text.len() > MAX_BYTES || self.file.span.file != source.id {
            return None;
        }
        let piece = self.piece(source.text.as_bytes())?;
        let text = source.text.get(piece.start..piece.stop)?;
        let alone = Source::new(source.id, Arc::clone(&source.name), text);
        let mut read = parse::raw(&alone);
        if !read.frugal || !self.is_whole(&piece, &read) {
            return None;
        }
        read.file.items.shift(u32::try_from(piece.start).ok()?);
        read.file.unread.shift(u32::try_from(piece.start).ok()?);
        read.errors.shift(u32::try_from(piece.start).ok()?);
        let all = piece.around(&self.all, read.errors, |error| error.span);
        if all.len() >= MAX_ERRORS {
            return None;
        }
        let unread = piece.around(&self.file.unread, read.file.unread, |span| *span);
        let items = self.items(&piece, read.file.items)?;
        let docs = match piece.first {
            Some(_) => self.file.docs.clone(),
            None => read.file.docs,
        };
        let length = u32::try_from(source.text.len()).ok()?;
        let file = File {
            docs,
            items,
            span: Span::new(source.id, 0, length),
            unread,
        };
        Some(Self::new(source, file, all))
    }

    /// What must be read again when the text is `new`.
    fn piece(&self, new: &[u8]) -> Option<Piece> {
        let old = self.text.as_bytes();
        let most = old.len().min(new.len());
        let pairs = old.iter().zip(new);
        let before = pairs.take_while(|(old, new)| old == new).count();
        let pairs = old.iter().rev().zip(new.iter().rev()).take(most - before);
        let after = old.len() - pairs.take_while(|(old, new)| old == new).count();
        let items = &self.file.items;
        let first = items.partition_point(|item| end(item) <= before);
        let first = items.get(..first)?.iter().rposition(|item| {
            !matches!(item.kind, ItemKind::Bad) && starts_anew(&self.text, start(item))
        });
        // The end of the line before it is the same too.
        let last = items.partition_point(|item| start(item) <= after);
        let rest = items.get(last..)?.iter();
        let found = rest.clone().position(|item| {
            ends(item)
                && starts_anew(&self.text, start(item))
                && is_clean(&self.all, &self.file.unread, item.span)
        });
        let last = found.map(|found| last + found);
        if first.is_none() && last.is_none() {
            return None;
        }
        let grown = new.len().wrapping_sub(old.len());
        let old_stop = last.and_then(|last| items.get(last)).map_or(old.len(), end);
        Some(Piece {
            first,
            last,
            start: first.and_then(|first| items.get(first)).map_or(0, start),
            old_stop,
            stop: old_stop.wrapping_add(grown),
            grown: u32::try_from(grown & 0xffff_ffff).ok()?,
        })
    }

    /// Whether what was read alone begins and ends with the items that it is to.
    fn is_whole(&self, piece: &Piece, read: &Raw) -> bool {
        let known = |at: Option<usize>| at.and_then(|at| self.file.items.get(at));
        let (first, last) = (read.file.items.first(), read.file.items.last());
        let begins = known(piece.first).is_none_or(|_| {
            let is =
                |item: &Item| start(item) == 0 && !matches!(item.kind, ItemKind::Bad);
            first.is_some_and(is)
        });
        let closes = known(piece.last).is_none_or(|known| {
            last.is_some_and(|last| {
                let length = known.span.end - known.span.start;
                ends(last)
                    && end(last) == piece.stop - piece.start
                    && last.span.end - last.span.start == length
                    && is_clean(&read.errors, &read.file.unread, last.span)
            })
        });
        begins && closes
    }

    /// The items before a piece, those of it, and those behind it at their new places.
    fn items(&self, piece: &Piece, mut read: Vec<Item>) -> Option<Vec<Item>> {
        let items = &self.file.items;
        let mut all = Vec::with_capacity(items.len() + read.len());
        if let Some(first) = piece.first {
            all.extend_from_slice(items.get(..first)?);
            // What is said of it stands before the piece.
            read.first_mut()?.docs.clone_from(&items.get(first)?.docs);
        }
        all.append(&mut read);
        if let Some(last) = piece.last {
            let from = all.len();
            all.extend_from_slice(items.get(last + 1..)?);
            let moved = all.get_mut(from..)?;
            moved.iter_mut().for_each(|item| item.shift(piece.grown));
        }
        Some(all)
    }
}

impl Piece {
    /// What was found before the piece, what was read in it, and what was found behind it.
    fn around<T: Clone + Shift>(
        &self,
        old: &[T],
        read: Vec<T>,
        place: impl Fn(&T) -> Span,
    ) -> Vec<T> {
        let at = |one: &T| place(one).start as usize;
        let before = old
            .iter()
            .filter(|one| self.first.is_some() && at(one) < self.start);
        let behind = old
            .iter()
            .filter(|one| self.last.is_some() && at(one) > self.old_stop);
        let mut behind: Vec<T> = behind.cloned().collect();
        behind.shift(self.grown);
        before.cloned().chain(read).chain(behind).collect()
    }
}

/// Whether nothing is wrong with what stands there, nor right before or behind it.
fn is_clean(errors: &[SyntaxError], unread: &[Span], place: Span) -> bool {
    let touches = |span: Span| span.start <= place.end && place.start <= span.end;
    let mut wrong = errors.iter().map(|error| error.span);
    !wrong.any(touches) && !unread.iter().copied().any(touches)
}

fn start(item: &Item) -> usize {
    item.span.start as usize
}

fn end(item: &Item) -> usize {
    item.span.end as usize
}

/// Whether an item ends with a `}` after which nothing of it can come.
pub(crate) const fn ends(item: &Item) -> bool {
    match &item.kind {
        ItemKind::Struct(_)
        | ItemKind::Enum(_)
        | ItemKind::Context(_)
        | ItemKind::Process(_)
        | ItemKind::Contract(_)
        | ItemKind::Pipeline(_)
        | ItemKind::Audit(_)
        | ItemKind::Alert(_)
        | ItemKind::Session(_) => true,
        ItemKind::Fn(function) => function.body.is_some(),
        // The body of a property may be left out.
        ItemKind::Test(test) => !matches!(test.kind, TestKind::Property),
        ItemKind::Use(_) | ItemKind::Const(_) | ItemKind::Instance(_) | ItemKind::Bad => {
            false
        }
    }
}
