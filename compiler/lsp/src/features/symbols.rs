//! The items of a document, as an outline.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use theus_grammar::ast::item::{Context, Enum, Member, Struct, TestKind, Zone};
use theus_grammar::ast::{FlowKind, Item, ItemKind, Name};
use theus_grammar::{FileId, Source, Span, ast};

use crate::lines::Lines;
use crate::wire::{Answer, DocumentSymbol, Location, OfDocument, params, value};
use crate::world::World;

/// How many symbols an answer has at most.
const MOST_SYMBOLS: usize = 500;

/// The kinds of symbols of the protocol.
mod kind {
    pub(super) const MODULE: u8 = 2;
    pub(super) const CLASS: u8 = 5;
    pub(super) const FIELD: u8 = 8;
    pub(super) const ENUM: u8 = 10;
    pub(super) const INTERFACE: u8 = 11;
    pub(super) const FUNCTION: u8 = 12;
    pub(super) const CONSTANT: u8 = 14;
    pub(super) const OBJECT: u8 = 19;
    pub(super) const ENUM_MEMBER: u8 = 22;
    pub(super) const STRUCT: u8 = 23;
    pub(super) const EVENT: u8 = 24;
    pub(super) const OPERATOR: u8 = 25;
}

/// The outline of a document.
pub(crate) fn document(world: &mut World, given: Value) -> Answer {
    let OfDocument { text_document } = params(given)?;
    let program = world.program(&text_document.uri)?;
    let Some(tree) = program.tree() else {
        return Ok(Value::Null);
    };
    Ok(value(outline(tree, &program.document.lines)))
}

/// The items of all files in the folders of the editor, by a part of their names.
pub(crate) fn workspace(world: &mut World, given: Value) -> Answer {
    #[derive(Deserialize)]
    struct Given {
        query: String,
    }
    let Given { query } = params(given)?;
    let open = &world.documents.open;
    let mut files: Vec<(String, Arc<str>)> = open
        .iter()
        .map(|(uri, document)| (uri.clone(), Arc::clone(document.lines.text())))
        .collect();
    for path in crate::workspace::files(&world.client.folders) {
        if world.documents.of_path(&path).is_none()
            && let Ok(text) = crate::folder::read(&path)
        {
            files.push((crate::uri::of(&path), text.into()));
        }
    }
    files.sort();
    let mut found = Vec::new();
    for (uri, text) in files {
        // Most files have no such name at all.
        if !is_near(&text, &query) {
            continue;
        }
        let source = Source::new(FileId(0), uri.as_str(), Arc::clone(&text));
        let tree = theus_grammar::parse(&source).file;
        let lines = Lines::new(text, world.documents.encoding);
        for item in &tree.items {
            if let Some((name, _, kind)) = named(item)
                && is_near(&name.text, &query)
                && found.len() < MOST_SYMBOLS
            {
                let location = Location {
                    uri: uri.clone(),
                    range: lines.of(name.span),
                };
                let name = name.text.trim_matches('"');
                found.push(json!({ "name": name, "kind": kind, "location": location }));
            }
        }
    }
    Ok(value(found))
}

/// Whether the letters of a query are in a text, in their order, capital or not.
fn is_near(text: &str, query: &str) -> bool {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    let mut wanted = query.chars().flat_map(char::to_lowercase);
    wanted.all(|wanted| letters.any(|letter| letter == wanted))
}

/// The outline of a tree.
pub(crate) fn outline(tree: &ast::File, lines: &Lines) -> Vec<DocumentSymbol> {
    let items = tree.items.iter();
    items
        .filter_map(|item| Outline { lines }.item(item))
        .collect()
}

/// An item as its name, what it is, and which kind that is.
pub(crate) fn named(item: &Item) -> Option<(&Name, &'static str, u8)> {
    Some(match &item.kind {
        ItemKind::Const(it) => (&it.name, "const", kind::CONSTANT),
        ItemKind::Struct(it) => (&it.name, "struct", kind::STRUCT),
        ItemKind::Enum(it) => (&it.name, "enum", kind::ENUM),
        ItemKind::Fn(it) => (&it.name, "fn", kind::FUNCTION),
        ItemKind::Context(it) if it.is_type => (&it.name, "context type", kind::CLASS),
        ItemKind::Context(it) => (&it.name, "context", kind::OBJECT),
        ItemKind::Instance(it) => (&it.name, "context", kind::OBJECT),
        ItemKind::Process(it) => (&it.name, "process", kind::CLASS),
        ItemKind::Contract(it) => (&it.name, "contract", kind::INTERFACE),
        ItemKind::Pipeline(it) => (&it.name, "pipeline", kind::MODULE),
        ItemKind::Test(it) => {
            let what = match it.kind {
                TestKind::Test => "test",
                TestKind::Property => "property",
                TestKind::Bench => "bench",
            };
            (&it.title, what, kind::EVENT)
        }
        ItemKind::Alert(it) => (&it.name, "alert", kind::EVENT),
        ItemKind::Session(it) => (&it.name, "session", kind::EVENT),
        ItemKind::Audit(it) => (it.context.words.last()?, "audit", kind::OPERATOR),
        ItemKind::Use(_) | ItemKind::Bad => return None,
    })
}

struct Outline<'l> {
    lines: &'l Lines,
}

impl Outline<'_> {
    fn item(&self, item: &Item) -> Option<DocumentSymbol> {
        let (name, what, kind) = named(item)?;
        let mut symbol = self.symbol(name, what, kind, item.span);
        symbol.children = match &item.kind {
            ItemKind::Struct(Struct { members, .. })
            | ItemKind::Context(Context { members, .. }) => {
                members.iter().map(|member| self.member(member)).collect()
            }
            ItemKind::Enum(it) => self.variants(it),
            ItemKind::Pipeline(it) => {
                let modes = it.body.iter().filter_map(|flow| match &flow.kind {
                    FlowKind::Mode(name, ..) => {
                        Some(self.symbol(name, "mode", kind::ENUM_MEMBER, flow.span))
                    }
                    _ => None,
                });
                modes.collect()
            }
            _ => Vec::new(),
        };
        Some(symbol)
    }

    fn variants(&self, it: &Enum) -> Vec<DocumentSymbol> {
        let variants = it.variants.iter().map(|variant| {
            self.symbol(&variant.name, "", kind::ENUM_MEMBER, variant.name.span)
        });
        variants.collect()
    }

    fn member(&self, member: &Member) -> DocumentSymbol {
        let zone = match member.zone {
            None => "",
            Some((Zone::Global, _)) => "global ",
            Some((Zone::Signal, _)) => "signal ",
            Some((Zone::Meta, _)) => "meta ",
            Some((Zone::Heavy | Zone::Swap | Zone::SwapCopy, _)) => "heavy ",
        };
        let text = self.lines.text();
        let ty = text.get(member.ty.span.start as usize..member.ty.span.end as usize);
        let mut symbol = self.symbol(&member.name, zone, kind::FIELD, member.span);
        symbol.detail += ty.unwrap_or("");
        symbol
    }

    fn symbol(&self, name: &Name, detail: &str, kind: u8, span: Span) -> DocumentSymbol {
        DocumentSymbol {
            // Editors refuse empty names.
            name: match name.text.trim() {
                "" => "?".to_owned(),
                text => text.to_owned(),
            },
            detail: detail.to_owned(),
            kind,
            range: self.lines.of(span.to(name.span)),
            selection_range: self.lines.of(name.span),
            children: Vec::new(),
        }
    }
}
