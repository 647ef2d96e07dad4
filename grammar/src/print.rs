//! The syntax tree as text: one line for each item, clause, statement and pipeline item,
//! indented by what holds it; expressions on one line with every pair of parentheses written,
//! so that precedence can be seen. Not the formatter.

mod audit;
mod expr;
mod flow;
mod stmt;

use crate::ast::item::{
    Applied, Entry, ErrorDecl, Fn, Generic, Member, Pipeline, Process, ProcessParam,
    QueryKind, Test, TestKind, Use, Variant, Zone,
};
use crate::ast::{Expr, File, Item, ItemKind, Name, Path};
use crate::span::Span;

use expr::{expr, ty};

/// The tree of a file.
pub fn dump(file: &File) -> String {
    print(file, false)
}

/// The tree of a file, with the byte range of each line.
pub fn dump_with_spans(file: &File) -> String {
    print(file, true)
}

/// An expression on one line.
pub fn expression(value: &Expr) -> String {
    expr(value)
}

fn print(file: &File, spans: bool) -> String {
    let mut printer = Printer {
        out: String::new(),
        depth: 0,
        spans,
    };
    printer.docs(&file.docs, "//!");
    for item in &file.items {
        printer.item(item);
    }
    printer.out
}

/// Collects lines.
struct Printer {
    out: String,
    depth: usize,
    spans: bool,
}

