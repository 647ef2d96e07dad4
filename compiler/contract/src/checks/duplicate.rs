//! A contract names each thing once.

use indexmap::IndexMap;
use theus_abi::hash::Quick;
use theus_diag::{Code, Diagnostic, Sink};
use theus_hir::Typed;
use theus_hir::item::{Entry, Process, Target};

use crate::Cx;
use crate::edit::{Clause, offer_removal};
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for (_, process) in cx.typed.written_processes() {
        entries(cx.typed, process, Clause::Inputs, sink);
        entries(cx.typed, process, Clause::Outputs, sink);
    }
}

/// Entries that another entry of the list makes needless, with that one.
pub(crate) fn duplicates(typed: &Typed, entries: &[Entry]) -> IndexMap<usize, usize> {
    let mut first = IndexMap::<_, _, Quick>::default();
    for (at, entry) in entries.iter().enumerate() {
        first.entry(key(&entry.target)).or_insert(at);
    }
    let mut found = IndexMap::new();
    for (at, entry) in entries.iter().enumerate() {
        if entry.target == Target::Error {
            continue;
        }
        let mut wider = wider(typed, &entry.target).into_iter();
        if let Some(other) =
            wider.find_map(|key| first.get(&key).filter(|other| **other != at))
        {
            found.insert(at, *other);
        }
    }
    found
}

/// What an entry names, as a key: context or field (or -1, -2), then members.
type Key = (bool, i64, Vec<u32>);

fn key(target: &Target) -> Key {
    match target {
        Target::Context(context) => (true, i64::from(context.as_u32()), Vec::new()),
        Target::Field(field, members) => {
            (false, i64::from(field.as_u32()), members.clone())
        }
        Target::Tick => (false, -1, Vec::new()),
        Target::Random => (false, -2, Vec::new()),
        Target::Error => (false, -3, Vec::new()),
    }
}

/// The keys of all entries that would cover this one, the widest first.
fn wider(typed: &Typed, target: &Target) -> Vec<Key> {
    let Target::Field(field, members) = target else {
        return vec![key(target)];
    };
    let context = Target::Context(typed.fields[*field].context);
    let heads = (0..=members.len()).map(|count| {
        Target::Field(*field, members.iter().take(count).copied().collect())
    });
    std::iter::once(context)
        .chain(heads)
        .map(|target| key(&target))
        .collect()
}

fn entries(typed: &Typed, process: &Process, clause: Clause, sink: &mut Sink) {
    let entries = clause.entries(process);
    for (at, other) in duplicates(typed, entries) {
        let (Some(entry), Some(other)) = (entries.get(at), entries.get(other)) else {
            continue;
        };
        let (name, wide) = (
            show::target(typed, &entry.target),
            show::target(typed, &other.target),
        );
        let title = match name == wide {
            true => format!("`{name}` stands twice in the {}", clause.word()),
            false => format!("`{name}` is already named by `{wide}`"),
        };
        let found = Diagnostic::new(Code::DuplicateEntry, entry.span, "needless")
            .title(title)
            .label(other.span, "this names it already")
            .help(format!("remove `{name}`"));
        sink.push(offer_removal(found, process, clause, at, &name));
    }
}
