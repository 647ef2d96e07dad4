//! `Typed` as text, for `--emit=hir`: names resolved, every implicit step written out.

mod audit;
mod expr;
mod flow;
mod stmt;

use std::fmt::Write as _;

use theus_abi::image::Range;

use crate::body::Body;
use crate::item::{
    Field, Fn, Generic, GenericKind, Head, Period, Process, Target, Test, TestKind,
};
use crate::ty::Ty;
use crate::typed::Typed;

/// What is printed so far.
pub(crate) struct Printer<'t> {
    typed: &'t Typed,
    generics: &'t [Generic],
    body: Option<&'t Body>,
    out: String,
    indent: usize,
}

/// The items of the program; those of the library are left out.
pub fn dump(typed: &Typed) -> String {
    let mut printer = Printer {
        typed,
        generics: &[],
        body: None,
        out: String::new(),
        indent: 0,
    };
    printer.types();
    for found in typed.fns.values() {
        if printer.own(&found.head) {
            printer.function(found);
        }
    }
    for context in typed.contexts.values() {
        if printer.own(&context.head) {
            printer.context(context);
        }
    }
    for process in typed.processes.values() {
        if printer.own(&process.head) {
            printer.process(process);
        }
    }
    for pipeline in typed.pipelines.values() {
        printer.body = Some(&pipeline.locals);
        let every = match pipeline.period {
            Period::None => String::new(),
            Period::Fixed(ns) => format!(" every {ns}ns"),
            Period::Global(field) => format!(" every {}", printer.field(field)),
            Period::Error => " every <error>".to_owned(),
        };
        let batch = pipeline.batch.as_ref().map(|batch| {
            let wait = batch.wait.map(|ns| format!(" or {ns}ns"));
            format!(
                " on {} max {}{}",
                printer.field(batch.field),
                batch.most,
                wait.unwrap_or_default()
            )
        });
        let batch = batch.unwrap_or_default();
        let scratch = pipeline.scratch.map(|bytes| format!(" scratch {bytes}"));
        let scratch = scratch.unwrap_or_default();
        printer.line(&format!(
            "pipeline {}{every}{batch}{scratch} {{",
            pipeline.head.name
        ));
        printer.flows(&pipeline.body);
        printer.line("}");
    }
    printer.audits();
    for test in typed.tests.values() {
        printer.test(test);
    }
    printer.out
}

impl<'t> Printer<'t> {
    fn own(&self, head: &Head) -> bool {
        !self.typed.modules[head.module].is_std
    }

    fn line(&mut self, text: &str) {
        let blank = "    ".repeat(self.indent);
        // Writing to a string cannot fail.
        let _ = writeln!(self.out, "{blank}{text}");
    }

    fn ty(&self, ty: Ty) -> String {
        crate::show::ty(self.typed, self.generics, ty)
    }

    fn types(&mut self) {
        for found in self.typed.structs.values() {
            if !self.own(&found.head) {
                continue;
            }
            self.line(&format!("struct {} {{", found.head.name));
            for member in &found.members {
                let default = member.default.as_ref().map(|value| self.expr(value));
                let text =
                    self.typed_name(&member.name, member.ty, member.range, default);
                self.line(&format!("    {text}"));
            }
            self.line("}");
        }
        for found in self.typed.enums.values() {
            if self.own(&found.head) {
                let names = found.variants.iter().map(|variant| {
                    let types = variant.payload.iter().map(|member| self.ty(member.ty));
                    let types: Vec<String> = types.collect();
                    match types.is_empty() {
                        true => variant.name.to_string(),
                        false => format!("{}({})", variant.name, types.join(", ")),
                    }
                });
                let names: Vec<String> = names.collect();
                self.line(&format!(
                    "enum {} {{ {} }}",
                    found.head.name,
                    names.join(", ")
                ));
            }
        }
        for found in self.typed.consts.values() {
            if self.own(&found.head) {
                let (ty, value) = (self.ty(found.ty), self.expr(&found.value));
                self.line(&format!("const {}: {ty} = {value}", found.head.name));
            }
        }
    }

    fn typed_name(
        &self,
        name: &str,
        ty: Ty,
        range: Option<Range>,
        default: Option<String>,
    ) -> String {
        let range = range.map_or_else(String::new, |range| format!(" in {range}"));
        let default = default.map_or_else(String::new, |default| format!(" = {default}"));
        format!("{name}: {}{range}{default}", self.ty(ty))
    }

    fn function(&mut self, found: &'t Fn) {
        self.generics = &found.generics;
        let generics: Vec<String> = found.generics.iter().map(generic).collect();
        let generics = if generics.is_empty() {
            String::new()
        } else {
            format!("<{}>", generics.join(", "))
        };
        let params = found.params.iter().map(|param| {
            let inout = if param.inout { "inout " } else { "" };
            format!("{inout}{}: {}", param.name, self.ty(param.ty))
        });
        let params = params.collect::<Vec<_>>().join(", ");
        let head = format!(
            "fn {}{generics}({params}) -> {}",
            found.head.name,
            self.ty(found.result)
        );
        match &found.body {
            Err(intrinsic) => {
                self.line(&format!("intrinsic {head} // {}", intrinsic.name()));
            }
            Ok(body) => {
                self.body = Some(body);
                self.line(&format!("{head} {{"));
                self.block(&body.block);
                self.line("}");
            }
        }
        self.generics = &[];
    }