impl Printer {
    fn line(&mut self, text: &str, span: Option<Span>) {
        for _ in 0..self.depth {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        if let Some(span) = span.filter(|_| self.spans) {
            self.out
                .push_str(&format!("  @{}..{}", span.start, span.end));
        }
        self.out.push('\n');
    }

    fn nested(&mut self, print: impl FnOnce(&mut Self)) {
        self.depth += 1;
        print(self);
        self.depth -= 1;
    }

    fn docs(&mut self, docs: &[String], mark: &str) {
        for doc in docs {
            self.line(format!("{mark} {doc}").trim_end(), None);
        }
    }

    fn item(&mut self, item: &Item) {
        self.docs(&item.docs, "///");
        let span = Some(item.span);
        match &item.kind {
            ItemKind::Use(item) => self.line(&use_line(item), span),
            ItemKind::Const(item) => {
                let ty = item.ty.as_ref().map(|written| format!(": {}", ty(written)));
                let ty = ty.unwrap_or_default();
                self.line(
                    &format!("const {}{ty} = {}", item.name.text, expr(&item.value)),
                    span,
                );
            }
            ItemKind::Struct(item) => {
                let head =
                    format!("struct {}{}", item.name.text, generics(&item.generics));
                self.line(&head, span);
                self.nested(|printer| printer.members(&item.members));
            }
            ItemKind::Enum(item) => {
                let variants: Vec<_> = item.variants.iter().map(variant).collect();
                let line = format!("enum {} {}", item.name.text, variants.join(", "));
                self.line(&line, span);
            }
            ItemKind::Fn(item) => self.function(item, span),
            ItemKind::Context(item) => {
                let word = if item.is_type { "type " } else { "" };
                self.line(&format!("context {word}{}", item.name.text), span);
                self.nested(|printer| {
                    printer.members(&item.members);
                    for invariant in &item.invariants {
                        printer.line(
                            &format!("invariant {}", expr(invariant)),
                            Some(invariant.span),
                        );
                    }
                });
            }
            ItemKind::Instance(item) => {
                let of = path(&item.of);
                let of = item.count.as_ref().map_or_else(
                    || of.clone(),
                    |count| format!("[{of}; {}]", expr(&count.expr)),
                );
                self.line(&format!("context {}: {of}", item.name.text), span);
            }
            ItemKind::Process(item) => self.process(item, span),
            ItemKind::Contract(item) => {
                let params = names(&item.params);
                self.line(&format!("contract {}({params})", item.name.text), span);
                self.nested(|printer| {
                    printer.clauses(&item.requires, &item.ensures, &item.errors);
                });
            }
            ItemKind::Pipeline(item) => self.pipeline(item, span),
            ItemKind::Test(item) => self.test(item, span),
            ItemKind::Audit(item) => self.audit(item, span),
            ItemKind::Alert(item) => self.alert(item, span),
            ItemKind::Session(item) => self.session(item, span),
            ItemKind::Bad => self.line("bad", span),
        }
    }

    fn members(&mut self, members: &[Member]) {
        for member in members {
            self.docs(&member.docs, "///");
            let zone = match member.zone {
                Some((Zone::Global, _)) => "global ",
                Some((Zone::Signal, _)) => "signal ",
                Some((Zone::Meta, _)) => "meta ",
                Some((Zone::Heavy, _)) => "heavy ",
                Some((Zone::Swap, _)) => "heavy(swap) ",
                Some((Zone::SwapCopy, _)) => "heavy(swap copy) ",
                None => "",
            };
            let mut line = format!("{zone}{}: {}", member.name.text, ty(&member.ty));
            if let Some(range) = &member.range {
                let dots = if range.inclusive { "..=" } else { ".." };
                line.push_str(&format!(
                    " in {}{dots}{}",
                    expr(&range.lo),
                    expr(&range.hi)
                ));
            }
            if let Some(owned) = &member.owned {
                line.push_str(&format!(" of {}", path(&owned.by)));
                if let Some(max) = &owned.max {
                    line.push_str(&format!(" max {}", expr(&max.expr)));
                }
            }
            for query in &member.queries {
                let kind = match query.kind {
                    QueryKind::Unique => "unique",
                    QueryKind::Index => "index",
                    QueryKind::Grid => "grid",
                };
                line.push_str(&format!(" {{{kind} {}", query.name.text));
                if let Some(cell) = &query.cell {
                    line.push_str(&format!(" cell {}", expr(cell)));
                }
                line.push('}');
            }
            if let Some(default) = &member.default {
                line.push_str(&format!(" = {}", expr(default)));
            }
            self.line(&line, Some(member.span));
        }
    }

    fn function(&mut self, item: &Fn, span: Option<Span>) {
        let generics = generics(&item.generics);
        let params = item.params.iter().map(|param| {
            let inout = if param.inout.is_some() { "inout " } else { "" };
            format!("{inout}{}: {}", param.name.text, ty(&param.ty))
        });
        let params: Vec<_> = params.collect();
        let result = item
            .result
            .as_ref()
            .map(|result| format!(" -> {}", ty(result)));
        let word = if item.body.is_some() {
            "fn"
        } else {
            "intrinsic fn"
        };
        let head = format!(
            "{word} {}{generics}({}){}",
            item.name.text,
            params.join(", "),
            result.unwrap_or_default()
        );
        self.line(&head, span);
        if let Some(body) = &item.body {
            self.nested(|printer| printer.block(body));
        }
    }

    fn process(&mut self, item: &Process, span: Option<Span>) {
        let params: Vec<_> = item.params.iter().map(process_param).collect();
        let params = match params.is_empty() {
            true => String::new(),
            false => format!("({})", params.join(", ")),
        };
        let contracts: Vec<_> = item.contracts.iter().map(applied).collect();
        let is = if contracts.is_empty() { "" } else { " is " };
        let head = format!(
            "process {}{params}{is}{}",
            item.name.text,
            contracts.join(", ")
        );
        self.line(&head, span);
        self.nested(|printer| {
            if let Some(each) = &item.each {
                let mut line = format!("each {} in {}", each.name.text, path(&each.over));
                for (word, part) in [("where", &each.filter), ("slice", &each.slice)] {
                    if let Some(part) = part {
                        line.push_str(&format!(" {word} {}", expr(part)));
                    }
                }
                if let Some(isolated) = &each.isolated {
                    line.push_str(" isolated");
                    if let Some(into) = &isolated.into {
                        line.push_str(&format!(" into {}", path(into)));
                    }
                }
                if let Some(size) = &each.scratch {
                    line.push_str(&format!(" scratch {}", expr(size)));
                }
                printer.line(&line, Some(each.span));
            }
            if !item.inputs.is_empty() {
                printer.line(
                    &format!("inputs {}", entries(&item.inputs)),
                    Some(item.inputs_span),
                );
            }
            if !item.outputs.is_empty() {
                printer.line(
                    &format!("outputs {}", entries(&item.outputs)),
                    Some(item.outputs_span),
                );
            }
            for quota in &item.quotas {
                let word = if quota.inserts { "inserts" } else { "sends" };
                let line =
                    format!("{word} {} max {}", path(&quota.into), expr(&quota.max));
                printer.line(&line, Some(quota.span));
            }
            printer.clauses(&item.requires, &item.ensures, &item.errors);
            if let Some(value) = &item.budget {
                printer.line(&format!("budget {} steps", expr(value)), Some(value.span));
            }
            if let Some(cached) = &item.cached {
                let age = cached.max_age.as_ref();
                let age = age.map_or_else(String::new, |age| {
                    format!(" max age {} ticks", expr(age))
                });
                printer.line(&format!("cached{age}"), Some(cached.span));
            }
            if let Some((hard, value)) = &item.deadline {
                let hard = if *hard { "hard " } else { "" };
                printer
                    .line(&format!("deadline {hard}{}", expr(value)), Some(value.span));
            }
            printer.block(&item.body);
        });
    }

    fn clauses(&mut self, requires: &[Expr], ensures: &[Expr], errors: &[ErrorDecl]) {
        for clause in requires {
            self.line(&format!("requires {}", expr(clause)), Some(clause.span));
        }
        for clause in ensures {
            self.line(&format!("ensures {}", expr(clause)), Some(clause.span));
        }
        for error in errors {
            let payload: Vec<_> = error.payload.iter().map(ty).collect();
            let payload = if payload.is_empty() {
                String::new()
            } else {
                format!("({})", payload.join(", "))
            };
            self.line(
                &format!("errors {}{payload}", error.name.text),
                Some(error.name.span),
            );
        }
    }

    fn pipeline(&mut self, item: &Pipeline, span: Option<Span>) {
        let every = item
            .every
            .as_ref()
            .map(|every| format!(" every {}", expr(every)));
        let batch = item.batch.as_ref().map(|batch| {
            let most = batch.most.as_ref();
            let most = most.map(|most| format!(" max {}", expr(most)));
            let wait = batch.wait.as_ref();
            let wait = wait.map(|wait| format!(" or {}", expr(wait)));
            format!(
                " on {}{}{}",
                expr(&batch.queue),
                most.unwrap_or_default(),
                wait.unwrap_or_default()
            )
        });
        let scratch = item.scratch.as_ref();
        let scratch = scratch.map(|size| format!(" scratch {}", expr(size)));
        self.line(
            &format!(
                "pipeline {}{}{}{}",
                item.name.text,
                every.unwrap_or_default(),
                batch.unwrap_or_default(),
                scratch.unwrap_or_default()
            ),
            span,
        );
        self.nested(|printer| printer.flows(&item.body));
    }

    fn test(&mut self, item: &Test, span: Option<Span>) {
        let word = match item.kind {
            TestKind::Test => "test",
            TestKind::Property => "property",
            TestKind::Bench => "bench",
        };
        let mut head = format!("{word} {:?}", item.title.text);
        for (name, over) in &item.params {
            head.push_str(&format!(" for {} in {}", name.text, expr(over)));
        }
        let drawn: Vec<_> = item.drawn.iter().map(process_param).collect();
        if !drawn.is_empty() {
            head.push_str(&format!(" ({})", drawn.join(", ")));
        }
        if let Some(of) = &item.of {
            head.push_str(&format!(" of {}", applied(of)));
        }
        self.line(&head, span);
        self.nested(|printer| {
            for clause in &item.requires {
                printer.line(&format!("requires {}", expr(clause)), None);
            }
            printer.block(&item.body);
        });
    }
}

/// `<T: number, const N>`, or nothing.
fn generics(generics: &[Generic]) -> String {
    if generics.is_empty() {
        return String::new();
    }
    let generics = generics.iter().map(|generic| {
        let size = if generic.is_size { "const " } else { "" };
        let bound = generic
            .bound
            .as_ref()
            .map(|bound| format!(": {}", bound.text));
        format!("{size}{}{}", generic.name.text, bound.unwrap_or_default())
    });
    format!("<{}>", generics.collect::<Vec<_>>().join(", "))
}

fn use_line(item: &Use) -> String {
    let names = if item.names.is_empty() {
        String::new()
    } else {
        format!(".{{{}}}", names(&item.names))
    };
    let alias = item
        .alias
        .as_ref()
        .map(|alias| format!(" as {}", alias.text));
    format!(
        "use {}{names}{}",
        path(&item.path),
        alias.unwrap_or_default()
    )
}

fn variant(variant: &Variant) -> String {
    let payload = variant.payload.iter().map(|(name, ty)| match name {
        Some(name) => format!("{}: {}", name.text, expr::ty(ty)),
        None => expr::ty(ty),
    });
    let payload: Vec<_> = payload.collect();
    match payload.is_empty() {
        true => variant.name.text.to_string(),
        false => format!("{}({})", variant.name.text, payload.join(", ")),
    }
}

fn names(names: &[Name]) -> String {
    let names: Vec<_> = names.iter().map(|name| &*name.text).collect();
    names.join(", ")
}

fn path(path: &Path) -> String {
    let words: Vec<_> = path.words.iter().map(|word| &*word.text).collect();
    words.join(".")
}

fn process_param(param: &ProcessParam) -> String {
    match &param.ty {
        Some(written) => format!("{}: {}", param.name.text, ty(written)),
        None => format!("const {}", param.name.text),
    }
}

/// A name with its arguments.
fn applied(applied: &Applied) -> String {
    let name = path(&applied.path);
    match &applied.args {
        Some(args) => format!("{name}({})", expr::arguments(args)),
        None => name,
    }
}

fn entries(entries: &[Entry]) -> String {
    let entries: Vec<_> = entries.iter().map(entry).collect();
    entries.join(", ")
}

fn entry(entry: &Entry) -> String {
    let mut text = String::new();
    for (word, at) in entry.path.words.iter().zip(1..) {
        let dot = if at > 1 { "." } else { "" };
        text.push_str(&format!("{dot}{}", word.text));
        if let Some((_, index)) = entry.at.as_ref().filter(|(words, _)| *words == at) {
            text.push_str(&format!("[{}]", expr(index)));
        }
    }
    text
}
