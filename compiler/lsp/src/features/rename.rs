//! Renaming: everywhere at once, and only if every name means the same afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use theus::Parses;
use theus_grammar::{FileId, Span};
use theus_hir::Use;

use super::references::everywhere;
use crate::documents::Documents;
use crate::index::What;
use crate::programs::Program;
use crate::scan::is_letter;
use crate::wire::{Answer, AtPlace, Failure, TextEdit, params, value};
use crate::world::World;

/// The name at a place, if it can be renamed.
pub(crate) fn prepare(world: &mut World, given: Value) -> Answer {
    let at: AtPlace = params(given)?;
    let program = world.program(&at.text_document.uri)?;
    let Some(found) = program.name_at(at.position) else {
        return Ok(Value::Null);
    };
    renamable(&program, found.of)?;
    Ok(json!({
        "range": value(program.document.lines.of(found.at)),
        "placeholder": program.text(found.at),
    }))
}

fn renamable(program: &Program, declared: Span) -> Result<(), Failure> {
    let name = program.text(declared);
    if Program::is_library(declared.file) {
        return Err(Failure::refused("names of the library cannot be changed"));
    }
    if !is_name(name) {
        return Err(Failure::refused("this has no name of its own in the text"));
    }
    let index = program.index();
    if index.what(declared) == Some(What::ContractParameter)
        && let Some(contract) = index.around(declared)
        && index.uses_of(contract).next().is_none()
    {
        // Clauses are read where a process takes them.
        return Err(Failure::refused(
            "no process takes this contract: what its clauses name is not known",
        ));
    }
    Ok(())
}

fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters
        .next()
        .is_some_and(|letter| is_letter(letter) && !letter.is_numeric())
        && letters.all(is_letter)
}

/// Renames the name at a place.
pub(crate) fn answer(world: &mut World, given: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Given {
        #[serde(flatten)]
        at: AtPlace,
        new_name: String,
    }
    let Given { at, new_name } = params(given)?;
    let program = world.program(&at.text_document.uri)?;
    let Some(found) = program.name_at(at.position) else {
        return Err(Failure::refused("there is no name here"));
    };
    edits(world, &program, found.of, &new_name)
}

/// What gives a declaration another name, everywhere.
pub(crate) fn edits(
    world: &mut World,
    program: &Arc<Program>,
    declared: Span,
    new_name: &str,
) -> Answer {
    renamable(program, declared)?;
    if !is_name(new_name) {
        return Err(Failure::refused(format!("`{new_name}` is not a name")));
    }
    let old = program.text(declared).to_owned();
    let programs = everywhere(world, program, declared);
    // By URI: the places, in order.
    let mut places: BTreeMap<String, BTreeSet<(u32, u32)>> = BTreeMap::new();
    for (program, declared) in &programs {
        for span in program.index().uses_of(*declared).chain([*declared]) {
            // What is written in another way keeps its name: `arm.mode` of a pipeline.
            if program.text(span) != old {
                continue;
            }
            if let Some(uri) = world.uri(program, span.file) {
                places
                    .entry(uri)
                    .or_default()
                    .insert((span.start, span.end));
            }
        }
    }
    let changed = overlay(world, &programs, &places, new_name);
    for (program, _) in &programs {
        same_meaning(world, program, &places, &changed, new_name)?;
    }
    let mut edits: BTreeMap<String, Vec<TextEdit>> = BTreeMap::new();
    for (program, _) in &programs {
        for source in &program.analysis.report.sources {
            let Some(uri) = world.uri_of(program, source.id) else {
                continue;
            };
            let (Some(places), Some(lines)) =
                (places.get(&uri), program.lines(source.id))
            else {
                continue;
            };
            let new = places.iter().map(|(start, end)| TextEdit {
                range: lines.range(*start as usize, *end as usize),
                new_text: new_name.to_owned(),
            });
            edits.entry(uri).or_insert_with(|| new.collect());
        }
    }
    Ok(json!({ "changes": value(edits) }))
}

/// The texts as they would be.
fn overlay(
    world: &World,
    programs: &[(Arc<Program>, Span)],
    places: &BTreeMap<String, BTreeSet<(u32, u32)>>,
    name: &str,
) -> Documents {
    let mut documents = (*world.documents).clone();
    for (program, _) in programs {
        for source in &program.analysis.report.sources {
            let Some(uri) = world.uri_of(program, source.id) else {
                continue;
            };
            let Some(places) = places.get(&uri) else {
                continue;
            };
            let mut text = source.text.to_string();
            for (start, end) in places.iter().rev() {
                text.replace_range(*start as usize..*end as usize, name);
            }
            documents.replace(&uri, text);
        }
    }
    documents
}

/// Refuses a new name that is an error, or changes what some name means.
fn same_meaning(
    world: &World,
    old: &Program,
    places: &BTreeMap<String, BTreeSet<(u32, u32)>>,
    changed: &Documents,
    name: &str,
) -> Result<(), Failure> {
    let Some(root) = world.uri_of(old, Program::ROOT) else {
        return Ok(());
    };
    let Some(document) = changed
        .get(&root)
        .cloned()
        .or_else(|| Some(Arc::clone(&old.document)))
    else {
        return Ok(());
    };
    let new = Program::new(&root, &document, changed, &mut Parses::default());
    let before = old.analysis.report.found.len();
    let known = |code| {
        old.analysis
            .report
            .found
            .iter()
            .any(|found| found.code == code)
    };
    let mut added = new
        .analysis
        .report
        .found
        .iter()
        .filter(|found| !known(found.code));
    if let Some(found) = added.next() {
        return Err(Failure::refused(format!(
            "`{name}` cannot be used here: {}",
            found.title
        )));
    }
    if new.analysis.report.found.len() > before {
        return Err(Failure::refused(format!(
            "`{name}` cannot be used here: it gives more errors"
        )));
    }
    let moved = Moved::new(world, old, places, name);
    let meant: BTreeSet<Use> = old
        .index()
        .uses()
        .iter()
        .map(|one| Use {
            at: moved.span(one.at),
            of: moved.span(one.of),
        })
        .collect();
    let means: BTreeSet<Use> = new.index().uses().iter().copied().collect();
    if meant == means {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "`{name}` is taken: some name would mean something else"
    )))
}

/// Where places are after an edit.
struct Moved {
    /// By file: the places that get longer, in order, and by how much.
    files: BTreeMap<FileId, Vec<(u32, u32)>>,
    length: u32,
}

impl Moved {
    fn new(
        world: &World,
        program: &Program,
        places: &BTreeMap<String, BTreeSet<(u32, u32)>>,
        name: &str,
    ) -> Self {
        let mut files = BTreeMap::new();
        for source in &program.analysis.report.sources {
            let uri = world.uri_of(program, source.id);
            if let Some(places) = uri.and_then(|uri| places.get(&uri)) {
                files.insert(source.id, places.iter().copied().collect());
            }
        }
        Self {
            files,
            length: u32::try_from(name.len()).unwrap_or(u32::MAX),
        }
    }

    fn offset(&self, file: FileId, offset: u32) -> u32 {
        let mut out = i64::from(offset);
        for (start, end) in self.files.get(&file).into_iter().flatten() {
            if *end <= offset {
                out += i64::from(self.length) - i64::from(end - start);
            }
        }
        u32::try_from(out).unwrap_or(0)
    }

    fn span(&self, span: Span) -> Span {
        Span {
            start: self.offset(span.file, span.start),
            end: self.offset(span.file, span.end),
            ..span
        }
    }
}
