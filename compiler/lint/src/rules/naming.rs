//! Types begin with a capital, everything else has small letters and `_`. Names of one or two
//! letters and names in capitals are those of formulas.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;

use crate::cx::Cx;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    let typed = cx.typed;
    let mut small = |what: &str, name: &str, place: Span| {
        let runs = matches!(what, "a process" | "a pipeline" | "a function");
        if is_camel(name) || runs && is_pascal(name) {
            let better = snake(name);
            tell(
                Diagnostic::new(Code::Naming, place, format!("{what} has small letters"))
                    .title(format!("`{name}` is not written as {what}"))
                    .help(format!("write `{better}`")),
            );
        }
    };
    for context in typed.written_contexts() {
        small("a context", &context.head.name, context.head.span);
        for field in &context.fields {
            let field = &typed.fields[*field];
            small("a field", &field.name, field.span);
        }
    }
    for (_, process) in typed.written_processes() {
        small("a process", &process.head.name, process.head.span);
    }
    for pipeline in typed.pipelines.values() {
        small("a pipeline", &pipeline.head.name, pipeline.head.span);
    }
    for function in typed.fns.values() {
        small("a function", &function.head.name, function.head.span);
    }
    for (body, _) in cx.bodies() {
        for local in body.locals.values() {
            small("a local", &local.name, local.span);
        }
    }
    let members = typed.structs.values().flat_map(|one| &one.members);
    for member in members {
        small("a member", &member.name, member.span);
    }
    types(cx, tell);
}

fn types(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    let typed = cx.typed;
    let structs = typed
        .structs
        .values()
        .filter(|one| one.collection.is_none());
    let structs = structs.map(|one| ("a struct", &one.head.name, one.head.span));
    let enums = typed.enums.values();
    let enums = enums.map(|one| ("an enum", &one.head.name, one.head.span));
    let variants = typed.enums.values().flat_map(|one| &one.variants);
    let variants = variants.map(|one| ("a variant", &one.name, one.span));
    let errors = typed.errors.values();
    let errors = errors.map(|one| ("an error", &one.name, one.span));
    for (what, name, place) in structs.chain(enums).chain(variants).chain(errors) {
        let is_small = name.starts_with(|first: char| first.is_lowercase());
        // The modes of a pipeline are variants too, and are named as pipelines are.
        if is_small && is_declared(cx, what, place) {
            tell(
                Diagnostic::new(
                    Code::Naming,
                    place,
                    format!("{what} begins with a capital"),
                )
                .title(format!("`{name}` is not written as {what}"))
                .help(format!("write `{}`", pascal(name))),
            );
        }
    }
}

/// Whether a variant or enum is one of the text, not what stands for modes.
fn is_declared(cx: &Cx<'_>, what: &str, place: Span) -> bool {
    use theus_grammar::ast::item::ItemKind;
    let mut files = cx.parsed.iter().map(|module| &module.file);
    let file = files.find(|file| file.span.file == place.file);
    let mut items = file.iter().flat_map(|file| &file.items);
    let item =
        items.find(|item| item.span.start <= place.start && place.start < item.span.end);
    item.is_some_and(|item| {
        what == "an error" || matches!(item.kind, ItemKind::Struct(_) | ItemKind::Enum(_))
    })
}

/// `myValue`, not `dT`, `K1` or `R_max`.
fn is_camel(name: &str) -> bool {
    let letters: Vec<char> = name.chars().collect();
    letters
        .windows(3)
        .any(|three| matches!(three, [a, b, c] if a.is_lowercase() && b.is_lowercase() && c.is_uppercase()))
        && name.starts_with(char::is_lowercase)
}

/// `StepIt`, `Main`, not `Rz` or `FFT`: what a type is called.
fn is_pascal(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(char::is_uppercase)
        && letters.next().is_some_and(char::is_lowercase)
        && letters.next().is_some()
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

fn pascal(name: &str) -> String {
    let parts = name.split('_').filter(|part| !part.is_empty());
    let parts = parts.map(|part| {
        let mut letters = part.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).collect::<String>()
    });
    parts.collect()
}
