//! Where a name is used, in all programs; and who may write a field.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use theus_contract::Place;
use theus_grammar::Span;
use theus_hir::item::{Entry, Target};
use theus_hir::{FieldId, Typed};

use crate::index::What;
use crate::programs::Program;
use crate::wire::{Answer, AtPlace, Location, params, value};
use crate::world::World;

/// The uses of the name at a place.
pub(crate) fn answer(world: &mut World, given: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Context {
        include_declaration: bool,
    }
    #[derive(Deserialize)]
    struct Given {
        #[serde(flatten)]
        at: AtPlace,
        context: Context,
    }
    let Given { at, context } = params(given)?;
    let program = world.program(&at.text_document.uri)?;
    let Some(found) = program.name_at(at.position) else {
        return Ok(Value::Null);
    };
    let mut places = BTreeSet::new();
    for (program, declared) in everywhere(world, &program, found.of) {
        let own = context.include_declaration.then_some(declared);
        let all = program.index().uses_of(declared).chain(own);
        places.extend(all.filter_map(|span| world.location(&program, span)));
    }
    Ok(value(places))
}

/// Every program that knows a declaration, with its place there.
pub(crate) fn everywhere(
    world: &mut World,
    program: &Arc<Program>,
    declared: Span,
) -> Vec<(Arc<Program>, Span)> {
    let mut found = vec![(Arc::clone(program), declared)];
    let is_local = matches!(
        program.index().what(declared),
        Some(What::Local(_) | What::Parameter(_) | What::Generic | What::Test)
    );
    if is_local {
        return found;
    }
    let path = program.path(declared.file);
    let library = Program::is_library(declared.file);
    let name = program.text(declared).to_owned();
    for other in world.others(&name) {
        if Arc::ptr_eq(&other, program) {
            continue;
        }
        let file = match (&path, library) {
            (_, true) => Some(declared.file),
            (Some(path), false) => other.file_of(path),
            (None, false) => None,
        };
        let there = file.map(|file| Span { file, ..declared });
        let there = there.filter(|there| other.text(*there) == name);
        found.extend(there.map(|there| (other, there)));
    }
    found
}

/// The uses of the name at a place, in its own file.
pub(crate) fn highlight(world: &mut World, given: Value) -> Answer {
    #[derive(Serialize)]
    struct Highlight {
        range: crate::wire::Range,
        kind: u8,
    }
    let at: AtPlace = params(given)?;
    let program = world.program(&at.text_document.uri)?;
    let Some(found) = program.name_at(at.position) else {
        return Ok(Value::Null);
    };
    let all = program.index().uses_of(found.of).chain([found.of]);
    let own = all.filter(|span| span.file == Program::ROOT);
    let lines = &program.document.lines;
    let mut ranges: Vec<_> = own.map(|span| lines.of(span)).collect();
    ranges.sort_unstable();
    let found: Vec<Highlight> = ranges
        .into_iter()
        .map(|range| Highlight { range, kind: 1 })
        .collect();
    Ok(value(found))
}

/// A process that may write a field.
#[derive(Debug, Serialize)]
struct Writer {
    process: String,
    /// The entry of its contract.
    location: Location,
    /// Whether its body writes it, and where first.
    writes: Option<Location>,
}

/// Who may write the field at a place.
pub(crate) fn writers(world: &mut World, given: Value) -> Answer {
    let at: AtPlace = params(given)?;
    let program = world.program(&at.text_document.uri)?;
    let found = program.name_at(at.position);
    let Some(fields) = found.map(|found| fields_at(&program, found.of)) else {
        return Ok(Value::Null);
    };
    let typed = &program.analysis.typed;
    let mut writers = Vec::new();
    for (id, process) in typed.written_processes() {
        let entry = process
            .outputs
            .iter()
            .find(|entry| fields.iter().any(|field| names(typed, entry, *field)));
        let Some(location) = entry.and_then(|entry| world.location(&program, entry.span))
        else {
            continue;
        };
        let print = program.analysis.footprints.process(id);
        let writes = print.writes.iter().find(|((place, _), _)| {
            fields
                .iter()
                .any(|field| place.overlaps(&Place::field(*field)))
        });
        let writes = writes.and_then(|(_, span)| world.location(&program, *span));
        writers.push(Writer {
            process: process.head.name.to_string(),
            location,
            writes,
        });
    }
    Ok(value(writers))
}

/// The fields that are declared at a place: one for each context of a type.
pub(crate) fn fields_at(program: &Program, declared: Span) -> Vec<FieldId> {
    let fields = program.analysis.typed.fields.iter();
    let own = fields.filter(|(_, field)| field.span == declared);
    own.map(|(id, _)| id).collect()
}

/// Whether an entry names a field, or a part of it.
pub(crate) fn names(typed: &Typed, entry: &Entry, field: FieldId) -> bool {
    match &entry.target {
        Target::Context(context) => typed.fields[field].context == *context,
        Target::Field(named, _) => *named == field,
        Target::Tick | Target::Random | Target::Error => false,
    }
}
