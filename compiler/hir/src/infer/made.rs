//! A process made of one with parameters: everything that stands for an argument replaced.

use std::sync::Arc;

use super::Checker;
use crate::body::{Body, Expr, ExprKind};
use crate::ids::{ContextId, ProcessId, WindowId};
use crate::item::{Each, Entry, Head, Isolated, Process, Target, Window};
use crate::subst::Subst;
use crate::ty::GenericArg;
use crate::walk::{each_expr, each_expr_of_block};

/// What the arguments of one use are.
#[derive(Default)]
pub(crate) struct Made {
    /// The same arguments have the same texts.
    pub(crate) key: Vec<String>,
    pub(crate) subst: Subst,
    /// Parameter, context, which one of several.
    pub(crate) contexts: Vec<(ContextId, ContextId, Option<u32>)>,
    pub(crate) generics: Vec<GenericArg>,
}

impl Checker<'_, '_> {
    /// The process with everything replaced.
    pub(crate) fn made(&mut self, id: ProcessId, name: Arc<str>, made: &Made) -> Process {
        let from = self.cx.out.processes[id].clone();
        let mut subst = made.subst.clone();
        for window in windows_of(&from) {
            if let Some(other) = self.window_of(window, made) {
                subst.windows.insert(window, other);
            }
        }
        let subst = &subst;
        let entries = |entries: &[Entry]| -> Vec<Entry> {
            entries
                .iter()
                .flat_map(|entry| self.entry_of(entry, made))
                .collect()
        };
        let process = Process {
            head: Head { name, ..from.head },
            params: Vec::new(),
            of: Some(id),
            generics: made.generics.clone(),
            inputs: entries(&from.inputs),
            outputs: entries(&from.outputs),
            requires: from.requires.iter().map(|e| subst.expr(e)).collect(),
            each: from.each.map(|each| Each {
                field: subst.stands(each.field),
                part: self.each_part(&each, subst),
                filter: each.filter.map(|e| subst.expr(&e)),
                slice: each.slice.map(|e| subst.expr(&e)),
                isolated: each.isolated.map(|isolated| Isolated {
                    into: isolated.into.map(|field| subst.stands(field)),
                    ..isolated
                }),
                ..each
            }),
            ensures: from.ensures.iter().map(|e| subst.expr(e)).collect(),
            body: Body {
                locals: from.body.locals,
                block: subst.block(&from.body.block),
            },
            ..from
        };
        for stand in subst.fields.values() {
            if !self.cx.out.prevs.contains(&stand.field)
                && self.cx.kept_of(&process, stand.field)
            {
                self.cx.out.prevs.push(stand.field);
            }
        }
        process
    }

    /// The window over the field that stands for one of a parameter.
    fn window_of(&mut self, id: WindowId, made: &Made) -> Option<WindowId> {
        let window = self.cx.out.windows[id].clone();
        let stand = made.subst.fields.get(&window.field)?;
        let context = self.cx.out.fields[window.field].context;
        let (_, is, at) = made.contexts.iter().find(|(of, ..)| *of == context)?;
        let head = &self.cx.out.contexts[*is].head.name;
        let rest = window.name.split_once('.').map_or("", |(_, rest)| rest);
        let name = match at {
            Some(at) => format!("{head}[{at}].{rest}"),
            None => format!("{head}.{rest}"),
        };
        let same = |known: &Window| {
            known.field == stand.field
                && *known.name == *name
                && known.span_ns == window.span_ns
        };
        let known = self.cx.out.windows.iter().find(|(_, known)| same(known));
        if let Some((id, _)) = known {
            return Some(id);
        }
        Some(self.cx.out.windows.push(Window {
            field: stand.field,
            name: name.into(),
            sample: made.subst.expr(&window.sample),
            ..window
        }))
    }

    /// What an `each` goes over in one of several contexts.
    fn each_part(&self, each: &Each, subst: &Subst) -> Option<Expr> {
        subst.fields.get(&each.field)?.at.as_ref()?;
        Some(subst.expr(&Expr {
            kind: ExprKind::Field(each.field),
            ty: self.cx.out.fields[each.field].ty,
            span: each.span,
        }))
    }

    /// The entries that an entry of a parameter is.
    fn entry_of(&self, entry: &Entry, made: &Made) -> Vec<Entry> {
        let span = entry.span;
        let one = |target| vec![Entry { target, span }];
        match &entry.target {
            Target::Context(id) => {
                let found = made.contexts.iter().find(|(stand, ..)| stand == id);
                match found {
                    Some((_, context, None)) => one(Target::Context(*context)),
                    Some((_, context, Some(at))) => {
                        let fields = self.cx.out.contexts[*context].fields.iter();
                        let each = fields.map(|field| Entry {
                            target: Target::Field(*field, vec![*at]),
                            span,
                        });
                        each.collect()
                    }
                    None => vec![entry.clone()],
                }
            }
            Target::Field(id, members) => {
                let Some(stand) = made.subst.fields.get(id) else {
                    return vec![entry.clone()];
                };
                let context = self.cx.out.fields[stand.field].context;
                let at = made.contexts.iter().find_map(|(from, to, at)| {
                    let own = *from == self.cx.out.fields[*id].context;
                    (own && *to == context).then_some(*at)?
                });
                let members = at.into_iter().chain(members.iter().copied()).collect();
                one(Target::Field(stand.field, members))
            }
            Target::Tick | Target::Random | Target::Error => vec![entry.clone()],
        }
    }
}

/// The windows that a process looks at.
fn windows_of(process: &Process) -> Vec<WindowId> {
    let mut found = Vec::new();
    let mut note = |e: &Expr| {
        if let ExprKind::Window(id) = e.kind
            && !found.contains(&id)
        {
            found.push(id);
        }
    };
    let clauses = process.requires.iter().chain(&process.ensures);
    let each = process.each.as_ref();
    let filter = each.and_then(|each| each.filter.as_ref());
    for clause in clauses.chain(filter) {
        each_expr(clause, &mut note);
    }
    each_expr_of_block(&process.body.block, &mut note);
    found
}
