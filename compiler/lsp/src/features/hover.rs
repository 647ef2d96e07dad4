//! What is known of a name, for people.

use std::fmt::Write as _;

use serde_json::{Value, json};
use theus_contract::{Footprint, place_text};
use theus_grammar::Span;
use theus_grammar::ast::ItemKind;
use theus_hir::{FieldId, Flow, FlowKind, ProcessId, Typed};

use super::complete::place::Place;
use super::references::{fields_at, names};
use crate::index::What;
use crate::library;
use crate::programs::Program;
use crate::scan::Scan;
use crate::wire::{Answer, AtPlace, Position, params, value};
use crate::words;
use crate::world::World;

/// How many names a list has before it is cut.
const MOST_NAMES: usize = 12;

/// What is known of the name at a place.
pub(crate) fn answer(world: &mut World, given: Value) -> Answer {
    let at: AtPlace = params(given)?;
    let program = world.program(&at.text_document.uri)?;
    let Some(found) = program.name_at(at.position) else {
        return Ok(word(world, &program, at.position).unwrap_or_default());
    };
    let Some(text) = about(&program, found.of) else {
        return Ok(Value::Null);
    };
    Ok(hover(world, &program, found.at, &text))
}

/// What is shown at a place.
fn hover(world: &World, program: &Program, place: Span, text: &str) -> Value {
    let kind = if world.client.markdown {
        "markdown"
    } else {
        "plaintext"
    };
    json!({
        "contents": { "kind": kind, "value": text },
        "range": value(program.document.lines.of(place)),
    })
}

/// What a word of the language says where it stands.
fn word(world: &World, program: &Program, position: Position) -> Option<Value> {
    let lines = &program.document.lines;
    let scan = Scan::new(lines.text());
    let token = scan.at(lines.offset(position))?;
    let word = scan.text(token);
    let of_item = match Place::new(&scan, token.start).item {
        "process" | "contract" => words::CLAUSES,
        "pipeline" => words::FLOW,
        "context" => words::ZONES,
        "test" | "property" | "bench" => words::TESTS,
        _ => words::ITEMS,
    };
    let tables = [
        of_item,
        words::STATEMENTS,
        words::VALUES,
        words::TYPES,
        words::ITEMS,
    ];
    let mut all = tables.into_iter().flatten();
    let (_, meaning, _) =
        all.find(|(known, what, _)| *known == word && !what.is_empty())?;
    let start = u32::try_from(token.start).ok()?;
    let place = Span::new(Program::ROOT, start, u32::try_from(token.end).ok()?);
    let text = format!("`{word}`: {meaning}\n");
    Some(hover(world, program, place, &text))
}

/// What is known of a declaration, as Markdown.
pub(crate) fn about(program: &Program, declared: Span) -> Option<String> {
    let (index, typed) = (program.index(), &program.analysis.typed);
    let what = index.what(declared);
    let mut code = match index.declared.get(&declared) {
        Some(written) => undented(without_comments(program.text(written.head))),
        None => {
            let local = index.local(typed, declared)?;
            let word = if local.mutable { "var " } else { "let " };
            let word = match what {
                Some(What::Parameter(_)) if local.mutable => "inout ",
                Some(What::Parameter(_)) => "",
                _ => word,
            };
            let ty = program.show(declared, local.ty);
            format!("{word}{}: {ty}", local.name)
        }
    };
    if let Some(What::Const(id)) = what
        && !code.contains(':')
    {
        code = format!("{code}  // {}", program.show(declared, typed.consts[id].ty));
    }
    let mut out = format!(
        "```theus\n{}\n```\n",
        code.trim_end().trim_end_matches('{').trim_end()
    );
    if let Some(written) = index.declared.get(&declared) {
        let docs: Vec<&str> = written.docs.iter().map(|line| line.trim()).collect();
        let mut docs = docs.join("\n");
        if docs.is_empty()
            && let Some(known) = library::declared(declared.file, program.text(declared))
        {
            docs.clone_from(&known.docs);
        }
        if !docs.is_empty() {
            let _ = write!(out, "\n{docs}\n");
        }
    }
    match what {
        Some(What::Process(id)) => out += &process(typed, program, id),
        Some(What::ContractParameter) => out += &given(program, declared),
        Some(What::Field(_)) => out += &field(program, &fields_at(program, declared)),
        Some(What::Context(id)) => {
            let bytes = typed.contexts[id].fields.iter();
            let bytes: Option<u64> = bytes.map(|field| program.bytes(*field)).sum();
            if let Some(bytes) = bytes {
                let _ = write!(out, "\n{}\n", counted(bytes, "byte"));
            }
        }
        _ => {}
    }
    Some(out)
}

