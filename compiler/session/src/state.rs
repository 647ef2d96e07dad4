//! What cells have declared, and the program that it makes with one more cell.

use std::ops::Range;
use std::sync::Arc;

use theus::Report;
use theus_grammar::{FileId, Source};

use crate::compose::{CellText, Composed};
use crate::kept::{self, IT, Kept};
use crate::split::{Parts, split};

/// An item of some cell.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) key: String,
    pub(crate) is_test: bool,
    pub(crate) cell: CellText,
    pub(crate) range: Range<usize>,
}

impl Item {
    pub(crate) fn text(&self) -> &str {
        self.cell.given.get(self.range.clone()).unwrap_or_default()
    }
}

/// What cells have declared.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) items: Vec<Item>,
    pub(crate) kept: Vec<Kept>,
}

impl State {
    pub(crate) fn declare(&mut self, item: &crate::split::Item, cell: &CellText) {
        let new = Item {
            key: item.key.clone(),
            is_test: item.is_test,
            cell: cell.clone(),
            range: item.range.clone(),
        };
        match self.items.iter_mut().find(|old| old.key == item.key) {
            Some(old) => *old = new,
            None => self.items.push(new),
        }
    }

    /// Keeps a value; one of the same name and another type gets another field.
    pub(crate) fn keep(&mut self, one: Kept, number: u64) {
        let known = self.kept.iter().position(|old| old.name == one.name);
        let old = known.map(|at| self.kept.remove(at));
        let field = match &old {
            Some(old) if old.ty == one.ty => old.field.clone(),
            Some(_) => format!("{}_{number}", one.name),
            None => one.name.clone(),
        };
        let preserved = one.preserved || old.is_some_and(|old| old.preserved);
        self.kept.push(Kept {
            field,
            preserved,
            ..one
        });
    }
}

/// How the value at the end of a cell is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Last {
    /// It is left out, or there is none.
    Nothing,
    /// As a value.
    Value,
    /// As a statement.
    Statement,
}

/// Reads a cell.
pub(crate) fn read(text: &str, number: u64) -> Result<(CellText, Parts), Box<Report>> {
    let name: Arc<str> = format!("cell {number}").into();
    let mut plain = text.to_owned();
    match split(&mut plain) {
        Ok(parts) => {
            let cell = CellText {
                name,
                given: text.into(),
                plain: plain.into(),
            };
            Ok((cell, parts))
        }
        Err(found) => Err(Box::new(Report {
            found,
            sources: vec![Source::new(FileId(0), name, text)],
        })),
    }
}

/// The program of a cell: `before` are the values that it finds, `stores` the names of those
/// that it leaves.
pub(crate) fn compose(
    state: &State,
    before: &[Kept],
    (cell, parts): (&CellText, &Parts),
    last: Last,
    stores: &[String],
) -> Composed {
    let mut out = Composed::of(cell);
    for item in &state.items {
        let is_new = Arc::ptr_eq(&item.cell.given, &cell.given);
        if !item.is_test || is_new {
            out.part(&item.cell, item.range.clone());
            out.own("\n");
        }
    }
    out.own(&kept::context(before, &state.kept));
    out.own("test \"cell\" {\n");
    let end = parts
        .value
        .as_ref()
        .map_or(parts.body.end, |value| value.end);
    let words = cell.plain.get(parts.body.start..end).unwrap_or_default();
    out.own(&kept::prologue(before, words));
    out.part(cell, parts.body.clone());
    out.own("\n");
    match (last, parts.value.clone()) {
        (Last::Value, Some(value)) => {
            out.own(&format!("let {IT} = (\n"));
            out.part(cell, value);
            out.own("\n)\n");
        }
        (Last::Statement, Some(value)) => {
            out.part(cell, value);
            out.own("\n");
        }
        _ => {}
    }
    let changes = before.iter().filter(|one| one.mutable);
    let changes = changes.filter(|one| kept::names(words, &one.name));
    let mut names: Vec<String> = changes.map(|one| one.name.clone()).collect();
    names.extend_from_slice(stores);
    out.own(&kept::epilogue(&state.kept, &names));
    out.own("}\n");
    out
}
