//! What may be written at a place.

mod modules;
pub(crate) mod place;
pub(crate) mod receiver;

use std::sync::Arc;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Value, json};
use theus_hir::item::Process;
use theus_hir::{Typed, show};

use crate::index::{Owner, What};
use crate::library;
use crate::programs::Program;
use crate::scan::Scan;
use crate::wire::{Answer, AtPlace, params, value};
use crate::words::{self, Word};
use crate::world::World;

pub(super) use modules::imports;
use place::{Around, Place};

/// The kinds of completions of the protocol.
pub(super) mod kind {
    pub(crate) const METHOD: u8 = 2;
    pub(crate) const FUNCTION: u8 = 3;
    pub(crate) const FIELD: u8 = 5;
    pub(crate) const VARIABLE: u8 = 6;
    pub(crate) const CLASS: u8 = 7;
    pub(crate) const MODULE: u8 = 9;
    pub(crate) const ENUM: u8 = 13;
    pub(crate) const KEYWORD: u8 = 14;
    pub(crate) const ENUM_MEMBER: u8 = 20;
    pub(crate) const CONSTANT: u8 = 21;
    pub(crate) const STRUCT: u8 = 22;
    pub(crate) const EVENT: u8 = 23;
    pub(crate) const TYPE: u8 = 25;
}

/// A completion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Item {
    pub(super) label: String,
    pub(super) kind: u8,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) detail: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) documentation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) insert_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) insert_text_format: Option<u8>,
    pub(super) sort_text: String,
}

/// What is found, each name once: what is nearer comes first.
pub(super) struct Found {
    items: IndexMap<String, Item>,
    snippets: bool,
}

impl Found {
    /// A name; `rank` is how near it is, from 0.
    pub(super) fn add(
        &mut self,
        rank: usize,
        label: &str,
        kind: u8,
        detail: impl Into<String>,
    ) -> Option<&mut Item> {
        if label.is_empty() || self.items.contains_key(label) {
            return None;
        }
        let item = Item {
            label: label.to_owned(),
            kind,
            detail: detail.into(),
            documentation: String::new(),
            insert_text: None,
            insert_text_format: None,
            sort_text: format!("{rank:02}"),
        };
        Some(self.items.entry(label.to_owned()).or_insert(item))
    }

    pub(super) fn words(&mut self, rank: usize, words: &[Word], kind: u8) {
        for (at, (label, detail, text)) in words.iter().enumerate() {
            let snippets = self.snippets;
            if let Some(item) = self.add(rank, label, kind, *detail) {
                // Clauses and zones in their order, not in that of the alphabet.
                item.sort_text = format!("{rank:02}{at:02}");
                if snippets && *text != *label {
                    item.insert_text = Some((*text).to_owned());
                    item.insert_text_format = Some(2);
                }
            }
        }
    }

    /// A function or a constant of the library.
    pub(super) fn library(&mut self, rank: usize, known: &library::Known) {
        let (name, head) = (&known.name, &*known.head);
        if let Some(params) = &known.params {
            let takes = !params.is_empty();
            self.call(rank, name, kind::FUNCTION, head, &known.docs, takes);
        } else if let Some(item) = self.add(rank, name, kind::CONSTANT, head) {
            item.documentation.clone_from(&known.docs);
        }
    }

    /// A function that is called; `()` alone where it takes nothing more.
    pub(super) fn call(
        &mut self,
        rank: usize,
        label: &str,
        kind: u8,
        detail: &str,
        docs: &str,
        takes: bool,
    ) {
        let snippets = self.snippets;
        if let Some(item) = self.add(rank, label, kind, detail) {
            docs.clone_into(&mut item.documentation);
            if snippets {
                let inside = if takes { "$0" } else { "" };
                item.insert_text = Some(format!("{label}({inside})"));
                item.insert_text_format = Some(2);
            }
        }
    }
}

