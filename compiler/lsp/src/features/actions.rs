//! What can be mended: the fixes of problems, and what follows from the text.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use theus_diag::{Code, Diagnostic, Ease};
use theus_grammar::Span;
use theus_grammar::ast::{ItemKind, item};

use super::{complete, diagnostics, rename};
use crate::library;
use crate::programs::Program;
use crate::wire::{Answer, DocumentId, Range, TextEdit, params, value};
use crate::world::World;

/// The mends of what is wrong in a range.
pub(crate) fn answer(world: &mut World, given: Value) -> Answer {
    #[derive(Deserialize)]
    struct Context {
        #[serde(default)]
        only: Option<Vec<String>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Given {
        text_document: DocumentId,
        range: Range,
        context: Context,
    }
    let Given {
        text_document,
        range,
        context,
    } = params(given)?;
    let program = world.program(&text_document.uri)?;
    let lines = &program.document.lines;
    let (start, end) = lines.bytes(range);
    let wanted = |kind: &str| {
        let only = context.only.as_ref();
        only.is_none_or(|only| {
            only.iter()
                .any(|one| kind == one || kind.starts_with(&format!("{one}.")))
        })
    };
    let mut found = Vec::new();
    if wanted("quickfix") {
        let problems = diagnostics::touching(world, &program, start, end);
        let problems: Vec<&Diagnostic> = problems.collect();
        for problem in problems {
            found.extend(mends(world, &program, problem));
            if problem.code == Code::Naming {
                found.extend(renaming(world, &program, problem));
            }
        }
    }
    if wanted("refactor.rewrite") {
        found.extend(requires(world, &program, start));
    }
    if wanted("source.fixAll.theus") {
        found.extend(all(world, &program));
    }
    Ok(value(found))
}

/// The mends of one problem.
fn mends(world: &World, program: &Program, problem: &Diagnostic) -> Vec<Value> {
    let shown = diagnostics::shown(world, program, problem);
    let action = |title: &str, edits: &[(Span, String)], first: bool| {
        Some(json!({
            "title": title,
            "kind": "quickfix",
            "diagnostics": [value(&shown)],
            "isPreferred": first,
            "edit": { "changes": changes(world, program, edits)? },
        }))
    };
    let fixes = problem.fixes.iter().enumerate();
    let mut found: Vec<Value> = fixes
        .filter_map(|(at, fix)| action(&fix.title, &fix.edits, at == 0))
        .collect();
    if problem.code == Code::UnknownName {
        let name = program.text(problem.primary.span);
        for (module, edits) in imports(program, problem.primary.span) {
            let title = format!("import `{module}`, which has `{name}`");
            found.extend(action(&title, &edits, false));
        }
        let last = |module: &&str| module.rsplit('.').next() == Some(name);
        let modules = theus_stdlib::modules().iter().map(|(module, _)| *module);
        for module in modules.filter(last).filter(|it| *it != "std.prelude") {
            let edit = (import_place(program), format!("use {module}\n"));
            found.extend(action(&format!("import `{module}`"), &[edit], true));
        }
    }
    if problem.code == Code::MissingCase
        && let Some(edit) = arms(program, problem)
    {
        found.extend(action("add the missing arms", &[edit], true));
    }
    found
}

/// The name as it is to be written, everywhere; nothing where that would change a meaning.
fn renaming(
    world: &mut World,
    program: &Arc<Program>,
    problem: &Diagnostic,
) -> Option<Value> {
    let help = problem.help.iter().find_map(|help| help.split('`').nth(1));
    let new = help?;
    let at = problem.primary.span.start as usize;
    let found = program.index().at(Program::ROOT, at)?;
    let edit = rename::edits(world, program, found.of, new).ok()?;
    Some(json!({
        "title": format!("rename it to `{new}`"),
        "kind": "quickfix",
        "diagnostics": [value(diagnostics::shown(world, program, problem))],
        "isPreferred": true,
        "edit": edit,
    }))
}

/// The edits by file.
fn changes(world: &World, program: &Program, edits: &[(Span, String)]) -> Option<Value> {
    let mut found: BTreeMap<String, Vec<TextEdit>> = BTreeMap::new();
    for (span, text) in edits {
        if Program::is_library(span.file) {
            return None;
        }
        let (uri, lines) = (world.uri(program, span.file)?, program.lines(span.file)?);
        found.entry(uri).or_default().push(TextEdit {
            range: lines.of(*span),
            new_text: text.clone(),
        });
    }
    Some(value(found))
}

/// The modules of the library that have a name, each with the edits that import it and name it
/// by its module.
fn imports(program: &Program, at: Span) -> Vec<(&'static str, Vec<(Span, String)>)> {
    let name = program.text(at);
    let own = complete::imports(program);
    let known = library::all().iter().filter(|known| {
        known.name == name && known.module != "std.prelude" && !complete::is_hidden(name)
    });
    let found = known.map(|known| {
        let last = known.module.rsplit('.').next().unwrap_or(known.module);
        let imported = own.iter().find(|(_, module)| module == known.module);
        let word = imported.map_or(last, |(word, _)| word);
        let mut edits = vec![(at.before(), format!("{word}."))];
        if imported.is_none() {
            edits.push((import_place(program), format!("use {}\n", known.module)));
        }
        (known.module, edits)
    });
    found.collect()
}

/// Where a further import stands: behind the others, or behind the lines about the file.
fn import_place(program: &Program) -> Span {
    let text = program.document.lines.text();
    let mut at = 0_usize;
    let mut place = 0_usize;
    for line in text.split_inclusive('\n') {
        at += line.len();
        if line.starts_with("use ") || line.starts_with("//!") && place + line.len() == at
        {
            place = at;
        }
    }
    let place = u32::try_from(place).unwrap_or(0);
    Span::new(Program::ROOT, place, place)
}

/// Arms for what a `match` does not cover, before its `}`: empty ones, where arms are blocks.
fn arms(program: &Program, problem: &Diagnostic) -> Option<(Span, String)> {
    let text = program.document.lines.text();
    let scan = crate::scan::Scan::new(text);
    let from = problem.primary.span.end as usize;
    let pair = scan.brackets.iter().find(|pair| {
        pair.open >= from && text.as_bytes().get(pair.open) == Some(&b'{')
    })?;
    let close = pair.close?;
    let inside = text.get(pair.open + 1..close)?;
    // A value has no arm that is right for sure.
    if !inside.trim_end().trim_end_matches(',').ends_with('}') {
        return None;
    }
    let names = problem.title.split('`').skip(1).step_by(2);
    let names: Vec<&str> = names.filter(|name| *name != "…").collect();
    let line = |at: usize| {
        text.get(..at)
            .map_or(0, |before| before.rfind('\n').map_or(0, |end| end + 1))
    };
    let start = line(close);
    let indent: String = text
        .get(start..)?
        .chars()
        .take_while(|one| *one == ' ')
        .collect();
    let mut new = String::new();
    for name in names {
        new += &format!("{indent}    {name} => {{}}\n");
    }
    let alone = text.get(start..close)?.trim().is_empty();
    let at = if alone { start } else { close };
    if !alone {
        new = format!("\n{new}{indent}");
    }
    let at = u32::try_from(at).ok()?;
    Some((Span::new(Program::ROOT, at, at), new))
}

/// A `requires` clause for the process around a place, in its place among the clauses.
fn requires(world: &World, program: &Program, at: usize) -> Option<Value> {
    let tree = program.tree()?;
    let around = tree.items.iter().find_map(|item| match &item.kind {
        ItemKind::Process(process)
            if (item.span.start as usize..=item.span.end as usize).contains(&at) =>
        {
            Some(process)
        }
        _ => None,
    });
    let process = around?;
    let condition = bound(program, process, at)?;
    let last = process.requires.last().map(|last| last.span.end);
    let place = last.unwrap_or(process.inputs_span.end.max(process.outputs_span.end));
    let place = Span::new(Program::ROOT, place, place);
    let text = format!("\n    requires {condition}");
    Some(json!({
        "title": format!("require `{condition}`"),
        "kind": "refactor.rewrite",
        "edit": { "changes": changes(world, program, &[(place, text)])? },
    }))
}

/// What must hold for the check at a place: of an index that is an input, that it is one.
fn bound(program: &Program, process: &item::Process, at: usize) -> Option<String> {
    let proved = program.proofs.get()?;
    let near = proved.proofs.checks.iter().find(|check| {
        check.span.file == Program::ROOT
            && check.state == theus::proofs::State::Checked
            && check.fault == "Index"
            && (check.span.start as usize..=check.span.end as usize).contains(&at)
    })?;
    let text = program.text(near.span);
    let (array, index) = text.split_once('[')?;
    let index = index.strip_suffix(']')?.trim();
    let is_input = process.inputs.iter().any(|entry| {
        let entry = program.text(entry.span);
        index == entry
            || index
                .strip_prefix(entry)
                .is_some_and(|rest| rest.starts_with('.'))
    });
    is_input.then(|| format!("{index} in 0..{array}.len()"))
}

/// The safe mends of all problems, where they do not meet.
fn all(world: &World, program: &Program) -> Option<Value> {
    let mut edits: Vec<(Span, String)> = Vec::new();
    for problem in program.found(world.config.levels) {
        let [fix, ..] = problem.fixes.as_slice() else {
            continue;
        };
        // What needs a look is left to people.
        if problem.code.ease() != Ease::Safe {
            continue;
        }
        let meets = |(one, _): &(Span, String)| {
            edits.iter().any(|(other, _)| {
                one.file != Program::ROOT
                    || one.start <= other.end && other.start <= one.end
            })
        };
        if !fix.edits.iter().any(meets) {
            edits.extend(fix.edits.iter().cloned());
        }
    }
    if edits.is_empty() {
        return None;
    }
    Some(json!({
        "title": "make all safe fixes",
        "kind": "source.fixAll.theus",
        "edit": { "changes": changes(world, program, &edits)? },
    }))
}
