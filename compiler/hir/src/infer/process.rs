//! Processes: contracts and bodies.

use std::sync::Arc;

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr as tree;
use theus_grammar::ast::item as tree_item;
use theus_grammar::ast::{Name, Path};

use super::mismatch::at;
use super::{Checker, Home, Returns, paths};
use crate::body::{Body, Expr};
use crate::build::dotted;
use crate::cx::{Cx, Env};
use crate::habits;
use crate::ids::{ContextId, FieldId, ProcessId};
use crate::item::{Cached, ContextKind, Entry, Generic, GenericKind, Target};
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
    let env = Env {
        module,
        generics: sizes(tree),
    };
    let mut checker = Checker::new(cx, env, Home::Process);
    let params = checker.params(&tree.params);
    let inputs = checker.entries(&tree.inputs, &[Zone::Global, Zone::Data]);
    let mut outputs =
        checker.entries(&tree.outputs, &[Zone::Data, Zone::Signal, Zone::Meta]);
    let quotas = checker.quotas(&tree.quotas, tree.each.is_some());
    for quota in &quotas {
        let entry = quota.entry();
        if outputs.iter().all(|known| known.target != entry.target) {
            outputs.push(entry);
        }
    }
    if let Some(bad) = tree.quotas.get(quotas.len()) {
        outputs.push(Entry {
            target: Target::Error,
            span: bad.span,
        });
    }
    let clauses = |checker: &mut Checker<'_, '_>, clauses: &[tree::Expr]| -> Vec<Expr> {
        let check = |clause: &tree::Expr| {
            checker.check(clause, Ty::BOOL, at(clause.span, "a clause is a condition"))
        };
        clauses.iter().map(check).collect()
    };
    let shared = checker.shared(&tree.contracts);
    let (mut requires, mut ensures) = (shared.requires, shared.ensures);
    requires.extend(clauses(&mut checker, &tree.requires));
    // What holds after the run of each element may name it.
    let alone = tree.each.as_ref().filter(|each| each.isolated.is_some());
    let alone = alone.map(|each| checker.each_clause(each));
    ensures.extend(clauses(&mut checker, &tree.ensures));
    let deadline = tree.deadline.as_ref().and_then(|(hard, written)| {
        checker
            .deadline(written)
            .map(|ns| (*hard, ns, written.span))
    });
    let budget = tree.budget.as_ref();
    let budget =
        budget.and_then(|written| Some((checker.budget(written)?, written.span)));
    let cached = tree.cached.as_ref().map(|written| Cached {
        max_age: written.max_age.as_ref().and_then(|age| checker.age(age)),
        span: written.span,
    });
    checker.frame.returns = Returns::Nothing("a process");
    let each = match alone {
        Some(each) => each,
        None => tree
            .each
            .as_ref()
            .and_then(|each| checker.each_clause(each)),
    };
    if let Some(into) = each.as_ref().and_then(|each| each.isolated?.into) {
        let target = Target::Field(into, Vec::new());
        let span = each.as_ref().map_or(tree.name.span, |each| each.span);
        if outputs.iter().all(|known| known.target != target) {
            outputs.push(Entry { target, span });
        }
    }
    let before = checker.locals.len();
    let block = checker.block(&tree.body);
    paths::check(&mut checker, &block, before, None);
    let locals = checker.finish();
    let found = &mut cx.out.processes[id];
    found.params = params;
    found.each = each;
    found.quotas = quotas;
    found.inputs = inputs;
    found.outputs = outputs;
    found.requires = requires;
    found.ensures = ensures;
    found.deadline = deadline;
    found.budget = budget;
    found.cached = cached;
    found.body = Body { locals, block };
}

/// The parameters that are sizes, as those of a function.
fn sizes(tree: &tree_item::Process) -> Arc<[Generic]> {
    let sizes = tree.params.iter().filter(|param| param.ty.is_none());
    let generic = |param: &tree_item::ProcessParam| Generic {
        name: Arc::clone(&param.name.text),
        kind: GenericKind::Size,
        span: param.name.span,
    };
    sizes.map(generic).collect()
}