/// What may be written at a place. The names are those of the newest analysis, even if the
/// text has changed since: nobody waits for an analysis while typing.
pub(crate) fn answer(world: &mut World, given: Value) -> Answer {
    let AtPlace {
        text_document,
        position,
    } = params(given)?;
    let program = world.newest(&text_document.uri)?;
    let Some(document) = world.documents.get(&text_document.uri).cloned() else {
        return Ok(Value::Null);
    };
    let scan = Scan::new(document.lines.text());
    let place = Place::new(&scan, document.lines.offset(position));
    let mut found = Found {
        items: IndexMap::new(),
        snippets: world.client.snippets,
    };
    match &place.around {
        Around::Nothing => return Ok(Value::Null),
        Around::Dot(chain) => receiver::members(&program, &place, chain, &mut found),
        Around::Use(path) => modules::offer(world, &program, path, &mut found),
        Around::Arm(chain) => {
            receiver::arms(&program, &place, chain, &mut found);
            values(&program, &place, &mut found);
        }
        Around::Head => found.words(0, words::HEADS, kind::KEYWORD),
        Around::Top => found.words(0, words::ITEMS, kind::KEYWORD),
        Around::Members => found.words(0, words::ZONES, kind::KEYWORD),
        Around::Type => types(&program, &mut found),
        Around::Entries(clause) => entries(&program, clause, &mut found),
        Around::Flow => {
            found.words(2, words::FLOW, kind::KEYWORD);
            runnable(&program, &mut found);
        }
        Around::Clauses | Around::Statement => {
            if place.around == Around::Clauses {
                let used = &place.clauses;
                let last = used
                    .iter()
                    .filter_map(|used| {
                        words::CLAUSES.iter().position(|(word, ..)| word == used)
                    })
                    .max();
                let open: Vec<Word> = words::CLAUSES
                    .iter()
                    .enumerate()
                    .filter(|(at, (word, ..))| {
                        // `requires` and `ensures` may stand more than once.
                        let again = matches!(*word, "requires" | "ensures");
                        last.is_none_or(|last| *at > last || again && *at == last)
                    })
                    .map(|(_, word)| *word)
                    .collect();
                found.words(0, &open, kind::KEYWORD);
            }
            if place.item == "test" {
                found.words(1, words::TESTS, kind::KEYWORD);
            }
            found.words(4, words::STATEMENTS, kind::KEYWORD);
            values(&program, &place, &mut found);
        }
        Around::Value => values(&program, &place, &mut found),
        Around::Run => runnable(&program, &mut found),
        Around::Errors => {
            for error in program.analysis.typed.errors.values() {
                found.add(0, &error.name, kind::EVENT, "error");
            }
        }
    }
    let items: Vec<Item> = found.items.into_values().collect();
    Ok(json!({ "isIncomplete": false, "items": value(items) }))
}

/// Names of values, the nearest first.
fn values(program: &Arc<Program>, place: &Place<'_>, found: &mut Found) {
    let typed = &program.analysis.typed;
    for (name, ty) in locals(program, place) {
        found.add(1, &name, kind::VARIABLE, ty);
    }
    for (span, what) in program.index().all() {
        if Program::is_library(span.file) {
            continue;
        }
        let own = span.file == Program::ROOT;
        let name = program.text(span);
        match what {
            What::Context(id) if own && typed.contexts[id].is_stored() => {
                found.add(2, name, kind::MODULE, "context");
            }
            What::Const(id) if own => {
                found.add(
                    2,
                    name,
                    kind::CONSTANT,
                    program.show(span, typed.consts[id].ty),
                );
            }
            What::Fn(id) if own => {
                let head = head(program, span);
                let docs = typed.fns[id].head.docs.join("\n");
                let takes = !typed.fns[id].params.is_empty();
                found.call(3, name, kind::FUNCTION, &head, docs.trim(), takes);
            }
            What::Enum(_) if own => {
                found.add(3, name, kind::ENUM, "enum");
            }
            What::Struct(id) if own => {
                let takes = !typed.structs[id].members.is_empty();
                found.call(3, name, kind::STRUCT, "struct", "", takes);
            }
            _ => {}
        }
    }
    for (name, _) in imports(program) {
        found.add(3, &name, kind::MODULE, "module");
    }
    found.words(5, words::VALUES, kind::KEYWORD);
    let prelude = library::all()
        .iter()
        .filter(|known| known.module == "std.prelude");
    for known in prelude.filter(|known| !is_hidden(&known.name)) {
        if !known.head.starts_with("struct") {
            found.library(6, known);
        }
    }
}

/// Whether a function of the library is a method or for the library alone.
pub(super) fn is_hidden(name: &str) -> bool {
    let methods = [
        "str_", "slice_", "list_", "map_", "queue_", "text_", "oldest_", "touched_",
        "least_", "expire_",
    ];
    methods.iter().any(|prefix| name.starts_with(prefix))
}

