//! What each word is, for colours: fields have the colour of their zone.

use serde_json::{Value, json};
use theus_abi::image::Zone;
use theus_grammar::Span;

use crate::index::What;
use crate::programs::Program;
use crate::scan::{Kind, Scan};
use crate::wire::{Answer, DocumentId, Range, params};
use crate::words;
use crate::world::World;

/// The kinds of tokens, as editors are told.
pub(crate) const TYPES: &[&str] = &[
    "namespace",
    "type",
    "enum",
    "enumMember",
    "struct",
    "parameter",
    "variable",
    "property",
    "function",
    "method",
    "keyword",
    "comment",
    "string",
    "number",
    "class",
    "interface",
    "event",
];

/// What more is known of a token.
pub(crate) const MODIFIERS: &[&str] = &[
    "declaration",
    "readonly",
    "defaultLibrary",
    "global",
    "data",
    "signal",
    "meta",
    "heavy",
];

/// A token: bytes, kind, modifiers.
type Painted = (usize, usize, &'static str, Vec<&'static str>);

/// The tokens of a document, or of a part of it.
pub(crate) fn answer(world: &mut World, given: Value) -> Answer {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Given {
        text_document: DocumentId,
        range: Option<Range>,
    }
    let Given {
        text_document,
        range,
    } = params(given)?;
    let program = world.program(&text_document.uri)?;
    let lines = &program.document.lines;
    let (start, end) = range.map_or((0, lines.text().len()), |range| lines.bytes(range));
    let mut data: Vec<u32> = Vec::new();
    let (mut line, mut column) = (0, 0);
    for (from, to, kind, modifiers) in painted(&program) {
        if to < start || from > end {
            continue;
        }
        let place = lines.range(from, to);
        let (first, last) = (place.start, place.end);
        if first.line != last.line || first == last {
            continue;
        }
        let before = if first.line == line { column } else { 0 };
        let bits = modifiers.iter().filter_map(|name| {
            let at = MODIFIERS.iter().position(|known| known == name)?;
            Some(1_u32 << at)
        });
        let kind = TYPES.iter().position(|known| *known == kind).unwrap_or(0);
        data.extend([
            first.line - line,
            first.character - before,
            last.character - first.character,
            u32::try_from(kind).unwrap_or(0),
            bits.sum(),
        ]);
        (line, column) = (first.line, first.character);
    }
    Ok(json!({ "data": data }))
}

/// All tokens in order: names by what they mean, the rest by how it is written.
fn painted(program: &Program) -> Vec<Painted> {
    let index = program.index();
    let whole = Span {
        file: Program::ROOT,
        start: 0,
        end: u32::MAX,
    };
    let mut names: Vec<Painted> = index
        .uses_in(whole)
        .filter_map(|used| paint(program, used.at, used.of))
        .collect();
    let declared = index.all().map(|(span, _)| span);
    let declared = declared.filter(|span| span.file == Program::ROOT);
    names.extend(declared.filter_map(|span| {
        let mut found = paint(program, span, span)?;
        found.3.insert(0, "declaration");
        Some(found)
    }));
    names.sort_by_key(|(start, end, ..)| (*start, *end));
    names.dedup_by_key(|(start, ..)| *start);
    let scan = Scan::new(program.document.lines.text());
    let mut out: Vec<Painted> = Vec::new();
    let mut next = names.into_iter().peekable();
    for token in &scan.tokens {
        let mut from = token.start;
        let kind = match token.kind {
            Kind::Comment => Some("comment"),
            Kind::Text => Some("string"),
            Kind::Number => Some("number"),
            Kind::Word if words::is_keyword(scan.text(token)) => Some("keyword"),
            Kind::Word if words::is_type(scan.text(token)) => Some("type"),
            Kind::Word | Kind::Sign => None,
        };
        // Names in holes cut the text around them.
        while let Some(name) = next.next_if(|name| name.0 < token.end) {
            if name.0 < from || name.1 > token.end {
                continue;
            }
            if let (Some(kind), true) = (kind, from < name.0) {
                out.push((from, name.0, kind, Vec::new()));
            }
            from = name.1;
            out.push(name);
        }
        if let (Some(kind), true) = (kind, from < token.end) {
            out.push((from, token.end, kind, Vec::new()));
        }
    }
    out
}

fn paint(program: &Program, at: Span, of: Span) -> Option<Painted> {
    let typed = &program.analysis.typed;
    let text = program.text(at);
    if text.is_empty() || text.starts_with('"') {
        return None;
    }
    let (kind, mut modifiers) = match program.index().what(of) {
        None if of.start == of.end => ("namespace", Vec::new()),
        None => return None,
        Some(What::Struct(_)) => ("struct", Vec::new()),
        Some(What::Enum(_)) => ("enum", Vec::new()),
        Some(What::Variant) => ("enumMember", Vec::new()),
        Some(What::Member) => ("property", Vec::new()),
        Some(What::Const(_)) => ("variable", vec!["readonly"]),
        Some(What::Fn(_)) => ("function", Vec::new()),
        Some(What::Context(_)) => ("namespace", Vec::new()),
        Some(What::Field(id)) => {
            let zone = match typed.fields[id].zone {
                Zone::Global => "global",
                Zone::Data => "data",
                Zone::Signal => "signal",
                Zone::Meta => "meta",
                Zone::Heavy => "heavy",
            };
            ("property", vec![zone])
        }
        Some(What::Error | What::Alert | What::Test) => ("event", Vec::new()),
        Some(What::Process(_)) => ("class", Vec::new()),
        Some(What::Pipeline) => ("class", Vec::new()),
        Some(What::Contract) => ("interface", Vec::new()),
        Some(What::Generic) => ("type", Vec::new()),
        Some(What::Parameter(_) | What::ContractParameter) => ("parameter", Vec::new()),
        Some(What::Local(_)) => {
            let local = program.index().local(typed, of);
            let fixed = local.is_some_and(|local| !local.mutable);
            (
                "variable",
                if fixed { vec!["readonly"] } else { Vec::new() },
            )
        }
    };
    if Program::is_library(of.file) {
        modifiers.push("defaultLibrary");
    }
    Some((at.start as usize, at.end as usize, kind, modifiers))
}