impl Checker<'_, '_> {
    fn budget(&mut self, written: &tree::Expr) -> Option<u64> {
        let module = self.env.module;
        let (value, _) =
            self.cx
                .constant_value(module, written, Some(Ty::I64), "a budget")?;
        let steps = match value {
            Value::Int(steps) => u64::try_from(steps).ok().filter(|steps| *steps > 0),
            _ => None,
        };
        if steps.is_none() {
            let found = Diagnostic::new(Code::BadBudget, written.span, "no step at all")
                .title("a budget must be more than zero")
                .help("a step is one round of a loop: write a number such as `10_000 steps`");
            self.report(found);
        }
        steps
    }

    fn age(&mut self, written: &tree::Expr) -> Option<u64> {
        let module = self.env.module;
        let (value, _) =
            self.cx
                .constant_value(module, written, Some(Ty::I64), "an age")?;
        let ticks = match value {
            Value::Int(ticks) => u64::try_from(ticks).ok().filter(|ticks| *ticks > 0),
            _ => None,
        };
        if ticks.is_none() {
            let found = Diagnostic::new(Code::BadAge, written.span, "no tick at all")
                .title("an age must be more than zero")
                .help("a process that runs in every tick has no `cached`");
            self.report(found);
        }
        ticks
    }

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

    /// The entries of a clause. `whole`: what the name of one of several contexts means.
    fn entries(&mut self, written: &[tree_item::Entry], whole: &[Zone]) -> Vec<Entry> {
        let mut entries = Vec::new();
        for entry in written {
            let span = entry.span;
            match &entry.at {
                None => {
                    let target = self.entry(&entry.path);
                    entries.push(Entry { target, span });
                }
                Some((words, index)) => {
                    let targets = self.entry_at(&entry.path, *words, index, whole);
                    let each = targets.into_iter();
                    entries.extend(each.map(|target| Entry { target, span }));
                }
            }
        }
        entries
    }

    /// `arms[2].x`, or all fields of `arms[2]`.
    fn entry_at(
        &mut self,
        path: &Path,
        words: usize,
        index: &tree::Expr,
        whole: &[Zone],
    ) -> Vec<Target> {
        let (head, rest) = path.words.split_at(words.min(path.words.len()));
        let Walk::Found(Def::Context(context), []) = self.walk(head) else {
            // The path without its index says what is wrong; elements have no entries.
            if self.entry(path) != Target::Error {
                self.element_entry(index.span);
            }
            return vec![Target::Error];
        };
        let span = index.span;
        let found = self.context_index(context, std::slice::from_ref(index), span);
        let Some(at) = self.constant_element(context, &found) else {
            return vec![Target::Error];
        };
        let fields = self.cx.out.contexts[context].fields.clone();
        match rest {
            [] => fields
                .into_iter()
                .filter(|field| whole.contains(&self.cx.out.fields[*field].zone))
                .map(|field| Target::Field(field, vec![at]))
                .collect(),
            [name, rest @ ..] => match self.entry_field(context, name, rest) {
                Target::Field(field, members) => {
                    let members = std::iter::once(at).chain(members).collect();
                    vec![Target::Field(field, members)]
                }
                other => vec![other],
            },
        }
    }

    fn element_entry(&mut self, span: Span) {
        let found = Diagnostic::new(Code::UnknownEntry, span, "an element of an array")
            .title("elements of arrays are not declared apart")
            .help("name the whole field");
        self.report(found);
    }

    /// Which one of several contexts a constant index names.
    pub(crate) fn constant_element(
        &mut self,
        context: ContextId,
        index: &Expr,
    ) -> Option<u32> {
        let ContextKind::Many(count) = self.cx.out.contexts[context].kind else {
            return None;
        };
        if index.ty == Ty::ERROR {
            return None;
        }
        let at = match self.cx.evaluate(index) {
            Ok(Value::Int(at)) => u32::try_from(at).ok(),
            Ok(Value::Variant(_, at, _)) => Some(at),
            Ok(_) => None,
            Err(_) => {
                let found =
                    Diagnostic::new(Code::NotConstant, index.span, "this can change")
                        .title("a contract names contexts by constant indices")
                        .help("name the field of all of them, without an index");
                self.report(found);
                return None;
            }
        };
        let found = at.filter(|at| u64::from(*at) < count.get());
        if found.is_none() {
            let text = format!("indices go from 0 to {}", count.get() - 1);
            let name = Arc::clone(&self.cx.out.contexts[context].head.name);
            let report = Diagnostic::new(Code::OneOfSeveral, index.span, text)
                .title(format!("there is no such context among `{name}`"))
                .help("name one that there is");
            self.report(report);
        }
        found
    }