/// What stands before the body of a declaration.
pub(super) fn head(program: &Program, declared: theus_grammar::Span) -> String {
    let written = program.index().declared.get(&declared);
    let text = written.map_or("", |written| program.text(written.head));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The locals of the item around a place that are declared before it, with their types.
pub(super) fn locals(program: &Program, place: &Place<'_>) -> Vec<(String, String)> {
    let typed = &program.analysis.typed;
    let Some(owner) = owner(program, place) else {
        return Vec::new();
    };
    let Some(body) = owner.body(typed) else {
        return Vec::new();
    };
    let generics = match owner {
        Owner::Fn(id) => typed.fns[id].generics.as_slice(),
        _ => &[],
    };
    let before = place.item_text;
    let mut words = before.split(|letter| !crate::scan::is_letter(letter));
    let mut known: Vec<(String, String)> = Vec::new();
    let written: std::collections::BTreeSet<&str> = words.by_ref().collect();
    for local in body.locals.values().rev() {
        let name = local.name.to_string();
        if written.contains(&*name) && !known.iter().any(|(other, _)| *other == name) {
            known.push((name, show::ty(typed, generics, local.ty)));
        }
    }
    known
}

/// The item around a place, in the newest analysis.
pub(super) fn owner(program: &Program, place: &Place<'_>) -> Option<Owner> {
    let typed = &program.analysis.typed;
    let own = |span: theus_grammar::Span| span.file == Program::ROOT;
    let is = |name: &str, span| name == place.name && own(span);
    match place.item {
        "fn" => {
            let mut fns = typed.fns.iter();
            fns.find(|(_, found)| is(&found.head.name, found.head.span))
                .map(|(id, _)| Owner::Fn(id))
        }
        "process" => process(typed, place).map(|(id, _)| Owner::Process(id)),
        "test" | "property" | "bench" => {
            let mut tests = typed.tests.iter();
            let name = place.name.trim_matches('"');
            tests
                .find(|(_, found)| {
                    found.head.name.trim_matches('"') == name && own(found.head.span)
                })
                .map(|(id, _)| Owner::Test(id))
        }
        "pipeline" => {
            let mut pipelines = typed.pipelines.iter();
            pipelines
                .find(|(_, found)| is(&found.head.name, found.head.span))
                .map(|(id, _)| Owner::Pipeline(id))
        }
        _ => None,
    }
}

fn process<'t>(
    typed: &'t Typed,
    place: &Place<'_>,
) -> Option<(theus_hir::ProcessId, &'t Process)> {
    let mut processes = typed.processes.iter();
    processes.find(|(_, found)| {
        *found.head.name == *place.name && found.head.span.file == Program::ROOT
    })
}

/// What `inputs` and `outputs` may name: fields, and whole contexts.
fn entries(program: &Program, clause: &str, found: &mut Found) {
    let typed = &program.analysis.typed;
    for (id, field) in &typed.fields {
        let context = &typed.contexts[field.context];
        if context.head.span.file != Program::ROOT || !context.is_stored() {
            continue;
        }
        let zone = field.zone.name();
        if clause == "outputs" && zone == "global" {
            continue;
        }
        let ty = show::ty(typed, &[], field.ty);
        let docs = field.docs.join("\n");
        let label = typed.field_path(id);
        if let Some(item) = found.add(1, &label, kind::FIELD, format!("{zone} {ty}")) {
            docs.trim().clone_into(&mut item.documentation);
        }
    }
    for context in typed.contexts.values() {
        if context.head.span.file == Program::ROOT && context.is_stored() {
            found.add(2, &context.head.name, kind::MODULE, "context");
        }
    }
    for (name, module) in imports(program) {
        if !module.starts_with("std.") {
            found.add(3, &name, kind::MODULE, "module");
        }
    }
    if clause == "inputs" {
        found.add(4, "tick", kind::KEYWORD, "the clock of the pipeline");
        found.add(4, "random", kind::KEYWORD, "draws");
    }
}

/// Processes and pipelines.
fn runnable(program: &Program, found: &mut Found) {
    let typed = &program.analysis.typed;
    for (_, process) in typed.written_processes() {
        if process.of.is_some() {
            continue;
        }
        if let Some(item) = found.add(0, &process.head.name, kind::CLASS, "process") {
            process
                .head
                .docs
                .join("\n")
                .trim()
                .clone_into(&mut item.documentation);
        }
    }
    for pipeline in typed
        .pipelines
        .values()
        .filter(|found| found.together.is_empty())
    {
        found.add(1, &pipeline.head.name, kind::MODULE, "pipeline");
    }
}

/// Types by name.
fn types(program: &Program, found: &mut Found) {
    for (span, what) in program.index().all() {
        if span.file == Program::ROOT {
            let name = program.text(span);
            match what {
                What::Struct(_) => drop(found.add(0, name, kind::STRUCT, "struct")),
                What::Enum(_) => drop(found.add(0, name, kind::ENUM, "enum")),
                What::Context(_) => {
                    let written = program.index().declared.get(&span);
                    if written.is_some_and(|written| written.word == "context type") {
                        found.add(1, name, kind::CLASS, "context type");
                    }
                }
                _ => {}
            }
        }
    }
    found.words(2, words::TYPES, kind::TYPE);
    for (name, _) in imports(program) {
        found.add(3, &name, kind::MODULE, "module");
    }
}
