//! Processes: contracts and bodies.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr as tree;
use theus_grammar::ast::{Name, Path};

use super::mismatch::at;
use super::{Checker, Home, Returns, paths};
use crate::body::{Body, Expr};
use crate::build::dotted;
use crate::cx::{Cx, Env};
use crate::ids::{ContextId, FieldId, ProcessId};
use crate::item::{Entry, Target};
use crate::resolve::scope::{Def, Walk, unknown};
use crate::ty::{Ty, TyKind};
use crate::value::Value;

/// Checks all processes.
pub(crate) fn all(cx: &mut Cx<'_>) {
    for id in cx.out.processes.keys().collect::<Vec<_>>() {
        one(cx, id);
    }
}

fn one(cx: &mut Cx<'_>, id: ProcessId) {
    let tree = cx.trees.processes[id];
    let module = cx.out.processes[id].head.module;
    let mut checker = Checker::new(cx, Env::plain(module), Home::Process);
    let inputs = checker.entries(&tree.inputs);
    let outputs = checker.entries(&tree.outputs);
    let clauses = |checker: &mut Checker<'_, '_>, clauses: &[tree::Expr]| -> Vec<Expr> {
        let check = |clause: &tree::Expr| {
            checker.check(clause, Ty::BOOL, at(clause.span, "a clause is a condition"))
        };
        clauses.iter().map(check).collect()
    };
    let requires = clauses(&mut checker, &tree.requires);
    let ensures = clauses(&mut checker, &tree.ensures);
    let deadline = tree.deadline.as_ref().and_then(|(hard, written)| {
        if *hard {
            // It undoes a late process in a paced run, and there are no paced runs yet.
            let found = Diagnostic::new(Code::NotBuilt, written.span, "a hard deadline")
                .title("`deadline hard` is not built yet")
                .help("without `hard`, lateness is measured and counted");
            checker.report(found);
        }
        checker
            .deadline(written)
            .map(|ns| (*hard, ns, written.span))
    });
    checker.frame.returns = Returns::Nothing("a process");
    let block = checker.block(&tree.body);
    paths::check(&mut checker, &block, 0, None);
    let locals = checker.finish();
    let found = &mut cx.out.processes[id];
    found.inputs = inputs;
    found.outputs = outputs;
    found.requires = requires;
    found.ensures = ensures;
    found.deadline = deadline;
    found.body = Body { locals, block };
}

impl Checker<'_, '_> {
    fn deadline(&mut self, written: &tree::Expr) -> Option<i64> {
        let module = self.env.module;
        let (value, _) =
            self.cx
                .constant_value(module, written, Some(Ty::DURATION), "a deadline")?;
        match value {
            Value::Duration(ns) if ns > 0 => Some(ns),
            _ => {
                let found =
                    Diagnostic::new(Code::BadPeriod, written.span, "no time at all")
                        .title("a deadline must be longer than zero")
                        .help("write a duration such as `100us`");
                self.report(found);
                None
            }
        }
    }

    fn entries(&mut self, paths: &[Path]) -> Vec<Entry> {
        let entries = paths.iter().map(|path| Entry {
            target: self.entry(path),
            span: path.span,
        });
        entries.collect()
    }

    fn entry(&mut self, path: &Path) -> Target {
        if let [word] = path.words.as_slice() {
            let taken = self.cx.scopes[self.env.module]
                .names
                .contains_key(&word.text);
            match &*word.text {
                "tick" if !taken => return Target::Tick,
                "random" if !taken => return Target::Random,
                _ => {}
            }
        }
        match self.cx.walk(self.env.module, &path.words) {
            Walk::Found(Def::Context(context), []) => Target::Context(context),
            Walk::Found(Def::Context(context), [name, rest @ ..]) => {
                self.entry_field(context, name, rest)
            }
            Walk::Found(def, _) => {
                let found = Diagnostic::new(
                    Code::UnknownEntry,
                    path.span,
                    format!("this is {}", def.what()),
                )
                .title(format!("`{}` is no context or field", dotted(path)))
                .help(
                    "inputs and outputs are contexts, their fields, `tick` and `random`",
                );
                self.report(found);
                Target::Error
            }
            Walk::Unknown(name, inside) => {
                let mut names = self.cx.candidates(self.env.module, inside, |def| {
                    matches!(def, Def::Context(_))
                        || (inside.is_none() && def.is_module())
                });
                names.extend(["tick".into(), "random".into()]);
                let mut found = unknown(Code::UnknownEntry, "context", name, &names);
                if matches!(&*name.text, "tick" | "random") {
                    found =
                        Diagnostic::new(Code::UnknownEntry, path.span, "no members here")
                            .title(format!("`{}` is declared as a whole", name.text))
                            .help(format!("write `{}`", name.text))
                            .fix(
                                format!("write `{}`", name.text),
                                path.span,
                                &*name.text,
                            );
                }
                self.report(found);
                Target::Error
            }
            Walk::Error => Target::Error,
        }
    }