    pub(crate) fn entry(&mut self, path: &Path) -> Target {
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
        match self.walk(&path.words) {
            Walk::Found(Def::Context(context), []) => Target::Context(context),
            Walk::Found(Def::Context(context), [name, rest @ ..]) => {
                self.entry_field(context, name, rest)
            }
            Walk::Found(Def::Pipeline(id), [name, rest @ ..])
                if let Some(modes) = self.cx.out.pipelines[id].modes =>
            {
                self.entry_field(modes.context, name, rest)
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
            Walk::Unknown(name, None) if &*name.text == "host" => {
                self.host_told(name.span);
                Target::Error
            }
            Walk::Unknown(name, inside) => {
                let mut names = self.cx.candidates(self.env.module, inside, |def| {
                    matches!(def, Def::Context(_))
                        || (inside.is_none() && def.is_module())
                });
                names.extend(["tick".into(), "random".into()]);
                let mut found = unknown(Code::UnknownEntry, "context", name, &names);
                if found.help.is_empty()
                    && let [only] = path.words.as_slice()
                    && let Some(path) = self.field_named(&only.text)
                {
                    found = found
                        .help(format!("a field is written with its context: `{path}`"))
                        .fix(format!("write `{path}`"), only.span, path);
                }
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
            if found.kind == ContextKind::Error {
                return Target::Error;
            }
            let (head, names) = (found.head.clone(), self.cx.field_names(context));
            let missing = (context, Arc::clone(&name.text));
            self.cx.unknown_entries.insert(missing);
            let report = unknown(Code::UnknownEntry, "field", name, &names)
                .title(format!(
                    "context `{}` has no field `{}`",
                    head.name, name.text
                ))
                .label(head.span, "the context is declared here");
            self.report(report);
            return Target::Error;
        };
        self.cx.used(name.span, self.cx.out.fields[field].span);
        self.entry_members(field, rest)
    }

    fn entry_members(&mut self, field: FieldId, rest: &[Name]) -> Target {
        let mut ty = match self.cx.out.several(field) {
            Some(_) if rest.is_empty() => return Target::Field(field, Vec::new()),
            Some(_) => self.cx.row(self.cx.out.fields[field].ty),
            None => self.cx.out.fields[field].ty,
        };
        let mut at = Vec::new();
        for name in rest {
            let id = match self.kind(ty) {
                TyKind::Struct(id, _)
                    if self.cx.out.structs[*id].collection.is_none() =>
                {
                    *id
                }
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
            let Some(place) = place.and_then(|place| u32::try_from(place).ok()) else {
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
            let of = found.members.get(place as usize).map(|member| member.span);
            of.into_iter().for_each(|of| self.cx.used(name.span, of));
            ty = self.cx.out.member_ty(ty, place);
            at.push(place);
        }
        Target::Field(field, at)
    }

    /// The process that a path names; `None`, reported, if there is none.
    pub(crate) fn process(&mut self, path: &Path) -> Option<ProcessId> {
        match self.cx.walk(self.env.module, &path.words) {
            Walk::Found(Def::Process(id), []) => Some(id),
            Walk::Error => None,
            Walk::Found(Def::Process(_), _) => {
                self.not_a_process(path.span, &dotted(path), "a part of a process");
                None
            }
            Walk::Found(Def::Context(_), [_, ..]) => {
                self.not_a_process(path.span, &dotted(path), "a field");
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
                let found = match habits::process(&name.text) {
                    Some(habit) => {
                        let mut found = found;
                        found.fixes.clear();
                        found.help = vec![habit.to_owned()];
                        found
                    }
                    None if found.help.is_empty() => {
                        found.help(format!("declare it: `process {} {{ … }}`", name.text))
                    }
                    None => found,
                };
                self.report(found);
                None
            }
        }
    }

    fn not_a_process(&mut self, span: Span, name: &str, what: &str) {
        let found = Diagnostic::new(Code::WrongKind, span, format!("this is {what}"))
            .title(format!("`{name}` is {what}, not a process"))
            .help(match what {
                "a field" => "items of a pipeline are processes; a field is written by a sink, a condition stands after `when`",
                "a part of a process" => "a process stands by its name alone: `a -> b`",
                _ => "items of a pipeline are processes; conditions stand after `when`",
            });
        self.report(found);
    }
}
