//! A context that has grown: a part of it has nothing to do with the rest.

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_hir::item::Context;

use crate::cx::Cx;

/// Fields from which on a context is large.
const LARGE: usize = 16;
/// Fields that make a part worth a context of its own.
const PART: usize = 4;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    for context in cx.typed.written_contexts() {
        if context.fields.len() < LARGE || !cx.owns(&context.head) {
            continue;
        }
        let mut parts = parts(cx, context);
        parts.retain(|part| part.len() >= PART);
        if parts.len() < 2 {
            continue;
        }
        let (name, count) = (&context.head.name, parts.len());
        let label = format!("{} fields, in {count} groups", context.fields.len());
        let found = Diagnostic::new(Code::GodContext, context.head.span, label)
            .title(format!("`{name}` is {count} contexts in one"))
            .help("no process uses fields of two of the groups: give each a context of its own");
        tell(parts.iter().enumerate().fold(found, |found, (n, part)| {
            let names: Vec<&str> = part.iter().map(|(name, _)| *name).collect();
            let place = part.first().map_or(context.head.span, |(_, span)| *span);
            let more = if names.len() > PART { ", …" } else { "" };
            let names = names.get(..PART).unwrap_or(&names).join("`, `");
            found.label(place, format!("group {}: `{names}`{more}", n + 1))
        }));
    }
}

type Part<'a> = Vec<(&'a str, Span)>;

/// The fields that hang together: processes use them in one run.
fn parts<'a>(cx: &'a Cx<'_>, context: &'a Context) -> Vec<Part<'a>> {
    let fields: Vec<_> = context
        .fields
        .iter()
        .map(|id| &cx.typed.fields[*id])
        .filter(|field| field.zone != Zone::Global)
        .collect();
    let mut group: Vec<usize> = (0..fields.len()).collect();
    let mut touched = vec![false; fields.len()];
    for (id, _) in cx.typed.run_processes() {
        let print = cx.prints.process(id);
        let reads = print.reads.keys().map(|(place, _)| place);
        let places = reads.chain(print.writes.keys().map(|(place, _)| place));
        let spans = places.filter_map(theus_contract::Place::in_field);
        let spans: Vec<Span> = spans.map(|id| cx.typed.fields[id].span).collect();
        let mut first = None;
        for (at, field) in fields.iter().enumerate() {
            if spans.contains(&field.span) {
                let of = *first.get_or_insert(group[at]);
                touched[at] = true;
                let own = group[at];
                group
                    .iter_mut()
                    .filter(|one| **one == own)
                    .for_each(|one| *one = of);
            }
        }
    }
    let mut parts: Vec<(usize, Part<'_>)> = Vec::new();
    for (at, field) in fields.iter().enumerate().filter(|(at, _)| touched[*at]) {
        let member = (&*field.name, field.span);
        match parts.iter_mut().find(|(of, _)| *of == group[at]) {
            Some((_, part)) => part.push(member),
            None => parts.push((group[at], vec![member])),
        }
    }
    parts.into_iter().map(|(_, part)| part).collect()
}
