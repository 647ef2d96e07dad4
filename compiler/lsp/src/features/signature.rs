//! What a call takes, while it is written.

use serde_json::{Value, json};
use theus_grammar::Span;

use super::complete::place::{Around, Place};
use super::complete::receiver;
use crate::index::What;
use crate::library;
use crate::programs::Program;
use crate::scan::{Kind, Scan};
use crate::wire::{Answer, AtPlace, params};
use crate::world::World;

/// What the call around a place takes, and which of it is written now.
pub(crate) fn answer(world: &mut World, given: Value) -> Answer {
    let AtPlace {
        text_document,
        position,
    } = params(given)?;
    let program = world.newest(&text_document.uri)?;
    let Some(document) = world.documents.get(&text_document.uri) else {
        return Ok(Value::Null);
    };
    let at = document.lines.offset(position);
    let scan = Scan::new(document.lines.text());
    let Some((name, dot, active)) = call(&scan, at) else {
        return Ok(Value::Null);
    };
    let is_method = dot.is_some();
    let place = Place::new(&scan, dot.unwrap_or(at));
    let prefixes = match &place.around {
        Around::Dot(chain) => receiver::prefixes(&program, &place, chain),
        _ => &[],
    };
    let Some((label, params, docs)) = signature(&program, name, prefixes) else {
        return Ok(Value::Null);
    };
    // The receiver of a method is its first parameter.
    let first = usize::from(is_method && docs.1);
    let shown: Vec<Value> = params
        .iter()
        .map(|param| json!({ "label": param }))
        .collect();
    let mut signature = json!({ "label": label, "parameters": shown });
    if !docs.0.is_empty()
        && let Some(members) = signature.as_object_mut()
    {
        members.insert("documentation".to_owned(), json!(docs.0));
    }
    Ok(json!({
        "signatures": [signature],
        "activeSignature": 0,
        "activeParameter": (active + first).min(params.len().saturating_sub(1)),
    }))
}

/// The name of the call around a place, the end of the dot before it, and the number of the
/// argument.
fn call<'t>(scan: &Scan<'t>, at: usize) -> Option<(&'t str, Option<usize>, usize)> {
    let open = scan.around(at).find(|pair| {
        let before = scan.before(pair.open).next();
        scan.text.as_bytes().get(pair.open) == Some(&b'(')
            && before.is_some_and(|word| word.kind == Kind::Word && word.end == pair.open)
    })?;
    let inner = scan.around(at).next()?;
    if scan.text.as_bytes().get(inner.open) == Some(&b'{') && inner.open > open.open {
        return None;
    }
    let mut before = scan.before(open.open);
    let name = scan.text(before.next()?);
    let dot = before
        .next()
        .filter(|dot| scan.text(dot) == ".")
        .map(|dot| dot.end);
    let mut depth = 0_i32;
    let mut active = 0;
    let inside = scan
        .tokens
        .iter()
        .filter(|token| token.start > open.open && token.end <= at);
    for token in inside {
        match scan.text(token) {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            "," if depth == 0 => active += 1,
            _ => {}
        }
    }
    Some((name, dot, active))
}

type Signature = (String, Vec<String>, (String, bool));

/// The signature of a function, or of what makes a struct or a variant, by name.
fn signature(program: &Program, name: &str, prefixes: &[&str]) -> Option<Signature> {
    let typed = &program.analysis.typed;
    let known = program.index().all().filter(|(span, _)| {
        !Program::is_library(span.file) && program.text(*span) == name
    });
    for (span, what) in known {
        let (head, params, method) = match what {
            What::Fn(id) => {
                let params = typed.fns[id].params.iter().map(|param| {
                    let inout = if param.inout { "inout " } else { "" };
                    format!("{inout}{}: {}", param.name, program.show(span, param.ty))
                });
                (super::complete::head(program, span), params.collect(), true)
            }
            What::Struct(id) => {
                let members = typed.structs[id].members.iter();
                let params: Vec<String> = members
                    .map(|member| {
                        format!("{}: {}", member.name, program.show(span, member.ty))
                    })
                    .collect();
                (format!("{name}({})", params.join(", ")), params, false)
            }
            What::Variant => {
                let payload = payload(program, span);
                (format!("{name}({})", payload.join(", ")), payload, false)
            }
            What::Process(id) if typed.processes[id].of.is_none() => {
                let params = typed.processes[id].params.iter();
                let params: Vec<String> =
                    params.map(|param| param.name.to_string()).collect();
                (format!("{name}({})", params.join(", ")), params, false)
            }
            _ => continue,
        };
        let written = program.index().declared.get(&span);
        let docs = written
            .map(|written| written.docs.join("\n"))
            .unwrap_or_default();
        return Some((head, params, (docs.trim().to_owned(), method)));
    }
    let known = prefixes.iter().chain(&[""]).find_map(|prefix| {
        let mut all = library::all().iter();
        all.find(|known| {
            known.name == format!("{prefix}{name}") && known.params.is_some()
        })
    })?;
    // Behind a module nothing is the receiver.
    let of_module = !matches!(
        known.module,
        "std.prelude" | "std.list" | "std.map" | "std.queue" | "std.slice"
    );
    let params = known.params.clone()?;
    Some((known.head.clone(), params, (known.docs.clone(), !of_module)))
}

fn payload(program: &Program, declared: Span) -> Vec<String> {
    let enums = program.analysis.typed.enums.values();
    let mut variants = enums.flat_map(|found| &found.variants);
    let found = variants.find(|variant| variant.span == declared);
    let payload = found.map(|variant| variant.payload.iter());
    let params = payload.into_iter().flatten().map(|member| {
        let ty = program.show(declared, member.ty);
        match member.name.parse::<u32>() {
            Ok(_) => ty,
            Err(_) => format!("{}: {ty}", member.name),
        }
    });
    params.collect()
}
