//! What the compiler knows and the text does not say: types, bytes, and what is proved.

use serde::Serialize;
use serde_json::Value;
use theus::proofs::State;
use theus_grammar::Span;
use theus_hir::item::ContextKind;
use theus_hir::{Ty, TyKind};

use super::hover::counted;
use crate::index::What;
use crate::lines::Lines;
use crate::programs::Program;
use crate::wire::{Answer, OfRange, Position, params, value};
use crate::world::World;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Hint {
    position: Position,
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tooltip: Option<String>,
    padding_left: bool,
}

/// A hint for a type.
const TYPE: u8 = 1;

/// The hints of a part of a document.
pub(crate) fn answer(world: &mut World, given: Value) -> Answer {
    let OfRange {
        text_document,
        range,
    } = params(given)?;
    let program = world.program(&text_document.uri)?;
    let lines = &program.document.lines;
    let (start, end) = lines.bytes(range);
    let mut hints = types(&program, lines);
    hints.extend(bytes(&program, lines));
    match program.proofs.get() {
        Some(proved) => hints.extend(checks(&proved.proofs, lines)),
        None => world.want(&text_document.uri, &program),
    }
    hints.retain(|(at, _)| (start..=end).contains(at));
    hints.sort_by_key(|(at, _)| *at);
    let hints: Vec<Hint> = hints.into_iter().map(|(_, hint)| hint).collect();
    Ok(value(hints))
}

/// A hint after a place of the root.
fn after(lines: &Lines, at: usize, label: String, padding_left: bool) -> (usize, Hint) {
    let hint = Hint {
        position: lines.position(at),
        label,
        kind: None,
        tooltip: None,
        padding_left,
    };
    (at, hint)
}

/// The types of names that are declared without one.
fn types(program: &Program, lines: &Lines) -> Vec<(usize, Hint)> {
    let index = program.index();
    let typed = &program.analysis.typed;
    let mut found = Vec::new();
    for (span, what) in index.all() {
        if span.file != Program::ROOT {
            continue;
        }
        let ty = match what {
            What::Local(_) => index.local(typed, span).map(|local| local.ty),
            What::Const(id) => Some(typed.consts[id].ty),
            _ => None,
        };
        let rest = lines.text().get(span.end as usize..).unwrap_or("");
        let Some(ty) = ty.filter(|ty| is_shown(program, *ty)) else {
            continue;
        };
        if rest.trim_start().starts_with(':') || program.text(span).starts_with('_') {
            continue;
        }
        let text = program.show(span, ty);
        let (at, mut hint) = after(lines, span.end as usize, format!(": {text}"), false);
        hint.kind = Some(TYPE);
        found.push((at, hint));
    }
    found
}

fn is_shown(program: &Program, ty: Ty) -> bool {
    let kind = program.analysis.typed.types.kind(ty);
    !matches!(kind, TyKind::Error | TyKind::Unit | TyKind::Fn(..))
}

/// The bytes of fields and contexts.
fn bytes(program: &Program, lines: &Lines) -> Vec<(usize, Hint)> {
    let typed = &program.analysis.typed;
    let own = |span: Span| span.file == Program::ROOT;
    let mut found = Vec::new();
    for (id, field) in &typed.fields {
        let context = &typed.contexts[field.context];
        let is_one = context.kind == ContextKind::One && context.of.is_none();
        let written = program.index().declared.get(&field.span);
        let (Some(bytes), Some(written)) = (program.bytes(id), written) else {
            continue;
        };
        if own(field.span) && is_one && written.word == "field" {
            let at = written.whole.end as usize;
            found.push(after(lines, at, counted(bytes, "byte"), true));
        }
    }
    let is_context = |span: Span| {
        let written = program.index().declared.get(&span);
        own(span) && written.is_some_and(|written| written.word == "context")
    };
    let contexts = typed.contexts.values();
    for context in contexts.filter(|context| is_context(context.head.span)) {
        let sizes = context.fields.iter().map(|field| program.bytes(*field));
        let sum: Option<u64> = sizes.sum();
        if let Some(sum) = sum.filter(|_| !context.fields.is_empty()) {
            let at = context.head.span.end as usize;
            found.push(after(lines, at, counted(sum, "byte"), true));
        }
    }
    found
}

/// What is known of each check.
fn checks(proofs: &theus::Proofs, lines: &Lines) -> Vec<(usize, Hint)> {
    let own = proofs.checks.iter();
    let own = own.filter(|check| check.span.file == Program::ROOT);
    let mut found: Vec<(usize, Hint)> = Vec::new();
    for check in own {
        let at = check.span.end as usize;
        let told = format!("{}: {}", check.fault, check.reason);
        let known = found.iter_mut().find(|(other, _)| *other == at);
        if let Some((_, hint)) = known {
            // Of several checks at one place the worst is shown, and all are told.
            hint.label = worse(&hint.label, check.state.name()).to_owned();
            if let Some(tooltip) = &mut hint.tooltip
                && !tooltip.contains(&told)
            {
                *tooltip = format!("{tooltip}\n{told}");
            }
            continue;
        }
        let (at, mut hint) = after(lines, at, check.state.name().to_owned(), true);
        hint.tooltip = Some(told);
        found.push((at, hint));
    }
    found
}

fn worse<'a>(one: &'a str, other: &'a str) -> &'a str {
    let order = [State::Refuted, State::Checked, State::Proved];
    let place = |name: &str| order.iter().position(|state| state.name() == name);
    if place(one) <= place(other) {
        one
    } else {
        other
    }
}