    fn entry_field(&mut self, context: ContextId, name: &Name, rest: &[Name]) -> Target {
        let found = &self.cx.out.contexts[context];
        let field = found
            .fields
            .iter()
            .copied()
            .find(|id| self.cx.out.fields[*id].name == name.text);
        let Some(field) = field else {
            let (head, names) = (found.head.clone(), self.field_names(context));
            let report = unknown(Code::UnknownEntry, "field", name, &names)
                .title(format!(
                    "context `{}` has no field `{}`",
                    head.name, name.text
                ))
                .label(head.span, "the context is declared here");
            self.report(report);
            return Target::Error;
        };
        self.entry_members(field, rest)
    }

    fn field_names(&self, context: ContextId) -> Vec<Arc<str>> {
        let fields = self.cx.out.contexts[context].fields.iter();
        fields
            .map(|id| Arc::clone(&self.cx.out.fields[*id].name))
            .collect()
    }

    fn entry_members(&mut self, field: FieldId, rest: &[Name]) -> Target {
        let mut ty = self.cx.out.fields[field].ty;
        let mut at = Vec::new();
        for name in rest {
            let id = match *self.kind(ty) {
                TyKind::Struct(id) => id,
                TyKind::Error => return Target::Error,
                _ => {
                    let text = self.show(ty);
                    let found = Diagnostic::new(
                        Code::UnknownEntry,
                        name.span,
                        "there is no such part",
                    )
                    .title(format!("`{text}` has no member `{}`", name.text))
                    .help(
                        "name the whole field: elements of arrays are not declared apart",
                    );
                    self.report(found);
                    return Target::Error;
                }
            };
            let found = &self.cx.out.structs[id];
            let place = found
                .members
                .iter()
                .position(|member| member.name == name.text);
            let Some((place, member)) =
                place.and_then(|place| Some((place, found.members.get(place)?)))
            else {
                let names: Vec<Arc<str>> = found
                    .members
                    .iter()
                    .map(|member| Arc::clone(&member.name))
                    .collect();
                let title =
                    format!("struct `{}` has no member `{}`", found.head.name, name.text);
                let report =
                    unknown(Code::UnknownEntry, "member", name, &names).title(title);
                self.report(report);
                return Target::Error;
            };
            ty = member.ty;
            at.push(u32::try_from(place).unwrap_or(0));
        }
        Target::Field(field, at)
    }

    /// The field that a path names, if it names one.
    pub(crate) fn field_of(&mut self, words: &[Name]) -> Option<FieldId> {
        if words
            .first()
            .is_some_and(|first| self.find_local(&first.text).is_some())
        {
            return None;
        }
        match self.cx.walk(self.env.module, words) {
            Walk::Found(Def::Context(context), [name]) => {
                let fields = self.cx.out.contexts[context].fields.iter();
                fields
                    .copied()
                    .find(|id| self.cx.out.fields[*id].name == name.text)
            }
            _ => None,
        }
    }

    /// The process that a path names; `None`, reported, if there is none.
    pub(crate) fn process(&mut self, path: &Path) -> Option<ProcessId> {
        match self.cx.walk(self.env.module, &path.words) {
            Walk::Found(Def::Process(id), []) => Some(id),
            Walk::Error => None,
            Walk::Found(Def::Pipeline(_), []) => {
                let found =
                    Diagnostic::new(Code::NotBuilt, path.span, "this is a pipeline")
                        .title("a pipeline in a pipeline is not built yet")
                        .help("name its processes");
                self.report(found);
                None
            }
            Walk::Found(def, _) => {
                self.not_a_process(path.span, &dotted(path), def.what());
                None
            }
            Walk::Unknown(name, inside) => {
                let names = self.cx.candidates(self.env.module, inside, |def| {
                    matches!(def, Def::Process(_))
                        || (inside.is_none() && def.is_module())
                });
                let found = unknown(Code::UnknownProcess, "process", name, &names);
                let found = if found.help.is_empty() {
                    found.help(format!("declare it: `process {} {{ … }}`", name.text))
                } else {
                    found
                };
                self.report(found);
                None
            }
        }
    }

    fn not_a_process(&mut self, span: Span, name: &str, what: &str) {
        let found = Diagnostic::new(Code::WrongKind, span, format!("this is {what}"))
            .title(format!("`{name}` is {what}, not a process"))
            .help("items of a pipeline are processes; conditions stand after `when`");
        self.report(found);
    }
}
