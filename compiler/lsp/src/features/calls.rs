//! Who runs or calls what: pipelines run processes, bodies call functions.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use theus_grammar::Span;

use super::references::everywhere;
use crate::index::What;
use crate::programs::Program;
use crate::wire::{Answer, AtPlace, Range, params, value};
use crate::world::World;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    name: String,
    kind: u8,
    detail: String,
    uri: String,
    range: Range,
    selection_range: Range,
}

#[derive(Deserialize)]
struct OfItem {
    item: Item,
}

/// The item at a place.
pub(crate) fn prepare(world: &mut World, given: Value) -> Answer {
    let at: AtPlace = params(given)?;
    let program = world.program(&at.text_document.uri)?;
    let found = program.name_at(at.position).map(|found| found.of);
    let found = found.filter(|span| is_called(&program, *span));
    let found = found.and_then(|span| item(world, &program, span));
    Ok(value(found.map(|item| vec![item])))
}

fn is_called(program: &Program, declared: Span) -> bool {
    matches!(
        program.index().what(declared),
        Some(What::Fn(_) | What::Process(_) | What::Pipeline)
    )
}

fn item(world: &World, program: &Program, name: Span) -> Option<Item> {
    let declared = program.index().declared.get(&name)?;
    let lines = program.lines(name.file)?;
    Some(Item {
        name: program.text(name).trim_matches('"').to_owned(),
        kind: match declared.word {
            "pipeline" => 2,
            "process" => 5,
            "test" | "property" | "bench" | "alert" => 24,
            _ => 12,
        },
        detail: declared.word.to_owned(),
        uri: world.uri(program, name.file)?,
        range: lines.of(declared.whole.to(name)),
        selection_range: lines.of(name),
    })
}

/// Who runs or calls an item.
pub(crate) fn incoming(world: &mut World, given: Value) -> Answer {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Call {
        from: Item,
        from_ranges: Vec<Range>,
    }
    let OfItem { item: asked } = params(given)?;
    let Some((program, declared)) = found(world, &asked)? else {
        return Ok(Value::Null);
    };
    let mut calls: Vec<Call> = Vec::new();
    for (program, declared) in everywhere(world, &program, declared) {
        let mut places: IndexMap<Span, Vec<Range>> = IndexMap::new();
        for used in program.index().uses_of(declared) {
            let around = program.index().around(used);
            if let (Some(around), Some(lines)) = (around, program.lines(used.file)) {
                places.entry(around).or_default().push(lines.of(used));
            }
        }
        for (around, from_ranges) in places {
            let known = |from: &Item| calls.iter().any(|call| call.from == *from);
            let from = item(world, &program, around).filter(|from| !known(from));
            calls.extend(from.map(|from| Call { from, from_ranges }));
        }
    }
    Ok(value(calls))
}

/// What an item runs or calls.
pub(crate) fn outgoing(world: &mut World, given: Value) -> Answer {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Call {
        to: Item,
        from_ranges: Vec<Range>,
    }
    let OfItem { item: asked } = params(given)?;
    let Some((program, declared)) = found(world, &asked)? else {
        return Ok(Value::Null);
    };
    let mut places: IndexMap<Span, Vec<Range>> = IndexMap::new();
    if let Some(written) = program.index().declared.get(&declared) {
        for used in program.index().uses_in(written.whole) {
            if let (true, Some(lines)) =
                (is_called(&program, used.of), program.lines(used.at.file))
            {
                places.entry(used.of).or_default().push(lines.of(used.at));
            }
        }
    }
    let calls = places.into_iter().filter_map(|(to, from_ranges)| {
        let to = item(world, &program, to)?;
        Some(Call { to, from_ranges })
    });
    Ok(value(calls.collect::<Vec<_>>()))
}

/// The program and the declaration of an item.
fn found(
    world: &mut World,
    asked: &Item,
) -> Result<Option<(std::sync::Arc<Program>, Span)>, crate::wire::Failure> {
    for program in world.others(&asked.name) {
        let files = program
            .analysis
            .report
            .sources
            .iter()
            .map(|source| source.id);
        for file in files.collect::<Vec<_>>() {
            if world.uri_of(&program, file).as_deref() != Some(&asked.uri) {
                continue;
            }
            let Some(lines) = program.lines(file) else {
                continue;
            };
            let at = lines.offset(asked.selection_range.start);
            let found = program.index().at(file, at).map(|found| found.of);
            if let Some(declared) = found {
                return Ok(Some((program, declared)));
            }
        }
    }
    Ok(None)
}
