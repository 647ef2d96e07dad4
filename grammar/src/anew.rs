//! A text that has changed a little: items that stand as they stood are not read again.
//!
//! What comes out is what `parse` gives. An item that ends with the `}` of its rule ends there
//! whatever follows: outside of brackets the scan is in its first state again, and the grammar
//! begins its next item. So a text without errors is a row of pieces between such ends, each
//! read alone; those that the change does not touch are the same items, at other places.

use std::sync::Arc;

use crate::ast::File;
use crate::ast::item::{Item, ItemKind, TestKind};
use crate::ast::shift::Shift;
use crate::parse::{MAX_BYTES, part};
use crate::source::Source;
use crate::span::Span;

/// A text without errors, and its tree.
#[derive(Clone, Debug)]
pub struct Sound {
    text: Arc<str>,
    file: Arc<File>,
}

impl Sound {
    /// A text and what `parse` has made of it; there was nothing wrong with it.
    pub fn new(text: Arc<str>, file: Arc<File>) -> Self {
        Self { text, file }
    }

    /// The tree of another text of the same file. `None` where something may be wrong with it,
    /// or little is the same: that is for `parse`.
    pub fn anew(&self, source: &Source) -> Option<File> {
        let (old, new) = (self.text.as_bytes(), source.text.as_bytes());
        if new.len() > MAX_BYTES || self.file.span.file != source.id {
            return None;
        }
        let most = old.len().min(new.len());
        let pairs = old.iter().zip(new);
        let before = pairs.take_while(|(old, new)| old == new).count();
        let pairs = old.iter().rev().zip(new.iter().rev()).take(most - before);
        let after = old.len() - pairs.take_while(|(old, new)| old == new).count();
        let items = &self.file.items;
        // The last item that ends for sure before what has changed.
        let first = items.partition_point(|item| end(item) <= before);
        let first = items.get(..first)?.iter().rposition(ends)? + 1;
        // The first that stands after it as a whole, and ends for sure.
        let rest = items.partition_point(|item| (item.span.start as usize) < after);
        let last = items.get(rest..)?.iter().position(ends);
        let last = last.map(|last| rest + last);
        let start = end(items.get(first - 1)?);
        let grown = new.len().wrapping_sub(old.len());
        let stop = match last {
            Some(last) => end(items.get(last)?).wrapping_add(grown),
            None => new.len(),
        };
        let piece = source.text.get(start..stop)?;
        // At the beginning of a text it would be a mark, and no character.
        if piece.starts_with('\u{feff}') {
            return None;
        }
        let read = part(source, start..stop)?;
        // `//!` is for the beginning of the file.
        let own = read.docs.is_empty() && read.unread.is_empty();
        let closed = last.is_none()
            || read
                .items
                .last()
                .is_some_and(|last| ends(last) && end(last) == stop);
        if !own || !closed {
            return None;
        }
        let mut all = Vec::with_capacity(items.len() + read.items.len());
        all.extend_from_slice(items.get(..first)?);
        all.extend(read.items);
        if let Some(last) = last {
            let from = all.len();
            all.extend_from_slice(items.get(last + 1..)?);
            let by = u32::try_from(grown & 0xffff_ffff).ok()?;
            let moved = all.get_mut(from..)?;
            moved.iter_mut().for_each(|item| item.shift(by));
        }
        Some(File {
            docs: self.file.docs.clone(),
            items: all,
            span: Span::new(source.id, 0, u32::try_from(new.len()).ok()?),
            unread: Vec::new(),
        })
    }
}

fn end(item: &Item) -> usize {
    item.span.end as usize
}

/// Whether an item ends with a `}` after which nothing of it can come.
const fn ends(item: &Item) -> bool {
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