    fn context(&mut self, context: &'t crate::item::Context) {
        self.body = Some(&context.locals);
        self.line(&format!("context {} {{", context.head.name));
        for id in &context.fields {
            let field: &Field = &self.typed.fields[*id];
            let default = field.default.as_ref().map(|value| self.expr(value));
            let text = self.typed_name(&field.name, field.ty, field.range, default);
            self.line(&format!("    {} {text}", field.zone.name()));
        }
        for invariant in &context.invariants {
            let text = self.expr(invariant);
            self.line(&format!("    invariant {text}"));
        }
        self.line("}");
    }

    fn process(&mut self, process: &'t Process) {
        self.body = Some(&process.body);
        self.line(&format!("process {} {{", process.head.name));
        self.indent += 1;
        if let Some(each) = &process.each {
            let field = self.field(each.field);
            let part = |word: &str, part: &Option<crate::body::Expr>| {
                let text = part
                    .as_ref()
                    .map(|part| format!(" {word} {}", self.expr(part)));
                text.unwrap_or_default()
            };
            let (filter, slice) =
                (part("where", &each.filter), part("slice", &each.slice));
            let scratch = each.scratch.map(|(bytes, _)| format!(" scratch {bytes}"));
            let scratch = scratch.unwrap_or_default();
            self.line(&format!("each {field}{filter}{slice}{scratch}"));
        }
        for (word, entries) in
            [("inputs", &process.inputs), ("outputs", &process.outputs)]
        {
            let names: Vec<String> = entries
                .iter()
                .map(|entry| self.target(&entry.target))
                .collect();
            if !names.is_empty() {
                self.line(&format!("{word} {}", names.join(", ")));
            }
        }
        for (word, clauses) in [
            ("requires", &process.requires),
            ("ensures", &process.ensures),
        ] {
            for clause in clauses {
                let text = self.expr(clause);
                self.line(&format!("{word} {text}"));
            }
        }
        for (error, _) in &process.errors {
            let found = &self.typed.errors[*error];
            let types: Vec<String> =
                found.payload.iter().map(|ty| self.ty(*ty)).collect();
            self.line(&format!("errors {}({})", found.name, types.join(", ")));
        }
        if let Some((steps, _)) = process.budget {
            self.line(&format!("budget {steps} steps"));
        }
        if let Some(cached) = process.cached {
            let age = cached.max_age;
            let age = age.map_or_else(String::new, |age| format!(" max age {age} ticks"));
            self.line(&format!("cached{age}"));
        }
        if let Some((hard, ns, _)) = process.deadline {
            self.line(&format!(
                "deadline {}{ns}ns",
                if hard { "hard " } else { "" }
            ));
        }
        self.indent -= 1;
        self.block(&process.body.block);
        self.line("}");
    }

    fn target(&self, target: &Target) -> String {
        match target {
            Target::Context(id) => self.typed.contexts[*id].head.name.to_string(),
            Target::Field(id, members) => {
                let mut text = self.field(*id);
                for member in members {
                    let _ = write!(text, ".{member}");
                }
                text
            }
            Target::Tick => "tick".to_owned(),
            Target::Random => "random".to_owned(),
            Target::Error => "<error>".to_owned(),
        }
    }

    fn field(&self, id: crate::ids::FieldId) -> String {
        let field = &self.typed.fields[id];
        format!(
            "{}.{}",
            self.typed.contexts[field.context].head.name, field.name
        )
    }

    fn test(&mut self, test: &'t Test) {
        self.body = Some(&test.body);
        let word = match test.kind {
            TestKind::Test => "test",
            TestKind::Property => "property",
            TestKind::Bench => "bench",
        };
        self.line(&format!("{word} {:?} {{", test.head.name));
        for drawn in &test.drawn {
            let text = format!("    draws {}", self.local(drawn.local));
            self.line(&text);
        }
        for clause in &test.requires {
            let text = format!("    requires {}", self.expr(clause));
            self.line(&text);
        }
        for (local, _, values) in &test.params {
            let values: Vec<String> =
                values.iter().map(|value| self.expr(value)).collect();
            let text =
                format!("    for {} in [{}]", self.local(*local), values.join(", "));
            self.line(&text);
        }
        self.block(&test.body.block);
        self.line("}");
    }
}

fn generic(found: &Generic) -> String {
    match found.kind {
        GenericKind::Any => found.name.to_string(),
        GenericKind::Number => format!("{}: number", found.name),
        GenericKind::Integer => format!("{}: integer", found.name),
        GenericKind::Float => format!("{}: float", found.name),
        GenericKind::Key => format!("{}: key", found.name),
        GenericKind::Ordered => format!("{}: ordered", found.name),
        GenericKind::Size => format!("const {}", found.name),
    }
}