/// A head without the comments that stand before its body.
fn without_comments(head: &str) -> &str {
    let mut head = head.trim_end();
    while let Some((before, last)) = head.rsplit_once('\n') {
        if !last.trim_start().starts_with("//") {
            break;
        }
        head = before.trim_end();
    }
    head
}

/// What processes give for a parameter of a contract.
fn given(program: &Program, declared: Span) -> String {
    let index = program.index();
    let items = || {
        program
            .analysis
            .files
            .iter()
            .flat_map(|file| &file.file.items)
    };
    let found = items().find_map(|item| match &item.kind {
        ItemKind::Contract(it) => {
            let at = it.params.iter().position(|param| param.span == declared)?;
            Some((it.name.span, at))
        }
        _ => None,
    });
    let Some((contract, at)) = found else {
        return String::new();
    };
    let takes: Vec<Span> = index.uses_of(contract).collect();
    let mut out = String::new();
    for item in items() {
        let ItemKind::Process(it) = &item.kind else {
            continue;
        };
        for taken in &it.contracts {
            let name = taken.path.words.last().map(|word| word.span);
            let arg = taken.args.iter().flatten().nth(at);
            if let (true, Some(arg)) = (name.is_some_and(|it| takes.contains(&it)), arg) {
                let text = program.text(arg.value.span);
                let _ = write!(out, "  \n`{text}` in `{}`", it.name.text);
            }
        }
    }
    match out.is_empty() {
        true => "\nno process takes this contract\n".to_owned(),
        false => format!("\nstands for{out}\n"),
    }
}

fn process(typed: &Typed, program: &Program, id: ProcessId) -> String {
    let print = program.analysis.footprints.process(id);
    let mut out = String::new();
    let (reads, writes) = touched(typed, print);
    let _ = write!(
        out,
        "\nreads {}  \nwrites {}\n",
        listed(&reads),
        listed(&writes)
    );
    let own: Vec<ProcessId> = typed
        .processes
        .iter()
        .filter(|(other, process)| *other == id || process.of == Some(id))
        .map(|(other, _)| other)
        .collect();
    let callers: Vec<String> = typed
        .pipelines
        .values()
        .filter(|pipeline| pipeline.together.is_empty() && runs(&pipeline.body, &own))
        .map(|pipeline| pipeline.head.name.to_string())
        .collect();
    if callers.is_empty() {
        out += "\nruns in no pipeline\n";
    } else {
        let _ = write!(out, "\nruns in {}\n", listed(&callers));
    }
    out
}

/// What a body touches: what it reads, and what it writes.
fn touched(typed: &Typed, print: &Footprint) -> (Vec<String>, Vec<String>) {
    let mut reads: Vec<String> = print
        .reads
        .keys()
        .map(|(place, _)| place_text(typed, place))
        .collect();
    reads.extend(print.tick.map(|_| "tick".to_owned()));
    reads.extend(print.random.map(|_| "random".to_owned()));
    let writes = print
        .writes
        .keys()
        .map(|(place, _)| place_text(typed, place));
    let mut writes: Vec<String> = writes.collect();
    for names in [&mut reads, &mut writes] {
        names.sort_unstable();
        names.dedup();
    }
    (reads, writes)
}

