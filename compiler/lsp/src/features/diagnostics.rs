//! What is wrong, as editors show it.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};
use theus_diag::{Code, Diagnostic, Severity};
use theus_grammar::Span;

use crate::programs::Program;
use crate::wire::{
    self, Answer, DocumentId, Failure, Href, Range, Related, params, value,
};
use crate::world::World;

/// Warnings about what could be left out: editors show it faded.
const UNNECESSARY: &[Code] = &[
    Code::UnusedLocal,
    Code::UnusedImport,
    Code::UnusedInput,
    Code::UnusedOutput,
    Code::Unreachable,
];

/// How many other places of a problem are shown.
const MOST_RELATED: usize = 8;

/// What is wrong with an open file. The same answer has the same number, and is given once.
pub(crate) fn answer(world: &mut World, given: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Given {
        text_document: DocumentId,
        previous_result_id: Option<String>,
    }
    let Given {
        text_document: DocumentId { uri },
        previous_result_id,
    } = params(given)?;
    let found = of(world, &uri)?.swap_remove(&uri).unwrap_or_default();
    let again = world.answered.contains_key(&uri);
    let id = number(world, &uri, found).to_string();
    if again && previous_result_id.as_ref() == Some(&id) {
        return Ok(json!({ "kind": "unchanged", "resultId": id }));
    }
    let found = world.answered.get(&uri).map(|(_, found)| value(found));
    Ok(json!({ "kind": "full", "resultId": id, "items": found }))
}

/// The number of what is answered of an open file: that of the last answer if it is the same.
pub(crate) fn number(world: &mut World, uri: &str, found: Vec<wire::Diagnostic>) -> u64 {
    let number = match world.answered.get(uri) {
        Some((number, answered)) if *answered == found => *number,
        Some((number, _)) => number + 1,
        None => 0,
    };
    world.answered.insert(uri.to_owned(), (number, found));
    number
}

/// What is wrong with an open file and with what it imports, by file.
pub(crate) fn of(
    world: &mut World,
    uri: &str,
) -> Result<IndexMap<String, Vec<wire::Diagnostic>>, Failure> {
    let program = world.program(uri)?;
    world.want(uri, &program);
    Ok(by_file(world, uri, &program))
}

/// What is wrong with a program, by file.
pub(crate) fn by_file(
    world: &World,
    uri: &str,
    program: &Program,
) -> IndexMap<String, Vec<wire::Diagnostic>> {
    let mut found: IndexMap<String, Vec<wire::Diagnostic>> = IndexMap::new();
    found.insert(uri.to_owned(), Vec::new());
    for one in program
        .found(world.config.levels)
        .iter()
        .chain(program.refuted())
    {
        let file = one.primary.span.file;
        let file = world.uri(program, file).unwrap_or_else(|| uri.to_owned());
        found
            .entry(file)
            .or_default()
            .push(shown(world, program, one));
    }
    found
}

/// A problem as an editor shows it. What is in no file is shown at the start of the root.
pub(crate) fn shown(
    world: &World,
    program: &Program,
    found: &Diagnostic,
) -> wire::Diagnostic {
    let place = found.primary.span;
    let lines = program.lines(place.file);
    let range = lines.map_or_else(Range::default, |lines| lines.of(place));
    let code = found.code.id();
    let related = found.labels.iter().filter_map(|label| {
        Some(Related {
            location: world.location(program, label.span)?,
            message: label.text.clone(),
        })
    });
    wire::Diagnostic {
        range,
        severity: match found.severity() {
            Severity::Error => 1,
            Severity::Warning => 2,
        },
        code,
        code_description: world.page(found.code).map(|href| Href { href }),
        source: "theus",
        message: message(found),
        tags: match UNNECESSARY.contains(&found.code) {
            true => vec![1],
            false => Vec::new(),
        },
        related_information: related.take(MOST_RELATED).collect(),
    }
}

/// What is wrong, what the place is, and what to do.
fn message(found: &Diagnostic) -> String {
    let mut out = found.title.clone();
    if !found.primary.text.is_empty() {
        out = format!("{out}\n{}", found.primary.text);
    }
    for help in &found.help {
        out = format!("{out}\nhelp: {help}");
    }
    out
}

/// What is wrong where a range is, in the root of a program.
pub(crate) fn touching<'p>(
    world: &World,
    program: &'p Program,
    start: usize,
    end: usize,
) -> impl Iterator<Item = &'p Diagnostic> {
    let touches = move |span: Span| {
        span.file == Program::ROOT
            && span.start as usize <= end
            && start <= span.end as usize
    };
    let found = program.found(world.config.levels).iter();
    found.filter(move |found| touches(found.primary.span))
}