/// Whether some of these processes are among the items.
pub(crate) fn runs(items: &[Flow], own: &[ProcessId]) -> bool {
    items.iter().any(|item| match &item.kind {
        FlowKind::Run(id) => own.contains(id),
        FlowKind::Par(members) => members.iter().any(|member| runs(member, own)),
        FlowKind::Atomic(inner)
        | FlowKind::EveryTicks(_, inner)
        | FlowKind::EveryTime(_, inner)
        | FlowKind::Measure(_, inner)
        | FlowKind::On(_, _, inner)
        | FlowKind::Repeat(_, inner)
        | FlowKind::Mode(_, _, inner)
        | FlowKind::OnEnter(inner)
        | FlowKind::OnExit(inner)
        | FlowKind::Nested(_, inner)
        | FlowKind::OnStart(inner)
        | FlowKind::OnStop(inner) => runs(inner, own),
        FlowKind::When(_, yes, no) => runs(yes, own) || runs(no, own),
        FlowKind::Match(_, arms) => arms.iter().any(|arm| runs(&arm.body, own)),
        FlowKind::Handler(handler) => runs(&handler.body, own),
        FlowKind::Enter(..)
        | FlowKind::Skip
        | FlowKind::Drop
        | FlowKind::Stop(_)
        | FlowKind::Fail(_)
        | FlowKind::Reset(_)
        | FlowKind::Sink(_)
        | FlowKind::Source(_)
        | FlowKind::Error => false,
    })
}

fn field(program: &Program, fields: &[FieldId]) -> String {
    let typed = &program.analysis.typed;
    let mut out = String::new();
    let Some(first) = fields.first() else {
        return out;
    };
    let _ = write!(out, "\n{}", typed.fields[*first].zone.name());
    let bytes: Option<u64> = fields
        .iter()
        .filter_map(|id| program.bytes(*id))
        .reduce(|a, b| a + b);
    if let Some(bytes) = bytes {
        let _ = write!(out, " · {}", counted(bytes, "byte"));
    }
    let who = |entries: fn(&theus_hir::item::Process) -> &[theus_hir::item::Entry]| {
        let processes = typed.written_processes().filter(|(_, process)| {
            entries(process)
                .iter()
                .any(|entry| fields.iter().any(|field| names(typed, entry, *field)))
        });
        let names: Vec<String> = processes
            .map(|(_, process)| process.head.name.to_string())
            .collect();
        listed(&names)
    };
    let _ = write!(
        out,
        "  \nwritten by {}  \nread by {}\n",
        who(|process| &process.outputs),
        who(|process| &process.inputs)
    );
    out
}

/// `` `a`, `b` ``; or `nothing`.
fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "nothing".to_owned();
    }
    let mut shown: Vec<String> = names
        .iter()
        .take(MOST_NAMES)
        .map(|name| format!("`{name}`"))
        .collect();
    if names.len() > MOST_NAMES {
        shown.push(format!("and {} more", names.len() - MOST_NAMES));
    }
    shown.join(", ")
}

/// `1 byte`, `3 bytes`.
pub(crate) fn counted(count: u64, what: &str) -> String {
    if count == 1 {
        format!("1 {what}")
    } else {
        format!("{count} {what}s")
    }
}

/// A text whose later lines are not further in than they must be.
fn undented(text: &str) -> String {
    let rest = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let blanks = rest
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let last = text.lines().last().unwrap_or("");
    // Where the last line closes what the first opens, both are as far in.
    let blanks = if last.trim() == "}" {
        blanks
    } else {
        blanks.saturating_sub(4)
    };
    let lines = text.lines().enumerate().map(|(at, line)| {
        if at == 0 {
            line
        } else {
            line.get(blanks..).unwrap_or_else(|| line.trim_start())
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}
